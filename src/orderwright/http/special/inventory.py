"""Updates of inventory entries, which are told again when an order took stock between their reading and their writing."""

from __future__ import annotations

import time

from orderwright.engine.resource import ResourceType
from orderwright.errors import MovedError
from orderwright.http.api.endpoints import Endpoints
from orderwright.http.api.routes import Asked, Route, Routes
from orderwright.http.wire.exchange import Answer
from orderwright.verbs.verbs import Verbs

PATIENCE_S = 5.0


def serve_inventory(routes: Routes, verbs: Verbs, entries: ResourceType) -> None:
    """Put the update of entries in the place of the one that all resources have."""
    route = Route("update", Counted(verbs, entries).update, entries.path, entries)
    for form, column in (("id", None), ("key=", "key")):
        routes.add(entries.path, form, "POST", route, column=column)


class Counted(Endpoints):
    """Orders change the counters without a new version of the entry. An update of them compares the counters it has read,
    so that what it answers and tells is what was stored, and reads them again where they have moved."""

    async def update(self, asked: Asked) -> Answer:
        """As any update. Raises 503 for an entry whose stock moves all the time."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await super().update(asked)
            except MovedError:
                if time.monotonic() > deadline:
                    raise
