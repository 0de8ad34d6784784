"""Actions that no other scenario sends, once each over HTTP; the client holds every answer against the published schema."""

from __future__ import annotations

from typing import Any

from live import Client
from shop_setup import BERLIN, NEW_YORK, by_key, cart_draft, eur, open_shop, order_draft, usd


def step(shop: Client, path: str, **action: Any) -> Any:
    """One action on the resource at its present version; the answer is what is stored."""
    after = shop.update(path, shop.get(path)["version"], action)
    assert shop.get(path) == after
    return after


def test_carts(shop: Client) -> None:
    open_shop(shop)
    path = f"carts/{shop.create('carts', cart_draft(('mug', 2)))['id']}"
    assert step(shop, path, action="setKey", key="basket")["key"] == "basket"
    assert step(shop, path, action="setLocale", locale="de")["locale"] == "de"
    assert step(shop, path, action="setAnonymousId", anonymousId="a-1")["anonymousId"] == "a-1"
    assert step(shop, path, action="setPurchaseOrderNumber", purchaseOrderNumber="P1")["purchaseOrderNumber"] == "P1"
    days = step(shop, path, action="setDeleteDaysAfterLastModification", deleteDaysAfterLastModification=7)
    assert days["deleteDaysAfterLastModification"] == 7
    assert step(shop, path, action="setBillingAddress", address=BERLIN)["billingAddress"] == BERLIN
    window = {"from": "2030-05-03T08:00:00.000Z", "until": "2030-05-04T18:00:00.000Z"}
    expected = step(shop, path, action="setEstimatedDelivery", estimatedDelivery=window)
    assert expected["shippingInfo"]["estimatedDelivery"] == window
    assert "country" not in step(shop, path, action="setCountry")
    assert step(shop, path, action="changePriceRoundingMode", priceRoundingMode="HalfUp")["priceRoundingMode"] == "HalfUp"
    assert step(shop, path, action="changeTaxRoundingMode", taxRoundingMode="HalfDown")["taxRoundingMode"] == "HalfDown"
    # 19.99 / 1.19 = 16.7983: 16.80 net a unit and 33.60 for two, where the line as a whole has 39.98 / 1.19 = 33.5966 -> 33.60.
    unit = step(shop, path, action="changeTaxCalculationMode", taxCalculationMode="UnitPriceLevel")
    assert unit["lineItems"][0]["taxedPrice"]["totalNet"]["centAmount"] == 3360
    line = unit["lineItems"][0]["id"]
    assert step(shop, path, action="changeLineItemQuantity", lineItemId=line, quantity=3)["totalPrice"]["centAmount"] == 6592
    assert step(shop, path, action="removeLineItem", lineItemId=line, quantity=2)["totalPrice"]["centAmount"] == 2594
    untaxed = step(shop, path, action="changeTaxMode", taxMode="Disabled")
    assert (untaxed["taxMode"], "taxedPrice" in untaxed) == ("Disabled", False)


def test_custom_line_items_and_item_addresses_of_carts(shop: Client) -> None:
    open_shop(shop)
    path = f"carts/{shop.create('carts', cart_draft(('mug', 1)))['id']}"
    wrap = {"name": {"en": "Wrapping"}, "slug": "wrapping", "money": eur(250), "quantity": 2}
    category = by_key("tax-category", "standard")
    cart = step(shop, path, action="addCustomLineItem", taxCategory=category, **wrap)
    item = cart["customLineItems"][0]["id"]
    assert cart["totalPrice"]["centAmount"] == 1999 + 500 + 595
    cart = step(shop, path, action="changeCustomLineItemQuantity", customLineItemId=item, quantity=3)
    assert cart["totalPrice"]["centAmount"] == 1999 + 750 + 595
    cart = step(shop, path, action="changeCustomLineItemMoney", customLineItemId=item, money=eur(-100))
    assert cart["totalPrice"]["centAmount"] == 1999 - 300 + 595
    cart = step(shop, path, action="changeCustomLineItemPriceMode", customLineItemId=item, mode="External")
    assert cart["customLineItems"][0]["priceMode"] == "External"
    assert step(shop, path, action="removeCustomLineItem", customLineItemId=item)["customLineItems"] == []
    home = {**BERLIN, "key": "home"}
    assert step(shop, path, action="addItemShippingAddress", address=home)["itemShippingAddresses"] == [home]
    moved = {**home, "city": "Potsdam"}
    assert step(shop, path, action="updateItemShippingAddress", address=moved)["itemShippingAddresses"] == [moved]
    assert step(shop, path, action="removeItemShippingAddress", addressKey="home")["itemShippingAddresses"] == []


