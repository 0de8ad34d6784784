"""Services of clouds that take a note by one POST: where it goes, with which headers, and what their answers mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from orderwright.delivery.destinations.brokers import SEND_S
from orderwright.delivery.interface import MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import AnswerTooLargeError, GuardedHttp, NotReachedError

MOST_BYTES = 64 * 1024
"""Of an answer that are read; all that counts is its status."""
_CONFIGURED = {401, 403, 404, 405, 410}
_BUSY = {408, 425, 429}


class Post(msgspec.Struct, frozen=True):
    """A request that brings one note."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Posting:
    """Sends each note by the request that `made` makes of it. What statuses mean differs where `busy` says so."""

    width = 32

    def __init__(self, made: Callable[[Note], Awaitable[Post]], http: GuardedHttp, busy: frozenset[int] = frozenset()) -> None:
        self._made = made
        self._http = http
        self._busy = busy

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        post = await self._made(note)
        headers = {**post.headers, "User-Agent": "Orderwright"}
        try:
            status = (await self._http.post(post.url, headers, post.body, timeout_s=SEND_S, most_bytes=MOST_BYTES)).status
        except AnswerTooLargeError as error:
            status = error.status
        except NotReachedError:
            raise UnavailableError("The service cannot be reached, or does not answer in time.") from None
        if 200 <= status < 300:
            return
        text = f"The answer was {status}."
        if status >= 500 or status in _BUSY or status in self._busy:
            raise UnavailableError(text)
        raise (MisconfiguredError if status in _CONFIGURED or status < 400 else RejectedError)(text)

    async def close(self) -> None:
        """The connections are the client's, which others use as well."""


def checked(url: str, host: str, port: int, outside: GuardedHttp) -> str:
    """The URL. Raises `InvalidInput` where a secret would go over the network in the clear, to a host that nobody has allowed."""
    if not url.startswith("https://") and not outside.allowed.names(host, port):
        raise invalid_input("The address must begin with https://, since a secret is sent there.")
    return url
