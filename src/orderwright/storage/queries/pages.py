"""Pages of a query: which of its statements are asked, and what they tell of the total."""

from __future__ import annotations

from typing import Any

from orderwright.engine.access import Visible
from orderwright.storage.database import Database
from orderwright.storage.documents.columns import Collection, Statement
from orderwright.storage.queries import lists, queries
from orderwright.storage.queries.queries import PageRequest, reported_total
from orderwright.storage.refusals import AnswerTooLargeError


async def page(
    database: Database, source: Collection, shard: str, request: PageRequest, visible: Visible
) -> tuple[list[str], int | None]:
    """The bodies of one page, and the total if it is asked for. Raises `QueryTimedOut`, AnswerTooLargeError."""
    asking = _Asking(database, source, shard, request, visible)
    bodies, counted = await asking.answered()
    if None in bodies:
        raise AnswerTooLargeError(request.most_bytes)
    return bodies, None if counted is None else reported_total(counted, request)


class _Asking:
    """One request, on its way through the statements."""

    def __init__(self, database: Database, source: Collection, shard: str, request: PageRequest, visible: Visible) -> None:
        self._database = database
        self._request = request
        self._about = (source, shard, request)
        self._visible = visible

    async def answered(self) -> tuple[list[str], int | None]:
        """The bodies, and how many match if that is asked for, counted no further than is reported."""
        request = self._request
        kind, by = lists.asked_by(self._about[0], request.where), lists.direction(request.sort)
        if kind is not None and by is not None and request.limit and not self._visible:
            return await self._listed(kind, by)
        near = queries.near_sql(*self._about, visible=self._visible)
        if near is not None:
            return await self._with_total(await self._rows(near), None)
        frequent = await self._frequent()
        if frequent and request.with_total:
            rows = await self._rows(queries.walk_sql(*self._about, visible=self._visible), ", counted")
            return [row["body"] for row in rows], rows[0]["counted"] if rows else await self._count(met=False)
        counted: int | None = None
        if not frequent and (first := queries.found_sql(*self._about, visible=self._visible)):
            statement, bound = first
            rows = await self._rows(statement, ", counted")
            counted = rows[0]["counted"] if rows else await self._count(met=False)
            if counted < bound:
                return [row["body"] for row in rows], counted if request.with_total else None
            frequent = True
            # Without a predicate, which leaves the door's filter, the total is told to the last one.
            counted = counted if request.bounded else None
        page = queries.page_sql(*self._about, visible=self._visible, frequent=frequent)
        return await self._with_total(await self._rows(page), counted)

    async def _with_total(self, rows: list[Any], counted: int | None) -> tuple[list[str], int | None]:
        """The bodies, and how many match, if it was not `counted` before."""
        request = self._request
        bodies = [row["body"] for row in rows]
        if not request.with_total:
            return bodies, None
        if 0 < len(rows) < request.limit:
            # The page ends the result, so its length says the total without counting.
            return bodies, request.offset + len(rows)
        return bodies, await self._count(met=bool(rows)) if counted is None else counted

    async def _listed(self, kind: str, by: tuple[str, bool]) -> tuple[list[str], int | None]:
        """The same from a list that has what is asked for and nothing else."""
        source, shard, request = self._about
        rows = await self._rows(lists.listed_sql(source, shard, kind, request, by, "body"))
        counted: int | None = None
        if request.with_total and not 0 < len(rows) < request.limit:
            counted = int((await self._ask(lists.count_sql(shard, kind)))[0][0])
        return await self._with_total(rows, counted)

    async def _frequent(self) -> bool:
        """Whether a page that is far behind is best walked to: half of the first documents satisfy what is asked of them."""
        if self._request.offset < queries.FEW:
            return False
        sample = queries.sample_sql(*self._about, visible=self._visible)
        return sample is not None and (await self._ask(sample))[0][0] * 2 >= queries.SAMPLE

    async def _count(self, met: bool) -> int:
        """`met` says whether the page has any."""
        if not met and not self._request.offset and self._request.limit:
            return 0
        source, shard, request = self._about
        return int((await self._ask(queries.count_sql(source, shard, request, visible=self._visible)))[0][0])

    async def _rows(self, statement: Statement, more: str = "") -> list[Any]:
        """The rows in their order. The bodies that would bring the page above its bytes are null: they are not even read."""
        upto = "sum(octet_length(body)) OVER (ROWS UNBOUNDED PRECEDING)"
        bounded = f"CASE WHEN {upto} <= ${len(statement.args) + 1} THEN body END AS body"
        text = f"SELECT {bounded}{more} FROM ({statement.text}) AS page"
        return await self._ask(Statement(text, (*statement.args, self._request.most_bytes)))

    async def _ask(self, statement: Statement) -> list[Any]:
        return await self._database.query(statement.text, *statement.args)
