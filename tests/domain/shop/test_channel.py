"""Channels: at least one role, an address with custom fields, and a place on Earth."""

from typing import Any

import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown
from domain.facts import EXTRA
from orderwright.domain.shop.channel.model import Channel
from orderwright.domain.shop.channel.resource import RESOURCE

DRAFT: dict[str, Any] = {
    "key": "Lager Süd",
    "name": {"en": "South"},
    "description": {"en": "Far south."},
    "address": {"country": "DE", "city": "München"},
    "geoLocation": {"type": "Point", "coordinates": [11.58, 48.14]},
}
SOUTH: Channel = made(RESOURCE, DRAFT)


def test_a_draft_makes_a_channel() -> None:
    assert (SOUTH.key, SOUTH.roles) == ("Lager Süd", ("InventorySupply",))
    assert shown(SOUTH)["geoLocation"] == {"type": "Point", "coordinates": [11.58, 48.14]}
    assert shown(SOUTH)["address"] == {"country": "DE", "city": "München"}
    holds_to_specification("Channel", SOUTH)
    holds_to_specification("Channel", made(RESOURCE, {"key": "x", "roles": ["Primary", "OrderExport", "Primary"]}))


def test_everything_can_be_changed() -> None:
    after = changed(
        RESOURCE,
        SOUTH,
        {"action": "changeKey", "key": "south"},
        {"action": "changeName", "name": {"en": "S"}},
        {"action": "changeDescription", "description": {"en": "D"}},
        {"action": "addRoles", "roles": ["OrderImport", "InventorySupply"]},
        {"action": "removeRoles", "roles": ["InventorySupply", "Primary"]},
        {"action": "setAddress"},
        {"action": "setGeoLocation", "geoLocation": {"type": "Point", "coordinates": [-180, 90]}},
    )
    assert (after.key, after.name, after.description) == ("south", {"en": "S"}, {"en": "D"})
    assert (after.roles, after.address) == (("OrderImport",), None)
    assert shown(after)["geoLocation"]["coordinates"] == [-180, 90]
    assert changed(RESOURCE, after, {"action": "setRoles"}).roles == ("InventorySupply",)
    assert changed(RESOURCE, after, {"action": "setGeoLocation"}).geo_location is None


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("InvalidOperation", {"action": "changeKey", "key": ""}),
        ("InvalidOperation", {"action": "changeName", "name": {}}),
        ("InvalidOperation", {"action": "changeName", "name": {"en": "South"}}),
        ("InvalidOperation", {"action": "changeDescription", "description": {}}),
        ("InvalidOperation", {"action": "changeDescription", "description": {"en": "Far south."}}),
        ("InvalidOperation", {"action": "setRoles", "roles": []}),
        ("InvalidOperation", {"action": "setRoles"}),
        ("InvalidOperation", {"action": "addRoles", "roles": ["InventorySupply"]}),
        ("InvalidOperation", {"action": "removeRoles", "roles": ["Primary"]}),
        ("InvalidOperation", {"action": "removeRoles", "roles": ["InventorySupply"]}),
        ("InvalidField", {"action": "setGeoLocation", "geoLocation": {"type": "Point", "coordinates": [181, 0]}}),
        ("InvalidField", {"action": "setGeoLocation", "geoLocation": {"type": "Point", "coordinates": [0, -90.1]}}),
        ("InvalidField", {"action": "setGeoLocation", "geoLocation": {"type": "Point", "coordinates": [1]}}),
        ("InvalidJsonInput", {"action": "setGeoLocation", "geoLocation": {"type": "Polygon", "coordinates": []}}),
        ("InvalidJsonInput", {"action": "addRoles", "roles": ["Warehouse"]}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, SOUTH, action)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("InvalidOperation", {"key": ""}),
        ("InvalidOperation", {"roles": []}),
        ("InvalidField", {"geoLocation": {"type": "Point", "coordinates": []}}),
        ("InvalidOperation", {"custom": {"type": {"key": EXTRA.key}}}),  # a Type that is not for channels
    ],
)
def test_drafts_that_are_refused(code: str, changes: dict[str, Any]) -> None:
    not_made(code, RESOURCE, {**DRAFT, **changes})


def test_an_address_that_is_not_there_has_no_custom_fields() -> None:
    bare = made(RESOURCE, {"key": "bare"})
    refused("InvalidInput", RESOURCE, bare, {"action": "setAddressCustomType", "type": {"key": EXTRA.key}})
    refused("InvalidInput", RESOURCE, bare, {"action": "setAddressCustomField", "name": "note", "value": "v"})
    refused("InvalidOperation", RESOURCE, SOUTH, {"action": "setAddressCustomField", "name": "note", "value": "v"})
