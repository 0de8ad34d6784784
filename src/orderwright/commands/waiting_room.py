"""What is answered while the embedded database starts, which takes minutes after a crash in the midst of many writes."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

from orderwright.storage.server.steps import PAUSE_S, Drive, Steps

AT_ONCE_S = 1.0
"""Most starts are over before anybody could ask."""


def waited_at(bound: socket.socket) -> Drive:
    """Takes the steps of a start, on the main thread, and answers at `bound` if there are many: `/health` 200, the rest 503.

    Whoever watches the process by `/health` must not end it for recovering: it would have to begin anew.
    """

    def drive(steps: Steps[None]) -> None:
        until = time.monotonic() + AT_ONCE_S
        for _ in steps:
            if time.monotonic() > until:
                # Not uvloop: a signal must end this by SystemExit, wherever it is.
                asyncio.run(_answering(bound, steps))
                return
            time.sleep(PAUSE_S)

    return drive


async def _answering(bound: socket.socket, steps: Steps[None]) -> None:
    from uvicorn.server import ServerState

    from orderwright.commands import serving
    from orderwright.http.wire.crowd import Crowd
    from orderwright.http.wire.limits import Limits
    from orderwright.http.wire.protocol import HttpProtocol

    state = ServerState()
    config = serving.config_of(None)
    held: dict[str, Any] = {"api": _api(), "crowd": Crowd(Limits())}
    # Closing this server closes the copy; the socket goes on listening, and keeps who comes until the real server takes over.
    server = await asyncio.get_running_loop().create_server(
        lambda: HttpProtocol(config, state, held), sock=bound.dup(), backlog=serving.BACKLOG
    )
    try:
        for _ in steps:
            await asyncio.sleep(PAUSE_S)
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        if state.connections:
            await asyncio.sleep(0.1)


def _api() -> Any:
    from orderwright.errors import OverCapacityError
    from orderwright.http.mounts.refusal import refusal
    from orderwright.http.wire.exchange import Answer, Request, json_answer
    from orderwright.http.wire.logs import RequestLog
    from orderwright.http.wire.mounts import ALIVE, READY, Mount, Mounts, Served, Table
    from orderwright.http.wire.server import Api

    async def health(_request: Request, _names: tuple[str, ...]) -> Answer:
        return json_answer(200, {"status": "up"})

    async def ready(_request: Request, _names: tuple[str, ...]) -> Answer:
        return json_answer(503, {"status": "down", "database": "starting"}, ("retry-after", "1"))

    async def rest(_request: Request) -> Answer:
        raise OverCapacityError("The database is starting.")

    pages = Table([*(Served(at, "GET", health) for at in ALIVE), *(Served(at, "GET", ready) for at in READY)])
    fixed = Mount(words=(*ALIVE, *READY), answer=pages.answer, refusal=refusal, urgent=True)
    return Api(Mounts(Mount(answer=rest, refusal=refusal), fixed), 1_000, RequestLog(enabled=False))
