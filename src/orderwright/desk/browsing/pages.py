"""The paths of the lists, and of what stands on them."""

from __future__ import annotations

from typing import Final

from orderwright.desk.browsing import listing, one
from orderwright.desk.visit import Row

PAGES: Final = (
    Row("carts", "GET", listing.carts),
    Row("carts/{id}", "GET", one.cart),
    Row("customers", "GET", listing.customers),
    Row("customers/{id}", "GET", one.customer),
    Row("products", "GET", listing.products),
    Row("products/{id}", "GET", one.product),
)
