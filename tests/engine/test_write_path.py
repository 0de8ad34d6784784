"""The five verbs on the real database: what is stored, what is told, and who wins."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from notes import (
    NOTE,
    RULE,
    TAKE,
    TAKES,
    TYPES,
    Note,
    Notebook,
    in_a_project,
    note_type,
    race,
    read,
    refused,
    statuses,
    verbs_over,
)
from orderwright.commands.projects import create_project
from orderwright.engine.access import Access
from orderwright.engine.facts import Facts
from orderwright.engine.ids import new_id
from orderwright.engine.model import ClientLogging
from orderwright.engine.references import Wanted
from orderwright.engine.unit.projection import MAX_DOCUMENT, projected
from orderwright.engine.unit.rows import Replacement, Unchanged, Unit
from orderwright.storage.documents import effects
from orderwright.storage.documents.documents import Lookup

BERLIN = (("store_key", "berlin"),)


@pytest.fixture(autouse=True)
def take_effect(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The effect of the action `take`."""
    monkeypatch.setitem(effects.EFFECTS, TAKES, TAKE)
    yield


def rename(name: str) -> dict[str, Any]:
    return {"action": "changeName", "name": name}


@in_a_project
async def test_a_document_is_answered_as_it_is_stored(book: Notebook) -> None:
    note = await book.make("first", key="k1", store_key="berlin")
    assert (note.version, note.name, note.key) == (1, "first", "k1")
    assert note.created_by == note.last_modified_by == ClientLogging(client_id="tester")
    changed = await book.change(note, rename("second"), {"action": "setKey", "key": "k2"})
    assert (changed.version, changed.name, changed.key, changed.created_at) == (2, "second", "k2", note.created_at)
    assert await book.see(note) == changed
    by_key = await book.verbs.get(NOTE, Lookup("key", "k2"), book.access())
    assert read(by_key) == changed
    assert await book.rows("claim", "kind, value") == [("note.key", "k2"), ("project.key", book.shard)]
    assert await book.remove(changed) == changed
    assert (await refused(book.see(note))).status == 404
    assert await book.rows("claim", "kind, value") == [("project.key", book.shard)]
    assert await book.told(note) == [(1, "NoteCreated"), (2, "NoteNameChanged"), (3, "NoteDeleted")]


@in_a_project
async def test_an_update_that_changes_nothing_stores_nothing(book: Notebook) -> None:
    note = await book.make("same")
    before = await book.rows("document", "id, version, write_id")
    assert await book.change(note, rename("same")) == note
    assert await book.change(note) == note
    assert await book.change(note, rename("other"), rename("same"), version=1) != note  # it told two Messages on the way
    assert [row[1] for row in await book.rows("document", "type, version") if row[0] == "note"] == [2]
    assert await book.told(note) == [(1, "NoteCreated"), (2, "NoteNameChanged"), (3, "NoteNameChanged")]
    assert len(before) == 2


@in_a_project
async def test_true_is_not_one_although_python_says_so(book: Notebook) -> None:
    note = await book.make(score=1)
    changed = await book.change(note, {"action": "setScore", "score": True})
    assert (changed.version, changed.score) == (2, True)
    stored = await book.verbs.get(NOTE, Lookup("id", note.id), book.access())
    assert json.loads(stored)["score"] is True


@in_a_project
async def test_of_fifty_updates_at_one_version_one_wins(book: Notebook) -> None:
    note = await book.make()
    won, lost = await race(*(book.change(note, rename(f"n{number}")) for number in range(50)))
    assert [answer.version for answer in won] == [2]
    assert len(lost) == 49
    assert {(error.status, error.code, error.fields["currentVersion"]) for error in lost} == {(409, "ConcurrentModification", 2)}
    assert await book.see(note) == won[0]
    assert await book.told(note) == [(1, "NoteCreated"), (2, "NoteNameChanged")]


@in_a_project
async def test_messages_are_numbered_without_gaps_when_writers_retry(book: Notebook) -> None:
    note = await book.make()

    async def persistent(number: int) -> None:
        while True:
            current = await book.see(note)
            _, lost = await race(book.change(current, rename(f"a{number}"), rename(f"b{number}")))
            if not lost:
                return

    await asyncio.gather(*(persistent(number) for number in range(8)))
    assert (await book.see(note)).version == 9
    assert [number for number, _ in await book.told(note)] == list(range(1, 18))