def test_orders(shop: Client) -> None:
    open_shop(shop)
    order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 2)))))
    path, items = f"orders/{order['id']}", [{"id": order["lineItems"][0]["id"], "quantity": 1}]
    assert step(shop, path, action="setOrderNumber", orderNumber="N-1")["orderNumber"] == "N-1"
    assert step(shop, path, action="setCustomerEmail", email="b@example.com")["customerEmail"] == "b@example.com"
    assert step(shop, path, action="setLocale", locale="de")["locale"] == "de"
    assert step(shop, path, action="setPurchaseOrderNumber", purchaseOrderNumber="P1")["purchaseOrderNumber"] == "P1"
    moved = step(shop, path, action="setShippingAddress", address=NEW_YORK)
    # A new address after the order recalculates nothing.
    assert (moved["shippingAddress"], moved["taxedPrice"]) == (NEW_YORK, order["taxedPrice"])
    assert step(shop, path, action="setBillingAddress", address=BERLIN)["billingAddress"] == BERLIN
    step(shop, path, action="addDelivery", deliveryKey="d1", items=items)
    parcel = step(shop, path, action="addParcelToDelivery", deliveryKey="d1", parcelKey="p1", items=items)
    assert parcel["shippingInfo"]["deliveries"][0]["parcels"][0]["key"] == "p1"
    step(shop, path, action="setDeliveryItems", deliveryKey="d1", items=[{**items[0], "quantity": 2}])
    step(shop, path, action="setDeliveryAddress", deliveryKey="d1", address=BERLIN)
    step(shop, path, action="setParcelMeasurements", parcelKey="p1", measurements={"weightInGram": 300})
    step(shop, path, action="setParcelTrackingData", parcelKey="p1", trackingData={"trackingId": "T"})
    delivery = step(shop, path, action="setParcelItems", parcelKey="p1", items=[])["shippingInfo"]["deliveries"][0]
    assert (delivery["items"][0]["quantity"], delivery["address"]) == (2, BERLIN)
    assert delivery["parcels"][0]["measurements"] == {"weightInGram": 300}
    assert step(shop, path, action="removeParcelFromDelivery", parcelKey="p1")["shippingInfo"]["deliveries"][0]["parcels"] == []
    assert step(shop, path, action="removeDelivery", deliveryKey="d1")["shippingInfo"]["deliveries"] == []
    back = {"quantity": 1, "lineItemId": items[0]["id"], "shipmentState": "Advised"}
    returned = step(shop, path, action="setReturnInfo", items=[{"items": [back], "returnTrackingId": "R"}])
    assert returned["returnInfo"][0]["items"][0]["paymentState"] == "NonRefundable"
    kinds = [message["type"] for message in shop.get("messages", params={"limit": 500})["results"]]
    assert kinds.count("ParcelRemovedFromDelivery") == kinds.count("DeliveryRemoved") == kinds.count("ReturnInfoSet") == 1


def test_tax_categories_and_zones(shop: Client) -> None:
    open_shop(shop)
    path = "tax-categories/key=standard"
    step(shop, path, action="changeName", name="Usual")
    step(shop, path, action="setDescription", description="Most goods.")
    added = step(shop, path, action="addTaxRate", taxRate=rate("FR", 0.2))
    (french,) = (one["id"] for one in added["rates"] if one["country"] == "FR")
    replaced = step(shop, path, action="replaceTaxRate", taxRateId=french, taxRate=rate("FR", 0.055))
    (french,) = (one["id"] for one in replaced["rates"] if one["country"] == "FR" and one["amount"] == 0.055)
    assert len(step(shop, path, action="removeTaxRate", taxRateId=french)["rates"]) == 2
    category = shop.get(path)
    assert shop.update(path, category["version"], {"action": "setKey", "key": "usual"})["key"] == "usual"
    path = "zones/key=germany"
    step(shop, path, action="changeName", name="DE")
    step(shop, path, action="setDescription", description="Home.")
    assert len(step(shop, path, action="addLocation", location={"country": "AT"})["locations"]) == 2
    assert step(shop, path, action="removeLocation", location={"country": "AT"})["locations"] == [{"country": "DE"}]


def rate(country: str, amount: float) -> dict[str, Any]:
    """A rate that prices include."""
    return {"name": country, "amount": amount, "includedInPrice": True, "country": country}


