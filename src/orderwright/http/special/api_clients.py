"""API clients over HTTP: made, listed and deleted, never changed. They stand in a table of their own, which holds no versions."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from orderwright.auth import clients
from orderwright.auth.clients import ApiClient, Wish
from orderwright.engine.json.codec import decode_body
from orderwright.errors import required_field, resource_not_found
from orderwright.http.api import query
from orderwright.http.api.endpoints import paged
from orderwright.http.api.parameters import BY_VERB
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, json_answer
from orderwright.storage.database import Database
from orderwright.storage.tables import credentials

PATH = "api-clients"


class ApiClientDraft(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a client is made from. `origins` is ours: where its browsers may send from; any where there are none."""

    name: str
    scope: str
    delete_days_after_creation: int | None = None
    access_token_validity_seconds: int | None = None
    refresh_token_validity_seconds: int | None = None
    origins: tuple[str, ...] = ()


def routes(house: House) -> Iterator[Route]:
    """All that there is of them. An id is no UUID, so the path takes any word."""
    made = ApiClients(house.database)
    asked = tuple(name for name in BY_VERB["query"] if name != "expand")
    for at, method, verb, endpoint, queries in (
        (PATH, "POST", "create", made.create, ()),
        (PATH, "GET", "query", made.query, asked),
        (PATH, "HEAD", "head", made.any, ("where",)),
        (f"{PATH}/*", "GET", "get", made.get, ()),
        (f"{PATH}/*", "HEAD", "head", made.head, ()),
        (f"{PATH}/*", "DELETE", "delete", made.delete, ()),
    ):
        body, answers = (ApiClientDraft, clients.NewApiClient) if verb == "create" else (None, ApiClient)
        yield Route(at=at, method=method, verb=verb, endpoint=endpoint, family=PATH, body=body, answers=answers, queries=queries)


class ApiClients:
    """The endpoints of API clients. Another project's client is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, asked: Asked) -> Answer:
        """201 with the client and the only copy of its secret. Raises InvalidInput for what a client cannot be.

        A client may have any scopes in the project: who may make clients may do everything, which is why the right to do so
        is not part of `manage_project`.
        """
        draft = decode_body(ApiClientDraft, asked.request.body)
        for name in ("name", "scope"):
            if not getattr(draft, name).strip():
                raise required_field(name)
        wish = Wish(
            scope=draft.scope,
            name=draft.name,
            access_s=draft.access_token_validity_seconds,
            refresh_s=draft.refresh_token_validity_seconds,
            days=draft.delete_days_after_creation,
            origins=draft.origins,
        )
        return json_answer(201, await clients.make_client(self._database, _project(asked), wish))

    async def query(self, asked: Asked) -> Answer:
        """A page of the project's clients."""
        page = query.page(asked.request.query, ApiClient)
        bodies, total = await credentials.page_of_clients(self._database, _project(asked), page)
        return paged([body.encode() for body in bodies], page.limit, page.offset, total)

    async def any(self, asked: Asked) -> Answer:
        """200 if any client satisfies the predicate, else 404."""
        where = query.where(asked.request.query, ApiClient)
        return Answer(200 if await credentials.any_client(self._database, _project(asked), where) else 404)

    async def get(self, asked: Asked) -> Answer:
        """One client, without its secret. Raises 404."""
        return Answer(200, (await self._named(asked)).body.encode())

    async def head(self, asked: Asked) -> Answer:
        """200 if there is such a client, else 404."""
        found = await clients.find(self._database, asked.names[0])
        return Answer(200 if found is not None and found.project == _project(asked) else 404)

    async def delete(self, asked: Asked) -> Answer:
        """200 with the client as it was; its tokens end with it, elsewhere within seconds. Raises 404."""
        client = await self._named(asked)
        if not await credentials.delete_client(self._database, client):
            raise resource_not_found(id=client.id)
        return Answer(200, client.body.encode())

    async def _named(self, asked: Asked) -> credentials.ClientRow:
        client = await clients.find(self._database, asked.names[0])
        if client is None or client.project != _project(asked):
            raise resource_not_found(id=asked.names[0][:200])
        return client


def _project(asked: Asked) -> str:
    return asked.request.segments[0]
