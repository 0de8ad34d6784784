"""The import of orders that were made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.domain.order.resource import IMPORTED
from orderwright.http.api.endpoints import Endpoints
from orderwright.http.api.routes import Route
from orderwright.http.special.house import House


def routes(house: House) -> Iterator[Route]:
    """The import: orders made from a draft of its own."""
    yield Route(
        at=f"{IMPORTED.path}/import",
        method="POST",
        verb="create",
        endpoint=Endpoints(house.verbs, IMPORTED).create,
        family=IMPORTED.path,
        resource=IMPORTED,
    )