@in_a_project
async def test_a_project_without_messages_counts_none(book: Notebook) -> None:
    """Numbers of Messages that were never told would be a gap once Messages are wanted again."""
    project = read_any(await book.verbs.get(TYPES["project"], Lookup("key", book.shard), book.access()))
    await switch_messages(book, project, False)
    note = await book.change(await book.make(), rename("quiet"))
    await switch_messages(book, {**project, "version": project["version"] + 1}, True)
    await book.change(note, rename("loud"))
    assert await book.told(note) == [(1, "NoteNameChanged")]


@in_a_project
async def test_two_documents_change_together_or_not_at_all(book: Notebook) -> None:
    one, two = await book.make("one"), await book.make("two", key="k2")
    both = {"action": "nameBoth", "other": {"typeId": "note", "id": two.id}, "name": "both", "key": "k3"}
    await book.change(one, both)
    assert [(await book.see(note)).name for note in (one, two)] == ["both", "both"]
    assert ("note.key", "k3") in await book.rows("claim", "kind, value")
    assert ("note.key", "k2") not in await book.rows("claim", "kind, value")
    # Everyone read both at the same versions; whoever comes second finds the shared one changed.
    rivals = [await book.make(f"rival{number}") for number in range(10)]
    won, lost = await race(*(book.change(rival, {**both, "name": f"by {rival.name}", "key": None}) for rival in rivals))
    shared = await book.see(two)
    named = [note for rival in rivals if (note := await book.see(rival)).version == 2]
    assert len(won) >= 1
    assert statuses(lost) <= {409}
    assert shared.version == 2 + len(won) == 2 + len(named)
    assert shared.name in {note.name for note in named}


@in_a_project
async def test_a_second_document_is_made_in_the_same_write_or_neither_is(book: Notebook) -> None:
    note = await book.make("first", pages=("p",))
    assert (await book.change(note, {"action": "copy", "key": "second"})).version == 2
    second = read(await book.verbs.get(NOTE, Lookup("key", "second"), book.access()))
    assert (second.version, second.name, second.created_by) == (1, "first", ClientLogging(client_id="tester"))
    assert await book.told(second) == [(1, "NoteCreated")]
    assert (await book.change(second, rename("own"))).version == 2
    assert await book.told(second) == [(1, "NoteCreated"), (2, "NoteNameChanged")]
    # Its key is taken now, so that neither the copy nor what else the actions do is stored.
    error = await refused(book.change(note, rename("gone"), {"action": "copy", "key": "second"}, version=2))
    assert (error.code, error.fields["duplicateValue"]) == ("DuplicateField", "second")
    assert (await book.see(note)).name == "first"
    # Of those who copy at the same version one makes a copy.
    won, lost = await race(*(book.change(note, {"action": "copy"}, version=2) for _ in range(10)))
    assert (len(won), statuses(lost)) == (1, {409})
    assert len([row for row in await book.rows("document", "type, id") if row[0] == "note"]) == 3


