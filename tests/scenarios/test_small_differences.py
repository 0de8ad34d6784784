"""Small things that clients rely on: the limit of a matching page, the searches of a new project, what may be deleted."""

from __future__ import annotations

from live import Client
from shop_setup import BERLIN, by_key, eur, open_shop, product


def test_a_page_of_matching_shipping_methods_has_the_usual_limit(shop: Client) -> None:
    """It takes no limit, so that it says the default one, and never less than what it answers."""
    open_shop(shop)
    cart = shop.create("carts", {"currency": "EUR", "country": "DE", "shippingAddress": BERLIN})
    for path, asked in (("matching-cart", {"cartId": cart["id"]}), ("matching-location", {"country": "DE"})):
        page = shop.get(f"shipping-methods/{path}", params=asked)
        assert (page["limit"], page["offset"], page["count"], page["total"]) == (20, 0, 1, 1)
    rate = {"zone": by_key("zone", "germany"), "shippingRates": [{"price": eur(100)}]}
    for number in range(21):
        draft = {"name": f"m{number}", "taxCategory": by_key("tax-category", "standard"), "isDefault": False, "zoneRates": [rate]}
        shop.create("shipping-methods", draft)
    page = shop.get("shipping-methods/matching-location", params={"country": "DE"})
    assert (page["limit"], page["count"], page["total"], len(page["results"])) == (22, 22, 22, 22)


def test_a_new_project_shows_the_searches_that_are_on(shop: Client) -> None:
    project = shop.get("")
    on = {"status": "Activated", "lastModifiedAt": project["createdAt"]}
    assert project["searchIndexing"] == {"orders": on, "customers": on}
    # To switch on what is on changes nothing.
    action = {"action": "changeOrderSearchStatus", "status": "Activated"}
    assert shop.update("", project["version"], action) == project


def test_a_published_product_is_not_deleted(shop: Client) -> None:
    open_shop(shop)
    mug = shop.get("products/key=mug")
    for path in (f"products/{mug['id']}", "products/key=mug"):
        error = shop.refused(400, "DELETE", path, params={"version": mug["version"]})
        assert (error["code"], mug["id"] in error["message"]) == ("InvalidOperation", True)
    # Another version is told first, and nothing has happened to the product.
    assert shop.refused(409, "DELETE", "products/key=mug", params={"version": 7})["code"] == "ConcurrentModification"
    assert shop.get("products/key=mug") == mug
    renamed = {"action": "changeName", "name": {"en": "Cup"}}
    hidden = shop.update("products/key=mug", mug["version"], renamed, {"action": "unpublish"})
    assert hidden["masterData"]["hasStagedChanges"] is True
    assert shop.delete("products/key=mug", hidden["version"])["id"] == mug["id"]
    draft = shop.create("products", {**product("cup", 100), "publish": False})
    assert shop.delete("products/key=cup", draft["version"])["id"] == draft["id"]


def test_names_of_fields_may_be_as_long_as_keys(shop: Client) -> None:
    """The description says 36 characters; the API is seen to take 52."""
    for number, length in enumerate((2, 36, 37, 52, 256)):
        name = "f" * length
        field = {"name": name, "label": {"en": "F"}, "type": {"name": "String"}, "required": False}
        draft = {"key": f"type-{number}", "name": {"en": "T"}, "resourceTypeIds": ["order"], "fieldDefinitions": [field]}
        shop.create("types", draft)
        custom = {"type": by_key("type", f"type-{number}"), "fields": {name: "x"}}
        cart = shop.create("carts", {"currency": "EUR", "custom": custom})
        assert cart["custom"]["fields"] == {name: "x"}
        assert shop.get("carts", params={"where": f'custom(fields({name} = "x"))'})["count"] == 1
    for name in ("f", "f" * 257, "white space"):
        wrong = {**draft, "key": "wrong", "fieldDefinitions": [{**field, "name": name}]}
        detail = shop.refused(400, "POST", "types", wrong)["detailedErrorMessage"]
        assert detail.startswith("fieldDefinitions -> name: Expected a text of ")
