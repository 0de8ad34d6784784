"""The recalculation that ends every change of a cart.

commercetools: Carts, LineItem (`totalPrice`); Carts, Cart (`taxedPrice`); Carts, TaxMode; Shipping Methods, ShippingRate.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, TypedMoney, cents, times
from orderwright.domain.amounts.tax import TaxedItemPrice, TaxRate, sum_taxed, taxed_item
from orderwright.domain.amounts.totals import total_price
from orderwright.domain.goods.price import unit_price
from orderwright.domain.sale.lifecycle import check_open
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.methods import matches, method_of
from orderwright.domain.sale.shipping.rates import shipping_price
from orderwright.engine.facts import Facts


def finish(cart: Cart, facts: Facts) -> Cart:
    """What follows all actions of a change. Raises `InvalidOperation` for a cart that was merged or ordered."""
    check_open(cart)
    return recalculate(cart, facts)


def recalculate(cart: Cart, facts: Facts) -> Cart:
    """Amounts from the prices and rates that the cart holds. Shipping depends on the lines' value, taxes on both."""
    for step in (price_lines, price_shipping, apply_taxes, sum_totals, match_shipping_method):
        cart = step(cart, facts)
    return cart


def price_lines(cart: Cart, _facts: Facts) -> Cart:
    """Each line's total: the unit price for its quantity, times it, unless it was given from outside."""
    return replace(
        cart,
        line_items=tuple(replace(line, total_price=_line_total(line, cart)) for line in cart.line_items),
        custom_line_items=tuple(
            replace(item, total_price=_total(item.money, item.quantity, cart, cart.price_rounding_mode))
            for item in cart.custom_line_items
        ),
    )


def price_shipping(cart: Cart, facts: Facts) -> Cart:
    """Shipping by the value of all lines, or by the cart's input: it may be free above a value, or have tiers."""
    info = cart.shipping_info
    if info is None:
        return cart
    price = shipping_price(info.shipping_rate, value_of(cart), cart.shipping_rate_input, facts.project.shipping_rate_input_type)
    return replace(cart, shipping_info=replace(info, price=price))


def value_of(cart: Cart) -> int:
    """The totals of all lines, in minor units: what `freeAbove` and the tiers by value look at."""
    return sum(item.total_price.cent_amount for item in _items(cart))


def apply_taxes(cart: Cart, _facts: Facts) -> Cart:
    """Net, gross and tax of every item that has a rate."""
    info = cart.shipping_info
    return replace(
        cart,
        line_items=tuple(
            replace(line, taxed_price=_taxed(line.total_price, line.tax_rate, *_taxed_units(line), cart))
            for line in cart.line_items
        ),
        custom_line_items=tuple(
            replace(item, taxed_price=_taxed(item.total_price, item.tax_rate, item.money, item.quantity, cart))
            for item in cart.custom_line_items
        ),
        shipping_info=info and replace(info, taxed_price=_taxed(info.price, info.tax_rate, info.price, 1, cart)),
    )


def sum_totals(cart: Cart, _facts: Facts) -> Cart:
    """The cart's totals; its taxed price only once everything in it has one."""
    info, currency = cart.shipping_info, cart.total_price.currency_code
    shipping_taxed = info.taxed_price if info else None
    taxed = [item.taxed_price for item in _items(cart)] + ([shipping_taxed] if info else [])
    whole = [price for price in taxed if price is not None]
    return replace(
        cart,
        total_price=total_price(
            (item.total_price.cent_amount for item in _items(cart)), info.price.cent_amount if info else None, currency
        ),
        total_line_item_quantity=sum(line.quantity for line in cart.line_items) or None,
        taxed_price=sum_taxed(whole, currency) if whole and len(whole) == len(taxed) else None,
        taxed_shipping_price=sum_taxed([shipping_taxed], currency) if shipping_taxed else None,
    )


def match_shipping_method(cart: Cart, facts: Facts) -> Cart:
    """Whether the method's predicate still holds for the cart, totals included."""
    info = cart.shipping_info
    method = None if info is None else method_of(info, facts)
    if info is None or method is None:
        return cart
    state = "MatchesCart" if matches(method, cart) else "DoesNotMatchCart"
    return replace(cart, shipping_info=replace(info, shipping_method_state=state))


def _items(cart: Cart) -> Iterator[LineItem | CustomLineItem]:
    yield from cart.line_items
    yield from cart.custom_line_items


def _unit(line: LineItem) -> TypedMoney:
    return unit_price(line.price, line.quantity)


def _taxed_units(line: LineItem) -> tuple[TypedMoney, int]:
    """The price of a unit and how many there are; a total from outside is one unit, whatever its units are said to cost."""
    return (line.total_price, 1) if line.price_mode == "ExternalTotal" else (_unit(line), line.quantity)


def _line_total(line: LineItem, cart: Cart) -> TypedMoney:
    if line.price_mode == "ExternalTotal":
        return line.total_price
    # A fine price from outside is rounded one way everywhere, whatever the cart says.
    fine = line.price_mode == "ExternalPrice" and line.price.value.type == "highPrecision"
    return _total(_unit(line), line.quantity, cart, "HalfEven" if fine else cart.price_rounding_mode)


def _total(price: TypedMoney, quantity: int, cart: Cart, mode: RoundingMode) -> TypedMoney:
    return cents(cart.total_price.currency_code, times(price, quantity, mode))


def _taxed(total: TypedMoney, rate: TaxRate | None, unit: TypedMoney, quantity: int, cart: Cart) -> TaxedItemPrice | None:
    if rate is None:
        return None
    return taxed_item(
        total.cent_amount,
        rate,
        currency=total.currency_code,
        quantity=quantity,
        unit_price=unit,
        calculation=cart.tax_calculation_mode,
        rounding=cart.tax_rounding_mode,
    )
