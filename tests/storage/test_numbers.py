"""Numbers that a write gives: from blocks, and without gaps when the connection is lost at the worst moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from cutting import CuttingProxy, proxied

from notes import Notebook, in_a_project, note_type, notebook, race, refused, verbs_over
from orderwright.engine.numbering import Numbering
from orderwright.engine.resource import ResourceType
from orderwright.engine.unit.rows import Unit
from orderwright.storage.tables import order_numbers
from orderwright.verbs import numbers

PERIOD = "this-period"
INTO = {"member": "key", "field": "key"}


def numbered(*, gap_free: bool = False, **more: Any) -> ResourceType:
    """The type of notes that get a number as their key."""
    given = Numbering(scope="", period=PERIOD, before="n", width=1, after="", gap_free=gap_free, member="key", field="key")
    return note_type(numbering=lambda note, facts: given if note.key is None else None, **more)


FROM_BLOCKS, GAP_FREE = numbered(), numbered(gap_free=True)


@in_a_project
async def test_blocks_grow_to_32(book: Notebook) -> None:
    keys = [(await book.make(kind=FROM_BLOCKS)).key for _ in range(80)]
    assert keys == [f"n{number}" for number in range(1, 81)]
    # 1 + 2 + 4 + 8 + 16 + 32 = 63, and the next 32 after them.
    assert await book.rows("order_number_counter", "scope, period, next") == [("", PERIOD, 96)]
    other = Notebook(book.dsn, book.shard, book.database, verbs_over(book.database))
    assert [(await other.make(kind=FROM_BLOCKS)).key for _ in range(3)] == ["n96", "n97", "n98"]
    assert order_numbers.MOST_AHEAD == 32


@pytest.mark.parametrize("kind", [FROM_BLOCKS, GAP_FREE], ids=["blocks", "gap-free"])
def test_a_long_run_of_numbers_given_by_hand_is_passed_at_once(database_url: str, kind: ResourceType) -> None:
    """500 in a row, which is more than the first looks see, and another one behind a gap of two."""

    async def run() -> None:
        async with notebook(database_url) as book:
            assert (await book.make(kind=kind)).key == "n1"
            for number in [*range(2, 502), 504]:
                await book.make(key=f"n{number}")
            seen = list[str]()
            book.database.observe = seen.append
            assert (await book.make(kind=kind)).key == "n502"
            looks = [statement for statement in seen if statement.startswith("SELECT c.value FROM claim c")]
            assert len(looks) == 3  # 64, 256 and 1,024 of them
            assert [(await book.make(kind=kind)).key for _ in range(3)] == ["n503", "n505", "n506"]

    asyncio.run(run())


@in_a_project
async def test_many_pass_numbers_given_by_hand_together(book: Notebook) -> None:
    for number in range(2, 200):
        await book.make(key=f"n{number}")
    other = Notebook(book.dsn, book.shard, book.database, verbs_over(book.database))
    made = await asyncio.gather(*(each.make(kind=FROM_BLOCKS) for each in [book, other] * 20))
    assert len({note.key for note in made}) == 40


@in_a_project
async def test_what_was_set_aside_is_left_when_the_scope_is_told_anew(book: Notebook) -> None:
    def generation(number: int) -> ResourceType:
        given = Numbering(scope="", period=PERIOD, before="n", width=1, after="", gap_free=False, generation=number, **INTO)
        return note_type(numbering=lambda note, facts: given)

    assert [(await book.make(kind=generation(1))).key for _ in range(5)] == ["n1", "n2", "n3", "n4", "n5"]
    await order_numbers.go_on_from(book.database, book.shard, "", PERIOD, 500)
    assert (await book.make(kind=generation(1))).key == "n6"  # 4 to 7 were set aside
    assert [(await book.make(kind=generation(2))).key for _ in range(2)] == ["n500", "n501"]


@in_a_project
async def test_what_is_numbered_shows_it_everywhere(book: Notebook) -> None:
    for kind in (FROM_BLOCKS, GAP_FREE):
        note = await book.make(kind=kind)
        assert await book.see(note) == note
        bodies = [body for (body,) in await book.rows("message", "body")]
        assert sum(f'"key":"{note.key}"' in body for body in bodies) == 1
    assert await book.rows("claim", "kind, value") == [("note.key", "n1"), ("note.key", "n2"), ("project.key", book.shard)]
    assert [row for row in await book.rows("document", "type, coalesce(key, '')") if row[0] == "note"] == [
        ("note", "n1"),
        ("note", "n2"),
    ]


@in_a_project
async def test_who_is_not_numbered_pays_nothing(book: Notebook) -> None:
    seen = list[str]()
    await book.make("the first one loads the catalogue")
    book.database.observe = seen.append
    await book.make(key="k1")
    plain, seen[:] = list(seen), []
    await book.make(key="k2", kind=FROM_BLOCKS)
    assert seen == plain
    await book.make(kind=FROM_BLOCKS)
    await book.make(kind=FROM_BLOCKS)
    seen[:] = []
    await book.make(kind=FROM_BLOCKS)  # the second of the block of two
    assert seen == plain


@in_a_project
async def test_a_refused_write_gives_its_number_back_without_gaps(book: Notebook) -> None:
    await book.make(key="n2")
    made, lost = await race(*(book.make(kind=GAP_FREE, name=name) for name in ("a", "b", "c", "\0", "d", "\0")))
    assert sorted(note.key for note in made) == ["n1", "n3", "n4", "n5"]
    assert [error.status for error in lost] == [400, 400]


@pytest.mark.parametrize("kind", [FROM_BLOCKS, GAP_FREE], ids=["blocks", "gap-free"])
def test_too_many_taken_numbers_are_a_passing_refusal(
    database_url: str, kind: ResourceType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("MOST_TAKEN", 2), ("FIRST_LOOK", 1), ("LOOKS", 1)):
        monkeypatch.setattr(numbers, name, value)

    async def run() -> None:
        async with notebook(database_url) as book:
            for number in range(1, 4):
                await book.make(key=f"n{number}")
            error = await refused(book.make(kind=kind))
            assert (error.status, error.code) == (503, "OverCapacity")
            assert (await book.make(kind=kind)).key == "n4"

    asyncio.run(run())


def through_proxy(dsn: str, story: Callable[[Notebook, CuttingProxy], Awaitable[None]]) -> None:
    async def run() -> None:
        async with proxied(dsn) as proxy, notebook(dsn, proxy.dsn) as book:
            await story(book, proxy)

    asyncio.run(run())


@pytest.mark.parametrize("told", [True, False], ids=["told", "quiet"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [PERIOD.encode(), b"the name", b"COMMIT"])
def test_a_lost_connection_makes_neither_gap_nor_double(database_url: str, at: bytes, after: bool, told: bool) -> None:
    kind = GAP_FREE if told else numbered(gap_free=True, created=None)

    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        if at == b"COMMIT":
            await book.make(kind=kind)
        proxy.cut(at, after=after)
        note = await book.make("the name", kind=kind)
        assert proxy.cuts == 1
        assert await book.see(note) == note
        more = [await book.make(kind=kind) for _ in range(2)]
        keys = [key for type, key in await book.rows("document", "type, coalesce(key, '')") if type == "note"]
        assert keys == [f"n{number}" for number in range(1, len(keys) + 1)]
        assert len(keys) == len(more) + 1 + (at == b"COMMIT")

    through_proxy(database_url, story)


def test_the_answer_is_the_attempt_that_was_stored(database_url: str) -> None:
    """The commit was heard by the database alone, and it was so slow that the next attempt has drawn already."""

    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        asked = book.verbs.documents.write

        async def twice(unit: Unit) -> None:
            await asked(unit)
            assert unit.draws is not None
            unit.draws.filled(99)  # an attempt that led to nothing

        book.verbs.documents.write = twice  # type: ignore[method-assign]  # stands for a connection that is lost and heals
        note = await book.make(kind=GAP_FREE)
        assert note.key == "n1"

    through_proxy(database_url, story)


def test_who_waits_too_long_for_a_number_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_numbers, "CONNECT_S", 0.05)

    async def run() -> None:
        sequence = order_numbers.Sequence()

        async def turn() -> str:
            async with sequence.turn():
                return "taken"

        async with sequence.turn():
            error = await refused(turn())
        assert (error.status, error.code) == (503, "OverCapacity")
        assert await turn() == "taken"

    asyncio.run(run())
