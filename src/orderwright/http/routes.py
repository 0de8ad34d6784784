"""From a path to what answers it: a dictionary built from ResourceType and Door, so that finding a route costs two look-ups."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orderwright.auth.principal import Principal
from orderwright.auth.scopes import needed
from orderwright.engine.access import Access, shard_of
from orderwright.engine.model import ClientLogging
from orderwright.engine.resource import ResourceType
from orderwright.errors import ApiError, MethodNotAllowedError, resource_not_found
from orderwright.http.doors import DOORS, Door, enter
from orderwright.http.exchange import Answer, Request
from orderwright.storage.documents import Lookup


@dataclass(frozen=True)
class Asked:
    """A request behind its door: what it may see, and how it names the document, if it does."""

    request: Request
    access: Access
    lookup: Lookup | None


Guard = Callable[[str | None, str], Awaitable[Principal]]
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
Endpoint = Callable[[Asked], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """What answers one method at one path form; `verb` decides the scope. `template` is for the OpenAPI document."""

    verb: str
    endpoint: Endpoint
    family: str


# Door, collection, form ("", "id", "key", "order-number" or a fixed word such as "replicate"), method.
Key = tuple[str, str, str, str]


class Routes:
    """Resolves and guards: the principal and the door are checked before anything else is read."""

    def __init__(self) -> None:
        self.table: dict[Key, Route] = {}
        self._columns: dict[tuple[str, str], str] = {}
        self._words: set[tuple[str, str]] = set()

    def add(
        self, resource: ResourceType, form: str, method: str, verb: str, endpoint: Endpoint, column: str | None = None
    ) -> None:
        """Serve a path form of a resource at every door that has the resource. A form `name=value` has a `column`."""
        column = column or resource.lookups.get(form)
        if column is not None:
            self._columns[resource.path, form] = column
        elif form not in ("", "id"):
            self._words.add((resource.path, form))
        for door in DOORS:
            if not door.paths or resource.path in door.paths:
                self.table[door.name, resource.path, form, method] = Route(verb, endpoint, resource.path or "project")

    async def answer(self, request: Request, guard: Guard) -> Answer:
        """Answer a request below a project. Raises 401, 403, 404 and 405 before it reads a body."""
        project_key = request.segments[0]
        door, store_key, words = enter(request.segments[1:])
        form, lookup = self._form(words) if words else ("", Lookup("key", project_key))
        collection = words[0] if words else ""
        route = self.table.get((door.name, collection, form, request.method))
        principal = await guard(request.headers.get("authorization"), project_key)
        if route is None:
            raise self._unserved(door, collection, form, request)
        principal.require(*needed(project_key, route.family, route.verb, store_key))
        if form == "id" and lookup is not None and _UUID.fullmatch(lookup.value) is None:
            raise resource_not_found(id=lookup.value[:200])
        request = await request.with_body()
        return await route.endpoint(Asked(request, _access(project_key, door, store_key, principal, request), lookup))

    def _form(self, words: tuple[str, ...]) -> tuple[str, Lookup | None]:
        if len(words) < 2:
            return "", None
        if len(words) > 2:
            return "unknown", None
        name, equals, value = words[1].partition("=")
        if equals and (words[0], name) in self._columns:
            return name, Lookup(self._columns[words[0], name], value)
        if (words[0], words[1]) in self._words:
            return words[1], None
        return "id", Lookup("id", words[1])

    def _unserved(self, door: Door, collection: str, form: str, request: Request) -> ApiError:
        allowed = [key[3] for key in self.table if key[:3] == (door.name, collection, form)]
        if allowed:
            return MethodNotAllowedError(request.method, allowed)
        return resource_not_found(named=f"path '/{'/'.join(request.segments)[:200]}'")


def _access(project_key: str, door: Door, store_key: str | None, principal: Principal, request: Request) -> Access:
    external = request.headers.get("x-external-user-id")
    return Access(
        shard=shard_of(project_key),
        visible=door.visible(store_key),
        store_key=store_key,
        who=ClientLogging(client_id=principal.client_id, external_user_id=_text(external)[:128] if external else None),
        correlation_id=request.correlation_id,
    )


def _text(header: str) -> str:
    # Header bytes arrive as Latin-1, by the letter of HTTP; clients that send more than ASCII mean UTF-8.
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header
