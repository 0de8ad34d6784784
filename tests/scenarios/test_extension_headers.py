"""What an answer tells of the extensions that were called: how long each took, and what the one to blame has answered."""

from __future__ import annotations

import re
from typing import Any

import pytest

from live import Client
from receiving import Receiver, receiving
from shop_setup import cart_draft, open_shop

NOTHING: tuple[int, Any] = (200, {"actions": []})
REFUSAL: tuple[int, Any] = (400, {"errors": [{"code": "InvalidInput", "message": "No."}]})
ENTRY = re.compile(r'extension;desc="([\w-]+)";dur=(\d+\.\d)')
TOTAL = re.compile(r"total;dur=(\d+\.\d)")


@pytest.fixture
def market(shop: Client) -> Client:
    open_shop(shop)
    return shop


def extend(shop: Client, receiver: Receiver, **more: Any) -> Any:
    triggers = [{"resourceTypeId": "cart", "actions": ["Create", "Update"]}]
    return shop.create("extensions", {"destination": {"type": "HTTP", "url": receiver.url}, "triggers": triggers} | more)


def made(shop: Client) -> Any:
    return shop.send("POST", "carts", cart_draft(("mug", 1)))


def test_without_extensions_nothing_is_told(market: Client) -> None:
    headers = made(market).headers
    assert "server-timing" not in headers
    assert "ct-upstream-status-code" not in headers


def test_each_call_has_an_entry_and_all_have_a_total(market: Client) -> None:
    """Two at the same time, of 100 and of 200 ms, are waited for 200 ms."""
    with receiving(NOTHING, delay_s=0.1) as one, receiving(NOTHING, delay_s=0.2) as other:
        extend(market, one, key="short")
        unnamed = extend(market, other)
        answer = made(market)
        assert answer.status_code == 201
        timing = answer.headers["server-timing"]
        took = {name: float(duration) for name, duration in ENTRY.findall(timing)}
        assert set(took) == {"short", unnamed["id"]}
        assert 100 <= took["short"] < took[unnamed["id"]]
        (total,) = (float(each) for each in TOTAL.findall(timing))
        assert took[unnamed["id"]] <= total < took["short"] + took[unnamed["id"]]
        assert "ct-upstream-status-code" not in answer.headers
        # The next request has called nobody.
        assert "server-timing" not in market.send("GET", "carts").headers


BLAMED: dict[str, tuple[tuple[int, Any], dict[str, Any], int, str]] = {
    "refuses": (REFUSAL, {}, 400, "400"),
    "fails": ((503, b""), {}, 502, "503"),
    "is silent": (NOTHING, {"timeoutInMs": 100}, 504, "504"),
    "wants what is not": ((200, {"actions": [{"action": "juggle"}]}), {}, 400, "200"),
    "wants what cannot be": ((201, {"actions": [{"action": "addLineItem", "sku": "none"}]}), {}, 400, "201"),
}


@pytest.mark.parametrize("case", BLAMED)
def test_the_one_to_blame_is_told_by_its_status(market: Client, case: str) -> None:
    answered, more, status, upstream = BLAMED[case]
    with receiving(NOTHING) as quiet, receiving(answered, delay_s=0.5 if case == "is silent" else 0) as receiver:
        extend(market, quiet)
        extend(market, receiver, key="blamed", **more)
        answer = made(market)
        assert answer.status_code == status
        assert answer.headers["ct-upstream-status-code"] == upstream
        assert 'desc="blamed"' in answer.headers["server-timing"]


def test_what_the_request_itself_does_wrong_is_no_extensions_fault(market: Client) -> None:
    with receiving(NOTHING) as receiver:
        extend(market, receiver)
        answer = market.send("POST", "carts", {"currency": "EUR", "lineItems": [{"sku": "none"}]})
        assert answer.status_code == 400
        assert "ct-upstream-status-code" not in answer.headers
