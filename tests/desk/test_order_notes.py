"""What is written beside an order: notes, and deliveries of its Messages that are sent again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from desks import Desk, desk_of
from placing import act, now, opened, placed, told

from live import Client, Server
from orderwright.desk.order.kept_notes import LONGEST, MOST, SAYINGS, Notes, read, with_note
from orderwright.desk.words import texts
from orderwright.errors import ApiError
from relaying import http, receiving

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def order(shop: Client) -> dict[str, Any]:
    opened(shop)
    return placed(shop, "D-1")


@pytest.fixture
def desk(server: Server, shop: Client) -> Desk:
    return desk_of(server, shop)


def kept(shop: Client, order: dict[str, Any]) -> Any:
    return shop.get(f"custom-objects/orderwright-notes/{order['id']}")


def test_notes_are_kept_with_who_wrote_them(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    assert act(desk, {**order, "version": 0}, "note", {"text": f" {EVIL}\r\ntwo "}).status == 200
    first = kept(shop, order)
    (note,) = first["value"]["notes"]
    assert (note["text"], note["by"]) == (f"{EVIL}\ntwo", first["createdBy"]["clientId"])
    assert note["at"][:10] == first["createdAt"][:10]
    page = act(desk, {**order, "version": first["version"]}, "note", {"text": "Called her."})
    assert [note["text"] for note in kept(shop, order)["value"]["notes"]] == [f"{EVIL}\ntwo", "Called her."]
    assert page.text.index("Called her.") < page.text.index("alert(1)")
    assert "<script>alert" not in page.source
    assert now(shop, order) == order  # the order itself is left alone


def test_a_note_at_an_older_version_is_refused(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    act(desk, {**order, "version": 0}, "note", {"text": "One"})
    late = act(desk, {**order, "version": 0}, "note", {"text": "Two"})
    assert late.status == 409
    assert kept(shop, order)["lastModifiedBy"]["clientId"] in told(late)
    assert "Two</textarea>" in late.source
    assert [note["text"] for note in kept(shop, order)["value"]["notes"]] == ["One"]


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST + 1)])
def test_a_note_has_a_length(desk: Desk, shop: Client, order: dict[str, Any], text: str) -> None:
    page = act(desk, {**order, "version": 0}, "note", {"text": text})
    assert page.status == 400
    assert "A note has from 1 to 2,000 characters." in told(page)
    assert shop.get("custom-objects", params={"limit": 0})["total"] == 0


def test_what_others_keep_there_is_left_alone(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    mine = shop.create("custom-objects", {"container": "orderwright-notes", "key": order["id"], "value": {"notes": "mine"}})
    assert f'action="{desk.at("orders", order["id"], "note")}"' not in desk.get("orders", order["id"]).source
    assert act(desk, mine, "note", {"text": "One"}).status == 404  # it is no order
    assert act(desk, {**order, "version": mine["version"]}, "note", {"text": "One"}).status == 400
    assert kept(shop, order) == mine


def test_notes_need_their_scope(server: Server, shop: Client, order: dict[str, Any]) -> None:
    clerk = desk_of(server, shop, f"manage_orders:{shop.project}:berlin")
    hers = placed(shop, "B-1", store="berlin")
    page = clerk.get("orders", hers["id"])
    assert page.status == 200
    assert "A note on this order" not in page.text
    assert act(clerk, {**order, "version": 0}, "note", {"text": "One"}).status == 404
    assert act(clerk, {**hers, "version": 0}, "note", {"text": "One"}).status in (403, 404)
    assert shop.get("custom-objects", params={"limit": 0})["total"] == 0


@pytest.mark.pure
def test_there_are_no_more_notes_than_an_order_may_have() -> None:
    note = {"text": "x", "at": "2026-01-01T00:00:00.000Z", "by": "c"}
    assert len(with_note(Notes(1, (note,) * (MOST - 1)), "y", "now", "me")["notes"]) == MOST
    with pytest.raises(ApiError, match="as many notes"):
        with_note(Notes(1, (note,) * MOST), "y", "now", "me")
    for foreign in (1, "x", {}, {"notes": 1}, {"notes": [1]}, {"notes": [{**note, "at": 1}]}):
        assert read(3, foreign) == Notes(3, foreign=True)
    assert read(3, {"notes": [note]}) == Notes(3, (note,))
    assert [text for text in SAYINGS if text not in texts("de")] == []


def test_what_happened_is_sent_again(desk: Desk, server: Server, shop: Client, order: dict[str, Any]) -> None:
    with receiving() as receiver:
        draft = {"key": "erp", "destination": http(receiver), "messages": [{"resourceTypeId": "order"}]}
        subscription = shop.create("subscriptions", draft)
        act(desk, order, "payment-state", {"state": "Paid"})
        arrived(lambda: len(receiver.about(order["id"])) == 1)
        fields = {"subscription": subscription["id"], "change.1": "1", "change.2": "1", "change.9": "1"}
        page = act(desk, now(shop, order), "replay", fields)
        assert "Messages that will be sent again: 2" in page.text
        arrived(lambda: len(receiver.about(order["id"])) == 3)
        types = sorted(each["type"] for each in receiver.about(order["id"]))
        assert types == ["OrderCreated", "OrderPaymentStateChanged", "OrderPaymentStateChanged"]
        for wrong in ({"change.9": "1"}, {"change.1": "1", "subscription": ""}, {"change.1": "x"}):
            refused = act(desk, order, "replay", {"subscription": subscription["id"], **wrong})
            assert refused.status == 400
            assert told(refused)
        viewer = desk_of(server, shop, f"manage_orders:{shop.project}")
        assert "Send again" not in viewer.get("orders", order["id"]).text
        assert act(viewer, order, "replay", fields).status == 403


def arrived(met: Any) -> None:
    """Waits until something has."""
    deadline = time.monotonic() + 15
    while not met():
        assert time.monotonic() < deadline, "nothing has arrived"
        time.sleep(0.02)
