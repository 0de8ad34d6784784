"""What a reference is expanded to: only what the token's scopes open at its own path. Every reference type, scope and door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from live import Client
from orderwright.app import FACES
from orderwright.auth.scopes import SCOPES, STORE_SCOPES
from orderwright.domain.payment.resource import MINE as MY_PAYMENT
from orderwright.domain.payment.resource import RESOURCE as PAYMENT
from orderwright.engine.access import Access
from orderwright.engine.model import ClientLogging
from orderwright.http.api.faces import filters
from orderwright.resources import RESOURCES
from shop_setup import BERLIN, by_key, cart_draft, open_shop, order_draft, product

PASSWORD = "correct horse"
# What opens each type at its own path, by id: from the published lists of operations.
OPENED_BY = {
    "associate-role": {"view_associate_roles"},
    "business-unit": {"view_business_units"},
    "cart": {"view_orders"},
    "cart-discount": {"view_orders", "view_cart_discounts"},
    "category": {"view_products", "view_categories"},
    "channel": {"view_products", "view_channels"},
    "customer": {"view_customers"},
    "customer-group": {"view_customers", "view_customer_groups"},
    "discount-code": {"view_discount_codes"},
    "discount-group": {"view_cart_discounts"},
    "extension": {"manage_extensions"},
    "inventory-entry": {"view_products"},
    "key-value-document": {"view_products", "view_orders", "view_customers", "view_key_value_documents"},
    "message": {"view_messages"},
    "order": {"view_orders"},
    "order-edit": {"view_order_edits"},
    "payment": {"view_payments"},
    "product": {"view_products", "view_published_products"},
    "product-discount": {"view_products", "view_product_discounts"},
    "product-type": {"view_products", "view_product_types"},
    "project": {"view_project_settings"},
    "quote": {"view_quotes"},
    "quote-request": {"view_quote_requests"},
    "shipping-method": {"view_orders", "view_shipping_methods", "manage_my_orders"},
    "shopping-list": {"view_shopping_lists"},
    "staged-quote": {"view_staged_quotes"},
    "standalone-price": {"view_standalone_prices"},
    "state": {"view_states"},
    "store": {"view_stores"},
    "subscription": {"manage_subscriptions"},
    "tax-category": {"view_products", "view_tax_categories"},
    "type": {"view_types"},
    "zone": {"view_zones", "view_orders"},
}
IN_STORES = {
    *("business-unit", "cart", "cart-discount", "discount-code", "order", "customer"),
    *("quote", "quote-request", "shopping-list", "staged-quote"),
}
OWN = {
    "manage_my_business_units": {"business-unit"},
    "manage_my_orders": {"cart", "order"},
    "manage_my_profile": {"customer"},
    "manage_my_payments": {"payment"},
    "manage_my_quote_requests": {"quote-request"},
    "manage_my_quotes": {"quote"},
    "manage_my_shopping_lists": {"shopping-list"},
}


class Entrance(NamedTuple):
    """A door: in the store `berlin` or not, and for which kind of owner."""

    in_store: bool = False
    owner: str | None = None

    @property
    def path(self) -> str:
        """Where carts stand at it."""
        return ("in-store/key=berlin/" if self.in_store else "") + ("me/" if self.owner else "") + "carts"


ENTRANCES = [Entrance(in_store, owner) for in_store in (False, True) for owner in (None, "customer", "anonymous")]


def expected(name: str, place: str | None, entrance: Entrance) -> set[str]:
    """What a scope of the project, or of the store `place`, opens at a door."""
    grants = {name, name.replace("manage_", "view_", 1)}
    here = place is None or (place == "berlin" and entrance.in_store)
    found = set()
    for type_id, names in OPENED_BY.items():
        whole = name == "manage_project" or not grants.isdisjoint(names)
        if whole and here and (place is None or type_id in IN_STORES):
            found.add(type_id)
        if entrance.owner and here and type_id in OWN.get(name, ()):
            found.add(type_id)
    if entrance.owner == "anonymous" and name == "manage_my_profile":
        found.discard("customer")  # who is no customer yet has no profile
    if entrance.owner == "anonymous" and name in ("manage_my_business_units", "manage_my_quotes", "manage_my_quote_requests"):
        found -= OWN[name]  # and acts for nobody, and is offered nothing
    # Payments stand at no door of a store.
    return found if place is None else found - {"payment"}


def access(entrance: Entrance) -> Access:
    """Of a request at a door."""
    customer, anonymous = ("somebody" if entrance.owner == kind else None for kind in ("customer", "anonymous"))
    store = "berlin" if entrance.in_store else None
    return Access(shard="k", who=ClientLogging(), store_key=store, customer_id=customer, anonymous_id=anonymous)


def test_the_table_tells_of_every_type() -> None:
    assert set(OPENED_BY) == {resource.type_id for resource in RESOURCES}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_scope_at_every_door_shows_what_it_opens(entrance: Entrance) -> None:
    for name in SCOPES:
        for place in (None, "berlin", "paris") if name in STORE_SCOPES else (None,):
            scope = f"{name}:k" + (f":{place}" if place else "")
            seen = FACES.seen("k", frozenset({scope, "customer_id:somebody"}), access(entrance))
            assert set(seen) == expected(name, place, entrance), scope
            if "product" in seen:
                assert bool(seen["product"].only) == (name == "view_published_products")
    assert FACES.seen("k", frozenset(), access(entrance)) == {}
    assert FACES.seen("k", frozenset({"manage_project:other"}), access(entrance)) == {}


@pytest.mark.parametrize("entrance", [entrance for entrance in ENTRANCES if entrance.owner])
def test_an_owner_sees_of_a_payment_what_her_own_path_shows(entrance: Entrance) -> None:
    own, everything = "manage_my_payments:k", "view_payments:k"
    for scopes, face in (({own}, MY_PAYMENT), ({everything}, PAYMENT), ({own, everything}, PAYMENT)):
        seen = FACES.seen("k", frozenset(scopes), access(entrance))
        assert seen == {"payment": face}
        assert filters(seen.values(), access(entrance)) == {((f"{entrance.owner}_id", "somebody"),): ["payment"]}


class Filled(NamedTuple):
    """A shop with one cart that all doors show, which refers to one document of each type."""

    shop: Client
    cart: str
    paths: dict[str, str]

    def seen(self, client: Client, path: str) -> set[str]:
        """The types of which the cart shows a document."""
        cart = client.get(path, params={"expand": sorted(self.paths.values())})
        return {type_id for type_id, steps in self.paths.items() if list(objects(cart, steps.split(".")))}


def objects(value: Any, steps: list[str]) -> Iterator[Any]:
    """The objects that a path of references has been expanded to."""
    if not steps:
        if "obj" in value:
            yield value["obj"]
        return
    inside = value.get("obj", value)[steps[0].removesuffix("[*]")]
    for each in inside if isinstance(inside, list) else [inside]:
        yield from objects(each, steps[1:])


FIELDS = [
    *("associate-role", "business-unit"),
    *("cart", "category", "channel", "customer", "customer-group", "key-value-document", "order", "product", "product-type"),
    *("shipping-method", "state", "zone"),
]


def referring(shop: Client, ids: dict[str, str]) -> dict[str, Any]:
    """Custom fields that refer to documents of all types that fields can refer to."""
    values = {type_id: {"typeId": type_id, "id": ids[type_id]} for type_id in FIELDS}
    return {"type": by_key("type", "referring"), "fields": values}


def make_type(shop: Client) -> None:
    fields = [
        {
            "name": type_id,
            "label": {"en": type_id},
            "required": False,
            "type": {"name": "Reference", "referenceTypeId": type_id},
        }
        for type_id in FIELDS
    ]
    draft = {"key": "referring", "name": {"en": "Referring"}, "resourceTypeIds": ["order"], "fieldDefinitions": fields}
    shop.create("types", draft)


def first(shop: Client, path: str) -> str:
    return str(shop.get(path, params={"limit": 1})["results"][0]["id"])


def customer(shop: Client, name: str) -> dict[str, Any]:
    stores = [by_key("store", "berlin")]
    draft = {"email": f"{name}@example.com", "password": PASSWORD, "stores": stores}
    made: dict[str, Any] = shop.create("customers", draft)["customer"]
    return made


def of_owner(shop: Client, owner: dict[str, Any], store: str = "berlin") -> dict[str, str]:
    """A cart, an order and a payment of a customer."""
    draft = cart_draft(("mug", 1), customerId=owner["id"])
    ordered, cart = (shop.create(f"in-store/key={store}/carts", draft) for _ in range(2))
    order = shop.create(f"in-store/key={store}/orders", order_draft(ordered))
    amount = {"currencyCode": "EUR", "centAmount": 5}
    payment = shop.create("payments", {"amountPlanned": amount, "customer": {"typeId": "customer", "id": owner["id"]}})
    return {"cart": cart["id"], "order": order["id"], "payment": payment["id"], "customer": owner["id"]}


def hers(shop: Client, owner: dict[str, Any]) -> str:
    """A business unit that a customer acts for in the store `berlin`."""
    role = {"associateRole": by_key("associate-role", "buyer")}
    associate = {"customer": {"typeId": "customer", "id": owner["id"]}, "associateRoleAssignments": [role]}
    draft = {"key": "acme", "name": "Acme", "unitType": "Company", "stores": [by_key("store", "berlin")]}
    return str(shop.create("business-units", {**draft, "associates": [associate]})["id"])


@pytest.fixture
def filled(shop: Client) -> Filled:
    """One cart of Ada's in the store `berlin`, which refers to whatever there is."""
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    make_type(shop)
    ada = customer(shop, "ada")
    mine = of_owner(shop, ada)
    value = {"of": "the shop"}
    ids = {
        **mine,
        "associate-role": shop.create("associate-roles", {"key": "buyer"})["id"],
        "business-unit": hers(shop, ada),
        "category": shop.create("categories", {"name": {"en": "C"}, "slug": {"en": "cc"}})["id"],
        "channel": shop.create("channels", {"key": "web"})["id"],
        "customer-group": shop.create("customer-groups", {"groupName": "VIP"})["id"],
        "key-value-document": shop.create("custom-objects", {"container": "c", "key": "k", "value": value})["id"],
        "product": shop.get("products/key=mug")["id"],
        "product-type": first(shop, "product-types"),
        "shipping-method": first(shop, "shipping-methods"),
        "state": first(shop, "states"),
        "zone": first(shop, "zones"),
    }
    draft = cart_draft(("mug", 1), customerId=ada["id"], custom=referring(shop, ids))
    cart = shop.create("in-store/key=berlin/carts", draft)
    payment = {"action": "addPayment", "payment": {"typeId": "payment", "id": mine["payment"]}}
    shop.update(f"carts/{cart['id']}", cart["version"], payment)
    paths = {type_id: f"custom.fields.{type_id}" for type_id in FIELDS}
    more = {"payment": "paymentInfo.payments[*]", "type": "custom.type", "tax-category": "shippingInfo.taxCategory"}
    return Filled(shop, cart["id"], {**paths, **more})


