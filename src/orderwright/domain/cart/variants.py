"""The product variants behind a cart's lines, as they are today, and the price a cart takes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from orderwright.domain.cart.model import Cart
from orderwright.domain.common.items import LineItem, LineItemDraft
from orderwright.domain.price import Price, select_price
from orderwright.domain.product import ProductVariant, VariantSnapshot
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted
from orderwright.errors import (
    ApiError,
    invalid_field,
    matching_price_not_found,
    referenced_resource_not_found,
    required_field,
)


def wanted_variants(lines: Iterable[LineItem]) -> Iterator[Wanted]:
    """What must be read to bring lines up to date: one row a line; a line without SKU costs its product's rows."""
    for line in lines:
        yield _by_sku(line) or _by_product(line.product_id)


def current_variant(line: LineItem, facts: Facts) -> VariantSnapshot | None:
    """The line's variant as it is published now, if it is and was read.

    A line that was added a moment ago, in the same request, may have been read by SKU or by product: both are tried.
    """
    by_sku = _by_sku(line)
    if by_sku is not None:
        found = facts.look_up(by_sku)
        if isinstance(found, VariantSnapshot) and (found.product_id, found.variant.id) == (line.product_id, line.variant.id):
            return found
    return _of_product(line.product_id, line.variant.id, facts)


def drafted_variant(draft: LineItemDraft, facts: Facts) -> VariantSnapshot:
    """The published variant a draft names by SKU, or by product and variant id (the master variant without one).

    Raises `RequiredField` for neither, `ReferencedResourceNotFound` for an unknown or unpublished product, `InvalidField`
    for an unknown SKU or variant.
    """
    if draft.sku is not None:
        found = facts.look_up(Wanted("variant", "sku", draft.sku))
        if not isinstance(found, VariantSnapshot) or draft.product_id not in (None, found.product_id):
            raise invalid_field("sku", draft.sku)
        if draft.variant_id not in (None, found.variant.id):
            raise invalid_field("variantId", draft.variant_id)
        return found
    if draft.product_id is None:
        raise required_field("sku")
    if not facts.look_up(_by_product(draft.product_id)):
        raise referenced_resource_not_found("product", id=draft.product_id)
    variant = _of_product(draft.product_id, draft.variant_id, facts)
    if variant is None:
        raise invalid_field("variantId", draft.variant_id)
    return variant


def matching_price(snapshot: VariantSnapshot, cart: Cart, facts: Facts) -> Price | None:
    """The price the cart pays for the variant now, if there is one. Standalone prices are none of the variant's own."""
    return select_price(
        snapshot.variant.prices or () if snapshot.price_mode != "Standalone" else (),
        currency=cart.total_price.currency_code,
        country=cart.country,
        customer_groups=[cart.customer_group.id] if cart.customer_group else [],
        channel=None,
        now=facts.now,
    )


def price_of(snapshot: VariantSnapshot, cart: Cart, facts: Facts) -> Price:
    """As `matching_price`. Raises `MatchingPriceNotFound`."""
    price = matching_price(snapshot, cart, facts)
    if price is None:
        raise no_price(snapshot, cart)
    return price


def no_price(snapshot: VariantSnapshot, cart: Cart) -> ApiError:
    """The error for a variant that the cart finds no price of."""
    return matching_price_not_found(
        product_id=snapshot.product_id,
        variant_id=snapshot.variant.id,
        currency=cart.total_price.currency_code,
        country=cart.country,
        customer_group=cart.customer_group.id if cart.customer_group else None,
        channel=None,
    )


def copied(snapshot: VariantSnapshot) -> ProductVariant:
    """The variant as a line keeps it: the product's own attributes stand among its attributes, the variant's win."""
    own = {attribute.name for attribute in snapshot.variant.attributes or ()}
    inherited = tuple(attribute for attribute in snapshot.product_attributes if attribute.name not in own)
    return replace(snapshot.variant, attributes=(*inherited, *(snapshot.variant.attributes or ())), price=None)


def _by_sku(line: LineItem) -> Wanted | None:
    return Wanted("variant", "sku", line.variant.sku) if line.variant.sku is not None else None


def _by_product(product_id: str) -> Wanted:
    return Wanted("variant", "product", product_id)


def _of_product(product_id: str, variant_id: int | None, facts: Facts) -> VariantSnapshot | None:
    for snapshot in facts.look_up(_by_product(product_id)) or ():
        if snapshot.master if variant_id is None else snapshot.variant.id == variant_id:
            return snapshot  # type: ignore[no-any-return]  # rows wanted by product are VariantSnapshots
    return None