@in_a_project
async def test_an_update_reads_what_every_update_of_its_document_needs(book: Notebook) -> None:
    """In three rounds at most: what is found may name more, and a chain that goes on is cut off there."""
    for name, behind in (("k1", "k2"), ("k2", "k3"), ("k3", "k4"), ("k4", "k5"), ("k5", "k1")):
        await book.make(behind, key=name)
    first = read(await book.verbs.get(NOTE, Lookup("key", "k1"), book.access()))
    known: list[str] = []

    def wants(document: Note, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        yield from (Wanted("note", "key", note.name) for note in (document, *found.values()))

    def finish(document: Note, facts: Facts) -> Note:
        known.extend(name for name in ("k1", "k2", "k3", "k4", "k5") if facts.look_up(Wanted("note", "key", name)) is not None)
        return document

    seen: list[str] = []
    book.database.observe = seen.append
    await book.change(first, {"action": "setScore", "score": 1}, kind=note_type(wants=wants, finish=finish))
    assert known == ["k2", "k3", "k4"]
    assert len(seen) == 5  # the document, three rounds, the write


@in_a_project
async def test_a_value_belongs_to_one_document(book: Notebook) -> None:
    holder = await book.make(key="taken")
    error = await refused(book.make(key="taken"))
    assert (error.status, error.code) == (400, "DuplicateField")
    assert error.fields == {
        "field": "key", "duplicateValue": "taken", "conflictingResource": {"typeId": "note", "id": holder.id},
    }  # fmt: skip
    other = await book.make(key="free")
    assert (await refused(book.change(other, {"action": "setKey", "key": "taken"}))).code == "DuplicateField"
    assert (await book.see(other)).version == 1
    await book.change(holder, {"action": "setKey", "key": "moved"})
    assert (await book.change(other, {"action": "setKey", "key": "taken"})).key == "taken"
    await book.remove(await book.see(holder))
    assert (await book.make(key="moved")).key == "moved"


@in_a_project
async def test_of_twenty_creators_of_one_key_one_wins(book: Notebook) -> None:
    won, lost = await race(*(book.make(f"n{number}", key="one") for number in range(20)))
    assert len(won) == 1
    assert {(error.code, error.fields["conflictingResource"]["id"]) for error in lost} == {("DuplicateField", won[0].id)}
    assert [row for row in await book.rows("document", "type, key") if row[0] == "note"] == [("note", "one")]
    assert len(await book.rows("message")) == 1


@in_a_project
async def test_effects_happen_with_the_document_or_neither(book: Notebook) -> None:
    await book.shelf(mug=5, tea=1)
    note = await book.make()
    taken = await book.change(note, {"action": "take", "goods": ["mug", "tea"], "amount": 1})
    assert await book.in_stock() == {"mug": 4, "tea": 0}
    error = await refused(book.change(taken, {"action": "take", "goods": ["mug", "tea"], "amount": 1}))
    assert error.status == 503
    assert await book.in_stock() == {"mug": 4, "tea": 0}
    assert await book.see(note) == taken
    assert len(await book.told(note)) == 2


@in_a_project
async def test_the_last_piece_is_taken_once_and_nobody_waits_for_ever(book: Notebook) -> None:
    """Effects are applied in the order of their keys, so that two that want the same goods do not wait for each other."""
    await book.shelf(b=1, c=1, a=1)
    await book.change(await book.make(), {"action": "take", "goods": ["c", "a", "b"], "amount": 1})
    assert list(await book.in_stock()) == ["a", "b", "c"]
    await book.shelf(mug=10, tea=10)
    notes = [await book.make(f"n{number}") for number in range(20)]
    goods = (["mug", "tea"], ["tea", "mug"])
    won, lost = await race(
        *(book.change(note, {"action": "take", "goods": goods[at % 2], "amount": 1}) for at, note in enumerate(notes))
    )
    assert len(won) == 10
    assert statuses(lost) == {503}
    assert await book.in_stock() == {"mug": 0, "tea": 0}


@in_a_project
async def test_another_stores_document_does_not_exist(book: Notebook) -> None:
    ours, theirs = await book.make("ours", store_key="berlin"), await book.make("theirs", store_key="paris", key="paris-key")
    for attempt in (
        book.see(theirs, BERLIN),
        book.change(theirs, rename("stolen"), visible=BERLIN),
        book.remove(theirs, visible=BERLIN),
        book.verbs.get(NOTE, Lookup("key", "paris-key"), book.access(BERLIN)),
    ):
        assert (await refused(attempt)).status == 404
    for other in ({"id": theirs.id}, {"key": "paris-key"}):
        both = {"action": "nameBoth", "other": {"typeId": "note", **other}, "name": "stolen"}
        assert (await refused(book.change(ours, both, visible=BERLIN))).code == "ReferencedResourceNotFound"
    assert await book.see(theirs) == theirs
    assert (await book.change(ours, rename("mine"), visible=BERLIN)).version == 2
    bodies = await book.documents.visible_bodies(book.shard, [ours.id, theirs.id], {BERLIN: ["note"]})
    assert set(bodies) == {ours.id}


@in_a_project
async def test_the_write_itself_obeys_the_door(book: Notebook) -> None:
    """A document that leaves the store between the read and the write is not written."""
    note = await book.make("ours", store_key="berlin")
    load = book.documents.load

    async def late(*arguments: Any) -> Any:
        loaded = await load(*arguments)
        await book.tamper("UPDATE document SET store_key = 'paris' WHERE shard = $1 AND type = 'note'")
        return loaded

    book.documents.load = late  # type: ignore[assignment]  # the one place to stand between read and write
    for attempt in (book.change(note, rename("stolen"), visible=BERLIN), book.remove(note, visible=BERLIN)):
        assert (await refused(attempt)).status == 404
        await book.tamper("UPDATE document SET store_key = 'berlin' WHERE shard = $1 AND type = 'note'")
    assert await book.see(note) == note


@in_a_project
async def test_rows_of_the_variant_table_follow_the_document(book: Notebook) -> None:
    note = await book.make(pages=("a", "b", "c"))
    other = await book.make(pages=("z",))
    note = await book.change(note, {"action": "changePages", "pages": ["a", "x"]})
    rows = {(str(id), number, sku, master, body) for id, number, sku, master, body in await pages(book)}
    assert rows == {
        (note.id, 1, "a", True, '{"text":"a"}'),
        (note.id, 2, "x", False, '{"text":"x"}'),
        (other.id, 1, "z", True, '{"text":"z"}'),
    }
    note = await book.change(note, {"action": "changePages", "pages": []})
    assert [str(row[0]) for row in await pages(book)] == [other.id]
    note = await book.change(note, {"action": "changePages", "pages": ["new"]})
    assert (await refused(book.change(note, {"action": "changePages", "pages": ["late"]}, version=3))).status == 409
    assert sorted(row[2] for row in await pages(book)) == ["new", "z"]
    for round in range(3):  # those who lose the race leave the winner's rows alone
        rivals = [{"action": "changePages", "pages": [f"{round}-{size}-{at}" for at in range(size)]} for size in range(1, 9)]
        [note], _ = await race(*(book.change(note, rival) for rival in rivals))
        assert sorted(row[2] for row in await pages(book)) == [*note.pages, "z"]
    await book.remove(note)
    assert [row[2] for row in await pages(book)] == ["z"]


@in_a_project
async def test_everything_that_is_wanted_is_read_at_once(book: Notebook) -> None:
    one, two = await book.make("one", pages=("p1", "p2")), await book.make("two", key="k2", store_key="paris")
    names = [
        Wanted("note", "id", one.id),
        Wanted("note", "key", "k2"),
        Wanted("variant", "sku", "p2"),
        Wanted("variant", "product", one.id),
        Wanted("note", "key", "absent"),
        Wanted("rule", "id", one.id),
    ]
    version, found = await book.documents.wanted(book.shard, names, {})
    assert version == 1
    assert sorted((name.by, body) for name, body in found if name.type_id == "variant") == [
        ("product", '{"text":"p1"}'), ("product", '{"text":"p2"}'), ("sku", '{"text":"p2"}'),
    ]  # fmt: skip
    assert {name: read(body.encode()) for name, body in found if name.type_id == "note"} == {names[0]: one, names[1]: two}
    _, visible = await book.documents.wanted(book.shard, names[:2], {(("store_key", "paris"),): ["note"]})
    assert [name for name, _ in visible] == [names[1]]


@in_a_project
async def test_a_write_to_the_catalogue_is_seen_by_every_process_at_once(book: Notebook) -> None:
    """Two engines stand for two processes. `create` of a rule sees what the other has just stored."""
    here, there = book.verbs, verbs_over(book.database)
    seen: list[list[str]] = []

    def looking(draft: Any, facts: Any) -> Any:
        seen.append(sorted(rule.name for rule in facts.catalogue.all("rule")))
        return NOTE.create(draft, facts)

    looked = note_type(create=looking)
    for step, verbs in enumerate((here, there, here)):
        rule = await book.make(f"rule{step}", kind=RULE)
        await verbs.create(looked, NOTE.draft(name="n"), book.access())
    await there.delete(RULE, Lookup("id", rule.id), 1, book.access())
    await here.create(looked, NOTE.draft(name="n"), book.access())
    assert seen == [["rule0"], ["rule0", "rule1"], ["rule0", "rule1", "rule2"], ["rule0", "rule1"]]
    assert await book.documents.catalogue_version(book.shard) == 1 + 4


@in_a_project
async def test_what_is_referred_to_by_its_key_stays(book: Notebook) -> None:
    rule = await book.make("r", kind=RULE, key="the-rule")
    note = await book.make("the-rule")
    assert (await refused(book.remove(rule, kind=RULE))).code == "ReferenceExists"
    await book.remove(note)
    assert await book.remove(rule, kind=RULE) == rule


@in_a_project
async def test_an_unknown_project_is_not_found(book: Notebook) -> None:
    nowhere = Access(shard="nowhere", who=ClientLogging())
    note = await book.make()
    for attempt in (
        book.verbs.create(NOTE, NOTE.draft(name="n"), nowhere),
        book.verbs.get(NOTE, Lookup("id", note.id), nowhere),
        book.verbs.update(NOTE, Lookup("id", note.id), 1, (), nowhere),
        book.verbs.delete(NOTE, Lookup("id", note.id), 1, nowhere),
    ):
        assert (await refused(attempt)).status == 404


@in_a_project
async def test_a_project_is_made_once(book: Notebook) -> None:
    won, lost = await race(*(create_project(book.database, f"{book.shard}-x", ["EUR"], ["DE"], ["en"]) for _ in range(5)))
    assert (len(won), statuses(lost)) == (1, {400})
    rows = await book.database.fetch("SELECT type FROM document WHERE shard = $1", f"{book.shard}-x")
    assert sorted(row["type"] for row in rows) == ["project", "state"]  # the one that line items begin in


@in_a_project
async def test_what_cannot_be_stored_is_refused_by_name(book: Notebook) -> None:
    note = await book.make()
    large = await refused(book.make("x" * MAX_DOCUMENT))
    assert (large.status, large.code) == (400, "ResourceSizeLimitExceeded")
    for attempt in (book.make("nul \0"), book.make(store_key="nul \0"), book.change(note, rename("\0"))):
        assert (await refused(attempt)).code == "InvalidInput"
    missing = await refused(book.verbs.get(NOTE, Lookup("key", "\0"), book.access()))
    assert missing.code == "InvalidInput"
    endless = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))  # too dense to be compressed
    assert (await refused(book.make(key=endless))).code == "InvalidInput"
    assert await book.see(note) == note


