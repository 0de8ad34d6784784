"""The page of an order: what it tells, to whom, and that looking writes nothing."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from desks import Page, desk_of
from placing import now, opened, placed

from live import Client, Server
from orderwright.desk.order.lean import lean
from shop_setup import BERLIN, by_key, cart_draft, eur, order_draft

EVIL = "<script>alert(1)</script>"
TEXT = {"name": "text", "type": {"name": "String"}, "label": {"en": "Text"}, "required": False}


@pytest.fixture(autouse=True)
def _shop(shop: Client) -> None:
    opened(shop)


def opened_page(page: Page) -> str:
    assert page.status == 200, page.source
    return page.text


def changed(shop: Client, order: dict[str, Any], *actions: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = shop.update(f"orders/{order['id']}", order["version"], *actions)
    return made


def test_a_page_tells_what_the_api_holds(server: Server, shop: Client) -> None:
    payment = shop.create(
        "payments",
        {
            "key": "card",
            "amountPlanned": eur(6792),
            "paymentMethodInfo": {"paymentInterface": "Acme", "method": "CREDIT_CARD"},
            "transactions": [{"type": "Charge", "amount": eur(6792), "state": "Success", "interactionId": "X-77"}],
        },
    )
    order = placed(shop, "D-1", ("mug", 3), ("tea", 1), shippingAddress={**BERLIN, "lastName": "Lovelace"})
    mug = order["lineItems"][0]
    back = {"quantity": 1, "lineItemId": mug["id"], "shipmentState": "Returned", "comment": "Chipped"}
    order = changed(
        shop,
        order,
        {"action": "addPayment", "payment": by_key("payment", "card")},
        {
            "action": "addDelivery",
            "deliveryKey": "first",
            "items": [{"id": mug["id"], "quantity": 2}],
            "parcels": [
                {"key": "box", "trackingData": {"carrier": "DHL", "trackingId": "T-123"}, "measurements": {"weightInGram": 1250}}
            ],
        },
        {"action": "addReturnInfo", "items": [back], "returnTrackingId": "R-9"},
        {"action": "changePaymentState", "paymentState": "Paid"},
        {"action": "transitionState", "state": by_key("state", "new")},
    )
    other = placed(shop, "D-2")
    desk = desk_of(server, shop)
    page = desk.get("orders", order["id"])
    text = opened_page(page)
    # 3 mugs at 19.99, a tea at 24.50, two wrappings at 1.00, the parcel at 5.95.
    assert order["totalPrice"]["centAmount"] == 3 * 1999 + 2450 + 2 * 100 + 595
    gross, tax = "€92.42", order["taxedPrice"]["taxPortions"][0]["amount"]["centAmount"]
    for told in (
        *("Order D-1", "Ada Lovelace", "Lindenweg 1", "10969 Berlin", "ada@example.com"),
        *("Mug", "mug", "Tea", "tea", "Wrapping", "€19.99", "€59.97", "€24.50", "€5.95", gross, f"€{tax / 100:.2f}", "19%"),
        *("Paid", "new", "3 × Initial", "first", "box", "DHL", "T-123", "1,250 g", "2 × Mug"),
        *("Returned", "Initial", "Chipped", "Acme · CREDIT_CARD", "Charge", "Success", "X-77", "€67.92"),
    ):
        assert told in text, told
    assert "R-9" in text
    assert page.links["D-2"].endswith(f"/orders/{other['id']}")
    assert payment["id"] not in text
    assert re.search(rf"version {order['version']}\b", text)


def test_the_timeline_tells_who_did_what_at_which_version(server: Server, shop: Client) -> None:
    order = placed(shop, "D-1")
    order = changed(shop, order, {"action": "changeOrderState", "orderState": "Confirmed"})
    order = changed(shop, order, {"action": "setLocale", "locale": "de"})  # of which no Message tells
    told = opened_page(desk_of(server, shop).get("orders", order["id"])).partition("\nWhat happened\n1")[2]
    assert told == ""  # each time stands in a line of its own
    lines = opened_page(desk_of(server, shop).get("orders", order["id"])).splitlines()
    history = lines[len(lines) - 1 - lines[::-1].index("What happened") + 1 :]
    who = f"· {shop.client_id}"
    assert [line for line in history if not re.match(r"\d+ \w+ \d{4}, ", line)] == [
        *(f"version 3 {who}", "Changed"),
        *(f"version 2 {who}", "Order: Open → Confirmed"),
        *(f"version 1 {who}", "Created"),
    ]
    german = opened_page(desk_of(server, shop, language="de").get("orders", order["id"]))
    assert "Bestellung: Offen → Bestätigt" in german


def test_who_may_not_see_messages_is_told_why_she_reads_less(server: Server, shop: Client) -> None:
    order = placed(shop, "T-2", store="berlin")
    shop.update(f"orders/{order['id']}", 1, {"action": "changeOrderState", "orderState": "Confirmed"})
    why = "this API client has no view_messages"
    page = desk_of(server, shop).get("orders", order["id"])
    assert "Order: Open → Confirmed" in page.text and why not in page.text
    assert "3 × Initial" in page.text
    clerk = f"manage_orders:{shop.project}:berlin"
    page = desk_of(server, shop, clerk).get("orders", order["id"])
    assert "Order: Open → Confirmed" not in page.text and why in page.text
    assert f"version 2 · {shop.client_id}" in page.text
    assert "3 × " not in page.text  # nor do ids of states say anything to her
    page = desk_of(server, shop, f"{clerk} view_messages:{shop.project}").get("orders", order["id"])
    assert "Order: Open → Confirmed" in page.text and why not in page.text


def test_custom_fields_are_read_as_people_write_them(server: Server, shop: Client) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "gift": {"name": "Boolean"},
        "tags": {"name": "Set", "elementType": {"name": "String"}},
        "budget": {"name": "Money"},
    }
    fields = [{"name": name, "label": {"en": name}, "type": kind, "required": False} for name, kind in kinds.items()]
    draft = {"key": "wish", "name": {"en": "Wish"}, "resourceTypeIds": ["order"], "fieldDefinitions": fields}
    shop.create("types", draft)
    values = {"gift": True, "tags": ["red", EVIL], "budget": {"currencyCode": "EUR", "centAmount": 123456}}
    order = placed(shop, "C-1")
    changed(shop, order, {"action": "setCustomType", "type": by_key("type", "wish"), "fields": values})
    page = desk_of(server, shop, language="de-DE").get("orders", order["id"])
    shown = page.text.partition("Eigene Felder")[2]
    for text in ("gift\nja", "tags\nred, <script>", "budget\n1.234,56 €"):
        assert text in shown, text
    assert EVIL not in page.source


def test_a_script_in_what_clients_sent_stays_text(server: Server, shop: Client) -> None:
    address = {**BERLIN, "firstName": EVIL, "lastName": EVIL, "city": EVIL}
    order = placed(shop, EVIL, shippingAddress=address, billingAddress=address, customerEmail="<b>@example.com")
    order = changed(shop, order, {"action": "setPurchaseOrderNumber", "purchaseOrderNumber": EVIL})
    order = changed(shop, order, {"action": "setShippingAddress", "address": {**address, "city": f"{EVIL} two"}})
    for words in ((), ("raw",), ("explain",)):
        page = desk_of(server, shop).get("orders", order["id"], *words)
        assert EVIL in opened_page(page)
        assert "<script>" not in page.source


def test_a_clerk_has_the_orders_of_her_store_alone(server: Server, shop: Client) -> None:
    hers, others = placed(shop, "B-1", store="berlin"), placed(shop, "P-1", store="paris")
    nowhere = placed(shop, "N-1")
    clerk = desk_of(server, shop, f"view_orders:{shop.project}:berlin")
    text = opened_page(clerk.get("orders", hers["id"]))
    assert "B-1" in text
    assert "P-1" not in text  # another order of the same customer, in another store
    opened_page(clerk.get("orders", hers["id"], "raw"))
    for order in (others, nowhere):
        for words in ((), ("raw",), ("explain",)):
            assert clerk.get("orders", order["id"], *words).status == 404
    assert clerk.get("orders", "0" * 36).status == 404
    assert clerk.get("orders", "..%2fcarts").status == 404


def test_what_a_token_does_not_open_is_not_there(server: Server, shop: Client) -> None:
    shop.create("payments", {"key": "card", "amountPlanned": eur(1234)})
    order = changed(shop, placed(shop, "D-1"), {"action": "addPayment", "payment": by_key("payment", "card")})
    page = desk_of(server, shop, f"view_orders:{shop.project}").get("orders", order["id"])
    text = opened_page(page)
    assert "This API client may not see payments." in text
    assert "€12.34" not in text
    assert "version 2" in text  # changes are the order's own; its Messages have a scope of their own
    assert "Payment added" not in text
    assert "Payment added" in opened_page(desk_of(server, shop).get("orders", order["id"]))


def test_the_document_is_shown_in_both_dialects(server: Server, shop: Client) -> None:
    order = placed(shop, "D-1")
    page = desk_of(server, shop).get("orders", order["id"], "raw")
    first, second = (json.loads(text) for text in _documents(page))
    assert first == now(shop, order)
    assert second["id"] == "D-1"
    assert [entry["amount"] for entry in second["entries"]] == [3, 2]


def _documents(page: Page) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page.source, re.DOTALL)]


def test_the_amounts_are_explained_step_by_step(server: Server, shop: Client) -> None:
    order = placed(shop, "D-1")
    text = opened_page(desk_of(server, shop).get("orders", order["id"], "explain"))
    # 3 x 19.99 = 59.97, of which 59.97 / 1.19 = 50.394957... are net; two wrappings at 1.00; the parcel at 5.95.
    rounded = "5039.49579831932773109243 was rounded to 5039"
    for told in ("Mug", "€59.97", rounded, "Wrapping", "€2.00", "Parcel", "€5.95", "€67.92"):
        assert told in text, told
    assert "The price of a unit, times 3." in text
    german = opened_page(desk_of(server, shop, language="de").get("orders", order["id"], "explain"))
    assert "Alle Positionen und eigenen Positionen, addiert." in german
    assert "59,97 €" in german


def test_a_large_order_is_drawn_as_a_small_one(server: Server, shop: Client) -> None:
    lines = [{"sku": "mug", "key": f"m{number}", "quantity": 1 + number} for number in range(120)]
    draft = {**cart_draft(), "lineItems": [{**line, "custom": None} for line in lines]}
    shop.create(
        "types", {"key": "engraved", "name": {"en": "Engraved"}, "resourceTypeIds": ["line-item"], "fieldDefinitions": [TEXT]}
    )
    for line in draft["lineItems"]:
        line["custom"] = {"type": by_key("type", "engraved"), "fields": {"text": f"No. {line['quantity']} {EVIL}"}}
    order = shop.create("orders", order_draft(shop.create("carts", draft)))
    page = desk_of(server, shop).get("orders", order["id"])
    text = opened_page(page)
    assert text.count("mug · text: No. ") == 120
    assert f"mug · text: No. 120 {EVIL}" in text
    assert "<script>alert" not in page.source
    assert "€2,398.80" in text  # 120 x 19.99


def test_an_order_is_read_without_the_bulk_of_its_products_alone(shop: Client) -> None:
    order = placed(shop, "D-1", ("mug", 3), ("tea", 1), store="berlin")
    answer = shop.send("GET", f"orders/{order['id']}")
    for line in order["lineItems"]:
        line["variant"] = {"id": 1, "sku": line["productKey"], "key": None}
    assert {"type": "Order", **lean(answer.content)} == order


def test_a_discount_code_is_shown_as_it_is_typed(server: Server, shop: Client) -> None:
    target, value = {"type": "lineItems", "predicate": "true"}, {"type": "relative", "permyriad": 1000}
    draft = {"name": {"en": "Ten"}, "value": value, "cartPredicate": "true", "target": target, "sortOrder": "0.5"}
    tenth = shop.create("cart-discounts", {**draft, "requiresDiscountCode": True})
    named = [{"typeId": "cart-discount", "id": tenth["id"]}]
    code = shop.create("discount-codes", {"code": "TENTH", "cartDiscounts": named})
    order = placed(shop, "D-1", ("mug", 1), discountCodes=["TENTH"])
    text = opened_page(desk_of(server, shop).get("orders", order["id"]))
    # A tenth of 19.99 is 2.00.
    for told in ("TENTH", "1 × €17.99", "€19.99"):
        assert told in text, told
    text = opened_page(desk_of(server, shop, f"view_orders:{shop.project}").get("orders", order["id"]))
    assert "TENTH" not in text
    assert code["id"] in text


def test_looking_writes_nothing(server: Server, shop: Client) -> None:
    order = placed(shop, "D-1")
    messages = shop.get("messages", params={"limit": 0})["total"]
    desk = desk_of(server, shop)
    for words in ((), ("raw",), ("explain",)):
        opened_page(desk.get("orders", order["id"], *words))
    assert now(shop, order) == order
    assert shop.get("messages", params={"limit": 0})["total"] == messages
    assert shop.get("custom-objects", params={"limit": 0})["total"] == 0
