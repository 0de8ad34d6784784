"""What is tried again: as often, and as long, as it is said, and only for what passes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from notes import NOTE
from orderwright.errors import ApiError, CountersMovedError, MovedError, concurrent_modification, invalid_operation
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import _settled_at_last


class Trying:
    """Fails so many times in turn, then gives its number of calls."""

    def __init__(self, *errors: ApiError) -> None:
        self._errors = list(errors)
        self.calls = 0

    async def once(self) -> int:
        self.calls += 1
        if self._errors:
            raise self._errors.pop(0)
        return self.calls


def conflict(actual: int) -> ApiError:
    return concurrent_modification("a", 1, actual)


def test_a_conflict_is_tried_again() -> None:
    trying = Trying(conflict(2), conflict(3))
    assert asyncio.run(again(trying.once, conflicts, 3)) == 3


def test_the_last_attempt_answers_or_raises() -> None:
    trying = Trying(conflict(2), conflict(3), conflict(4))
    with pytest.raises(ApiError) as refused:
        asyncio.run(again(trying.once, conflicts, 3))
    assert (refused.value.fields["currentVersion"], trying.calls) == (4, 3)


def test_another_error_is_raised_at_once() -> None:
    trying = Trying(conflict(2), invalid_operation("no"), conflict(3))
    with pytest.raises(ApiError) as refused:
        asyncio.run(again(trying.once, conflicts, 3))
    assert (refused.value.code, trying.calls) == ("InvalidOperation", 2)


def test_patience_has_an_end() -> None:
    trying = Trying(*map(conflict, range(2, 10_000)))
    with pytest.raises(ApiError) as refused:
        asyncio.run(again(trying.once, conflicts, 10_000, patience_s=0.05))
    # The pauses are of at most 2, 4, ... 40 ms, half of that in the mean: some ten come to 50 ms.
    assert (refused.value.status, 1 < trying.calls < 200) == (409, True)


@pytest.mark.parametrize(
    ("counted", "error", "attempts"),
    [
        (False, MovedError("The key is taken."), 1),
        (False, CountersMovedError("The stock has moved."), 2),
        (True, MovedError("The number of a Message is taken."), 2),
        (True, CountersMovedError("The stock has moved."), 2),
    ],
    ids=["taken", "stock", "counted and taken", "counted and stock"],
)
def test_what_is_only_taken_is_refused_at_once(counted: bool, error: MovedError, attempts: int) -> None:
    made: list[int] = []

    async def once() -> bytes:
        made.append(1)
        if len(made) == 1:
            raise error
        return b"done"

    async def run() -> bytes:
        return await _settled_at_last(replace(NOTE, counted=counted), once)

    if attempts == 1:
        with pytest.raises(MovedError):
            asyncio.run(run())
    else:
        assert asyncio.run(run()) == b"done"
    assert len(made) == attempts
