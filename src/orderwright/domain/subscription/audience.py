"""Who is told of a change: the subscriptions of a project, by what they have subscribed to. It is made once a catalogue.

commercetools: Subscriptions, MessageSubscription and ChangeSubscription.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.domain.subscription.model import STOPPED, Subscription
from orderwright.domain.subscription.types import CREATED_AND_DELETED
from orderwright.engine.facts import Catalogue
from orderwright.engine.unit.rows import ChangeKind


class _Told(NamedTuple):
    """By resource type: who is told of changes, and of which Messages; None for all."""

    changes: dict[str, list[str]]
    messages: dict[str, list[tuple[str, frozenset[str] | None]]]


def _told(catalogue: Catalogue) -> _Told:
    told = _Told({}, {})
    subscriptions: list[Subscription] = catalogue.all("subscription")
    for each in subscriptions:
        if each.status in STOPPED:
            continue
        for change in each.changes:
            told.changes.setdefault(change.resource_type_id, []).append(each.id)
        for message in each.messages:
            types = frozenset(message.types) or None
            told.messages.setdefault(message.resource_type_id, []).append((each.id, types))
    return told


class Subscribers:
    """The subscriptions as those who are told of what a write changes."""

    def wants_messages(self, catalogue: Catalogue) -> bool:
        """Whether any of them is told of Messages."""
        return bool(catalogue.derived(_told).messages)

    def of(self, catalogue: Catalogue, type_id: str, kind: ChangeKind, messages: Sequence[str]) -> tuple[str, ...] | None:
        """Those who are told, each once."""
        told = catalogue.derived(_told)
        ids = dict.fromkeys(told.changes.get(type_id, ())) if tells_of(type_id, kind) else {}
        if messages:
            for id, types in told.messages.get(type_id, ()):
                if types is None or not types.isdisjoint(messages):
                    ids[id] = None
        return tuple(ids) or None


def tells_of(type_id: str, kind: ChangeKind) -> bool:
    """Whether changes of this kind are told of. Carts are told to be made and, since they may go by themselves, to be deleted."""
    return kind not in ("told", "edited") and not (type_id == CREATED_AND_DELETED and kind == "updated")


def wants_change(subscription: Subscription, type_id: str, kind: ChangeKind) -> bool:
    """Whether one subscription is told of a change itself."""
    return tells_of(type_id, kind) and any(each.resource_type_id == type_id for each in subscription.changes)


def wants_message(subscription: Subscription, type_id: str, message: str) -> bool:
    """Whether one subscription is told of a Message."""
    return any(each.resource_type_id == type_id and (not each.types or message in each.types) for each in subscription.messages)
