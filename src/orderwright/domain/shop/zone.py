"""Zones: the places that shipping rates are made for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.laws.distinct import check_distinct
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Resource, Value, always
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import CountryCode, Key
from orderwright.errors import invalid_operation


class Location(Value):
    """A country, or a state of it."""

    country: CountryCode
    state: str | None = None


class Zone(Resource):
    """Places that shipping rates are made for."""

    name: str
    key: Key | None = None
    locations: tuple[Location, ...] = always(())
    description: str | None = None


class ZoneDraft(Value):
    """A zone as it is sent."""

    name: str
    key: Key | None = None
    description: str | None = None
    locations: tuple[Location, ...] = ()


class AddLocation(Action):
    """A place that no zone has yet."""

    location: Location


class RemoveLocation(Action):
    """A place of the zone that is to go."""

    location: Location


actions = ActionSet(Zone)
actions.setters("changeName", "setKey", "setDescription")


@actions.handles
def add_location(zone: Zone, action: AddLocation, facts: Facts) -> Zone:
    """Raises `DuplicateField` for a place the zone has."""
    return replace(zone, locations=_distinct((*zone.locations, _plain(action.location))))


@actions.handles
def remove_location(zone: Zone, action: RemoveLocation, facts: Facts) -> Zone:
    """Raises `InvalidOperation` for a place the zone does not have."""
    gone = _plain(action.location)
    if gone not in zone.locations:
        raise invalid_operation(f"The zone does not have the location '{_name(gone)}'.")
    return replace(zone, locations=tuple(location for location in zone.locations if location != gone))


def from_draft(draft: ZoneDraft, facts: Facts) -> Zone:
    """A new zone."""
    return Zone(
        **facts.born(),
        name=draft.name,
        key=draft.key,
        description=draft.description,
        locations=_distinct(tuple(_plain(location) for location in draft.locations)),
    )


def _plain(location: Location) -> Location:
    # An empty state means the whole country.
    return replace(location, state=location.state or None)


def _distinct(locations: tuple[Location, ...]) -> tuple[Location, ...]:
    check_distinct("locations", map(_name, locations))
    return locations


def _name(location: Location) -> str:
    return location.country + (f" - {location.state}" if location.state else "")


def _claims(zone: Zone) -> Iterator[tuple[str, str]]:
    """A place belongs to one zone of the project, or a cart would have to choose between their rates."""
    for location in zone.locations:
        yield "locations", _name(location)


RESOURCE = ResourceType(
    type_id="zone",
    path="zones",
    model=Zone,
    draft=ZoneDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    claims=_claims,
    lookups={"key": "key"},
    catalogue=True,
)
