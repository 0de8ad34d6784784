"""What a body may be, and how a refusal names the path."""

from __future__ import annotations

import pytest

from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Action, Value, always
from orderwright.engine.references import TaxCategoryIdentifier, Wanted, ZoneIdentifier, wanted_by, wanted_by_each
from orderwright.engine.scalars import DateTime, Id, Key, LocalizedString, NotServed
from orderwright.errors import ApiError

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
TAG = "^[A-Za-z]{1,8}([-_][A-Za-z0-9]{1,8})*$"
WRONG_ZONE = "parts -> zone -> id: Invalid UUID: 'Z'"


class Part(Value):
    """A part of a draft."""

    zone: ZoneIdentifier
    when: DateTime | None = None


class Draft(Value):
    """A draft with one of everything."""

    name: str
    key: Key | None = None
    owner: Id | None = None
    quantity: int = 1
    parts: tuple[Part, ...] = always(())
    tax_category: TaxCategoryIdentifier | None = None
    later: NotServed | None = None
    texts: LocalizedString | None = None


class Rename(Action):
    """An action, to see its tag."""

    name: str


def refusal(body: bytes) -> str:
    with pytest.raises(ApiError) as caught:
        decode_body(Draft, body)
    error = caught.value
    assert (error.status, error.code, error.message) == (400, "InvalidJsonInput", "Request body does not contain valid JSON.")
    return str(error.fields["detailedErrorMessage"])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{}", "name: Missing required value"),
        (b'{"name": 3}', "name: Expected a text, got a whole number"),
        (b'{"name": "n", "parts": [{}]}', "parts -> zone: Missing required value"),
        (b'{"name": "n", "parts": [{"zone": {"id": 1}}]}', "parts -> zone -> id: Expected a text or null, got a whole number"),
        (b'{"name": "n", "later": {"x": 1}}', "later: This field is not served by this version of Orderwright"),
        (b'{"name": "n", "owner": "62921"}', "owner: Invalid UUID: '62921'"),
        (b'{"name": "n", "owner": "62921"', "owner: Invalid UUID: ''"),
        (b'{"name": "n", "owner": "62921", "more": ' + b"[" * 100_000, "owner: Invalid UUID: ''"),
        (b'{"name": "n", "owner": "62921", "more": "\xff"}', "owner: Invalid UUID: ''"),
        (b'{"name": "n", "key": null, "parts": [{"zone": {"id": "%s"}}, {"zone": {"id": "Z"}}]}' % ID.encode(), WRONG_ZONE),
        (b'{"name": "n", "parts": {}}', "parts: Expected an array, got an object"),
        (b"", "The document ends too early."),
        (b'{"name": "n"', "The document ends too early."),
        (b"[1,2", "Expected an object, got an array"),
        (b'{"key": null, "parts": [{"zone": {"id": 1}}]}', "parts -> zone -> id: Expected a text or null, got a whole number"),
        (b'{"name": null, "quantity": 1', "The document ends too early."),
        (b'{"quantity": null, "name": "n"} more', "JSON is malformed: trailing characters (byte 33)"),
        (b'{"quantity": null, "name": "\xff"}', "A text is not in UTF-8."),
        (b'{"quantity": null, "name": ' + b"[" * 100_000, "The document is nested too deeply."),
        (b'{"quantity": null, "name": 1e401}', "name: The number is out of range"),
        (b'{"name": "n", "texts": {"white space": "x"}}', f"texts: Expected a text of the form {TAG}, as the name of a member"),
    ],
)
def test_a_refusal_names_the_path(body: bytes, detail: str) -> None:
    assert refusal(body) == detail


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "n", "key": "a"}',
        b'{"name": "n", "key": "white space"}',
        b'{"name": "n", "owner": "62921"}',
        b'{"name": "n", "owner": "%s\\n"}' % ID.encode(),
        b'{"name": "n", "key": "line-break\\n"}',
        b'{"name": "n", "parts": [{"zone": {"id": "%s", "key": "both"}}]}' % ID.encode(),
        b'{"name": "n", "parts": [{"zone": {}}]}',
        b'{"name": "n", "parts": [{"zone": {"key": "z1"}, "when": "yesterday"}]}',
        b'{"name": "n", "parts": [{"zone": {"key": "z1"}, "when": "0001-01-01T00:00:00+14:00"}]}',
        b'{"name": "n", "parts": [{"zone": {"key": "z1"}, "when": "9999-12-31T23:59:59-14:00"}]}',
        b'{"name": "\xff"}',
        b"[" * 100_000,
        b'{"name": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"unknown": ' + b"[" * 100_000 + b"}",
    ],
    ids=range(14),
)
def test_what_is_refused(body: bytes) -> None:
    assert refusal(body)


def test_an_explicit_null_is_an_absent_field() -> None:
    draft = decode_body(Draft, b'{"name": "n", "quantity": null, "parts": null, "key": null, "later": null}')
    assert draft == Draft(name="n", parts=())
    # What is unknown is ignored beside a null as well, whatever it is.
    assert decode_body(Draft, b'{"name": "n", "quantity": null, "more": 1e999999}') == Draft(name="n", parts=())


def test_unknown_fields_are_ignored_and_empty_unserved_ones_too() -> None:
    draft = decode_body(Draft, b'{"name": "n", "colour": "red", "later": []}')
    assert (draft.name, type(draft.later)) == ("n", NotServed)


def test_defaults_are_left_out_unless_the_api_always_shows_them() -> None:
    assert encode(Draft(name="n", parts=())) == b'{"name":"n","parts":[]}'


def test_an_action_is_tagged_by_its_name() -> None:
    assert encode(Rename(name="n")) == b'{"action":"rename","name":"n"}'


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2017-01-04T19:54:49.797Z", "2017-01-04T19:54:49.797Z"),
        ("2017-01-04T19:54:49Z", "2017-01-04T19:54:49.000Z"),
        ("2017-01-04T21:54:49.7979+02:00", "2017-01-04T19:54:49.797Z"),
        ("2017-01-04", "2017-01-04T00:00:00.000Z"),
        ("2017-W01-3T19:54:49.797Z", "2017-01-04T19:54:49.797Z"),
        ("0900-01-01T00:00:00Z", "0900-01-01T00:00:00.000Z"),
    ],
)
def test_instants_have_one_form(given: str, kept: str) -> None:
    draft = decode_body(Draft, b'{"name":"n","parts":[{"zone":{"key":"z1"},"when":"%s"}]}' % given.encode())
    assert draft.parts[0].when == kept


def test_a_draft_tells_what_it_names() -> None:
    body = b'{"name":"n","taxCategory":{"key":"tax"},"parts":[{"zone":{"typeId":"zone","id":"%s"}}]}' % ID.encode()
    assert set(wanted_by(decode_body(Draft, body))) == {Wanted("tax-category", "key", "tax"), Wanted("zone", "id", ID)}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (
            b'{"name":"n","taxCategory":{"typeId":"zone","key":"tax"}}',
            "taxCategory -> typeId: Expected 'tax-category', got 'zone'",
        ),
        (
            b'{"name":"n","parts":[{"zone":{"key":"z"}},{"zone":{"typeId":"x","key":"z"}}]}',
            "parts -> zone -> typeId: Expected 'zone', got 'x'",
        ),
    ],
)
def test_an_identifier_of_another_type_is_refused(body: bytes, detail: str) -> None:
    with pytest.raises(ApiError, match="does not contain valid JSON") as caught:
        list(wanted_by_each("drafts", [decode_body(Draft, body)]))
    assert caught.value.fields["detailedErrorMessage"] == f"drafts -> {detail}"
