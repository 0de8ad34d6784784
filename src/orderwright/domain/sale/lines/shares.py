"""What of each item goes with which of several shipping methods: so many units, and their part of the item's total.

commercetools: Carts, ItemShippingTarget.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from orderwright.domain.amounts.money import Roundings, cents
from orderwright.domain.amounts.record import Notes, Step
from orderwright.domain.amounts.splitting import prorate
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Sale


class Share(NamedTuple):
    """The units of an item that go with one method, and what they cost in minor units."""

    units: int
    cents: int


def shares_of(item: LineItem | CustomLineItem, sale: Sale, notes: Notes | None = None) -> dict[str, Share]:
    """The share of each of the sale's methods that units of the item go with, by the method's key.

    The shares, and that of units which go with no method, always add up to the item's total. Of an item of which more units
    would go than it has, each share is smaller in proportion.
    """
    sent = dict.fromkeys((shipping.shipping_key for shipping in sale.shipping), 0)
    for target in item.shipping_details.targets if item.shipping_details else ():
        if target.shipping_method_key in sent:
            sent[target.shipping_method_key] += target.quantity
    keys = [key for key, units in sent.items() if units]
    if not keys:
        return {}
    rest = max(0, item.quantity - sum(sent.values()))
    told: Roundings | None = None if notes is None else []
    parts = prorate(item.total_price.cent_amount, [*(sent[key] for key in keys), rest], told)
    if notes is not None:
        for key, part, rounding in zip(keys, parts, told or (), strict=False):
            notes.append(
                Step(
                    kind="Share",
                    reason=f"The part of {sent[key]} of {item.quantity} units.",
                    before=item.total_price,
                    after=cents(item.total_price.currency_code, part),
                    shipping_key=key,
                    roundings=(rounding,),
                )
            )
    return {key: Share(sent[key], part) for key, part in zip(keys, parts, strict=False)}


def all_sent(item: LineItem | CustomLineItem, shares: Mapping[str, Share]) -> bool:
    """Whether each unit of the item goes with one method."""
    return sum(share.units for share in shares.values()) == item.quantity
