"""A sender: what waits for one destination goes out in batches, in sequence for each resource, while the lease is ours.

It is stored that a note was taken after it was: whoever is killed in between leaves it to be sent once more. A note that is not
taken holds back what comes later about its resource, and nothing else; a service that takes nothing is left alone for a while.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from orderwright.delivery.interface import (
    DeliveryError,
    Destination,
    GoneError,
    MisconfiguredError,
    Note,
    RejectedError,
    UnavailableError,
)
from orderwright.delivery.keeping import Services
from orderwright.delivery.patience import Patience
from orderwright.domain.subscription.destinations import secret_name, type_of
from orderwright.domain.subscription.model import STOPPED, HealthStatus, Subscription
from orderwright.domain.subscription.payloads import content_type
from orderwright.errors import ApiError, invalid_input
from orderwright.storage.database import Database
from orderwright.storage.delivery import queue
from orderwright.storage.delivery.queue import Lease, Settled, Waiting
from orderwright.telemetry.metrics import DEAD_LETTERS, DELIVERY_RETRIES, DELIVERY_TIME

Report = Callable[[HealthStatus], Awaitable[bool]]
"""Writes the status of the subscription; whether it could."""
Ended = Literal["empty", "elsewhere", "paused", "stale"]
log = logging.getLogger("orderwright.delivery")


class Sender:
    """Sends for one subscription, None where it is no more. `report` writes its status."""

    def __init__(
        self,
        database: Database,
        lease: Lease,
        subscription: Subscription | None,
        services: Services,
        patience: Patience,
        clock: Callable[[], datetime],
        report: Report,
    ) -> None:
        self._database = database
        self._lease = lease
        self._subscription = subscription
        self._services = services
        self._patience = patience
        self._clock = clock
        self._report = report
        self._key = (lease.shard, lease.subscription)
        self._reused = False
        self._status: HealthStatus = subscription.status if subscription is not None else "Healthy"

    async def run(self) -> Ended:
        """Send until nothing is due, the lease is another's, or the destination is to be left alone."""
        if await self._take() is None:
            return "elsewhere"
        try:
            if self._subscription is None or self._subscription.status in STOPPED:
                await self._services.forget(self._key)
                await self._drop(everything=self._subscription is None)
                return "empty"
            return await self._send(content_type(self._subscription))
        finally:
            await queue.leave(self._database, self._lease)

    async def _take(self) -> tuple[int, datetime | None] | None:
        now = self._clock()
        return await queue.take(self._database, self._lease, now, now + timedelta(seconds=self._patience.lease_s))

    async def _drop(self, everything: bool) -> None:
        while await queue.drop(self._database, self._lease, everything):
            if await self._take() is None:
                return
        if everything:
            await queue.close(self._database, self._lease)

    async def _send(self, content_type: str) -> Ended:
        whole = await queue.secret(self._database, self._lease.shard, secret_name(self._lease.subscription))
        service: Destination | None = None
        try:
            if whole is None:
                raise invalid_input("The destination is no more.")
            service, self._reused = await self._services.lend(self._key, whole)
        except ApiError as error:
            if error.status != 400:
                raise
            return await self._fails(MisconfiguredError(error.message))
        ended: Ended | None = "paused"
        try:
            while (state := await self._take()) is not None:
                waiting = await queue.batch(
                    self._database, self._lease, self._clock(), self._patience.fresh, self._patience.again
                )
                if not waiting:
                    ended = "empty"
                    return ended
                ended = await self._batch(service, waiting, content_type, state[0] > 0 or self._status != "Healthy")
                if ended == "stale":
                    await service.close()
                    service, self._reused = await self._services.lend(self._key, whole)
                elif ended is not None:
                    return ended
            ended = "elsewhere"
            return ended
        finally:
            if ended == "empty":
                self._services.give_back(self._key, whole, service)
            else:
                await service.close()

    async def _batch(self, service: Destination, waiting: Sequence[Waiting], content_type: str, troubled: bool) -> Ended | None:
        """Send a batch and store what became of it; how the sending ends, if it does.

        What was kept open may have been closed by the other side meanwhile, which is no fault of the destination.
        """
        behind = {each.resource_id for each in waiting if each.behind}
        due = [each for each in waiting if not each.behind]
        outcomes = await _sent_in_sequence(service, due, content_type, self._patience.batch_s)
        now = self._clock()
        settled, held = self._settled(due, outcomes, now)
        if not await queue.settle(self._database, self._lease, settled, list(held | behind)):
            return "elsewhere"
        self._count(due, outcomes, {each.number for each in settled if each.state == "dead"}, now)
        failing = [error for error in outcomes.values() if isinstance(error, UnavailableError | MisconfiguredError)]
        taken = any(error is None for error in outcomes.values())
        if self._reused and failing and not taken and all(isinstance(error, UnavailableError) for error in failing):
            return "stale"
        self._reused = False
        if failing:
            if taken:  # what takes some of it is there: the pauses do not grow
                await queue.fine(self._database, self._lease)
            return await self._fails(next((error for error in failing if isinstance(error, MisconfiguredError)), failing[0]))
        if taken:
            if troubled:
                await queue.fine(self._database, self._lease)
                await self._tell("Healthy")
        elif outcomes:
            await self._tell("TemporaryError")
        return None

    def _count(self, due: Sequence[Waiting], outcomes: dict[int, DeliveryError | None], dead: set[int], now: datetime) -> None:
        """Have the metrics tell what became of those that were tried."""
        assert self._subscription is not None, "something is sent to it"
        kind = type_of(self._subscription.destination)
        for each in due:
            if each.number not in outcomes:
                continue
            if outcomes[each.number] is None:
                DELIVERY_TIME.observe(max(0.0, (now - each.at).total_seconds()), kind)
            else:
                (DEAD_LETTERS if each.number in dead else DELIVERY_RETRIES).add(kind)

    def _settled(
        self, due: Sequence[Waiting], outcomes: dict[int, DeliveryError | None], now: datetime
    ) -> tuple[list[Settled], set[str]]:
        """What is stored of those that were tried, and the resources of those that are tried again. A destination that takes
        nothing is no fault of a note: it stays as it is."""
        settled, held = list[Settled](), set[str]()
        for each in due:
            if each.number not in outcomes:
                continue
            error = outcomes[each.number]
            if error is None:
                settled.append(Settled(each.number, each.resource_id, "sent", now, None, now))
            elif isinstance(error, RejectedError) or now - each.at > self._patience.give_up:
                if now - each.at > self._patience.give_up:
                    settled.append(Settled(each.number, each.resource_id, "dead", now, str(error), now))
                else:
                    again = now + self._patience.pause(each.attempts + 1)
                    settled.append(Settled(each.number, each.resource_id, "waiting", again, str(error), None))
                    held.add(each.resource_id)
        return settled, held

    async def _fails(self, error: DeliveryError) -> Ended:
        """The destination is left alone, or, when it has been misconfigured for too long, for good."""
        now = self._clock()
        state = await self._take()
        if state is None:
            return "elsewhere"
        failures, since = state
        await queue.failed(self._database, self._lease, now, now + self._patience.pause(failures + 1), str(error))
        misconfigured = isinstance(error, MisconfiguredError)
        stops = isinstance(error, GoneError) or (misconfigured and since is not None and now - since > self._patience.stop_after)
        fields = {"project": self._lease.shard, "subscription": self._lease.subscription, "error": str(error)}
        log.warning("a destination takes nothing", extra={"fields": fields})
        if stops:
            await self._tell("ConfigurationErrorDeliveryStopped")
            await self._drop(everything=False)
        else:
            await self._tell("ConfigurationError" if misconfigured else "TemporaryError")
        return "paused"

    async def _tell(self, status: HealthStatus) -> None:
        if status != self._status and await self._report(status):
            self._status = status


