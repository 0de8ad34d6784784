"""A new cart from its draft."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.domain.amounts.money import zero
from orderwright.domain.business_unit.naming import check_member, check_usable, reference_to, unit_named
from orderwright.domain.cart.drafts import CartDraft
from orderwright.domain.custom.addresses import address_from, keyed_addresses, optional_address_from
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.customer.model import Customer
from orderwright.domain.customer.naming import customer_named, group_of
from orderwright.domain.laws.languages import check_locale
from orderwright.domain.sale.discounts.giving import with_code
from orderwright.domain.sale.lines.lines import add_custom_line, add_line
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import recalculate
from orderwright.domain.sale.shipping.adding import with_custom_method, with_drafted
from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.sale.shipping.methods import check_methods, method_of, shipping_info_from
from orderwright.domain.sale.shipping.rates import rate_input_from
from orderwright.domain.sale.shipping.several import check_shipping_mode, infos_of
from orderwright.domain.sale.stock import check_reservable
from orderwright.domain.shop.store.model import check_country, store_of_door
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Reference
from orderwright.errors import invalid_field, invalid_operation


def from_draft(draft: CartDraft, facts: Facts) -> Cart:
    """The cart a draft means, its lines priced for its country and taxed for its address.

    Raises `InvalidField`, `InvalidOperation`, `CountryNotConfiguredInStore` and what adding lines, shipping and custom
    fields raise.
    """
    cart = _empty(draft, facts)
    # Lines may say which of the shippings their units go with.
    for shipping in draft.shipping:
        cart = with_drafted(cart, shipping, facts)
    for custom in draft.custom_shipping:
        cart = with_custom_method(cart, custom.key, custom, facts)
    for line in draft.line_items:
        cart = add_line(cart, line, facts)
    for item in draft.custom_line_items:
        cart = add_custom_line(cart, item, facts)
    for code in draft.discount_codes:
        cart = with_code(cart, code, facts)
    return _with_method(cart, draft, facts)


def _with_method(cart: Cart, draft: CartDraft, facts: Facts) -> Cart:
    external = draft.external_tax_rate_for_shipping_method
    if cart.shipping:
        looking = any(method.predicate for info in infos_of(cart) if (method := method_of(info, facts)) is not None)
        check_methods(recalculate(cart, facts) if looking else cart, facts)
    if draft.shipping_method is None:
        if external is not None:
            raise invalid_field("externalTaxRateForShippingMethod", external)
        return cart
    check_shipping_mode(cart, "Single")
    method = facts.get("shipping-method", draft.shipping_method, ShippingMethod)
    # What it costs is calculated at the end; before that only a predicate asks for it.
    seen = recalculate(cart, facts) if method.predicate else cart
    return replace(cart, shipping_info=shipping_info_from(method, seen, facts, external=external))


def _empty(draft: CartDraft, facts: Facts) -> Cart:
    _check(draft, facts)
    settings = facts.project.carts
    store, customer = store_of_door(draft.store, facts, "cart"), customer_named(draft.customer_id, facts)
    check_country(draft.country, store)
    belongs = KeyReference(type_id="store", key=store.key) if store else None
    unit = unit_named(draft.business_unit, facts)
    check_usable(unit, belongs)
    check_member(unit, draft.customer_id)
    shipping_address = optional_address_from(draft.shipping_address, facts)
    item_addresses = keyed_addresses([address_from(address, facts) for address in draft.item_shipping_addresses])
    if item_addresses and shipping_address is not None and shipping_address not in item_addresses:
        raise invalid_operation("The shipping address must be one of the item shipping addresses.")
    return Cart(
        **facts.born(),
        key=draft.key,
        customer_id=None if customer is None else customer.id,
        customer_email=draft.customer_email,
        customer_group=_group(draft, customer, facts),
        anonymous_id=draft.anonymous_id,
        business_unit=reference_to(unit),
        store=belongs,
        line_items=(),
        custom_line_items=(),
        shipping=(),
        discount_codes=(),
        direct_discounts=(),
        direct_discounts_ignore_cart_discounts=draft.direct_discounts_ignore_cart_discounts,
        refused_gifts=(),
        total_price=zero(draft.currency),
        tax_mode=draft.tax_mode,
        price_rounding_mode=draft.price_rounding_mode or settings.price_rounding_mode or "HalfEven",
        tax_rounding_mode=draft.tax_rounding_mode or settings.tax_rounding_mode or "HalfEven",
        tax_calculation_mode=draft.tax_calculation_mode,
        inventory_mode=draft.inventory_mode,
        cart_state="Active",
        shipping_mode=draft.shipping_mode,
        shipping_rate_input=rate_input_from(draft.shipping_rate_input, facts.project.shipping_rate_input_type),
        origin=draft.origin,
        billing_address=optional_address_from(draft.billing_address, facts),
        shipping_address=shipping_address,
        item_shipping_addresses=item_addresses,
        country=draft.country,
        locale=draft.locale,
        delete_days_after_last_modification=(
            draft.delete_days_after_last_modification or settings.delete_days_after_last_modification
        ),
        purchase_order_number=draft.purchase_order_number,
        custom=custom_from(draft.custom, "order", facts),
    )


def _group(draft: CartDraft, customer: Customer | None, facts: Facts) -> Reference | None:
    """The customer's group, or the one that is given where there is no customer. Raises `InvalidOperation` for both."""
    if draft.customer_id is not None and draft.customer_group is not None:
        raise invalid_operation("A cart takes the customer group of its customer: either customerId or customerGroup is set.")
    given = facts.reference("customer-group", draft.customer_group)
    return given or group_of(customer)


def _check(draft: CartDraft, facts: Facts) -> None:
    if draft.customer_id is not None and draft.anonymous_id is not None:
        raise invalid_operation("A cart belongs to a customer or to an anonymous session, not to both.")
    if draft.currency not in FRACTION_DIGITS:
        raise invalid_field("currency", draft.currency)
    check_locale(draft.locale, facts)
    check_reservable(draft.inventory_mode, facts)
