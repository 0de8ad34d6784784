"""The items of an imported order. Their totals and taxes follow from their prices and rates; the order's own do not."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.money import TypedMoney, cents, in_currency, times, typed
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.goods.price import check_scopes, price_from, unit_price
from orderwright.domain.goods.product.variant import ProductVariant, VariantSnapshot
from orderwright.domain.goods.variants import copied
from orderwright.domain.laws.parts import check_new_keys
from orderwright.domain.order.importing.drafts import CustomLineItemImportDraft, LineItemImportDraft, ProductVariantImportDraft
from orderwright.domain.order.importing.taxes import rate_from, taxed_line
from orderwright.domain.order.item_states import item_states
from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import CustomLineItem, ItemState, LineItem, LineItemDraft
from orderwright.domain.sale.lines.targets import check_valid, details_from
from orderwright.domain.sale.lines.variants import drafted_variant
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.domain.shop.state.workflow import initial_item_state
from orderwright.domain.shop.store.model import Store
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.errors import invalid_field, invalid_operation, required_field


def line_from(draft: LineItemImportDraft, order: Order, facts: Facts) -> LineItem:
    """The line item a draft means; the order has its addresses, modes and store already.

    Raises `RequiredField`, `InvalidField` or `ReferencedResourceNotFound` for a variant that is not named or not there,
    `InvalidField` for another currency or no units, `MissingRoleOnChannel`, `InvalidOperation` for a channel of another store,
    `InvalidItemShippingDetails`, and what prices, taxes, states and custom fields raise.
    """
    check_units(draft.quantity)
    snapshot = _snapshot(draft, facts)
    price = price_from(draft.price, facts)
    unit = in_currency(unit_price(price, draft.quantity), order.total_price.currency_code, "price.value")
    total = _total(unit, draft.quantity, order)
    line = LineItem(
        id=facts.new_id(),
        key=draft.key,
        product_id=snapshot.product_id,
        product_key=snapshot.product_key,
        name=draft.name,
        product_slug=snapshot.slug,
        product_type=snapshot.product_type,
        variant=_variant(copied(snapshot), draft.variant, facts),
        price=price,
        quantity=draft.quantity,
        total_price=total,
        price_mode="Platform",
        line_item_mode="Standard",
        state=_states(draft.state, draft.quantity, facts),
        discounted_price_per_quantity=(),
        taxed_price_portions=(),
        per_method_tax_rate=(),
        tax_rate=rate_from(draft.tax_rate),
        taxed_price=taxed_line(draft, total, unit, order),
        distribution_channel=_channel(draft, order, facts),
        supply_channel=_supply(draft, order, facts),
        inventory_mode=None if draft.inventory_mode == order.inventory_mode else draft.inventory_mode,
        shipping_details=details_from(draft.shipping_details, draft.quantity, order),
        custom=custom_from(draft.custom, "line-item", facts),
        added_at=facts.now,
        last_modified_at=facts.now,
    )
    check_valid(line)
    return line


def custom_line_from(draft: CustomLineItemImportDraft, order: Order, facts: Facts) -> CustomLineItem:
    """The custom line item a draft means. Raises as `line_from` does."""
    check_units(draft.quantity)
    money = in_currency(typed(draft.money, "money"), order.total_price.currency_code, "money")
    total = _total(money, draft.quantity, order)
    item = CustomLineItem(
        id=facts.new_id(),
        key=draft.key,
        name=draft.name,
        money=money,
        total_price=total,
        slug=draft.slug,
        quantity=draft.quantity,
        price_mode=draft.price_mode,
        state=_states(draft.state, draft.quantity, facts),
        discounted_price_per_quantity=(),
        taxed_price_portions=(),
        per_method_tax_rate=(),
        tax_category=facts.reference("tax-category", draft.tax_category),
        tax_rate=rate_from(draft.tax_rate),
        taxed_price=taxed_line(draft, total, money, order),
        shipping_details=details_from(draft.shipping_details, draft.quantity, order),
        custom=custom_from(draft.custom, "custom-line-item", facts),
    )
    check_valid(item)
    return item


def check_units(quantity: int) -> None:
    """Raises `InvalidField` for no units at all; there may be fewer than none, such as of what was given back."""
    if quantity == 0:
        raise invalid_field("quantity", quantity)


def check_keys(lines: tuple[LineItem, ...], items: tuple[CustomLineItem, ...]) -> None:
    """Raises `DuplicateField` for a key that two line items, or two custom line items, have."""
    check_new_keys((), [line.key for line in lines])
    check_new_keys((), [item.key for item in items])


def _snapshot(draft: LineItemImportDraft, facts: Facts) -> VariantSnapshot:
    variant = draft.variant
    if variant.id is not None and draft.product_id is None:
        raise required_field("productId")
    if variant.id is None and draft.product_id is not None:
        raise required_field("variant.id")
    if variant.id is None and variant.sku is None:
        raise required_field("variant.sku")
    return drafted_variant(LineItemDraft(sku=variant.sku, product_id=draft.product_id, variant_id=variant.id), facts)


def _variant(today: ProductVariant, draft: ProductVariantImportDraft, facts: Facts) -> ProductVariant:
    """The variant of today with what the draft says it showed instead."""
    if draft.prices is not None:
        prices = tuple(price_from(price, facts) for price in draft.prices)
        check_scopes(prices)
        today = replace(today, prices=prices)
    if draft.attributes is not None:
        today = replace(today, attributes=draft.attributes)
    return today if draft.images is None else replace(today, images=draft.images)


def _states(sent: tuple[ItemState, ...], quantity: int, facts: Facts) -> tuple[ItemState, ...]:
    if sent:
        return item_states(sent, quantity, facts)
    return (ItemState(quantity=quantity, state=initial_item_state(facts.project)),)


def _total(unit: TypedMoney, quantity: int, order: Order) -> TypedMoney:
    return cents(order.total_price.currency_code, times(unit, quantity, order.price_rounding_mode))


def _channel(draft: LineItemImportDraft, order: Order, facts: Facts) -> Reference | None:
    channel = channel_in_role(draft.distribution_channel, "ProductDistribution", facts)
    _check_channel(channel, _store(order, facts), "distribution_channels")
    return channel


def _supply(draft: LineItemImportDraft, order: Order, facts: Facts) -> Reference | None:
    channel = channel_in_role(draft.supply_channel, "InventorySupply", facts)
    _check_channel(channel, _store(order, facts), "supply_channels")
    return channel


def _store(order: Order, facts: Facts) -> Store | None:
    return None if order.store is None else facts.get("store", order.store, Store)


def _check_channel(channel: Reference | None, store: Store | None, field: str) -> None:
    """A store that has channels of a kind has no other. Raises `InvalidOperation`."""
    if channel is None or store is None:
        return
    known: tuple[Reference, ...] = getattr(store, field)
    if known and channel not in known:
        raise invalid_operation(f"The channel '{channel.id}' is not defined for the store '{store.key}'.")
