"""An order under an edit: what the staged actions make of it, and the edit that is closed by the same write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace as with_changes
from typing import Any, ClassVar, Final

from msgspec.structs import replace

from orderwright.domain.order.from_cart import check_discount_codes
from orderwright.domain.order.model import Order
from orderwright.domain.order.resource import RESOURCE as ORDER
from orderwright.domain.order_edit import messages
from orderwright.domain.order_edit.create import check_untracked
from orderwright.domain.order_edit.model import TYPE_ID, OrderEdit, OrderEditApplied, OrderExcerpt
from orderwright.domain.order_edit.staged import staged
from orderwright.domain.order_edit.telling import differences
from orderwright.domain.sale.actions.shopping_lists import wanted_of_lists
from orderwright.domain.sale.discounts.codes import uses_by, wanted_behind, wanted_codes
from orderwright.engine.actions import ActionSet, Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.scalars import Id
from orderwright.errors import concurrent_modification, invalid_operation


class Apply(Action):
    """Closes the edit at one of its versions. No client sends it to an order."""

    sent: ClassVar[bool] = False
    edit: Id
    version: int

    def wants(self) -> Iterator[Wanted]:
        """The edit."""
        yield Wanted(TYPE_ID, "id", self.edit)


applying: Final[ActionSet[Order]] = ActionSet(Order, "AppliedOrder")
applying.include(staged)


@applying.handles
def apply(order: Order, action: Apply, facts: Facts) -> Change[Order]:
    """Raises `ConcurrentModification` for another version of the edit, `InvalidOperation` for one that was applied."""
    edit = facts.get(TYPE_ID, ResourceIdentifier(id=action.edit), OrderEdit)
    if edit.version != action.version:
        raise concurrent_modification(edit.id, action.version, edit.version)
    if isinstance(edit.result, OrderEditApplied):
        raise invalid_operation(f"The order edit '{edit.id}' was applied already.")
    return Change(order, changed=[Changed(TYPE_ID, edit, edit)])


def _settled(before: Order | None, change: Change[Any], facts: Facts) -> Change[Any]:
    """What the edit tells, and where it is applied the edit as it is then."""
    assert before is not None, "an edit is of an order that there is"
    after: Order = change.after
    check_untracked(after)
    codes = _new_codes(before, after)
    check_discount_codes(codes, facts)
    told = [*change.messages, *differences(before, after)]
    closed = [_closed(each, before, after, facts) if each.type_id == TYPE_ID else each for each in change.changed]
    applied = [messages.OrderEditApplied(edit=each.after, result=each.after.result) for each in closed if each.type_id == TYPE_ID]
    effects = (*change.effects, *uses_by(codes, facts))
    return Change(after, *told, *applied, effects=effects, changed=closed, inserted=change.inserted)


def _new_codes(before: Order, after: Order) -> Order:
    """The order with only those codes that it has got by the edit: the others were counted when it was placed."""
    had = {info.discount_code.id for info in before.discount_codes}
    return replace(after, discount_codes=tuple(info for info in after.discount_codes if info.discount_code.id not in had))


def _wants(order: Order, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
    yield from wanted_of_lists(found)
    yield from wanted_codes(order)
    yield from wanted_behind(found, order.customer_id)


def _closed(edit: Changed, before: Order, after: Order, facts: Facts) -> Changed:
    result = OrderEditApplied(
        applied_at=facts.now,
        excerpt_before_edit=_excerpt(before, before.version),
        excerpt_after_edit=_excerpt(after, before.version + 1),
    )
    return Changed(TYPE_ID, edit.before, replace(edit.before, result=result))


def _excerpt(order: Order, version: int) -> OrderExcerpt:
    return OrderExcerpt(total_price=order.total_price, taxed_price=order.taxed_price, version=version)


STAGED: Final = with_changes(ORDER, actions=staged, settles=_settled, wants=_wants)
"""Orders as an edit would change them."""
APPLIED: Final = with_changes(ORDER, actions=applying, settles=_settled, wants=_wants, updates="edited")
"""Orders as an edit changes them. Subscribers hear of it by Messages. commercetools: Subscriptions, ChangeSubscription."""
