"""Setter rows: what their names and the model's types make of them."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec.structs import replace

from domain.facts import NOW, facts, uid
from orderwright.engine.actions import ActionSet
from orderwright.engine.json.codec import decode_body
from orderwright.engine.messages import Message
from orderwright.engine.model import Resource
from orderwright.errors import ApiError


class Parcel(Resource):
    """A resource with an optional and a required field."""

    name: str
    shipment_state: Literal["Ready", "Shipped"] | None = None


actions = ActionSet(Parcel)
actions.setters("changeName", "changeShipmentState", "setShipmentState")


def sent(action: str) -> object:
    (decoded,) = decode_body(actions.update_type(), b'{"version": 1, "actions": [%s]}' % action.encode()).actions
    return decoded


@pytest.mark.parametrize(
    "action",
    [
        '{"action": "changeShipmentState", "shipmentState": null}',
        '{"action": "changeShipmentState"}',
        '{"action": "changeName"}',
        '{"action": "setShipmentState", "shipmentState": "Lost"}',
    ],
)
def test_change_takes_a_value_of_the_fields_type(action: str) -> None:
    with pytest.raises(ApiError) as caught:
        sent(action)
    assert caught.value.code == "InvalidJsonInput"


def test_set_without_a_value_clears() -> None:
    assert getattr(sent('{"action": "setShipmentState"}'), "shipment_state", "absent") is None
    assert getattr(sent('{"action": "changeShipmentState", "shipmentState": "Ready"}'), "shipment_state", None) == "Ready"


@pytest.mark.parametrize("name", ["setColour", "removeName", "set"])
def test_a_row_that_fits_no_field_fails_at_once(name: str) -> None:
    with pytest.raises(TypeError):
        ActionSet(Parcel).setters(name)


def test_an_action_has_one_handler() -> None:
    with pytest.raises(TypeError):
        actions.setters("changeName")


class Sealed(Parcel):
    """A resource that has all of a parcel's fields and one more."""

    seal: str | None = None


class ParcelNamed(Message):
    """The name, and the one before."""

    name: str
    old_name: str


def test_a_set_takes_over_anothers_actions_and_says_itself_what_they_tell() -> None:
    sealed = ActionSet(Sealed)
    sealed.include(actions, tells={"changeName": lambda before, after: ParcelNamed(name=after.name, old_name=before.name)})
    sealed.setters("setSeal")
    assert sealed.types[: len(actions.types)] == actions.types
    parcel = Sealed(id=uid(1), version=1, created_at=NOW, last_modified_at=NOW, name="a", seal="s")
    naming, clearing = decode_body(
        sealed.update_type(),
        b'{"version": 1, "actions": [{"action": "changeName", "name": "b"}, {"action": "setShipmentState"}]}',
    ).actions
    change = sealed.apply(parcel, [naming, clearing], facts())
    assert (change.after, change.messages) == (replace(parcel, name="b"), (ParcelNamed(name="b", old_name="a"),))
    assert sealed.apply(change.after, [naming], facts()).is_bare
    assert actions.apply(parcel, [naming], facts()).is_bare


def test_what_is_told_of_an_action_that_is_not_there_fails_at_once() -> None:
    with pytest.raises(TypeError, match="removeName"):
        ActionSet(Sealed).include(actions, tells={"removeName": lambda before, after: ParcelNamed(name="", old_name="")})