EACH = sorted({name for names in OPENED_BY.values() for name in names} | set(OWN))


@pytest.mark.parametrize("entrance", [entrance for entrance in ENTRANCES if entrance.owner != "anonymous"])
def test_a_cart_shows_what_each_scope_opens_at_its_door(filled: Filled, entrance: Entrance) -> None:
    shop, key = filled.shop, filled.shop.project
    base = "manage_my_orders" if entrance.owner else "view_orders"
    places = (None, "berlin") if entrance.in_store else (None,)
    for name, place in [(name, place) for name in EACH for place in places if place is None or name in STORE_SCOPES]:
        scope = f"{base}:{key} {name}:{key}" + (f":{place}" if place else "")
        if entrance.owner:
            # A customer of stores signs in in one of these; her token is good at all doors.
            caller = shop.signed_in("ada@example.com", PASSWORD, "berlin", scope)
        else:
            caller = shop
            caller.token = shop.fetch_token(scope)
        opened = expected(base, None, entrance) | expected(name, place, entrance)
        assert filled.seen(caller, f"{entrance.path}/{filled.cart}") == opened & set(filled.paths), scope
        page = caller.get(entrance.path, params={"where": f'id = "{filled.cart}"', "expand": "custom.fields.state"})["results"]
        assert ("obj" in page[0]["custom"]["fields"]["state"]) == ("state" in opened)


