"""Order numbers: how they are made up, and the counters that they are taken from, one a project or store and period."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orderwright.engine.numbering import Numbering
from orderwright.errors import OverCapacityError
from orderwright.storage.database import Database
from orderwright.storage.pool import CONNECT_S, Connection

TEMPLATE = "order-number-template"
MOST_AHEAD = 32
"""Numbers that a process sets aside at once, at most; so many are lost when it ends."""
_MOST_SEQUENCES = 1_000
# A part of the statement that reads the catalogue: with its version, as documents have a type and a body.
TEMPLATES = (
    f"SELECT p.catalogue_version, '{TEMPLATE}', json_build_object('id', t.scope, 'template', t.template, 'gapFree', t.gap_free,"
    " 'generation', t.generation)::text FROM project p JOIN order_number_template t ON t.shard = p.shard WHERE p.shard = $1"
)
_TAKE = (
    "INSERT INTO order_number_counter (shard, scope, period, next) VALUES ($1, $2, $3, 1 + $4::bigint)"
    " ON CONFLICT (shard, scope, period) DO UPDATE SET next = order_number_counter.next + $4::bigint RETURNING next"
)
_GO_ON = (
    "INSERT INTO order_number_counter (shard, scope, period, next) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (shard, scope, period) DO UPDATE SET next = greatest(order_number_counter.next, excluded.next)"
)
# The catalogue's version rises with a template, so that every process uses it from its next order on. It is the template's
# generation too, which no other setting of it ever has.
_RAISED = "p AS (UPDATE project SET catalogue_version = catalogue_version + 1 WHERE shard = $1 RETURNING catalogue_version)"
_SET = (
    f"WITH {_RAISED} INSERT INTO order_number_template (shard, scope, template, gap_free, generation)"
    " SELECT $1, $2, $3, $4, catalogue_version FROM p ON CONFLICT (shard, scope) DO UPDATE SET"
    " template = excluded.template, gap_free = excluded.gap_free, generation = excluded.generation"
)
_DROP = f"WITH {_RAISED} DELETE FROM order_number_template WHERE shard = $1 AND scope = $2"
_ALL = "SELECT scope, template, gap_free FROM order_number_template WHERE shard = $1 ORDER BY scope"


async def draw(database: Database, connection: Connection, shard: str, scope: str, period: str) -> int:
    """The next number, in the transaction of this connection: who draws the one after it waits until that has ended."""
    database.admit(_TAKE)
    return int(await connection.fetchval(_TAKE, shard, scope, period, 1)) - 1


async def templates(database: Database, shard: str) -> list[tuple[str, str, bool]]:
    """Scope, template and whether it is gap-free, of a project and its stores."""
    return [(row["scope"], row["template"], row["gap_free"]) for row in await database.fetch(_ALL, shard)]


async def set_template(database: Database, shard: str, scope: str, template: str, gap_free: bool) -> None:
    """From now on orders are numbered so. Harmless when repeated."""
    await database.execute(_SET, shard, scope, template, gap_free)


async def drop_template(database: Database, shard: str, scope: str) -> None:
    """From now on the scope gives no numbers. Its counters stay, so that none is given twice if it gives some again."""
    await database.execute(_DROP, shard, scope)


async def go_on_from(database: Database, shard: str, scope: str, period: str, number: int) -> None:
    """The next number is at least this one."""
    await database.execute(_GO_ON, shard, scope, period, number)


class Sequence:
    """One counter as a process sees it: the numbers from `next` to before `end` are its own."""

    def __init__(self) -> None:
        self.next = self.end = 0
        self.size = 0
        self.lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One after another, so that only one connection of a process waits for the counter. Raises `OverCapacity` for who has
        waited as long as for a connection."""
        try:
            async with asyncio.timeout(CONNECT_S):
                await self.lock.acquire()
        except TimeoutError:
            raise OverCapacityError("Too many orders are waiting for their number.") from None
        try:
            yield
        finally:
            self.lock.release()


class Sequences:
    """The counters that a process takes numbers from. Blocks grow from 1 to 32 numbers, so that who is started often and sells
    little leaves small gaps."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sequences: OrderedDict[tuple[str, str, str, int], Sequence] = OrderedDict()

    def sequence(self, shard: str, numbering: Numbering) -> Sequence:
        """The counter of a scope and period, in the generation that its template has now."""
        key = (shard, numbering.scope, numbering.period, numbering.generation)
        found = self._sequences.get(key)
        if found is None:
            found = self._sequences[key] = Sequence()
            while len(self._sequences) > _MOST_SEQUENCES:
                self._sequences.popitem(last=False)
        self._sequences.move_to_end(key)
        return found

    async def pass_to(self, shard: str, numbering: Numbering, number: int) -> None:
        """Let nobody be given a smaller number: those that lie between are taken by hand."""
        await go_on_from(self._database, shard, numbering.scope, numbering.period, number)
        sequence = self.sequence(shard, numbering)
        sequence.next = min(max(sequence.next, number), sequence.end)

    async def take(self, shard: str, numbering: Numbering) -> int:
        """A number that nobody else gets."""
        sequence = self.sequence(shard, numbering)
        if sequence.next == sequence.end:
            async with sequence.lock:
                if sequence.next == sequence.end:
                    sequence.size = min(2 * sequence.size or 1, MOST_AHEAD)
                    # If the connection is lost and this is repeated, a block is lost, and none is given twice.
                    row = await self._database.fetchrow(_TAKE, shard, numbering.scope, numbering.period, sequence.size)
                    assert row is not None, "the statement returns the row that it writes"
                    sequence.end = int(row["next"])
                    sequence.next = sequence.end - sequence.size
        number, sequence.next = sequence.next, sequence.next + 1
        return number
