"""`orderwright deliveries`: the log of a project's destinations, gaps in it, and what is to be sent again."""

from __future__ import annotations

import argparse
from datetime import datetime

from orderwright.app import verbs_over
from orderwright.delivery.operating import LoggedDelivery, Missing, Operator, Replay
from orderwright.domain.subscription.destinations import type_of
from orderwright.domain.subscription.model import Subscription
from orderwright.engine.access import Access, shard_of
from orderwright.engine.model import ClientLogging
from orderwright.engine.scalars import DateTime
from orderwright.settings import SettingsError
from orderwright.storage.database import Database


async def deliveries(database: Database, asked: argparse.Namespace) -> list[str]:
    """The lines that are printed. Raises SettingsError for what does not go together, and ApiError."""
    verbs, shard = verbs_over(database), shard_of(asked.key)
    facts = await verbs.facts(Access(shard=shard, who=ClientLogging()), ())
    found: list[Subscription] = facts.catalogue.all("subscription")
    if asked.subscription is not None:
        found = [each for each in found if asked.subscription in (each.id, each.key)]
        if not found:
            raise SettingsError(f"There is no subscription {asked.subscription!r} in the project {asked.key!r}.")
    operator = Operator(verbs, shard)
    times = (_time(asked.since), _time(asked.until))
    if asked.replay or asked.replay_dead or (not asked.gaps and any(times)):
        if asked.subscription is None:
            raise SettingsError("What is to be sent again needs --subscription.")
        replay = Replay(message_ids=tuple(asked.replay), since=times[0], until=times[1], dead=asked.replay_dead)
        done = await operator.replay(found[0], replay)
        return [f"{done.queued} notifications are sent again" + (f"; there are more since {done.next}." if done.next else ".")]
    lines = list[str]()
    for each in found:
        lines += await (_gaps(operator, each, times) if asked.gaps else _logged(operator, each, asked))
    return lines or ["The project has no subscription."]


async def _logged(operator: Operator, subscription: Subscription, asked: argparse.Namespace) -> list[str]:
    log = await operator.log(subscription, 0, asked.state, asked.limit)
    behind = f", the first since {log.oldest_waiting}" if log.oldest_waiting else ""
    error = f"; {log.error}" if log.error else ""
    lines = [f"  {each.state} {_told(each)}{f': {each.error}' if each.error else ''}" for each in log.results]
    return [f"{_named(subscription)}: {log.waiting} waiting{behind}, {log.dead} dead{error}", *lines]


async def _gaps(operator: Operator, subscription: Subscription, times: tuple[DateTime | None, DateTime | None]) -> list[str]:
    since, until = (_instant(each) for each in times)
    gaps = await operator.gaps(subscription, since, until)
    head = f"{_named(subscription)}: {len(gaps.results)} missing from {gaps.since} to {gaps.until}"
    return [head, *(f"  missing {_told(each)}" for each in gaps.results)]


def _named(subscription: Subscription) -> str:
    return f"{subscription.key or subscription.id} ({type_of(subscription.destination)}, {subscription.status})"


def _told(each: LoggedDelivery | Missing) -> str:
    number = "" if each.sequence_number is None else f" #{each.sequence_number}"
    return f"{each.id} {each.notification_type}{number} of {each.resource.type_id} {each.resource.id} at {each.created_at}"


def _instant(time: DateTime | None) -> datetime | None:
    return None if time is None else time.instant()


def _time(text: str | None) -> DateTime | None:
    try:
        return None if text is None else DateTime.parse(text)
    except ValueError as error:
        raise SettingsError(f"{error}.") from None
