"""Documents as they would stand there if they had been made on another day."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from live import Client, Server
from orderwright.bench.bulk import Ids
from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.projection import claims_of, projected
from orderwright.storage.documents.loading import Made, load

_IDS: Final = Ids(random.Random())  # noqa: S311 - only never twice


def days_ago(days: int) -> datetime:
    """Noon of a day, UTC; of today a moment ago."""
    now = datetime.now(UTC)  # not when the file is read: tests run over midnight, too
    return now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days) if days else now


def dated(server: Server, shop: Client, kind: ResourceType, document: Mapping[str, Any], at: datetime, **changed: Any) -> str:
    """Store a copy of a document that was made, and last changed, at a moment; its id. `changed` are members of the struct."""
    _IDS.moment = at
    moment = DateTime.of(at)
    copy = replace(
        decoder(kind.model).decode(encode(document)),
        **{"id": _IDS(), "version": 1, "created_at": moment, "last_modified_at": moment, **changed},
    )
    made = Made(row=projected(kind, copy)[1], claims=frozenset(claims_of(kind, copy)), messages=(), write_id=_IDS())
    server._beside(lambda database: load(database, shop.project, [made]))
    return str(copy.id)
