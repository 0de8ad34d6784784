"""Custom objects: named by container and key, made or replaced by one POST, with a version where the client wants one."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec.structs import replace

from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import Action
from orderwright.engine.resource import ResourceType
from orderwright.errors import ApiError, MovedError, concurrent_modification
from orderwright.http.api import query
from orderwright.http.api.endpoints import Endpoints, expansions
from orderwright.http.api.routes import Asked, Endpoint, Route, Routes
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Loaded, Lookup
from orderwright.verbs.verbs import Verbs, not_found

ATTEMPTS = 100
"""How often a change is tried: each time it fails, another one to the same object has succeeded."""
_NAME = re.compile(r"[-_~.a-zA-Z0-9]{1,256}")
T = TypeVar("T")


def serve_custom_objects(
    routes: Routes, verbs: Verbs, objects: ResourceType, replacing: ResourceType, change: Callable[..., Action]
) -> None:
    """Put the paths into the table. `replacing` is the resource with the action that `change(value=...)` makes."""
    made = CustomObjects(verbs, objects, replacing, change)
    rows: list[tuple[str, str, str, Endpoint, tuple[str, ...] | None]] = [
        ("", "POST", "create", made.put, None),
        ("", "HEAD", "head", made.any, ("where",)),
        ("*", "GET", "query", made.query_container, None),
        ("*", "HEAD", "head", made.any_in_container, ("where",)),
        ("*/*", "GET", "get", made.get, None),
        ("*/*", "HEAD", "head", made.head, None),
        ("*/*", "DELETE", "delete", made.delete, ("versionIfAny", "expand", "dataErasure")),
    ]
    for form, method, verb, endpoint, queries in rows:
        answered = (200,) if verb == "create" else ()
        route = Route(verb, endpoint, objects.path, objects, queries=queries, answered=answered)
        routes.add(objects.path, form, method, route)


class CustomObjects(Endpoints):
    """What differs from other resources: the name is a pair, and versions are optional."""

    def __init__(self, verbs: Verbs, resource: ResourceType, replacing: ResourceType, change: Callable[..., Action]) -> None:
        super().__init__(verbs, resource)
        self._replacing = replacing
        self._change = change

    async def put(self, asked: Asked) -> Answer:
        """POST: 201 with a new object, 200 with the one that it replaced. Raises 409 for another version than that given,
        which is 0 where there is no object."""
        paths = expansions(asked)
        draft = decode_body(self.resource.draft, asked.request.body)

        async def once() -> tuple[int, bytes]:
            standing = await self._standing(draft.container, draft.key, asked)
            if standing is None:
                if draft.version:
                    # Another client has deleted the object that was meant. No version is 0.
                    raise concurrent_modification(f"{draft.container}/{draft.key}", draft.version, 0)
                return 201, await self.verbs.create(self.resource, draft, asked.access)
            lookup, version = Lookup("id", standing.id), _version(draft.version, standing)
            change = self._change(value=draft.value)
            return 200, await self.verbs.update(self._replacing, lookup, version, [change], asked.access)

        def overtaken(error: ApiError) -> bool:
            # Made or deleted by another request in between.
            return error.code == "DuplicateField" or error.status == 404 or _changed(error, draft.version)

        status, body = await _retried(once, overtaken)
        return await self.document(status, body, paths, asked)

    async def get(self, asked: Asked) -> Answer:
        """GET of one object. Raises 404."""
        paths = expansions(asked)
        standing = await self._named(asked)
        return await self.document(200, standing.body.encode(), paths, asked)

    async def head(self, asked: Asked) -> Answer:
        """HEAD of one object: 200 or 404."""
        return Answer(404 if await self._standing(asked.names[0], asked.names[1], asked) is None else 200)

    async def delete(self, asked: Asked) -> Answer:
        """DELETE, at a version if there is one: 200 with the object as it was. Raises 404, 409."""
        paths = expansions(asked)
        given = query.single(asked.request.query, "version")
        version = None if given is None else query.version(asked.request.query)
        erase = query.boolean(asked.request.query, "dataErasure", False)

        async def once() -> bytes:
            standing = await self._named(asked)
            lookup = Lookup("id", standing.id)
            return await self.verbs.delete(self.resource, lookup, _version(version, standing), asked.access, erase)

        return await self.document(200, await _retried(once, lambda error: _changed(error, version)), paths, asked)

    async def query_container(self, asked: Asked) -> Answer:
        """GET of a container: a page of its objects."""
        return await self.query(_within(asked))

    async def any_in_container(self, asked: Asked) -> Answer:
        """HEAD of a container: whether any of its objects satisfies the predicate."""
        return await self.any(_within(asked))

    async def _standing(self, container: str, key: str, asked: Asked) -> Loaded | None:
        # By their claim: a key may stand in any number of containers.
        lookup = Lookup("claim", f"{container}/{key}", f"{self.resource.type_id}.key")
        return await self.verbs.documents.load(asked.access.shard, self.resource.type_id, lookup, ())

    async def _named(self, asked: Asked) -> Loaded:
        standing = await self._standing(asked.names[0], asked.names[1], asked)
        if standing is None:
            raise not_found(Lookup("key", asked.names[1][:256]))
        return standing


def _within(asked: Asked) -> Asked:
    """The same request with the container as one more predicate. No name that passes here needs an escape."""
    container = asked.names[0]
    if _NAME.fullmatch(container) is None:
        raise query.malformed("container", f"'{container[:40]}' is not the name of a container.")
    parameters = (*asked.request.query, ("where", f'container = "{container}"'))
    return dataclasses.replace(asked, request=replace(asked.request, query=parameters))


def _version(given: int | None, standing: Loaded) -> int:
    if given is not None and given != standing.version:
        raise concurrent_modification(standing.id, given, standing.version)
    return standing.version


def _changed(error: ApiError, version: int | None) -> bool:
    """Whether another request was faster, which is a conflict only for a client that has named a version."""
    return isinstance(error, MovedError) or (error.status == 409 and version is None)


async def _retried(once: Callable[[], Awaitable[T]], passing: Callable[[ApiError], bool]) -> T:
    """What `once` answers, tried again where it was overtaken: by an error that is `passing`."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await once()
        except ApiError as error:
            if not passing(error):
                raise
        await asyncio.sleep(random.uniform(0, 0.002 * min(attempt, 20)))  # noqa: S311 - it only spreads the attempts
    return await once()
