"""Reading documents: by what they are called, in pages, by what they refer to, and never beyond the door."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from notes import NOTE, RULE, Notebook, in_a_project, read
from orderwright.engine.access import Visible
from orderwright.engine.references import Wanted
from orderwright.http.api.endpoints import collection_of
from orderwright.predicates import check, parse
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.queries import queries
from orderwright.storage.queries.queries import PageRequest
from orderwright.storage.refusals import AnswerTooLargeError

NOTES = collection_of(NOTE)
BERLIN = (("store_key", "berlin"),)


@in_a_project
async def test_a_document_is_found_by_id_in_any_case_and_by_key(book: Notebook) -> None:
    note = await book.make(key="the-key")
    for lookup in (Lookup("id", note.id), Lookup("id", note.id.upper()), Lookup("key", "the-key")):
        body = await book.documents.body(book.shard, "note", lookup, ())
        assert body is not None and read(body.encode()) == note
        loaded = await book.documents.load(book.shard, "note", lookup, ())
        assert loaded is not None
        assert (loaded.id, loaded.body, loaded.version, loaded.message_sequence) == (note.id, body, 1, 1)
    others = (("rule", Lookup("id", note.id)), ("note", Lookup("key", "THE-KEY")), ("rule", Lookup("key", "the-key")))
    for type_id, lookup in others:
        assert await book.documents.body(book.shard, type_id, lookup, ()) is None
        assert await book.documents.load(book.shard, type_id, lookup, ()) is None
    assert await book.documents.load("elsewhere", "note", Lookup("id", note.id), ()) is None


@in_a_project
async def test_a_document_is_loaded_with_what_is_wanted_beside_it(book: Notebook) -> None:
    note, other = await book.make(), await book.make()
    names = [Wanted("note", "id", other.id), Wanted("note", "id", note.id), Wanted("variant", "sku", "none")]
    visible: Visible
    for visible, seen in (((), True), (BERLIN, False)):
        lookup = Lookup("id", note.id)
        alone = await book.documents.load(book.shard, "note", lookup, visible)
        loaded, rows = await book.documents.load_with(book.shard, "note", lookup, visible, names, {})
        assert (loaded, loaded is not None) == (alone, seen)
        _, wanted = await book.documents.wanted(book.shard, names, {})
        assert (sorted(rows), len(rows)) == (sorted(wanted), 2)
    loaded, rows = await book.documents.load_with(book.shard, "note", Lookup("id", note.id), (), names, {BERLIN: ["note"]})
    assert (loaded is not None, rows) == (True, [])
    assert (await book.documents.load_with("elsewhere", "note", Lookup("id", note.id), (), names, {})) == (None, [])


@in_a_project
async def test_a_name_that_is_no_column_never_becomes_sql(book: Notebook) -> None:
    for lookup, visible in ((Lookup("body", "x"), ()), (Lookup("key", "x"), (("1=1 --", "x"),))):
        with pytest.raises(ValueError, match="no column"):
            await book.documents.body(book.shard, "note", lookup, visible)


@in_a_project
async def test_pages_end_and_know_their_total(book: Notebook) -> None:
    made = sorted([await book.make(f"n{number}", store_key="berlin") for number in range(5)], key=lambda note: note.id)
    await book.make("elsewhere", store_key="paris")
    pages = [await book.documents.page(NOTES, book.shard, PageRequest(limit=2, offset=offset), BERLIN) for offset in (0, 2, 4, 6)]
    assert [[read(body.encode()).name for body in bodies] for bodies, _ in pages] == [
        [note.name for note in made[start : start + 2]] for start in (0, 2, 4, 6)
    ]
    assert [total for _, total in pages] == [5, 5, 5, 5]
    bodies, total = await book.documents.page(NOTES, book.shard, PageRequest(limit=0, with_total=False), BERLIN)
    assert (bodies, total) == ([], None)
    _, everything = await book.documents.page(NOTES, book.shard, PageRequest(limit=1), ())
    assert everything == 6


@in_a_project
async def test_a_page_of_more_bytes_than_are_asked_for_is_refused(book: Notebook) -> None:
    """By whichever statement it is found; and what is left out by `limit` counts for nothing."""
    for _ in range(4):
        await book.make("same", store_key="berlin")
    bodies, _ = await book.documents.page(NOTES, book.shard, PageRequest(limit=3), BERLIN)
    three = sum(len(body.encode()) for body in bodies)
    where = (check(parse('name = "same"', {}), NOTE.model),)
    for few in (2_000, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(queries, "FEW", few)
            patch.setattr(queries, "MAX_TOTAL", few)
            for asked in ((), where):
                page = PageRequest(asked, limit=3, most_bytes=three)
                assert (await book.documents.page(NOTES, book.shard, page, BERLIN))[0] == bodies
                with pytest.raises(AnswerTooLargeError):
                    await book.documents.page(NOTES, book.shard, replace(page, most_bytes=three - 1), BERLIN)


@in_a_project
async def test_bodies_to_embed_of_more_bytes_than_are_asked_for_are_refused(book: Notebook) -> None:
    note = await book.make("a note")
    stored = await book.documents.body(book.shard, "note", Lookup("id", note.id), ())
    assert stored is not None
    size = len(stored.encode())
    assert await book.documents.visible_bodies(book.shard, [note.id], {}, size) == {note.id: ("note", stored)}
    with pytest.raises(AnswerTooLargeError):
        await book.documents.visible_bodies(book.shard, [note.id], {}, size - 1)


@in_a_project
async def test_pages_of_what_is_found_by_value(book: Notebook) -> None:
    """Whether few match, or more than are put in order, or more than are counted: the pages are the same."""
    made = sorted([await book.make("same", store_key="berlin") for _ in range(7)], key=lambda note: note.id)
    await book.make("another", store_key="berlin")
    await book.make("same", store_key="paris")
    for few, most, sample in ((2_000, 10_000, 200), (3, 10_000, 200), (3, 4, 200), (1, 2, 200), (3, 4, 6), (1, 10_000, 6)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(queries, "FEW", few)
            patch.setattr(queries, "MAX_TOTAL", most)
            patch.setattr(queries, "SAMPLE", sample)
            await _pages_by_value(book, [note.id for note in made], min(7, most))


async def _pages_by_value(book: Notebook, ids: list[str], told: int) -> None:
    where = (check(parse('name = "same"', {}), NOTE.model),)
    for with_total in (True, False):
        for offset in (0, 2, 5, 6, 7, 9):
            page = PageRequest(where, limit=3, offset=offset, with_total=with_total)
            bodies, total = await book.documents.page(NOTES, book.shard, page, BERLIN)
            assert [read(body.encode()).id for body in bodies] == ids[offset : offset + 3]
            # A page that ends the result knows its total without counting.
            assert total in ({told, 7} if with_total else {None})
    assert await book.documents.page(NOTES, book.shard, PageRequest(where, limit=0), BERLIN) == ([], told)
    for offset in (0, 3, 7):
        bodies, total = await book.documents.page(NOTES, book.shard, PageRequest(limit=3, offset=offset), BERLIN)
        assert (len(bodies), total) == ((3, 3, 1)[(0, 3, 7).index(offset)], 8)  # all of the store's, told without a bound
    nothing = (check(parse('name = "none"', {}), NOTE.model),)
    assert await book.documents.page(NOTES, book.shard, PageRequest(nothing), BERLIN) == ([], 0)


@in_a_project
async def test_existence_obeys_the_door(book: Notebook) -> None:
    await book.make("there", store_key="paris")
    where = (check(parse('name = "there"', {}), NOTE.model),)
    assert await book.documents.exists(NOTES, book.shard, where, ())
    assert not await book.documents.exists(NOTES, book.shard, where, BERLIN)
    assert not await book.documents.exists(NOTES, "elsewhere", where, ())


@in_a_project
async def test_references_are_found_in_the_queried_copy(book: Notebook) -> None:
    await book.make("the-rule")
    assert await book.documents.referenced(book.shard, "note", '$.name ? (@ == "the-rule")')
    assert not await book.documents.referenced(book.shard, "note", '$.name ? (@ == "another")')
    assert not await book.documents.referenced(book.shard, "rule", '$.name ? (@ == "the-rule")')


@in_a_project
async def test_the_catalogue_is_one_snapshot_in_order_of_creation(book: Notebook) -> None:
    assert await book.documents.catalogue("elsewhere", ["rule"]) is None
    assert await book.documents.catalogue(book.shard, ["rule"]) == (1, [])
    names = ["z", "a", "m"]
    for name in names:
        await book.make(name, kind=RULE)
    found = await book.documents.catalogue(book.shard, ["rule"])
    assert found is not None
    assert (found[0], [read(body.encode()).name for _, body in found[1]]) == (4, names)
