"""A write whose connection is lost: the answer is true, and nothing happens twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cutting import CuttingProxy, proxied

from notes import (
    NOTE,
    TAKE,
    TAKES,
    UPDATE,
    Note,
    Notebook,
    NoteDraft,
    note_type,
    notebook,
    race,
    read,
    refused,
    verbs_over,
)
from orderwright.engine.json.codec import decode_body
from orderwright.settings import Settings
from orderwright.storage import database as databases
from orderwright.storage.database import Database
from orderwright.storage.documents import effects
from orderwright.storage.documents import unit as units
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.verbs import Verbs

QUIET = note_type(created=None, deleted=None)  # its changes of pages tell nothing, so that only rows can witness them
TAKE_ONE = {"action": "take", "goods": ["mug"], "amount": 1}
Story = Callable[[Notebook, CuttingProxy], Awaitable[None]]
both_sides = pytest.mark.parametrize("after", [False, True], ids=["cut before", "cut after"])


@pytest.fixture(scope="module")
def database_url(durable_database_url: str) -> str:
    """The database whose commits are durable."""
    return durable_database_url


@pytest.fixture(autouse=True)
def take_effect(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(effects.EFFECTS, TAKES, TAKE)
    yield


def through_proxy(dsn: str, story: Story) -> None:
    """Run a story whose statements all pass the proxy; `book.see` and the like do too."""

    async def run() -> None:
        async with proxied(dsn) as proxy, notebook(dsn, proxy.dsn) as book:
            await story(book, proxy)

    asyncio.run(run())


def removal_of(note: Note) -> bytes:
    """How id and version stand among the arguments of a deletion."""
    return b"\x00\x00\x00\x10" + UUID(note.id).bytes + b"\x00\x00\x00\x08" + note.version.to_bytes(8, "big")


def rename(name: str) -> dict[str, Any]:
    return {"action": "changeName", "name": name}


@both_sides
def test_a_creation_happens_once(database_url: str, after: bool) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        proxy.cut(b"the name", after=after)
        note = await book.make("the name", key="k1", pages=("p",))
        assert proxy.cuts == 1
        assert await book.see(note) == note
        assert [row[0] for row in await book.rows("document", "type")] == ["note", "project"]
        assert await book.told(note) == [(1, "NoteCreated")]
        assert len(await book.rows("variant")) == 1

    through_proxy(database_url, story)


@both_sides
def test_an_update_happens_once(database_url: str, after: bool) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        note = await book.make("old")
        proxy.cut(b"the name", after=after)
        changed = await book.change(note, rename("the name"))
        assert (proxy.cuts, changed.version) == (1, 2)
        assert await book.see(note) == changed
        assert await book.told(note) == [(1, "NoteCreated"), (2, "NoteNameChanged")]

    through_proxy(database_url, story)


@both_sides
@pytest.mark.parametrize("at", [b"the name", b"ROLLBACK"])
def test_a_dry_run_happens_never(database_url: str, at: bytes, after: bool) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        await book.shelf(mug=5)
        note = await book.make("old", key="k1")
        proxy.cut(at, after=after)
        access = msgspec.structs.replace(book.access(), dry_run=True)
        taken = decode_body(UPDATE, msgspec.json.encode({"version": 1, "actions": [TAKE_ONE, rename("the name")]}))
        shown = read(await book.verbs.update(NOTE, Lookup("id", note.id), 1, taken.actions, access))
        made = read(await book.verbs.create(NOTE, NoteDraft(name="the name", key="k2", pages=("p",)), access))
        assert (proxy.cuts, shown.version, shown.name, made.version) == (1, 2, "the name", 1)
        clash = await refused(book.verbs.create(NOTE, NoteDraft(name="n", key="k1"), access))
        assert (clash.code, clash.fields["duplicateValue"]) == ("DuplicateField", "k1")
        assert await book.see(note) == note
        assert (await book.rows("variant"), await book.in_stock()) == ([], {"mug": 5})
        assert [row[0] for row in await book.rows("document", "type")] == ["note", "project"]
        assert await book.told(note) == [(1, "NoteCreated")]
        assert (await book.make("new", key="k2")).key == "k2"

    through_proxy(database_url, story)


@both_sides
def test_a_deletion_happens_once(database_url: str, after: bool) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        note = await book.make("old", key="k1")
        proxy.cut(removal_of(note), after=after)
        assert await book.remove(note) == note
        assert proxy.cuts == 1
        assert (await refused(book.see(note))).status == 404
        assert await book.told(note) == [(1, "NoteCreated"), (2, "NoteDeleted")]

    through_proxy(database_url, story)


@both_sides
def test_an_erasure_happens_once(database_url: str, after: bool) -> None:
    """The Message that would prove another deletion is not told here: the row that is gone does."""

    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        note, other = await book.make("old", key="k1"), await book.make("other")
        proxy.cut(b"COMMIT", after=after)
        erased = await book.verbs.delete(note_type(personal=True), Lookup("id", note.id), 1, book.access(), erase=True)
        assert read(erased) == note
        assert proxy.cuts == 1
        assert (await refused(book.see(note))).status == 404
        assert (await book.told(note), await book.told(other)) == ([], [(1, "NoteCreated")])

    through_proxy(database_url, story)


@both_sides
@pytest.mark.parametrize("at", [b'"name":"both"', b"COMMIT"])
def test_two_documents_happen_once(database_url: str, at: bytes, after: bool) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        one, two = await book.make("one"), await book.make("two")
        proxy.cut(at, after=after)
        await book.change(one, {"action": "nameBoth", "other": {"typeId": "note", "id": two.id}, "name": "both"})
        assert proxy.cuts == 1
        assert [((await book.see(note)).name, (await book.see(note)).version) for note in (one, two)] == [("both", 2)] * 2

    through_proxy(database_url, story)


@both_sides
@pytest.mark.parametrize("at", [b"took 1", b"COMMIT"])
def test_effects_happen_once(database_url: str, at: bytes, after: bool) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        await book.shelf(mug=5, tea=5)
        note = await book.make()
        proxy.cut(at, after=after)
        changed = await book.change(note, {"action": "take", "goods": ["tea", "mug"], "amount": 1})
        assert (proxy.cuts, changed.version) == (1, 2)
        assert await book.in_stock() == {"mug": 4, "tea": 4}
        assert await book.told(note) == [(1, "NoteCreated"), (2, "NoteNameChanged")]

    through_proxy(database_url, story)


def test_a_creation_that_others_have_changed_meanwhile_is_still_ours(database_url: str) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        other = await straight(book)

        async def go_on() -> None:
            row = await book_rows(other, book)
            update = await changing(other, book, row, "theirs")
            assert update.version == 2

        proxy.cut(b"the name", after=True, then=go_on)
        note = read(await book.verbs.create(QUIET, QUIET.draft(name="the name", key="k1"), book.access()))
        assert (note.version, note.name) == (1, "the name")
        assert (await book.see(note)).name == "theirs"
        await other.documents.database.close()

    through_proxy(database_url, story)


def test_a_message_proves_an_update_that_others_have_built_on(database_url: str) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        other = await straight(book)
        note = await book.make()

        async def go_on() -> None:
            assert (await changing(other, book, note.id, "theirs")).version == 3

        proxy.cut(b"the name", after=True, then=go_on)
        assert (await book.change(note, rename("the name"))).version == 2
        assert (await book.see(note)).name == "theirs"
        await other.documents.database.close()

    through_proxy(database_url, story)


def test_what_cannot_be_known_is_not_claimed(database_url: str) -> None:
    """Nothing was told, and the row has moved on: neither 200 nor 409 would be sure to be true."""

    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        other = await straight(book)
        note = read(await book.verbs.create(QUIET, QUIET.draft(name="n"), book.access()))

        async def go_on() -> None:
            assert (await changing(other, book, note.id, "theirs")).version == 3

        proxy.cut(b"the-page", after=True, then=go_on)
        error = await refused(book.change(note, {"action": "changePages", "pages": ["the-page"]}, kind=QUIET))
        assert (error.status, "not known" in error.message) == (503, True)
        await other.documents.database.close()

    through_proxy(database_url, story)


def test_a_rival_who_won_meanwhile_is_told_apart(database_url: str) -> None:
    """Cut before the statement arrived, and the version is another's now: that is a true 409."""

    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        other = await straight(book)
        note = read(await book.verbs.create(QUIET, QUIET.draft(name="n"), book.access()))

        async def go_on() -> None:
            assert (await changing(other, book, note.id, "theirs")).version == 2

        proxy.cut(b"the-page", after=False, then=go_on)
        error = await refused(book.change(note, {"action": "changePages", "pages": ["the-page"]}, kind=QUIET))
        assert (error.status, error.fields["currentVersion"]) == (409, 2)
        assert (await book.see(note)).pages == ()
        await other.documents.database.close()

    through_proxy(database_url, story)


