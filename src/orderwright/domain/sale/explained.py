"""What is told of how a cart or order comes to its amounts: what it holds, beside what was worked out once more with a record.

commercetools does not have this; the laws are those that the recorded functions name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, TOTAL, Notes, Step, StepKind, as_whole
from orderwright.domain.amounts.tax import TaxedPrice
from orderwright.domain.sale.lines.items import Item
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.shipping.several import each_sent, infos_of
from orderwright.engine.facts import Record
from orderwright.engine.model import Value
from orderwright.engine.scalars import Id, Key


class ExplainedAmount(Value):
    """What is held of one line, of one shipping or of the whole, and the steps that lead there."""

    id: Id | None = None
    key: Key | None = None
    shipping_key: str | None = None
    price: TypedMoney
    taxed_price: TaxedPrice | None = None
    steps: tuple[Step, ...]


class Explanation(Value):
    """How the amounts of a cart or order, at a version, come about."""

    id: Id
    version: int
    line_items: tuple[ExplainedAmount, ...]
    custom_line_items: tuple[ExplainedAmount, ...]
    shipping: tuple[ExplainedAmount, ...]
    total: ExplainedAmount


E = TypeVar("E", bound=Explanation)


class Explaining(NamedTuple):
    """A sale whose amounts were worked out once more with a record. `because` says why it holds another one of something."""

    held: Sale
    record: Record
    because: Callable[[str], str]

    def explanation(self, made: type[E], today: Sale) -> E:
        """What the sale holds, beside what it is `today`; where that is something else, a last step is what is `held`."""
        sale, at = self.held, self.record.at
        shipping = tuple(
            self._explained(
                "ShippingPrice",
                info,
                new,
                info.to_pay,
                new.to_pay,
                at(SHIPPING, seen.shipping_key),
                shipping_key=seen.shipping_key,
            )
            for seen, info, new in zip(each_sent(sale), infos_of(sale), infos_of(today), strict=True)
        )
        whole = at(TOTAL)
        if today.taxed_shipping_price != sale.taxed_shipping_price:
            reason = self.because("taxed shipping price")
            whole.append(held_step("ShippingTax", reason, taxed_price=as_whole(sale.taxed_shipping_price)))
        return made(
            id=sale.id,
            version=sale.version,
            line_items=self._items(LINE_ITEM, sale.line_items, today.line_items),
            custom_line_items=self._items(CUSTOM_LINE_ITEM, sale.custom_line_items, today.custom_line_items),
            shipping=shipping,
            total=self._explained("Sum", sale, today, sale.total_price, today.total_price, whole),
        )

    def _items(self, kind: str, items: tuple[Item, ...], today: tuple[Item, ...]) -> tuple[ExplainedAmount, ...]:
        found = {item.id: item for item in today}
        return tuple(self._item(kind, item, found.get(item.id)) for item in items)

    def _item(self, kind: str, item: Item, today: Item | None) -> ExplainedAmount:
        notes, names = self.record.at(kind, item.id), {"id": item.id, "key": item.key}
        if today is not None:
            return self._explained("Total", item, today, item.total_price, today.total_price, notes, **names)
        notes.append(held_step("Total", "The gift is not earned any more; the cart holds it.", after=item.total_price))
        return ExplainedAmount(price=item.total_price, taxed_price=as_whole(item.taxed_price), steps=tuple(notes), **names)

    def _explained(
        self, kind: StepKind, old: Any, new: Any, price: TypedMoney, found: TypedMoney, notes: Notes, **names: str | None
    ) -> ExplainedAmount:
        if found != price:
            notes.append(held_step(kind, self.because("price"), before=found, after=price))
        taxed = as_whole(old.taxed_price)
        if as_whole(new.taxed_price) != taxed:
            notes.append(held_step("Tax", self.because("taxed price"), before=price, taxed_price=taxed))
        return ExplainedAmount(price=price, taxed_price=taxed, steps=tuple(notes), **names)


def held_step(kind: StepKind, reason: str, **said: Any) -> Step:
    """What is held in spite of the step before."""
    return Step(kind=kind, reason=reason, held=True, **said)
