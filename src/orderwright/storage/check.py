"""`orderwright check`: bytes, columns, queried copies, claims, variants and message numbers must agree, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderwright.engine.codec import decoder, encode
from orderwright.engine.resource import ResourceType
from orderwright.storage.database import Database
from orderwright.storage.rows import TYPED, claims_of, row_of

PAGE = 500
_ROWS = (
    "SELECT d.id, d.type, d.version, d.created_at, d.last_modified_at, d.message_sequence, d.body, d.query,"
    f" {', '.join('d.' + name for name in TYPED)} FROM document d WHERE d.shard = $1 AND d.id > $2::uuid"
    " ORDER BY d.id LIMIT $3"
)
_NUMBERS = (
    "SELECT m.resource_id, count(*) AS told, max(m.sequence_number) AS last, min(m.sequence_number) AS first"
    " FROM message m WHERE m.shard = $1 AND m.resource_id = ANY($2::uuid[]) GROUP BY m.resource_id"
)


async def check(database: Database, types: Mapping[str, ResourceType]) -> list[str]:
    """Every disagreement found, one sentence each; an empty list is a clean database."""
    found: list[str] = []
    shards = await database.fetch("SELECT p.shard FROM project p -- @sharded: lists the shards themselves")
    for row in shards:
        found += await _check_shard(database, types, row["shard"])
    return found


async def _check_shard(database: Database, types: Mapping[str, ResourceType], shard: str) -> list[str]:
    found: list[str] = []
    claims = await database.fetch("SELECT c.kind, c.value, c.owner FROM claim c WHERE c.shard = $1", shard)
    held = {(row["kind"], row["value"], str(row["owner"])) for row in claims}
    last = "00000000-0000-0000-0000-000000000000"
    while rows := await database.fetch(_ROWS, shard, last, PAGE):
        last = str(rows[-1]["id"])
        for row in rows:
            resource = types.get(row["type"])
            if resource is None:
                found.append(f"{shard}/{row['id']}: there is no resource type {row['type']!r}.")
                continue
            document = decoder(resource.model).decode(row["body"])
            found += [f"{shard}/{row['type']}/{row['id']}: {problem}" for problem in _row_problems(resource, document, row)]
            for claim in claims_of(resource, document):
                if (claim.kind, claim.value, claim.owner) not in held:
                    found.append(f"{shard}/{row['type']}/{row['id']}: {claim.kind} {claim.value!r} is not claimed.")
                held.discard((claim.kind, claim.value, claim.owner))
        found += await _number_problems(database, shard, rows)
    found += [f"{shard}: the claim {kind} {value!r} of {owner} belongs to nothing." for kind, value, owner in sorted(held)]
    return found


def _row_problems(resource: ResourceType, document: Any, row: Any) -> list[str]:
    body = row["body"]
    lean = resource.lean(document)
    expected = row_of(resource, document, body, encode(lean).decode())
    problems = []
    if encode(document).decode() != body:
        problems.append("the stored bytes are not what the type would write.")
    if msgspec.json.decode(row["query"]) != msgspec.json.decode(expected.query):
        problems.append("the queried copy differs from the body.")
    for name, value in zip(TYPED, expected.typed, strict=True):
        if row[name] != value:
            problems.append(f"the column {name} differs from the body.")
    stamps = [name for name in ("version", "created_at", "last_modified_at") if row[name] != getattr(expected, name)]
    return problems + [f"the column {name} differs from the body." for name in stamps]


async def _number_problems(database: Database, shard: str, rows: list[Any]) -> list[str]:
    """Messages of a resource are numbered from 1 to its `message_sequence`; old ones may have been swept from the front."""
    numbers = await database.fetch(_NUMBERS, shard, [row["id"] for row in rows])
    sequences = {row["id"]: row["message_sequence"] for row in rows}
    return [
        f"{shard}/{row['resource_id']}: message numbers {row['first']}..{row['last']} hold {row['told']} messages."
        for row in numbers
        if row["last"] - row["first"] + 1 != row["told"] or row["last"] != sequences[row["resource_id"]]
    ]
