"""A JSON number is exact, or it is refused: read, kept and written, at every place that leaves its range open."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderwright.domain.custom.custom_object import CustomObjectDraft, saved
from orderwright.domain.goods.product.variant import Attribute
from orderwright.domain.shop.channel.model import GeoPoint
from orderwright.engine.json.codec import decode_body, decoder, encode, plain, to_builtins
from orderwright.errors import ApiError

# The grammar of a JSON number, with more digits and larger exponents than anybody can hold.
DIGITS = st.text("0123456789", min_size=1, max_size=30) | st.integers(380, 420).map(lambda count: "9" * count)
WHOLE = DIGITS.map(lambda text: text.lstrip("0") or "0")
POWERS = (0, 5, 22, 308, 309, 399, 401)
EXPONENTS = st.sampled_from(["", *(f"{e}{sign}{power}" for e in "eE" for sign in ("", "+", "-") for power in POWERS)])
NUMBERS = st.builds(
    lambda sign, whole, fraction, exponent: f"{sign}{whole}{fraction and '.' + fraction}{exponent}",
    st.sampled_from(["", "-"]),
    WHOLE,
    st.just("") | DIGITS,
    EXPONENTS,
)


def exactly(text: bytes) -> Any:
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


@given(NUMBERS)
@example("1e309")
@example("1.50")
@example("-0.0")
@example("-0")
@example("1e23")
@example("0." + "1" * 399 + "e5")
@example("0." + "0" * 399 + "1")
@example("123456789" * 40 + "e10")
def test_an_open_value_is_exact_or_refused(text: str) -> None:
    try:
        attribute = decode_body(Attribute, b'{"name": "n", "value": {"deep": [%s]}}' % text.encode())
    except ApiError as error:
        assert error.code == "InvalidJsonInput"
        digits = exactly(text.encode()).as_tuple()
        assert len(digits.digits) > 399 or abs(exactly(text.encode()).adjusted()) > 400 or len(text) > 400
        return
    stored = encode(attribute)
    assert exactly(stored) == {"name": "n", "value": {"deep": [Decimal(text)]}}
    # What is stored is read again, shown by other ways, and written alike.
    assert encode(decoder(Attribute).decode(stored)) == stored == encode(plain(stored)) == encode(to_builtins(attribute))


@given(NUMBERS)
@example("1.50")
@example("0." + "1" * 399 + "e5")
def test_a_value_of_a_custom_object_is_exact_or_refused(text: str) -> None:
    draft = decode_body(CustomObjectDraft, b'{"container": "c", "key": "k", "value": [%s]}' % text.encode())
    try:
        stored = bytes(saved(draft.value))
    except ApiError as error:
        assert error.code == "InvalidJsonInput"
        return
    assert exactly(stored) == [Decimal(text)]
    assert exactly(encode(plain(stored))) == [Decimal(text)]  # as it is expanded


@given(NUMBERS)
def test_a_coordinate_is_exact_or_refused(text: str) -> None:
    try:
        point = decode_body(GeoPoint, b'{"type": "Point", "coordinates": [%s]}' % text.encode())
    except ApiError as error:
        assert error.code == "InvalidJsonInput"
        return
    assert exactly(encode(point))["coordinates"] == [Decimal(text)]


@pytest.mark.parametrize("value", ['"0.5"', "true", "null", "[]"])
def test_what_is_no_number_is_no_coordinate(value: str) -> None:
    with pytest.raises(ApiError) as caught:
        decode_body(GeoPoint, b'{"type": "Point", "coordinates": [%s]}' % value.encode())
    assert str(caught.value.fields["detailedErrorMessage"]).startswith("coordinates: Expected a number, got")


def test_a_number_that_a_float_holds_is_one_and_is_written_as_before() -> None:
    """What earlier versions have stored is what this one would write."""
    for text in (b"1.5", b"1e23", b"1e-7", b"100000.0", b"-0.0", b"5e-324", b"1.7976931348623157e308", b"0.1"):
        assert encode(plain(text)) == text == msgspec.json.encode(msgspec.json.decode(text))
