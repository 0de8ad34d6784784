"""Updates of inventory entries, which are told again when an order took stock between their reading and their writing."""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.domain.goods.inventory.resource import RESOURCE
from orderwright.errors import ApiError, MovedError
from orderwright.http.api.endpoints import Endpoints
from orderwright.http.api.routes import NAMED, Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.verbs.again import again

PATIENCE_S = 5.0
_ATTEMPTS = 10_000  # which nothing does in that time


def routes(house: House) -> Iterator[Route]:
    """The update of entries."""
    update = Counted(house.verbs, RESOURCE).update
    for step, column in NAMED:
        yield Route(
            at=f"{RESOURCE.path}/{step}",
            method="POST",
            verb="update",
            endpoint=update,
            family=RESOURCE.path,
            resource=RESOURCE,
            column=column,
            instead=True,
        )


class Counted(Endpoints):
    """Orders change the counters without a new version of the entry. An update of them compares the counters it has read,
    so that what it answers and tells is what was stored, and reads them again where they have moved."""

    async def update(self, asked: Asked) -> Answer:
        """As any update. Raises 503 for an entry whose stock moves all the time."""
        update = super().update
        return await again(lambda: update(asked), _moved, _ATTEMPTS, PATIENCE_S)


def _moved(error: ApiError) -> bool:
    return isinstance(error, MovedError)
