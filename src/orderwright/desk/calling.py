"""The API as the desk calls it: what a client would send, answered in this process by what answers clients."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

import msgspec

from orderwright.auth.refusals import insufficient_scope
from orderwright.auth.scopes import FAMILIES, needed
from orderwright.desk.session import IN_STORES, Session
from orderwright.engine.json.codec import encode
from orderwright.errors import ApiError
from orderwright.http.wire.exchange import Answer, Request

Api = Callable[[Request], Awaitable[Answer]]
Asked = Iterable[tuple[str, str]]
T = TypeVar("T")


class Paged(msgspec.Struct, Generic[T]):
    """One page of a query."""

    results: tuple[T, ...]


_decode = msgspec.json.Decoder().decode


class Calls:
    """Calls of one visit, with its token: scopes, doors, checks and errors are those of every other call.

    Where the token is confined to stores, the door is that of the visit's store.
    """

    def __init__(self, api: Api, session: Session, correlation_id: str) -> None:
        self._api = api
        self._session = session
        self._correlation_id = correlation_id

    async def get(self, *words: str, asked: Asked = ()) -> Any:
        """The document at a path, which is the project's own without words. Raises what the API refuses."""
        return _decode((await self.answer("GET", words, asked)).whole)

    async def page(self, path: str, decoder: msgspec.json.Decoder[Paged[T]], asked: Asked) -> tuple[T, ...]:
        """The results of one page of a query, of which only what the decoder's type names is read: most of a long page is not."""
        return decoder.decode((await self.answer("GET", (path,), asked)).whole).results

    async def text(self, *words: str, asked: Asked = ()) -> str:
        """The same as it stands in the answer."""
        return (await self.answer("GET", words, asked)).whole.decode()

    async def found(self, *words: str, asked: Asked = ()) -> Any | None:
        """The same, or None for what is not there or not for this token."""
        try:
            return await self.get(*words, asked=asked)
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            return None

    async def post(self, *words: str, document: Any, asked: Asked = ()) -> Any:
        """What a write answers. Raises what the API refuses."""
        return _decode((await self.answer("POST", words, asked, encode(document))).whole)

    async def delete(self, *words: str, version: int) -> Any:
        """What was deleted at a version. Raises what the API refuses."""
        return _decode((await self.answer("DELETE", words, (("version", str(version)),))).whole)

    async def answer(self, method: str, words: tuple[str, ...], asked: Asked = (), body: bytes = b"") -> Answer:
        """The answer to one call at the door where the token lets it in, as it is."""
        session = self._session
        request = Request(
            method=method,
            segments=(session.project_key, *session.door(_family(words)), *words),
            query=tuple(asked),
            headers={"authorization": f"Bearer {session.token}", **self._named()},
            correlation_id=self._correlation_id,
            body=body,
        )
        return await self._api(request)

    def _named(self) -> dict[str, str]:
        """Who sits at the desk, as a header carries it: its bytes are read as Latin-1."""
        name = self._session.name
        return {"x-external-user-id": name.encode().decode("latin-1")} if name else {}

    def allows(self, family: str, verb: str = "get") -> bool:
        """Whether the token opens a family of paths for a verb, here or in its store."""
        session = self._session
        stores = (None, session.store_key) if session.store_key and family.partition("/")[0] in IN_STORES else (None,)
        return any(not session.scopes.isdisjoint(needed(session.project_key, family, verb, store)) for store in stores)

    def require(self, family: str, verb: str = "get") -> None:
        """Raises `insufficient_scope` where the token does not open a family of paths for a verb."""
        if not self.allows(family, verb):
            session = self._session
            raise insufficient_scope(list(needed(session.project_key, family, verb, session.store_key)))


def _family(words: tuple[str, ...]) -> str:
    """The family of a path: of two words where those have scopes of their own, as `orders/edits`; the project's own for none."""
    two = "/".join(words[:2])
    return two if two in FAMILIES else (words[0] if words else "project")
