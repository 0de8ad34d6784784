"""A page that takes long to make is sent in parts, between which others have the loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orderwright.http.pages import rendering
from orderwright.http.wire.exchange import Answer

SHOWN: dict[str, Any] = {"up": True, "database": "reachable", "project": "<shop>", "several": False, "base": "http://127.0.0.1"}


def parts_of(answer: Answer) -> list[bytes]:
    async def parts() -> list[bytes]:
        assert not isinstance(answer.body, bytes)
        return [part async for part in answer.body]

    return asyncio.run(parts())


def test_the_parts_together_are_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rendering.page("index.html", **SHOWN)
    assert b"&lt;shop&gt;" in whole.whole
    monkeypatch.setattr(rendering, "SLICE_S", 0)
    parted = rendering.page("index.html", **SHOWN)
    parts = parts_of(parted)
    assert len(parts) > 5
    assert b"".join(parts) == whole.whole
    assert parted.headers == whole.headers


def test_others_have_the_loop_between_two_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SLICE_S", 0)
    turns: list[str] = []

    async def told(name: str, answer: Answer) -> None:
        assert not isinstance(answer.body, bytes)
        async for _ in answer.body:
            turns.append(name)  # noqa: PERF401 - as they come

    async def both() -> None:
        await asyncio.gather(*(told(name, rendering.page("index.html", **SHOWN)) for name in "ab"))

    asyncio.run(both())
    assert turns[:6] == ["a", "b"] * 3