def test_shipping_methods_and_stores(shop: Client) -> None:
    open_shop(shop)
    path = "shipping-methods/key=parcel"
    shop.create("zones", {"name": "France", "key": "france", "locations": [{"country": "FR"}]})
    shop.create("stores", {"key": "berlin"})
    for action, value in (
        ("changeName", {"name": "Box"}),
        ("setLocalizedName", {"localizedName": {"en": "Box"}}),
        ("setDescription", {"description": "Slow."}),
        ("setLocalizedDescription", {"localizedDescription": {"en": "Slow."}}),
        ("setCarrier", {"carrier": "Post"}),
        ("setPredicate", {"predicate": 'customerEmail = "a@example.com"'}),
        ("changeIsDefault", {"isDefault": False}),
    ):
        ((field, sent),) = value.items()
        assert step(shop, path, action=action, **value)[field] == sent
    france = by_key("zone", "france")
    step(shop, path, action="addZone", zone=france)
    assert len(step(shop, path, action="addShippingRate", zone=france, shippingRate={"price": usd(5)})["zoneRates"]) == 3
    step(shop, path, action="removeShippingRate", zone=france, shippingRate={"price": usd(5)})
    assert len(step(shop, path, action="removeZone", zone=france)["zoneRates"]) == 2
    berlin = by_key("store", "berlin")
    shown = [{"typeId": "store", "key": "berlin"}]
    assert step(shop, path, action="addStore", store=berlin)["stores"] == shown
    assert step(shop, path, action="removeStore", store=berlin)["stores"] == []
    assert step(shop, path, action="setStores", stores=[berlin])["stores"] == shown
    step(shop, path, action="changeActive", active=False)
    path = "stores/key=berlin"
    assert step(shop, path, action="setName", name={"en": "B"})["name"] == {"en": "B"}
    assert step(shop, path, action="setLanguages", languages=["de"])["languages"] == ["de"]
    assert step(shop, path, action="addCountry", country={"code": "DE"})["countries"] == [{"code": "DE"}]
    assert step(shop, path, action="removeCountry", country={"code": "DE"})["countries"] == []
    assert step(shop, path, action="setCountries", countries=[{"code": "FR"}])["countries"] == [{"code": "FR"}]


