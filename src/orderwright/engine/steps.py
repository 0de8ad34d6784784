"""Work in steps: a generator that pauses where others may be served, and returns what it has made."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")


def drained(steps: Generator[Any, None, T]) -> T:
    """What the generator returns, where nobody can be let in between."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value
