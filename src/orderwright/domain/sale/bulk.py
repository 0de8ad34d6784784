"""What predicates hardly ask of line items, and what fills their rows: it is kept out of the queried copy of carts and orders."""

from __future__ import annotations

from typing import Protocol, TypeVar

from msgspec.structs import replace

from orderwright.domain.sale.lines.items import LineItem

# The paths that `without_bulk` empties, as predicates name them.
BULK = (
    *(f"lineItems.variant.{name}" for name in ("attributes", "images", "assets", "prices")),
    *(f"lineItems.{name}" for name in ("taxRate", "taxedPrice")),
)


class _WithLines(Protocol):
    @property
    def line_items(self) -> tuple[LineItem, ...]: ...


D = TypeVar("D", bound=_WithLines)


def without_bulk(document: D) -> D:
    """A cart or order whose lines have lost what BULK names: what is copied of the product, and how the total came about."""
    if not document.line_items:
        return document
    lean = tuple(
        replace(
            line,
            variant=replace(line.variant, attributes=None, images=None, assets=None, prices=None),
            tax_rate=None,
            taxed_price=None,
        )
        for line in document.line_items
    )
    return replace(document, line_items=lean)  # type: ignore[type-var]  # carts and orders are structs
