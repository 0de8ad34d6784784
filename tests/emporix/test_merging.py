"""What is sent as a change, merged into what is shown: the examples of RFC 7396 (appendix A), and the actions that follow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emporix.test_drafts import ORDER, shown
from orderwright.domain.order.actions.states import ChangeOrderState
from orderwright.domain.sale.actions.shared import SetCustomerEmail
from orderwright.emporix.changing.merging import Keep, changes, merged
from orderwright.engine.json.codec import encode, plain
from orderwright.errors import ApiError

SHOWN = plain(encode(shown(ORDER)))


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
        ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
        ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
        ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
        ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
        ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
        ('{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
        ("{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
    ],
)
def test_merging(target: str, patch: str, result: str) -> None:
    assert merged(json.loads(target), json.loads(patch)) == json.loads(result)


def made(sent: dict[str, Any], whole: bool = False) -> tuple[Any, ...]:
    return changes(ORDER, SHOWN, sent, whole=whole)


def test_what_says_nothing_new_does_nothing() -> None:
    assert made({}) == made(SHOWN) == made(SHOWN, whole=True) == ()
    assert made({"created": "1999-01-01", "id": "another"}) == ()


def test_a_status_is_a_move() -> None:
    assert made({"status": "CONFIRMED"}) == (ChangeOrderState(order_state="Confirmed"),)


def test_an_email_is_set_and_the_customer_kept_anew() -> None:
    email, keep = made({"customer": {"email": "new@example.com", "company": "New"}})
    assert email == SetCustomerEmail(email="new@example.com")
    assert isinstance(keep, Keep)
    assert (keep.kept["customer"]["company"], "email" in keep.kept["customer"], "@made" in keep.kept) == ("New", False, False)


def test_another_version_is_a_conflict() -> None:
    for version in (ORDER.version + 1, "x"):
        with pytest.raises(ApiError) as caught:
            made({"metadata": {"version": version}})
        assert caught.value.status == 409
