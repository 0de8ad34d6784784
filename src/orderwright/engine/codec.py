"""JSON in and out. Decoders are built once a type; a refusal names the path, as the API's does."""

from __future__ import annotations

import contextlib
import functools
import re
from typing import Any

import msgspec

from orderwright.engine.scalars import UUID, decode_scalar, encode_scalar
from orderwright.errors import ApiError, invalid_json_input

_encoder = msgspec.json.Encoder(enc_hook=encode_scalar, decimal_format="number")
_PATH = re.compile(r" - at `\$?([^`]{0,400})`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_NO_UUID = f"Expected `str` matching regex {UUID!r}"


@functools.cache
def decoder(expected: Any) -> msgspec.json.Decoder[Any]:
    """The one decoder of a type, strict about types, lenient about unknown fields."""
    return msgspec.json.Decoder(expected, dec_hook=decode_scalar)


def encode(document: Any) -> bytes:
    """The bytes that are stored and served."""
    return _encoder.encode(document)


def to_builtins(value: Any) -> Any:
    """Plain dicts and lists, for what walks JSON by name (predicates, messages)."""
    return msgspec.json.decode(_encoder.encode(value))


def decode_body(expected: Any, body: bytes) -> Any:
    """Decode a request. Raises `InvalidJsonInput` that names the path; an explicit null is an absent field."""
    try:
        return decoder(expected).decode(body)
    except msgspec.ValidationError as error:
        if "got `null`" in str(error) or "got `NoneType`" in str(error):
            return _decode_without_nulls(expected, body)
        raise _refusal(error, body) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_json_input(_plain(error)) from None


def _decode_without_nulls(expected: Any, body: bytes) -> Any:
    try:
        return msgspec.convert(_without_nulls(msgspec.json.decode(body)), expected, dec_hook=decode_scalar)
    except msgspec.ValidationError as error:
        raise _refusal(error, body) from None
    except RecursionError as error:
        raise invalid_json_input(_plain(error)) from None


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(member) for member in value] if isinstance(value, list) else value


def _plain(error: Exception) -> str:
    return "The document is nested too deeply." if isinstance(error, RecursionError) else str(error)[:400]


def _refusal(error: msgspec.ValidationError, body: bytes) -> ApiError:
    text = str(error)
    match = _PATH.search(text)
    path, reason = (match[1], text[: match.start()]) if match else ("", text)
    required = re.fullmatch(r"Object missing required field `([^`]+)`", reason)
    if required:
        path, reason = f"{path}.{required[1]}", "Missing required value"
    if reason == _NO_UUID:
        reason = f"Invalid UUID: '{_value_at(path, body)}'"
    steps = re.sub(r"\[(?:\d+|\.\.\.)\]", "", path).strip(".").replace(".", " -> ")
    return invalid_json_input(f"{steps}: {reason}" if steps else reason)


def _value_at(path: str, body: bytes) -> str:
    """The text that stands in a body at the path of an error, cut short; empty where the path does not say which it is."""
    value: Any = None
    # What follows the error was not read yet, and need not be JSON.
    with contextlib.suppress(LookupError, TypeError, RecursionError, UnicodeDecodeError, msgspec.DecodeError):
        value = msgspec.json.decode(body)
        for name, place in _STEP.findall(path):
            value = value[name or int(place)]
    return value[:100] if isinstance(value, str) else ""
