"""The API's routes as rows, and the way from a path to its row: a tree of words, so that finding one costs a look-up a word."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from orderwright.auth.principal import Principal
from orderwright.auth.refusals import insufficient_scope
from orderwright.auth.scopes import Scope, needed, wider
from orderwright.engine.access import Access, shard_of
from orderwright.engine.model import ClientLogging, Reference
from orderwright.engine.resource import ResourceType
from orderwright.errors import MethodNotAllowedError, resource_not_found
from orderwright.http.api import query
from orderwright.http.api.doors import PROJECT, Door, enter
from orderwright.http.api.faces import Faces
from orderwright.http.api.stores import Stores
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.limits import DOCUMENT, Body
from orderwright.http.wire.mounts import Place, no_such_path
from orderwright.storage.documents.documents import Lookup

_FACELESS = Faces()


@dataclass(frozen=True)
class Asked:
    """A request behind its door: what it may see, and how it names the document, if it does.

    `names` are the values that stand in the path behind the collection, in their order; `scopes` is what the caller may do,
    for what one operation grants by its parameters, and for what is expanded: of `faces` that which they open.
    """

    request: Request
    access: Access
    lookup: Lookup | None
    names: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    faces: Faces = _FACELESS

    @property
    def expandable(self) -> dict[str, ResourceType]:
        """The types that the caller may see inside what is answered, as they are shown there."""
        return self.faces.seen(self.request.segments[0], self.scopes, self.access)


Guard = Callable[[str | None, str], Awaitable[Principal]]
Endpoint = Callable[[Asked], Awaitable[Answer]]
# Whom a door of one's own lets in: any owner, only a customer, or also a caller who is not known yet.
Caller = Literal["owner", "customer", "anyone"]
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NAMED: tuple[tuple[str, str | None], ...] = (("id", None), ("key=", "key"))
"""How most documents are named: the step of the path, and the column that it names."""
_NOBODY = Principal(client_id="", project_key="", scopes=frozenset())
_READS = ("GET", "HEAD")
_WRITES = ("create", "update", "delete")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One row: what answers one method at one path behind some doors. `verb` and `family` decide the scope, `takes` how large a
    body may be.

    A `public` one is answered to anybody, whether the request has a token or not; what is `bare` is answered without a body.

    `at` is a collection and the steps behind it, joined by slashes: `id` (a UUID), `*` (any value), `key=` (a value that is
    named), or a fixed word: `products/id/images`, `carts/customer-id=/merge`. `column` holds what the first step names.
    `instead` says that the row takes the place of one that all resources have.

    The rest is for the OpenAPI document: the resource, and the types of body and answer where they are not the resource's,
    and what the answer is written in.
    What is `listed` is answered as a page, as all of `query` is; `either` is answered as well, in its place. `queries` are the
    query parameters, by their names in `parameters.py`, where they are not those of the verb; `answered` and `refuses` are
    statuses beside the usual ones.
    """

    at: str
    method: str
    verb: str
    endpoint: Endpoint
    family: str
    resource: ResourceType | None = None
    doors: tuple[Door, ...] = (PROJECT,)
    column: str | None = None
    instead: bool = False
    body: Any = None
    answers: Any = None
    caller: Caller = "owner"
    media: tuple[str, ...] = ("application/json",)
    produces: str = "application/json"
    listed: bool = False
    either: Any = None
    queries: tuple[str, ...] | None = None
    answered: tuple[int, ...] = ()
    refuses: tuple[int, ...] = ()
    takes: Body = DOCUMENT
    public: bool = False
    bare: bool = False

    @functools.cached_property
    def steps(self) -> tuple[str, ...]:
        """The collection and what stands behind it; nothing for the project itself."""
        return tuple(self.at.split("/")) if self.at else ()

    @functools.cached_property
    def found_by(self) -> str | None:
        """The column of what the first name in the path is, if it names a document."""
        first = next((step for step in self.steps if step in ("id", "*") or step.endswith("=")), None)
        return "id" if first == "id" else self.column

    @property
    def repeatable(self) -> bool:
        """Whether it is a write that may be sent again under an Idempotency-Key."""
        return self.verb in _WRITES and self.resource is not None and self.resource.repeatable

    @functools.cached_property
    def dry_runs(self) -> bool:
        """Whether it is a write that may be asked for without being stored. One that names its `queries` itself is none."""
        return self.verb in _WRITES and self.queries is None and self.resource is not None and self.resource.dry_runs

    @property
    def paged(self) -> bool:
        """Whether a page of results is answered."""
        return self.listed or self.verb == "query"


# Answers a request that has a key, by the endpoint of its route or as it was answered before.
Repeating = Callable[[Route, Asked], Awaitable[Answer]]
# Door, collection, the steps behind it, method.
Key = tuple[str, str, str, str]


