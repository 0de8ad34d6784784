"""Shopping lists over HTTP, at each of the four doors: every operation, every action, and nobody else's."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from live import Client
from orderwright.domain.shopping_list.resource import MINE, RESOURCE
from shop_setup import by_key, open_shop

PASSWORD = "correct horse"
DOORS = ("", "in-store/key=berlin/")
KINDS = ["shopping-list", "line-item", "shopping-list-text-line-item"]


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop with its goods, a store and a Type of lists."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    field = {"name": "note", "label": {"en": "Note"}, "type": {"name": "String"}, "required": False}
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": KINDS, "fieldDefinitions": [field]})
    return shop


def owner(market: Client, door: str, email: str = "ada@example.com") -> Client:
    """A customer who may enter by the door."""
    market.create(f"{door}customers", {"email": email, "password": PASSWORD})
    return market.signed_in(email, PASSWORD, "berlin" if door else None)


def wishes(**more: Any) -> dict[str, Any]:
    """A list with two mugs and a text on it."""
    lines, texts = [{"sku": "mug", "quantity": 2, "key": "mugs"}], [{"name": {"en": "A gift"}, "key": "gift"}]
    return {"name": {"en": "Wishes"}, "lineItems": lines, "textLineItems": texts, **more}


def own_actions() -> list[dict[str, Any]]:
    """What an owner may do to her list, once each; those on orders need ids and are elsewhere."""
    line, text, extra = {"lineItemKey": "mugs"}, {"textLineItemKey": "gift"}, {"type": by_key("type", "extra")}
    return [
        {"action": "addLineItem", "sku": "tea", "key": "teas"},
        {"action": "addTextLineItem", "name": {"en": "Cards"}, "key": "cards"},
        {"action": "changeLineItemQuantity", **line, "quantity": 5},
        {"action": "changeTextLineItemQuantity", **text, "quantity": 3},
        {"action": "changeName", "name": {"en": "Birthday"}},
        {"action": "setDescription", "description": {"en": "Of Ada"}},
        {"action": "changeTextLineItemName", **text, "name": {"en": "A surprise"}},
        {"action": "setTextLineItemDescription", **text, "description": {"en": "Any"}},
        {"action": "removeLineItem", **line, "quantity": 1},
        {"action": "removeTextLineItem", **text, "quantity": 1},
        {"action": "setDeleteDaysAfterLastModification", "deleteDaysAfterLastModification": 3},
        {"action": "setCustomType", **extra},
        {"action": "setCustomField", "name": "note", "value": "a"},
        {"action": "setLineItemCustomType", **line, **extra},
        {"action": "setLineItemCustomField", **line, "name": "note", "value": "b"},
        {"action": "setTextLineItemCustomType", **text, **extra},
        {"action": "setTextLineItemCustomField", **text, "name": "note", "value": "c"},
    ]


def in_another_order(made: dict[str, Any]) -> list[dict[str, Any]]:
    """The two actions that turn both lists of items round."""
    ids = {items: [item["id"] for item in reversed(made[items])] for items in ("lineItems", "textLineItems")}
    return [
        {"action": "changeLineItemsOrder", "lineItemOrder": ids["lineItems"]},
        {"action": "changeTextLineItemsOrder", "textLineItemOrder": ids["textLineItems"]},
    ]


def check_owned(made: dict[str, Any]) -> None:
    teas, mugs = made["lineItems"]
    cards, surprise = made["textLineItems"]
    assert (teas["key"], teas["quantity"], mugs["quantity"], mugs["custom"]["fields"]) == ("teas", 1, 4, {"note": "b"})
    assert (cards["key"], surprise["name"], surprise["quantity"]) == ("cards", {"en": "A surprise"}, 2)
    assert (surprise["description"], surprise["custom"]["fields"]) == ({"en": "Any"}, {"note": "c"})
    assert (made["name"], made["description"], made["custom"]["fields"]) == ({"en": "Birthday"}, {"en": "Of Ada"}, {"note": "a"})
    assert made["deleteDaysAfterLastModification"] == 3


@pytest.mark.parametrize("door", DOORS)
def test_every_action_of_an_owner(market: Client, door: str) -> None:
    ada = owner(market, door)
    made = ada.create(f"{door}me/shopping-lists", wishes())
    assert (made["customer"]["typeId"], made.get("store")) == ("customer", {"typeId": "store", "key": "berlin"} if door else None)
    sent = own_actions()
    made = ada.update(f"{door}me/shopping-lists/{made['id']}", 1, *sent)
    turned = in_another_order(made)
    made = ada.update(f"{door}me/shopping-lists/{made['id']}", 2, *turned)
    check_owned(made)
    assert {action["action"] for action in (*sent, *turned)} == {kind.__struct_config__.tag for kind in MINE.actions.types}


@pytest.mark.parametrize("door", DOORS)
def test_every_action_of_a_merchant(market: Client, door: str) -> None:
    path = f"{door}shopping-lists"
    unit = {"key": "acme", "name": "Acme", "unitType": "Company", "status": "Active", "storeMode": "Explicit"}
    stores = [{"typeId": "store", "key": "berlin"}] if door else []
    for key in ("acme", "other"):
        market.create("business-units", {**unit, "key": key, "stores": stores})
    made = market.create(path, wishes(key="list-1", slug={"en": "one"}, businessUnit=by_key("business-unit", "acme")))
    made = market.update(f"{path}/key=list-1", 1, *own_actions())
    made = market.update(f"{path}/{made['id']}", 2, *in_another_order(made))
    check_owned(made)
    ada = market.create("customers", {"email": "ada@example.com", "password": PASSWORD})["customer"]
    rest: list[dict[str, Any]] = [
        {"action": "setKey", "key": "list-2"},
        {"action": "setSlug", "slug": {"en": "two"}},
        {"action": "setAnonymousId", "anonymousId": "visitor"},
        {"action": "setBusinessUnit", "businessUnit": by_key("business-unit", "other")},
    ]
    made = market.update(f"{path}/{made['id']}", 3, *rest)
    assert (made["key"], made["slug"], made["anonymousId"]) == ("list-2", {"en": "two"}, "visitor")
    assert made["businessUnit"] == {"typeId": "business-unit", "key": "other"}
    of_nobody = market.create(path, wishes(slug={"en": "three"}))
    owned = {"action": "setCustomer", "customer": {"id": ada["id"]}}
    stored = {"action": "setStore", "store": by_key("store", "berlin")}
    hers = market.update(f"{path}/{of_nobody['id']}", 1, owned, stored)
    assert (hers["customer"]["id"], hers["store"]["key"]) == (ada["id"], "berlin")
    names = {action["action"] for action in (*own_actions(), *in_another_order(made), *rest, owned, stored)}
    assert names == {kind.__struct_config__.tag for kind in RESOURCE.actions.types}
    twice = market.refused(400, "POST", path, wishes(slug={"de": "zwei", "en": "two"}))
    assert (twice["code"], twice["field"]) == ("DuplicateField", "slug.en")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("own", [False, True], ids=["merchant", "owner"])
def test_every_operation(market: Client, door: str, own: bool) -> None:
    who, path = (owner(market, door), f"{door}me/shopping-lists") if own else (market, f"{door}shopping-lists")
    made = who.create(path, wishes())
    if own:
        market.update(f"{door}shopping-lists/{made['id']}", 1, {"action": "setKey", "key": "wishes"})
    else:
        who.update(f"{path}/{made['id']}", 1, {"action": "setKey", "key": "wishes"})
    for name in (made["id"], "key=wishes"):
        version = who.get(f"{path}/{name}")["version"]
        assert who.send("HEAD", f"{path}/{name}").status_code == 200
        after = who.update(f"{path}/{name}", version, {"action": "changeName", "name": {"en": f"Name {version}"}})
        assert after["version"] == version + 1
    page = who.get(path, params={"where": 'textLineItems(key = "gift") and lineItems(quantity = 2)'})
    assert [each["id"] for each in page["results"]] == [made["id"]]
    assert who.send("HEAD", path, params={"where": 'key = "wishes"'}).status_code == 200
    assert who.send("HEAD", path, params={"where": 'key = "nothing"'}).status_code == 404
    other = who.create(path, wishes())
    assert who.delete(f"{path}/{other['id']}", 1)["id"] == other["id"]
    assert who.delete(f"{path}/key=wishes", 4)["id"] == made["id"]
    assert who.get(path)["total"] == 0


def test_a_list_shows_its_products_as_they_are_today(market: Client) -> None:
    made = market.create("shopping-lists", wishes())
    path = f"shopping-lists/{made['id']}"
    assert "variant" not in made["lineItems"][0]
    asked = {"expand": ["lineItems[*].variant", "lineItems[*].productSlug", "lineItems[*].productType"]}
    (line,) = market.get(path, params=asked)["lineItems"]
    assert (line["variant"]["sku"], line["productSlug"], line["productType"]["obj"]["key"]) == (
        "mug",
        {"en": "mug-slug"},
        "goods",
    )
    # For one line alone nothing is expanded.
    assert market.get(path, params={"expand": "lineItems[0].variant"}) == made
    (found,) = market.get("shopping-lists", params={"expand": "lineItems[*].variant"})["results"]
    assert (found["lineItems"][0]["variant"], "productSlug" in found["lineItems"][0]) == (line["variant"], False)
    product = market.get(f"products/{line['productId']}")
    market.update(
        f"products/{product['id']}", product["version"], {"action": "changeSlug", "slug": {"en": "cup"}, "staged": False}
    )
    assert market.get(path, params=asked)["lineItems"][0]["productSlug"] == {"en": "cup"}
    after = market.update(path, 1, {"action": "setKey", "key": "a-list"}, params={"expand": "lineItems[*].productSlug"})
    assert after["lineItems"][0]["productSlug"] == {"en": "cup"}
    assert "productSlug" not in market.get(path)["lineItems"][0]


def test_a_foreign_list_is_not_found(market: Client) -> None:
    ada, eve = owner(market, ""), owner(market, "", "eve@example.com")
    hers, nobodys = ada.create("me/shopping-lists", wishes()), market.create("shopping-lists", wishes(key="nobodys"))
    for foreign in (hers, nobodys):
        path = f"me/shopping-lists/{foreign['id']}"
        change = {"version": 1, "actions": [{"action": "changeName", "name": {"en": "Mine"}}]}
        assert eve.refused(404, "GET", path)["code"] == eve.refused(404, "POST", path, change)["code"] == "ResourceNotFound"
        assert eve.refused(404, "DELETE", path, params={"version": 1})["code"] == "ResourceNotFound"
        assert market.refused(404, "GET", f"in-store/key=berlin/shopping-lists/{foreign['id']}")["code"] == "ResourceNotFound"
    assert eve.refused(404, "GET", "me/shopping-lists/key=nobodys")["code"] == "ResourceNotFound"
    assert eve.get("me/shopping-lists")["total"] == 0
    assert market.get(f"shopping-lists/{hers['id']}")["version"] == 1
    market.refused(403, "GET", "shopping-lists", token=market.fetch_token(f"manage_orders:{market.project}"))


def test_a_visitors_lists_are_hers_once_she_signs_in(market: Client) -> None:
    guest = market.anonymous("visitor")
    made = guest.create("me/shopping-lists", wishes())
    assert (made["anonymousId"], "customer" in made) == ("visitor", False)
    signed = guest.create("me/signup", {"email": "ada@example.com", "password": PASSWORD})
    after = market.get(f"shopping-lists/{made['id']}")
    assert (after["customer"]["id"], "anonymousId" in after) == (signed["customer"]["id"], False)


def test_a_cart_takes_the_products_of_a_list(market: Client) -> None:
    made = market.create("shopping-lists", wishes(key="wishes"))
    cart = market.create("carts", {"currency": "EUR"})
    add = {"action": "addShoppingList", "shoppingList": by_key("shopping-list", "wishes")}
    after = market.update(f"carts/{cart['id']}", 1, add, add)
    assert [(line["variant"]["sku"], line["quantity"]) for line in after["lineItems"]] == [("mug", 4)]
    assert after["totalPrice"]["centAmount"] == 4 * after["lineItems"][0]["price"]["value"]["centAmount"]
    market.delete(f"shopping-lists/{made['id']}", 1)
    error = market.refused(400, "POST", f"carts/{cart['id']}", {"version": 2, "actions": [add]})
    assert (error["code"], error["typeId"]) == ("ReferencedResourceNotFound", "shopping-list")


def test_a_list_follows_its_products_within_seconds(market: Client) -> None:
    made = market.create("shopping-lists", wishes())
    id = made["lineItems"][0]["productId"]

    def line() -> dict[str, Any]:
        found: dict[str, Any] = market.get(f"shopping-lists/{made['id']}")["lineItems"][0]
        return found

    def within_seconds(condition: Callable[[], bool]) -> bool:
        until = time.monotonic() + 15
        while not condition() and time.monotonic() < until:
            time.sleep(0.2)
        return condition()

    def change(action: dict[str, Any]) -> None:
        market.update(f"products/{id}", market.get(f"products/{id}")["version"], action)

    change({"action": "changeName", "name": {"en": "Cup"}, "staged": False})
    assert within_seconds(lambda: line()["name"] == {"en": "Cup"})
    change({"action": "unpublish"})
    assert within_seconds(lambda: line()["published"] is False and "deactivatedAt" in line())
    change({"action": "publish"})
    assert within_seconds(lambda: line()["published"] is True and "deactivatedAt" not in line())
