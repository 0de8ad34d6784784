"""Orders whose ids tell when they were made, some of them wrongly; each has a line of which the SKU is its state."""

from __future__ import annotations

import asyncio
import random
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from orderwright.predicates import Predicate, check, parse
from orderwright.storage.database import QUERY_SESSION, names_shard
from orderwright.storage.documents.columns import Collection, Column, Statement
from orderwright.storage.migrations import migrate

ORDERS = Collection(
    "order",
    {
        "id": Column("id", "uuid"),
        "createdAt": Column("created_at", "timestamptz"),
        "orderState": Column("state"),
        "customerId": Column("customer_id"),
        "orderNumber": Column("order_number"),
    },
    listed=frozenset({"lineItems.variant.sku"}),
)
START = datetime(2026, 3, 1, tzinfo=UTC)
INSERT = (
    "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, state, customer_id, message_sequence,"
    " write_id, body, query) SELECT $1, id, 'order', 1, at, at, state, customer, 0, id, id::text,"
    " jsonb_build_object('lineItems', jsonb_build_array(jsonb_build_object('variant', jsonb_build_object('sku', state))))"
    " FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[]) AS n(id, at, state, customer)"
)
PLACES = (
    "INSERT INTO claim (shard, kind, value, owner) SELECT shard, 'order lineItems.variant.sku=' || state,"
    """ to_char(timezone('UTC', created_at), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ' ' || id, id FROM document WHERE shard = $1"""
)


def where(*texts: str) -> tuple[Predicate, ...]:
    return tuple(check(parse(text, {}), Any) for text in texts)


def id_at(moment: datetime, chance: random.Random) -> uuid.UUID:
    """A version 7 UUID of a moment."""
    milliseconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0x2 << 62 | chance.getrandbits(62))


class Orders:
    """A connection as the query pool has them, on a shard that is gone afterwards."""

    def __init__(self, dsn: str, runner: asyncio.Runner) -> None:
        self.shard = f"near-{uuid.uuid4().hex[:12]}"
        self.run = runner.run
        self.run(migrate(dsn))
        self.connection: Any = self.run(asyncpg.connect(dsn, server_settings=QUERY_SESSION))

    def add(self, rows: list[tuple[uuid.UUID, datetime, str, str]]) -> None:
        self.run(self.connection.execute(INSERT, self.shard, *map(list, zip(*rows, strict=True))))
        self.run(self.connection.execute("VACUUM (ANALYZE) document"))
        self.run(self.connection.execute(PLACES, self.shard))
        self.run(self.connection.execute("VACUUM (ANALYZE) claim"))

    def crowd(self, count: int) -> None:
        """So many other claims of the same shard."""
        numbered = "INSERT INTO claim (shard, kind, value, owner) SELECT $1, 'order.orderNumber', n::text, gen_random_uuid()"
        self.run(self.connection.execute(f"{numbered} FROM generate_series(1, $2::integer) AS n", self.shard, count))
        self.run(self.connection.execute("VACUUM (ANALYZE) claim"))

    def fetch(self, statement: Statement, prefix: str = "") -> list[Any]:
        """The rows of a statement that names its shard."""
        assert names_shard(statement.text)
        found: list[Any] = self.run(self.connection.fetch(prefix + statement.text, *statement.args))
        return found

    def plan(self, statement: Statement) -> str:
        return "\n".join(row[0] for row in self.fetch(statement, "EXPLAIN (ANALYZE, BUFFERS) "))

    def close(self) -> None:
        for statement in ("DELETE FROM document WHERE shard = $1", "DELETE FROM claim WHERE shard = $1"):
            self.run(self.connection.execute(statement, self.shard))
        self.run(self.connection.close())


def odd_rows(chance: random.Random) -> list[tuple[uuid.UUID, datetime, str, str]]:
    """Orders of some minutes, many in one moment; ids that are seconds too early or late; some of days away, and some random."""
    rows = []
    for number in range(600):
        at = START + timedelta(seconds=number // 7)
        match chance.randrange(12):
            case 0:
                id = uuid.UUID(int=chance.getrandbits(128))
            case 1:
                id = id_at(at + timedelta(days=chance.choice((-2, 2))), chance)
            case 2:
                id = id_at(at + timedelta(milliseconds=chance.choice((-5_001, -5_000, 5_000, 5_001))), chance)
            case _:
                id = id_at(at + timedelta(milliseconds=chance.randrange(-5_000, 5_001)), chance)
        rows.append((id, at, chance.choice(("Open", "Open", "Complete")), chance.choice("abc")))
    return rows


def buffers(plan: str) -> int:
    """How many pages a whole plan has looked at."""
    return sum(map(int, re.findall(r"=(\d+)", plan.partition("Buffers: shared ")[2].partition("\n")[0])))
