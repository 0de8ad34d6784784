"""Discount groups: cart discounts of which carts get the best deal only."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.laws.sort_orders import SortOrder
from orderwright.domain.sale.discounts.model import DiscountGroup
from orderwright.domain.sale.discounts.resources.limits import groups_counted
from orderwright.domain.sale.discounts.resources.renewal import group_effects
from orderwright.domain.sale.discounts.resources.sort_order import HELD
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, LocalizedString


class DiscountGroupDraft(Value):
    """A discount group as it is sent."""

    key: Key
    sort_order: SortOrder
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    is_active: bool = True


class DiscountGroupCreated(Message):
    """A discount group was made."""

    discount_group: DiscountGroup


class DiscountGroupDeleted(Message):
    """A discount group was deleted."""


class DiscountGroupKeySet(Message):
    """The key changed."""

    key: str | None = None
    old_key: str | None = None


class DiscountGroupIsActiveSet(Message):
    """Whether its discounts are considered changed."""

    is_active: bool | None = None
    old_is_active: bool | None = None


class DiscountGroupSortOrderSet(Message):
    """The place of the group in the order changed."""

    sort_order: str | None = None
    old_sort_order: str | None = None


class SetIsActive(Action):
    """Whether the discounts of the group are considered."""

    is_active: bool


def _active_set(before: DiscountGroup, after: DiscountGroup) -> Message:
    return DiscountGroupIsActiveSet(is_active=after.is_active, old_is_active=before.is_active)


actions = ActionSet(DiscountGroup)
actions.setters("setName", "setDescription")
actions.setters("setKey", tells=lambda before, after: DiscountGroupKeySet(key=after.key, old_key=before.key))
actions.setters(
    "setSortOrder",
    tells=lambda before, after: DiscountGroupSortOrderSet(sort_order=after.sort_order, old_sort_order=before.sort_order),
)


@actions.handles
def set_is_active(group: DiscountGroup, action: SetIsActive, _facts: Facts) -> DiscountGroup | Change[DiscountGroup]:
    """How many may be active, the end of the change counts."""
    after = replace(group, is_active=action.is_active)
    return group if after == group else Change(after, _active_set(group, after))


def from_draft(draft: DiscountGroupDraft, facts: Facts) -> DiscountGroup:
    """A new group. That its sort order is its alone is a claim."""
    return DiscountGroup(
        **facts.born(),
        key=draft.key,
        sort_order=draft.sort_order,
        is_active=draft.is_active,
        name=draft.name,
        description=draft.description,
    )


def _settled(before: DiscountGroup | None, change: Change[DiscountGroup], facts: Facts) -> Change[DiscountGroup]:
    return group_effects(before, groups_counted(before, change, facts), facts)


RESOURCE = ResourceType(
    type_id="discount-group",
    path="discount-groups",
    model=DiscountGroup,
    draft=DiscountGroupDraft,
    actions=actions,
    create=from_draft,
    settles=_settled,
    unique=("key",),
    holds=lambda group: [(HELD, group.sort_order)],
    lookups={"key": "key"},
    catalogue=lambda group: group.is_active,
    created=lambda group: DiscountGroupCreated(discount_group=group),
    deleted=lambda _group: DiscountGroupDeleted(),
)
