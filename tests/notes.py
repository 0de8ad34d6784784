"""A small resource that uses everything the engine offers, and a project of its own for each test that writes notes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
from msgspec.structs import replace

from orderwright.commands.projects import create_project
from orderwright.domain.shop.project.resource import RESOURCE as PROJECT
from orderwright.engine.access import Access, Visible
from orderwright.engine.actions import ActionSet, Change, Changed, Inserted
from orderwright.engine.clock import now
from orderwright.engine.facts import Facts
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decode_body, decoder
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, ClientLogging, Resource, Value
from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key
from orderwright.engine.unit.effects import Effect
from orderwright.errors import ApiError, invalid_operation
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.check import check
from orderwright.storage.documents.documents import Documents, Lookup
from orderwright.storage.documents.effects import Applying
from orderwright.storage.migrations import migrate
from orderwright.storage.pool import Connection
from orderwright.verbs.verbs import Verbs

_numbers = itertools.count(1)
# Databases that have all tables.
_prepared: set[str] = set()


class NoteDraft(Value):
    """`pages` become rows of the variant table; `store_key` is the column that doors filter by."""

    name: str
    key: Key | None = None
    store_key: str | None = None
    pages: tuple[str, ...] = ()
    score: Any = None


class Note(Resource):
    """The document."""

    name: str
    key: Key | None = None
    store_key: str | None = None
    pages: tuple[str, ...] = ()
    score: Any = None


class PageBody(Value):
    """What the variant table keeps of a page."""

    text: str


class PageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A page as a row of the variant table; its SKU is its text."""

    product_id: str
    staged: bool
    variant_id: int
    sku: str | None
    master: bool
    body: PageBody


class NoteCreated(Message):
    """Carries the note."""

    note: Note


class NoteDeleted(Message):
    """Carries nothing."""


class NoteNameChanged(Message):
    """Carries the new name."""

    name: str


class ChangePages(Action):
    """Sets the pages."""

    pages: tuple[str, ...]


class SetScore(Action):
    """Sets a value of any type."""

    score: Any


class NameBoth(Action):
    """Names this note and another in one write; `key` is the other's new key."""

    other: ResourceIdentifier
    name: str
    key: str | None = None


class NameAfter(Action):
    """Names this note as another is named, which must stay as it is until then."""

    other: ResourceIdentifier


class Copy(Action):
    """Makes another note of this one's name in the same write; `key` is the other's."""

    key: str | None = None


class TakeGoods(Effect, frozen=True, kw_only=True):
    """Goods from the shelf."""

    goods: str
    amount: int


class Take(Action):
    """Takes `amount` of each of `goods`, or nothing at all; `otherwise` is then what the refusal says."""

    goods: tuple[str, ...]
    amount: int
    otherwise: str | None = None


actions = ActionSet(Note)
actions.setters("setKey")
actions.setters("changeName", tells=lambda before, after: NoteNameChanged(name=after.name))


@actions.handles
def change_pages(note: Note, action: ChangePages, facts: Facts) -> Note:
    return replace(note, pages=action.pages)


@actions.handles
def set_score(note: Note, action: SetScore, facts: Facts) -> Note:
    return replace(note, score=action.score)


@actions.handles
def name_both(note: Note, action: NameBoth, facts: Facts) -> Change[Note]:
    other = facts.get("note", action.other, Note)
    renamed = replace(other, name=action.name, key=action.key or other.key)
    return Change(replace(note, name=action.name), changed=[Changed("note", other, renamed)])


@actions.handles
def name_after(note: Note, action: NameAfter, facts: Facts) -> Change[Note]:
    other = facts.get("note", action.other, Note)
    return Change(replace(note, name=other.name), changed=[Changed("note", other, other)])


@actions.handles
def copy(note: Note, action: Copy, facts: Facts) -> Change[Note]:
    other = create(NoteDraft(name=note.name, key=action.key), facts)
    return Change(note, inserted=[Inserted("note", other)])


@actions.handles
def take(note: Note, action: Take, facts: Facts) -> Change[Note]:
    refused = None if action.otherwise is None else invalid_operation(action.otherwise)
    effects = [TakeGoods(goods=name, amount=action.amount, refused=refused) for name in action.goods]
    return Change(replace(note, name=f"took {action.amount}"), NoteNameChanged(name="took"), effects=effects)


