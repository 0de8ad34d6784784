"""The documents that the API page shows, one for each dialect: each is made when it is asked for first, and then kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from orderwright.engine.json.codec import encode
from orderwright.http.api.routes import Routes
from orderwright.http.docs import people, second
from orderwright.http.emporix import mount as emporix
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.verbs.slices import in_slices

FIRST: Final = ""
SECOND: Final = "order-v2"


class Described:
    """The document of each dialect, by the word behind `/docs`, and `machine`, the one that SDKs are generated from.

    Anybody may ask for them, so each is made once: who asks meanwhile waits for the same one. That of machines is made in one
    piece, and by a thread, so that others have the loop every few milliseconds; what is made of it has slices.
    """

    def __init__(
        self, house: House, machine: Callable[[], bytes], of_machine: Callable[[], dict[str, Any]], routes: Callable[[], Routes]
    ) -> None:
        self._house = house
        self._machine = machine
        self._of_machine = of_machine
        self._routes = routes
        self._turn = asyncio.Lock()
        self._kept: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, Answer] = {}

    async def machine(self) -> Answer:
        """The document for machines, as it is served."""
        async with self._turn:
            return Answer(200, await asyncio.to_thread(self._machine))

    async def of(self, dialect: str) -> dict[str, Any]:
        """The document as it is read here."""
        async with self._turn:
            if dialect not in self._kept:
                self._kept[dialect] = await _MADE[dialect](self)
        return self._kept[dialect]

    async def answer(self, dialect: str) -> Answer:
        """The document as it is served."""
        if dialect not in self._answers:
            self._answers[dialect] = Answer(200, encode(await self.of(dialect)))
        return self._answers[dialect]

    async def _first(self) -> dict[str, Any]:
        document = await asyncio.to_thread(self._of_machine)
        return await in_slices(people.described(document, self._routes()))

    async def _second(self) -> dict[str, Any]:
        return second.described(emporix.served(self._house))


_MADE: Final[Mapping[str, Callable[[Described], Awaitable[dict[str, Any]]]]] = {
    FIRST: Described._first,
    SECOND: Described._second,
}
