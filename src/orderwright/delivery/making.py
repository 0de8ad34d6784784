"""From changes to what is sent: each subscription gets its Messages and then the change itself, as it has asked for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orderwright.domain.subscription.audience import wants_change, wants_message
from orderwright.domain.subscription.model import STOPPED, Subscription
from orderwright.domain.subscription.payloads import Told, change_payload, message_payload, notification_of
from orderwright.engine.scalars import DateTime
from orderwright.storage.delivery.outbox import Delivery, Due, Posted


class Maker:
    """Makes the deliveries of one project. `subscriptions` are those there are, by id; `paths` those of resources, by type."""

    def __init__(self, project: str, subscriptions: Mapping[str, Subscription], paths: Mapping[str, str]) -> None:
        self._project = project
        self._subscriptions = subscriptions
        self._paths = paths

    def __call__(self, changes: Sequence[Due], told: Mapping[str, Posted]) -> list[Delivery]:
        """The deliveries of all changes, in their order."""
        return [delivery for change in changes for delivery in self._of(change, told)]

    def _of(self, change: Due, told: Mapping[str, Posted]) -> Iterator[Delivery]:
        for id in change.subscribers:
            subscription = self._subscriptions.get(id)
            if subscription is not None and subscription.status not in STOPPED:
                yield from self.for_one(subscription, change, told)

    def for_one(self, subscription: Subscription, change: Due, told: Mapping[str, Posted]) -> Iterator[Delivery]:
        """What one subscription is told of a change. A Message that is gone by now is not told."""
        most = subscription.destination.most_bytes
        messages = sorted((told[id] for id in change.messages if id in told), key=lambda message: message.sequence_number)
        for message in messages:
            if wants_message(subscription, change.resource_type, message.type):
                payload = message_payload(subscription, self._project, message.body, self._paths, most)
                yield self._delivery(subscription, change, message.type, payload, message)
        if wants_change(subscription, change.resource_type, change.kind):
            as_told = Told(
                id=change.id,
                type_id=change.resource_type,
                resource_id=change.resource_id,
                version=change.version,
                kind=change.kind,
                at=DateTime.of(change.at),
                identifiers=change.identifiers,
            )
            payload = change_payload(subscription, self._project, as_told, self._paths)
            yield self._delivery(subscription, change, notification_of(change.kind), payload)

    def _delivery(
        self, subscription: Subscription, change: Due, kind: str, payload: bytes, message: Posted | None = None
    ) -> Delivery:
        return Delivery(
            subscription=subscription.id,
            notification=change.id if message is None else message.id,
            kind=kind,
            resource_type=change.resource_type,
            resource_id=change.resource_id,
            sequence_number=None if message is None else message.sequence_number,
            at=change.at,
            payload=payload.decode(),
        )
