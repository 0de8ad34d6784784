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
from orderwright.emporix.table.places import getter
from orderwright.engine.json.codec import encode, plain

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
_TELLING = ("quantity", "money", "price", "discountedPrice", "totalPrice", "discountedPricePerQuantity", "taxedPrice", "taxRate")
"""The members of an item or of shipping that figures are made of."""
TOLD = "@told"
"""Under which name an item knows the JSON of these."""
_TELLING_WHOLE = ("totalPrice", "taxedPrice", "discountOnTotalPrice")
"""The same of an order, beside its items and shippings."""
_MOST_TOLD = 4_000
"""Bytes of these, where the figures made of them are remembered."""
BEFORE, PRICE, PAID, OFF = "@before", "@price", "@paid", "@off"
"""What an item costs before discounts, the same as net and gross, what it costs in the end, and what discounts take off it."""


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


def _off(order: Json, of_items: Iterable[Figures]) -> Decimal:
    """All that discounts take off items, shipping and the total."""
    shipped = (
        EXACT.subtract(amount_of(info["price"]) or NOTHING, amount_of(_DISCOUNTED(info)) or NOTHING)
        for info in shippings(order)
        if info.get("discountedPrice")
    )
    return _sum([amount_of(_OFF_TOTAL(order)) or NOTHING, *(found[OFF] for found in of_items), *shipped])


def _discounts(off: Decimal, currency: str) -> list[Figures]:
    """The discounts as one, of the total, which is what a storefront takes off; none where nothing is taken off."""
    if not off:
        return []
    one = {"code": "TOTAL", "amount": plainly(off), "currency": currency}
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


def of_item(item: Json) -> Figures:
    """All that is computed of a line item or a custom line item, by the names of its fields, and more.

    Goods cost the same in many orders, so that it is shared by them: nothing may be put into it.
    """
    known = encode(told(item))
    return _of_told_item(known) if len(known) <= _MOST_TOLD else _of_item(item)


def told(part: Json) -> Any:
    """What figures are made of, of an item or of shipping; its JSON, where that is known as `TOLD`."""
    known = part.get(TOLD)
    return {name: part[name] for name in _TELLING if name in part} if known is None else known


@functools.lru_cache(maxsize=1_000)
def _of_told_item(known: bytes) -> Figures:
    return _of_item(plain(known))


def _of_item(item: Json) -> Figures:
    paid, one, before = _paid(item), unit(item), before_discounts(item)
    off = EXACT.subtract(before, amount_of(item["totalPrice"]) or NOTHING)
    price = _taxed(before, item) if item.get("discountedPricePerQuantity") else paid
    of_one, country = _figures(_taxed(one, item), item), _COUNTRY(item)
    return {
        "unitPrice": plainly(one),
        "totalPrice": plainly(before),
        "totalDiscount.amount": plainly(off),
        "tax.lines": tax_lines(item),
        "tax.total.inclusive": included(item),
        "calculatedUnitPrice": of_one,
        "priceMatchDetails": of_one if country is None else of_one | {"taxCountry": country},
        "calculatedPrice": _entry_figures(item, price, paid, off),
        BEFORE: before,
        PRICE: price,
        PAID: paid,
        OFF: off,
    }


def _entry_figures(item: Json, price: Pair, paid: Pair, off: Decimal) -> Figures:
    """What an item costs before and after discounts."""
    after = _figures(paid, item)
    if not item.get("discountedPricePerQuantity"):
        return {"price": after, "discountedPrice": after, "finalPrice": after}
    return {
        "price": _figures(price, item),
        "discountedPrice": after,
        "totalDiscount": {
            "calculationType": _calculation(included(item)),
            "value": plainly(off),
            "price": _figures(_difference(price, paid), item),
        },
        "finalPrice": after,
    }


def of_order(order: Json) -> Figures:
    """What is computed of a whole order, by the names of its fields; shared as that of items is."""
    of_whole: dict[str, Any] = {name: order[name] for name in _TELLING_WHOLE if name in order}
    of_whole["lineItems"] = list(map(told, items(order)))
    of_whole["shipping"] = [{"shippingInfo": told(info)} for info in shippings(order)]
    known = encode(of_whole)
    return _of_told_order(known) if len(known) <= _MOST_TOLD else _of_order(plain(known))


@functools.lru_cache(maxsize=1_000)
def _of_told_order(known: bytes) -> Figures:
    return _of_order(plain(known))


def _of_order(order: Json) -> Figures:
    """Discounted items and shipping add up to the whole."""
    each, infos = [(item, of_item(item)) for item in items(order)], [(info, _paid(info)) for info in shippings(order)]
    final, of_shipping = _of_taxed(order.get("taxedPrice"), order["totalPrice"]), _added(paid for _, paid in infos)
    price, left = _added(found[PRICE] for _, found in each), _difference(final, of_shipping)
    shipped = _figures(of_shipping, infos[0][0] if len(infos) == 1 else _UNTAXED)
    includes, off = all(found["tax.total.inclusive"] for _, found in each), _off(order, [found for _, found in each])
    calculated: Figures = {
        "price": _written(*price),
        "discountedPrice": _written(*left),
        "shipping": shipped,
        "totalShipping": shipped,
    }
    if off:
        more = {"calculationType": _calculation(includes), "value": plainly(off), "price": _written(*_difference(price, left))}
        calculated["totalDiscount"] = more
    lines = _by_rate([*((item, found[PAID]) for item, found in each), *infos], final)
    calculated["finalPrice"] = _written(*final) | {"taxAggregate": {"lines": lines}}
    return {
        "subTotalPrice": plainly(_sum(found[BEFORE] for _, found in each)),
        "discounts": _discounts(off, currency_of(order)),
        "tax.total.inclusive": includes,
        "calculatedPrice": calculated,
    }


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


def _by_rate(parts: Sequence[tuple[Json, Pair]], final: Pair) -> list[Figures]:
    """The whole by its rates; as one, where the items and shipping do not make the whole, such as of an imported order."""
    groups: dict[tuple[str, Decimal], list[Pair]] = {}
    for part, paid in parts:
        groups.setdefault((str(_TAX_NAME(part) or ""), rate_of(part)), []).append(paid)
    lines = [(_added(group), name, rate) for (name, rate), group in groups.items()]
    if _added(line for line, _, _ in lines) != final:
        return [_written(*final)]
    return [_written(*line) | _named(name, rate) for line, name, rate in lines]


def _figures(pair: Pair, item: Json) -> Figures:
    """Net, gross and the tax between them, with the names of the tax that the item has."""
    name = _TAX_NAME(item)
    return _written(*pair) if name is None else _written(*pair) | _named(str(name), rate_of(item))


# Goods cost the same in many orders.
@functools.lru_cache(maxsize=10_000)
def _written(net: Decimal, gross: Decimal) -> Figures:
    return {"netValue": plainly(net), "grossValue": plainly(gross), "taxValue": plainly(EXACT.subtract(gross, net))}


@functools.lru_cache(maxsize=1_000)
def _named(name: str, rate: Decimal) -> Figures:
    return {"taxCode": name, "taxRate": percent(rate)} if name else {}


def _paid(part: Json) -> Pair:
    """What an item or a shipping costs in the end."""
    return _of_taxed(part.get("taxedPrice"), part["totalPrice"] if "totalPrice" in part else shipping_price(part))


def _taxed(price: Decimal, item: Json) -> Pair:
    digits = max(SCALE, fraction_digits(item["totalPrice"]["currencyCode"]))
    return _with_its_tax(price, rate_of(item), digits, included(item))


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
