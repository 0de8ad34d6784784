"""The page of the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from orderwright.desk.orders import filters
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer


async def page(visit: Visit) -> Answer:
    """The orders that a filter finds, and the filter to change."""
    asked = filters.read(visit.asked)
    found = await orders(visit, asked, asked.page + 1)
    shown, more = found[: asked.page], found[asked.page :]
    further = f"{asked.address}&{urlencode({'after': asked.after(shown[-1])})}" if more else None
    return visit.page("orders.html", orders=shown, filter=asked, filters=filters, further=further, bulk=None)


async def orders(visit: Visit, asked: filters.Filter, limit: int) -> list[dict[str, Any]]:
    """So many orders of the list, from the filter's place on."""
    found: list[dict[str, Any]] = (await visit.calls.get("orders", asked=asked.asked(limit)))["results"]
    return found
