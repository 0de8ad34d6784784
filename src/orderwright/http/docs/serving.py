"""The documents that the API page shows, one for each dialect: each is made when it is asked for first, and then kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from orderwright.engine.json.codec import encode
from orderwright.http.api.routes import Routes
from orderwright.http.docs import people, second
from orderwright.http.emporix import mount as emporix
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer

FIRST: Final = ""
SECOND: Final = "order-v2"
_MACHINE: Final = "machine"


class Described:
    """The document of each dialect, by the word behind `/docs`, and `machine`, the one that SDKs are generated from.

    Anybody may ask for them, so each is made once: who asks meanwhile waits for the same one. A thread makes it, since the work
    cannot be divided, so that others have the loop in between.
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
            if _MACHINE not in self._answers:
                self._answers[_MACHINE] = Answer(200, await asyncio.to_thread(self._machine))
        return self._answers[_MACHINE]

    async def of(self, dialect: str) -> dict[str, Any]:
        """The document as it is read here."""
        async with self._turn:
            if dialect not in self._kept:
                self._kept[dialect] = await asyncio.to_thread(_MADE[dialect], self)
        return self._kept[dialect]

    async def answer(self, dialect: str) -> Answer:
        """The document as it is served."""
        if dialect not in self._answers:
            self._answers[dialect] = Answer(200, encode(await self.of(dialect)))
        return self._answers[dialect]

    def first(self) -> dict[str, Any]:
        """What people are told of the API."""
        return people.described(self._of_machine(), self._routes())

    def second(self) -> dict[str, Any]:
        """What they are told of the second dialect."""
        return second.described(emporix.served(self._house))


_MADE: Final[Mapping[str, Callable[[Described], dict[str, Any]]]] = {FIRST: Described.first, SECOND: Described.second}
