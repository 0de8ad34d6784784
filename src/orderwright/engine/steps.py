"""Work in steps: a generator that pauses where others may be served, and returns what it has made."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")


def drained(steps: Generator[Any, None, T]) -> T:
    """What the generator returns, where nobody can be let in between."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value


def stepping(result: T | Generator[Any, None, T]) -> Generator[Any, None, T]:
    """What a hook returned or, of one that works in steps, what its generator returns."""
    return (yield from result) if isinstance(result, Generator) else result


def telling(steps: Generator[Any, None, T], told: S) -> Generator[S, None, T]:
    """The same steps, each of which tells this."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value
        yield told
