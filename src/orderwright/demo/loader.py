"""Writes the demo project through the engine: at moments of its choosing, with the same ids every time, nothing twice."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from orderwright.app import verbs_over
from orderwright.engine.access import EVERYTHING, Access, shard_of
from orderwright.engine.json.codec import decode_body, decoder, encode
from orderwright.engine.model import ClientLogging
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError
from orderwright.storage.database import Database
from orderwright.storage.documents.documents import Lookup

CLIENT = "orderwright-demo"
CONFLICT = 409


class Loader:
    """Makes what is not there yet. `moment` and the ids are set before each change, from its name alone: so a load that was
    broken off goes on where it stopped, and two that run at once make the same documents."""

    def __init__(self, database: Database, project_key: str) -> None:
        self._verbs = verbs_over(database, self._now, self._new_id)
        self._shard = shard_of(project_key)
        self._moment = DateTime("")
        self._random = Random(0)  # noqa: S311 - ids of a demo are no secrets

    def _now(self) -> DateTime:
        return self._moment

    def _new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def _begin(self, name: str, moment: datetime) -> None:
        self._moment = DateTime.of(moment)
        self._random.seed(f"{self._shard}/{name}")

    async def find(self, type_id: str, column: str, value: str) -> Any | None:
        """The document with a key or number, or None."""
        body = await self._verbs.documents.body(self._shard, type_id, Lookup(column, value), EVERYTHING)
        return None if body is None else decoder(self._verbs.types[type_id].model).decode(body)

    async def ensure(
        self,
        type_id: str,
        draft: dict[str, Any],
        moment: datetime,
        *,
        column: str = "key",
        value: str = "",
        store: str | None = None,
    ) -> Any:
        """The document named `value` (the draft's key if left out); if it is not there, it is made at the door of `store`."""
        name = value or str(draft["key"])
        found = await self.find(type_id, column, name)
        if found is not None:
            return found
        resource = self._verbs.types[type_id]
        self._begin(f"{type_id}/{name}", moment)
        try:
            body = await self._verbs.create(resource, decode_body(resource.draft, encode(draft)), self._access(store))
        except ApiError:
            # Another load may have made it meanwhile.
            found = await self.find(type_id, column, name)
            if found is None:
                raise
            return found
        return decoder(resource.model).decode(body)

    async def update(self, type_id: str, document: Any, actions: list[dict[str, Any]], moment: datetime) -> Any:
        """The document after these actions, or as another load that was faster has left it."""
        resource = self._verbs.types[type_id]
        self._begin(f"{type_id}/{document.id}/{document.version}", moment)
        body = encode({"version": document.version, "actions": actions})
        update = decode_body(resource.actions.update_type(), body)
        by_id = Lookup("id", document.id)
        try:
            after = await self._verbs.update(resource, by_id, update.version, update.actions, self._access(None))
        except ApiError as error:
            if error.status != CONFLICT:
                raise
            return await self.find(type_id, "id", document.id)
        return decoder(resource.model).decode(after)

    def _access(self, store: str | None) -> Access:
        return Access(shard=self._shard, who=ClientLogging(client_id=CLIENT), store_key=store)
