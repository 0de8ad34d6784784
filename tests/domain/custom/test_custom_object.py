"""Custom objects: any JSON, as it was written."""

from typing import Any

import pytest
from msgspec import Raw

from domain.changes import made
from orderwright.domain.custom.custom_object import RESOURCE, saved
from orderwright.errors import ApiError


def stored(text: str) -> str:
    return bytes(saved(Raw(text.encode()))).decode()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('{"b": [1, {"c": null}], "a": null}', '{"b":[1,{}]}'),
        ("[null, 1.50]", "[null,1.50]"),
        ("12345678901234567890.123456789012345678901234567890", "12345678901234567890.123456789012345678901234567890"),
        ('"a\\u00e9"', '"aé"'),
        ("false", "false"),
        ("[" * 50 + "]" * 50, "[" * 50 + "]" * 50),
    ],
)
def test_a_value_is_kept_without_its_nulls_and_with_its_numbers(sent: str, kept: str) -> None:
    assert stored(sent) == kept


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("null", "RequiredField"),
        ("[" * 51 + "]" * 51, "InvalidJsonInput"),
        ('{"a\\u0000": 1}', "InvalidJsonInput"),
        ('["\\ud800"]', "InvalidJsonInput"),
        ("1" * 401, "InvalidJsonInput"),
    ],
)
def test_what_nobody_could_read_again_is_refused(sent: str, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        stored(sent)
    assert caught.value.code == code


def test_an_object_is_known_by_its_container_and_key() -> None:
    found: Any = made(RESOURCE, {"container": "boxes", "key": "one", "value": {"size": 3}})
    assert (found.version, bytes(found.value)) == (1, b'{"size":3}')
    assert list(RESOURCE.claims(found)) == [("key", "boxes/one")]
