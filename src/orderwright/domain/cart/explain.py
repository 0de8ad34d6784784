"""How a cart comes to its amounts: the calculation done once more on what the cart holds, with a record of its steps.

commercetools does not have this; the laws are those that the recorded functions name.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import ParamSpec, TypeVar

from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, Notes, Step
from orderwright.domain.amounts.tax import TaxRate
from orderwright.domain.business_unit.naming import wanted_unit
from orderwright.domain.sale.discounts.codes import wanted_codes
from orderwright.domain.sale.explained import Explaining, Explanation, held_step
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
from orderwright.domain.sale.lines.variants import prices_of_all
from orderwright.domain.sale.model import Cart, Sale
from orderwright.domain.sale.recalculate import STEPS
from orderwright.domain.sale.refresh import repriced_line
from orderwright.domain.sale.shipping.methods import info_of_today
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.several import each_sent, infos_of
from orderwright.domain.sale.taxes.external import EXTERNAL
from orderwright.domain.sale.taxes.methods import rates_by_method
from orderwright.domain.sale.taxes.rates import custom_line_with_rates, info_with_rate, line_with_rates, views_of
from orderwright.engine.facts import Facts, Record
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError

T = TypeVar("T")
P = ParamSpec("P")


class CartExplanation(Explanation):
    """How the amounts of a cart, at a version, come about."""


def wanted_to_explain(cart: Cart) -> Iterator[Wanted]:
    """What must be read to explain a cart: what would be read to bring it up to date."""
    yield from prices_of_all(cart)
    yield from wanted_unit(cart.business_unit)
    yield from wanted_codes(cart)


def explaining(cart: Cart, facts: Facts) -> Generator[None, None, CartExplanation]:
    """The explanation, in steps between which others may be served.

    Prices and rates are chosen as they would be today, and told; the cart keeps its own, from which its amounts are worked out
    once more. Where that leads elsewhere than to what the cart holds, a further step is what is `held`.
    """
    record = Record()
    told = _Telling(cart, facts.recording(record), record)
    for line in cart.line_items:
        told.line(line)
        yield
    for item in cart.custom_line_items:
        told.custom_line(item)
        yield
    for seen, info in zip(each_sent(cart), infos_of(cart), strict=True):
        told.shipping(seen, info)
    today = cart
    for step in STEPS:
        yield
        today = step(today, told.facts)
    yield
    return Explaining(cart, record, _not_since).explanation(CartExplanation, today)


class _Telling:
    """Asks for what would be chosen today, with the cart as it is, and tells where the cart holds something else."""

    def __init__(self, cart: Cart, facts: Facts, record: Record) -> None:
        self.cart, self.facts, self.record = cart, facts, record
        self._views = views_of(cart)

    def line(self, line: LineItem) -> None:
        """The price that would be selected, and the tax rates."""
        notes = self.record.at(LINE_ITEM, line.id)
        today, refused = _asked(repriced_line, line, self.cart, self.facts)
        if today is None or today.price != line.price:
            kept = "The cart is frozen: it keeps its prices." if self.cart.keeps_prices else _not_since("price")
            before = None if today is None else today.price.value
            notes.append(held_step("Price", _joined(refused, kept), before=before, after=line.price.value))
        self._rates(line, line_with_rates, notes)

    def custom_line(self, item: CustomLineItem) -> None:
        """The tax rates. Its price is its money."""
        notes = self.record.at(CUSTOM_LINE_ITEM, item.id)
        notes.append(Step(kind="Price", reason="It is the money of the custom line item.", after=item.money))
        self._rates(item, custom_line_with_rates, notes)

    def _rates(self, item: Item, chosen: Callable[[Item, Mapping[str, Sale], Sale, Facts], Item], notes: Notes) -> None:
        for name, seen in self._views.items():
            key = name or None
            held = _rate_of(item, key)
            if self.cart.tax_mode in EXTERNAL:
                notes.append(_given(held, key))
                continue
            today, refused = _asked(chosen, item, {name: seen}, self.cart, self.facts)
            found = None if today is None else _rate_of(today, key)
            notes.extend(_other_rate(found, held, refused, key))

    def shipping(self, seen: Cart, info: ShippingInfo) -> None:
        """The rate of the shipping method and the tax rate, as one of the shippings has the cart."""
        notes = self.record.at(SHIPPING, seen.shipping_key)
        today, refused = (info, "") if self.cart.keeps_all else _asked(info_of_today, info, seen, self.facts)
        if today is None or today.shipping_rate != info.shipping_rate:
            reason, before = _joined(refused, _not_since("shipping rate")), None if today is None else today.shipping_rate.price
            notes.append(held_step("ShippingRate", reason, before=before, after=info.shipping_rate.price))
        if self.cart.tax_mode in EXTERNAL:
            notes.append(_given(info.tax_rate, None))
            return
        taxed, refused = _asked(info_with_rate, today or info, seen, self.facts)
        notes.extend(_other_rate(None if taxed is None else taxed.tax_rate, info.tax_rate, refused, None))


def _asked(ask: Callable[P, T], *what: P.args, **named: P.kwargs) -> tuple[T | None, str]:
    """What would be chosen today, or why nothing can be."""
    try:
        return ask(*what, **named), ""
    except ApiError as refused:
        return None, refused.message


def _joined(*reasons: str) -> str:
    return " ".join(filter(None, reasons))


def _rate_of(item: Item, key: str | None) -> TaxRate | None:
    return item.tax_rate if key is None else rates_by_method(item).get(key)


def _other_rate(found: TaxRate | None, held: TaxRate | None, refused: str, key: str | None) -> Iterator[Step]:
    if found != held:
        yield held_step("TaxRate", _joined(refused, _not_since("tax rate")), tax_rate=held, shipping_key=key)


def _given(rate: TaxRate | None, key: str | None) -> Step:
    reason = "It was given from outside." if rate else "None was given from outside."
    return Step(kind="TaxRate", reason=reason, tax_rate=rate, shipping_key=key)


def _not_since(what: str) -> str:
    return f"The {what} is another since the cart was last changed; it holds this one."
