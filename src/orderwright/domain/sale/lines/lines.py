"""How lines come into a cart and change their quantity. Amounts follow in the recalculation."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money, TypedMoney, typed, zero
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.laws.parts import check_new_keys, without
from orderwright.domain.sale.lines.item_shipping import resized, together
from orderwright.domain.sale.lines.items import CustomLineItem, CustomLineItemDraft, Item, LineItem, LineItemDraft
from orderwright.domain.sale.lines.parts import with_custom_line, with_line
from orderwright.domain.sale.lines.pricing import ExternalPrices, distribution_channel, priced_anew, selected_price
from orderwright.domain.sale.lines.targets import details_from
from orderwright.domain.sale.lines.variants import drafted_variant, shown_of
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.several import check_parts
from orderwright.domain.sale.stock import check_quantity, own_mode
from orderwright.domain.sale.taxes.methods import rates_by_method, with_rates_by_method
from orderwright.domain.sale.taxes.rates import first_rates
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.domain.shop.state.workflow import initial_item_state
from orderwright.engine.facts import Facts
from orderwright.errors import invalid_field, invalid_operation, required_field

MAX_LINES = 500
# The largest whole number that every JSON reader keeps exact; no stored quantity is beyond it.
MAX_QUANTITY = 2**53


def add_line(sale: S, draft: LineItemDraft, facts: Facts) -> S:
    """Add units of a variant: to the line that already holds it, else as a new line, as always for a price from outside.

    Raises `MatchingPriceNotFound`, `MissingTaxRateForCountry`, `MissingRoleOnChannel`, `InvalidField`, `DuplicateField` and what
    `drafted_variant`, `check_quantity` and `custom_from` raise; `InvalidOperation` for more than 500 lines. A line keeps the key
    and the inventory mode it has.
    """
    _check_quantity(draft.quantity, 1)
    snapshot = drafted_variant(draft, facts)
    new = line_from(draft, snapshot, sale, facts)
    line = next((line for line in sale.line_items if _holds(line, new)), None)
    if line is None:
        check_new_keys(sale.line_items, [draft.key])
        check_room(sale)
        return replace(sale, line_items=(*sale.line_items, check_quantity(new, facts, added=True)))
    if line.key is None and draft.key is not None:
        check_new_keys(sale.line_items, [draft.key])
        line = replace(line, key=draft.key)
    return set_quantity(sale, _also_sent(line, new, sale), line.quantity + draft.quantity, facts)


def set_quantity(sale: S, line: LineItem, quantity: int, facts: Facts, external: ExternalPrices | None = None) -> S:
    """Change a line's quantity and its price; 0 removes it.

    Raises `InvalidField`, `InvalidOperation` for more of a gift, and what `with_quantity`, `check_quantity` and `priced_anew`
    raise.
    """
    _check_quantity(quantity, 0)
    if line.is_gift:
        return _of_gift(sale, line, quantity)
    other = with_quantity(line, quantity, sale, facts)
    if quantity == 0:
        return replace(sale, line_items=without(sale.line_items, line))
    external = external or ExternalPrices()
    if quantity == line.quantity and not external:
        return sale
    return with_line(sale, priced_anew(check_quantity(other, facts), external, sale, facts))


def _of_gift(sale: S, line: LineItem, quantity: int) -> S:
    """A gift stays one unit, and taken away it is refused for good: by the cart, or with the direct discount that gave it.

    commercetools: Carts, LineItemMode.
    """
    if quantity > line.quantity:
        raise invalid_operation(f"The line item '{line.id}' is a gift: its quantity is not increased.")
    if quantity:
        return sale
    sale = replace(sale, line_items=without(sale.line_items, line))
    given = [each.discount for part in line.discounted_price_per_quantity for each in part.discounted_price.included_discounts]
    ids = {reference.id for reference in given}
    return replace(
        sale,
        refused_gifts=(*sale.refused_gifts, *(each for each in given if each.type_id == "cart-discount")),
        direct_discounts=tuple(each for each in sale.direct_discounts if each.id not in ids),
    )


def add_custom_line(sale: S, draft: CustomLineItemDraft, facts: Facts) -> S:
    """Add a custom line item, or raise the quantity of the one that is the same in everything but quantity.

    Raises `InvalidOperation` for another item with its slug or more than 500 lines, `RequiredField` without a tax category
    in tax mode `Platform`, `MissingTaxRateForCountry`, `InvalidField`, `DuplicateField`.
    """
    _check_quantity(draft.quantity, 1)
    if sale.tax_mode == "Platform" and draft.tax_category is None:
        raise required_field("taxCategory")
    new = _custom_line_from(draft, sale, facts)
    same_slug = [item for item in sale.custom_line_items if item.slug == new.slug]
    for item in same_slug:
        if _what_it_is(item) == _what_it_is(new):
            return set_custom_quantity(sale, _also_sent(item, new, sale), item.quantity + new.quantity, facts)
    if same_slug:
        raise invalid_operation(f"The cart already has a different custom line item with the slug '{new.slug}'.")
    check_new_keys(sale.custom_line_items, [new.key])
    check_room(sale)
    return replace(sale, custom_line_items=(*sale.custom_line_items, new))


def set_custom_quantity(sale: S, item: CustomLineItem, quantity: int, facts: Facts) -> S:
    """Change a custom line item's quantity; 0 removes it. Raises `InvalidField` if negative, and what `with_quantity` raises."""
    _check_quantity(quantity, 0)
    other = with_quantity(item, quantity, sale, facts)
    if quantity == 0:
        return replace(sale, custom_line_items=without(sale.custom_line_items, item))
    return with_custom_line(sale, other)


