"""What is tried again where another request was faster."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from orderwright.errors import ApiError

ATTEMPTS = 100
"""How often at most: each time one fails, another one to the same document has succeeded."""
T = TypeVar("T")


async def again(
    once: Callable[[], Awaitable[T]],
    passing: Callable[[ApiError], bool],
    attempts: int = ATTEMPTS,
    patience_s: float = math.inf,
) -> T:
    """What `once` gives, tried again as long as its error is a `passing` one. The error of the last attempt, or of the first one
    after the patience is over, is raised."""
    deadline = time.monotonic() + patience_s
    for attempt in range(1, attempts):
        try:
            return await once()
        except ApiError as error:
            if not passing(error) or time.monotonic() > deadline:
                raise
        await asyncio.sleep(random.uniform(0, 0.002 * min(attempt, 20)))  # noqa: S311 - it only spreads the attempts
    return await once()


def conflicts(error: ApiError) -> bool:
    """Whether another request has changed the document."""
    return error.status == 409
