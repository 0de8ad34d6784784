"""Long work in slices: others have the loop in between, one works at a time, and there is an end."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Generator

import pytest

from orderwright.errors import ApiError
from orderwright.verbs import slices
from orderwright.verbs.slices import each_in_slices, in_slices


def busy(cpu_s: float, steps: list[str], name: str = "") -> Generator[None, None, str]:
    """Works for so many seconds of CPU time, a millisecond a step."""
    for _ in range(round(cpu_s * 1000)):
        until = time.thread_time() + 0.001
        while time.thread_time() < until:
            pass
        steps.append(name)
        yield
    return f"done {name}"


def test_short_work_is_done_without_a_pause() -> None:
    async def run() -> tuple[str, int]:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        done = await in_slices(iter_of("x"))
        beside.cancel()
        return done, turns

    def iter_of(value: str) -> Generator[None, None, str]:
        yield
        return value

    assert asyncio.run(run()) == ("x", 0)


def test_others_have_the_loop_between_two_slices() -> None:
    async def run() -> int:
        steps: list[str] = []
        seen: list[int] = []

        async def other() -> None:
            while True:
                seen.append(len(steps))
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        assert await in_slices(busy(0.1, steps)) == "done "
        beside.cancel()
        # Between any two turns of the other at most one slice was worked, whose last step may go beyond it.
        assert max(after - before for before, after in itertools.pairwise(seen)) <= slices.SLICE_S * 1000 + 1
        return len(set(seen))

    assert asyncio.run(run()) >= 9


def test_of_many_that_are_long_one_works_at_a_time() -> None:
    async def run() -> list[str]:
        steps: list[str] = []
        await asyncio.gather(*(in_slices(busy(0.05, steps, name)) for name in "abc"))
        return steps

    steps = asyncio.run(run())
    changes = [after for before, after in itertools.pairwise(steps) if before != after]
    # Each begins with its first slice, and then they finish one after the other.
    assert changes == ["b", "c", "a", "b", "c"]


def test_work_beyond_the_budget_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "MAX_WORK_S", 0.05)
    steps: list[str] = []
    with pytest.raises(ApiError) as caught:
        asyncio.run(in_slices(busy(0.5, steps)))
    assert (caught.value.status, caught.value.code) == (400, "InvalidOperation")
    assert len(steps) < 100


def test_an_error_of_the_work_is_its_own() -> None:
    def broken() -> Generator[None, None, str]:
        yield from busy(0.03, [])
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(in_slices(broken()))


def test_each_keeps_the_order() -> None:
    assert asyncio.run(each_in_slices(lambda number: number * 2, [3, 1, 2])) == [6, 2, 4]