def test_the_project(shop: Client) -> None:
    changed: list[dict[str, Any]] = [
        {"action": "changeName", "name": "Shop"},
        {"action": "changeCountries", "countries": ["DE"]},
        {"action": "changeCurrencies", "currencies": ["EUR"]},
        {"action": "changeLanguages", "languages": ["de"]},
        {"action": "changeMessagesConfiguration", "messagesConfiguration": {"enabled": True, "deleteDaysAfterCreation": 30}},
        {"action": "changeMessagesEnabled", "messagesEnabled": False},
        {"action": "changeCountryTaxRateFallbackEnabled", "countryTaxRateFallbackEnabled": True},
        {"action": "changePriceRoundingMode", "priceRoundingMode": "HalfUp"},
        {"action": "changeTaxRoundingMode", "taxRoundingMode": "HalfUp"},
        {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartValue"}},
    ]
    project = shop.update("", shop.get("")["version"], *changed)
    assert (project["name"], project["languages"], project["messages"]["enabled"]) == ("Shop", ["de"], False)
    assert (project["carts"]["priceRoundingMode"], project["carts"]["countryTaxRateFallbackEnabled"]) == ("HalfUp", True)
    carts = {"action": "changeCartsConfiguration", "cartsConfiguration": {"deleteDaysAfterLastModification": 5}}
    assert shop.update("", project["version"], carts)["carts"]["deleteDaysAfterLastModification"] == 5


def test_products(shop: Client) -> None:
    open_shop(shop)
    path, no = "products/key=mug", {"staged": False}
    step(shop, path, action="changeName", name={"en": "Cup"}, **no)
    step(shop, path, action="changeSlug", slug={"en": "cup"}, **no)
    step(shop, path, action="setDescription", description={"en": "Round."}, **no)
    for name in ("Title", "Description", "Keywords"):
        step(shop, path, action=f"setMeta{name}", **{f"meta{name}": {"en": "m"}}, **no)
    step(shop, path, action="setTaxCategory", taxCategory=by_key("tax-category", "standard"))
    image = {"url": "https://example.com/1.png", "dimensions": {"w": 1, "h": 1}}
    step(shop, path, action="addExternalImage", variantId=1, image=image, **no)
    step(shop, path, action="addExternalImage", variantId=1, image={**image, "url": "https://example.com/2.png"}, **no)
    step(shop, path, action="setImageLabel", variantId=1, imageUrl=image["url"], label="front", **no)
    step(shop, path, action="moveImageToPosition", variantId=1, imageUrl=image["url"], position=1, **no)
    left = step(shop, path, action="removeImage", variantId=1, imageUrl="https://example.com/2.png", **no)
    assert [one["label"] for one in left["masterData"]["current"]["masterVariant"]["images"]] == ["front"]
    added = step(shop, path, action="addVariant", sku="mug-2", prices=[{"value": eur(2000)}], **no)
    price = added["masterData"]["current"]["variants"][0]["prices"][0]["id"]
    step(shop, path, action="setPriceKey", priceId=price, key="p-2", **no)
    step(shop, path, action="addPrice", variantId=2, price={"value": eur(1800), "country": "DE"}, **no)
    step(shop, path, action="removePrice", priceId=price, **no)
    step(shop, path, action="setPrices", variantId=2, prices=[{"value": eur(1700)}], **no)
    step(shop, path, action="setSku", variantId=2, sku="mug-big", **no)
    step(shop, path, action="setProductVariantKey", variantId=2, key="big", **no)
    cart = shop.create("carts", {"currency": "EUR", "lineItems": [{"sku": "mug-big"}]})
    assert (cart["totalPrice"]["centAmount"], cart["lineItems"][0]["name"]) == (1700, {"en": "Cup"})
    swapped = step(shop, path, action="changeMasterVariant", variantId=2, **no)
    assert swapped["masterData"]["current"]["masterVariant"]["sku"] == "mug-big"
    step(shop, path, action="removeVariant", id=1, **no)
    assert step(shop, path, action="changeName", name={"en": "Draft"})["masterData"]["hasStagedChanges"] is True
    assert step(shop, path, action="revertStagedChanges")["masterData"]["hasStagedChanges"] is False
    step(shop, path, action="setSku", variantId=2, sku="other")
    assert step(shop, path, action="revertStagedVariantChanges", variantId=2)["masterData"]["hasStagedChanges"] is False
    assert step(shop, path, action="unpublish")["masterData"]["published"] is False
    assert step(shop, path, action="publish")["masterData"]["published"] is True
    last = shop.get(path)
    assert shop.update(path, last["version"], {"action": "setKey", "key": "cup"})["key"] == "cup"


def test_product_types_and_attributes(shop: Client) -> None:
    path = "product-types/key=kind"
    shop.create("product-types", {"name": "Kind", "key": "kind", "description": "d"})
    plain = {"name": "enum", "values": [{"key": "a", "label": "A"}]}
    local = {"name": "lenum", "values": [{"key": "x", "label": {"en": "X"}}]}
    for name, kind in (("size", plain), ("hue", local), ("note", {"name": "text"})):
        attribute = {"name": name, "type": kind, "label": {"en": name}, "isRequired": False}
        step(shop, path, action="addAttributeDefinition", attribute=attribute)
    step(shop, path, action="addPlainEnumValue", attributeName="size", value={"key": "b", "label": "B"})
    step(shop, path, action="addLocalizedEnumValue", attributeName="hue", value={"key": "y", "label": {"en": "Y"}})
    step(shop, path, action="changePlainEnumValueLabel", attributeName="size", newValue={"key": "a", "label": "AA"})
    step(shop, path, action="changeLocalizedEnumValueLabel", attributeName="hue", newValue={"key": "x", "label": {"en": "XX"}})
    both = [{"key": "b", "label": "B"}, {"key": "a", "label": "AA"}]
    step(shop, path, action="changePlainEnumValueOrder", attributeName="size", values=both)
    turned = [{"key": "y", "label": {"en": "Y"}}, {"key": "x", "label": {"en": "XX"}}]
    step(shop, path, action="changeLocalizedEnumValueOrder", attributeName="hue", values=turned)
    step(shop, path, action="removeEnumValues", attributeName="size", keys=["b"])
    step(shop, path, action="changeLabel", attributeName="note", label={"en": "Note"})
    step(shop, path, action="setInputTip", attributeName="note", inputTip={"en": "Write."})
    step(shop, path, action="changeInputHint", attributeName="note", newValue="MultiLine")
    step(shop, path, action="changeIsSearchable", attributeName="note", isSearchable=False)
    step(shop, path, action="changeAttributeConstraint", attributeName="note", newValue="None")
    step(shop, path, action="changeAttributeOrderByName", attributeNames=["note", "hue", "size"])
    step(shop, path, action="changeName", name="Sort")
    kind = step(shop, path, action="changeDescription", description="e")
    assert [attribute["name"] for attribute in kind["attributes"]] == ["note", "hue", "size"]
    draft = {"key": "thing", "productType": by_key("product-type", "kind"), "name": {"en": "T"}, "slug": {"en": "thing"}}
    shop.create("products", {**draft, "masterVariant": {"sku": "thing"}})
    step(shop, "products/key=thing", action="setAttribute", variantId=1, name="note", value="n", staged=False)
    made = step(shop, "products/key=thing", action="setAttributeInAllVariants", name="size", value="a", staged=False)
    shown = {one["name"]: one["value"] for one in made["masterData"]["staged"]["masterVariant"]["attributes"]}
    assert shown == {"note": "n", "size": {"key": "a", "label": "AA"}}
    step(shop, path, action="removeAttributeDefinition", name="hue")
    kind = shop.get(path)
    assert shop.update(path, kind["version"], {"action": "setKey", "key": "sort"})["key"] == "sort"
