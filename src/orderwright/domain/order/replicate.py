"""A new cart with the content of an existing cart or order, at the prices and rates of today."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.amounts.money import zero
from orderwright.domain.business_unit.naming import check_usable, unit_of, wanted_unit
from orderwright.domain.order.model import Order
from orderwright.domain.sale.discounts.codes import wanted_behind, wanted_codes
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.lines.lines import with_quantity
from orderwright.domain.sale.lines.variants import current_variant, matching_price, shown_of, wanted_prices
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import calculating
from orderwright.domain.sale.shipping.adding import without_shipping
from orderwright.domain.sale.shipping.methods import Plain, custom_shipping_info, method_of, offered_rate, refusal, untested_info
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.several import each_sent, sent_by
from orderwright.domain.sale.stock import wanted_to_reserve
from orderwright.domain.sale.taxes.external import EXTERNAL
from orderwright.domain.sale.taxes.rates import with_rates
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Key
from orderwright.errors import invalid_field


class ReplicaCartDraft(Value):
    """Which cart or order is copied into a new cart."""

    reference: Reference
    key: Key | None = None

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """The variants of the source's lines, which the copy takes as they are now, and the stock that it may reserve of."""
        source = found.get(Wanted(self.reference.type_id, "id", self.reference.id))
        if source is not None:
            yield from wanted_prices(source.customer_id, source.line_items)
            yield from wanted_unit(source.business_unit)
            yield from wanted_to_reserve(source, source.line_items)
            yield from wanted_codes(source)
            yield from wanted_behind(found, source.customer_id)


# What the copy takes over as it is; lines and shipping are made anew, payments and discounts' results are not copied.
KEPT: Final = (
    "tax_mode",
    "price_rounding_mode",
    "tax_rounding_mode",
    "tax_calculation_mode",
    "inventory_mode",
    "customer_id",
    "customer_email",
    "customer_group",
    "anonymous_id",
    "business_unit",
    "store",
    "shipping_mode",
    "origin",
    "billing_address",
    "shipping_address",
    "shipping_key",
    "shipping_rate_input",
    "shipping_custom_fields",
    "country",
    "locale",
    "custom",
    "purchase_order_number",
    "refused_gifts",
)


def from_replica(draft: ReplicaCartDraft, facts: Facts) -> Generator[None, None, Cart]:
    """The copy of the cart or order that a draft names, in steps. Raises `ReferencedResourceNotFound`."""
    kinds: dict[str, type[Cart] | type[Order]] = {"cart": Cart, "order": Order}
    kind = kinds.get(draft.reference.type_id)
    if kind is None:
        raise invalid_field("reference.typeId", draft.reference.type_id, list(kinds))
    return (yield from replicating(facts.get(draft.reference.type_id, draft.reference, kind), draft, facts))


def replicating(source: Cart | Order, draft: ReplicaCartDraft, facts: Facts) -> Generator[None, None, Cart]:
    """An active cart with the source's lines, less those that can no longer be bought, and its shipping methods, as far as the
    cart may still take them. The variants of the source's lines must have been read (`wanted_variants`).

    Raises `MissingTaxRateForCountry`, and `InvalidOperation` for a business unit that it can not belong to any more.
    """
    check_usable(unit_of(source.business_unit, facts), source.store)
    cart = _empty(source, draft, facts)
    lines: list[LineItem] = []
    for line in source.line_items:
        new = _line(line, cart, facts)
        if new is not None:
            lines.append(new)
        yield
    items = [_custom_line(item, cart, facts) for item in source.custom_line_items]
    cart = _several(replace(cart, line_items=tuple(lines), custom_line_items=tuple(items)), source, facts)
    cart = with_rates(cart, facts)
    yield
    cart = _with_shipping((yield from calculating(cart, facts)), source, facts)
    return (yield from calculating(cart, facts))


def _empty(source: Cart | Order, draft: ReplicaCartDraft, facts: Facts) -> Cart:
    settings = facts.project.carts
    kept: dict[str, Any] = {name: getattr(source, name) for name in KEPT}
    if source.origin == "Quote":
        kept["origin"] = "Customer"  # only a staged quote has a quotation cart
    if source.customer_id is not None:
        kept["anonymous_id"] = None  # what an earlier version made may have both
    days = source.delete_days_after_last_modification if isinstance(source, Cart) else None
    return Cart(
        **facts.born(),
        key=draft.key,
        total_price=zero(source.total_price.currency_code),
        line_items=(),
        custom_line_items=(),
        shipping=(),
        discount_codes=source.discount_codes,
        direct_discounts=(),
        item_shipping_addresses=source.item_shipping_addresses,
        cart_state="Active",
        delete_days_after_last_modification=days or settings.delete_days_after_last_modification,
        **kept,
    )


def _line(line: LineItem, cart: Cart, facts: Facts) -> LineItem | None:
    """The line as if it were added today; None if its variant is not published or has no price for the cart."""
    snapshot = current_variant(line, facts)
    if snapshot is None or line.is_gift:
        return None  # what is earned is given anew
    selected = line.price_mode == "Platform"
    price = matching_price(snapshot, cart, line.distribution_channel, facts) if selected else line.price
    if price is None:
        return None
    new = replace(
        line,
        id=facts.new_id(),
        price=price,
        discounted_price_per_quantity=(),
        reservation=None,
        added_at=facts.now,
        last_modified_at=facts.now,
        **shown_of(snapshot),
    )
    return with_quantity(new, line.quantity, cart, facts)


def _custom_line(item: CustomLineItem, cart: Cart, facts: Facts) -> CustomLineItem:
    new = replace(item, id=facts.new_id(), discounted_price_per_quantity=())
    return with_quantity(new, item.quantity, cart, facts)


def _with_shipping(cart: Cart, source: Cart | Order, facts: Facts) -> Cart:
    """The recalculated copy with the source's only shipping, or without those of several that it may not take."""
    for seen in each_sent(cart):
        if seen.shipping_info is not None and _refused(seen.shipping_info, seen, facts):
            cart = without_shipping(cart, str(seen.shipping_key))
    info = source.shipping_info
    if info is None or _refused(info, cart, facts):
        return cart
    return replace(cart, shipping_info=_renewed(info, cart, facts))


def _several(cart: Cart, source: Cart | Order, facts: Facts) -> Cart:
    """The copy with those of the source's several shippings that still have a rate."""
    seen = ((shipping, replace(sent_by(cart, shipping), shipping_info=None)) for shipping in source.shipping)
    renewed = ((shipping, _renewed(shipping.shipping_info, each, facts)) for shipping, each in seen)
    shippings = tuple(replace(shipping, shipping_info=info) for shipping, info in renewed if info is not None)
    return replace(cart, shipping=shippings)


def _refused(info: ShippingInfo, seen: Cart, facts: Facts) -> bool:
    method = method_of(info, facts)
    return method is not None and refusal(method, seen, Plain(facts)) is not None


def _renewed(info: ShippingInfo, seen: Cart, facts: Facts) -> ShippingInfo | None:
    """The shipping as it is today, without deliveries; None where there is no rate any more."""
    if info.shipping_method is None and seen.shipping_address is not None:
        new = custom_shipping_info(seen, info.shipping_method_name, info.shipping_rate, info.tax_category, facts)
    else:
        method = method_of(info, facts)
        if method is None or offered_rate(method, seen, facts) is None:
            return None
        new = untested_info(method, seen, facts)
    return replace(new, tax_rate=info.tax_rate, taxed_price=info.taxed_price) if seen.tax_mode in EXTERNAL else new
