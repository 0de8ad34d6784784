"""The header Idempotency-Key on writes: a request that is sent again is answered as it was, and nothing happens twice.

What is answered is kept by the write itself, in its own transaction. So it is there exactly if the write happened, whatever
became of the server or of the connection afterwards.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from datetime import datetime

import msgspec

from orderwright.engine.access import Once
from orderwright.engine.model import ClientLogging
from orderwright.errors import ApiError, invalid_input
from orderwright.http.api.endpoints import answer_of, expansions
from orderwright.http.api.routes import Asked, Route
from orderwright.http.wire.exchange import Answer, Request
from orderwright.storage.tables import idempotency
from orderwright.telemetry.metrics import IDEMPOTENT_REPLAYS
from orderwright.verbs.verbs import Verbs

_KEY = re.compile(r"[ -~]{1,255}")


class Repetitions:
    """Answers requests that have a key. A key is good for one request of one API client and owner, for 24 hours."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self._database = verbs.documents.database

    async def answer(self, route: Route, asked: Asked) -> Answer:
        """The answer of the endpoint, or the one that is kept. A refusal is not kept: after it the key is free.

        Raises `InvalidInput` for a key that cannot be, `IdempotencyKeyReused` for one that another request had.
        """
        key = asked.request.headers["idempotency-key"]
        if _KEY.fullmatch(key) is None:
            raise invalid_input("The header Idempotency-Key must be sent once, with 1 to 255 printable ASCII characters.")
        once = Once(_hash(*_whose(asked.access.who), key), _said(asked.request))
        found = await self._kept(once, asked)
        if found is not None:
            return await self._again(found, route, asked)
        try:
            access = msgspec.structs.replace(asked.access, once=once)
            return await route.endpoint(dataclasses.replace(asked, access=access))
        except ApiError:
            # The same request may have been faster on another connection, so that this one met what it had done.
            found = await self._kept(once, asked)
            if found is None:
                raise
            return await self._again(found, route, asked)

    async def _kept(self, once: Once, asked: Asked) -> idempotency.Answered | None:
        found = await idempotency.find(self._database, asked.access.shard, once.key, self._ended())
        if found is not None and found.request != once.request:
            raise _key_reused()
        return found

    async def _again(self, found: idempotency.Answered, route: Route, asked: Asked) -> Answer:
        """The document is as it was then; what its references are expanded to is of today."""
        IDEMPOTENT_REPLAYS.add()
        assert route.resource is not None, "only routes of a resource are repeatable"
        return await answer_of(self._verbs, route.resource, found.status, found.body.encode(), expansions(asked), asked)

    def _ended(self) -> datetime:
        return self._verbs.clock().instant() - idempotency.KEPT


def _key_reused() -> ApiError:
    message = "The Idempotency-Key was used for another request; a key belongs to one method, path, query and body."
    return ApiError(422, "IdempotencyKeyReused", message)


def _whose(who: ClientLogging) -> tuple[str, str, str]:
    """The API client and the owner of the caller's token. A kept answer is given to nobody else."""
    return who.client_id or "", who.customer.id if who.customer is not None else "", who.anonymous_id or ""


def _said(request: Request) -> bytes:
    return _hash(request.method, request.segments, request.query, hashlib.sha256(request.body).hexdigest())


def _hash(*parts: object) -> bytes:
    # As a JSON array no two different lists of parts are written alike.
    return hashlib.sha256(msgspec.json.encode(parts)).digest()
