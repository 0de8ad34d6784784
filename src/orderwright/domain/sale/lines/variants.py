"""The product variants behind a cart's lines, as they are today, and the price a cart takes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from orderwright.domain.amounts.record import MOST_CANDIDATES, Notes, Step
from orderwright.domain.business_unit.model import BusinessUnit
from orderwright.domain.business_unit.naming import wanted_unit
from orderwright.domain.customer.model import Customer
from orderwright.domain.goods.price import Losses, Price, candidates, select_price
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.goods.standalone_price.model import selectable
from orderwright.domain.goods.variants import copied, variant_named, variant_of, wanted_of
from orderwright.domain.sale.lines.items import LineItem, LineItemDraft, priced
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.refusals import matching_price_not_found
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError

_SELECTED = "It is the price of today whose scope fits the cart most closely."


def wanted_variants(lines: Iterable[LineItem]) -> Iterator[Wanted]:
    """What must be read to know lines' products: one row a line; a line without SKU costs its product's rows."""
    for line in lines:
        yield _by_sku(line) or wanted_of(line.product_id)


def wanted_prices(customer_id: str | None, lines: Iterable[LineItem]) -> Iterator[Wanted]:
    """What must be read to price lines for a customer: variants, standalone prices, and the customer's groups."""
    for line in lines:
        sku = line.variant.sku
        yield from priced("sku", sku) if sku is not None else priced("product", line.product_id)
    yield from wanted_groups(customer_id)


def variants_of_all(sale: Sale) -> Iterator[Wanted]:
    """The variants of all lines."""
    return wanted_variants(sale.line_items)


def prices_of_all(sale: Sale) -> Iterator[Wanted]:
    """What must be read to price all lines."""
    return wanted_prices(sale.customer_id, sale.line_items)


def wanted_groups(customer_id: str | None) -> Iterator[Wanted]:
    """The customer, who may be assigned to further groups than a cart's."""
    if customer_id is not None:
        yield Wanted("customer", "id", customer_id)


def current_variant(line: LineItem, facts: Facts) -> VariantSnapshot | None:
    """The line's variant as it is published now, if it is and was read.

    A line that was added a moment ago, in the same request, may have been read by SKU or by product: both are tried.
    """
    by_sku = _by_sku(line)
    if by_sku is not None:
        found = facts.look_up(by_sku)
        if isinstance(found, VariantSnapshot) and (found.product_id, found.variant.id) == (line.product_id, line.variant.id):
            return found
    return variant_of(line.product_id, line.variant.id, facts)


def drafted_variant(draft: LineItemDraft, facts: Facts) -> VariantSnapshot:
    """The published variant a draft names. Raises as `variant_named` does."""
    return variant_named(facts, sku=draft.sku, product_id=draft.product_id, variant_id=draft.variant_id)


def matching_price(
    snapshot: VariantSnapshot, sale: Sale, channel: Reference | None, facts: Facts, notes: Notes | None = None
) -> Price | None:
    """The price the cart pays for the variant now, on a distribution channel, if there is one."""
    losses: Losses | None = None if notes is None else {}
    inactive: list[Price] | None = None if notes is None else []
    prices = prices_of(snapshot, facts, inactive)
    price = select_price(
        prices,
        currency=sale.total_price.currency_code,
        country=sale.country,
        customer_groups=_groups(sale, facts),
        channel=channel.id if channel else None,
        now=facts.now,
        losses=losses,
    )
    if notes is not None:
        beside = inactive or []
        lost: Losses = {**(losses or {}), **{each.id: ("Inactive", None) for each in beside}}
        found = candidates([*prices, *beside], lost, price)
        notes.append(
            Step(
                kind="Price",
                reason=_SELECTED if price else "No price of today fits the cart.",
                after=None if price is None else price.value,
                candidates=tuple(found[:MOST_CANDIDATES]),
                left_out=max(0, len(found) - MOST_CANDIDATES),
            )
        )
    return price


def price_of(snapshot: VariantSnapshot, sale: Sale, channel: Reference | None, facts: Facts, notes: Notes | None = None) -> Price:
    """As `matching_price`. Raises `MatchingPriceNotFound`."""
    price = matching_price(snapshot, sale, channel, facts, notes)
    if price is None:
        raise no_price(snapshot, sale, channel)
    return price


def no_price(snapshot: VariantSnapshot, sale: Sale, channel: Reference | None) -> ApiError:
    """The error for a variant that the cart finds no price of."""
    return matching_price_not_found(
        product_id=snapshot.product_id,
        variant_id=snapshot.variant.id,
        currency=sale.total_price.currency_code,
        country=sale.country,
        customer_group=sale.customer_group.id if sale.customer_group else None,
        channel=channel.id if channel else None,
    )


def prices_of(snapshot: VariantSnapshot, facts: Facts, inactive: list[Price] | None = None) -> Sequence[Price]:
    """The prices to choose from: the variant's own, or those of its SKU, as the product's price mode says. Those of its SKU that
    are not active are added to `inactive`."""
    if snapshot.price_mode != "Standalone":
        return snapshot.variant.prices or ()
    sku = snapshot.variant.sku
    # Read by SKU or by product, as the variant was.
    names = [Wanted("standalone-price", "product", snapshot.product_id)]
    names += [Wanted("standalone-price", "sku", sku)] if sku is not None else []
    return [price for name in names for price in selectable(facts.look_up(name) or (), sku, inactive)]


def _groups(sale: Sale, facts: Facts) -> list[str]:
    """The ids of the cart's customer group and of those that its customer and its business unit are assigned to."""
    groups = [sale.customer_group] if sale.customer_group else []
    customer = None if sale.customer_id is None else facts.look_up(Wanted("customer", "id", sale.customer_id))
    if isinstance(customer, Customer):
        groups += [assignment.customer_group for assignment in customer.customer_group_assignments or ()]
    unit = next((facts.look_up(wanted) for wanted in wanted_unit(sale.business_unit)), None)
    if isinstance(unit, BusinessUnit):
        groups += [assignment.customer_group for assignment in unit.customer_group_assignments or ()]
    return [group.id for group in groups]


def shown_of(snapshot: VariantSnapshot) -> dict[str, Any]:
    """The members of a line that show its product and its variant."""
    return {
        "name": snapshot.name,
        "product_key": snapshot.product_key,
        "product_slug": snapshot.slug,
        "product_type": snapshot.product_type,
        "variant": copied(snapshot),
    }


def _by_sku(line: LineItem) -> Wanted | None:
    return Wanted("variant", "sku", line.variant.sku) if line.variant.sku is not None else None
