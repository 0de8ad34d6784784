"""What predicates hardly ask of line items, and what fills their rows: it is kept out of the queried copy of carts and orders."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.model import S

# The paths that `without_bulk` empties, as predicates name them.
BULK = (
    *(f"lineItems.variant.{name}" for name in ("attributes", "images", "assets", "prices")),
    *(f"lineItems.{name}" for name in ("taxRate", "taxedPrice")),
)


def without_bulk(sale: S) -> S:
    """A cart or order without what BULK names."""
    return replace(sale, line_items=lean(sale.line_items)) if sale.line_items else sale


def lean(lines: tuple[LineItem, ...]) -> tuple[LineItem, ...]:
    """Lines that have lost what is copied of the product, and how their total came about."""
    return tuple(
        replace(
            line,
            variant=replace(line.variant, attributes=None, images=None, assets=None, prices=None),
            tax_rate=None,
            taxed_price=None,
        )
        for line in lines
    )
