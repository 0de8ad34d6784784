"""The endpoints of every resource, made from its ResourceType: the five verbs, HEAD, and the pages of results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from orderwright.engine.json.codec import decode_body
from orderwright.engine.json.paths import Path
from orderwright.engine.resource import ResourceType
from orderwright.errors import ApiError
from orderwright.http.api import query
from orderwright.http.api.doors import Door
from orderwright.http.api.expand import expand
from orderwright.http.api.expand_paths import paths_of
from orderwright.http.api.routes import Asked, Caller, Route
from orderwright.http.api.sizes import within
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.columns import Collection, Column, ColumnKind
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.queries.queries import PageRequest
from orderwright.storage.tables.stock import COUNTERS
from orderwright.verbs.joined import with_joined
from orderwright.verbs.slices import breathe, each_in_slices
from orderwright.verbs.verbs import Verbs, not_found

_KINDS: dict[str, ColumnKind] = {"resource_id": "uuid", "sequence_number": "bigint"}


class Endpoints:
    """The endpoints of one resource. Bodies are decoded by decoders that are built once."""

    def __init__(self, verbs: Verbs, resource: ResourceType) -> None:
        self.verbs = verbs
        self.resource = resource
        self._update = resource.actions.update_type() if resource.actions.types else None
        self._collection = collection_of(resource)
        self._queryable = resource.queryable or resource.model

    async def create(self, asked: Asked) -> Answer:
        """POST on the collection: 201 with the document."""
        paths = expansions(asked)
        draft = decode_body(self.resource.draft, asked.request.body)
        body = await self.verbs.create(self.resource, draft, asked.access)
        return await self.document(201, body, paths, asked)

    async def get(self, asked: Asked) -> Answer:
        """GET of one document: its stored bytes."""
        paths = expansions(asked)
        body = await self.verbs.get(self.resource, named(asked), asked.access)
        return await self.document(200, body, paths, asked)

    async def head(self, asked: Asked) -> Answer:
        """HEAD of one document: 200 or 404 without a body."""
        try:
            await self.verbs.get(self.resource, named(asked), asked.access)
        except ApiError as error:
            if error.status == 404:
                return Answer(404)
            raise
        return Answer(200)

    async def update(self, asked: Asked) -> Answer:
        """POST on a document: its actions run in order, all or none."""
        paths = expansions(asked)
        update = decode_body(self._update, asked.request.body)
        body = await self.verbs.update(self.resource, named(asked), update.version, update.actions, asked.access)
        return await self.document(200, body, paths, asked)

    async def delete(self, asked: Asked) -> Answer:
        """DELETE at a version: 200 with the document as it was."""
        paths = expansions(asked)
        version = query.version(asked.request.query)
        erase = query.boolean(asked.request.query, "dataErasure", False)
        body = await self.verbs.delete(self.resource, named(asked), version, asked.access, erase)
        return await self.document(200, body, paths, asked)

    async def query(self, asked: Asked) -> Answer:
        """GET on the collection: a page of stored bytes, joined."""
        page = query.page(asked.request.query, self._queryable)
        paths = expansions(asked)
        return await within(lambda most: self._page(replace(page, most_bytes=most), paths, asked))

    async def _page(self, page: PageRequest, paths: list[Path], asked: Asked) -> Answer:
        visible = self.resource.visible(asked.access)
        bodies, total = await self.verbs.documents.page(self._collection, asked.access.shard, page, visible)
        results = await each_in_slices(lambda body: self.resource.shown(body.encode()), taken_from(bodies))
        return await self.page(page, results, total, paths, asked)

    async def page(self, page: PageRequest, results: list[bytes], total: int | None, paths: list[Path], asked: Asked) -> Answer:
        """An answer of a page with its references expanded."""
        if paths:
            results = await self._expanded(results, paths, asked, page.most_bytes)
        await breathe(sum(map(len, results)))
        return paged(results, page.limit, page.offset, total)

    async def any(self, asked: Asked) -> Answer:
        """HEAD on the collection: 200 if any document satisfies the predicate, else 404."""
        where = query.where(asked.request.query, self._queryable)
        visible = self.resource.visible(asked.access)
        found = await self.verbs.documents.exists(self._collection, asked.access.shard, where, visible)
        return Answer(200 if found else 404)

    async def document(self, status: int, body: bytes, paths: list[Path], asked: Asked) -> Answer:
        """An answer of one document, as the door shows it, with its references expanded."""
        return await answer_of(self.verbs, self.resource, status, body, paths, asked)

    async def _expanded(self, bodies: list[bytes], paths: list[Path], asked: Asked, most: int) -> list[bytes]:
        return await _opened(self.verbs, self.resource, bodies, paths, asked, most)


def taken_from(bodies: list[str]) -> Iterator[str]:
    """The bodies one after the other. Each is let go when the next one is taken, since a page may be large."""
    bodies.reverse()
    while bodies:
        yield bodies.pop()


async def answer_of(verbs: Verbs, resource: ResourceType, status: int, body: bytes, paths: list[Path], asked: Asked) -> Answer:
    """An answer of the stored bytes of one document, as the door shows it, with its references expanded.

    What was written can not be refused any more: if expanding it is too much, it is answered as it is.
    """
    body = resource.shown(body)
    if not paths:
        return Answer(status, body)

    async def expanded(most: int) -> Answer:
        return Answer(status, (await _opened(verbs, resource, [body], paths, asked, most))[0])

    try:
        return await within(expanded)
    except ApiError:
        if asked.request.method == "GET":
            raise
        return Answer(status, body)


async def _opened(
    verbs: Verbs, resource: ResourceType, bodies: list[bytes], paths: list[Path], asked: Asked, most: int
) -> list[bytes]:
    """The documents with all that the paths lead to: members from elsewhere, and what references refer to."""
    # A member is joined for all places of a list or for none.
    members = frozenset(tuple(name for name, _ in path) for path in paths if all(place is None for _, place in path))
    bodies = await with_joined(verbs, resource, bodies, members, asked.access, most)
    return await expand(bodies, paths, asked.access, verbs.documents, asked.expandable, most)


def paged(results: Sequence[bytes], limit: int, offset: int, total: int | None) -> Answer:
    """An answer of a page; `total` is None where it was not counted."""
    known = b"" if total is None else b'"total":%d,' % total
    head = b'{"limit":%d,"offset":%d,"count":%d,%s"results":[' % (limit, offset, len(results), known)
    return Answer(200, head + b",".join(results) + b"]}")


def routes(verbs: Verbs, resource: ResourceType, doors: tuple[Door, ...], made: Endpoints | None = None) -> Iterator[Route]:
    """The rows that all resources have, as far as its verbs go; `made` are its endpoints, where they are more than usual."""
    made = made or Endpoints(verbs, resource)
    here: tuple[tuple[str, str | None], ...] = (("", None),)
    # What no anonymous session has stands at an owner's door for customers only.
    caller: Caller = "owner" if "anonymous" in resource.owned else "customer"
    # The project itself stands at its own path: its key is in the path already.
    collection = here if resource.path else ()
    named = (("id", None), *((f"{name}=", column) for name, column in resource.lookups.items())) if resource.path else here
    for verb, method, endpoint, steps in (
        ("create", "POST", made.create, collection),
        ("query", "GET", made.query, collection),
        ("head", "HEAD", made.any, collection),
        ("get", "GET", made.get, named),
        ("head", "HEAD", made.head, named),
        ("update", "POST", made.update, named),
        ("delete", "DELETE", made.delete, named),
    ):
        for step, column in steps if verb in resource.verbs else ():
            yield Route(
                at="/".join(filter(None, (resource.path, step))),
                method=method,
                verb=verb,
                endpoint=endpoint,
                family=resource.path or "project",
                resource=resource,
                doors=doors,
                caller=caller,
                column=column,
                queries=("where",) if endpoint == made.any else None,
            )


def named(asked: Asked) -> Lookup:
    """How the request names its document. A path form with a name always has one."""
    if asked.lookup is None:
        raise not_found(Lookup("id", ""))
    return asked.lookup


def expansions(asked: Asked) -> list[Path]:
    """The paths to expand, read before anything is written: a request that is refused must leave nothing behind."""
    return paths_of(query.values(asked.request.query, "expand")) if asked.request.query else []


def collection_of(resource: ResourceType) -> Collection:
    """Where queries on a resource find their fields."""
    columns = {"id": Column("id", "uuid"), "createdAt": Column("created_at", "timestamptz")}
    if resource.table == "document":
        columns |= {"lastModifiedAt": Column("last_modified_at", "timestamptz"), "version": Column("version", "bigint")}
        columns |= {"key": Column("key")} if "key" in resource.model.__struct_fields__ else {}
    elif resource.table == "message":  # which never changes
        columns["lastModifiedAt"] = columns["createdAt"]
    columns |= {counter: Column(name, "bigint") for counter, name in COUNTERS.items()} if resource.counted else {}
    columns |= {dotted: Column(name, _KINDS.get(name, "text")) for dotted, name in resource.columns.items()}
    bulk = frozenset((*resource.bulk, *(COUNTERS if resource.counted else ())))
    return Collection(
        None if resource.table == "message" else resource.type_id,
        columns,
        bulk,
        resource.counted,
        listed=frozenset(resource.listed),
    )
