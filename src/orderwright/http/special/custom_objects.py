"""Custom objects: named by container and key, made or replaced by one POST, with a version where the client wants one."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.custom.custom_object import REPLACING, RESOURCE, SetValue
from orderwright.engine.json.codec import decode_body
from orderwright.errors import ApiError, MovedError, concurrent_modification
from orderwright.http.api import query
from orderwright.http.api.endpoints import Endpoints, expansions
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Loaded, Lookup
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import not_found

_NAME = re.compile(r"[-_~.a-zA-Z0-9]{1,256}")


def routes(house: House) -> Iterator[Route]:
    """Their paths: containers, and the objects in them."""
    made, path = CustomObjects(house.verbs, RESOURCE), RESOURCE.path
    for at, method, verb, endpoint, queries in (
        (path, "POST", "create", made.put, None),
        (path, "HEAD", "head", made.any, ("where",)),
        (f"{path}/*", "GET", "query", made.query_container, None),
        (f"{path}/*", "HEAD", "head", made.any_in_container, ("where",)),
        (f"{path}/*/*", "GET", "get", made.get, None),
        (f"{path}/*/*", "HEAD", "head", made.head, None),
        (f"{path}/*/*", "DELETE", "delete", made.delete, ("versionIfAny", "expand", "dataErasure")),
    ):
        yield Route(
            at=at,
            method=method,
            verb=verb,
            endpoint=endpoint,
            family=path,
            resource=RESOURCE,
            instead=verb == "create",
            queries=queries,
            answered=(200,) if verb == "create" else (),
        )


class CustomObjects(Endpoints):
    """What differs from other resources: the name is a pair, and versions are optional."""

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
            return 200, await self.verbs.update(REPLACING, lookup, version, [SetValue(value=draft.value)], asked.access)

        def overtaken(error: ApiError) -> bool:
            # Made or deleted by another request in between.
            return error.code == "DuplicateField" or error.status == 404 or _changed(error, draft.version)

        status, body = await again(once, overtaken)
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

        return await self.document(200, await again(once, lambda error: _changed(error, version)), paths, asked)

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
    return isinstance(error, MovedError) or (conflicts(error) and version is None)
