"""Customers over HTTP, at the project and in a store: every verb, every action, and who sees whom."""

from __future__ import annotations

from typing import Any

import pytest
from signing_up import ADA, BERLIN_STORE, DOORS, at_once, post, run, signed_up, told, with_stores

from live import Client
from shop_setup import BERLIN, by_key


@pytest.fixture
def stores(shop: Client) -> Client:
    return with_stores(shop)


@pytest.mark.parametrize("door", DOORS)
def test_the_five_verbs(stores: Client, door: str) -> None:
    made = signed_up(stores, door, key="ada", addresses=[BERLIN], defaultShippingAddress=0, dateOfBirth="1815-12-10")
    assert made["stores"] == ([BERLIN_STORE] if door else [])
    assert (made["version"], made["password"]) == (1, "****aGg=")
    path, by_name = f"{door}customers/{made['id']}", f"{door}customers/key=ada"
    assert stores.get(path) == stores.get(by_name) == made
    for where in ('email = "Ada@Example.com"', 'lowercaseEmail = "ada@example.com"', 'dateOfBirth = "1815-12-10"'):
        assert stores.get(f"{door}customers", params={"where": where})["results"] == [made]
        assert stores.send("HEAD", f"{door}customers", params={"where": where}).status_code == 200
    assert stores.get(f"{door}customers", params={"where": 'lowercaseEmail = "Ada@Example.com"'})["results"] == []
    assert stores.send("HEAD", path).status_code == stores.send("HEAD", by_name).status_code == 200
    renamed = stores.update(path, 1, {"action": "setFirstName", "firstName": "Ada"})
    assert stores.update(by_name, 2, {"action": "setLastName", "lastName": "Lovelace"})["version"] == 3
    assert (renamed["firstName"], "lowercaseEmail" in renamed) == ("Ada", False)
    assert stores.refused(409, "DELETE", path, params={"version": 1})["code"] == "ConcurrentModification"
    assert stores.delete(path, 3)["lastName"] == "Lovelace"
    assert stores.send("HEAD", path).status_code == stores.send("HEAD", by_name).status_code == 404
    again = signed_up(stores, door, key="ada")
    assert stores.delete(by_name, again["version"])["id"] == again["id"]
    kinds = [message["type"] for message in told(stores) if message["resource"]["id"] == made["id"]]
    assert kinds == ["CustomerCreated", "CustomerFirstNameSet", "CustomerLastNameSet", "CustomerDeleted"]


