"""How large an answer may be. Large ones are made one at a time, so that many of them do not fill the memory together."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable

from orderwright.http.wire.exchange import Answer
from orderwright.storage.queries.queries import MAX_PAGE
from orderwright.storage.refusals import AnswerTooLargeError

MAX_ANSWER = MAX_PAGE
SMALL = 4 * 1024 * 1024
"""Bytes of documents, with what is embedded in them, that an answer may have without waiting for its turn."""
_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()


async def within(answer: Callable[[int], Awaitable[Answer]]) -> Answer:
    """The result of `answer(most)` with at most so many bytes of documents. SMALL is enough for almost all; a larger one waits
    for its turn and may have MAX_ANSWER. Raises AnswerTooLargeError."""
    try:
        return await answer(SMALL)
    except AnswerTooLargeError:
        pass
    async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        return await answer(MAX_ANSWER)
