"""JSON in and out. Decoders are built once a type; a refusal names the path, as the API's does.

This is the one place where JSON becomes values and values JSON. A number is exact here or it is refused: `fraction` reads those
that a float would round, and `bounded` those whose range no type bounds.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from decimal import Decimal
from typing import Any

import msgspec

from orderwright.engine.json.reasons import in_json
from orderwright.engine.languages import with_canonical_languages
from orderwright.engine.scalars import MAX_DIGITS, UUID, decode_scalar, encode_scalar, fraction, number
from orderwright.errors import ApiError, invalid_json_input

_encoder = msgspec.json.Encoder(enc_hook=encode_scalar, decimal_format="number")
_sorting = msgspec.json.Encoder(enc_hook=encode_scalar, decimal_format="number", order="sorted")
_PATH = re.compile(r" - at (`key` in )?`\$?([^`]{0,400})`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_NO_UUID = f"Expected `str` matching regex {UUID!r}"

# Numbers are left as they are written, for the decoder that is to judge them.
_verbatim = msgspec.json.Decoder(float_hook=lambda text: msgspec.Raw(text.encode())).decode


@functools.cache
def decoder(expected: Any) -> msgspec.json.Decoder[Any]:
    """The one decoder of a type, strict about types, lenient about unknown fields."""
    return msgspec.json.Decoder(expected, dec_hook=decode_scalar, float_hook=fraction)


def encode(document: Any) -> bytes:
    """The bytes that are stored and served."""
    return _encoder.encode(document)


def plain(body: bytes | str) -> Any:
    """Plain dicts and lists of JSON that was written here, for what walks it by name. Its numbers are exact."""
    return decoder(Any).decode(body)


def as_written(body: bytes) -> Any:
    """Plain JSON whose numbers are written again as they were sent, 1.50 with both digits.

    Raises ValueError for what is no JSON and for a number of more than 400 digits, RecursionError for too many levels.
    """
    return _reader.decode(body.decode())


def _number(text: str) -> int | Decimal:
    found = number(text)
    if found is None:
        raise ValueError(f"A number has more than {MAX_DIGITS} digits.")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON.")


_reader = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_constant)


def to_builtins(value: Any) -> Any:
    """Plain dicts and lists of any value (predicates, messages)."""
    return plain(_encoder.encode(value))


def in_one_order(value: Any) -> bytes:
    """Equal for equal values, whatever the order of their members."""
    return _sorting.encode(value)


def decode_body(expected: Any, body: bytes) -> Any:
    """Decode a request. Raises `InvalidJsonInput` that names the path; an explicit null is an absent field, and a language tag
    is spelled in its one form."""
    return with_canonical_languages(expected, _decoded(expected, body))


def _decoded(expected: Any, body: bytes) -> Any:
    try:
        try:
            return decoder(expected).decode(body)
        except msgspec.ValidationError as error:
            if "got `null`" not in str(error) and "got `NoneType`" not in str(error):
                raise
        # Decoding stopped at a null: what stands behind it has not been read yet, and need not be JSON.
        body = encode(_without_nulls(_verbatim(body)))
        return decoder(expected).decode(body)
    except msgspec.ValidationError as error:
        raise _refusal(error, body) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_json_input(_plainly(error)) from None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value] if isinstance(value, list) else value


def _plainly(error: Exception) -> str:
    return "The document is nested too deeply." if isinstance(error, RecursionError) else in_json(str(error))[:400]


def _refusal(error: msgspec.ValidationError, body: bytes) -> ApiError:
    text = str(error)
    match = _PATH.search(text)
    path, reason = (match[2], text[: match.start()]) if match else ("", text)
    required = re.fullmatch(r"Object missing required field `([^`]+)`", reason)
    if required:
        path = f"{path}.{required[1]}"
    reason = f"Invalid UUID: '{_value_at(path, body)}'" if reason == _NO_UUID else in_json(reason)
    if match and match[1]:
        reason += ", as the name of a member"
    steps = re.sub(r"\[(?:\d+|\.\.\.)\]", "", path).strip(".").replace(".", " -> ")
    return invalid_json_input(f"{steps}: {reason}" if steps else reason)


def _value_at(path: str, body: bytes) -> str:
    """The text that stands in a body at the path of an error, cut short; empty where the path does not say which it is."""
    value: Any = None
    # What follows the error was not read yet, and need not be JSON.
    with contextlib.suppress(LookupError, TypeError, RecursionError, UnicodeDecodeError, msgspec.DecodeError):
        value = plain(body)
        for name, place in _STEP.findall(path):
            value = value[name or int(place)]
    return value[:100] if isinstance(value, str) else ""
