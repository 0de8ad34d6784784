"""What one line costs a unit: the price that is selected for the cart, or what the merchant says."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money, RoundingMode, TypedMoney, in_currency, typed, whole_cents, zero
from orderwright.domain.amounts.record import Notes
from orderwright.domain.goods.price import Price, unit_price
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.sale.lines.items import ExternalLineItemTotalPrice, LineItem, LineItemPriceMode
from orderwright.domain.sale.lines.variants import current_variant, price_of
from orderwright.domain.sale.model import Sale
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.domain.shop.store.model import Store
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import invalid_input, invalid_operation, required_field


class Priced(NamedTuple):
    """A line's price, its total (nothing where the recalculation will make it), and where they come from."""

    price: Price
    total_price: TypedMoney
    price_mode: LineItemPriceMode


class ExternalPrices(NamedTuple):
    """The prices that a draft or an action brings from outside, if it does."""

    price: Money | None = None
    total: ExternalLineItemTotalPrice | None = None

    def __bool__(self) -> bool:
        return self.price is not None or self.total is not None

    def taken(self, sale: Sale, facts: Facts) -> Priced | None:
        """What a line takes of them. Raises `InvalidInput` for both at once, `InvalidField` for another currency than the cart's,
        `RequiredField` or `MoneyOverflow`."""
        if self.price is not None and self.total is not None:
            raise invalid_input("Either externalPrice or externalTotalPrice is to be set, not both.")
        currency = sale.total_price.currency_code
        if self.price is not None:
            value = in_currency(typed(self.price, "externalPrice"), currency, "externalPrice")
            return Priced(Price(id=facts.new_id(), value=value), zero(value.currency_code), "ExternalPrice")
        if self.total is None:
            return None
        value = in_currency(typed(self.total.price, "externalTotalPrice.price"), currency, "externalTotalPrice.price")
        whole = whole_cents(self.total.total_price, "externalTotalPrice.totalPrice")
        total = in_currency(whole, currency, "externalTotalPrice.totalPrice")
        return Priced(Price(id=facts.new_id(), value=value), total, "ExternalTotal")


def unit_of(line: LineItem, sale: Sale, notes: Notes | None = None) -> TypedMoney:
    """The price of a unit for the line's quantity; that before a product discount, where cart discounts are the better deal."""
    price, combination = line.price, sale.discount_type_combination
    if price.discounted is not None and combination is not None and combination.chosen_discount_type == "CartDiscount":
        price = replace(price, discounted=None)
    return unit_price(price, line.quantity, notes)


def total_rounding(line: LineItem, sale: Sale) -> RoundingMode:
    """How the line's total is rounded. A fine price from outside is rounded one way everywhere, whatever the cart says."""
    fine = line.price_mode == "ExternalPrice" and line.price.value.type == "highPrecision"
    return "HalfEven" if fine else sale.price_rounding_mode


def selected_price(snapshot: VariantSnapshot, sale: Sale, channel: Reference | None, facts: Facts) -> Priced:
    """The price of the variant for the cart. Raises `MatchingPriceNotFound`."""
    return Priced(price_of(snapshot, sale, channel, facts), zero(sale.total_price.currency_code), "Platform")


def priced_anew(line: LineItem, external: ExternalPrices, sale: Sale, facts: Facts) -> LineItem:
    """A line whose quantity was changed, at the price from outside if there is one, else at the one selected today.

    A line of price mode `ExternalPrice` needs a price from outside; one of `ExternalTotal` falls back to `Platform` without.
    Raises `RequiredField`, and what `ExternalPrices` and `with_selected_price` raise.
    commercetools: Carts, LineItemPriceMode.
    """
    taken = external.taken(sale, facts)
    if taken is not None:
        return _with(line, taken, facts)
    if line.price_mode == "ExternalPrice":
        raise required_field("externalPrice")
    return with_selected_price(line, sale, facts)


def with_external_price(line: LineItem, external: ExternalPrices, mode: LineItemPriceMode, sale: Sale, facts: Facts) -> LineItem:
    """A line at the price from outside. Without one a line of that mode goes back to `Platform`; any other stays as it is."""
    taken = external.taken(sale, facts)
    if taken is not None:
        return _with(line, taken, facts)
    return with_selected_price(line, sale, facts) if line.price_mode == mode else line


def with_selected_price(line: LineItem, sale: Sale, facts: Facts) -> LineItem:
    """A line at the price of today. A line whose variant is no longer published keeps the price that was selected.

    Raises `MatchingPriceNotFound`; `InvalidOperation` if there is neither a variant nor such a price.
    """
    snapshot = current_variant(line, facts)
    if snapshot is not None:
        return _with(line, selected_price(snapshot, sale, line.distribution_channel, facts), facts)
    if line.price_mode != "Platform":
        raise invalid_operation(f"The product of line item '{line.id}' is not published any more: no price can be selected.")
    return replace(line, last_modified_at=facts.now)


def distribution_channel(identifier: ResourceIdentifier | None, sale: Sale, facts: Facts) -> Reference | None:
    """The channel that a line is sold through. A store that has distribution channels sells through no other.

    Raises `ReferencedResourceNotFound`, `MissingRoleOnChannel` or `InvalidOperation`.
    """
    channel = channel_in_role(identifier, "ProductDistribution", facts)
    if channel is None or sale.store is None:
        return channel
    sold_through = facts.get("store", sale.store, Store).distribution_channels
    if sold_through and channel not in sold_through:
        raise invalid_operation(f"The channel '{channel.id}' is no distribution channel of the store '{sale.store.key}'.")
    return channel


def _with(line: LineItem, priced: Priced, facts: Facts) -> LineItem:
    price, total_price, price_mode = priced
    return replace(line, price=price, total_price=total_price, price_mode=price_mode, last_modified_at=facts.now)
