"""Messages as they happen: `GET /{projectKey}/messages/stream`, as server-sent events. It is our own.

What stands behind the last place that was read is told in the order of `createdAt` and `id`; what has come to stand before that
place is told late, but told. See docs/decisions/40-a-stream-looks-back.md.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from orderwright.errors import ApiError, AuthError, OverCapacityError, invalid_input
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import EVENTS, Answer
from orderwright.http.wire.limits import LIVE_STREAMS, LIVE_STREAMS_A_CLIENT
from orderwright.storage.tables import live_messages
from orderwright.storage.tables.live_messages import FIRST, LAST, Found, Place

SETTLE_S: Final = 0.25
"""Seconds that a Message is left to settle, so that those of two changes come in their order nearly always."""
LATE_S: Final = 60
"""Seconds within which a change is stored, after the time that its Messages have: whatever holds it up, it is refused within
some 30. By the rest the clocks of several machines may differ."""
POLL_S: Final = 0.5
LOOK_BACK_S: Final = 2.0
KEEP_ALIVE_S: Final = 10.0
CHECK_S: Final = 5.0
"""Seconds between two looks whether the token is still good."""
PAGE: Final = 200
PART_BYTES: Final = 1024 * 1024
"""Of the Messages that are read at once; one that is larger is read alone."""
_MARK = re.compile(r"(\d{10,14})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{10,14})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def routes(house: House) -> Iterator[Route]:
    """The stream stands at the project's door only, as Messages do: they have neither an owner nor a store."""
    yield Route(
        at="messages/stream",
        method="GET",
        verb="get",
        endpoint=Live(house).stream,
        family="messages",
        answers=str,
        produces=EVENTS,
    )


class Live:
    """All streams of this process, counted."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._open: Counter[str] = Counter()

    async def stream(self, asked: Asked) -> Answer:
        """The stream, from now on or behind `Last-Event-ID`. Raises 400 for one that is no event's, 503 where too many listen."""
        client = asked.access.who.client_id or ""
        now = self._house.verbs.clock().instant()
        given = asked.request.headers.get("last-event-id")
        begin = Place(now, FIRST) if given is None else min(resumed(given), Place(now, FIRST))
        if self._open.total() >= LIVE_STREAMS or self._open[client] >= LIVE_STREAMS_A_CLIENT:
            raise OverCapacityError("Too many streams of Messages are open.")
        headers = (("content-type", EVENTS), ("cache-control", "no-store"), ("x-accel-buffering", "no"))
        return Answer(200, _Counted(Listener(self._house, asked, begin).parts(), self._open, client), headers)


class _Counted:
    """A stream that counts as open until it has ended."""

    def __init__(self, parts: AsyncIterator[bytes], open_: Counter[str], client: str) -> None:
        self._parts = parts
        self._open: Counter[str] | None = open_
        self._client = client
        open_[client] += 1

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._parts)

    async def aclose(self) -> None:
        if self._open is not None:
            self._open[self._client] -= 1
            self._open += Counter()  # forgets those that have none
            self._open = None
        await self._parts.aclose()  # type: ignore[attr-defined]  # a generator has it


class Listener:
    """One who listens, and where she is."""

    def __init__(self, house: House, asked: Asked, begin: Place) -> None:
        self._house = house
        self._database = house.database
        self._asked = asked
        self._shard = asked.access.shard
        self._begin = begin
        self._place = begin
        self._told: dict[str, Place] = {}  # those of the last LATE_S
        self._looked = self._now()
        self._behind = False

    async def parts(self) -> AsyncIterator[bytes]:
        """What is sent, part by part, until the token ends. While the database is away, it waits for it."""
        said = checked = time.monotonic()
        yield b": listening\n\n"
        while True:
            try:
                async for part in self._round():
                    said = time.monotonic()
                    yield part
                if time.monotonic() - checked >= CHECK_S:
                    checked = time.monotonic()
                    await self._admitted()
            except AuthError:
                return
            except ApiError:
                self._behind = False
            if time.monotonic() - said >= KEEP_ALIVE_S:
                said = time.monotonic()
                yield b": still here\n\n"
            if not self._behind:
                await asyncio.sleep(POLL_S)

    async def _round(self) -> AsyncIterator[bytes]:
        upto = Place(self._now() - timedelta(seconds=SETTLE_S), LAST)
        found = await live_messages.after(self._database, self._shard, self._place, upto, PAGE)
        self._behind = len(found) == PAGE
        async for part in self._said(found):
            yield part
        if found:  # only now: what fails in between is asked for again
            self._place = found[-1].place
        now = self._now()
        if now - self._looked >= timedelta(seconds=LOOK_BACK_S):
            async for part in self._said(await self._late()):
                yield part
            self._looked = now

    async def _late(self) -> list[Found]:
        """What has come to stand before the place that was reached."""
        since = max(self._begin, Place(self._looked - timedelta(seconds=LATE_S), LAST))
        self._told = {id: place for id, place in self._told.items() if place > since}
        if since >= self._place:
            return []
        return await live_messages.between(self._database, self._shard, since, self._place, unless=len(self._told))

    async def _said(self, found: Sequence[Found]) -> AsyncIterator[bytes]:
        for part in _portions([each for each in found if each.place.id not in self._told]):
            bodies = await live_messages.bodies(self._database, self._shard, [each.place.id for each in part])
            for each in part:
                self._told[each.place.id] = each.place
            events = (
                f"id: {self._mark(each.place)}\ndata: {bodies[each.place.id]}\n\n" for each in part if each.place.id in bodies
            )
            yield "".join(events).encode()

    async def _admitted(self) -> None:
        request = self._asked.request
        await self._house.tokens.principal(request.headers.get("authorization"), request.segments[0])

    def _now(self) -> datetime:
        return self._house.verbs.clock().instant()

    def _mark(self, place: Place) -> str:
        return f"{_ms(place.created_at)}-{place.id}-{_ms(self._looked)}"


def resumed(mark: str) -> Place:
    """Where a stream goes on that was broken off behind the event of this id. Raises 400 for one that is no event's."""
    given = _MARK.fullmatch(mark)
    if given is None:
        raise invalid_input("The header Last-Event-ID is not the id of an event of this stream.")
    created_at, looked_at = (_EPOCH + timedelta(milliseconds=int(number)) for number in given.group(1, 3))
    return min(Place(created_at, given[2]), Place(looked_at - timedelta(seconds=LATE_S), LAST))


def _ms(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def _portions(found: Sequence[Found]) -> Iterator[list[Found]]:
    """As many at a time as PART_BYTES has room for, and at least one."""
    part: list[Found] = []
    size = 0
    for each in found:
        if part and size + each.size > PART_BYTES:
            yield part
            part, size = [], 0
        part.append(each)
        size += each.size
    if part:
        yield part