def create(draft: NoteDraft, facts: Facts) -> Note:
    return Note(id=facts.new_id(), version=1, created_at=facts.now, last_modified_at=facts.now, **msgspec.structs.asdict(draft))


def pages_of(note: Note) -> Iterator[PageRow]:
    for number, text in enumerate(note.pages, 1):
        yield PageRow(product_id=note.id, staged=False, variant_id=number, sku=text, master=number == 1, body=PageBody(text=text))


def note_type(**more: Any) -> ResourceType:
    """The type, with some of its declarations changed."""
    usual: dict[str, Any] = {
        "type_id": "note", "path": "notes", "model": Note, "draft": NoteDraft, "actions": actions,
        "create": create, "unique": ("key",), "lookups": {"key": "key"}, "columns": {"storeKey": "store_key"},
        "owned": {"store": "store_key"},
        "created": lambda note: NoteCreated(note=note), "deleted": lambda note: NoteDeleted(), "rows": pages_of,
    }  # fmt: skip
    return ResourceType(**{**usual, **more})


NOTE = note_type()
# Kept in memory, and referred to by notes' keys when it is deleted.
RULE = note_type(
    type_id="rule", path="rules", catalogue=True, owned={}, rows=None, created=None, deleted=None,
    referenced_by=(("note", '$.name ? (@ == "{key}")'),),
)  # fmt: skip
TYPES = {"note": NOTE, "rule": RULE, "project": PROJECT}
UPDATE = actions.update_type()
TAKES: type[Effect] = TakeGoods
TAKE = Applying(
    "UPDATE shelf SET amount = amount - $3, taken_at = clock_timestamp() WHERE shard = $1 AND key = $2 AND amount >= $3"
    " -- @sharded: a table of tests",
)


@dataclass
class Notebook:
    """A fresh project and the engine over it."""

    dsn: str
    shard: str
    database: Database
    verbs: Verbs

    @property
    def documents(self) -> Documents:
        return self.verbs.documents

    def access(self, visible: Visible = ()) -> Access:
        return Access(shard=self.shard, store_key=dict(visible).get("store_key"), who=ClientLogging(client_id="tester"))

    async def make(self, name: str = "n", *, kind: ResourceType = NOTE, visible: Visible = (), **fields: Any) -> Note:
        """The note that was created, some time before the next one will be: its database does not wait for the disk."""
        note = read(await self.verbs.create(kind, NoteDraft(name=name, **fields), self.access(visible)))
        await asyncio.sleep(0.001)
        return note

    async def change(
        self, note: Note, *acts: dict[str, Any], version: int | None = None, kind: ResourceType = NOTE, visible: Visible = ()
    ) -> Note:
        """The note after actions, at the version it has or another."""
        update = decode_body(UPDATE, msgspec.json.encode({"version": version or note.version, "actions": acts}))
        access = self.access(visible)
        return read(await self.verbs.update(kind, Lookup("id", note.id), update.version, update.actions, access))

    async def remove(self, note: Note, *, kind: ResourceType = NOTE, visible: Visible = ()) -> Note:
        return read(await self.verbs.delete(kind, Lookup("id", note.id), note.version, self.access(visible)))

    async def see(self, note: Note, visible: Visible = (), kind: ResourceType = NOTE) -> Note:
        return read(await self.verbs.get(kind, Lookup("id", note.id), self.access(visible)))

    async def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """A table's rows in this project, ordered by the columns asked for."""
        statement = f"SELECT {columns} FROM {table} WHERE shard = $1"  # noqa: S608 - both are the tests' own words
        found = await self.database.fetch(statement, self.shard)
        return sorted(tuple(row) for row in found)

    async def told(self, note: Note) -> list[tuple[int, str]]:
        """Numbers and types of a note's Messages."""
        rows = await self.rows("message", "resource_id, sequence_number, type")
        return [(number, type) for id, number, type in rows if str(id) == note.id]

    async def tamper(self, statement: str, *arguments: Any) -> None:
        """Run SQL that the program never would; `$1` is the project."""
        await self.database.execute(f"{statement} -- @sharded: a test", self.shard, *arguments)

    async def shelf(self, **amounts: int) -> None:
        """Goods that the action `take` takes."""
        await self.tamper("DELETE FROM shelf WHERE shard = $1")
        for name, amount in amounts.items():
            await self.tamper("INSERT INTO shelf VALUES ($1, $2, $3)", name, amount)

    async def in_stock(self) -> dict[str, int]:
        """Amounts, what was taken first standing first."""
        statement = "SELECT key, amount FROM shelf WHERE shard = $1 ORDER BY taken_at, key -- @sharded: a test"
        return {row["key"]: row["amount"] for row in await self.database.fetch(statement, self.shard)}


