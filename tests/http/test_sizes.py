"""How large an answer may be: small ones at once, large ones in turn, and what was written is answered anyhow."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable
from typing import Any

import pytest

from orderwright.domain.cart.resource import RESOURCE as CART
from orderwright.engine.access import Access
from orderwright.engine.model import ClientLogging
from orderwright.http.api import sizes
from orderwright.http.api.endpoints import answer_of
from orderwright.http.api.expand_paths import paths_of
from orderwright.http.api.faces import Faces
from orderwright.http.api.routes import Asked
from orderwright.http.api.sizes import within
from orderwright.http.wire.exchange import Answer, Request
from orderwright.storage.refusals import AnswerTooLargeError

KB = 1024


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "SMALL", 4 * KB)
    monkeypatch.setattr(sizes, "MAX_ANSWER", 24 * KB)


def test_small_answers_are_made_at_once_and_large_ones_in_turn() -> None:
    making: list[int] = []
    most_together = 0

    async def answer(size: int, most: int) -> Answer:
        nonlocal most_together
        if size > most:
            raise AnswerTooLargeError(most)
        making.append(size)
        most_together = max(most_together, sum(each > sizes.SMALL for each in making))
        await asyncio.sleep(0.01)
        making.remove(size)
        return Answer(200, b"x" * size)

    async def run() -> list[int]:
        wanted = [24 * KB, 20 * KB, 4 * KB, 9 * KB, 1]
        made = await asyncio.gather(*(within(functools.partial(answer, size)) for size in wanted))
        return [len(each.whole) for each in made]

    assert asyncio.run(run()) == [24 * KB, 20 * KB, 4 * KB, 9 * KB, 1]
    assert most_together == 1


def test_a_large_answer_that_fails_leaves_the_turn_to_the_next() -> None:
    async def answer(size: int, most: int) -> Answer:
        if size > most:
            raise AnswerTooLargeError(most)
        return Answer(200)

    async def run() -> Answer:
        with pytest.raises(AnswerTooLargeError) as caught:
            await within(lambda most: answer(25 * KB, most))
        assert (caught.value.status, caught.value.code) == (400, "InvalidInput")
        return await within(lambda most: answer(5 * KB, most))

    assert asyncio.run(run()).status == 200


class Heavy:
    """Verbs over a store in which whatever is referred to is heavier than any answer."""

    def __init__(self) -> None:
        self.types = {"cart": CART}
        self.documents = self

    async def visible_bodies(self, _shard: str, _ids: Iterable[str], _confined: Any, most: int) -> dict[str, tuple[str, str]]:
        raise AnswerTooLargeError(most)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_was_written_is_answered_even_if_it_cannot_be_expanded(method: str) -> None:
    """A refusal would say that nothing has happened."""
    body = b'{"other":{"typeId":"cart","id":"00000000-0000-4000-8000-000000000001"}}'
    request = Request(method=method, segments=("shop", "carts"), query=(), headers={}, correlation_id="")
    access = Access(shard="shop", who=ClientLogging())
    asked = Asked(request, access, None, (), frozenset({"manage_project:shop"}), Faces((CART,)))
    verbs: Any = Heavy()
    answer = answer_of(verbs, CART, 200, body, paths_of(["other"]), asked)
    if method == "GET":
        with pytest.raises(AnswerTooLargeError):
            asyncio.run(answer)
    else:
        assert asyncio.run(answer) == Answer(200, body)
