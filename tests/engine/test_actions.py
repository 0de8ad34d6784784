"""Setter rows: what their names and the model's types make of them."""

from __future__ import annotations

from typing import Literal

import pytest

from orderwright.engine.actions import ActionSet
from orderwright.engine.codec import decode_body
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
