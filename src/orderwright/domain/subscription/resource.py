"""Subscriptions: made, changed and deleted; whether their destination takes a test notification is asked before they are stored.

commercetools: Subscriptions, SubscriptionDraft and the update actions.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from msgspec.structs import replace

from orderwright.domain.subscription.destinations import (
    AnyDestination,
    EventGridDestination,
    secret_name,
    sourced,
    type_of,
    whole,
)
from orderwright.domain.subscription.model import (
    ChangeSubscription,
    CloudEventsFormat,
    EventSubscription,
    HealthStatus,
    MessageSubscription,
    PlatformFormat,
    Subscription,
    SubscriptionDraft,
)
from orderwright.domain.subscription.types import MESSAGE_TYPES
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.resource import ResourceType
from orderwright.engine.unit.effects import CatalogueStays, SetSecret
from orderwright.errors import CountersMovedError, invalid_input, max_resource_limit_exceeded

MAX_SUBSCRIPTIONS: Final = 50
"""Of a project."""


class ChangeDestination(Action):
    """Where notifications are sent from now on."""

    destination: AnyDestination


class SetMessages(Action):
    """The Messages that are told; none where the action has none."""

    messages: tuple[MessageSubscription, ...] = ()


class SetChanges(Action):
    """The changes that are told; none where the action has none."""

    changes: tuple[ChangeSubscription, ...] = ()


class SetEvents(Action):
    """The events that are told; none where the action has none."""

    events: tuple[EventSubscription, ...] = ()


class ReportStatus(Action):
    """How the deliveries fare, which only those report who send."""

    status: HealthStatus

    sent = False


actions = ActionSet(Subscription)
actions.setters("setKey")


@actions.handles
def change_destination(subscription: Subscription, action: ChangeDestination, facts: Facts) -> Change[Subscription]:
    """It is `Healthy` then, since a test notification has arrived there."""
    destination = sourced(action.destination, facts.project.key, subscription.id)
    return _kept(replace(subscription, destination=destination, status="Healthy"))


@actions.handles
def set_messages(subscription: Subscription, action: SetMessages, _facts: Facts) -> Subscription:
    """Raises `InvalidInput` for types that the resources do not have."""
    return replace(subscription, messages=action.messages)


@actions.handles
def set_changes(subscription: Subscription, action: SetChanges, _facts: Facts) -> Subscription:
    """The changes in the place of those before."""
    return replace(subscription, changes=action.changes)


@actions.handles
def set_events(subscription: Subscription, action: SetEvents, _facts: Facts) -> Subscription:
    """The events in the place of those before."""
    return replace(subscription, events=action.events)


_reports = ActionSet(Subscription, "SubscriptionHealth")


@_reports.handles
def report_status(subscription: Subscription, action: ReportStatus, _facts: Facts) -> Subscription:
    """How it fares."""
    return replace(subscription, status=action.status)


def from_draft(draft: SubscriptionDraft, facts: Facts) -> Change[Subscription]:
    """A new subscription. Raises `InvalidInput`, and `MaxResourceLimitExceeded` where the project has as many as it may."""
    if len(facts.catalogue.all("subscription")) >= MAX_SUBSCRIPTIONS:
        raise max_resource_limit_exceeded("subscription", MAX_SUBSCRIPTIONS)
    born = facts.born()
    made = Subscription(
        **born,
        destination=sourced(draft.destination, facts.project.key, born["id"]),
        key=draft.key,
        messages=draft.messages,
        changes=draft.changes,
        events=draft.events,
        format=draft.format or PlatformFormat(),
    )
    # Of two that would be the last one counts anew.
    moved = CountersMovedError("Another subscription has been made at the same moment; send the request again.")
    return _kept(made).going_on(made, (CatalogueStays(version=facts.catalogue.version, refused=moved),))


def _kept(subscription: Subscription) -> Change[Subscription]:
    """Those who send read the whole destination, which stands beside the document."""
    return Change(
        subscription,
        effects=[SetSecret(name=secret_name(subscription.id), value=whole(subscription.destination))],
    )


def _finished(subscription: Subscription, _facts: Facts) -> Subscription:
    """Raises `InvalidInput` for what can not be told, or not there."""
    if not (subscription.messages or subscription.changes or subscription.events):
        raise invalid_input("Either 'messages', 'changes', or 'events' must be set.")
    for each in subscription.messages:
        if unknown := [name for name in each.types if name not in MESSAGE_TYPES[each.resource_type_id]]:
            raise invalid_input(f"'{unknown[0]}' is not a message type of the resource type '{each.resource_type_id}'.")
    for event in subscription.events:
        prefix = "Checkout" if event.resource_type_id == "checkout" else "Import"
        if strange := [name for name in event.types if not name.startswith(prefix)]:
            raise invalid_input(f"'{strange[0]}' is not an event type of the resource type '{event.resource_type_id}'.")
    destination = subscription.destination
    if isinstance(destination, EventGridDestination) and not isinstance(subscription.format, CloudEventsFormat):
        raise invalid_input(f"The destination {type_of(destination)} takes the format CloudEvents only.")
    return subscription


def _deleting(subscription: Subscription, _facts: Facts) -> Change[Subscription]:
    return Change(subscription, effects=[SetSecret(name=secret_name(subscription.id), value=None)])


RESOURCE = ResourceType(
    type_id="subscription",
    path="subscriptions",
    model=Subscription,
    draft=SubscriptionDraft,
    actions=actions,
    create=from_draft,
    finish=_finished,
    unique=("key",),
    lookups={"key": "key"},
    catalogue=True,
    deleting=_deleting,
)
HEALTH = dataclasses.replace(RESOURCE, actions=_reports)
"""As those see it who send."""
