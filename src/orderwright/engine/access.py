"""What a request may see. The door decides it (project, store, owner), and every SQL statement contains it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from orderwright.engine.model import ClientLogging

# Column and value pairs that a row must have to exist for this request.
Visible = tuple[tuple[str, str], ...]
EVERYTHING: Visible = ()
Bound = Literal["store", "customer", "anonymous"]


class Once(msgspec.Struct, frozen=True):
    """Identifies a request that may be sent again: the SHA-256 of the client's id and its Idempotency-Key, and the SHA-256 of the
    whole request. The write of such a request keeps its answer."""

    key: bytes
    request: bytes


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """`shard` is the project. The store and the owner are those that the door names: they bound what is seen of the types
    that belong to one, and stamp what is made. `who` is logged, and the correlation id stands on the Messages.

    A request that is `once` makes one write. A `dry_run` makes its write and has it undone.

    `manages` says of a store's key whether the caller may change there what is asked about; without it she may everywhere.
    `require` raises unless the caller has the scope of a name besides those that opened the door; without it none is missing.
    """

    shard: str
    who: ClientLogging
    store_key: str | None = None
    customer_id: str | None = None
    anonymous_id: str | None = None
    correlation_id: str | None = None
    once: Once | None = None
    dry_run: bool = False
    manages: Callable[[str], bool] | None = None
    require: Callable[[str], None] | None = None

    @property
    def bounds(self) -> Iterator[tuple[Bound, str]]:
        """What the door confines the request to."""
        if self.store_key is not None:
            yield "store", self.store_key
        if self.customer_id is not None:
            yield "customer", self.customer_id
        if self.anonymous_id is not None:
            yield "anonymous", self.anonymous_id


def shard_of(project_key: str) -> str:
    """Where a project's rows live: today under its own key. Nothing else knows this."""
    return project_key
