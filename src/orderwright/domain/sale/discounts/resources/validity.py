"""From when until when a discount or a code is in force, and the three actions that say so."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from orderwright.domain.goods.price import check_period
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import DateTime


class Dated(Protocol):
    """What has a beginning and an end."""

    @property
    def valid_from(self) -> DateTime | None: ...

    @property
    def valid_until(self) -> DateTime | None: ...


D = TypeVar("D", bound=Dated)


class SetValidFrom(Action):
    """From when on; always without it."""

    valid_from: DateTime | None = None


class SetValidUntil(Action):
    """Until when; for ever without it."""

    valid_until: DateTime | None = None


class SetValidFromAndUntil(Action):
    """From when on and until when."""

    valid_from: DateTime | None = None
    valid_until: DateTime | None = None


def checked(dated: D) -> D:
    """What has a period, which must not end before it has begun. Raises `InvalidField`."""
    check_period(dated.valid_from, dated.valid_until)
    return dated


def _set(dated: Any, action: Any, _facts: Facts) -> Any:
    named = {name: getattr(action, name) for name in action.__struct_fields__}
    return checked(replace(dated, **named))


def validity_rows(actions: ActionSet[Any]) -> None:
    """Add the three actions to a resource's."""
    for action in (SetValidFrom, SetValidUntil, SetValidFromAndUntil):
        actions.add(action, _set)
