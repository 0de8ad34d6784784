"""The watch on the loop: who holds it is logged, with nothing of the path that may name a person."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from orderwright.http.mounts.refusal import refusal
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.logs import RequestLog
from orderwright.http.wire.mounts import Mount, Mounts
from orderwright.http.wire.server import Api
from orderwright.http.wire.watch import HELD_S, Watch


def held(caplog: pytest.LogCaptureFixture, *paths: tuple[str, float]) -> list[dict[str, Any]]:
    """The lines that are logged while requests hold the loop for so many seconds each."""

    async def busy(request: Request) -> Answer:
        until = time.monotonic() + float(request.segments[-1])
        while time.monotonic() < until:
            pass
        return Answer(200)

    async def nothing() -> bytes:
        return b""

    async def run() -> None:
        api = Api(Mounts(Mount(answer=busy, refusal=refusal)), 10, RequestLog(enabled=False))
        watching = asyncio.create_task(Watch(api.working).run())
        await asyncio.sleep(0.1)
        for path, seconds in paths:
            whole = f"{path}/{seconds}".encode()
            await asyncio.create_task(api.handle("GET", whole, b"", {"x-correlation-id": "mine"}, lambda _: nothing()))
            await asyncio.sleep(0.2)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    with caplog.at_level(logging.WARNING, logger="orderwright.loop"):
        asyncio.run(run())
    return [record.fields for record in caplog.records if record.name == "orderwright.loop"]  # type: ignore[attr-defined]  # ours


def test_who_holds_the_loop_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    lines = held(caplog, ("/shop/customers/email=ada@example.com", 0.4))
    mine = [line for line in lines if line.get("correlationId") == "mine"]
    assert len(mine) == 1, lines
    assert (mine[0]["method"], mine[0]["path"]) == ("GET", "/shop/customers/email=.../...")
    assert mine[0]["ms"] >= 1000 * (0.4 - 2 * HELD_S)
    assert mine[0]["at"]


def test_who_does_not_is_not(caplog: pytest.LogCaptureFixture) -> None:
    assert [line for line in held(caplog, *[("/shop/carts", 0.02)] * 3) if line["cpuMs"] > 60] == []
