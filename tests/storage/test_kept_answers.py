"""Answers that are kept for an Idempotency-Key: for 24 hours, through lost connections, and at no cost to anybody else."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cutting import CuttingProxy, proxied

from notes import (
    NOTE,
    UPDATE,
    Note,
    Notebook,
    held,
    in_a_project,
    note_type,
    notebook,
    race,
    read,
    refused,
    verbs_over,
    waiting,
)
from orderwright.engine.access import Once
from orderwright.engine.clock import now
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.rows import Kept, Unchanged, Unit
from orderwright.errors import ApiError
from orderwright.http.api.endpoints import Endpoints
from orderwright.http.api.idempotency import Repetitions
from orderwright.http.api.routes import Asked, Route
from orderwright.http.wire.exchange import Request
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents import unit as units
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.tables.idempotency import sweep

KEYED = note_type(repeatable=True)
QUIET = note_type(repeatable=True, created=None)


class Desk:
    """Requests on notes, as they come behind their door."""

    def __init__(self, book: Notebook, kind: Any = KEYED) -> None:
        self.book, self.kind = book, kind
        self.repetitions = Repetitions(book.verbs)
        self.endpoints = Endpoints(book.verbs, kind)

    async def send(self, key: str | None, method: str, body: Any = None, note: Note | None = None, **query: str) -> Note:
        verb = "delete" if method == "DELETE" else "update" if note is not None else "create"
        request = Request(
            method=method,
            segments=("p", "notes", *((note.id,) if note is not None else ())),
            query=tuple(query.items()),
            headers={"idempotency-key": key} if key is not None else {},
            correlation_id="c",
            body=msgspec.json.encode(body) if body is not None else b"",
        )
        asked = Asked(request, self.book.access(), Lookup("id", note.id) if note is not None else None)
        endpoint = getattr(self.endpoints, verb)
        route = Route(at="notes", method="POST", verb=verb, endpoint=endpoint, family="notes", resource=self.kind)
        assert route.repeatable
        answer = await (self.repetitions.answer(route, asked) if key is not None else route.endpoint(asked))
        assert answer.status == (201 if verb == "create" else 200)
        return read(answer.whole)

    async def make(self, key: str | None, /, name: str = "n", **draft: Any) -> Note:
        return await self.send(key, "POST", {"name": name, **draft})

    async def rename(self, key: str | None, note: Note, name: str) -> Note:
        actions = [{"action": "changeName", "name": name}]
        return await self.send(key, "POST", {"version": note.version, "actions": actions}, note)

    def pass_time(self, by: timedelta) -> None:
        """The clock of this process goes on."""
        self.book.verbs.clock = lambda: DateTime.of(now().instant() + by)


@in_a_project
async def test_a_key_is_good_for_24_hours(book: Notebook) -> None:
    desk = Desk(book)
    first = await desk.make("k")
    desk.pass_time(timedelta(hours=23, minutes=59))
    assert await desk.make("k") == first
    desk.pass_time(timedelta(hours=24, minutes=1))
    second = await desk.make("k")
    assert second.id != first.id
    assert await desk.make("k") == second
    assert len(await book.rows("idempotency", "key")) == 1
    # After its time also another request may have it.
    desk.pass_time(timedelta(hours=49))
    assert (await desk.make("k", "other")).name == "other"


@in_a_project
async def test_what_is_over_is_swept_the_oldest_first(book: Notebook) -> None:
    desk = Desk(book)
    for number in range(5):
        desk.pass_time(timedelta(hours=number))
        await desk.make(f"k{number}")
    over = now().instant() + timedelta(hours=2, minutes=30)  # 24 hours after the third
    assert await sweep(book.database, book.shard, over, 2) == 2
    assert [await sweep(book.database, book.shard, over, 2) for _ in range(2)] == [1, 0]
    assert len(await book.rows("idempotency", "key")) == 2
    plan = await book.database.fetch(
        "EXPLAIN SELECT key FROM idempotency WHERE shard = $1 AND created_at <= $2 ORDER BY created_at LIMIT $3",
        book.shard, now().instant(), 10,
    )  # fmt: skip
    assert "Index Scan using idempotency_created" in plan[1][0] or "Bitmap" in str(plan)


@in_a_project
async def test_what_is_kept_says_what_it_belongs_to(book: Notebook) -> None:
    desk = Desk(book)
    note = await desk.make("k")
    after = await desk.rename("r", note, "x")
    await desk.send("d", "DELETE", None, after, version="2")
    kept = sorted(await book.rows("idempotency", "version, status, type, id::text"))
    assert kept == [(1, 201, "note", note.id), (2, 200, "note", note.id), (2, 200, "note", note.id)]
    assert {len(key) for (key,) in await book.rows("idempotency", "key")} == {32}


@in_a_project
async def test_of_many_at_once_one_writes_and_all_are_answered_alike(book: Notebook) -> None:
    desk = Desk(book)
    for round in range(10):
        answers, lost = await race(*(desk.make(f"k{round}", f"n{round}", key=f"note-{round}") for _ in range(20)))
        assert (len({answer.id for answer in answers}), lost) == (1, [])
        renamed, lost = await race(*(desk.rename(f"r{round}", answers[0], "x") for _ in range(20)))
        assert (renamed, lost) == ([renamed[0]] * 20, [])
        assert (renamed[0].version, renamed[0].name) == (2, "x")
        gone, lost = await race(*(desk.send(f"d{round}", "DELETE", None, renamed[0], version="2") for _ in range(20)))
        assert (gone, lost) == ([renamed[0]] * 20, [])
        assert await book.told(answers[0]) == [(1, "NoteCreated"), (2, "NoteNameChanged"), (3, "NoteDeleted")]


@in_a_project
async def test_of_two_requests_with_one_key_one_is_refused(book: Notebook) -> None:
    desk = Desk(book)
    for round in range(10):
        made, lost = await race(*(desk.make(f"k{round}", f"n{number}") for number in range(10)))
        assert len(made) == 1
        assert {(error.status, error.code) for error in lost} == {(422, "IdempotencyKeyReused")}


@in_a_project
async def test_who_has_no_key_pays_nothing(book: Notebook) -> None:
    """The very statements of a request that knows of no keys, and not one more."""
    desk, seen = Desk(book), list[str]()
    await book.make("the first one loads the catalogue")
    book.database.observe = seen.append
    plain = await book.make("a", key="k1")
    await book.change(plain, {"action": "changeName", "name": "b"})
    known, seen[:] = list(seen), []
    note = await desk.make(None, "a", key="k2")
    await desk.rename(None, note, "b")
    assert seen == known
    assert not any("idempotency" in text for text in seen)
    seen[:] = []
    await desk.make("k", "a", key="k3")
    assert len(seen) == len(known) - 2 + 1  # without the two of the update, with one look; the write has one more part
    assert [("INSERT INTO idempotency" in text) for text in seen] == [False, False, True]


KEY = b"k" * 32
TAKE_KEY = (
    "INSERT INTO idempotency (shard, write_id, key, request, status, type, id, version, created_at, body)"
    " VALUES ($1, gen_random_uuid(), $2, $2, 200, 'note', gen_random_uuid(), 1, now(), '')"
)


async def unchanged(book: Notebook, note: Note) -> Note:
    """A change that changes nothing, with the key."""
    access = msgspec.structs.replace(book.access(), once=Once(KEY, KEY))
    same = decode_body(UPDATE, msgspec.json.encode({"version": 1, "actions": [{"action": "changeName", "name": note.name}]}))
    return read(await book.verbs.update(KEYED, Lookup("id", note.id), same.version, same.actions, access))


@in_a_project
async def test_what_was_erased_is_not_kept_by_a_change_that_changes_nothing(book: Notebook) -> None:
    """The change waits for its key; the erasure comes meanwhile, and has to wait for what is about to be kept."""
    note = await book.make("somebody's name")
    async with held(book, TAKE_KEY, KEY) as other:
        changing = await waiting(unchanged(book, note))
        lookup = Lookup("id", note.id)
        erasing = await waiting(book.verbs.delete(note_type(personal=True), lookup, 1, book.access(), erase=True))
        await other.execute("ROLLBACK")
        assert await changing == read(await erasing) == note
    assert await book.rows("idempotency", "key") == []


@in_a_project
async def test_nothing_is_kept_of_what_is_being_deleted(book: Notebook) -> None:
    note = await book.make()
    async with held(book, "DELETE FROM document WHERE shard = $1 AND id = $2", UUID(note.id)) as other:
        changing = await waiting(unchanged(book, note))
        await other.execute("COMMIT")
        error = await refused(changing)
    assert (error.status, error.code) == (404, "ResourceNotFound")
    assert await book.rows("idempotency", "key") == []


@in_a_project
async def test_nothing_is_kept_of_what_has_changed_since_it_was_read(book: Notebook) -> None:
    note = await book.make()
    await book.change(note, {"action": "changeName", "name": "theirs"})
    kept = Kept(key=KEY, request=KEY, status=200, type="note", id=note.id, version=1, created_at=now().instant(), body="mine")
    unit = Unit(shard=book.shard, write_id=new_id(), unchanged=Unchanged(id=note.id, version=1), kept=kept)
    error = await refused(book.documents.write(unit))
    assert (error.status, error.code, error.fields["currentVersion"]) == (409, "ConcurrentModification", 2)
    assert await book.rows("idempotency", "key") == []


def through_proxy(dsn: str, story: Callable[[Desk, CuttingProxy], Awaitable[None]], kind: Any = KEYED) -> None:
    async def run() -> None:
        async with proxied(dsn) as proxy, notebook(dsn, proxy.dsn) as book:
            await story(Desk(book, kind=kind), proxy)

    asyncio.run(run())


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_lost_connection_is_outlasted(database_url: str, after: bool) -> None:
    async def story(desk: Desk, proxy: CuttingProxy) -> None:
        proxy.cut(b"the name", after=after)
        note = await desk.make("k", "the name")
        assert proxy.cuts == 1
        assert await desk.make("k", "the name") == note
        proxy.cut(b"another", after=after)
        renamed = await desk.rename("r", note, "another")
        assert (proxy.cuts, renamed.version) == (2, 2)
        assert await desk.rename("r", note, "another") == renamed
        assert await desk.book.told(note) == [(1, "NoteCreated"), (2, "NoteNameChanged")]

    through_proxy(database_url, story)


def test_what_could_not_be_known_without_a_key_is_known_with_one(database_url: str) -> None:
    """The change was stored, its answer lost, and others have gone on from it: without a key that is a 503."""

    async def story(desk: Desk, proxy: CuttingProxy) -> None:
        book = desk.book
        other = verbs_over(await Database.connect(book.dsn, Settings.from_environment({})))
        note = await desk.make("k", "n")

        async def go_on() -> None:
            theirs = dataclasses.replace(book, database=other.documents.database, verbs=other)
            current = read(await other.get(NOTE, Lookup("id", note.id), book.access()))
            assert (await theirs.change(current, {"action": "changeName", "name": "theirs"})).version == 3

        for key in ("p", None):
            proxy.cut(b"the-page", after=True, then=go_on)
            body = {"version": 1, "actions": [{"action": "changePages", "pages": ["the-page"]}]}
            if key is not None:
                changed = await desk.send(key, "POST", body, note)
                assert (changed.version, changed.name, changed.pages) == (2, "n", ("the-page",))
                assert await desk.send(key, "POST", body, note) == changed
                note = await desk.make(None, "m")
            else:
                error = await refused(desk.send(key, "POST", body, note))
                assert (error.status, "not known" in error.message) == (503, True)
        await other.documents.database.close()

    through_proxy(database_url, story, QUIET)


def test_after_an_outage_the_same_request_finds_what_it_did(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 tells that it is not known; the request that is sent again learns it."""
    monkeypatch.setattr(units, "PATIENCE_S", 0.4)

    async def story(desk: Desk, proxy: CuttingProxy) -> None:
        async def vanish() -> None:
            proxy.refusing = True
            proxy.hang_up()

        proxy.cut(b"the name", after=True, then=vanish)
        error: ApiError = await refused(desk.make("k", "the name"))
        assert (error.status, error.code) == (503, "OverCapacity")
        proxy.refusing = False
        note = await desk.make("k", "the name")
        assert [row[0] for row in await desk.book.rows("document", "type")].count("note") == 1
        assert await desk.book.see(note) == note

    through_proxy(database_url, story)