@pytest.mark.parametrize("door", DOORS)
def test_every_action(stores: Client, door: str) -> None:
    stores.create("customer-groups", {"key": "gold", "groupName": "Gold"})
    field = {"name": "note", "label": {"en": "Note"}, "type": {"name": "String"}, "required": False}
    kinds = ["customer", "address"]
    stores.create("types", {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": kinds, "fieldDefinitions": [field]})
    made = signed_up(stores, door, addresses=[{**BERLIN, "key": "home"}])
    path, home = f"{door}customers/{made['id']}", made["addresses"][0]["id"]
    gold, extra, note = by_key("customer-group", "gold"), by_key("type", "extra"), {"name": "note", "value": "a"}
    actions: list[dict[str, Any]] = [
        {"action": "addAddress", "address": {"country": "FR", "key": "away"}},
        {"action": "changeAddress", "addressKey": "away", "address": {"country": "US", "key": "away"}},
        *({"action": f"add{role}AddressId", "addressKey": "away"} for role in ("Shipping", "Billing")),
        *({"action": f"setDefault{role}Address", "addressId": home} for role in ("Shipping", "Billing")),
        *({"action": f"remove{role}AddressId", "addressKey": "away"} for role in ("Shipping", "Billing")),
        {"action": "removeAddress", "addressKey": "away"},
        {"action": "setCustomerGroup", "customerGroup": gold},
        {"action": "addCustomerGroupAssignment", "customerGroupAssignment": {"customerGroup": gold}},
        {"action": "removeCustomerGroupAssignment", "customerGroup": gold},
        {"action": "setCustomerGroupAssignments", "customerGroupAssignments": [{"customerGroup": gold}]},
        {"action": "addStore", "store": by_key("store", "paris")},
        {"action": "setStores", "stores": [BERLIN_STORE, by_key("store", "paris")]},
        {"action": "removeStore", "store": by_key("store", "paris")},
        {"action": "setCustomType", "type": extra},
        {"action": "setCustomField", **note},
        {"action": "setAddressCustomType", "addressId": home, "type": extra},
        {"action": "setAddressCustomField", "addressId": home, **note},
        {"action": "changeEmail", "email": "countess@example.com"},
        {"action": "setAuthenticationMode", "authMode": "ExternalAuth"},
        {"action": "setAuthenticationMode", "authMode": "Password", "password": "third secret"},
        {"action": "setCustomerNumber", "customerNumber": "C-1"},
        {"action": "setKey", "key": "ada"},
        {"action": "setLocale", "locale": "de"},
        {"action": "setDateOfBirth", "dateOfBirth": "1815-12-10"},
        *(
            {"action": f"set{name}", f"{name[0].lower()}{name[1:]}": name}
            for name in ("FirstName", "MiddleName", "LastName", "Title", "Salutation", "CompanyName", "VatId", "ExternalId")
        ),
    ]
    assert len({action["action"] for action in actions}) == 34
    for action in actions:
        after = stores.update(path, stores.get(path)["version"], action)
        assert stores.get(path) == after
    assert after["customerGroupAssignments"] == [{"customerGroup": after["customerGroup"]}]
    assert after["stores"] == [BERLIN_STORE]
    assert (after["addresses"][0]["custom"]["fields"], after["custom"]["fields"]) == ({"note": "a"}, {"note": "a"})
    assert (after["defaultShippingAddressId"], after["shippingAddressIds"]) == (home, [home])
    assert (after["email"], after["isEmailVerified"], after["customerNumber"]) == ("countess@example.com", False, "C-1")
    (group,) = stores.get(f"{door}customers", params={"expand": "customerGroup", "where": 'key = "ada"'})["results"]
    assert group["customerGroup"]["obj"]["name"] == "Gold"
    named = stores.get("messages", params={"where": 'type = "CustomerExternalIdSet"'})["results"][0]
    identifiers = {"key": "ada", "externalId": "ExternalId", "customerNumber": "C-1"}
    assert named["resourceUserProvidedIdentifiers"] == identifiers
    assert stores.refused(400, "DELETE", "customer-groups/key=gold", params={"version": 1})["code"] == "ReferenceExists"
    numbers = [message["sequenceNumber"] for message in told(stores) if message["resource"]["id"] == made["id"]]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_an_email_belongs_to_one_customer(stores: Client) -> None:
    first = signed_up(stores)
    error = stores.refused(400, "POST", "customers", {**ADA, "email": "ADA@example.com"})
    assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "email", "ADA@example.com")
    assert error["message"] == "A duplicate value ADA@example.com exists for field email."
    berlin = signed_up(stores, DOORS[1])
    error = stores.refused(400, "POST", "in-store/key=berlin/customers", {**ADA, "email": "ada@EXAMPLE.com"})
    assert (error["duplicateValue"], error["conflictingResource"]["id"]) == ("ada@EXAMPLE.com", berlin["id"])
    paris = signed_up(stores, "in-store/key=paris/")
    join = {"version": 1, "actions": [{"action": "addStore", "store": BERLIN_STORE}]}
    error = stores.refused(400, "POST", f"customers/{paris['id']}", join)
    assert (error["field"], error["duplicateValue"]) == ("email", "ada@example.com")
    # A customer who becomes a global one needs the email there, and leaves it in the store.
    leave: dict[str, Any] = {"action": "setStores", "stores": []}
    globally = {"version": 1, "actions": [leave]}
    assert stores.refused(400, "POST", f"customers/{berlin['id']}", globally)["code"] == "DuplicateField"
    stores.update(f"customers/{first['id']}", 1, {"action": "changeEmail", "email": "countess@example.com"})
    stores.update(f"customers/{berlin['id']}", 1, leave)
    signed_up(stores, DOORS[1])
    other = signed_up(stores, email="b@example.com", key="bob", customerNumber="B")
    taken = {"version": 1, "actions": [{"action": "changeEmail", "email": "Countess@Example.com"}]}
    error = stores.refused(400, "POST", f"customers/{other['id']}", taken)
    assert (error["code"], error["duplicateValue"]) == ("DuplicateField", "Countess@Example.com")
    for field in ("key", "customerNumber"):
        error = stores.refused(400, "POST", "customers", {**ADA, "email": "c@example.com", field: other[field]})
        assert (error["code"], error["field"]) == ("DuplicateField", field)


def test_a_store_sees_its_own_customers_only(stores: Client) -> None:
    own = signed_up(stores, DOORS[1])
    both = signed_up(stores, email="b@example.com", stores=[BERLIN_STORE, by_key("store", "paris")])
    hidden = [signed_up(stores, "in-store/key=paris/", key="paris"), signed_up(stores, key="global")]
    seen = stores.get("in-store/key=berlin/customers", params={"sort": "createdAt asc"})
    assert (seen["results"], seen["total"]) == ([own, both], 2)
    for customer in hidden:
        path = f"in-store/key=berlin/customers/{customer['id']}"
        rename = {"version": 1, "actions": [{"action": "setFirstName", "firstName": "x"}]}
        for method, body in (("GET", None), ("POST", rename), ("DELETE", None)):
            assert stores.refused(404, method, path, body, params={"version": 1})["code"] == "ResourceNotFound"
        assert stores.send("HEAD", path).status_code == 404
        assert stores.refused(404, "GET", f"in-store/key=berlin/customers/key={customer['key']}")["code"] == "ResourceNotFound"
        door = "in-store/key=paris/" if customer["stores"] else ""
        by_email = post(stores, f"{door}customers/password-token", {"email": customer["email"]})
        for_email = post(stores, f"{door}customers/email-token", {"id": customer["id"], "ttlMinutes": 5})
        berlin = "in-store/key=berlin/customers"
        reset = {"tokenValue": by_email["value"], "newPassword": "new"}
        change = {"id": customer["id"], "version": 1, "currentPassword": ADA["password"], "newPassword": "new"}
        for method, path, body in (
            ("GET", f"{berlin}/password-token={by_email['value']}", None),
            ("GET", f"{berlin}/email-token={for_email['value']}", None),
            ("POST", f"{berlin}/password/reset", reset),
            ("POST", f"{berlin}/email/confirm", {"tokenValue": for_email["value"]}),
            ("POST", f"{berlin}/email-token", {"id": customer["id"], "ttlMinutes": 5}),
            ("POST", f"{berlin}/password", change),
        ):
            error = stores.refused(404, method, path, body)
            assert error["code"] == "ResourceNotFound", path
            assert "token" not in path.rpartition("/")[2] or customer["id"] not in error["message"] or method == "POST"
        assert stores.get(f"customers/{customer['id']}") == customer
    assert stores.refused(404, "POST", "in-store/key=absent/customers", ADA)["code"] == "ResourceNotFound"


def test_nothing_is_left_of_a_deleted_customer(stores: Client, database_url: str) -> None:
    tables = ("password", "customer_token", "claim")

    def rows() -> list[int]:
        statements = [f"SELECT count(*) FROM {table} WHERE shard = $1" for table in tables]  # noqa: S608 - named above
        return [run(database_url, statement, stores.project)[0][0] for statement in statements]

    before = rows()
    made = signed_up(stores, key="ada")
    token = post(stores, "customers/password-token", {"email": made["email"]})["value"]
    post(stores, "customers/email-token", {"id": made["id"], "ttlMinutes": 5})
    assert [now - then for now, then in zip(rows(), before, strict=True)] == [1, 2, 2]
    answer = stores.send("DELETE", f"customers/{made['id']}", params={"version": 1, "dataErasure": "true"})
    assert answer.json() == made
    assert rows() == before
    assert stores.refused(404, "GET", f"customers/password-token={token}")["code"] == "ResourceNotFound"


def test_of_many_who_take_one_email_one_succeeds(stores: Client) -> None:
    statuses = at_once(stores, "customers", [{**ADA, "email": email} for email in ("A@x.de", "a@X.de", "a@x.de") * 2])
    assert statuses == {201: 1, 400: 5}
    made = stores.get("customers")["results"]
    assert len(made) == 1
    asked = {"id": made[0]["id"], "ttlMinutes": 5}
    assert at_once(stores, "customers/email-token", [asked] * 8) == {200: 8}
    assert stores.get(f"customers/{made[0]['id']}")["version"] == 1


def test_a_store_token_manages_the_customers_of_its_store(stores: Client, client_with: Any) -> None:
    berlin = client_with(stores.project, f"manage_customers:{stores.project}:berlin")
    made = signed_up(berlin, DOORS[1])
    assert berlin.update(f"{DOORS[1]}customers/{made['id']}", 1, {"action": "setKey", "key": "ada"})["key"] == "ada"
    for path in ("customers", "in-store/key=paris/customers", f"customers/{made['id']}", "in-store/key=berlin/carts"):
        assert berlin.refused(403, "GET", path)["code"] == "insufficient_scope"
    viewer = client_with(stores.project, f"view_customers:{stores.project}")
    token = post(berlin, f"{DOORS[1]}customers/password-token", {"email": made["email"]})["value"]
    # To look at a token's customer is to view; to use the token is to manage.
    assert viewer.get(f"customers/password-token={token}")["id"] == made["id"]
    reset = {"tokenValue": token, "newPassword": "n"}
    assert viewer.refused(403, "POST", "customers/password/reset", reset)["code"] == "insufficient_scope"
    assert viewer.refused(403, "POST", "customers/email-token", {})["code"] == "insufficient_scope"