class Routes:
    """Resolves and guards: the principal and the door are checked before anything else is read.

    Rows may come in any order. Raises ValueError for a second row of the same door, path and method, unless that one says
    `instead`, and for one that says so without a first.
    """

    def __init__(
        self,
        rows: Iterable[Route],
        repeating: Repeating | None = None,
        faces: Faces = _FACELESS,
        stores: Stores | None = None,
    ) -> None:
        self.table: dict[Key, Route] = {}
        self._repeating = repeating
        self._faces = faces
        self._stores = stores
        self._root: Place[tuple[str, str], Route] = Place()
        self._templates: dict[tuple[str, str, str], str] = {}
        for row in sorted(rows, key=lambda row: row.instead):
            self._add(row)

    def _add(self, row: Route) -> None:
        collection, *steps = row.steps or ("",)
        here = self._root.at("*" if step == "id" else step for step in row.steps).here
        for door in row.doors:
            if ((door.name, row.method) in here) is not row.instead:
                reason = "takes the place of none" if row.instead else "is the second one there"
                raise ValueError(f"The row {row.method} {row.at!r} at the door '{door.name}' {reason}.")
            self.table[door.name, collection, "/".join(steps), row.method] = here[door.name, row.method] = row
            self._templates[door.name, row.method, row.at] = template_of(door, row.at)

    async def answer(self, request: Request, guard: Guard) -> Answer:
        """Answer a request below a project. Raises 401, 403, 404 and 405 before it reads a body."""
        project_key = request.segments[0]
        door, store_key, words = enter(request.segments[1:])
        place, names = self._root.find(words)
        route = place.here.get((door.name, request.method)) if place is not None else None
        if route is not None:
            request.trail.route = self._templates[door.name, request.method, route.at]
        public = route is not None and route.public
        principal = _NOBODY if public else await guard(request.headers.get("authorization"), project_key)
        if route is None:
            allowed = [method for name, method in place.here if name == door.name] if place is not None else []
            raise MethodNotAllowedError(request.method, allowed) if allowed else no_such_path(request)
        if not public:
            principal.require(*needed(project_key, route.family, route.verb, store_key, door.own))
        if door.own:
            _require_owner(principal, route.caller)
        if route.found_by == "id" and UUID.fullmatch(names[0]) is None:
            raise resource_not_found(id=names[0][:200])
        if store_key is not None and self._stores is not None:
            await self._stores.check(shard_of(project_key), store_key)
        lookup = _lookup(route, names, project_key)
        request = await request.with_body(route.takes)
        access = _access(project_key, door, store_key, principal, request, route)
        asked = Asked(request, access, lookup, names, principal.scopes, self._faces)
        # A dry run leaves no answer behind, and its key to the request that is meant.
        once = "idempotency-key" in request.headers and not access.dry_run
        if once and self._repeating is not None and route.repeatable:
            return await self._repeating(route, asked)
        return await route.endpoint(asked)


def template_of(door: Door, at: str) -> str:
    """The path of a row at a door, as the OpenAPI document, metrics and traces name it: `customer-id=/merge` is written
    `customer-id={customerId}/merge`."""
    collection, _, form = at.partition("/")
    return "/".join(filter(None, (door.template, collection, form_of(form))))


def form_of(form: str) -> str:
    """What stands behind the collection."""
    if form == "*/*":
        return "{container}/{key}"
    return "/".join(map(_step, form.split("/"))) if form else ""


def _step(step: str) -> str:
    if step in ("id", "*"):
        return "{id}" if step == "id" else "{name}"
    first, *rest = step.removesuffix("=").split("-")
    return f"{step}{{{first}{''.join(map(str.capitalize, rest))}}}" if step.endswith("=") else step


def _lookup(route: Route, names: tuple[str, ...], project_key: str) -> Lookup | None:
    """How a request names its document, if it names one. The project stands at its own path: its key is in the path already."""
    if not route.steps:
        return Lookup("key", project_key)
    return Lookup(route.found_by, names[0]) if route.found_by is not None else None


def _require_owner(principal: Principal, caller: Caller) -> None:
    """At a door of one's own the token must say whose it is."""
    if caller == "customer" and principal.customer_id is None:
        raise insufficient_scope(["customer_id"])
    if caller == "owner" and principal.customer_id is None and principal.anonymous_id is None:
        raise insufficient_scope(["customer_id", "anonymous_id"])


def _access(project_key: str, door: Door, store_key: str | None, principal: Principal, request: Request, route: Route) -> Access:
    external = request.headers.get("x-external-user-id")
    customer = principal.customer_id
    return Access(
        shard=shard_of(project_key),
        store_key=store_key,
        customer_id=customer if door.own else None,
        anonymous_id=principal.anonymous_id if door.own and customer is None else None,
        who=ClientLogging(
            client_id=principal.client_id,
            external_user_id=_text(external)[:128] if external else None,
            customer=Reference(type_id="customer", id=customer) if customer else None,
            anonymous_id=principal.anonymous_id,
        ),
        correlation_id=request.correlation_id,
        dry_run=_dry_run(request, route),
        manages=None if store_key is None else functools.partial(_manages, principal.scopes, project_key, route.family),
        require=functools.partial(_require, principal, project_key),
    )


def _dry_run(request: Request, route: Route) -> bool:
    """Whether a write is to be undone. Raises 400 where that is not offered: who asks for it does not mean it to be stored."""
    if route.dry_runs:
        return query.boolean(request.query, "dryRun", False)
    if request.method not in _READS and query.single(request.query, "dryRun") == "true":
        raise query.malformed("dryRun", "This operation cannot be tried without being done.")
    return False


def _manages(scopes: frozenset[str], project_key: str, family: str, store_key: str) -> bool:
    """Whether scopes open the changing of a family's resources in a store."""
    return not scopes.isdisjoint(needed(project_key, family, "update", store_key))


def _require(principal: Principal, project_key: str, scope: str) -> None:
    """Raises `insufficient_scope` unless the caller has a scope of the whole project, or one that grants it."""
    principal.require(*wider(Scope(scope, project_key)))


def _text(header: str) -> str:
    # Header bytes arrive as Latin-1, by the letter of HTTP; clients that send more than ASCII mean UTF-8.
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header
