"""What is told of discounts, where somebody asks how a cart came to its amounts: each that was tried, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orderwright.domain.amounts.money import TypedMoney, cents
from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, TOTAL, Step
from orderwright.domain.sale.discounts.arithmetic.lots import total_of
from orderwright.domain.sale.discounts.candidates import Offer
from orderwright.domain.sale.discounts.combining import Telling, Verdict, Working
from orderwright.domain.sale.model import Sale
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference

_APPLIED: Final = "The discount was applied."
_REASONS: Final[Mapping[Verdict, str]] = {
    "Applied": _APPLIED,
    "DoesNotMatch": "The discount was not applied: the cart does not satisfy its predicate.",
    "HitsNothing": "The discount was not applied: nothing in the cart is its target, or it is in another currency.",
    "NotTheBest": "The discount was not applied: another one of its group leaves less to pay.",
    "Stopped": "The discount was not applied: one before it lets no others follow.",
}
_PLACES: Final = {"line": LINE_ITEM, "custom": CUSTOM_LINE_ITEM, "shipping": SHIPPING}


def told_of(sale: Sale, facts: Facts) -> Telling | None:
    """Tells the record of each discount in its turn: at the items that it has made cheaper, or of the total why it has not."""
    record, currency = facts.record, sale.total_price.currency_code
    if record is None:
        return None

    def tell(offer: Offer, verdict: Verdict, before: Working, after: Working) -> None:
        if verdict != "Applied":
            record.at(TOTAL).append(Step(kind="Discount", reason=_REASONS[verdict], discount=offer.reference))
            return
        for old, new in zip(before.items, after.items, strict=True):
            if new is not old:
                was, costs = (cents(currency, total_of(each, sale.price_rounding_mode)) for each in (old, new))
                record.at(_PLACES[new.kind], new.id).append(_applied(offer.reference, was, costs))
        for gift in after.gifts[len(before.gifts) :]:
            off = gift.discounted_price_per_quantity[0].discounted_price.included_discounts[0].discounted_amount
            record.at(LINE_ITEM, gift.id).append(_applied(offer.reference, off, gift.total_price))

    return tell


def tell_total(reference: Reference, before: int, after: int, sale: Sale, facts: Facts) -> None:
    """Tells the record what a discount has left of the total, in minor units."""
    if facts.record is not None:
        currency = sale.total_price.currency_code
        facts.record.at(TOTAL).append(_applied(reference, cents(currency, before), cents(currency, after)))


def tell_shipping(reference: Reference, key: str | None, before: int, after: int, sale: Sale, facts: Facts) -> None:
    """The same of a shipping, by its key if it is one of several."""
    if facts.record is not None:
        currency = sale.total_price.currency_code
        facts.record.at(SHIPPING, key).append(_applied(reference, cents(currency, before), cents(currency, after)))


def _applied(reference: Reference, before: TypedMoney, after: TypedMoney) -> Step:
    return Step(kind="Discount", reason=_APPLIED, discount=reference, before=before, after=after)
