"""Extensions: what they may be, who waits for whom, and what their answers mean."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from msgspec.structs import replace

from domain.changes import changed, made, not_made
from domain.facts import facts, uid
from orderwright.domain.cart.resource import RESOURCE as CART
from orderwright.domain.extension.answers import answered, question
from orderwright.domain.extension.dependencies import check_dependencies
from orderwright.domain.extension.model import Extension, masked
from orderwright.domain.extension.resource import RESOURCE, settled
from orderwright.domain.extension.triggers import called_by
from orderwright.engine.actions import Change
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import Reference
from orderwright.errors import ApiError

ON_CARTS = [{"resourceTypeId": "cart", "actions": ["Create", "Update"]}]
DRAFT = {"key": "one", "destination": {"type": "HTTP", "url": "https://example.com/"}, "triggers": ON_CARTS}


def extension(number: int, *waits_for: int, triggers: list[dict[str, Any]] | None = None) -> Extension:
    """`ext-N`, which waits for others by their numbers."""
    document = made(RESOURCE, DRAFT | {"key": f"ext-{number}", "triggers": triggers or ON_CARTS})
    before = tuple(Reference(type_id="extension", id=uid(other)) for other in waits_for)
    found: Extension = replace(document, id=uid(number), dependencies=before)
    return found


def knowing(*extensions: Extension) -> Facts:
    plain = facts()
    plain.catalogue = catalogue(*extensions)
    return plain


def catalogue(*extensions: Extension) -> Catalogue:
    return Catalogue(7, [("project", facts().project), *(("extension", each) for each in extensions)])


def refusal(extension: Extension, *others: Extension) -> ApiError:
    with pytest.raises(ApiError) as raised:
        check_dependencies(extension, others)
    return raised.value


@pytest.mark.parametrize("kind", ["AWSLambda", "GoogleCloudFunction"])
def test_only_http_is_called(kind: str) -> None:
    more = {"url": "https://example.com/", "arn": "arn:aws:lambda:x", "accessKey": "a", "accessSecret": "b"}
    error = not_made("InvalidField", RESOURCE, DRAFT | {"destination": {"type": kind} | more})
    assert error.message == f"The value {kind} is not valid for field destination.type."
    assert error.fields["allowedValues"] == ["HTTP"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"triggers": []}, "InvalidField"),
        ({"triggers": [{"resourceTypeId": "payment-method", "actions": ["Create"]}]}, "InvalidField"),
        ({"triggers": [{"resourceTypeId": "cart", "actions": []}]}, "InvalidField"),
        ({"triggers": [{"resourceTypeId": "cart", "actions": ["Delete"]}]}, "InvalidJsonInput"),
        ({"triggers": [ON_CARTS[0] | {"condition": "version >"}]}, "SyntaxError"),
        ({"triggers": [ON_CARTS[0] | {"condition": 'colour = "red"'}]}, "SemanticError"),
        ({"triggers": [ON_CARTS[0] | {"condition": 'version = "red"'}]}, "SemanticError"),
        ({"triggers": ON_CARTS * 26}, "InvalidJsonInput"),
        ({"destination": {"type": "HTTP", "url": "ftp://example.com/"}}, "InvalidField"),
        ({"destination": {"type": "Carrier"}}, "InvalidJsonInput"),
        ({"timeoutInMs": 0}, "InvalidJsonInput"),
        ({"timeoutInMs": 10_001}, "InvalidJsonInput"),
        ({"expansionPaths": ["a", "b", "c", "d"]}, "InvalidJsonInput"),
        ({"expansionPaths": ["store..key"]}, "InvalidField"),
        ({"key": "x"}, "InvalidJsonInput"),
        ({"dependencies": [{"typeId": "extension", "key": "none"}]}, "MissingDependency"),
        ({"dependencies": [{"typeId": "extension", "key": f"k{n}"} for n in range(6)]}, "ExtensionChainTooWide"),
    ],
)
def test_what_is_no_extension_is_refused(wrong: dict[str, Any], code: str) -> None:
    not_made(code, RESOURCE, DRAFT | wrong)


def test_the_place_of_a_wrong_condition_is_told() -> None:
    error = not_made("SyntaxError", RESOURCE, DRAFT | {"triggers": [ON_CARTS[0] | {"condition": "version > 1 and"}]})
    assert "line 1, column 16" in error.message


@pytest.mark.parametrize("value", ["Bearer a\r\nX-Other: b", "Bearer \u00e9", "Bearer a ", " Bearer a", "x" * 8193])
def test_a_secret_is_one_line_of_ascii_and_no_refusal_shows_it(value: str) -> None:
    secret = {"type": "AuthorizationHeader", "headerValue": value}
    destination = {"type": "HTTP", "url": "https://example.com/", "authentication": secret}
    error = not_made("InvalidField", RESOURCE, DRAFT | {"destination": destination})
    assert error.fields["invalidValue"] == "****"
    assert value not in str(error.fields) + error.message


@pytest.mark.parametrize(("secret", "shown"), [("0123456789ab", "****89ab"), ("0123456789a", "****"), ("x", "****")])
def test_a_secret_is_hidden_but_for_its_end(secret: str, shown: str) -> None:
    authentication = {"type": "AzureFunctions", "key": secret}
    destination = {"type": "HTTP", "url": "https://example.com/", "authentication": authentication}
    document = made(RESOURCE, DRAFT | {"destination": destination})
    assert document.headers == {"x-functions-key": secret}
    assert masked(document).headers == {"x-functions-key": shown}


def test_without_a_value_the_time_is_two_seconds() -> None:
    document = made(RESOURCE, DRAFT | {"timeoutInMs": 500})
    assert document.timeout_s == 0.5
    assert changed(RESOURCE, document, {"action": "setTimeoutInMs"}).timeout_s == 2


def test_nobody_waits_for_itself() -> None:
    error = refusal(extension(1, 2), extension(2, 3), extension(3, 1))
    assert (error.code, error.message) == ("CircularDependency", "Circular dependency detected: [ext-1, ext-2, ext-3, ext-1]")
    assert refusal(extension(1, 1)).message == "Circular dependency detected: [ext-1, ext-1]"


def test_a_chain_has_three_layers_at_most() -> None:
    check_dependencies(extension(1, 2), (extension(2, 3), extension(3)))
    error = refusal(extension(1, 2), extension(2, 3), extension(3), extension(4, 1))
    assert (error.code, error.message) == (
        "ExtensionChainTooDeep",
        "The dependency chain depth 4 exceeds the maximum allowed depth of 3",
    )


def test_one_waits_for_those_of_its_own_triggers() -> None:
    on_orders = extension(2, triggers=[{"resourceTypeId": "order", "actions": ["Create"]}])
    error = refusal(extension(1, 2), on_orders)
    assert (error.code, error.message) == (
        "MissingDependency",
        "The extensions '[ext-2]' referenced in 'dependencies' do not exist.",
    )


def test_a_project_has_twenty_five() -> None:
    known = knowing(*(extension(number) for number in range(1, 26)))
    with pytest.raises(ApiError) as raised:
        settled(None, Change(extension(26)), known)
    assert (raised.value.code, raised.value.fields["exceededResource"]) == ("MaxResourceLimitExceeded", "extension")
    assert settled(extension(25), Change(extension(25)), known).effects == ()


def test_those_who_wait_come_later() -> None:
    found = catalogue(extension(1, 2), extension(2), extension(3), extension(4, 1, 3))
    layers = called_by(found, "cart", "Update")
    assert [[call.extension.called for call in layer] for layer in layers] == [["ext-2", "ext-3"], ["ext-1"], ["ext-4"]]
    assert layers[2][0].ancestors == {uid(1), uid(2), uid(3)}
    assert called_by(found, "order", "Update") == ()


@hypothesis.given(st.lists(st.sets(st.integers(0, 6), max_size=3), min_size=7, max_size=7))
def test_each_comes_after_all_that_it_waits_for(waits: list[set[int]]) -> None:
    all_ = [
        extension(number + 1, *(other + 1 for other in sorted(others) if other < number)) for number, others in enumerate(waits)
    ]
    layers = called_by(catalogue(*all_), "cart", "Create")
    place = {call.extension.id: number for number, layer in enumerate(layers) for call in layer}
    assert len(place) == 7
    assert all(place[each.id] > place[before.id] for each in all_ for before in each.dependencies)
    # And none later than it must.
    for each in all_:
        assert place[each.id] == max((place[before.id] + 1 for before in each.dependencies), default=0)


def test_a_trigger_without_a_condition_is_called_for_all() -> None:
    triggers = [ON_CARTS[0] | {"condition": "version > 1"}, {"resourceTypeId": "cart", "actions": ["Update"]}]
    found = catalogue(extension(1, triggers=triggers))
    conditions = [called_by(found, "cart", action)[0][0].conditions for action in ("Create", "Update")]
    assert conditions == [("version > 1",), ()]


def wanted(status: int, body: Any) -> Sequence[Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answered(extension(1), status, content, CART.actions)


@pytest.mark.parametrize("body", [b"", b" \n", {}, {"actions": []}, {"actions": None}, {"actions": [], "more": 1}])
@pytest.mark.parametrize("status", [200, 201])
def test_nothing_may_be_wanted(status: int, body: Any) -> None:
    assert list(wanted(status, body)) == []


def test_actions_are_those_of_the_type() -> None:
    (action,) = wanted(200, {"actions": [{"action": "setKey", "key": "cart-1", "of": None}]})
    assert encode(action) == b'{"action":"setKey","key":"cart-1"}'
    assert len(wanted(200, {"actions": [{"action": "recalculate"}] * 100})) == 100


def test_an_unknown_action_is_told_with_its_place() -> None:
    with pytest.raises(ApiError) as raised:
        wanted(200, {"actions": [{"action": "recalculate"}, {"action": "setKey", "key": 5}]})
    assert (raised.value.status, raised.value.code) == (400, "ExtensionUpdateActionsFailed")
    (inner,) = raised.value.fields["extensionErrors"]
    assert (inner["code"], inner["extensionId"], inner["extensionKey"]) == ("InvalidJsonInput", uid(1), "ext-1")
    assert "actions -> key" in inner["detailedErrorMessage"]


def test_a_refusal_carries_nothing_but_what_the_api_knows() -> None:
    error = {
        "code": "Own",
        "message": "No.",
        "localizedMessage": "x",
        "extensionExtraInfo": {"a": 1},
        "statusCode": 500,
        "field": "f",
    }
    with pytest.raises(ApiError) as raised:
        wanted(400, {"errors": [error]})
    assert (raised.value.status, raised.value.code, raised.value.message) == (400, "Own", "No.")
    who = {"id": uid(1), "key": "ext-1"}
    assert raised.value.fields == {"extensionExtraInfo": {"a": 1}, "errorByExtension": who}


@pytest.mark.parametrize(("status", "body"), list(itertools.product((204, 301, 401, 500), (b"", b'{"actions":[]}'))))
def test_no_other_status_is_an_answer(status: int, body: bytes) -> None:
    with pytest.raises(ApiError) as raised:
        wanted(status, body)
    assert (raised.value.status, raised.value.code) == (502, "ExtensionBadResponse")
    assert raised.value.message == f"'{status}' is not an expected status code."


@hypothesis.given(st.binary(max_size=60))
def test_whatever_is_answered_is_understood_or_a_bad_response(body: bytes) -> None:
    for status in (200, 400):
        try:
            wanted(status, body)
        except ApiError as error:
            assert error.code in ("ExtensionBadResponse", "ExtensionUpdateActionsFailed")


def test_a_question_holds_the_documents_as_they_are() -> None:
    body = question("Update", "cart", uid(5), b'{"a":1.10}', b'{"a":1}')
    assert body == (
        b'{"action":"Update","resource":{"typeId":"cart","id":"%s","obj":{"a":1.10}},'
        b'"oldResource":{"typeId":"cart","id":"%s","obj":{"a":1}}}' % (uid(5).encode(), uid(5).encode())
    )
    assert b"oldResource" not in question("Create", "cart", uid(5), b"{}", None)
