"""Cart discounts: what is taken off which carts, in which order, and when.

commercetools: Cart Discounts, CartDiscountDraft and the update actions.
"""

from __future__ import annotations

from dataclasses import replace as with_changes
from typing import Literal

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.laws.rules import references_of, rule_of
from orderwright.domain.laws.sort_orders import SortOrder
from orderwright.domain.sale.discounts.drafts import (
    CartDiscountValueDraft,
    GiftLineItemValueDraft,
    check_effect,
    rules_of,
    value_from,
)
from orderwright.domain.sale.discounts.model import (
    CartDiscount,
    CartDiscountTarget,
    GiftLineItemValue,
    RecurringOrderScope,
    ShippingTarget,
    StackingMode,
    TotalPriceTarget,
)
from orderwright.domain.sale.discounts.resources.limits import discounts_counted, is_automatic
from orderwright.domain.sale.discounts.resources.renewal import discount_effects, discount_renewal
from orderwright.domain.sale.discounts.resources.sort_order import held, placed
from orderwright.domain.sale.discounts.resources.stores import check_permitted, guard, of_store, store_rows, stores_from
from orderwright.domain.sale.discounts.resources.validity import checked, validity_rows
from orderwright.domain.sale.predicates import CART
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Value
from orderwright.engine.references import DiscountGroupIdentifier, StoreIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, Key, LocalizedString, NotServed
from orderwright.errors import invalid_input, invalid_operation


class RecurringOrderScopeDraft(Value):
    """For which orders a discount is, as it is sent. There are no recurrence policies that it could be bound to."""

    type: Literal["NonRecurringOrdersOnly", "RecurringOrdersOnly", "AnyOrder", "ApplicableRecurrencePolicies"]
    recurrence_policies: NotServed | None = None


class CartDiscountDraft(Value):
    """A cart discount as it is sent. In a group it needs no sort order: that of the group counts."""

    name: LocalizedString
    value: CartDiscountValueDraft
    cart_predicate: str
    target: CartDiscountTarget | None = None
    sort_order: SortOrder | None = None
    key: Key | None = None
    description: LocalizedString | None = None
    stores: tuple[StoreIdentifier, ...] = ()
    is_active: bool = True
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    requires_discount_code: bool = False
    stacking_mode: StackingMode = "Stacking"
    custom: CustomFieldsDraft | None = None
    discount_group: DiscountGroupIdentifier | None = None
    recurring_order_scope: RecurringOrderScopeDraft | None = None


class CartDiscountCreated(Message):
    """A cart discount was made."""

    cart_discount: CartDiscount


class CartDiscountDeleted(Message):
    """A cart discount was deleted."""


class ChangeValue(Action):
    """What is taken off; a gift stays one, and nothing else becomes one."""

    value: CartDiscountValueDraft


class ChangeTarget(Action):
    """What it is taken off from."""

    target: CartDiscountTarget


class ChangeCartPredicate(Action):
    """Which carts get the discount."""

    cart_predicate: str


class ChangeSortOrder(Action):
    """The place in the order, of a discount that is in no group."""

    sort_order: SortOrder


class SetDiscountGroup(Action):
    """The group that the discount belongs to; without one it needs a sort order of its own."""

    discount_group: DiscountGroupIdentifier | None = None
    sort_order: SortOrder | None = None


class SetRecurringOrderScope(Action):
    """For which orders the discount is."""

    recurring_order_scope: RecurringOrderScopeDraft


actions = ActionSet(CartDiscount, guard=guard)
actions.setters("setKey", "setDescription")
# How many discounts may be active without a code, the end of the change counts.
actions.setters("changeName", "changeIsActive", "changeRequiresDiscountCode", "changeStackingMode")
custom_field_rows(actions, root("cart-discount"))
validity_rows(actions)
store_rows(actions)


@actions.handles
def change_value(discount: CartDiscount, action: ChangeValue, facts: Facts) -> CartDiscount:
    """Raises `InvalidInput` for a gift, and what `value_from` and `check_effect` raise."""
    if isinstance(action.value, GiftLineItemValueDraft):
        raise invalid_input("The value of a cart discount can not be changed to a gift.")
    return _checked(replace(discount, value=value_from(action.value, facts)))


@actions.handles
def change_target(discount: CartDiscount, action: ChangeTarget, _facts: Facts) -> CartDiscount:
    """Raises what `rules_of` and `check_effect` raise, and `InvalidInput` for one that can not be in the discount's group."""
    return _checked(_referring(replace(discount, target=action.target)))


