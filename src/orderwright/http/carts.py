"""What carts have beside the five verbs: replicas, and the active cart of a customer."""

from __future__ import annotations

from typing import Any

from orderwright.engine.codec import decode_body
from orderwright.engine.resource import ResourceType
from orderwright.engine.verbs import Verbs
from orderwright.http.exchange import Answer
from orderwright.http.routes import Asked, Endpoint


def replication(verbs: Verbs, replicas: ResourceType) -> Endpoint:
    """POST /carts/replicate: a cart or order is copied into a new active cart, priced anew. `replicas` is the cart's type with
    the replica draft and the replicating `create`."""

    async def replicate(asked: Asked) -> Answer:
        draft: Any = decode_body(replicas.draft, asked.request.body)
        return Answer(201, await verbs.create(replicas, draft, asked.access))

    return replicate