async def pages(book: Notebook) -> list[tuple[Any, ...]]:
    return await book.rows("variant", "product_id, variant_id, sku, master, body")


def read_any(body: bytes | str) -> Any:
    return msgspec.json.decode(body)


async def switch_messages(book: Notebook, project: Any, enabled: bool) -> None:
    kind = TYPES["project"]
    asked = {"version": project["version"], "actions": [{"action": "changeMessagesEnabled", "messagesEnabled": enabled}]}
    update = msgspec.convert(asked, kind.actions.update_type())
    await book.verbs.update(kind, Lookup("key", book.shard), update.version, update.actions, book.access())


@in_a_project
async def test_what_is_only_compared_stays_as_it_is(book: Notebook) -> None:
    note, other = await book.make("mine", key="mine"), await book.make("theirs", key="theirs")
    after = await book.change(note, {"action": "nameAfter", "other": {"typeId": "note", "key": "theirs"}})
    assert (after.name, after.version, await book.see(other)) == ("theirs", 2, other)
    # What was decided on a copy that others have changed since is not stored.
    await book.change(other, rename("another"))
    stale = Replacement(row=projected(NOTE, msgspec.structs.replace(after, name="theirs again", version=3))[1], version=2)
    unit = Unit(shard=book.shard, write_id=new_id(), replacements=(stale,), unchanged=Unchanged(id=other.id, version=1))
    error = await refused(book.documents.write(unit))
    assert (error.status, error.code, error.fields["currentVersion"]) == (409, "ConcurrentModification", 2)
    assert await book.see(note) == after