@actions.handles
def change_cart_predicate(discount: CartDiscount, action: ChangeCartPredicate, _facts: Facts) -> CartDiscount:
    """Raises `SyntaxError` and `SemanticError`."""
    return _referring(replace(discount, cart_predicate=action.cart_predicate))


@actions.handles
def change_sort_order(discount: CartDiscount, action: ChangeSortOrder, _facts: Facts) -> CartDiscount:
    """Raises `InvalidOperation` in a group. That the place is free is a claim."""
    if discount.discount_group is not None:
        raise invalid_operation("A cart discount has the sort order of its discount group.")
    return replace(discount, sort_order=action.sort_order)


@actions.handles
def set_discount_group(discount: CartDiscount, action: SetDiscountGroup, facts: Facts) -> CartDiscount:
    """Raises what `placed` raises, and `InvalidInput` for a target that can not be in a group."""
    group, sort_order = placed(action.discount_group, action.sort_order, facts)
    return _checked(replace(discount, discount_group=group, sort_order=sort_order))


@actions.handles
def set_recurring_order_scope(discount: CartDiscount, action: SetRecurringOrderScope, _facts: Facts) -> CartDiscount:
    """Raises `InvalidInput` for recurrence policies."""
    return replace(discount, recurring_order_scope=_scope(action.recurring_order_scope))


def from_draft(draft: CartDiscountDraft, facts: Facts) -> CartDiscount:
    """A new cart discount. Raises what the actions raise that change the same."""
    group, sort_order = placed(draft.discount_group, draft.sort_order, facts)
    made = CartDiscount(
        **facts.born(),
        name=draft.name,
        value=value_from(draft.value, facts),
        cart_predicate=draft.cart_predicate,
        sort_order=sort_order,
        is_active=draft.is_active,
        requires_discount_code=draft.requires_discount_code,
        stacking_mode=draft.stacking_mode,
        recurring_order_scope=_scope(draft.recurring_order_scope),
        key=draft.key,
        description=draft.description,
        target=draft.target,
        stores=stores_from(draft.stores, facts),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        custom=custom_from(draft.custom, "cart-discount", facts),
        discount_group=group,
    )
    return checked(_checked(_referring(made)))


def _referring(discount: CartDiscount) -> CartDiscount:
    """The discount with what its predicates compare ids with. Raises `SyntaxError` and `SemanticError`."""
    rules = (rule_of(discount.cart_predicate, CART, "cartPredicate"), *rules_of(discount.target))
    return replace(discount, references=references_of(rules))


def _checked(discount: CartDiscount) -> CartDiscount:
    """The discount, whose value, target and group go together. Raises as `check_effect`, and `InvalidInput` for the group."""
    check_effect(discount.value, discount.target)
    alone = isinstance(discount.value, GiftLineItemValue) or isinstance(discount.target, ShippingTarget | TotalPriceTarget)
    if discount.discount_group is not None and alone:
        raise invalid_input("Only discounts of line items and custom line items can belong to a discount group.")
    return discount


def _scope(draft: RecurringOrderScopeDraft | None) -> RecurringOrderScope:
    if draft is None:
        return RecurringOrderScope(type="NonRecurringOrdersOnly")
    if draft.type == "ApplicableRecurrencePolicies":
        raise invalid_input("There are no recurrence policies in this version of Orderwright that a discount could be bound to.")
    return RecurringOrderScope(type=draft.type)


def _settled(before: CartDiscount | None, change: Change[CartDiscount], facts: Facts) -> Change[CartDiscount]:
    return discount_effects(before, discounts_counted(before, change, facts), facts)


def _deletion(discount: CartDiscount, facts: Facts) -> Change[CartDiscount]:
    """Raises `Unauthorized` at the door of a store for a discount of another one, too."""
    check_permitted(discount.stores, facts)
    return Change(discount)


RESOURCE = ResourceType(
    type_id="cart-discount",
    path="cart-discounts",
    model=CartDiscount,
    draft=CartDiscountDraft,
    actions=actions,
    create=from_draft,
    settles=_settled,
    owned={"store": of_store},
    unique=("key",),
    holds=held,
    lookups={"key": "key"},
    catalogue=is_automatic,
    created=lambda discount: CartDiscountCreated(cart_discount=discount),
    deleted=lambda _discount: CartDiscountDeleted(),
    deleting=_deletion,
)
RENEWAL = with_changes(RESOURCE, actions=discount_renewal)
