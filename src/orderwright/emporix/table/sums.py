"""Figures that an order holds nowhere as they are: what lines cost before discounts, unit prices without tax, and their sums.

Where the house has rounded, net, gross and tax are its own; where something has to be divided here, it has `SCALE` decimals. Net
and tax are gross in each of them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from orderwright.domain.amounts.money import fraction_digits
from orderwright.emporix.amounts import EXACT, SCALE, amount_of, decimal, percent, plainly, with_tax, without_tax
from orderwright.emporix.table.places import WHOLE, getter

Json = Mapping[str, Any]
Figures = dict[str, Any]
Pair = tuple[Decimal, Decimal]
"""A net and a gross amount."""
_UNTAXED: Json = {}
NOTHING = Decimal(0)

# Of an item, a shipping or an order.
_RATE = getter("taxRate.amount")
_INCLUDED = getter("taxRate.includedInPrice")
_COUNTRY = getter("taxRate.country")
_TAX_NAME = getter("taxRate.name")
_DISCOUNTED = getter("discountedPrice.value")
_TOTAL_TAX = getter("taxedPrice.totalTax")
_OFF_TOTAL = getter("discountOnTotalPrice.discountedAmount")
_NET = getter("totalNet")
_GROSS = getter("totalGross")
_CURRENCY = getter(f"{WHOLE}.totalPrice.currencyCode")


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
    if not price.get("discounted"):
        return _undiscounted(item)
    on_sale, before = amount_of(price["discounted"]["value"]) or NOTHING, _undiscounted(item)
    # Where cart discounts are the better deal, they are taken off the price before its product discount. The order does not say
    # so of each line: its amounts do.
    quantity, base = Decimal(item["quantity"]), _base(item)
    off_by = [abs(EXACT.subtract(base, EXACT.multiply(each, quantity))) for each in (on_sale, before)]
    return on_sale if off_by[0] <= off_by[1] else before


def _undiscounted(item: Json) -> Decimal:
    price = item["price"]
    reached = [tier for tier in price.get("tiers") or () if tier["minimumQuantity"] <= item["quantity"]]
    money = max(reached, key=lambda tier: int(tier["minimumQuantity"]))["value"] if reached else price["value"]
    return amount_of(money) or NOTHING


def _base(item: Json) -> Decimal:
    """What all units cost before what is told of discounts of the cart was taken off."""
    parts = item.get("discountedPricePerQuantity")
    if not parts:
        return amount_of(item["totalPrice"]) or NOTHING
    costs = []
    for part in parts:
        price = part["discountedPrice"]
        taken = (amount_of(each["discountedAmount"]) or NOTHING for each in price["includedDiscounts"])
        costs.append(EXACT.multiply(_sum([amount_of(price["value"]) or NOTHING, *taken]), Decimal(part["quantity"])))
    return _sum(costs)


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
    off = amount_of(_OFF_TOTAL(order)) or NOTHING
    shipped = (
        EXACT.subtract(amount_of(info["price"]) or NOTHING, amount_of(_DISCOUNTED(info)) or NOTHING)
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
    found = _RATE(item)
    return NOTHING if found is None else _share(found)


@functools.lru_cache(maxsize=1_000)
def _share(rate: Any) -> Decimal:
    return decimal(rate) or NOTHING


def included(item: Json) -> bool:
    """Whether prices hold the tax. Where none is known, there is nothing to add."""
    return _INCLUDED(item) is not False


def inclusive(order: Json) -> bool:
    """Whether the prices of an order hold their taxes: those of all of its items do."""
    return all(map(included, items(order)))


def unit_figures(item: Json) -> Figures:
    """Net, gross and tax of a unit."""
    return _figures(_taxed(unit(item), item), item)


def matched(item: Json) -> Figures:
    """The same, with the country of the tax."""
    country = _COUNTRY(item)
    return unit_figures(item) | ({} if country is None else {"taxCountry": country})


def entry_figures(item: Json) -> Figures:
    """What an item costs before and after discounts."""
    paid = _paid(item)
    after = _figures(paid, item)
    if not item.get("discountedPricePerQuantity"):
        return {"price": after, "discountedPrice": after, "finalPrice": after}
    price = _price(item)
    return {
        "price": _figures(price, item),
        "discountedPrice": after,
        "totalDiscount": {
            "calculationType": _calculation(included(item)),
            "value": plainly(discount(item)),
            "price": _figures(_difference(price, paid), item),
        },
        "finalPrice": after,
    }


def order_figures(order: Json) -> Figures:
    """What an order costs: items, shipping, discounts, and the whole, to which discounted items and shipping add up."""
    final, infos = _of_taxed(order.get("taxedPrice"), order["totalPrice"]), list(shippings(order))
    of_shipping = _added(map(_paid, infos))
    price, left = _added(map(_price, items(order))), _difference(final, of_shipping)
    shipped = _figures(of_shipping, infos[0] if len(infos) == 1 else _UNTAXED)
    found: Figures = {
        "price": _figures(price, _UNTAXED),
        "discountedPrice": _figures(left, _UNTAXED),
        "shipping": shipped,
        "totalShipping": shipped,
    }
    off = total_discount(order)
    if off:
        kind = _calculation(inclusive(order))
        more = _figures(_difference(price, left), _UNTAXED)
        found["totalDiscount"] = {"calculationType": kind, "value": plainly(off), "price": more}
    lines = _by_rate([*items(order), *infos], final)
    return found | {"finalPrice": _figures(final, _UNTAXED) | {"taxAggregate": {"lines": lines}}}


def shipping_price(info: Json) -> Any:
    """The money that is paid for one shipping, in the form of its price."""
    return _DISCOUNTED(info) or info["price"]


def tax_lines(item: Json) -> list[Figures]:
    """The one tax of an item, which is never absent."""
    amount = amount_of(_TOTAL_TAX(item)) or NOTHING
    name = _TAX_NAME(item) or ""
    return [
        {
            "amount": plainly(amount),
            "currency": item["totalPrice"]["currencyCode"] if "totalPrice" in item else item["price"]["currencyCode"],
            "code": name,
            "name": name,
            "rate": percent(rate_of(item)),
            "sequenceId": 0,
            "inclusive": included(item),
        }
    ]


def _by_rate(parts: Sequence[Json], final: Pair) -> list[Figures]:
    """The whole by its rates; as one, where the items and shipping do not make the whole, such as of an imported order."""
    groups: dict[tuple[str, Decimal], list[Pair]] = {}
    for part in parts:
        groups.setdefault((str(_TAX_NAME(part) or ""), rate_of(part)), []).append(_paid(part))
    lines = [(_added(group), name, rate) for (name, rate), group in groups.items()]
    if _added(line for line, _, _ in lines) != final:
        return [_written(*final).copy()]
    return [_written(*line) | _named(name, rate) for line, name, rate in lines]


def _figures(pair: Pair, item: Json) -> Figures:
    """Net, gross and the tax between them, with the names of the tax that the item has."""
    name = _TAX_NAME(item)
    return _written(*pair).copy() if name is None else _written(*pair) | _named(str(name), rate_of(item))


# Goods cost the same in many orders.
@functools.lru_cache(maxsize=10_000)
def _written(net: Decimal, gross: Decimal) -> Figures:
    return {"netValue": plainly(net), "grossValue": plainly(gross), "taxValue": plainly(EXACT.subtract(gross, net))}


@functools.lru_cache(maxsize=1_000)
def _named(name: str, rate: Decimal) -> Figures:
    return {"taxCode": name, "taxRate": percent(rate)} if name else {}


def _price(item: Json) -> Pair:
    """What an item costs before discounts."""
    return _taxed(before_discounts(item), item) if item.get("discountedPricePerQuantity") else _paid(item)


def _paid(part: Json) -> Pair:
    """What an item or a shipping costs in the end."""
    return _of_taxed(part.get("taxedPrice"), part["totalPrice"] if "totalPrice" in part else shipping_price(part))


def _taxed(price: Decimal, item: Json) -> Pair:
    currency = _CURRENCY(item) or item["totalPrice"]["currencyCode"]
    return _with_its_tax(price, rate_of(item), max(SCALE, fraction_digits(currency)), included(item))


@functools.lru_cache(maxsize=10_000)
def _with_its_tax(price: Decimal, rate: Decimal, digits: int, includes: bool) -> Pair:
    return (without_tax(price, rate, digits), price) if includes else (price, with_tax(price, rate, digits))


def _of_taxed(taxed: Any, total: Any) -> Pair:
    """What the house has found; what has no tax is net and gross alike."""
    net, gross = amount_of(_NET(taxed)), amount_of(_GROSS(taxed))
    if net is None or gross is None:
        paid = amount_of(total) or NOTHING
        return paid if net is None else net, paid if gross is None else gross
    return net, gross


def _added(pairs: Iterable[Pair]) -> Pair:
    net = gross = NOTHING
    for more_net, more_gross in pairs:
        net, gross = EXACT.add(net, more_net), EXACT.add(gross, more_gross)
    return net, gross


def _difference(one: Pair, other: Pair) -> Pair:
    return EXACT.subtract(one[0], other[0]), EXACT.subtract(one[1], other[1])


def _sum(amounts: Any) -> Decimal:
    total = NOTHING
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def _calculation(inclusive: bool) -> str:
    return "ApplyDiscountAfterTax" if inclusive else "ApplyDiscountBeforeTax"
