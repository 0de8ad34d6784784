"""Product projections over HTTP: published or staged, priced for a buyer, in some languages, as a store shows them, queried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from live import Client
from shop_setup import by_key, eur, usd


def open_catalogue(shop: Client) -> dict[str, str]:
    """Published `lamp` (embedded prices) and `cord` (standalone ones), unpublished `bulb`; a staged name. Ids by key."""
    shop.create("tax-categories", {"name": "Standard", "key": "standard", "rates": []})
    plain = {"isRequired": False}
    attributes = [
        {"name": "colour", "label": {"en": "Colour", "de": "Farbe"}, "type": {"name": "ltext"}, **plain},
        {"name": "watts", "label": {"en": "Watts"}, "type": {"name": "number"}, **plain},
        {
            "name": "size",
            "label": {"en": "Size"},
            "type": {
                "name": "set",
                "elementType": {"name": "lenum", "values": [{"key": "s", "label": {"en": "Small", "de": "Klein"}}]},
            },
            **plain,
        },
        {"name": "brand", "label": {"en": "Brand"}, "type": {"name": "ltext"}, "level": "Product", **plain},
    ]
    shop.create("product-types", {"name": "Light", "key": "light", "description": "Lights.", "attributes": attributes})
    web = shop.create("channels", {"key": "web", "roles": ["ProductDistribution"]})["id"]
    vip = shop.create("customer-groups", {"groupName": "VIP", "key": "vip"})["id"]
    common = {"productType": by_key("product-type", "light"), "taxCategory": by_key("tax-category", "standard")}
    red = [
        {"name": "colour", "value": {"en": "red", "de": "rot"}},
        {"name": "watts", "value": 7},
        {"name": "size", "value": ["s"]},
    ]
    scopes: list[dict[str, Any]] = [
        {"value": eur(1000)},
        {"value": eur(900), "country": "DE"},
        {"value": eur(800), "channel": by_key("channel", "web")},
        {"value": eur(700), "customerGroup": by_key("customer-group", "vip")},
        {"value": usd(1100), "country": "US"},
    ]
    lamp = {
        **common,
        "key": "lamp",
        "name": {"en": "Lamp", "de": "Lampe"},
        "slug": {"en": "lamp", "de": "lampe"},
        "attributes": [{"name": "brand", "value": {"en": "Sun", "de": "Sonne"}}],
        "masterVariant": {"sku": "lamp-1", "attributes": red, "prices": scopes},
        "variants": [{"sku": "lamp-2"}],
        "publish": True,
    }
    made = {"lamp": shop.create("products", lamp)["id"], "web": web, "vip": vip}
    cord = {"key": "cord", "name": {"en": "Cord"}, "slug": {"en": "cord"}, "priceMode": "Standalone", "publish": True}
    made["cord"] = shop.create("products", {**common, **cord, "masterVariant": {"sku": "cord-1"}})["id"]
    shop.create("standalone-prices", {"sku": "cord-1", "value": eur(300)})
    shop.create("standalone-prices", {"sku": "cord-1", "value": eur(250), "country": "FR"})
    bulb = {"key": "bulb", "name": {"en": "Bulb"}, "slug": {"en": "bulb"}, "masterVariant": {"sku": "bulb-1"}}
    made["bulb"] = shop.create("products", {**common, **bulb})["id"]
    named = {"action": "changeName", "name": {"en": "Lantern"}}
    shop.update("products/key=lamp", 1, named)
    return made


def keys(page: Any) -> list[str]:
    return [each["key"] for each in page["results"]]


def test_current_and_staged(shop: Client, client_with: Callable[[str, str], Client]) -> None:
    ids = open_catalogue(shop)
    path = f"product-projections/{ids['lamp']}"
    current = shop.get(path)
    assert (current["name"], current["published"], current["hasStagedChanges"], current["version"]) == (
        {"en": "Lamp", "de": "Lampe"},
        True,
        True,
        2,
    )
    assert (current["masterVariant"]["sku"], [each["sku"] for each in current["variants"]]) == ("lamp-1", ["lamp-2"])
    assert "price" not in current["masterVariant"] and len(current["masterVariant"]["prices"]) == 5
    assert shop.get("product-projections/key=lamp") == current
    staged = shop.get(path, params={"staged": "true"})
    assert staged == {**current, "name": {"en": "Lantern"}}
    hidden = f"product-projections/{ids['bulb']}"
    assert shop.refused(404, "GET", hidden)["code"] == "ResourceNotFound"
    assert [shop.send("HEAD", each).status_code for each in (path, "product-projections/key=lamp", hidden)] == [200, 200, 404]
    assert shop.get(hidden, params={"staged": "true"})["published"] is False
    assert shop.send("HEAD", hidden, params={"staged": "true"}).status_code == 200
    expanded = shop.get(path, params={"expand": "productType"})
    assert expanded["productType"]["obj"]["key"] == "light"
    reader = client_with(shop.project, f"view_published_products:{shop.project}")
    assert reader.get(path) == current
    for method, where in (("GET", path), ("HEAD", path), ("GET", "product-projections"), ("HEAD", "product-projections")):
        assert reader.send(method, where, params={"staged": "true"}).status_code == 403, (method, where)
    manager = client_with(shop.project, f"manage_products:{shop.project}")
    assert manager.get(hidden, params={"staged": "true"})["key"] == "bulb"


def test_prices_for_a_buyer(shop: Client) -> None:
    ids = open_catalogue(shop)

    def price(key: str = "lamp", **asked: Any) -> int | None:
        found = shop.get(f"product-projections/key={key}", params=asked)["masterVariant"].get("price")
        return None if found is None else int(found["value"]["centAmount"])

    assert price(priceCurrency="EUR") == 1000
    assert price(priceCurrency="EUR", priceCountry="DE") == 900
    assert price(priceCurrency="EUR", priceCountry="DE", priceChannel=ids["web"]) == 800
    assert price(priceCurrency="EUR", priceChannel=ids["web"], priceCustomerGroup=ids["vip"]) == 700
    assert price(priceCurrency="EUR", priceCustomerGroupAssignments=[ids["web"], ids["vip"]]) == 700
    assert price(priceCurrency="USD") is None
    assert price(priceCurrency="USD", priceCountry="US") == 1100
    assert price("cord", priceCurrency="EUR") == 300
    assert price("cord", priceCurrency="EUR", priceCountry="FR") == 250
    assert price("cord") is None
    page = shop.get("product-projections", params={"priceCurrency": "EUR", "sort": "key asc"})
    assert [each["masterVariant"]["price"]["value"]["centAmount"] for each in page["results"]] == [300, 1000]
    # A variant without any price stands there without one.
    assert "price" not in page["results"][1]["variants"][0]
    for wrong in (
        {"priceCountry": "DE"},
        {"priceChannel": ids["web"]},
        {"priceCustomerGroup": ids["vip"]},
        {"priceCustomerGroupAssignments": ids["vip"]},
        {"priceCurrency": "euro"},
        {"priceCurrency": "EUR", "priceCountry": "Germany"},
        {"priceCurrency": "EUR", "priceRecurrencePolicy": ids["vip"]},
        {"priceCurrency": ""},
        {"staged": "yes"},
    ):
        assert shop.refused(400, "GET", "product-projections/key=lamp", params=wrong)["code"] == "InvalidInput", wrong


def test_languages_and_attributes(shop: Client) -> None:
    open_catalogue(shop)
    german = shop.get("product-projections/key=lamp", params={"localeProjection": "de"})
    assert (german["name"], german["slug"]) == ({"de": "Lampe"}, {"de": "lampe"})
    values = {each["name"]: each["value"] for each in german["masterVariant"]["attributes"]}
    assert values == {"colour": {"de": "rot"}, "watts": 7, "size": [{"key": "s", "label": {"de": "Klein"}}]}
    assert german["attributes"] == [{"name": "brand", "value": {"de": "Sonne"}}]
    assert shop.get("product-projections/key=lamp", params={"localeProjection": "DE"}) == german
    both = shop.get("product-projections/key=lamp", params={"localeProjection": ["de", "en"]})
    assert both["name"] == {"en": "Lamp", "de": "Lampe"}
    few = shop.get("product-projections/key=lamp", params={"filter[attributes]": ["watts", "none"]})
    assert (few["masterVariant"]["attributes"], few["attributes"]) == ([{"name": "watts", "value": 7}], [])


def test_as_a_store_shows_them(shop: Client) -> None:
    ids = open_catalogue(shop)
    shop.create(
        "stores",
        {"key": "berlin", "languages": ["de"], "countries": [{"code": "DE"}], "distributionChannels": [by_key("channel", "web")]},
    )
    shown = shop.get(f"in-store/key=berlin/product-projections/{ids['lamp']}", params={"priceCurrency": "EUR"})
    assert shown["name"] == {"de": "Lampe"}
    # The price for the US is none of the store's.
    assert [each["value"]["centAmount"] for each in shown["masterVariant"]["prices"]] == [1000, 900, 800, 700]
    assert shown["masterVariant"]["price"]["value"]["centAmount"] == 1000
    for path in ("in-store/key=berlin/product-projections/key=lamp", "product-projections/key=lamp"):
        projected = {"priceCurrency": "EUR", **({} if path.startswith("in") else {"storeProjection": "berlin"})}
        assert shop.get(path, params=projected) == shown
    english = shop.get("product-projections/key=lamp", params={"storeProjection": "berlin", "localeProjection": "en"})
    assert english["name"] == {"en": "Lamp"}
    page = shop.get("product-projections", params={"storeProjection": "berlin", "where": 'key = "lamp"'})
    assert page["results"][0]["name"] == {"de": "Lampe"}
    for path in (f"in-store/key=berlin/product-projections/{ids['lamp']}", "in-store/key=berlin/product-projections/key=lamp"):
        assert shop.send("HEAD", path).status_code == 200
    error = shop.refused(400, "GET", "product-projections/key=lamp", params={"storeProjection": "nowhere"})
    assert error["code"] == "ReferencedResourceNotFound"


def test_queries_run_on_what_is_projected(shop: Client) -> None:
    ids = open_catalogue(shop)

    def found(where: str = "", **more: Any) -> list[str]:
        return keys(shop.get("product-projections", params={"sort": "key asc", **({"where": where} if where else {}), **more}))

    assert found() == ["cord", "lamp"]
    assert found(staged="true") == ["bulb", "cord", "lamp"]
    for where, current, staged in (
        ('name(en = "Lamp")', ["lamp"], []),
        ('name(en = "Lantern")', [], ["lamp"]),
        ('not (name(en = "Lamp"))', ["cord"], ["bulb", "cord", "lamp"]),
        ('key = "lamp" or slug(en = "cord")', ["cord", "lamp"], ["cord", "lamp"]),
        (f'id in ("{ids["lamp"]}", "{ids["bulb"]}")', ["lamp"], ["bulb", "lamp"]),
        ('masterVariant(sku = "cord-1") or variants(sku = "lamp-2")', ["cord", "lamp"], ["cord", "lamp"]),
        ('masterVariant(attributes(name = "watts" and value = 7))', ["lamp"], ["lamp"]),
        ("masterVariant(prices(value(centAmount = 700)))", ["lamp"], ["lamp"]),
        ("hasStagedChanges = true", ["lamp"], ["lamp"]),
        ("published = false", [], ["bulb"]),
        ('priceMode = "Standalone" and version = 1', ["cord"], ["cord"]),
        ('taxCategory(id is defined) and productType(typeId = "product-type")', ["cord", "lamp"], ["bulb", "cord", "lamp"]),
        ("state is defined", [], []),
    ):
        assert found(where) == current, where
        assert found(where, staged="true") == staged, where
    assert found(sort="name.en desc") == ["lamp", "cord"]
    assert found(sort="name.en asc", staged="true") == ["bulb", "cord", "lamp"]
    page = shop.get("product-projections", params={"limit": 1, "offset": 1, "sort": "createdAt desc"})
    assert (keys(page), page["total"], page["count"]) == (["lamp"], 2, 1)
    assert keys(shop.get("product-projections", params={"where": "key = :named", "var.named": "cord"})) == ["cord"]
    for where, status in (('name(en = "Lamp")', 200), ('name(en = "Lantern")', 404), ('key = "bulb"', 404)):
        assert shop.send("HEAD", "product-projections", params={"where": where}).status_code == status
    assert shop.send("HEAD", "product-projections", params={"where": 'key = "bulb"', "staged": "true"}).status_code == 200
    error = shop.refused(400, "GET", "product-projections", params={"where": 'masterData(current(key = "x"))'})
    assert error["code"] == "InvalidInput"


def test_attributes_for_a_selector(shop: Client) -> None:
    ids = open_catalogue(shop)
    shop.create("stores", {"key": "berlin", "languages": ["de"]})
    asked = {"filter[attributes]": ["watts", "colour", "brand"]}
    expected = {
        "productId": ids["lamp"],
        "productKey": "lamp",
        "attributes": [
            {"name": "colour", "label": {"en": "Colour", "de": "Farbe"}, "type": "ltext"},
            {"name": "watts", "label": {"en": "Watts"}, "type": "number"},
        ],
        "variants": [
            {
                "id": "1",
                "sku": "lamp-1",
                "attributes": [{"name": "colour", "value": {"en": "red", "de": "rot"}}, {"name": "watts", "value": 7}],
            },
            {"id": "2", "sku": "lamp-2", "attributes": []},
        ],
    }
    for path in (f"product-projections/{ids['lamp']}", "product-projections/key=lamp"):
        assert shop.get(f"{path}/variant-attributes", params=asked) == expected
        german = shop.get(f"in-store/key=berlin/{path}/variant-attributes", params=asked)
        assert german["attributes"][0]["label"] == {"de": "Farbe"}
        assert german["variants"][0]["attributes"][0]["value"] == {"de": "rot"}
    path = "product-projections/key=lamp/variant-attributes"
    assert shop.refused(400, "GET", path)["code"] == "InvalidInput"
    assert shop.refused(400, "GET", path, params={**asked, "filter[supplyChannels]": ids["web"]})["code"] == "InvalidInput"
    assert shop.refused(404, "GET", path.replace("lamp", "bulb"), params=asked)["code"] == "ResourceNotFound"
