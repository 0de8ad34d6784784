"""What happened to an order after a version: who changed it, when, and what the Messages tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from orderwright.desk.order.said import Json, said
from orderwright.desk.visit import Visit
from orderwright.desk.words import Words
from orderwright.engine.access import shard_of
from orderwright.storage.desk import changes
from orderwright.storage.desk.changes import Change

MOST: Final = 50
"""Changes that are told, and Messages: the newest ones."""
# They hold a whole order each, and say no more than that there is one.
_WHOLE: Final = 'type not in ("OrderCreated", "OrderImported", "OrderDeleted")'
_KINDS: Final = {"created": "Created", "updated": "Changed", "deleted": "Deleted"}


class Entry(NamedTuple):
    """One change: the version that it made, when, by whom, what it was, and the ids of the Messages that tell of it. Where nobody
    is known, `who` is empty."""

    version: int
    at: str | datetime
    who: str
    what: tuple[str, ...]
    messages: tuple[str, ...] = ()

    def line(self, words: Words) -> str:
        """The same as one text."""
        return " · ".join(filter(None, (words.moment(self.at), self.who, ", ".join(self.what))))


async def since(visit: Visit, order_id: str, version: int) -> list[Entry]:
    """What happened after a version, the newest first; of an order that this visitor has just read."""
    database, shard = visit.house.database, shard_of(visit.session.project_key)
    found = await changes.of_order(database, shard, order_id, version, MOST)
    told = await _messages(visit, order_id, version)
    return _joined(found, told, visit.words)


async def _messages(visit: Visit, order_id: str, version: int) -> list[Any]:
    if not visit.calls.allows("messages", "query"):
        return []
    where = (f'resource(typeId = "order" and id = "{order_id}")', f"resourceVersion > {version}", _WHOLE)
    asked = [*(("where", term) for term in where), ("sort", "sequenceNumber desc"), ("limit", str(MOST)), ("withTotal", "false")]
    page = await visit.calls.found("messages", asked=asked)
    return list(page["results"]) if page else []


def _joined(found: Sequence[Change], told: Iterable[Json], words: Words) -> list[Entry]:
    """Each change with its Messages. Those are told by themselves whose change is not known any more."""
    by_version: dict[int, list[Json]] = {}
    for message in told:
        by_version.setdefault(message["resourceVersion"], []).insert(0, message)
    known = {change.version: change for change in found}
    entries = []
    for version in sorted({*known, *by_version}, reverse=True):
        messages, change = by_version.get(version, []), known.get(version)
        kind = words(_KINDS.get(change.kind, "Changed") if change else "Changed")
        at = change.at if change else messages[0]["createdAt"]
        what = tuple(said(message, words) for message in messages) or (kind,)
        who = who_of(change.who, words) if change else ""
        ids = change.messages if change else tuple(message["id"] for message in messages)
        entries.append(Entry(version, at, who, what, ids))
    return entries


def who_of(who: Json, words: Words) -> str:
    """Who made a change, as `ClientLogging` has it: a user of another system, a customer, a visitor, and the API client."""
    customer = (who.get("customer") or {}).get("id")
    named = (
        who.get("externalUserId"),
        words("customer {id}", id=words.short(customer)) if customer else None,
        words("visitor") if who.get("anonymousId") else None,
        who.get("clientId"),
    )
    return ", ".join(filter(None, named))
