"""Notes that are due at the same moment go out together, and each is told its own outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from orderwright.delivery.destinations.batches import AT_ONCE, Batches, Outcome
from orderwright.delivery.interface import MisconfiguredError, Note, RejectedError, UnavailableError

KIB = 1024


def notes(number: int, size: int = 10) -> list[Note]:
    return [Note(str(place), f"r{place}", b"x" * size, "OrderCreated") for place in range(number)]


class Service:
    """Keeps the ids of each request. It answers what `says` of a note, once it may."""

    def __init__(self, says: Callable[[Note], Outcome] = lambda note: None) -> None:
        self.requests: list[list[str]] = []
        self.says = says
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, notes: Sequence[Note]) -> Sequence[Outcome]:
        self.requests.append([note.id for note in notes])
        await self.may_answer.wait()
        return [self.says(note) for note in notes]


def sizes(service: Service) -> list[int]:
    return [len(each) for each in service.requests]


async def outcomes(batches: Batches, sent: Sequence[Note]) -> list[BaseException | None]:
    return await asyncio.gather(*map(batches.send, sent), return_exceptions=True)


def told(story: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    """Makes a coroutine a test."""

    def test() -> None:
        asyncio.run(asyncio.wait_for(story(), 10))

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


@told
async def test_what_is_sent_in_one_turn_goes_out_by_tens_in_its_order() -> None:
    service = Service()
    assert await outcomes(Batches(service), notes(25)) == [None] * 25
    assert sizes(service) == [10, 10, 5]
    assert [id for request in service.requests for id in request] == [str(place) for place in range(25)]


@told
async def test_a_lone_note_goes_at_once() -> None:
    """Nothing is waited for: it is asked in the next turn of the loop."""
    service = Service()
    service.may_answer.clear()
    sending = asyncio.create_task(Batches(service).send(notes(1)[0]))
    for _ in range(3):  # the task, the gathering, the request
        await asyncio.sleep(0)
    assert service.requests == [["0"]]
    service.may_answer.set()
    await sending


@told
async def test_a_batch_has_256_kib_at_most_and_one_that_is_larger_goes_alone() -> None:
    service = Service()
    await outcomes(Batches(service), [*notes(3, 127 * KIB), *notes(1, 300 * KIB), *notes(2)])
    assert sizes(service) == [2, 1, 1, 2]
    service.requests.clear()
    await outcomes(Batches(service), notes(2, 128 * KIB))  # with what stands around them it is more
    assert sizes(service) == [1, 1]


@told
async def test_what_comes_while_all_requests_are_under_way_is_gathered() -> None:
    service = Service()
    service.may_answer.clear()
    batches = Batches(service)
    sending = []
    for note in notes(AT_ONCE + 12):  # one after the other, each in a turn of its own
        sending.append(asyncio.create_task(batches.send(note)))
        await asyncio.sleep(0.001)
    assert sizes(service) == [1] * AT_ONCE
    service.may_answer.set()
    await asyncio.gather(*sending)
    assert sizes(service) == [1] * AT_ONCE + [10, 2]


@told
async def test_each_note_is_told_its_own_outcome() -> None:
    errors = {"3": RejectedError("three"), "7": UnavailableError("seven")}
    service = Service(lambda note: errors.get(note.id))
    found = await outcomes(Batches(service), notes(10))
    assert sizes(service) == [10]
    assert found == [errors.get(str(place)) for place in range(10)]


@told
async def test_where_the_whole_request_is_refused_for_a_note_each_is_sent_alone() -> None:
    async def refusing(notes: Sequence[Note]) -> Sequence[Outcome]:
        requests.append(len(notes))
        if any(note.id == "2" for note in notes):
            raise RejectedError("There is something wrong with two.")
        return [None] * len(notes)

    requests: list[int] = []
    found = await outcomes(Batches(refusing), notes(4))
    assert [str(each) if each else None for each in found] == [None, None, "There is something wrong with two.", None]
    assert requests == [4, 1, 1, 1, 1]


@told
async def test_what_fails_for_all_is_told_to_all() -> None:
    async def failing(notes: Sequence[Note]) -> Sequence[Outcome]:
        raise MisconfiguredError("No such queue.")

    async def short(notes: Sequence[Note]) -> Sequence[Outcome]:
        return [None]

    found = await outcomes(Batches(failing), notes(3))
    assert [type(each) for each in found] == [MisconfiguredError] * 3
    found = await outcomes(Batches(short), notes(3))
    assert [type(each) for each in found] == [UnavailableError] * 3


@told
async def test_what_was_given_up_is_not_sent() -> None:
    service = Service()
    batches = Batches(service)
    given_up = asyncio.create_task(batches.send(notes(1)[0]))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await asyncio.sleep(0)
    assert service.requests == []
    await batches.send(notes(1)[0])
    assert service.requests == [["0"]]
