"""What a write names stays until the write is done, and a removal sees every reference there is: each told to wait in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from cutting import CuttingProxy, proxied
from followers import followed, following

from notes import RULE, Notebook, held, in_a_project, notebook, refused, waiting
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import Unreferenced
from orderwright.engine.unit.rows import Referenced, Unit
from orderwright.errors import ApiError
from orderwright.storage.documents.effects import EFFECTS, PLANNED_BY_VALUE
from orderwright.storage.documents.unit_statement import statement

both_sides = pytest.mark.parametrize("after", [False, True], ids=["cut before", "cut after"])
REMOVE = "DELETE FROM document WHERE shard = $1 AND id = $2"
TOUCH = "UPDATE document SET last_modified_at = last_modified_at WHERE shard = $1 AND id = $2"
CLAIM = "INSERT INTO claim (shard, kind, value, owner) VALUES ($1, 'note.key', $2, $3)"


@in_a_project
async def test_what_names_a_document_waits_for_its_removal(book: Notebook) -> None:
    rule, other = [await book.make(key=f"r{number}", kind=RULE) for number in range(2)]
    note = await followed(book, other, "k1")
    async with held(book, REMOVE, UUID(rule.id)) as removal:
        created, updated = await waiting(followed(book, rule, "k2")), await waiting(following(book, note, rule))
        await removal.execute("ROLLBACK")
        assert (await created).name == (await updated).name == "r0"
    note = await following(book, await updated, other)
    await book.remove(await created)
    before = await book.rows("message", "id"), await book.rows("claim", "value")
    async with held(book, REMOVE, UUID(rule.id)) as removal:
        created, updated = await waiting(followed(book, rule, "k2")), await waiting(following(book, note, rule))
        await removal.execute("COMMIT")
        by_key, by_id = await refused(created), await refused(updated)
    assert {by_key.status, by_id.status} == {400}
    assert (by_key.code, by_key.fields) == ("ReferencedResourceNotFound", {"typeId": "rule", "key": "r0"})
    assert (by_id.code, by_id.fields) == ("ReferencedResourceNotFound", {"typeId": "rule", "id": rule.id})
    # Nothing of both has happened, and no transaction had to take it back.
    assert await book.see(note) == note
    assert (await book.rows("message", "id"), await book.rows("claim", "value")) == before
    await book.tamper("DELETE FROM claim WHERE shard = $1 AND value = 'r0'")


@in_a_project
async def test_a_removal_waits_for_what_names_the_document(book: Notebook) -> None:
    """The lock is taken before anything is inserted: here a creation that has it waits for a key, and the removal for it."""
    rule, other = [await book.make(key=f"r{number}", kind=RULE) for number in range(2)]
    async with held(book, CLAIM, "k1", UUID(rule.id)) as claim:
        created = await waiting(followed(book, rule, "k1"))
        removed = await waiting(book.remove(rule, kind=RULE))
        assert await book.remove(other, kind=RULE) == other  # what nobody names waits for nobody
        other = await book.make(key="r1", kind=RULE)
        claims, version = await book.rows("claim", "value"), await book.rows("project", "catalogue_version")
        await claim.execute("ROLLBACK")
        note, error = await created, await refused(removed)
    assert (error.status, error.code, error.fields) == (400, "ReferenceExists", {"referencedBy": "note"})
    assert await book.see(rule, kind=RULE) == rule
    assert await book.rows("claim", "value") == sorted([*claims, ("k1",)])
    assert await book.rows("project", "catalogue_version") == version
    await book.remove(note)
    assert await book.remove(rule, kind=RULE) == rule


@in_a_project
async def test_who_changes_what_is_named_is_not_waited_for(book: Notebook) -> None:
    rule, note = await book.make(key="r0", kind=RULE), await book.make()
    async with held(book, TOUCH, UUID(rule.id)) as change:
        assert (await followed(book, rule)).name == "r0"
        assert (await following(book, note, rule)).name == "r0"
        await change.execute("COMMIT")


@in_a_project
async def test_a_document_that_was_touched_meanwhile_is_compared_again(book: Notebook) -> None:
    """PostgreSQL looks at the row once more, as the other has left it: with what is named it is still as it was."""
    rule, note = await book.make(key="r0", kind=RULE), await book.make()
    async with held(book, TOUCH, UUID(note.id)) as change:
        updated = await waiting(following(book, note, rule))
        await change.execute("COMMIT")
        assert ((await updated).name, (await updated).version) == ("r0", 2)


@in_a_project
async def test_only_who_names_something_pays_and_without_another_statement(book: Notebook) -> None:
    rule, seen = await book.make(key="r0", kind=RULE), list[str]()
    await book.make()
    book.database.observe = seen.append
    plain = await book.make()
    await book.change(plain, {"action": "setKey", "key": "k1"})
    assert not any("KEY SHARE" in text for text in seen)
    known, seen[:] = len(seen), []
    note = await followed(book, rule)
    another = await following(book, await book.make(), rule)
    assert len(seen) == known + 2  # of the note that was made for it
    assert ["FOR KEY SHARE" in text for text in seen] == [False, True, False, False, False, True]
    seen[:] = []
    await book.remove(plain := await book.see(plain))
    assert [text.split()[0] for text in seen[1:]] == ["SELECT", "WITH"]  # it reads and removes, in no transaction
    for each in (note, another):
        await book.remove(each)
    assert not {PLANNED_BY_VALUE, EFFECTS[Unreferenced].text}.intersection(seen)
    seen[:] = []
    await book.remove(rule, kind=RULE)
    # It reads, asks, removes, asks again with the value in sight, and raises the version of the catalogue.
    asked = EFFECTS[Unreferenced].text
    assert (seen[1], seen[3:-1], seen[-1].split()[0]) == (asked, [PLANNED_BY_VALUE, asked], "UPDATE")


@in_a_project
async def test_the_reference_is_locked_and_then_the_note_inserted(book: Notebook) -> None:
    """Once, and before: the condition of each other part is what was locked."""
    rule, units = await book.make(key="r0", kind=RULE), list[Unit]()
    write = book.documents.write

    async def watched(unit: Unit) -> None:
        units.append(unit)
        await write(unit)

    book.documents.write = watched  # type: ignore[method-assign]  # only to see the unit
    await followed(book, rule, "k1")
    text, arguments = statement(units[0])
    plan = "\n".join(row[0] for row in await book.database.fetch(f"EXPLAIN (COSTS OFF) {text}", *arguments))
    assert plan.count("LockRows") == 1
    assert plan.index("CTE s") < plan.index("LockRows") < plan.index("Insert on document")
    assert plan.count("One-Time Filter") == 4  # of the document, its claim, its Message and the row of its change


MANY = (
    "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, message_sequence, write_id, body, query)"
    " SELECT $1, gen_random_uuid(), 'note', 1, now(), now(), 0, gen_random_uuid(), '{}',"
    " jsonb_build_object('name', 'n' || g, 'rest', repeat('x', 200)) FROM generate_series(1, 20000) g"
)

SMALL = (
    "INSERT INTO document (shard, id, type, version, created_at, last_modified_at, message_sequence, write_id, body, query)"
    " SELECT 'small-' || shop, gen_random_uuid(), 'note', 1, now(), now(), 0, gen_random_uuid(), '{}', '{}'"
    " FROM generate_series(1, 400) AS shop, generate_series(1, 40)"
)


@in_a_project
async def test_among_many_documents_both_go_by_an_index(book: Notebook) -> None:
    """What is found by ids by a plan for all values; what a removal looks for with the value in sight, since no plan for all
    values knows how rare it is."""
    async with held(book, MANY) as connection:
        # As in an installation of many small projects, where other indexes are as short as the primary key's.
        await connection.execute(SMALL)
        for text in ("ANALYZE document", "SET LOCAL plan_cache_mode = force_generic_plan"):
            await connection.execute(text)

        async def plan(text: str, kinds: str, values: str) -> str:
            await connection.execute(f"PREPARE asked ({kinds}) AS {text}")
            rows = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE asked ({values})")
            await connection.execute("DEALLOCATE asked")
            return "\n".join(row[0] for row in rows)

        named = Referenced(id=book.shard, named=Wanted("rule", "key", "r0"))
        locking, _ = statement(Unit(shard=book.shard, write_id="", referenced=(named,)))
        sent: list[str] = []
        book.database.observe = sent.append
        await book.documents.visible_bodies(book.shard, [], {})  # what references are expanded by
        bounded = [(text, ", bigint, timestamptz", ", 1000, '2026-01-01'") for text in sent]
        for text, kind, value in ((locking, "", ""), *bounded):
            by_ids = await plan(text, f"text, uuid[]{kind}", f"'{book.shard}', '{{}}'{value}")
            assert "Index Scan using document_pk" in by_ids, by_ids
            assert "Index Cond: ((shard = $1) AND (id = n.id))" in by_ids, by_ids
        assert len(sent) == 1
        arguments = f"'{book.shard}', 'note', '$.name ? (@ == \"n77\")'"
        await connection.execute(PLANNED_BY_VALUE)
        found = await plan(EFFECTS[Unreferenced].text, "text, text, text", arguments)
        assert "Bitmap Index Scan on document_query" in found, found
        assert ('"n77"' in found, "$3" in found) == (True, False)


Story = Callable[[Notebook, CuttingProxy], Awaitable[None]]


def through_proxy(dsn: str, story: Story) -> None:
    async def run() -> None:
        async with proxied(dsn) as proxy, notebook(dsn, proxy.dsn) as book:
            await story(book, proxy)

    asyncio.run(run())


@both_sides
def test_a_reference_and_a_removal_survive_a_lost_connection(database_url: str, after: bool) -> None:
    async def story(book: Notebook, proxy: CuttingProxy) -> None:
        rule = await book.make(key="the-rule", kind=RULE)
        proxy.cut(b"the-key", after=after)
        note = await followed(book, rule, "the-key")
        assert (proxy.cuts, await book.see(note)) == (1, note)
        assert (await refused(book.remove(rule, kind=RULE))).code == "ReferenceExists"
        await book.remove(note)
        # The last statement of the removal's transaction, whose COMMIT is then lost or never sent.
        proxy.cut(b"COMMIT", after=after)
        assert await book.remove(rule, kind=RULE) == rule
        assert proxy.cuts == 2
        error: ApiError = await refused(followed(book, rule))
        assert (error.code, error.fields["key"]) == ("ReferencedResourceNotFound", "the-rule")

    through_proxy(database_url, story)
