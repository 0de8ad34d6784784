"""What predicates hardly ask of line items, and what fills their rows: it is kept out of the queried copy of carts and orders."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.sale.model import S

# The paths that `without_bulk` empties, as predicates name them.
BULK = (
    *(f"lineItems.variant.{name}" for name in ("attributes", "images", "assets", "prices")),
    *(f"lineItems.{name}" for name in ("taxRate", "taxedPrice")),
)


def without_bulk(sale: S) -> S:
    """A cart or order whose lines have lost what BULK names: what is copied of the product, and how the total came about."""
    if not sale.line_items:
        return sale
    lean = tuple(
        replace(
            line,
            variant=replace(line.variant, attributes=None, images=None, assets=None, prices=None),
            tax_rate=None,
            taxed_price=None,
        )
        for line in sale.line_items
    )
    return replace(sale, line_items=lean)
