"""The paths of the list."""

from __future__ import annotations

from typing import Final

from orderwright.desk.orders import bulk, exporting, listing
from orderwright.desk.visit import Row

PAGES: Final = (
    Row("orders", "GET", listing.page),
    Row("orders", "POST", bulk.change),
    Row("orders.csv", "GET", exporting.csv),
    Row("orders.ndjson", "GET", exporting.ndjson),
)
