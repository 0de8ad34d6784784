"""What is over: Messages after their project's days, documents after their own. Indexes find it, and it goes in small batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from orderwright.engine.ids import first_id
from orderwright.storage.database import Database

BATCH = 500
PORTION = 100
_PAGE = 500
# The expression of the index `document_expiry`, by the letter: only so is the index found.
_OVER_AT = (
    "(timezone('UTC', d.last_modified_at) + make_interval(days => (d.query ->> 'deleteDaysAfterLastModification')::integer))"
)
_PROJECTS = (
    "SELECT p.shard, coalesce((d.query #>> '{messages,deleteDaysAfterCreation}')::integer, 15) AS days FROM project p"
    " CROSS JOIN LATERAL (SELECT d.query FROM document d WHERE d.shard = p.shard AND d.type = 'project'"
    " ORDER BY d.created_at, d.id LIMIT 1) AS d WHERE p.shard > $1 ORDER BY p.shard"
    f" LIMIT {_PAGE} -- @sharded: one loop sweeps all projects"
)
# Of each resource the Messages up to one number go, so that those that stay are numbered without gaps whatever the clocks of
# the processes said. What another sweep has locked is left to it.
MESSAGES = (
    "WITH old AS (SELECT o.resource_id, o.sequence_number FROM message o WHERE o.shard = $1 AND o.created_at < $2"
    f" AND o.shard <> '' ORDER BY o.created_at, o.id LIMIT {BATCH} FOR UPDATE SKIP LOCKED),"
    " ends AS (SELECT resource_id, max(sequence_number) AS number FROM old GROUP BY resource_id)"
    # By OFFSET each resource is asked for apart: a join might read a whole project's Messages for every batch.
    " DELETE FROM message m WHERE m.shard = $1 AND m.id = ANY(ARRAY(SELECT g.id FROM ends e CROSS JOIN LATERAL"
    " (SELECT p.id FROM message p WHERE p.shard = $1 AND p.shard <> ''"
    " AND p.resource_id = e.resource_id AND p.sequence_number <= e.number"
    " OFFSET 0) g))"
)
# By their ids, which begin with the time. What is still to be told stays.
_CHANGES = (
    "DELETE FROM change c WHERE c.shard = $1 AND c.id = ANY(ARRAY(SELECT o.id FROM change o WHERE o.shard = $1 AND o.id < $2"
    f" AND o.subscribers IS NULL ORDER BY o.id LIMIT {BATCH} FOR UPDATE SKIP LOCKED))"
)
_DELIVERIES = (
    "DELETE FROM delivery d USING (SELECT o.subscription, o.number FROM delivery o WHERE o.shard = $1 AND o.state = $3"
    f" AND o.done_at < $2 ORDER BY o.done_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED) AS o"
    " WHERE d.shard = $1 AND d.subscription = o.subscription AND d.number = o.number"
)
DOCUMENTS = (
    f"SELECT d.id, d.version, {_OVER_AT} AS over_at FROM document d WHERE d.shard = $1 AND d.type = $2"
    f" AND (d.query ->> 'deleteDaysAfterLastModification') IS NOT NULL AND {_OVER_AT} < $3"
    f" AND ({_OVER_AT}, d.id) > ($4, $5::uuid) ORDER BY {_OVER_AT}, d.id LIMIT {PORTION}"
)


class Retention(msgspec.Struct, frozen=True):
    """A project and how many days it keeps its Messages; 15 where it does not say."""

    shard: str
    days: int


class Over(msgspec.Struct, frozen=True):
    """A document whose time is over since `over_at` (UTC, without a time zone), as it was found."""

    id: str
    version: int
    over_at: datetime


BEFORE_ALL = Over(id="00000000-0000-0000-0000-000000000000", version=0, over_at=datetime.min)


async def projects(database: Database, after: str) -> list[Retention]:
    """The next projects whose shard follows `after`."""
    return [Retention(row["shard"], row["days"]) for row in await database.fetch(_PROJECTS, after)]


async def delete_messages(database: Database, shard: str, before: datetime) -> int:
    """Delete a batch of the oldest Messages that were told before an instant; how many went. None is left when none went,
    but for those that another sweep is about to delete."""
    return int((await database.execute(MESSAGES, shard, before)).rpartition(" ")[2])


async def delete_changes(database: Database, shard: str, before: datetime) -> int:
    """Delete a batch of the oldest rows of changes before an instant; how many went."""
    return int((await database.execute(_CHANGES, shard, first_id(before))).rpartition(" ")[2])


async def delete_sent(database: Database, shard: str, before: datetime) -> int:
    """Delete a batch of the deliveries that were sent before an instant, the oldest first; how many went."""
    return int((await database.execute(_DELIVERIES, shard, before, "sent")).rpartition(" ")[2])


async def delete_dead(database: Database, shard: str, before: datetime) -> int:
    """The same for those that were given up."""
    return int((await database.execute(_DELIVERIES, shard, before, "dead")).rpartition(" ")[2])


async def documents_over(database: Database, shard: str, type_id: str, at: datetime, after: Over) -> list[Over]:
    """The next documents that nobody has modified for the days they have, the longest overdue first."""
    arguments: tuple[Any, ...] = (shard, type_id, at.replace(tzinfo=None), after.over_at, after.id)
    rows = await database.fetch(DOCUMENTS, *arguments)
    return [Over(str(row["id"]), row["version"], row["over_at"]) for row in rows]
