"""Every write records what it changes: one row a document, in its own statement, and none where nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from notes import NOTE, UPDATE, Notebook, in_a_project, race, refused, verbs_over
from orderwright.engine.facts import Catalogue
from orderwright.engine.ids import first_id, new_id
from orderwright.engine.json.codec import decode_body
from orderwright.engine.unit.rows import ChangeKind
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.tables import sweeps
from orderwright.verbs.verbs import Verbs

SOMEBODY = "0198a000-0000-7000-8000-000000000001"


async def recorded(book: Notebook) -> list[tuple[Any, ...]]:
    """Resource, version and kind of every change of a note, with how many Messages tell of it."""
    rows = await book.rows("change", "resource_id, version, kind, cardinality(messages), resource_type")
    return [(str(id), version, kind, told) for id, version, kind, told, of in rows if of == "note"]


@in_a_project
async def test_one_row_a_change(book: Notebook) -> None:
    note = await book.make("n", key="k1")
    after = await book.change(note, {"action": "changeName", "name": "m"}, {"action": "changeName", "name": "o"})
    await book.change(after, {"action": "setScore", "score": 1})
    last = await book.change(await book.see(note), {"action": "setKey", "key": "k2"})
    await book.remove(last)
    # The creation and the deletion are told by a Message each, the first change by two.
    expected = [(1, "created", 1), (2, "updated", 2), (3, "updated", 0), (4, "deleted", 1), (4, "updated", 0)]
    assert await recorded(book) == [(note.id, *each) for each in expected]
    named = await book.rows("change", "version, kind, identifiers, who, subscribers")
    assert [json.loads(row[2]) for row in named] == [{"key": "k1"}] * 3 + [{"key": "k2"}] * 2
    assert {row[3] for row in named} == {'{"clientId":"tester"}'}
    assert {row[4] for row in named} == {None}


@in_a_project
async def test_the_messages_of_a_row_are_those_of_its_resource(book: Notebook) -> None:
    note, other = await book.make("n"), await book.make("o")
    await book.change(note, {"action": "nameBoth", "other": {"typeId": "note", "id": other.id}, "name": "x"})
    await book.change(await book.see(note), {"action": "copy", "key": "c1"})
    rows = await book.rows("change", "resource_id, version, kind, messages")
    told = dict(await book.rows("message", "id, resource_id"))
    assert {(version, kind) for id, version, kind, _ in rows if str(id) == other.id} == {(1, "created"), (2, "updated")}
    assert sum(len(row[3]) for row in rows) == len(told)
    assert all(told[message] == id for id, _, _, messages in rows for message in messages)
    assert len([row for row in rows if row[2] == "created"]) == 3


@in_a_project
async def test_what_is_not_stored_is_not_recorded(book: Notebook) -> None:
    note = await book.make("n", key="k1")
    await book.make("o", key="taken")
    before = await recorded(book)
    assert (await refused(book.change(note, {"action": "setKey", "key": "taken"}))).code == "DuplicateField"
    assert (await refused(book.change(note, {"action": "setKey", "key": "l1"}, version=7))).status == 409
    assert await book.change(note, {"action": "changeName", "name": "n"}) == note
    dry = replace(book.access(), dry_run=True)
    update = decode_body(UPDATE, b'{"version": 1, "actions": [{"action": "changeName", "name": "z"}]}')
    await book.verbs.update(NOTE, Lookup("id", note.id), 1, update.actions, dry)
    assert await recorded(book) == before


@in_a_project
async def test_of_rivals_one_is_recorded(book: Notebook) -> None:
    note = await book.make("n")
    won, _ = await race(*(book.change(note, {"action": "changeName", "name": f"n{number}"}) for number in range(8)))
    assert len(won) == 1
    assert await recorded(book) == [(note.id, 1, "created", 1), (note.id, 2, "updated", 1)]


class Everybody:
    """Somebody who is told of all changes of notes."""

    def wants_messages(self, catalogue: Catalogue) -> bool:
        return True

    def of(self, catalogue: Catalogue, type_id: str, kind: ChangeKind, messages: Sequence[str]) -> tuple[str, ...] | None:
        return (SOMEBODY,) if type_id == "note" else None


@in_a_project
async def test_the_rows_name_who_is_to_be_told_and_stay_until_that_is_done(book: Notebook) -> None:
    quiet = await book.make("quiet")
    plain = verbs_over(book.database)
    told = Verbs(plain.documents, plain.types, {}, plain.clock, new_id, Everybody())
    book.verbs = told
    loud = await book.make("loud")
    rows = await book.rows("change", "resource_id, subscribers")
    assert [(str(id), who and [str(each) for each in who]) for id, who in rows] == [(quiet.id, None), (loud.id, [SOMEBODY])]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert await sweeps.delete_changes(book.database, book.shard, tomorrow - timedelta(days=2)) == 0
    assert await sweeps.delete_changes(book.database, book.shard, tomorrow) == 1
    assert [str(row[0]) for row in await book.rows("change", "resource_id")] == [loud.id]


def test_the_first_id_of_an_instant_parts_those_before_from_those_after() -> None:
    at = datetime(2031, 5, 1, 12, tzinfo=UTC)
    # 61 years with 15 leap days, and the days of January to April: 61 * 365 + 15 + 120 = 22,400, and half a day.
    assert int(first_id(at).replace("-", "")[:12], 16) == (22_400 * 24 + 12) * 3_600_000
    assert first_id(datetime.now(UTC) - timedelta(seconds=1)) < new_id() < first_id(datetime.now(UTC) + timedelta(seconds=1))
