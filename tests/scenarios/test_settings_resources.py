"""States, channels, customer groups, stores, tax categories, zones and the project: every operation and action over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft


def step(shop: Client, path: str, **action: Any) -> Any:
    """One action on the resource at its present version; the answer is what is stored."""
    after = shop.update(path, shop.get(path)["version"], action)
    assert shop.get(path) == after
    return after


KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "states": ({"key": "a-key", "type": "OrderState"}, {"action": "setName", "name": {"en": "n"}}),
    "channels": ({"key": "a-key"}, {"action": "changeName", "name": {"en": "n"}}),
    "customer-groups": ({"groupName": "g", "key": "a-key"}, {"action": "changeName", "name": "n"}),
    "associate-roles": ({"key": "a-key"}, {"action": "setName", "name": "n"}),
    "business-units": ({"key": "a-key", "name": "u", "unitType": "Company"}, {"action": "changeName", "name": "n"}),
    "stores": ({"key": "a-key"}, {"action": "setName", "name": {"en": "n"}}),
    "tax-categories": ({"name": "t", "key": "a-key"}, {"action": "changeName", "name": "n"}),
    "zones": ({"name": "z", "key": "a-key"}, {"action": "changeName", "name": "n"}),
}


@pytest.mark.parametrize("path", KINDS)
def test_each_operation_by_id_and_by_key(shop: Client, path: str) -> None:
    draft, action = KINDS[path]
    for form in ("id", "key=a-key"):
        made = shop.create(path, draft)
        one = f"{path}/{made['id'] if form == 'id' else form}"
        assert shop.get(one) == made
        assert shop.send("HEAD", one).status_code == 200
        assert shop.send("HEAD", path, params={"where": 'key = "a-key"'}).status_code == 200
        assert shop.send("HEAD", path, params={"where": 'key = "other"'}).status_code == 404
        assert made in shop.get(path, params={"where": 'key = "a-key"', "sort": "createdAt desc"})["results"]
        after = shop.update(one, made["version"], action)
        assert after["version"] == made["version"] + 1
        assert shop.refused(409, "DELETE", one, params={"version": made["version"]})["code"] == "ConcurrentModification"
        assert shop.refused(400, "POST", path, draft)["code"] in ("DuplicateField", "InvalidOperation")
        assert shop.delete(one, after["version"]) == after
        assert shop.send("HEAD", one).status_code == 404


def test_states(shop: Client) -> None:
    draft = {"type": "ReviewState", "roles": ["ReviewIncludedInStatistics"], "name": {"en": "Seen"}}
    shop.create("states", {"key": "seen", **draft})
    shop.create("states", {"key": "shown", "type": "LineItemState", "initial": False})
    path = "states/key=shown"
    moved = step(shop, path, action="setTransitions", transitions=[by_key("state", "Initial"), {"key": "shown"}])
    assert [each["typeId"] for each in moved["transitions"]] == ["state", "state"]
    expanded = shop.get(path, params={"expand": "transitions[*]"})
    assert [each["obj"]["key"] for each in expanded["transitions"]] == ["Initial", "shown"]
    assert step(shop, path, action="setName", name={"en": "S"})["name"] == {"en": "S"}
    assert step(shop, path, action="setDescription", description={"en": "D"})["description"] == {"en": "D"}
    assert step(shop, path, action="changeInitial", initial=True)["initial"] is True
    assert step(shop, path, action="addRoles", roles=["Return"])["roles"] == ["Return"]
    assert step(shop, path, action="removeRoles", roles=["Return"])["roles"] == []
    assert step(shop, path, action="setRoles", roles=["Return"])["roles"] == ["Return"]
    step(shop, path, action="removeRoles", roles=["Return"])
    assert step(shop, path, action="setTransitions", transitions=[])["transitions"] == []
    assert "transitions" not in step(shop, path, action="setTransitions")
    assert step(shop, path, action="changeType", type="QuoteState")["type"] == "QuoteState"
    state = shop.get(path)
    error = shop.refused(400, "POST", path, {"version": state["version"], "actions": [{"action": "changeKey", "key": ""}]})
    assert (error["code"], error["action"]) == ("InvalidOperation", {"action": "changeKey", "key": ""})
    error = shop.refused(400, "POST", path, {"version": state["version"], "actions": [{"action": "changeKey", "key": "seen"}]})
    assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "key", "seen")
    renamed = shop.update(path, state["version"], {"action": "changeKey", "key": "new key"})
    assert shop.get("states/key=new%20key") == renamed
    found = shop.get("states", params={"where": 'type = "ReviewState" and roles contains any ("ReviewIncludedInStatistics")'})
    assert [each["key"] for each in found["results"]] == ["seen"]


def test_every_project_has_the_state_its_items_begin_in(shop: Client) -> None:
    open_shop(shop)
    initial = shop.get("states/key=Initial")
    assert (initial["type"], initial["initial"], initial["builtIn"], initial["version"]) == ("LineItemState", True, True, 1)
    cart = shop.create("carts", cart_draft(("mug", 1)), params={"expand": "lineItems[*].state[*].state"})
    assert cart["lineItems"][0]["state"][0]["state"]["obj"] == initial
    order = shop.create("orders", order_draft(cart))
    shown = shop.get(f"orders/{order['id']}", params={"expand": "lineItems[*].state[*].state"})
    assert shown["lineItems"][0]["state"][0]["state"]["obj"] == initial
    error = shop.refused(400, "DELETE", "states/key=Initial", params={"version": 1})
    assert error["code"] in ("InvalidOperation", "ReferenceExists")
    body = {"version": 1, "actions": [{"action": "changeKey", "key": "First"}]}
    assert shop.refused(400, "POST", "states/key=Initial", body)["code"] == "InvalidOperation"
    assert shop.update("states/key=Initial", 1, {"action": "setName", "name": {"de": "Anfang"}})["version"] == 2


def test_the_initial_state_of_an_empty_project_is_not_deleted(shop: Client) -> None:
    error = shop.refused(400, "DELETE", "states/key=Initial", params={"version": 1})
    assert (error["code"], "built in" in error["message"]) == ("InvalidOperation", True)


def test_a_state_that_another_may_change_to_stays(shop: Client) -> None:
    last = shop.create("states", {"key": "last", "type": "OrderState", "initial": False, "transitions": []})
    first = shop.create("states", {"key": "first", "type": "OrderState", "transitions": [{"id": last["id"]}]})
    error = shop.refused(400, "DELETE", "states/key=last", params={"version": 1})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "state")
    alone = shop.update("states/key=first", 1, {"action": "setTransitions", "transitions": [{"id": first["id"]}]})
    shop.delete("states/key=last", 1)
    shop.delete("states/key=first", alone["version"])


def test_channels(shop: Client) -> None:
    fields = [{"name": "note", "label": {"en": "n"}, "type": {"name": "String"}, "required": False}]
    kinds = {"resourceTypeIds": ["channel", "address", "customer-group"], "fieldDefinitions": fields}
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, **kinds})
    custom = {"type": by_key("type", "extra"), "fields": {"note": "a"}}
    place = {"type": "Point", "coordinates": [13.4, 52.52]}
    draft = {"key": "Nord 1", "roles": ["InventorySupply", "Primary"], "address": {**BERLIN, "custom": custom}, "custom": custom}
    made = shop.create("channels", {**draft, "geoLocation": place, "name": {"en": "North"}})
    assert (made["roles"], made["custom"]["fields"], made["geoLocation"]) == (
        ["InventorySupply", "Primary"],
        {"note": "a"},
        place,
    )
    path = f"channels/{made['id']}"
    near, far = ("geoLocation within circle(13.37, 52.51, 5000)", "geoLocation within circle(13.37, 52.51, 500)")
    assert [len(shop.get("channels", params={"where": where})["results"]) for where in (near, far)] == [1, 0]
    assert step(shop, path, action="changeName", name={"en": "N"})["name"] == {"en": "N"}
    assert step(shop, path, action="changeDescription", description={"en": "D"})["description"] == {"en": "D"}
    assert step(shop, path, action="addRoles", roles=["OrderExport"])["roles"] == ["InventorySupply", "Primary", "OrderExport"]
    assert step(shop, path, action="removeRoles", roles=["Primary"])["roles"] == ["InventorySupply", "OrderExport"]
    assert step(shop, path, action="setRoles", roles=["OrderImport"])["roles"] == ["OrderImport"]
    assert step(shop, path, action="setGeoLocation", geoLocation={**place, "coordinates": [0, 0]})["geoLocation"]
    assert "geoLocation" not in step(shop, path, action="setGeoLocation")
    assert step(shop, path, action="setCustomField", name="note", value="b")["custom"]["fields"] == {"note": "b"}
    assert "custom" not in step(shop, path, action="setCustomType")
    assert step(shop, path, action="setAddressCustomField", name="note", value="b")["address"]["custom"]["fields"] == {
        "note": "b"
    }
    error = shop.refused(400, "DELETE", "types/key=extra", params={"version": 1})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "channel")
    assert "custom" not in step(shop, path, action="setAddressCustomType")["address"]
    shop.delete("types/key=extra", 1)
    assert "address" not in step(shop, path, action="setAddress")
    last = shop.update(path, shop.get(path)["version"], {"action": "changeKey", "key": "north"})
    assert shop.get("channels/key=north") == last


def test_a_channel_or_group_that_is_in_use_stays(shop: Client) -> None:
    open_shop(shop)
    for key in ("priced", "staged", "stored"):
        shop.create("channels", {"key": key, "roles": ["ProductDistribution", "InventorySupply"]})
    shop.create("customer-groups", {"groupName": "VIP", "key": "vip"})
    prices = [{"value": eur(1), "channel": by_key("channel", "priced"), "customerGroup": by_key("customer-group", "vip")}]
    product = step(shop, "products/key=tea", action="setPrices", variantId=1, prices=prices, staged=False)
    price = {"value": eur(2), "channel": by_key("channel", "staged")}
    step(shop, "products/key=mug", action="addPrice", variantId=1, price=price)
    shop.create("stores", {"key": "berlin", "supplyChannels": [by_key("channel", "stored")]})

    def refused_by(path: str) -> str:
        error = shop.refused(400, "DELETE", path, params={"version": shop.get(path)["version"]})
        assert error["code"] == "ReferenceExists"
        return str(error["referencedBy"])

    assert refused_by("channels/key=priced") == refused_by("channels/key=staged") == "product"
    assert refused_by("customer-groups/key=vip") == "product"
    assert refused_by("channels/key=stored") == "store"
    # What stands beside the product for the index is in no answer, and no predicate can name it.
    assert not {"priceChannels", "priceCustomerGroups"} & product.keys()
    odd = {"where": "priceChannels is defined"}
    assert shop.refused(400, "GET", "products", params=odd)["code"] == "InvalidInput"
    step(shop, "products/key=tea", action="setPrices", variantId=1, prices=[], staged=False)
    for path in ("channels/key=priced", "customer-groups/key=vip"):
        shop.delete(path, 1)


def test_customer_groups(shop: Client) -> None:
    fields = [{"name": "note", "label": {"en": "n"}, "type": {"name": "String"}, "required": False}]
    kinds = {"resourceTypeIds": ["customer-group"], "fieldDefinitions": fields}
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, **kinds})
    custom = {"type": by_key("type", "extra"), "fields": {"note": "a"}}
    made = shop.create("customer-groups", {"groupName": "VIP", "custom": custom})
    path = f"customer-groups/{made['id']}"
    error = shop.refused(400, "POST", "customer-groups", {"groupName": "VIP"})
    assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "name", "VIP")
    assert step(shop, path, action="setKey", key="vip")["key"] == "vip"
    assert step(shop, path, action="changeName", name="Gold")["name"] == "Gold"
    assert step(shop, path, action="setCustomField", name="note", value="b")["custom"]["fields"] == {"note": "b"}
    assert step(shop, path, action="setCustomField", name="note")["custom"]["fields"] == {}
    assert step(shop, path, action="setCustomField", name="note", value="c")["custom"]["fields"] == {"note": "c"}
    assert "custom" not in step(shop, path, action="setCustomType")
    assert step(shop, path, action="setCustomType", **custom)["custom"]["fields"] == {"note": "a"}
    told = shop.get("messages", params={"where": 'resource(typeId = "customer-group")', "sort": "sequenceNumber"})["results"]
    assert [each["type"].removeprefix("CustomerGroupCustom") for each in told] == [
        "FieldChanged",
        "FieldRemoved",
        "FieldAdded",
        "TypeRemoved",
        "TypeSet",
    ]
    assert [each["resourceUserProvidedIdentifiers"] for each in told] == [{"key": "vip"}] * 5


def test_stores(shop: Client) -> None:
    fields = [{"name": "note", "label": {"en": "n"}, "type": {"name": "String"}, "required": False}]
    shop.create("types", {"key": "extra", "name": {"en": "E"}, "resourceTypeIds": ["store"], "fieldDefinitions": fields})
    for key in ("shelf", "web"):
        shop.create("channels", {"key": key, "roles": ["ProductDistribution", "InventorySupply"]})
    shop.create("channels", {"key": "depot"})
    storefront = {"faqUrl": "https://example.com/faq"}
    draft = {
        "key": "berlin",
        "storefront": storefront,
        "distributionChannels": [{"key": "web"}],
        "supplyChannels": [{"key": "depot"}],
    }
    assert shop.create("stores", draft)["storefront"] == storefront
    path = "stores/key=berlin"
    for kind in ("Distribution", "Supply"):
        name = f"{kind.lower()}Channel"
        added = step(shop, path, action=f"add{kind}Channel", **{name: {"key": "shelf"}})
        assert [len(added[f"{name}s"]), added[f"{name}s"][0]["typeId"]] == [2, "channel"]
        assert len(step(shop, path, action=f"remove{kind}Channel", **{name: {"key": "shelf"}})[f"{name}s"]) == 1
        assert len(step(shop, path, action=f"set{kind}Channels", **{f"{name}s": [{"key": "shelf"}]})[f"{name}s"]) == 1
    shown = shop.get(path, params={"expand": "supplyChannels[*]"})
    assert shown["supplyChannels"][0]["obj"]["key"] == "shelf"
    body = {
        "version": shown["version"],
        "actions": [{"action": "addDistributionChannel", "distributionChannel": {"key": "depot"}}],
    }
    error = shop.refused(400, "POST", path, body)
    assert (error["code"], error["missingRole"]) == ("MissingRoleOnChannel", "ProductDistribution")
    assert error["channel"] == {"typeId": "channel", "key": "depot"}
    for name in (
        "termsOfService",
        "privacyPolicy",
        "refundPolicy",
        "shippingPolicy",
        "cookiePolicy",
        "imprint",
        "faq",
        "contact",
    ):
        action = f"set{name[0].upper()}{name[1:]}Url"
        url = f"https://example.com/{name}"
        assert step(shop, path, action=action, **{f"{name}Url": url})["storefront"][f"{name}Url"] == url
    for name, variable in (("checkout", "checkoutId"), ("order", "orderId")):
        template = f"https://example.com/{{{variable}}}"
        after = step(shop, path, action=f"set{name.title()}UrlTemplate", **{f"{name}UrlTemplate": template})
        assert after["storefront"][f"{name}UrlTemplate"] == template
    step(shop, path, action="setCustomType", type=by_key("type", "extra"))
    assert step(shop, path, action="setCustomField", name="note", value="v")["custom"]["fields"] == {"note": "v"}
    assert step(shop, path, action="setLanguages", languages=["de"])["languages"] == ["de"]
    assert step(shop, path, action="addCountry", country={"code": "DE"})["countries"] == [{"code": "DE"}]
    assert step(shop, path, action="removeCountry", country={"code": "DE"})["countries"] == []
    assert step(shop, path, action="setCountries", countries=[{"code": "FR"}])["countries"] == [{"code": "FR"}]
    # Every address can go again, and with the last one the storefront.
    store = shop.get(path)
    gone = [{"action": f"set{name[0].upper()}{name[1:]}"} for name in store["storefront"]]
    assert "storefront" not in shop.update(path, store["version"], *gone)
    told = {each["type"] for each in shop.get("messages", params={"limit": 500})["results"]}
    assert {"StoreFaqUrlSet", "StoreCheckoutUrlTemplateSet", "StoreSupplyChannelsChanged"} <= told
    # The creation, ten addresses, two lists of channels, languages and countries.
    assert len(told) == 1 + 10 + 2 + 2


def test_product_selections_of_stores_are_never_found(shop: Client) -> None:
    shop.create("stores", {"key": "berlin"})
    selection = {"productSelection": by_key("product-selection", "summer")}
    assert shop.update("stores/key=berlin", 1, {"action": "setProductSelections"})["version"] == 1
    for action in (
        {"action": "addProductSelection", **selection, "active": True},
        {"action": "removeProductSelection", **selection},
        {"action": "changeProductSelectionActive", **selection},
        {"action": "setProductSelections", "productSelections": [selection]},
    ):
        error = shop.refused(400, "POST", "stores/key=berlin", {"version": 1, "actions": [action]})
        assert (error["code"], error["typeId"], error["key"]) == ("ReferencedResourceNotFound", "product-selection", "summer")


def test_settings_of_the_project(shop: Client, database_url: str) -> None:
    assert shop.send("HEAD", "").status_code == 200
    label = {"key": "light", "label": {"en": "Light"}}
    header = {"url": "https://example.com/introspect", "authorizationHeader": "Basic c2VjcmV0"}
    changed: list[dict[str, Any]] = [
        {"action": "changeProductSearchIndexingEnabled", "enabled": False},
        {"action": "changeProductSearchIndexingEnabled", "enabled": True, "mode": "ProductsSearch"},
        {"action": "changeOrderSearchStatus", "status": "Activated"},
        {"action": "changeCustomerSearchStatus", "status": "Activated"},
        {"action": "changeBusinessUnitSearchStatus", "status": "Deactivated"},
        {"action": "changeShoppingListsConfiguration", "shoppingListsConfiguration": {"deleteDaysAfterLastModification": 30}},
        {"action": "setDiscountsConfiguration", "discountsConfiguration": {"discountCombinationMode": "BestDeal"}},
        {"action": "setReleaseExpiredReservations", "releaseExpiredReservations": False},
        {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 30},
        {"action": "changeMyBusinessUnitStatusOnCreation", "status": "Active"},
        {"action": "setProductCatalogModel", "productCatalogModel": "Classic"},
        {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartClassification", "values": [label]}},
        {"action": "setExternalOAuth", "externalOAuth": header},
    ]
    project = shop.update("", shop.get("")["version"], *changed)
    assert {name: each["status"] for name, each in project["searchIndexing"].items()} == {
        "products": "Deactivated",
        "productsSearch": "Activated",
        "orders": "Activated",
        "customers": "Activated",
        "businessUnits": "Deactivated",
    }
    assert project["externalOAuth"] == {**header, "authorizationHeader": "Basic ****"}
    assert project["inventory"] == {"releaseExpiredReservations": False, "reservationExpirationInMinutes": 30}
    assert project["shippingRateInputType"]["values"] == [label]
    assert shop.get("") == project
    assert asyncio.run(secrets(database_url, shop.project)) == ["Basic c2VjcmV0"]
    role = {"action": "setMyBusinessUnitAssociateRoleOnCreation", "associateRole": by_key("associate-role", "buyer")}
    error = shop.refused(400, "POST", "", {"version": project["version"], "actions": [{**changed[-1]}, role]})
    assert (error["code"], error["typeId"]) == ("ReferencedResourceNotFound", "associate-role")
    assert "externalOAuth" not in shop.update("", project["version"], {"action": "setExternalOAuth"})
    assert asyncio.run(secrets(database_url, shop.project)) == []


async def secrets(database_url: str, project: str) -> list[str]:
    """What the database keeps of a project and no answer shows."""
    connection = await asyncpg.connect(database_url)
    try:
        return [row["value"] for row in await connection.fetch("SELECT value FROM secret WHERE shard = $1", project)]
    finally:
        await connection.close()


def test_every_setting_and_rate_that_was_there_before(shop: Client) -> None:
    carts = {"action": "changeCartsConfiguration", "cartsConfiguration": {"deleteDaysAfterLastModification": 5}}
    changed: list[dict[str, Any]] = [
        {"action": "changeName", "name": "Shop"},
        {"action": "changeCountries", "countries": ["DE"]},
        {"action": "changeCurrencies", "currencies": ["EUR"]},
        {"action": "changeLanguages", "languages": ["de"]},
        {"action": "changeMessagesConfiguration", "messagesConfiguration": {"enabled": True, "deleteDaysAfterCreation": 30}},
        {"action": "changeMessagesEnabled", "messagesEnabled": False},
        carts,
        {"action": "changeCountryTaxRateFallbackEnabled", "countryTaxRateFallbackEnabled": True},
        {"action": "changePriceRoundingMode", "priceRoundingMode": "HalfUp"},
        {"action": "changeTaxRoundingMode", "taxRoundingMode": "HalfUp"},
    ]
    assert shop.update("", shop.get("")["version"], *changed)["carts"] == {
        "deleteDaysAfterLastModification": 5,
        "countryTaxRateFallbackEnabled": True,
        "priceRoundingMode": "HalfUp",
        "taxRoundingMode": "HalfUp",
    }
    rate = {"name": "FR", "amount": 0.2, "includedInPrice": True, "country": "FR", "key": "french"}
    shop.create("tax-categories", {"name": "Usual", "key": "usual"})
    path = "tax-categories/key=usual"
    assert step(shop, path, action="setDescription", description="D")["description"] == "D"
    assert step(shop, path, action="addTaxRate", taxRate=rate)["rates"][0]["amount"] == 0.2
    replaced = step(shop, path, action="replaceTaxRate", taxRateKey="french", taxRate={**rate, "amount": 0.055})
    assert replaced["rates"][0]["amount"] == 0.055
    assert step(shop, path, action="removeTaxRate", taxRateKey="french")["rates"] == []
    category = shop.get(path)
    assert shop.update(path, category["version"], {"action": "setKey", "key": "k2"})["key"] == "k2"
    shop.create("zones", {"name": "Z", "key": "zone"})
    path = "zones/key=zone"
    assert step(shop, path, action="setDescription", description="D")["description"] == "D"
    assert step(shop, path, action="addLocation", location={"country": "AT"})["locations"] == [{"country": "AT"}]
    assert step(shop, path, action="removeLocation", location={"country": "AT"})["locations"] == []
    zone = shop.get(path)
    assert shop.update(path, zone["version"], {"action": "setKey", "key": "z2"})["key"] == "z2"
