"""Edits of an order at the desk: staged, looked at with their difference in money, applied or discarded."""

from __future__ import annotations

from typing import Any

import pytest
from desks import Desk, Page, desk_of
from placing import act, now, opened, placed, told

from live import Client, Server
from orderwright.desk.order.forms.staged import amounts, changed_lines, staged
from orderwright.errors import ApiError

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def order(shop: Client) -> dict[str, Any]:
    opened(shop)
    return placed(shop, "D-1", ("mug", 3))


@pytest.fixture
def desk(server: Server, shop: Client) -> Desk:
    return desk_of(server, shop)


def quantities(order: dict[str, Any], **units: int) -> dict[str, str]:
    """The quantities of an order's items, as its form has them, but for some SKUs."""
    mug, wrap = order["lineItems"][0], order["customLineItems"][0]
    found = {mug["id"]: units.get("mug", mug["quantity"]), wrap["id"]: units.get("wrap", wrap["quantity"])}
    return {f"quantity.{id}": str(quantity) for id, quantity in found.items()}


def edits(shop: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.get("orders/edits")["results"]
    return found


def test_an_edit_is_looked_at_and_then_applied(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    before = order["totalPrice"]["centAmount"]
    assert before == 3 * 1999 + 200 + 595
    form = desk.get("orders", order["id"], "edit")
    assert {name: value for name, value in form.fields if name.startswith("quantity.")} == quantities(order)
    more = {"sku.1": "tea", "units.1": "2", "comment": EVIL, "moved": "1", "city": "Potsdam", "country": "DE"}
    page = act(desk, order, "edit", {**quantities(order, mug=1, wrap=0), **more})
    (edit,) = edits(shop)
    assert now(shop, order) == order
    mug, wrap = order["lineItems"][0]["id"], order["customLineItems"][0]["id"]
    assert edit["stagedActions"] == [
        {"action": "changeLineItemQuantity", "lineItemId": mug, "quantity": 1},
        {"action": "removeCustomLineItem", "customLineItemId": wrap},
        {"action": "addLineItem", "sku": "tea", "quantity": 2},
        {"action": "setShippingAddress", "address": {"city": "Potsdam", "country": "DE"}},
    ]
    after = 1999 + 2 * 2450 + 595
    for text in (
        f"€{before / 100:.2f}",
        f"€{after / 100:.2f}",
        f"€{(after - before) / 100:.2f}".replace("€-", "-€"),
        "+€49.00",
        "3 → 1",
    ):
        assert text in page.text, text
    for text in ("0 → 2", "2 → 0", EVIL):
        assert text in page.text, text
    assert "<script>alert" not in page.source
    done = apply(desk, order, edit)
    assert "Done." in done.text
    changed = now(shop, order)
    assert (changed["totalPrice"]["centAmount"], changed["shippingAddress"]["city"]) == (after, "Potsdam")
    assert "It was applied:" in desk.get("orders", order["id"], "edits", edit["id"]).text


def apply(desk: Desk, order: dict[str, Any], edit: dict[str, Any], what: str = "apply") -> Page:
    fields = {"version": str(order["version"]), "edit": str(edit["version"])}
    return desk.send("orders", order["id"], "edits", edit["id"], what, fields=fields)


def test_an_edit_is_discarded(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    act(desk, order, "edit", quantities(order, mug=2))
    (edit,) = edits(shop)
    assert "Edits that wait" in desk.get("orders", order["id"], "edit").text
    page = apply(desk, order, edit, "discard")
    assert page.status == 200
    assert edits(shop) == []
    assert "Edits that wait" not in page.text
    assert now(shop, order) == order


def test_an_edit_of_an_older_order_is_not_applied(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    act(desk, order, "edit", quantities(order, mug=2))
    (edit,) = edits(shop)
    act(desk, order, "payment-state", {"state": "Paid"})
    late = apply(desk, order, edit)
    assert late.status == 409
    assert "Payment: – → Paid" in told(late)
    assert now(shop, order)["totalPrice"] == order["totalPrice"]
    late = act(desk, order, "edit", {**quantities(order, mug=1), "sku.1": EVIL})
    assert (late.status, late.values("sku.1")) == (409, [EVIL])
    assert "Payment: – → Paid" in told(late)
    assert len(edits(shop)) == 1
    assert "Done." in apply(desk, now(shop, order), edit).text


def test_what_can_not_be_done_is_told_before_it_is_tried(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    page = act(desk, order, "edit", {**quantities(order), "sku.1": "nothing-like-it"})
    assert "It can not be applied to the order as it is:" in page.text
    assert "nothing-like-it" in page.text
    for fields, status in (({}, 400), ({"quantity.x": "1"}, 400), ({**quantities(order), "units.1": "2"}, 400)):
        refused = act(desk, order, "edit", fields)
        assert refused.status == status
        assert told(refused)
    assert len(edits(shop)) == 1


def test_an_edit_of_another_order_is_not_there(server: Server, shop: Client, order: dict[str, Any]) -> None:
    desk, other = desk_of(server, shop), placed(shop, "D-2")
    act(desk, order, "edit", quantities(order, mug=2))
    (edit,) = edits(shop)
    assert desk.get("orders", other["id"], "edits", edit["id"]).status == 404
    for what in ("apply", "discard"):
        assert apply(desk, other, edit, what).status == 404
    assert edits(shop)[0]["version"] == edit["version"]
    viewer = desk_of(server, shop, f"view_orders:{shop.project}")
    assert "Edit the lines" not in viewer.get("orders", order["id"]).text
    assert viewer.get("orders", order["id"], "edits", edit["id"]).status == 403
    assert act(viewer, order, "edit", quantities(order, mug=1)).status == 403


def test_looking_at_an_edit_writes_nothing(desk: Desk, shop: Client, order: dict[str, Any]) -> None:
    act(desk, order, "edit", quantities(order, mug=2))
    before, messages = edits(shop), shop.get("messages", params={"limit": 0})["total"]
    for words in (("edit",), ("edits", before[0]["id"])):
        assert desk.get("orders", order["id"], *words).status == 200
    assert edits(shop) == before
    assert now(shop, order) == order
    assert shop.get("messages", params={"limit": 0})["total"] == messages


def money(cents: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "fractionDigits": 2, "centAmount": cents}


@pytest.mark.pure
def test_two_orders_are_held_beside_each_other() -> None:
    def item(id: str, quantity: int, cents: int) -> dict[str, Any]:
        return {"id": id, "name": {"en": id}, "quantity": quantity, "totalPrice": money(cents)}

    before = {"lineItems": [item("a", 1, 100), item("b", 2, 50)], "customLineItems": [], "totalPrice": money(150)}
    after = {"lineItems": [item("a", 1, 90), item("c", 1, 70)], "customLineItems": [], "totalPrice": money(160)}
    found = {each.name["en"]: each for each in changed_lines(before, after)}
    assert {name: (each.units_before, each.units_after) for name, each in found.items()} == {
        "a": (1, 1),
        "b": (2, 0),
        "c": (0, 1),
    }
    assert {name: (each.difference or {})["centAmount"] for name, each in found.items()} == {"a": -10, "b": -50, "c": 70}
    assert [(each.name, (each.difference or {})["centAmount"]) for each in amounts(before, after)] == [("Total", 10)]
    with pytest.raises(ApiError, match="Nothing was chosen"):
        staged({"quantity.a": ("1",), "quantity.b": ("2",)}, before)