def test_everything_is_shown_to_who_may_see_everything(filled: Filled) -> None:
    assert filled.seen(filled.shop, f"carts/{filled.cart}") == set(filled.paths)


def test_a_custom_object_shows_what_each_scope_opens(filled: Filled) -> None:
    """Values may refer to documents of all types there are."""
    shop = filled.shop
    paths = {"inventory-entry": "inventory", "standalone-price": "standalone-prices", "store": "stores", "message": "messages"}
    shop.create("inventory", {"sku": "mug", "quantityOnStock": 1})
    shop.create("standalone-prices", {"sku": "mug", "value": {"currencyCode": "EUR", "centAmount": 1}})
    value = {type_id: {"typeId": type_id, "id": first(shop, path)} for type_id, path in paths.items()}
    value["project"] = {"typeId": "project", "id": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    shop.create("custom-objects", {"container": "c", "key": "all", "value": value})
    path, expand = "custom-objects/c/all", {"expand": [f"value.{type_id}" for type_id in value]}
    for name in EACH:
        token = shop.fetch_token(f"view_key_value_documents:{shop.project} {name}:{shop.project}")
        # Messages stand apart from what is expanded, and the project has no id.
        opened = expected(name, None, Entrance()) - {"message", "project"}
        for found in (
            shop.get(path, token=token, params=expand),
            shop.get("custom-objects/c", token=token, params={**expand, "where": 'key = "all"'})["results"][0],
        ):
            assert {type_id for type_id, each in found["value"].items() if "obj" in each} == opened & set(value), name


def test_a_reference_that_says_another_type_opens_nothing(filled: Filled) -> None:
    shop = filled.shop
    customer_id = first(shop, "customers")
    value = {"lie": {"typeId": "state", "id": customer_id}, "truth": {"typeId": "customer", "id": customer_id}}
    shop.create("custom-objects", {"container": "c", "key": "lie", "value": value})
    expand = {"params": {"expand": ["value.lie", "value.truth"]}}
    for scope, shown in (("view_states", []), ("view_customers", ["truth"]), ("manage_project", ["truth"])):
        token = shop.fetch_token(f"view_key_value_documents:{shop.project} {scope}:{shop.project}")
        found = shop.get("custom-objects/c/lie", token=token, **expand)["value"]
        assert [name for name, each in found.items() if "obj" in each] == shown


def test_what_is_another_owners_is_expanded_for_nobody_at_a_door_of_her_own(filled: Filled) -> None:
    """Not even where the token opens everything at the project's own door."""
    shop = filled.shop
    eve = of_owner(shop, customer(shop, "eve"), store="paris")
    ada = shop.signed_in("ada@example.com", PASSWORD, "berlin")
    types = ("cart", "order", "customer")
    for path in ("me/carts", "in-store/key=berlin/me/carts"):
        cart = ada.get(f"{path}/{filled.cart}")
        changes = [
            {"action": "setCustomField", "name": type_id, "value": {"typeId": type_id, "id": eve[type_id]}} for type_id in types
        ]
        expand = {"expand": [f"custom.fields.{type_id}" for type_id in types]}
        answered = ada.update(f"{path}/{filled.cart}", cart["version"], *changes, params=expand)
        for found in (answered, ada.get(f"{path}/{filled.cart}", params=expand)):
            assert [found["custom"]["fields"][type_id] for type_id in types] == [change["value"] for change in changes]
    # At the store's own door they are those of another store; Eve is a customer of this one.
    inside = shop.get(f"in-store/key=berlin/carts/{filled.cart}", params=expand)["custom"]["fields"]
    assert [type_id for type_id in types if "obj" in inside[type_id]] == ["customer"]
    outside = shop.get(f"carts/{filled.cart}", params=expand)["custom"]["fields"]
    assert [outside[type_id]["obj"]["id"] for type_id in types] == [eve[type_id] for type_id in types]


def test_a_customer_of_other_stores_is_not_expanded_in_a_store(shop: Client) -> None:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    make_type(shop)
    draft = {"email": "eve@example.com", "password": PASSWORD, "stores": [by_key("store", "paris")]}
    eve = shop.create("customers", draft)["customer"]
    reference = {"typeId": "customer", "id": eve["id"]}
    custom = {"type": by_key("type", "referring"), "fields": {"customer": reference}}
    cart = shop.create("in-store/key=berlin/carts", cart_draft(("mug", 1), custom=custom))
    expand = {"params": {"expand": "custom.fields.customer"}}
    assert shop.get(f"in-store/key=berlin/carts/{cart['id']}", **expand)["custom"]["fields"]["customer"] == reference
    assert shop.get(f"carts/{cart['id']}", **expand)["custom"]["fields"]["customer"]["obj"]["email"] == "eve@example.com"


@pytest.mark.parametrize("known", [True, False])
def test_a_visitor_reads_nothing_by_putting_its_id_into_her_cart(shop: Client, known: bool) -> None:
    open_shop(shop)
    make_type(shop)
    shop.create("customers", {"email": "ada@example.com", "password": PASSWORD})
    hidden = shop.create("products", {**product("lamp", 100), "publish": False, "key": "hidden"})["id"]
    open_one = shop.get("products/key=mug")
    renamed = {"action": "changeName", "name": {"en": "Of next season"}, "staged": True}
    shop.update("products/key=mug", open_one["version"], renamed)
    secret = shop.create("custom-objects", {"container": "c", "key": "k", "value": "secret"})["id"]
    key = shop.project
    for scope, shown in ((f"manage_my_orders:{key}", None), (f"manage_my_orders:{key} view_published_products:{key}", "mug")):
        caller = shop.signed_in("ada@example.com", PASSWORD, scope=scope) if known else narrowed(shop, scope)
        found: list[str | None] = []
        for id in (hidden, open_one["id"]):
            fields = {
                "product": {"typeId": "product", "id": id},
                "key-value-document": {"typeId": "key-value-document", "id": secret},
            }
            draft = {"currency": "EUR", "custom": {"type": by_key("type", "referring"), "fields": fields}}
            expand = {"params": {"expand": [f"custom.fields.{name}" for name in fields]}}
            made = caller.create("me/carts", draft, **expand)
            path = f"me/carts/{made['id']}"
            read = [made, caller.get(path, **expand), caller.get("me/active-cart", **expand)]
            read.append(caller.update(path, made["version"], {"action": "setCountry", "country": "DE"}, **expand))
            assert "secret" not in str(read) and "Of next season" not in str(read)
            found += [cart["custom"]["fields"]["product"].get("obj", {}).get("key") for cart in read]
        assert found == [*[None] * 4, *[shown] * 4]


def narrowed(shop: Client, scope: str) -> Client:
    """An anonymous session with a scope."""
    form = {"grant_type": "client_credentials", "scope": scope}
    return shop._as(f"/oauth/{shop.project}/anonymous/token", form)


def test_an_owner_asks_for_the_shipping_methods_of_her_own_cart(shop: Client, client_with: Callable[[str, str], Client]) -> None:
    open_shop(shop)
    for name in ("ada", "eve"):
        shop.create("customers", {"email": f"{name}@example.com", "password": PASSWORD})
    scope = f"manage_my_orders:{shop.project}"
    ada, eve = (shop.signed_in(f"{name}@example.com", PASSWORD, scope=scope) for name in ("ada", "eve"))
    cart = ada.create("me/carts", {"currency": "EUR", "shippingAddress": BERLIN, "lineItems": [{"sku": "mug"}]})
    visitors = narrowed(shop, scope)
    visited = visitors.create("me/carts", {"currency": "EUR", "shippingAddress": BERLIN})
    backend = client_with(shop.project, scope)
    for path, place in (("shipping-methods/matching-cart", {}), ("shipping-methods/matching-cart-location", {"country": "DE"})):
        for id, sees, others in ((cart["id"], [ada, shop, backend], [eve, visitors]), (visited["id"], [visitors, shop], [ada])):
            asked = {**place, "cartId": id}
            for each in sees:
                assert [method["key"] for method in each.get(path, params=asked)["results"]] == ["parcel"]
                assert each.send("HEAD", path, params=asked).status_code == 200
            for each in others:
                assert each.refused(404, "GET", path, params=asked)["code"] == "ResourceNotFound"
                assert each.send("HEAD", path, params=asked).status_code == 404


def test_who_reads_messages_reads_no_more_of_what_they_tell_of(filled: Filled) -> None:
    shop, key = filled.shop, filled.shop.project
    parameters = {"where": 'resource(typeId = "order")', "expand": "resource", "limit": 500}
    for more, shown in (("", False), (f" view_orders:{key}", True), (f" view_customers:{key}", False)):
        token = shop.fetch_token(f"view_messages:{key}{more}")
        told = shop.get("messages", token=token, params=parameters)["results"]
        assert told and {"obj" in message["resource"] for message in told} == {shown}