def with_quantity(item: Item, quantity: int, sale: Sale, facts: Facts) -> Item:
    """The item with another quantity, its units in the States that they then have in this cart or order; where they go stays as
    it was said. Raises `InvalidOperation` where an order would lose units that have left the initial State."""
    states = sale.states_of(item, quantity, initial_item_state(facts.project))
    return replace(item, quantity=quantity, state=states, shipping_details=resized(item.shipping_details, quantity))


def money_of(draft: Money, sale: Sale) -> TypedMoney:
    """A custom line item's money, in the cart's currency. Raises `InvalidField`, `RequiredField` or `MoneyOverflow`."""
    currency = sale.total_price.currency_code
    if draft.currency_code != currency:
        raise invalid_field("money.currencyCode", draft.currency_code, [currency])
    return typed(draft, "money")


def line_from(draft: LineItemDraft, snapshot: VariantSnapshot, sale: Sale, facts: Facts) -> LineItem:
    """The new line that a draft means. Its total follows in the recalculation; raises what `add_line` raises of a new line."""
    channel = distribution_channel(draft.distribution_channel, sale, facts)
    external = ExternalPrices(draft.external_price, draft.external_total_price)
    price, total_price, price_mode = external.taken(sale, facts) or selected_price(snapshot, sale, channel, facts)
    line = LineItem(
        id=facts.new_id(),
        key=draft.key,
        product_id=snapshot.product_id,
        price=price,
        quantity=draft.quantity,
        total_price=total_price,
        price_mode=price_mode,
        line_item_mode="Standard",
        state=(),
        discounted_price_per_quantity=(),
        taxed_price_portions=(),
        **first_rates(snapshot.tax_category, draft.external_tax_rate, draft.per_method_external_tax_rate or (), sale, facts),
        distribution_channel=channel,
        supply_channel=channel_in_role(draft.supply_channel, "InventorySupply", facts),
        inventory_mode=own_mode(draft.inventory_mode, sale, facts),
        shipping_details=details_from(draft.shipping_details, draft.quantity, sale),
        custom=custom_from(draft.custom, "line-item", facts),
        added_at=draft.added_at or facts.now,
        last_modified_at=facts.now,
        **shown_of(snapshot),
    )
    return with_quantity(line, draft.quantity, sale, facts)


def _custom_line_from(draft: CustomLineItemDraft, sale: Sale, facts: Facts) -> CustomLineItem:
    category = facts.reference("tax-category", draft.tax_category)
    item = CustomLineItem(
        id=facts.new_id(),
        key=draft.key,
        name=draft.name,
        money=money_of(draft.money, sale),
        total_price=zero(sale.total_price.currency_code),
        slug=draft.slug,
        quantity=draft.quantity,
        price_mode=draft.price_mode or "Standard",
        state=(),
        discounted_price_per_quantity=(),
        taxed_price_portions=(),
        tax_category=category,
        **first_rates(category, draft.external_tax_rate, (), sale, facts),
        custom=custom_from(draft.custom, "custom-line-item", facts),
        shipping_details=details_from(draft.shipping_details, draft.quantity, sale),
    )
    return with_quantity(item, draft.quantity, sale, facts)


def _also_sent(item: Item, new: Item, sale: Sale) -> Item:
    """An item that is to take up another's units, with the shipping targets of both, and the rate that is given with them."""
    if new.tax_rate is not None and sale.tax_mode == "External":
        item = replace(item, tax_rate=new.tax_rate)
    if new.per_method_tax_rate and sale.tax_mode == "External":
        item = with_rates_by_method(item, {**rates_by_method(item), **rates_by_method(new)}, sale)
    if new.shipping_details is None:
        return item
    return replace(item, shipping_details=together(item.shipping_details, new.shipping_details.targets, item.quantity))


def _holds(line: LineItem, new: LineItem) -> bool:
    """Whether a line holds just what a new one would, so that its units belong there."""
    # Each new line is compared with all there are, so that most of them should differ by the first thing that is looked at.
    return (
        line.variant.id == new.variant.id
        and line.product_id == new.product_id
        and line.price_mode == new.price_mode == "Platform"
        and _kind(line) == _kind(new)
    )


def _kind(line: LineItem) -> tuple[object, ...]:
    return (line.line_item_mode, line.custom, line.supply_channel, line.distribution_channel)


def _what_it_is(item: CustomLineItem) -> tuple[object, ...]:
    return (item.name, item.money, item.tax_category, item.custom, item.price_mode, [part.state for part in item.state])


def _check_quantity(quantity: int, least: int) -> None:
    if not least <= quantity <= MAX_QUANTITY:
        raise invalid_field("quantity", quantity)


def check_room(sale: Sale) -> None:
    """Raises `InvalidOperation` for one line more than a cart holds."""
    lines = len(sale.line_items) + len(sale.custom_line_items) + 1
    check_count(lines)
    check_parts(lines, len(sale.shipping))


def check_count(lines: int) -> None:
    """Raises `InvalidOperation` for more line items and custom line items than a cart or an order holds together."""
    if lines > MAX_LINES:
        raise invalid_operation(f"There may be at most {MAX_LINES} line items and custom line items together.")
