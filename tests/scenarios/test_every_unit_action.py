"""Every operation and every action on business units, once each over HTTP; the client holds the answers against the schema."""

from __future__ import annotations

from typing import Any

from test_business_units import associate, customer, step, unit

from live import Client
from shop_setup import BERLIN, by_key

KEY = "business-units/key=acme"
EXTRA = {
    "key": "extra",
    "name": {"en": "Extra"},
    "resourceTypeIds": ["business-unit", "address"],
    "fieldDefinitions": [{"name": "note", "label": {"en": "Note"}, "required": False, "type": {"name": "String"}}],
}


def test_the_sixteen_operations(shop: Client) -> None:
    assert shop.send("HEAD", "business-units").status_code == 404
    made = shop.create("business-units", unit("acme"))
    path = f"business-units/{made['id']}"
    for place in ("business-units", path, KEY):
        assert shop.send("HEAD", place).status_code == 200
    assert shop.get(path) == shop.get(KEY) == made
    assert [each["id"] for each in shop.get("business-units", params={"where": 'unitType = "Company"'})["results"]] == [
        made["id"]
    ]
    changed = step(shop, path, action="changeName", name="Acme Ltd.")
    assert step(shop, KEY, action="changeStatus", status="Inactive")["version"] == changed["version"] + 1
    ada = customer(shop, "ada")
    shop.create("associate-roles", {"key": "buyer", "permissions": ["CreateMyCarts"]})
    step(shop, KEY, action="addAssociate", associate=associate(ada, "buyer"))
    for place in (path, KEY):
        assert shop.get(f"{place}/associates/{ada['id']}")["permissions"] == ["CreateMyCarts"]
    assert [hit["id"] for hit in shop.send("POST", "business-units/search", {}).json()["results"]] == [made["id"]]
    assert shop.send("HEAD", "business-units/search").status_code == 200
    assert shop.get("business-units/search/indexing-status")["status"] == "Ready"
    version = shop.get(path)["version"]
    assert shop.send("DELETE", path, params={"version": version}).status_code == 200
    shop.create("business-units", unit("acme"))
    assert shop.send("DELETE", KEY, params={"version": 1}).status_code == 200
    assert shop.send("HEAD", KEY).status_code == 404


def test_addresses(shop: Client) -> None:
    shop.create("types", EXTRA)
    shop.create("business-units", unit("acme", addresses=[{**BERLIN, "key": "home"}]))
    (home,) = shop.get(KEY)["addresses"]
    work = step(shop, KEY, action="addAddress", address={"country": "DE", "key": "work"})["addresses"][1]
    assert step(shop, KEY, action="changeAddress", addressKey="work", address={"country": "FR", "key": "work"})["addresses"][
        1
    ] == {
        **work,
        "country": "FR",
    }
    for name in ("Shipping", "Billing"):
        ids, default = f"{name.lower()}AddressIds", f"default{name}AddressId"
        assert step(shop, KEY, action=f"add{name}AddressId", addressId=home["id"])[ids] == [home["id"]]
        assert step(shop, KEY, action=f"setDefault{name}Address", addressKey="work")[default] == work["id"]
        assert step(shop, KEY, action=f"remove{name}AddressId", addressId=home["id"])[ids] == [work["id"]]
    typed = step(
        shop, KEY, action="setAddressCustomType", addressId=home["id"], type=by_key("type", "extra"), fields={"note": "a"}
    )
    assert typed["addresses"][0]["custom"]["fields"] == {"note": "a"}
    noted = step(shop, KEY, action="setAddressCustomField", addressId=home["id"], name="note", value="b")
    assert noted["addresses"][0]["custom"]["fields"] == {"note": "b"}
    left = step(shop, KEY, action="removeAddress", addressKey="work")
    assert ([each["id"] for each in left["addresses"]], "defaultShippingAddressId" in left) == ([home["id"]], False)


