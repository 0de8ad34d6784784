"""Figures that an order holds nowhere as they are: what lines cost before discounts, unit prices without tax, and their sums.

Where the house has rounded, net, gross and tax are its own; where something has to be divided here, it has `SCALE` decimals. Net
and tax are gross in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from orderwright.domain.amounts.money import fraction_digits
from orderwright.emporix.amounts import EXACT, SCALE, amount_of, decimal, plainly, with_tax, without_tax
from orderwright.emporix.table.places import WHOLE, walked

Json = Mapping[str, Any]
Figures = dict[str, Any]
NOTHING = Decimal(0)


def items(order: Json) -> Iterator[Json]:
    """The line items, then the custom line items."""
    yield from order.get("lineItems") or ()
    yield from order.get("customLineItems") or ()


def shippings(order: Json) -> Iterator[Json]:
    """The shipping, or each of several."""
    if order.get("shippingInfo"):
        yield order["shippingInfo"]
    for one in order.get("shipping") or ():
        yield one["shippingInfo"]


def currency_of(order: Json) -> str:
    """The currency of all amounts of an order."""
    code: str = order["totalPrice"]["currencyCode"]
    return code


def unit(item: Json) -> Decimal:
    """What a unit costs, before discounts of the cart."""
    if "money" in item:
        return amount_of(item["money"]) or NOTHING
    price = item["price"]
    if price.get("discounted"):
        return amount_of(price["discounted"]["value"]) or NOTHING
    reached = [tier for tier in price.get("tiers") or () if tier["minimumQuantity"] <= item["quantity"]]
    money = max(reached, key=lambda tier: int(tier["minimumQuantity"]))["value"] if reached else price["value"]
    return amount_of(money) or NOTHING


def before_discounts(item: Json) -> Decimal:
    """What all units cost before discounts of the cart; what they cost, where there are none."""
    paid = amount_of(item["totalPrice"]) or NOTHING
    if not item.get("discountedPricePerQuantity"):
        return paid
    return EXACT.multiply(unit(item), Decimal(item["quantity"]))


def discount(item: Json) -> Decimal:
    """What discounts of the cart take off an item."""
    return EXACT.subtract(before_discounts(item), amount_of(item["totalPrice"]) or NOTHING)


def subtotal(order: Json) -> Decimal:
    """All items before discounts, in the form of their prices."""
    return _sum(before_discounts(item) for item in items(order))


def total_discount(order: Json) -> Decimal:
    """All that discounts take off items, shipping and the total."""
    off = amount_of(walked(order, "discountOnTotalPrice.discountedAmount")) or NOTHING
    shipped = (
        EXACT.subtract(amount_of(info["price"]) or NOTHING, amount_of(walked(info, "discountedPrice.value")) or NOTHING)
        for info in shippings(order)
        if info.get("discountedPrice")
    )
    return _sum([off, *(discount(item) for item in items(order)), *shipped])


def discounts(order: Json) -> list[Figures]:
    """The discounts as one, of the total, which is what a storefront takes off; none where nothing is taken off."""
    off = total_discount(order)
    if not off:
        return []
    one = {"code": "TOTAL", "amount": plainly(off), "currency": currency_of(order)}
    return [one | {"sequenceId": 1, "categoryRestricted": False}]


def rate_of(item: Json) -> Decimal:
    """The tax rate as a share; nothing where none is known."""
    return decimal(walked(item, "taxRate.amount")) or NOTHING


def included(item: Json) -> bool:
    """Whether prices hold the tax. Where none is known, there is nothing to add."""
    return walked(item, "taxRate.includedInPrice") is not False


def inclusive(order: Json) -> bool:
    """Whether the prices of an order hold their taxes: those of all of its items do."""
    return all(map(included, items(order)))


def unit_figures(item: Json) -> Figures:
    """Net, gross and tax of a unit."""
    return _taxed(unit(item), item)


def matched(item: Json) -> Figures:
    """The same, with the country of the tax."""
    country = walked(item, "taxRate.country")
    return unit_figures(item) | ({} if country is None else {"taxCountry": country})


def entry_figures(item: Json) -> Figures:
    """What an item costs before and after discounts."""
    paid = _of_taxed(item.get("taxedPrice"), item["totalPrice"], item)
    if not item.get("discountedPricePerQuantity"):
        return {"price": paid, "discountedPrice": paid, "finalPrice": paid}
    price = _taxed(before_discounts(item), item)
    off = _difference(price, paid) | _tax_names(item)
    return {
        "price": price,
        "discountedPrice": paid,
        "totalDiscount": {"calculationType": _calculation(included(item)), "value": plainly(discount(item)), "price": off},
        "finalPrice": paid,
    }


def order_figures(order: Json) -> Figures:
    """What an order costs: items, shipping, discounts, and the whole, to which discounted items and shipping add up."""
    final = _of_taxed(order.get("taxedPrice"), order["totalPrice"], {})
    shipped = shipping_figures(order)
    left = _difference(final, shipped)
    price = _added([entry_figures(item)["price"] for item in items(order)])
    found: Figures = {"price": price, "discountedPrice": left, "shipping": shipped, "totalShipping": shipped}
    off = total_discount(order)
    if off:
        kind = _calculation(inclusive(order))
        found["totalDiscount"] = {"calculationType": kind, "value": plainly(off), "price": _difference(price, left)}
    return found | {"finalPrice": final | {"taxAggregate": {"lines": _by_rate(order, final)}}}


def shipping_figures(order: Json) -> Figures:
    """Net, gross and tax of shipping; nothing of each without any."""
    infos = list(shippings(order))
    found = _added([_of_taxed(info.get("taxedPrice"), shipping_price(info), info) for info in infos])
    if len(infos) == 1:
        found |= _tax_names(infos[0])
    return found


def shipping_price(info: Json) -> Any:
    """The money that is paid for one shipping, in the form of its price."""
    return walked(info, "discountedPrice.value") or info["price"]


def tax_lines(item: Json) -> list[Figures]:
    """The one tax of an item, which is never absent."""
    amount = amount_of(walked(item, "taxedPrice.totalTax")) or NOTHING
    name = walked(item, "taxRate.name") or ""
    return [
        {
            "amount": plainly(amount),
            "currency": item["totalPrice"]["currencyCode"] if "totalPrice" in item else item["price"]["currencyCode"],
            "code": name,
            "name": name,
            "rate": plainly(rate_of(item).scaleb(2, EXACT)),
            "sequenceId": 0,
            "inclusive": included(item),
        }
    ]


def _by_rate(order: Json, final: Figures) -> list[Figures]:
    """The whole by its rates; as one, where the items and shipping do not make the whole, such as of an imported order."""
    groups: dict[tuple[str, Decimal], list[Figures]] = {}
    for part in (*items(order), *shippings(order)):
        money = part["totalPrice"] if "totalPrice" in part else shipping_price(part)
        name = str(walked(part, "taxRate.name") or "")
        groups.setdefault((name, rate_of(part)), []).append(_of_taxed(part.get("taxedPrice"), money, part))
    lines = [_added(group) | _tax_names_of(name, rate) for (name, rate), group in groups.items()]
    whole = {name: final[name] for name in _NAMES}
    return lines if _added(lines) == whole else [whole]


_NAMES = ("netValue", "grossValue", "taxValue")


def _figures(net: Decimal, gross: Decimal) -> Figures:
    tax = EXACT.subtract(gross, net)
    return dict(zip(_NAMES, map(plainly, (net, gross, tax)), strict=True))


def _taxed(price: Decimal, item: Json) -> Figures:
    currency = walked(item, f"{WHOLE}.totalPrice.currencyCode") or item["totalPrice"]["currencyCode"]
    digits, rate = max(SCALE, fraction_digits(currency)), rate_of(item)
    if included(item):
        return _figures(without_tax(price, rate, digits), price) | _tax_names(item)
    return _figures(price, with_tax(price, rate, digits)) | _tax_names(item)


def _of_taxed(taxed: Any, total: Any, item: Json) -> Figures:
    """What the house has found; what has no tax is net and gross alike."""
    paid = amount_of(total) or NOTHING
    net = amount_of(walked(taxed, "totalNet"))
    gross = amount_of(walked(taxed, "totalGross"))
    return _figures(paid if net is None else net, paid if gross is None else gross) | _tax_names(item)


def _tax_names(item: Json) -> Figures:
    name = walked(item, "taxRate.name")
    return {} if name is None else _tax_names_of(str(name), rate_of(item))


def _tax_names_of(name: str, rate: Decimal) -> Figures:
    return {"taxCode": name, "taxRate": plainly(rate.scaleb(2, EXACT))} if name else {}


def _added(parts: list[Figures]) -> Figures:
    net, gross = (_sum(Decimal(part[name]) for part in parts) for name in _NAMES[:2])
    return _figures(net, gross)


def _difference(one: Figures, other: Figures) -> Figures:
    net, gross = (EXACT.subtract(Decimal(one[name]), Decimal(other[name])) for name in _NAMES[:2])
    return _figures(net, gross)


def _sum(amounts: Any) -> Decimal:
    total = NOTHING
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def _calculation(inclusive: bool) -> str:
    return "ApplyDiscountAfterTax" if inclusive else "ApplyDiscountBeforeTax"