async def _sent_in_sequence(
    service: Destination, due: Sequence[Waiting], content_type: str, limit_s: float
) -> dict[int, DeliveryError | None]:
    """What became of the notes that were tried, by number; None of one that was taken.

    Those of one resource go one after the other, and the first that is not taken ends them. A service that takes nothing is tried
    no further, and what is not done after the time limit is left for the next batch.
    """
    outcomes: dict[int, DeliveryError | None] = {}
    groups: dict[str, list[Waiting]] = {}
    for each in due:
        groups.setdefault(each.resource_id, []).append(each)
    left = iter(groups.values())
    useless = False

    async def work() -> None:
        nonlocal useless
        for group in left:
            for each in group:
                if useless:
                    return
                error = await _sent(service, each, content_type)
                outcomes[each.number] = error
                useless = useless or isinstance(error, UnavailableError | MisconfiguredError)
                if error is not None:
                    break

    workers = [asyncio.create_task(work()) for _ in range(min(service.width, len(groups)))]
    try:
        async with asyncio.timeout(limit_s):
            await asyncio.gather(*workers)
    except TimeoutError:
        if not outcomes:
            outcomes[due[0].number] = UnavailableError(f"Nothing was taken within {limit_s:g} seconds.")
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return outcomes


async def _sent(service: Destination, each: Waiting, content_type: str) -> DeliveryError | None:
    try:
        await service.send(Note(each.notification, each.resource_id, each.payload.encode(), each.kind, content_type))
    except DeliveryError as error:
        return error
    except Exception as error:
        log.exception("a note could not be sent")
        return RejectedError(f"It could not be sent: {type(error).__name__}.")
    return None
