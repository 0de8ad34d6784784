"""Cart discounts, their groups and discount codes over HTTP: every operation and action, at the project's door and at stores'."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from live import BESIDE, Client
from orderwright.engine.unit.rows import catalogue_kind
from shop_setup import by_key, eur, open_shop

LINES = {"type": "lineItems", "predicate": "true"}
TENTH = {"type": "relative", "permyriad": 1000}
IN_BERLIN, IN_PARIS = by_key("store", "berlin"), by_key("store", "paris")
AT_BERLIN = "in-store/key=berlin"
RENEWED_S = 20


def ranks() -> Iterator[str]:
    """Sort orders that differ."""
    return (f"0.{number:04d}1" for number in itertools.count(1))


def discount(sort_order: str | None = None, **more: Any) -> dict[str, Any]:
    placed = {} if sort_order is None else {"sortOrder": sort_order}
    return {"name": {"en": "Sale"}, "value": TENTH, "cartPredicate": "true", "target": LINES, **placed, **more}


def act(shop: Client, path: str, *actions: dict[str, Any], **options: Any) -> Any:
    return shop.update(path, shop.get(path, **options)["version"], *actions, **options)


def told(shop: Client, id: str) -> list[str]:
    where = {"where": f'resource(id = "{id}")', "sort": "sequenceNumber asc", "limit": 50}
    return [message["type"] for message in shop.get("messages", params=where)["results"]]


def until(shop: Client, path: str, name: str, value: Any) -> None:
    """What is shown follows within seconds."""
    deadline = time.monotonic() + RENEWED_S
    while shop.get(path)[name] != value:
        assert time.monotonic() < deadline, shop.get(path)
        time.sleep(0.2)


@pytest.fixture
def stores(shop: Client) -> Client:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    types = ["cart-discount", "discount-code"]
    field = {"name": "note", "type": {"name": "String"}, "label": {"en": "Note"}, "required": False}
    shop.create("types", {"key": "extra", "name": {"en": "E"}, "resourceTypeIds": types, "fieldDefinitions": [field]})
    return shop


CUSTOM = (
    {"action": "setCustomType", "type": by_key("type", "extra")},
    {"action": "setCustomField", "name": "note", "value": "a"},
)
DATES = (
    {"action": "setValidFrom", "validFrom": "2030-01-01T00:00:00.000Z"},
    {"action": "setValidUntil", "validUntil": "2030-02-01T00:00:00.000Z"},
    {"action": "setValidFromAndUntil", "validFrom": "2030-03-01T00:00:00.000Z", "validUntil": "2030-04-01T00:00:00.000Z"},
)


@pytest.mark.parametrize("door", ["", AT_BERLIN + "/"])
def test_every_action_of_a_cart_discount(stores: Client, door: str) -> None:
    """Both doors take the same actions; at that of a store the discount is of it."""
    stores.create("discount-groups", {"key": "deals", "sortOrder": "0.75"})
    made = stores.create(f"{door}cart-discounts", discount("0.5", key="sale"))
    assert [store["key"] for store in made["stores"]] == (["berlin"] if door else [])
    path = f"{door}cart-discounts/{made['id']}"
    wanted = {"type": "multiBuyLineItems", "predicate": 'sku = "mug"', "triggerQuantity": 3, "discountedQuantity": 1}
    for action in (
        {"action": "changeName", "name": {"en": "Other"}},
        {"action": "setDescription", "description": {"en": "A tenth"}},
        {"action": "setKey", "key": "other"},
        {"action": "changeIsActive", "isActive": False},
        {"action": "changeRequiresDiscountCode", "requiresDiscountCode": True},
        {"action": "changeStackingMode", "stackingMode": "StopAfterThisDiscount"},
        {"action": "changeCartPredicate", "cartPredicate": 'lineItemTotal(true = true) >= "500.00 USD"'},
        {"action": "changeTarget", "target": {**wanted, "selectionMode": "Cheapest"}},
        {"action": "changeValue", "value": {"type": "fixed", "money": [eur(100)]}},
        {"action": "changeSortOrder", "sortOrder": "0.25"},
        {"action": "addStore", "store": IN_BERLIN},
        {"action": "addStore", "store": IN_PARIS},
        {"action": "removeStore", "store": IN_PARIS},
        {"action": "setStores", "stores": [IN_PARIS, IN_BERLIN]},
        {"action": "setRecurringOrderScope", "recurringOrderScope": {"type": "AnyOrder"}},
        {"action": "setDiscountGroup", "discountGroup": by_key("discount-group", "deals")},
        *DATES,
        *CUSTOM,
    ):
        after = act(stores, path, action)
        assert stores.get(path) == after
    assert (after["sortOrder"], after["target"]["triggerQuantity"], after["custom"]["fields"]) == ("0.75", 3, {"note": "a"})
    changes = ["CartDiscountStoreAdded", "CartDiscountStoreAdded", "CartDiscountStoreRemoved", "CartDiscountStoresSet"]
    assert told(stores, made["id"]) == ["CartDiscountCreated", *(changes[1:] if door else changes)]
    by_name = f"{door}cart-discounts/key=other"
    assert stores.get(by_name) == after
    assert act(stores, by_name, {"action": "setKey"})["version"] == after["version"] + 1
    for form in (path, f"{door}cart-discounts"):
        assert stores.send("HEAD", form).status_code == 200
    assert act(stores, path, {"action": "setKey", "key": "again"})["key"] == "again"
    assert stores.send("HEAD", f"{door}cart-discounts/key=again").status_code == 200
    found = stores.get(f"{door}cart-discounts", params={"where": 'sortOrder = "0.75"', "expand": "discountGroup"})
    assert found["results"][0]["discountGroup"]["obj"]["key"] == "deals"
    assert stores.refused(400, "DELETE", "discount-groups/key=deals", params={"version": 1})["code"] == "ReferenceExists"
    assert stores.delete(f"{door}cart-discounts/key=again", after["version"] + 2)["id"] == made["id"]
    other = stores.create(f"{door}cart-discounts", discount("0.1"))
    assert stores.delete(f"{door}cart-discounts/{other['id']}", 1)["id"] == other["id"]


def test_a_store_has_discounts_of_its_own(stores: Client) -> None:
    project = stores.project
    here = stores.create(f"{AT_BERLIN}/cart-discounts", discount("0.1"))
    both = stores.create(f"{AT_BERLIN}/cart-discounts", discount("0.2", stores=[IN_PARIS]))
    everywhere = stores.create("cart-discounts", discount("0.3", key="all"))
    assert [store["key"] for store in both["stores"]] == ["berlin", "paris"]
    seen = stores.get(f"{AT_BERLIN}/cart-discounts", params={"sort": "sortOrder asc"})["results"]
    assert [each["id"] for each in seen] == [here["id"], both["id"]]
    for path in (f"{AT_BERLIN}/cart-discounts/{everywhere['id']}", f"{AT_BERLIN}/cart-discounts/key=all"):
        assert stores.send("HEAD", path).status_code == 404
        assert stores.refused(404, "GET", path)["code"] == "ResourceNotFound"
        assert stores.refused(404, "DELETE", path, params={"version": 1})["code"] == "ResourceNotFound"
    # Who manages the discounts of one store only changes and deletes what is of no other.
    token = {"token": stores.fetch_token(f"manage_cart_discounts:{project}:berlin")}
    rename = {"version": 1, "actions": [{"action": "changeName", "name": {"en": "x"}}]}
    shared = f"{AT_BERLIN}/cart-discounts/{both['id']}"
    for refused in (
        stores.refused(403, "POST", shared, rename, **token),
        stores.refused(403, "DELETE", shared, params={"version": 1}, **token),
        stores.refused(403, "POST", f"{AT_BERLIN}/cart-discounts", discount("0.4", stores=[IN_PARIS]), **token),
    ):
        assert (refused["code"], refused["storesWithoutPermission"]) == ("Unauthorized", ["paris"])
        assert refused["message"] == "Not allowed to edit this CartDiscount."
    leave = {"version": 1, "actions": [{"action": "removeStore", "store": IN_BERLIN}]}
    assert stores.send("POST", shared, leave, **token).json()["stores"] == [IN_PARIS]
    assert stores.send("POST", f"{AT_BERLIN}/cart-discounts/{here['id']}", rename, **token).status_code == 200
    for path in ("cart-discounts", "in-store/key=paris/cart-discounts", "discount-groups"):
        assert stores.refused(403, "GET", path, **token)["code"] == "insufficient_scope"
    lines = {"token": stores.fetch_token(f"view_orders:{project}:berlin")}
    assert stores.get(f"{AT_BERLIN}/cart-discounts", **lines)["count"] == 1


def test_every_action_of_a_discount_code(stores: Client) -> None:
    stores.create("cart-discounts", discount("0.1", key="one", stores=[IN_BERLIN], requiresDiscountCode=True))
    stores.create("cart-discounts", discount("0.2", key="two", stores=[IN_PARIS], isActive=False))
    brings = {"cartDiscounts": [by_key("cart-discount", "one")]}
    made = stores.create("discount-codes", {"code": "Winter", "groups": ["DiscountGroup1"], "maxApplications": 5, **brings})
    path = f"discount-codes/{made['id']}"
    for action in (
        {"action": "setKey", "key": "winter"},
        {"action": "setName", "name": {"en": "Winter"}},
        {"action": "setDescription", "description": {"en": "Cold"}},
        {"action": "changeIsActive", "isActive": False},
        {"action": "setMaxApplications", "maxApplications": 2**62},
        {"action": "setMaxApplicationsPerCustomer", "maxApplicationsPerCustomer": 1},
        {"action": "changeGroups", "groups": ["a", "b"]},
        {"action": "setCartPredicate", "cartPredicate": "lineItemCount(true) > 2"},
        {"action": "changeCartDiscounts", "cartDiscounts": [by_key("cart-discount", "two"), by_key("cart-discount", "one")]},
        *DATES,
        *CUSTOM,
    ):
        after = act(stores, path, action)
        assert stores.get(path) == after
    assert (after["stores"], after["maxApplications"], after["groups"]) == ([IN_PARIS, IN_BERLIN], 2**62, ["a", "b"])
    assert told(stores, made["id"]) == ["DiscountCodeCreated", "DiscountCodeKeySet"]
    for door in ("", f"{AT_BERLIN}/", "in-store/key=paris/"):
        expand = {"params": {"expand": "cartDiscounts[*]"}}
        brought = stores.get(f"{door}discount-codes/key=winter", **expand)["cartDiscounts"]
        # A store's door shows the discounts of that store only.
        assert [each["obj"]["key"] for each in brought if "obj" in each] == {"": ["two", "one"], f"{AT_BERLIN}/": ["one"]}.get(
            door, ["two"]
        )
        assert stores.get(f"{door}discount-codes/{made['id']}") == after
        assert stores.get(f"{door}discount-codes", params={"where": 'code = "Winter"'})["count"] == 1
        for form in ("", "/key=winter", f"/{made['id']}"):
            assert stores.send("HEAD", f"{door}discount-codes{form}").status_code == 200
    assert stores.send("POST", f"{AT_BERLIN}/discount-codes", {"code": "x", **brings}).status_code == 405
    assert stores.refused(400, "POST", "discount-codes", {"code": "Winter", **brings})["code"] == "DuplicateField"
    assert stores.create("discount-codes", {"code": "WINTER", **brings})["code"] == "WINTER"  # capital letters tell codes apart
    one = stores.get("cart-discounts/key=one")
    assert (
        stores.refused(400, "DELETE", "cart-discounts/key=one", params={"version": one["version"]})["code"] == "ReferenceExists"
    )
    # What a discount's stores become, its codes show soon after.
    act(stores, "cart-discounts/key=one", {"action": "setStores", "stores": []})
    until(stores, path, "stores", [IN_PARIS])
    assert stores.send("HEAD", f"{AT_BERLIN}/discount-codes/key=winter").status_code == 404
    act(stores, "discount-codes/key=winter", {"action": "setKey", "key": "cold"})
    last = stores.get("discount-codes/key=cold")
    gone = stores.send("DELETE", "discount-codes/key=cold", params={"version": last["version"], "dataErasure": "true"})
    assert gone.json()["id"] == made["id"]
    assert told(stores, made["id"]) == []
    other = stores.create("discount-codes", {"code": "Other", **brings})
    assert stores.delete(f"discount-codes/{other['id']}", 1)["code"] == "Other"
    assert told(stores, other["id"])[-1] == "DiscountCodeDeleted"


def test_every_action_of_a_discount_group(stores: Client) -> None:
    made = stores.create("discount-groups", {"key": "deals", "sortOrder": "0.75"})
    inside = stores.create("cart-discounts", discount(key="in", discountGroup=by_key("discount-group", "deals")))
    assert inside["sortOrder"] == "0.75"
    path = f"discount-groups/{made['id']}"
    for action in (
        {"action": "setName", "name": {"en": "Deals"}},
        {"action": "setDescription", "description": {"en": "The best"}},
        {"action": "setKey", "key": "best"},
        {"action": "setSortOrder", "sortOrder": "0.8"},
        {"action": "setIsActive", "isActive": False},
    ):
        after = act(stores, path, action)
        assert stores.get("discount-groups/key=" + after["key"]) == after
    changes = ["DiscountGroupKeySet", "DiscountGroupSortOrderSet", "DiscountGroupIsActiveSet"]
    assert told(stores, made["id"]) == ["DiscountGroupCreated", *changes]
    assert stores.get("discount-groups", params={"where": "isActive = false"})["count"] == 1
    for form in ("", "/key=best", f"/{made['id']}"):
        assert stores.send("HEAD", f"discount-groups{form}").status_code == 200
    # The discount shows soon where its group stands now.
    until(stores, "cart-discounts/key=in", "sortOrder", "0.8")
    # A group that is not active is known, too.
    assert stores.create("cart-discounts", discount(discountGroup={"id": made["id"]}))["sortOrder"] == "0.8"
    assert act(stores, "discount-groups/key=best", {"action": "setName"})["version"] == after["version"] + 1
    other = stores.create("discount-groups", {"key": "other", "sortOrder": "0.9", "isActive": False})
    assert stores.delete(f"discount-groups/{other['id']}", 1)["key"] == "other"
    assert told(stores, other["id"])[-1] == "DiscountGroupDeleted"
    stores.create("discount-groups", {"key": "third", "sortOrder": "0.9"})
    assert stores.delete("discount-groups/key=third", 1)["key"] == "third"


def test_a_place_in_the_order_is_one_discounts_or_one_groups(shop: Client) -> None:
    open_shop(shop)
    first = shop.create("cart-discounts", discount("0.5"))
    group = shop.create("discount-groups", {"key": "deals", "sortOrder": "0.25"})
    for path, draft in (
        ("cart-discounts", discount("0.5")),
        ("cart-discounts", discount("0.25")),
        ("discount-groups", {"key": "other", "sortOrder": "0.5"}),
        ("discount-groups", {"key": "other", "sortOrder": "0.25"}),
    ):
        error = shop.refused(400, "POST", path, draft)
        assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "sortOrder", draft["sortOrder"])
    move = {"action": "changeSortOrder", "sortOrder": "0.25"}
    error = shop.refused(400, "POST", f"cart-discounts/{first['id']}", {"version": 1, "actions": [move]})
    assert (error["code"], error["action"]) == ("DuplicateField", move)
    # In the group it leaves its place, which another may take.
    join = {"action": "setDiscountGroup", "discountGroup": {"id": group["id"]}}
    act(shop, f"cart-discounts/{first['id']}", join)
    with ThreadPoolExecutor(8) as pool:
        drafts = [discount("0.5", key=f"racer-{number}") for number in range(8)]
        statuses = sorted(pool.map(lambda draft: shop.send("POST", "cart-discounts", draft).status_code, drafts))
    assert statuses == [201] + [400] * 7


def test_racing_discounts_never_exceed_the_limit(shop: Client) -> None:
    """Of eight that would be the hundredth, one is. What needs a code or is not active may be there in any number."""
    open_shop(shop)
    rank = ranks()
    with ThreadPoolExecutor(4) as pool:
        drafts = [discount(next(rank)) for _ in range(99)]
        assert {shop.send("POST", "cart-discounts", draft).status_code for draft in drafts} == {201}
        racing = [discount(next(rank)) for _ in range(8)]
        answers = list(pool.map(lambda draft: shop.send("POST", "cart-discounts", draft), racing))
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 7
    errors = [answer.json()["errors"][0] for answer in answers if answer.status_code == 400]
    assert {(error["code"], error["message"]) for error in errors} == {
        ("MaxCartDiscountsReached", "Maximum number of active cart discounts reached (100).")
    }
    behind = shop.create("cart-discounts", discount(next(rank), requiresDiscountCode=True))
    idle = shop.create("cart-discounts", discount(next(rank), isActive=False))
    for id, action in (
        (behind["id"], {"action": "changeRequiresDiscountCode", "requiresDiscountCode": False}),
        (idle["id"], {"action": "changeIsActive", "isActive": True}),
    ):
        body = {"version": 1, "actions": [action]}
        assert shop.refused(400, "POST", f"cart-discounts/{id}", body)["code"] == "MaxCartDiscountsReached"
    assert shop.get("cart-discounts", params={"limit": 1})["total"] == 102


def test_rules_ask_for_categories_and_the_customer(shop: Client) -> None:
    """What no cart holds is read where a discount asks for it, whatever becomes of it between two requests."""
    open_shop(shop)
    shop.create("categories", {"key": "home", "name": {"en": "Home"}, "slug": {"en": "home"}})
    kitchen = {"key": "kitchen", "name": {"en": "Kitchen"}, "slug": {"en": "kitchen"}}
    shop.create("categories", {**kitchen, "parent": by_key("category", "home")})
    add = {"action": "addToCategory", "category": by_key("category", "kitchen"), "staged": False}
    act(shop, "products/key=mug", add)
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret", "customerNumber": "C-1"})["customer"]
    at_home = {"type": "lineItems", "predicate": 'categoriesWithAncestors.key contains "home"'}
    shop.create("cart-discounts", discount("0.5", key="home", target=at_home))
    bare = {"currency": "EUR", "country": "DE"}
    cart = shop.create("carts", {**bare, "lineItems": [{"sku": "mug"}, {"sku": "tea"}]})
    # 19.99 less a tenth, 1.999, is 17.99; the tea, 24.50, is in no category.
    assert [line["totalPrice"]["centAmount"] for line in cart["lineItems"]] == [1799, 2450]
    path = f"carts/{cart['id']}"
    ask = {"action": "changeCartPredicate", "cartPredicate": 'customer.customerNumber = "C-1"'}
    act(shop, "cart-discounts/key=home", ask)
    # The discounts of today are in force for the next request.
    assert act(shop, path, {"action": "recalculate"})["totalPrice"]["centAmount"] == 1999 + 2450
    owned = act(shop, path, {"action": "setCustomerId", "customerId": ada["id"]})
    assert owned["totalPrice"]["centAmount"] == 1799 + 2450
    act(shop, "customers/" + ada["id"], {"action": "setKey", "key": "ada"})
    root = {"action": "changeTarget", "target": {"type": "lineItems", "predicate": 'categories.key = ("home")'}}
    act(shop, "cart-discounts/key=home", root)
    assert act(shop, path, {"action": "recalculate"})["totalPrice"]["centAmount"] == 1999 + 2450
    act(shop, "categories/key=home", {"action": "setKey", "key": "old"})
    act(shop, "categories/key=kitchen", {"action": "setKey", "key": "home"})
    assert act(shop, path, {"action": "recalculate"})["totalPrice"]["centAmount"] == 1799 + 2450


def test_shipping_methods_ask_the_same(shop: Client) -> None:
    open_shop(shop)
    shop.create("categories", {"key": "home", "name": {"en": "Home"}, "slug": {"en": "home"}})
    act(shop, "products/key=mug", {"action": "addToCategory", "category": by_key("category", "home"), "staged": False})
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret", "firstName": "Ada"})["customer"]
    parcel = shop.get("shipping-methods/key=parcel")
    rule = 'customer.firstName = "Ada" and lineItemExists(categories.key contains "home")'
    shop.update("shipping-methods/key=parcel", parcel["version"], {"action": "setPredicate", "predicate": rule})
    place = {"shippingAddress": {"country": "DE"}, "currency": "EUR", "country": "DE"}
    carts = {
        sku: shop.create("carts", {**place, "lineItems": [{"sku": sku}], "customerId": ada["id"]})["id"] for sku in ("mug", "tea")
    }
    choose = {"action": "setShippingMethod", "shippingMethod": by_key("shipping-method", "parcel")}
    for sku, offered in (("mug", 1), ("tea", 0)):
        found = shop.get("shipping-methods/matching-cart", params={"cartId": carts[sku]})
        assert found["count"] == offered
        body = {"version": 1, "actions": [choose]}
        assert shop.send("POST", f"carts/{carts[sku]}", body).status_code == (200 if offered else 400)
    renamed = act(shop, f"customers/{ada['id']}", {"action": "setFirstName", "firstName": "Eve"})
    assert renamed["firstName"] == "Eve"
    mug = act(shop, f"carts/{carts['mug']}", {"action": "recalculate"})
    assert mug["shippingInfo"]["shippingMethodState"] == "DoesNotMatchCart"


def test_only_what_every_cart_is_tried_with_is_kept_in_memory(shop: Client, database_url: str, project_key: str) -> None:
    """A discount behind a code, of which there may be many, lets no process read its catalogue anew."""
    open_shop(shop)

    def stamp() -> int:
        query = "SELECT catalogue_version FROM project WHERE shard = $1"
        ((version,),) = BESIDE.run(database_url, lambda database: database.fetch(query, project_key))
        return int(version)

    def held() -> int:
        query = "SELECT count(*) FROM claim WHERE shard = $1 AND kind = $2"
        kind = catalogue_kind("cart-discount")
        ((count,),) = BESIDE.run(database_url, lambda database: database.fetch(query, project_key, kind))
        return int(count)

    before = stamp()
    made = shop.create("cart-discounts", discount("0.1", key="behind", requiresDiscountCode=True))
    path = f"cart-discounts/{made['id']}"
    act(shop, path, {"action": "changeName", "name": {"en": "Other"}})
    shop.create("cart-discounts", discount("0.2", isActive=False))
    shop.create("discount-groups", {"key": "idle", "sortOrder": "0.3", "isActive": False})
    shop.create("discount-codes", {"code": "CODE", "cartDiscounts": [by_key("cart-discount", "behind")]})
    assert (stamp(), held()) == (before, 0)
    for stamps, action in (
        (1, {"action": "changeRequiresDiscountCode", "requiresDiscountCode": False}),
        (2, {"action": "changeName", "name": {"en": "Third"}}),
        (3, {"action": "changeRequiresDiscountCode", "requiresDiscountCode": True}),
        (3, {"action": "changeName", "name": {"en": "Fourth"}}),
    ):
        act(shop, path, action)
        assert stamp() == before + stamps
    assert held() == 0
    assert shop.server is not None
    assert shop.server.command("check") == "Every row agrees with its document.\n"
