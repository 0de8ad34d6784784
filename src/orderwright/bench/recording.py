"""Which statements one request costs: the application itself, in this process, over connections that tell what they are sent."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

from orderwright.app import build, furnished
from orderwright.bench.script import Statement
from orderwright.http.wire.limits import Body
from orderwright.http.wire.logs import RequestLog
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from orderwright.settings import Settings
from orderwright.storage.database import CLOSE_S, MAIN_SESSION, QUERY_SESSION, STATEMENT_S, Database
from orderwright.storage.pool import Connection, Pool


class Recorder:
    """Answers prepared requests and keeps the statements of the last one. To be used as an asynchronous context."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pools: list[Pool] = []
        self._heard: list[Statement] = []

    async def __aenter__(self) -> Self:
        self._pools = [Pool(self._dsn, 1, STATEMENT_S, session, self._listen) for session in (MAIN_SESSION, QUERY_SESSION)]
        settings = Settings.from_environment({"ORDERWRIGHT_DATABASE_URL": self._dsn})
        self._api = build(
            furnished(Database(self._pools[0], self._pools[1]), settings, GuardedHttp(Allowed())),
            settings,
            RequestLog(enabled=False),
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for pool in self._pools:
            await pool.close(CLOSE_S)

    async def answer(self, request: bytes) -> tuple[bytes, list[Statement]]:
        """The body of a success, and every statement that went over the wire for it. Raises RuntimeError for a refusal."""
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        method, target, _ = first.split(b" ")
        path, _, query = target.partition(b"?")
        pairs = (line.decode("latin-1").split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in pairs}

        async def read(_kind: Body) -> bytes:
            return body

        self._heard.clear()
        answer, _ = await self._api.handle(method.decode(), path, query, headers, read)
        await asyncio.sleep(0)  # the driver tells of a statement in the loop's next turn
        if answer.status >= 400:
            raise RuntimeError(f"{first.decode()} answered {answer.status}: {answer.whole[:400]!r}")
        made = answer.body
        return made if isinstance(made, bytes) else b"".join([part async for part in made]), list(self._heard)

    async def flush(self) -> None:
        """Have the database's processes report what they have read for the answers so far. By themselves they do so only now and
        then."""
        for pool in self._pools:
            await pool.use(lambda connection: connection.execute("SELECT pg_stat_force_next_flush()"))

    def _listen(self, connection: Connection) -> None:
        connection.add_query_logger(self._hear)

    def _hear(self, query: Any) -> None:
        self._heard.append(Statement(query.query, tuple(query.args)))
