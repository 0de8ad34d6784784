"""Zones: places, each of one zone only."""

from typing import Any

import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused
from domain.facts import EUROPE
from orderwright.domain.shop.zone import RESOURCE

NEW_YORK = {"country": "US", "state": "New York"}


def test_a_zone_is_made_and_named() -> None:
    zone = made(RESOURCE, {"name": "East", "locations": [NEW_YORK, {"country": "US", "state": ""}]})
    assert [(place.country, place.state) for place in zone.locations] == [("US", "New York"), ("US", None)]
    holds_to_specification("Zone", zone)
    after = changed(
        RESOURCE,
        zone,
        {"action": "changeName", "name": "Coast"},
        {"action": "setKey", "key": "coast"},
        {"action": "setDescription", "description": "by the sea"},
    )
    assert (after.name, after.key, after.description) == ("Coast", "coast", "by the sea")


def test_places_come_and_go() -> None:
    after = changed(
        RESOURCE,
        EUROPE,
        {"action": "addLocation", "location": NEW_YORK},
        {"action": "removeLocation", "location": {"country": "DE"}},
    )
    assert [(place.country, place.state) for place in after.locations] == [("FR", None), ("US", "New York")]


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("DuplicateField", {"action": "addLocation", "location": {"country": "DE"}}),
        ("InvalidOperation", {"action": "removeLocation", "location": NEW_YORK}),
        ("InvalidJsonInput", {"action": "addLocation", "location": {"country": "Germany"}}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, EUROPE, action)


def test_a_place_belongs_to_one_zone() -> None:
    not_made("DuplicateField", RESOURCE, {"name": "x", "locations": [NEW_YORK, NEW_YORK]})
    zone = made(RESOURCE, {"name": "x", "key": "east", "locations": [NEW_YORK, {"country": "DE"}]})
    assert RESOURCE.all_claims(zone) == {("key", "east"), ("locations", "US - New York"), ("locations", "DE")}
