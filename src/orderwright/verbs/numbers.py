"""Giving new documents their numbers: from blocks, or without gaps in the transaction of the write."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from orderwright.engine.access import EVERYTHING
from orderwright.engine.numbering import Numbering
from orderwright.engine.unit.rows import Draw, Unit
from orderwright.errors import ApiError, OverCapacityError
from orderwright.storage.documents.documents import Documents, Lookup
from orderwright.storage.tables.order_numbers import Sequences

MOST_TAKEN = 50
"""How often the next free number may turn out to be taken (by an order numbered by hand) before the write gives up."""
FIRST_LOOK, LONGEST_LOOK, LOOKS = 64, 16_384, 10
"""Numbers that are looked at in one statement: at first, at most, and how many statements; some 100,000 together."""
Made = Callable[[str], tuple[bytes, Unit]]


class _Taken(NamedTuple):
    """A number that another document has, and the kind of the claim with which it does."""

    number: int
    kind: str


class Numbers:
    """Writes new documents that get a number. One that somebody gave by hand already is passed over."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._sequences = Sequences(documents.database)

    async def write(self, shard: str, numbering: Numbering, made: Made) -> bytes:
        """The bytes of the document that `made` makes of a number. Raises what a write raises."""
        attempt = self._without_gaps if numbering.gap_free else self._from_block
        for _ in range(MOST_TAKEN):
            done = await attempt(shard, numbering, made)
            if isinstance(done, bytes):
                return done
            free = await self._free_after(shard, numbering, done)
            await self._sequences.pass_to(shard, numbering, free)
        raise OverCapacityError("The next numbers are all taken; send the request again.")

    async def _free_after(self, shard: str, numbering: Numbering, taken: _Taken) -> int:
        """The first free number after a taken one, or the first that was not looked at: who numbers by hand leaves long runs."""
        number, size = taken.number + 1, FIRST_LOOK
        for _ in range(LOOKS):
            texts = {numbering.text(each): each for each in range(number, number + size)}
            held = await self._documents.claimed(shard, taken.kind, list(texts))
            free = min((each for text, each in texts.items() if text not in held), default=None)
            if free is not None:
                return free
            number, size = number + size, min(4 * size, LONGEST_LOOK)
        return number

    async def _from_block(self, shard: str, numbering: Numbering, made: Made) -> bytes | _Taken:
        number = await self._sequences.take(shard, numbering)
        text = numbering.text(number)
        body, unit = made(text)
        try:
            await self._documents.write(unit)
        except ApiError as error:
            if (kind := numbering.taken_as(error, text)) is None:
                raise
            return _Taken(number, kind)
        return body

    async def _without_gaps(self, shard: str, numbering: Numbering, made: Made) -> bytes | _Taken:
        scope, period = numbering.scope, numbering.period
        drawn: list[tuple[int, bytes]] = []
        _, first = made(numbering.text(1))

        def filled(number: int) -> Unit:
            body, unit = made(numbering.text(number))
            drawn.append((number, body))
            return replace(unit, write_id=first.write_id)

        try:
            async with self._sequences.sequence(shard, numbering).turn():
                await self._documents.write(replace(first, draws=Draw(scope=scope, period=period, filled=filled)))
        except ApiError as error:
            kind = numbering.taken_as(error, numbering.text(drawn[-1][0])) if drawn else None
            if kind is None:
                raise
            # What was drawn went back with the write. The number is there, only not by us, so that passing it leaves no gap.
            return _Taken(drawn[-1][0], kind)
        if len(drawn) == 1:
            return drawn[0][1]
        # The connection was lost on the way, and an attempt that nobody heard of may be the one that is stored.
        row = first.inserts[0].row
        stored = await self._documents.body(shard, row.type, Lookup("id", row.id), EVERYTHING)
        return drawn[-1][1] if stored is None else stored.encode()
