"""Long work in slices: whoever works longer than a moment lets the others have the loop in between, and has an end.

A process answers everybody in one thread. Work that grows with what a client sends or stores is therefore a generator of short
steps, and is run by `in_slices`. What is done within the first slice, as almost all is, costs a look at the clock a step.
"""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

from orderwright.errors import ApiError, invalid_operation

SLICE_S = 0.01
MAX_WORK_S = 1.0
"""CPU seconds that one piece of work may take in all."""
LARGE = 512 * 1024
"""Bytes of JSON that take milliseconds to read or to write; reading and writing cannot be divided."""
A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")
_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()


async def in_slices(steps: Generator[Any, None, T]) -> T:
    """What the generator returns. Raises `InvalidOperation` once it has taken MAX_WORK_S, and what it raises.

    Of many that are long one works at a time, so that ten of them do not hold the loop for ten slices in a row.
    """
    until = time.perf_counter() + SLICE_S
    try:
        while time.perf_counter() < until:
            next(steps)
        async with _turn():
            used = SLICE_S
            while used < MAX_WORK_S:
                await asyncio.sleep(0)
                until, begun = time.perf_counter() + SLICE_S, time.thread_time()
                while time.perf_counter() < until:
                    next(steps)
                # Only time in which it really worked: where others have the processor, nobody's work is too much.
                used += time.thread_time() - begun
    except StopIteration as end:
        value: T = end.value
        return value
    raise too_much_work(MAX_WORK_S)


async def each_in_slices(function: Callable[[A], B], values: Iterable[A]) -> list[B]:
    """The function's result for each value, as many at a time as fit into a slice. Raises as `in_slices`."""

    def steps() -> Generator[None, None, list[B]]:
        made = []
        for value in values:
            made.append(function(value))
            yield
        return made

    return await in_slices(steps())


async def breathe(size: int) -> None:
    """Let others have the loop between two things that are done with so many bytes at once, if they are many."""
    if size > LARGE:
        await asyncio.sleep(0)


def _turn() -> asyncio.Lock:
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def too_much_work(most_s: float) -> ApiError:
    """The error for work that keeps the process busy for longer than one request may."""
    return invalid_operation(f"The request takes longer than the {most_s:g} s of work that one may: ask for it in several.")
