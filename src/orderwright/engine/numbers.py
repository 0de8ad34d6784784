"""Giving new documents their numbers: from blocks, or without gaps in the transaction of the write."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from orderwright.engine.access import EVERYTHING
from orderwright.engine.numbering import Numbering
from orderwright.errors import ApiError, OverCapacityError
from orderwright.storage.documents import Documents, Lookup
from orderwright.storage.order_numbers import Sequences, go_on_from
from orderwright.storage.rows import Draw, Unit

MOST_TAKEN = 50
"""Numbers in a row that may be taken already, each found so by a write that was refused."""
Made = Callable[[str], tuple[bytes, Unit]]


class Numbers:
    """Writes new documents that get a number. One that somebody gave by hand already is passed over."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._sequences = Sequences(documents.database)

    async def write(self, shard: str, numbering: Numbering, made: Made) -> bytes:
        """The bytes of the document that `made` makes of a number. Raises what a write raises."""
        attempt = self._without_gaps if numbering.gap_free else self._from_block
        for _ in range(MOST_TAKEN):
            body = await attempt(shard, numbering, made)
            if body is not None:
                return body
        raise OverCapacityError("The next numbers are all taken; send the request again.")

    async def _from_block(self, shard: str, numbering: Numbering, made: Made) -> bytes | None:
        text = numbering.text(await self._sequences.take(shard, numbering.scope, numbering.period))
        body, unit = made(text)
        try:
            await self._documents.write(unit)
        except ApiError as error:
            if numbering.is_taken(error, text):
                return None
            raise
        return body

    async def _without_gaps(self, shard: str, numbering: Numbering, made: Made) -> bytes | None:
        scope, period = numbering.scope, numbering.period
        drawn: list[tuple[int, bytes]] = []
        _, first = made(numbering.text(1))

        def filled(number: int) -> Unit:
            body, unit = made(numbering.text(number))
            drawn.append((number, body))
            return replace(unit, write_id=first.write_id)

        try:
            async with self._sequences.sequence(shard, scope, period).turn():
                await self._documents.write(replace(first, draws=Draw(scope=scope, period=period, filled=filled)))
        except ApiError as error:
            if not drawn or not numbering.is_taken(error, numbering.text(drawn[-1][0])):
                raise
            # What was drawn went back with the write. The number is there, only not by us, so that passing it leaves no gap.
            await go_on_from(self._documents.database, shard, scope, period, drawn[-1][0] + 1)
            return None
        if len(drawn) == 1:
            return drawn[0][1]
        # The connection was lost on the way, and an attempt that nobody heard of may be the one that is stored.
        row = first.inserts[0]
        stored = await self._documents.body(shard, row.type, Lookup("id", row.id), EVERYTHING)
        return drawn[-1][1] if stored is None else stored.encode()