def read(body: bytes) -> Note:
    note: Note = decoder(Note).decode(body)
    return note


def verbs_over(database: Database) -> Verbs:
    """An engine as a process of its own would have it."""
    return Verbs(Documents(database), TYPES, {"variant": PageBody}, now, new_id)


async def refused(asked: Awaitable[Any]) -> ApiError:
    """The refusal of what must be refused."""
    try:
        answer = await asked
    except ApiError as error:
        return error
    raise AssertionError(f"not refused: {answer!r}")


async def race(*asked: Awaitable[Any]) -> tuple[list[Any], list[ApiError]]:
    """Everything at once: the answers and the refusals; anything else is raised."""
    ended = await asyncio.gather(*asked, return_exceptions=True)
    for end in ended:
        if isinstance(end, BaseException) and not isinstance(end, ApiError):
            raise end
    return [end for end in ended if not isinstance(end, BaseException)], [end for end in ended if isinstance(end, ApiError)]


@asynccontextmanager
async def notebook(dsn: str, through: str | None = None, environment: dict[str, str] | None = None) -> AsyncIterator[Notebook]:
    """A fresh project; statements go to `through` if it is given. What was written is checked at the end."""
    straight = Database.over(dsn, Settings.from_environment({}))
    if dsn not in _prepared:
        await migrate(dsn)
        await straight.execute(
            "CREATE TABLE IF NOT EXISTS shelf (shard text, key text, amount integer, taken_at timestamptz,"
            " PRIMARY KEY (shard, key)) -- @sharded: a test"
        )
        _prepared.add(dsn)
    key = f"notes-{next(_numbers)}"
    await create_project(straight, key, ["EUR"], ["DE"], ["en"])
    # Here is nothing but notes and rules: what is built into a project would only be counted along.
    await straight.execute("DELETE FROM document WHERE shard = $1 AND type = 'state'", key)
    await straight.execute("DELETE FROM claim WHERE shard = $1 AND kind = 'state.key'", key)
    database = Database.over(through, Settings.from_environment(environment or {})) if through else straight
    try:
        yield Notebook(dsn, key, database, verbs_over(database))
        assert await check(straight, TYPES, [key]) == []
    finally:
        # Only tests know what a note is; `orderwright check` may look at the rest of this database afterwards.
        for table in ("document", "claim", "message", "variant", "project"):
            await straight.execute(f"DELETE FROM {table} WHERE shard = $1", key)  # noqa: S608 - the five names above
        if through:
            await database.close()
        await straight.close()


@asynccontextmanager
async def held(book: Notebook, text: str, *arguments: Any) -> AsyncIterator[Connection]:
    """Another's connection, with a statement on this project (`$1`) that is not committed; left alone it is rolled back."""
    connection = await asyncpg.connect(book.dsn)
    try:
        await connection.execute("BEGIN")
        await connection.execute(text, book.shard, *arguments)
        yield connection
    finally:
        await connection.close()


async def waiting(asked: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """It is under way, and cannot go on."""
    task = asyncio.create_task(asked)
    done, _ = await asyncio.wait([task], timeout=0.3)
    assert not done, task
    return task


def in_a_project(story: Callable[[Notebook], Awaitable[None]]) -> Callable[[str], None]:
    """Makes a coroutine that takes a Notebook a test on the session's database."""

    def test(database_url: str) -> None:
        async def run() -> None:
            async with notebook(database_url) as book:
                await story(book)

        asyncio.run(run())

    test.__name__ = story.__name__
    test.__doc__ = story.__doc__
    return test


def statuses(refusals: Sequence[ApiError]) -> set[int]:
    return {error.status for error in refusals}