def test_an_outage_is_answered_with_503_in_time_and_then_over(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "PATIENCE_S", 0.4)

    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        note = await book.make()
        proxy.refusing = True
        proxy.hang_up()
        started = time.monotonic()
        reads = [book.see(note) for _ in range(30)]
        won, lost = await race(*reads, book.change(note, rename("x")), book.make("y"), book.remove(note))
        assert (won, {error.status for error in lost}) == ([], {503})
        assert time.monotonic() - started < 3
        proxy.refusing = False
        assert (await book.change(note, rename("back"))).version == 2

    through_proxy(database_url, story)


def test_a_short_outage_is_outlasted_by_a_write(database_url: str) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        note = await book.make()

        async def vanish() -> None:
            proxy.refusing = True
            proxy.hang_up()

        proxy.cut(b"patient", after=True, then=vanish)
        writing = asyncio.create_task(book.change(note, rename("patient")))
        await asyncio.sleep(1.2)
        assert not writing.done()
        proxy.refusing = False
        assert (await writing).version == 2
        assert await book.told(note) == [(1, "NoteCreated"), (2, "NoteNameChanged")]

    through_proxy(database_url, story)


def test_a_network_that_swallows_packets_is_noticed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATEMENT_S", "CONNECT_S"):
        monkeypatch.setattr(databases, name, 0.5)
    monkeypatch.setattr(units, "PATIENCE_S", 0.5)

    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        note = await book.make()
        proxy.silent = True
        started = time.monotonic()
        _, lost = await race(book.see(note), book.change(note, rename("x")))
        assert [error.status for error in lost] == [503, 503]
        assert time.monotonic() - started < 8
        proxy.silent = False
        proxy.hang_up()
        assert await book.see(note) == note

    through_proxy(database_url, story)


async def straight(book: Notebook) -> Verbs:
    """An engine that does not pass the proxy."""
    return verbs_over(await Database.connect(book.dsn, Settings.from_environment({})))


async def book_rows(verbs: Verbs, book: Notebook) -> str:
    """The id of the only note."""
    rows = await verbs.documents.database.fetch("SELECT id FROM document WHERE shard = $1 AND type = 'note'", book.shard)
    return str(rows[0]["id"])


async def changing(verbs: Verbs, book: Notebook, id: str, name: str) -> Note:
    """Another process renames a note at the version it has now."""
    other = Notebook(book.dsn, book.shard, verbs.documents.database, verbs)
    lookup = Lookup("id", id)
    current = read(await verbs.get(NOTE, lookup, book.access()))
    return await other.change(current, rename(name))
