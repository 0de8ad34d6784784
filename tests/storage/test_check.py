"""`orderwright check` finds each way in which a row can lie about its document, and says so in one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from beside import database_beside
from notes import TYPES, Note, Notebook, in_a_project, notebook
from orderwright.storage.documents.check import check
from recording import WORKER


@pytest.fixture(scope="module")
def database_url(session_database_url: str) -> Iterator[str]:
    """A database that holds nothing else, since all of it is checked again and again."""
    with database_beside(session_database_url, f"orderwright_checked_{WORKER}", synchronous_commit="off") as url:
        yield url


# What is done to the rows by hand ($1 the project, $2 the note), and the sentences that tell it.
TAMPERED = {
    "body": (
        """UPDATE document SET body = replace(body, '"a name"', '"a  name"') WHERE shard = $1 AND id = $2""",
        ["{shard}/note/{id}: the queried copy differs from the body."],
    ),
    "spelling of the body": (
        """UPDATE document SET body = replace(body, '"name":', '"name": ') WHERE shard = $1 AND id = $2""",
        ["{shard}/note/{id}: the stored bytes are not what the type would write."],
    ),
    "body that is no note": (
        "UPDATE document SET body = '{}' WHERE shard = $1 AND id = $2",
        ["{shard}/note/{id}: the stored bytes are not a note: Object missing required field `id`."],
    ),
    "column": (
        "UPDATE document SET store_key = 'paris' WHERE shard = $1 AND id = $2",
        ["{shard}/note/{id}: the column store_key differs from the body."],
    ),
    "column that should be empty": (
        "UPDATE document SET state = 'Open' WHERE shard = $1 AND id = $2",
        ["{shard}/note/{id}: the column state differs from the body."],
    ),
    "version": (
        "UPDATE document SET version = 7 WHERE shard = $1 AND id = $2",
        ["{shard}/note/{id}: the column version differs from the body."],
    ),
    "time": (
        "UPDATE document SET created_at = created_at + interval '1 ms' WHERE shard = $1 AND id = $2",
        ["{shard}/note/{id}: the column created_at differs from the body."],
    ),
    "queried copy": (
        "UPDATE document SET query = jsonb_set(query, '{{name}}', '\"other\"') WHERE shard = $1 AND id = $2",
        ["{shard}/note/{id}: the queried copy differs from the body."],
    ),
    "type": (
        "UPDATE document SET type = 'ghost' WHERE shard = $1 AND id = $2",
        ["{shard}/ghost/{id}: there is no resource type 'ghost'."],
    ),
    "missing claim": (
        "DELETE FROM claim WHERE shard = $1 AND owner = $2",
        ["{shard}/note/{id}: note.key 'the-key' is not claimed."],
    ),
    "claim too many": (
        "INSERT INTO claim VALUES ($1, 'note.key', 'more', $2)",
        ["{shard}/note/{id}: note.key 'more' is claimed, and the document does not have it."],
    ),
    "orphaned claim": (
        "INSERT INTO claim SELECT $1, 'note.key', 'lost', '00000000-0000-4000-8000-000000000001' WHERE $2::text <> ''",
        ["{shard}: the claim note.key 'lost' of 00000000-0000-4000-8000-000000000001 belongs to nothing."],
    ),
    "gap between messages": (
        "DELETE FROM message WHERE shard = $1 AND resource_id = $2 AND sequence_number = 2",
        ["{shard}/note/{id}: message numbers 1..3 hold 2 messages, and the document has told 3."],
    ),
    "last message lost": (
        "DELETE FROM message WHERE shard = $1 AND resource_id = $2 AND sequence_number = 3",
        ["{shard}/note/{id}: message numbers 1..2 hold 2 messages, and the document has told 3."],
    ),
    "variant without a row": (
        "DELETE FROM variant WHERE shard = $1 AND product_id = $2 AND variant_id = 2",
        ["{shard}/note/{id}: the current variant 2 has no row."],
    ),
    "row without a variant": (
        "INSERT INTO variant VALUES ($1, $2, true, 9, NULL, false, '')",
        ["{shard}/note/{id}: the staged variant 9 has a row, and the document does not have it."],
    ),
    "wrong variant": (
        "UPDATE variant SET sku = 'wrong' WHERE shard = $1 AND product_id = $2 AND variant_id = 1",
        ["{shard}/note/{id}: the row of the current variant 1 differs from the body."],
    ),
    "orphaned variant": (
        "INSERT INTO variant SELECT $1, '00000000-0000-4000-8000-000000000002', true, 9, NULL, false, '' WHERE $2::text <> ''",
        ["{shard}: the variants of 00000000-0000-4000-8000-000000000002 belong to nothing."],
    ),
    "stock without an entry": (
        "INSERT INTO stock VALUES ($1, $2, 1, 1)",
        ["{shard}: the stock of {id} belongs to nothing."],
    ),
    "reservation without a cart": (
        "INSERT INTO reservation VALUES ($1, $2, '00000000-0000-4000-8000-000000000003', 1, $2, 5, NULL)",
        ["{shard}: the reservation 00000000-0000-4000-8000-000000000003 of {id} is not what the cart {id} shows."],
    ),
    "entry without stock": (
        "UPDATE document SET type = 'inventory-entry' WHERE shard = $1 AND id = $2",
        [
            "{shard}/inventory-entry/{id}: there is no resource type 'inventory-entry'.",
            "{shard}/inventory-entry/{id}: it has no stock.",
        ],
    ),
}  # fmt: skip
MESSAGES = {
    "type": ("SET type = 'Other'", "the column type differs from the body."),
    "time": ("SET created_at = created_at + interval '1 ms'", "the column created_at differs from the body."),
    "copy": ("SET query = jsonb_set(query, '{name}', '\"x\"')", "the queried copy differs from the body."),
    "body": ("SET body = '{}'", "the stored bytes are not a Message: KeyError('id')."),
}


async def sound(book: Notebook) -> Note:
    """A note that uses every table, with three Messages."""
    note = await book.make("first", key="the-key", store_key="berlin", pages=("a", "b"))
    note = await book.change(note, {"action": "changeName", "name": "second"}, {"action": "changeName", "name": "a name"})
    assert await check(book.database, TYPES, [book.shard]) == []
    return note


async def mend(book: Notebook) -> None:
    """Leave nothing behind that the end of the test would rightly complain about."""
    for table in ("document", "claim", "message", "variant", "stock", "reservation"):
        await book.tamper(f"DELETE FROM {table} WHERE shard = $1")  # noqa: S608 - the six names above


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_found(database_url: str, what: str) -> None:
    statement, sentences = TAMPERED[what]

    async def run() -> None:
        async with notebook(database_url) as book:
            note = await sound(book)
            await book.tamper(statement.replace("{{", "{").replace("}}", "}"), note.id)
            expected = [sentence.format(shard=book.shard, id=note.id) for sentence in sentences]
            assert await check(book.database, TYPES, [book.shard]) == expected
            assert set(expected) <= set(await check(book.database, TYPES))
            await mend(book)

    asyncio.run(run())


@pytest.mark.parametrize("what", MESSAGES)
def test_a_message_that_was_tampered_with_is_found(database_url: str, what: str) -> None:
    change, sentence = MESSAGES[what]

    async def run() -> None:
        async with notebook(database_url) as book:
            await sound(book)
            rows = await book.rows("message", "sequence_number, id")
            await book.tamper(f"UPDATE message {change} WHERE shard = $1 AND sequence_number = 2")
            assert await check(book.database, TYPES, [book.shard]) == [f"{book.shard}/message/{rows[1][1]}: {sentence}"]
            await mend(book)

    asyncio.run(run())


@in_a_project
async def test_a_row_that_cannot_be_read_is_told_and_those_behind_it_are_looked_at(book: Notebook) -> None:
    """A number of 5,000 digits is more than Python reads; PostgreSQL holds it."""
    notes = [await book.make(f"n{number}") for number in range(3)]
    first = (await book.rows("message", "id"))[0][0]
    huge = "jsonb_set(query, '{name}', repeat('9', 5000)::jsonb)"
    for table, id in (("document", notes[0].id), ("message", first)):
        await book.tamper(f"UPDATE {table} SET query = {huge} WHERE shard = $1 AND id = $2", id)  # noqa: S608 - the words above
    await book.tamper("UPDATE document SET state = 'x' WHERE shard = $1 AND id = $2", notes[2].id)
    reason = "ValidationError('Integer value out of range - at `$[...]`')."
    assert await check(book.database, TYPES, [book.shard]) == [
        f"{book.shard}/note/{notes[0].id}: it cannot be read: {reason}",
        f"{book.shard}/note/{notes[2].id}: the column state differs from the body.",
        f"{book.shard}/message/{first}: the stored bytes are not a Message: {reason}",
    ]
    await mend(book)


@in_a_project
async def test_numbers_are_compared_as_numbers(book: Notebook) -> None:
    """PostgreSQL writes 1e23 with all its zeros, and as floats the two differ."""
    await book.make("n")
    for number in ("1e23", "-1e300", "1e309", "1e-400", "0.12345678901234567890123", "1.50"):
        alike = f"SET body = left(body, -1) || ',\"extra\":{number}}}', query = query || '{{\"extra\":{number}}}'"
        rows = await book.rows("message", "body, query, id")
        await book.tamper(f"UPDATE message {alike} WHERE shard = $1")
        assert await check(book.database, TYPES, [book.shard]) == [], number
        for body, query, id in rows:
            await book.tamper("UPDATE message SET body = $2, query = $3::jsonb WHERE shard = $1 AND id = $4", body, query, id)


@in_a_project
async def test_many_pages_of_rows_are_looked_at(book: Notebook) -> None:
    import orderwright.storage.documents.check as checks

    made: list[Any] = [await book.make(f"n{number}") for number in range(7)]
    usual, checks.PAGE = checks.PAGE, 2
    try:
        assert await check(book.database, TYPES, [book.shard]) == []
        await book.tamper("UPDATE document SET state = 'x' WHERE shard = $1 AND id = ANY($2::uuid[])", [made[0].id, made[6].id])
        assert len(await check(book.database, TYPES, [book.shard])) == 2
    finally:
        checks.PAGE = usual
        await book.tamper("UPDATE document SET state = NULL WHERE shard = $1")


@in_a_project
async def test_it_reads_one_moment_while_others_write(book: Notebook) -> None:
    stop = asyncio.Event()

    async def busy() -> None:
        while not stop.is_set():
            note = await book.make(key="again", pages=("a",))
            await book.remove(await book.change(note, {"action": "changeName", "name": "m"}))

    writing = asyncio.create_task(busy())
    for _ in range(15):
        assert await check(book.database, TYPES, [book.shard]) == []
    stop.set()
    await writing
