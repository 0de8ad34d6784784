"""From where, as whom and how far: what a request may see, decided at its door and part of every statement."""

from __future__ import annotations

import msgspec

from orderwright.engine.model import ClientLogging

# Column and value pairs that a row must have to exist for this request.
Visible = tuple[tuple[str, str], ...]
EVERYTHING: Visible = ()


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """`shard` is the project; `visible` filters the types that belong to a store or an owner; `who` is logged, and the
    correlation id stands on the Messages."""

    shard: str
    visible: Visible
    who: ClientLogging
    store_key: str | None = None
    correlation_id: str | None = None


def shard_of(project_key: str) -> str:
    """Where a project's rows live: today under its own key. Nothing else knows this."""
    return project_key
