"""The paths of one order."""

from __future__ import annotations

from typing import Final

from orderwright.desk.order import raw, reading
from orderwright.desk.visit import Row

PAGES: Final = (
    Row("orders/{id}", "GET", reading.page),
    Row("orders/{id}/raw", "GET", raw.page),
)
