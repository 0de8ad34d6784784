"""What each type of custom field takes and how it is stored, by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import uid
from orderwright.domain.custom.model import FieldDefinition
from orderwright.domain.custom.values import stored_value
from orderwright.engine.json.codec import decode_body, encode
from orderwright.errors import ApiError

ENUM = {"name": "Enum", "values": [{"key": "s", "label": "Small"}, {"key": "l", "label": "Large"}]}
LENUM = {"name": "LocalizedEnum", "values": [{"key": "red", "label": {"en": "Red"}}]}
CART = {"typeId": "cart", "id": uid(1)}
EUROS = {"type": "centPrecision", "currencyCode": "EUR", "centAmount": 5, "fractionDigits": 2}
YEN = {"type": "centPrecision", "currencyCode": "JPY", "centAmount": 5, "fractionDigits": 0}


def field(field_type: str | dict[str, Any]) -> FieldDefinition:
    kind = {"name": field_type} if isinstance(field_type, str) else field_type
    draft = {"name": "my-field", "label": {"en": "Mine"}, "required": False, "type": kind}
    definition: FieldDefinition = decode_body(FieldDefinition, encode(draft))
    return definition


def set_of(field_type: str | dict[str, Any]) -> dict[str, Any]:
    return {"name": "Set", "elementType": {"name": field_type} if isinstance(field_type, str) else field_type}


def reference_to(type_id: str) -> dict[str, Any]:
    return {"name": "Reference", "referenceTypeId": type_id}


TAKEN: list[tuple[str | dict[str, Any], Any, Any]] = [
    ("Boolean", True, True),
    ("Boolean", False, False),
    ("String", "a", "a"),
    ("String", "", ""),
    ("LocalizedString", {"en": "a", "de-AT": "b"}, {"en": "a", "de-AT": "b"}),
    (ENUM, "l", "l"),
    (LENUM, "red", "red"),
    ("Number", 3, 3),
    ("Number", -0.5, -0.5),
    ("Number", 0, 0),
    ("Money", {"currencyCode": "EUR", "centAmount": 5}, EUROS),
    ("Money", EUROS, EUROS),
    ("Money", {"currencyCode": "JPY", "centAmount": 5}, YEN),
    ("Date", "2024-02-29", "2024-02-29"),
    ("Time", "14:00:00", "14:00:00.000"),
    ("Time", "14:00:00.5", "14:00:00.500"),
    ("DateTime", "2017-01-04T19:54:49.797Z", "2017-01-04T19:54:49.797Z"),
    ("DateTime", "2017-01-04T20:54:49+01:00", "2017-01-04T19:54:49.000Z"),
    ("DateTime", "2017-01-04T19:54:49", "2017-01-04T19:54:49.000Z"),
    (reference_to("cart"), CART, CART),
    (reference_to("cart"), {**CART, "obj": {"id": uid(1)}}, CART),
    (set_of("String"), [], []),
    (set_of("String"), ["b", "a", "b"], ["b", "a"]),
    (set_of("Number"), [1, 1.0, 2], [1, 2]),
    (set_of("Boolean"), [True, False, True], [True, False]),
    (set_of(ENUM), ["l", "s", "l"], ["l", "s"]),
    (set_of("Date"), ["2024-01-01", "2024-01-02"], ["2024-01-01", "2024-01-02"]),
    # Two ways to write one instant are one element.
    (set_of("DateTime"), ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00.000+01:00"], ["2024-01-01T00:00:00.000Z"]),
    (set_of("LocalizedString"), [{"en": "a", "de": "b"}, {"de": "b", "en": "a"}], [{"en": "a", "de": "b"}]),
    (set_of("Money"), [{"currencyCode": "EUR", "centAmount": 5}, EUROS], [EUROS]),
    (set_of(reference_to("cart")), [CART, CART], [CART]),
    (set_of(set_of("Number")), [[1, 2], [1, 1, 2]], [[1, 2]]),
]


@pytest.mark.parametrize(("field_type", "sent", "stored"), TAKEN)
def test_a_value_is_stored_in_its_one_form(field_type: str | dict[str, Any], sent: Any, stored: Any) -> None:
    definition = field(field_type)
    found = stored_value(definition, sent)
    assert encode(found) == encode(stored)
    # What is stored may be sent again, and stays.
    assert encode(stored_value(definition, found)) == encode(stored)


REFUSED: list[tuple[str | dict[str, Any], Any]] = [
    ("Boolean", 1),
    ("Boolean", "true"),
    ("String", 1),
    ("String", ["a"]),
    ("LocalizedString", "a"),
    ("LocalizedString", {"en": 1}),
    ("LocalizedString", {"not a locale": "a"}),
    ("Number", "1"),
    ("Number", True),
    ("Money", 5),
    ("Money", {"currencyCode": "EUR"}),
    ("Money", {"currencyCode": "XXX", "centAmount": 5}),
    ("Money", {"currencyCode": "EUR", "centAmount": 5, "fractionDigits": 3}),
    ("Money", {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": 5, "fractionDigits": 3}),
    ("Date", "2023-02-29"),
    ("Date", "2023-2-9"),
    ("Date", "2023-02-09T00:00:00.000Z"),
    ("Date", 20230209),
    ("Time", "24:00:00"),
    ("Time", "14:00"),
    ("DateTime", "2023-02-09"),
    ("DateTime", "yesterday"),
    ("DateTime", "9999-12-31T23:59:59-01:00"),
    ("DateTime", 0),
    (reference_to("cart"), {"typeId": "order", "id": uid(1)}),
    (reference_to("cart"), {"typeId": "cart", "key": "basket"}),
    (reference_to("cart"), {"typeId": "cart", "id": "1"}),
    (reference_to("cart"), uid(1)),
    (set_of("String"), "a"),
    (set_of("String"), {"a": "a"}),
    (set_of("String"), ["a", 1]),
    (set_of("String"), [None]),
    (set_of(set_of("Number")), [1]),
]


@pytest.mark.parametrize(("field_type", "sent"), REFUSED)
def test_a_value_of_another_shape_is_refused(field_type: str | dict[str, Any], sent: Any) -> None:
    with pytest.raises(ApiError) as caught:
        stored_value(field(field_type), sent)
    error = caught.value
    assert (error.status, error.code, error.fields) == (400, "InvalidField", {"field": "my-field", "invalidValue": sent})


@pytest.mark.parametrize(
    ("field_type", "sent", "allowed"),
    [
        (ENUM, "m", ["s", "l"]),
        (ENUM, {"key": "s", "label": "Small"}, ["s", "l"]),
        (LENUM, "Red", ["red"]),
        (set_of(ENUM), ["s", "m"], ["s", "l"]),
    ],
)
def test_a_key_that_an_enum_does_not_have_is_refused(field_type: dict[str, Any], sent: Any, allowed: list[str]) -> None:
    with pytest.raises(ApiError) as caught:
        stored_value(field(field_type), sent)
    assert caught.value.code == "InvalidField"
    assert caught.value.fields == {"field": "my-field", "invalidValue": sent, "allowedValues": allowed}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KINDS = ["Boolean", "String", "LocalizedString", "Number", "Money", "Date", "Time", "DateTime", ENUM, LENUM, reference_to("cart")]


@given(sent=json_values, kind=st.sampled_from(KINDS), in_set=st.booleans())
def test_any_json_is_either_refused_or_stored_as_it_would_be_again(sent: Any, kind: str | dict[str, Any], in_set: bool) -> None:
    definition = field(set_of(kind) if in_set else kind)
    try:
        stored = stored_value(definition, [sent] if in_set else sent)
    except ApiError as error:
        assert error.code == "InvalidField"
        return
    assert encode(stored_value(definition, stored)) == encode(stored)
