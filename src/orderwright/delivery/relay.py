"""The relay: beside the requests of its process it makes deliveries of changes and sends them.

It is woken by what its own process has written, and looks by itself for what others have. Any number of processes may run one:
each project's changes are fanned out by one at a time, and each destination is sent to by one at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from orderwright.delivery.keeping import Services
from orderwright.delivery.lagging import Lags
from orderwright.delivery.making import Maker
from orderwright.delivery.patience import Patience
from orderwright.delivery.sending import Ended, Sender
from orderwright.domain.subscription.model import HealthStatus, Subscription
from orderwright.domain.subscription.resource import HEALTH, ReportStatus
from orderwright.engine.access import Access
from orderwright.engine.ids import new_id
from orderwright.engine.model import ClientLogging
from orderwright.engine.unit.rows import Unit
from orderwright.errors import ApiError
from orderwright.outside.guarded_http import GuardedHttp
from orderwright.storage.database import CONNECTION_LOST, TRANSIENT
from orderwright.storage.delivery import outbox, queue
from orderwright.storage.delivery.queue import Lease
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.pool import NoneFreeError
from orderwright.verbs.verbs import Verbs

GATHER_S = 0.01
"""After a change it is waited so long for others, which are told together with it."""
BUSY_S = 0.05
"""After so long it is asked again whether another process is done."""
MOST_AT_ONCE = 256
_AWAY = (ApiError, *CONNECTION_LOST, *TRANSIENT, NoneFreeError)
log = logging.getLogger("orderwright.delivery")


def _now() -> datetime:
    return datetime.now(UTC)


class Relay:
    """Fans out and sends, until it is cancelled. `outside` is what destinations may use."""

    def __init__(
        self, verbs: Verbs, outside: GuardedHttp, patience: Patience | None = None, clock: Callable[[], datetime] = _now
    ) -> None:
        self._verbs = verbs
        self._database = verbs.documents.database
        self._services = Services(outside)
        self._patience = patience or Patience()
        self._clock = clock
        self._holder = new_id()
        self._paths = {type_id: resource.path for type_id, resource in verbs.types.items()}
        self._lags = Lags(self._database, self._subscriptions, clock)
        self._changed: set[str] = set()
        self._woken = asyncio.Event()
        self._sending: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._wanted: set[tuple[str, str]] = set()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    def written(self, unit: Unit) -> None:
        """What hears of each unit that this process stores. Only the database knows what effects have told."""
        if any(change.subscribers for change in unit.changes) or (unit.post is not None and unit.effects):
            self.wake(unit.shard)

    def wake(self, shard: str) -> None:
        """Something is to be told in a project."""
        self._changed.add(shard)
        self._woken.set()

    async def run(self) -> None:
        """Forever, until it is cancelled; what is being sent then is left to the next."""
        looked = 0.0
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    if loop.time() - looked >= self._patience.poll_s:
                        looked = loop.time()
                        await self._look()
                    await self._fan_out()
                except _AWAY:
                    await asyncio.sleep(BUSY_S)  # what is to be told still is when the database is back
                except Exception:
                    log.exception("relaying failed")
                    await asyncio.sleep(1)
                await self._sleep(looked + self._patience.poll_s - loop.time())
        finally:
            for task in self._sending.values():
                task.cancel()
            await asyncio.gather(*self._sending.values(), return_exceptions=True)
            await self._services.close()

    async def once(self) -> None:
        """Everything that is to be told and sent at this moment."""
        await self._look()
        while self._changed:
            await self._fan_out()
        while self._sending:
            await asyncio.gather(*self._sending.values())
        await self._services.close()

    async def _sleep(self, longest: float) -> None:
        if self._changed and not self._woken.is_set():
            await asyncio.sleep(BUSY_S)
            return
        try:
            async with asyncio.timeout(max(longest, 0.01)):
                await self._woken.wait()
            await asyncio.sleep(GATHER_S)
        except TimeoutError:
            pass

    async def _look(self) -> None:
        """For what other processes have written, and for what is due again."""
        self._changed |= set(await outbox.shards(self._database))
        for key in await queue.ready(self._database, self._clock()):
            self._want(key)
        self._services.let_go()
        await self._lags.look()

    async def _fan_out(self) -> None:
        self._woken.clear()
        for shard in list(self._changed):
            self._changed.discard(shard)
            try:
                await self._project(shard)
            except BaseException:
                self._changed.add(shard)
                raise

    async def _project(self, shard: str) -> None:
        """All that is to be told in one project; what another process is busy with is looked at again soon."""
        while True:
            try:
                maker = Maker(shard, await self._subscriptions(shard), self._paths)
            except ApiError as error:
                if error.status == 404:  # the project is no more
                    return
                raise
            done = await outbox.fan_out(self._database, shard, maker)
            if done is None:
                self._changed.add(shard)
                return
            for subscription in done[1]:
                self._want((shard, subscription))
            if done[0] < outbox.PORTION:
                return

    async def _subscriptions(self, shard: str) -> dict[str, Subscription]:
        facts = await self._verbs.facts(_access(shard), ())
        return {each.id: each for each in facts.catalogue.all("subscription")}

    def _want(self, key: tuple[str, str]) -> None:
        if key[1] == outbox.NOBODY:
            return
        self._wanted.add(key)
        if key not in self._sending:
            self._sending[key] = asyncio.create_task(self._send(key))

    async def _send(self, key: tuple[str, str]) -> None:
        """Send to one destination as long as it is wanted."""
        try:
            while key in self._wanted:
                self._wanted.discard(key)
                async with self._room:
                    ended = await self._sent(key)
                if ended == "elsewhere":
                    # Whoever sends there may have looked for the last time before this was stored.
                    await asyncio.sleep(BUSY_S)
                    if key in await queue.ready(self._database, self._clock()):
                        self._wanted.add(key)
        except _AWAY:
            pass  # it is found again when the database is back
        except Exception:
            log.exception("sending failed", extra={"fields": {"project": key[0], "subscription": key[1]}})
        finally:
            del self._sending[key]
            if key in self._wanted:
                self._want(key)

    async def _sent(self, key: tuple[str, str]) -> Ended:
        shard, id = key
        try:
            subscription = (await self._subscriptions(shard)).get(id)
        except ApiError as error:
            if error.status != 404:
                raise
            subscription = None

        version = subscription.version if subscription is not None else 0

        async def report(status: HealthStatus) -> bool:
            nonlocal version
            reported = await self._reported(shard, id, version, status)
            version += reported
            return reported

        lease = Lease(shard, id, self._holder)
        sender = Sender(self._database, lease, subscription, self._services, self._patience, self._clock, report)
        return await sender.run()

    async def _reported(self, shard: str, id: str, version: int, status: HealthStatus) -> bool:
        """Write a subscription's status, unless it was changed or deleted since it was read: then the next sender tells."""
        try:
            await self._verbs.update(HEALTH, Lookup("id", id), version, [ReportStatus(status=status)], _access(shard))
        except ApiError as error:
            if error.status not in (404, 409):
                raise
            return False
        return True


def _access(shard: str) -> Access:
    return Access(shard=shard, who=ClientLogging())
