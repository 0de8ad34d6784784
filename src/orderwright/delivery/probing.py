"""The test notification: a destination that does not take it is not stored.

commercetools: Subscriptions, Create Subscription and Change Destination.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec.structs import replace

from orderwright.delivery.destinations import opened
from orderwright.delivery.interface import DeliveryError, Note, UnavailableError
from orderwright.domain.subscription.destinations import type_of
from orderwright.domain.subscription.payloads import content_type, notification_of, trial_notification
from orderwright.engine.ids import new_id
from orderwright.engine.unit.decision import Decided, Deed
from orderwright.errors import ApiError, invalid_input
from orderwright.outside.guarded_http import GuardedHttp
from orderwright.storage.database import Database
from orderwright.storage.delivery import queue

LIMIT_S = 10.0


class Prober:
    """Asks a destination before a subscription with it is stored. Nothing is held while it is asked."""

    def __init__(self, database: Database, outside: GuardedHttp, paths: Mapping[str, str]) -> None:
        self._database = database
        self._outside = outside
        self._paths = paths

    async def probe(self, deed: Deed, decided: Decided) -> None:
        """Raises `InvalidInput` where the destination does not take the notification."""
        before, after = decided.before, decided.after
        if after is None or (before is not None and before.destination is after.destination):
            return
        destination = after.destination
        service = await asyncio.to_thread(opened, destination, self._outside)  # as `Services` does
        id = new_id()
        if before is not None:  # as it will be
            after = replace(after, version=before.version + 1, last_modified_at=deed.facts.now)
        payload = trial_notification(after, deed.access.shard, id, self._paths)
        note = Note(id, after.id, payload, notification_of("created"), content_type(after))
        try:
            async with asyncio.timeout(LIMIT_S):
                await service.send(note)
        except TimeoutError:
            raise _refused(type_of(destination), UnavailableError(f"There was no answer within {LIMIT_S:g} seconds.")) from None
        except DeliveryError as error:
            raise _refused(type_of(destination), error) from None
        finally:
            await service.close()
        if before is not None:
            # What waits for the destination is sent to the new one at once.
            await queue.resume(self._database, deed.access.shard, after.id)


def _refused(name: str, error: DeliveryError) -> ApiError:
    text = f"A test message could not be delivered to this destination: {name}. {error}"
    return invalid_input(f"{text} Please make sure that the destination is configured rightly.")
