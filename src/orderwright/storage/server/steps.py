"""Work in steps: a generator that yields wherever it would wait, so that whoever drives it may do something else meanwhile.

The embedded PostgreSQL has to be forked by the main thread, where the event loop runs, and may take minutes to recover.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Steps: TypeAlias = Generator[None, None, T]
Drive: TypeAlias = Callable[[Steps[None]], None]
PAUSE_S = 0.01
"""Seconds between two steps, where nobody else needs the thread."""


def waited(steps: Steps[T]) -> T:
    """Take all steps, sleeping in between. Whatever interrupts it, such as a signal, ends them in order."""
    try:
        while True:
            next(steps)
            time.sleep(PAUSE_S)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        steps.close()


def for_seconds(seconds: float) -> Steps[None]:
    """Wait."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield
