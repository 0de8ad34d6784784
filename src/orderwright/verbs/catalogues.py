"""The catalogue of each project, kept in memory and stamped: a write to it raises the stamp, a read that sees a newer one
reloads it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from orderwright.engine.facts import Catalogue
from orderwright.engine.json.codec import decoder
from orderwright.engine.resource import ResourceType
from orderwright.errors import resource_not_found
from orderwright.storage.documents.documents import Documents

MOST_PROJECTS = 64


class Catalogues:
    """At most 64 projects' catalogues, the least recently used goes first. `rows` decodes what is no resource."""

    def __init__(self, documents: Documents, types: Mapping[str, ResourceType], rows: Mapping[str, Any]) -> None:
        self._documents = documents
        self._rows = rows
        self._types = {name: resource for name, resource in types.items() if resource.catalogue}
        self._partly = [name for name, resource in self._types.items() if callable(resource.catalogue)]
        self._whole = [name for name in self._types if name not in self._partly]
        self._held: OrderedDict[str, Catalogue] = OrderedDict()
        self._loading: dict[str, asyncio.Lock] = {}

    async def at(self, shard: str, version: int | None) -> Catalogue:
        """The catalogue at `version` or newer, reloaded if what is held is older. Raises 404 for an unknown project."""
        held = self._held.get(shard)
        if held is not None and version is not None and held.version >= version:
            self._held.move_to_end(shard)
            return held
        # One load at a time a project: many requests may find the same stamp outdated at once.
        async with self._loading.setdefault(shard, asyncio.Lock()):
            held = self._held.get(shard)
            if held is None or version is None or held.version < version:
                held = await self._load(shard)
        return held

    async def _load(self, shard: str) -> Catalogue:
        found = await self._documents.catalogue(shard, self._whole, self._partly)
        # A project that is just being made has its counter but not yet its document.
        if found is None or ("project" in self._types and all(name != "project" for name, _ in found[1])):
            self._loading.pop(shard, None)
            raise resource_not_found(key=shard)
        version, rows = found
        models = {**self._rows, **{name: resource.model for name, resource in self._types.items()}}
        catalogue = Catalogue(version, [(name, decoder(models[name]).decode(body)) for name, body in rows])
        self._held[shard] = catalogue
        while len(self._held) > MOST_PROJECTS:
            dropped, _ = self._held.popitem(last=False)
            self._loading.pop(dropped, None)
        return catalogue