def test_associates_and_groups(shop: Client) -> None:
    for role in ("buyer", "admin"):
        shop.create("associate-roles", {"key": role, "permissions": []})
    ada, bob = customer(shop, "ada"), customer(shop, "bob")
    shop.create("business-units", unit("acme"))

    def members(after: dict[str, Any]) -> list[tuple[str, str]]:
        return [
            (each["customer"]["id"], each["associateRoleAssignments"][0]["associateRole"]["key"]) for each in after["associates"]
        ]

    assert members(step(shop, KEY, action="addAssociate", associate=associate(ada, "buyer"))) == [(ada["id"], "buyer")]
    assert members(step(shop, KEY, action="changeAssociate", associate=associate(ada, "admin"))) == [(ada["id"], "admin")]
    both = [associate(ada, "buyer"), associate(bob, "admin")]
    assert members(step(shop, KEY, action="setAssociates", associates=both)) == [(ada["id"], "buyer"), (bob["id"], "admin")]
    gone = step(shop, KEY, action="removeAssociate", customer={"typeId": "customer", "id": bob["id"]})
    assert members(gone) == [(ada["id"], "buyer")]
    groups = [{"customerGroup": by_key("customer-group", key)} for key in ("vip", "staff")]
    ids = [shop.create("customer-groups", {"key": key, "groupName": key})["id"] for key in ("vip", "staff")]

    def assigned(after: dict[str, Any]) -> list[str]:
        return [each["customerGroup"]["id"] for each in after.get("customerGroupAssignments", [])]

    assert assigned(step(shop, KEY, action="addCustomerGroupAssignment", customerGroupAssignment=groups[0])) == ids[:1]
    assert assigned(step(shop, KEY, action="setCustomerGroupAssignments", customerGroupAssignments=groups)) == ids
    assert assigned(step(shop, KEY, action="removeCustomerGroupAssignment", **groups[0])) == ids[1:]


def test_place_stores_and_details(shop: Client) -> None:
    shop.create("types", EXTRA)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    berlin, paris = by_key("store", "berlin"), by_key("store", "paris")
    shop.create("business-units", unit("acme"))
    shop.create("business-units", unit("other"))
    shop.create("business-units", unit("north", "acme"))
    north = "business-units/key=north"
    for parent in (by_key("business-unit", "other"), by_key("business-unit", "acme")):
        assert step(shop, north, action="changeParentUnit", parentUnit=parent)["topLevelUnit"] == parent
    assert step(shop, KEY, action="addStore", store=berlin)["stores"] == [berlin]
    assert step(shop, KEY, action="setStores", stores=[berlin, paris])["stores"] == [berlin, paris]
    assert step(shop, KEY, action="removeStore", store=berlin)["stores"] == [paris]
    explicit = step(shop, north, action="setStoreMode", storeMode="Explicit", stores=[berlin])
    assert (explicit["storeMode"], explicit["stores"]) == ("Explicit", [berlin])
    assert step(shop, north, action="changeAssociateMode", associateMode="Explicit")["associateMode"] == "Explicit"
    assert step(shop, north, action="changeApprovalRuleMode", approvalRuleMode="Explicit")["approvalRuleMode"] == "Explicit"
    assert step(shop, north, action="setUnitType", unitType="Company")["unitType"] == "Company"
    assert step(shop, KEY, action="setContactEmail", contactEmail="info@acme.example")["contactEmail"] == "info@acme.example"
    assert step(shop, KEY, action="changeName", name="Acme Ltd.")["name"] == "Acme Ltd."
    assert step(shop, KEY, action="changeStatus", status="Inactive")["status"] == "Inactive"
    typed = step(shop, KEY, action="setCustomType", type=by_key("type", "extra"), fields={"note": "a"})
    assert typed["custom"]["fields"] == {"note": "a"}
    assert step(shop, KEY, action="setCustomField", name="note", value="b")["custom"]["fields"] == {"note": "b"}
