"""Input of the right types that nobody expects: refused or taken, but never a failure of the server."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import msgspec.inspect as model
import pytest
from bad_shapes import example, extremes

from live import Client
from orderwright.domain.cart.resource import REPLICA
from orderwright.engine.resource import ResourceType
from orderwright.resources import RESOURCES
from relaying import Receiver, http, receiving
from shop_setup import BERLIN, by_key, eur

KEY = "a-key"  # what every identifier in the examples names
SKU = "text"
WRITTEN = [resource for resource in (*RESOURCES, REPLICA) if resource.actions.types]


def open_odd_shop(shop: Client) -> dict[str, Any]:
    """One document of every type under the key that the examples name; a cart with a line, and its copy as an order."""
    rate = {"name": "r", "amount": 0.19, "includedInPrice": True, "country": "DE"}
    zone_rate = {"zone": by_key("zone", KEY), "shippingRates": [{"price": eur(5)}]}
    data = {"name": {"en": "p"}, "slug": {"en": "a-product"}, "productType": by_key("product-type", KEY), "publish": True}
    variant = {"sku": SKU, "prices": [{"value": eur(100)}], "attributes": [{"name": "number", "value": 1.5}]}
    definition = {"name": "number", "label": {"en": "n"}, "type": {"name": "number"}, "isRequired": False}
    fields = [{"name": name, "label": {"en": "f"}, "type": {"name": "String"}, "required": False} for name in ("text", KEY)]
    kinds = ["order", "line-item", "custom-line-item", "address", "order-delivery", "order-parcel", "order-return-item", "store"]
    custom = {
        "key": KEY,
        "name": {"en": "t"},
        "resourceTypeIds": [*kinds, "shipping-method", "quote"],
        "fieldDefinitions": fields,
    }
    made = {
        "types": shop.create("types", custom),
        "tax-categories": shop.create("tax-categories", {"name": "t", "key": KEY, "rates": [rate]}),
        "zones": shop.create("zones", {"name": "z", "key": KEY, "locations": [{"country": "DE"}]}),
        "stores": shop.create("stores", {"key": KEY}),
        "states": shop.create("states", {"key": KEY, "type": "OrderState"}),
        "channels": shop.create("channels", {"key": KEY, "roles": ["InventorySupply", "ProductDistribution"]}),
        "customer-groups": shop.create("customer-groups", {"groupName": "g", "key": KEY}),
        "associate-roles": shop.create("associate-roles", {"key": KEY}),
        "business-units": shop.create("business-units", {"key": KEY, "name": "u", "unitType": "Company"}),
        "customers": shop.create("customers", {"email": "e", "key": KEY, "password": "p"})["customer"],
        "product-types": shop.create("product-types", {"name": "t", "key": KEY, "description": "", "attributes": [definition]}),
    }
    method = {"name": "m", "key": KEY, "taxCategory": by_key("tax-category", KEY), "zoneRates": [zone_rate], "isDefault": True}
    made["shipping-methods"] = shop.create("shipping-methods", method)
    product = {**data, "key": KEY, "taxCategory": by_key("tax-category", KEY), "masterVariant": variant}
    made["categories"] = shop.create("categories", {"name": {"en": "c"}, "slug": {"en": "cc"}, "key": KEY})
    made["products"] = shop.create("products", product)
    made["standalone-prices"] = shop.create("standalone-prices", {"key": KEY, "sku": SKU, "value": eur(90)})
    made["inventory"] = shop.create("inventory", {"key": KEY, "sku": SKU, "quantityOnStock": 3})
    draft = {"currency": "EUR", "country": "DE", "shippingAddress": BERLIN, "lineItems": [{"sku": SKU, "key": KEY}]}
    made["carts"] = shop.create("carts", {**draft, "key": KEY})
    ordered = shop.create("carts", {**draft, "shippingMethod": by_key("shipping-method", KEY)})
    made["payments"] = shop.create("payments", {"key": KEY, "amountPlanned": eur(100)})
    made["orders"] = shop.create("orders", {"cart": {"id": ordered["id"]}, "version": 1})
    made["orders/edits"] = shop.create("orders/edits", {"key": KEY, "resource": {"typeId": "order", "id": made["orders"]["id"]}})
    made["shopping-lists"] = shop.create("shopping-lists", {"key": KEY, "name": {"en": "l"}, "lineItems": [{"sku": SKU}]})
    asked = shop.create("carts", {**draft, "customerId": made["customers"]["id"]})
    return {**made, **discounting(shop), **quoted(shop, asked), "": shop.get("")}


def discounting(shop: Client) -> dict[str, Any]:
    """A discount of each kind, none of which matches anything as yet."""
    tenth = {"name": {"en": "d"}, "key": KEY, "sortOrder": "0.5", "value": {"type": "relative", "permyriad": 1000}}
    total = {"target": {"type": "totalPrice"}, "cartPredicate": "false", "requiresDiscountCode": True}
    return {
        "product-discounts": shop.create("product-discounts", {**tenth, "predicate": "false", "isActive": False}),
        "discount-groups": shop.create("discount-groups", {"key": KEY, "sortOrder": "0.25"}),
        "cart-discounts": shop.create("cart-discounts", {**tenth, **total}),
        "discount-codes": shop.create(
            "discount-codes", {"key": KEY, "code": "c", "cartDiscounts": [by_key("cart-discount", KEY)]}
        ),
    }


def calling(shop: Client, receiver: Receiver) -> dict[str, Any]:
    """What calls servers outside."""
    never = [{"resourceTypeId": "cart", "actions": ["Create"], "condition": "version = 0"}]
    extension = {"key": KEY, "destination": {"type": "HTTP", "url": receiver.url}, "triggers": never}
    subscription = {"key": KEY, "destination": http(receiver), "changes": [{"resourceTypeId": "payment"}]}
    return {"extensions": shop.create("extensions", extension), "subscriptions": shop.create("subscriptions", subscription)}


def quoted(shop: Client, cart: dict[str, Any]) -> dict[str, Any]:
    """An offer for a cart, and what it came of."""
    request = shop.create("quote-requests", {"cart": {"id": cart["id"]}, "cartVersion": 1, "key": KEY})
    named = {"quoteRequest": {"id": request["id"]}, "quoteRequestVersion": 1}
    staged = shop.create("staged-quotes", {**named, "key": KEY})
    quote = shop.create("quotes", {"stagedQuote": {"id": staged["id"]}, "stagedQuoteVersion": 1, "key": KEY})
    return {"quote-requests": request, "staged-quotes": staged, "quotes": quote}


def post(shop: Client, path: str, body: Any) -> dict[str, Any] | None:
    """The document that was answered, or None for a refusal, which must be no failure of the server."""
    status, content = shop.bare("POST", path, json.dumps(body).encode())
    assert status < 500, (path, json.dumps(body)[:1000], content[:1000])
    # Strict: NaN, which Python's own reader takes, is no JSON.
    document: dict[str, Any] = msgspec.json.decode(content)
    assert status < 300 or document["statusCode"] == status
    return document if status < 300 else None


@pytest.mark.parametrize("resource", WRITTEN, ids=lambda resource: f"{resource.path or 'project'}-{resource is REPLICA}")
def test_odd_values(shop: Client, resource: ResourceType) -> None:
    with receiving() as receiver:
        documents = {**open_odd_shop(shop), **calling(shop, receiver)}
        send_odd_values(shop, resource, documents[resource.path])


def send_odd_values(shop: Client, resource: ResourceType, document: dict[str, Any]) -> None:
    collection = resource.path + ("/replicate" if resource is REPLICA else "")
    if resource.draft:
        kind = model.type_info(resource.draft)
        for body in extremes(kind, example(kind), set()):
            post(shop, collection, body)
    path = f"{resource.path}/{document['id']}" if resource.path else ""
    seen: set[type] = set()
    # The odd drafts may have changed it, if only from a distance: a category that becomes its parent, for one.
    read = shop.http.get(f"/{shop.project}/{path}".rstrip("/"), headers=authorized(shop))
    taken, version = 0, msgspec.json.decode(read.content)["version"]
    for action in resource.actions.types if resource is not REPLICA else ():
        kind = model.type_info(action)
        seen.discard(action)
        for body in extremes(kind, example(kind), seen):
            if (changed := post(shop, path, {"version": version, "actions": [body]})) is not None:
                taken, version = taken + 1, changed["version"]
    assert taken or resource is REPLICA
    # What was taken can still be read, by itself and in a page, and be changed.
    assert shop.http.get(f"/{shop.project}/{path}".rstrip("/"), headers=authorized(shop)).status_code == 200
    if resource.path:
        assert shop.http.get(f"/{shop.project}/{resource.path}?limit=500", headers=authorized(shop)).status_code == 200


def authorized(shop: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {shop.token}"}
