"""An imported order: what the draft names is looked up, what it holds is kept as it is."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.money import whole_cents
from orderwright.domain.business_unit.naming import check_member, check_usable, reference_to, unit_named
from orderwright.domain.custom.addresses import address_from, keyed_addresses, optional_address_from
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.customer.naming import customer_named, group_of
from orderwright.domain.order.importing.drafts import OrderImportDraft, PaymentInfoDraft
from orderwright.domain.order.importing.items import check_keys, custom_line_from, line_from
from orderwright.domain.order.importing.shipping import shipping_info_from, taxed_shipping
from orderwright.domain.order.importing.taxes import taxed_order
from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.lines import check_count
from orderwright.domain.sale.model import PaymentInfo
from orderwright.domain.sale.stock import takes
from orderwright.domain.shop.state.workflow import entered
from orderwright.domain.shop.store.model import Store, check_country
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Reference, Resource
from orderwright.errors import required_field


def create_imported(draft: OrderImportDraft, facts: Facts) -> Change[Order]:
    """The order, and what it takes off the stock where a line is tracked.

    Raises `RequiredField` for an order of nothing, `ReferencedResourceNotFound`, `CountryNotConfiguredInStore`, `OutOfStock`,
    `DuplicateField` for a key that stands twice, `InvalidOperation` for a business unit that it can not belong to, and what its
    items, shipping, addresses and custom fields raise.
    """
    order = with_items(_empty(draft, facts), draft, facts)
    if draft.shipping_info is not None:
        info = shipping_info_from(draft.shipping_info, order, facts)
        order = replace(order, shipping_info=info, taxed_shipping_price=taxed_shipping(draft.shipping_info, info))
    return Change(order, effects=takes(order, facts))


def with_items(order: Order, draft: OrderImportDraft, facts: Facts) -> Order:
    """The order with the line items and custom line items of the draft. Raises `RequiredField` where there are none at all,
    `InvalidOperation` for more than 500."""
    if not draft.line_items and not draft.custom_line_items:
        raise required_field("lineItems")
    check_count(len(draft.line_items) + len(draft.custom_line_items))
    lines = tuple(line_from(line, order, facts) for line in draft.line_items)
    items = tuple(custom_line_from(item, order, facts) for item in draft.custom_line_items)
    check_keys(lines, items)
    return replace(order, line_items=lines, custom_line_items=items)


def _empty(draft: OrderImportDraft, facts: Facts) -> Order:
    total = whole_cents(draft.total_price, "totalPrice")
    store = None if draft.store is None else facts.get("store", draft.store, Store)
    check_country(draft.country, store)
    belongs = None if store is None else KeyReference(type_id="store", key=store.key)
    customer = customer_named(draft.customer_id, facts)
    unit = unit_named(draft.business_unit, facts)
    check_usable(unit, belongs)
    check_member(unit, draft.customer_id)
    return Order(
        **facts.born(),
        order_number=draft.order_number,
        purchase_order_number=draft.purchase_order_number,
        customer_id=None if customer is None else customer.id,
        customer_email=draft.customer_email,
        customer_group=facts.reference("customer-group", draft.customer_group) or group_of(customer),
        business_unit=reference_to(unit),
        store=belongs,
        line_items=(),
        custom_line_items=(),
        total_price=total,
        taxed_price=taxed_order(draft.taxed_price, total.currency_code),
        # The taxes are the other system's, whatever they were made from.
        tax_mode="External",
        price_rounding_mode=draft.price_rounding_mode,
        tax_rounding_mode=draft.tax_rounding_mode,
        tax_calculation_mode=draft.tax_calculation_mode,
        inventory_mode=draft.inventory_mode,
        billing_address=optional_address_from(draft.billing_address, facts),
        shipping_address=optional_address_from(draft.shipping_address, facts),
        item_shipping_addresses=keyed_addresses([address_from(each, facts) for each in draft.item_shipping_addresses]),
        shipping_mode="Single",
        shipping=(),
        discount_codes=(),
        direct_discounts=(),
        refused_gifts=(),
        sync_info=(),
        return_info=(),
        payment_info=_payments(draft.payment_info, facts),
        payment_state=draft.payment_state,
        shipment_state=draft.shipment_state,
        order_state=draft.order_state,
        state=_state(draft.state, facts),
        country=draft.country,
        origin=draft.origin,
        completed_at=draft.completed_at,
        custom=custom_from(draft.custom, "order", facts),
    )


def _state(reference: Reference | None, facts: Facts) -> Reference | None:
    """The State the order is in: any of orders, since where it stands in its workflow the other system knows."""
    return None if reference is None else entered(reference, facts, type="OrderState", force=True)


def _payments(info: PaymentInfoDraft | None, facts: Facts) -> PaymentInfo | None:
    """The payments, which are here; none is no information. That no other order has one is a claim, which the write takes."""
    if info is None or not info.payments:
        return None
    ids = dict.fromkeys(facts.get("payment", payment, Resource).id for payment in info.payments)
    return PaymentInfo(payments=tuple(Reference(type_id="payment", id=id) for id in ids))
