"""What is tried again: as often, and as long, as it is said, and only for what passes."""

from __future__ import annotations

import asyncio

import pytest

from orderwright.errors import ApiError, concurrent_modification, invalid_operation
from orderwright.verbs.again import again, conflicts


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
