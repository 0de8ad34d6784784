"""What a business unit is made of, what its actions do to it and what they tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.business_unit.units import (
    ADA,
    BOB,
    EVE,
    VIP,
    associate,
    by_key,
    chain,
    company,
    division,
    done,
    drafted,
)
from domain.changes import holds_to_specification, shown
from domain.facts import BERLIN, uid
from orderwright.domain.business_unit import associates
from orderwright.domain.business_unit.actions import actions
from orderwright.domain.business_unit.model import BusinessUnit, queried
from orderwright.domain.business_unit.resource import MINE, RESOURCE
from orderwright.engine.actions import wanted_on
from orderwright.engine.json.codec import decode_body, to_builtins
from orderwright.engine.model import KeyReference
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import StaysAt
from orderwright.errors import ApiError

HOME = {"country": "DE", "city": "Berlin", "key": "home"}
WORK = {"country": "DE", "city": "Potsdam", "key": "work"}


def store(key: str) -> KeyReference:
    return KeyReference(type_id="store", key=key)


def refusal(code: str, call: Any, *arguments: Any, **named: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    assert (caught.value.status, caught.value.code) == (400, code), caught.value.message
    return caught.value


def told(unit: BusinessUnit, *sent: dict[str, Any], **more: Any) -> list[Any]:
    change = done(unit, *sent, **more)
    return [{"type": type(each).__name__, **to_builtins(each)} for each in change.messages]


def test_the_sets_are_those_of_the_specification() -> None:
    assert len(actions.types) == 31
    assert MINE.verbs == ("create", "query", "get", "head")


def test_a_company_that_says_nothing_more() -> None:
    unit = shown(company())
    # The document that the specification shows for such a draft, but that it inherits nothing and shows no list of that.
    assert {name: value for name, value in unit.items() if name not in ("id", "version", "createdAt", "lastModifiedAt")} == {
        "key": "acme",
        "status": "Active",
        "stores": [],
        "storeMode": "Explicit",
        "unitType": "Company",
        "name": "Acme",
        "addresses": [],
        "shippingAddressIds": [],
        "billingAddressIds": [],
        "associateMode": "Explicit",
        "associates": [],
        "topLevelUnit": by_key("business-unit", "acme"),
        "approvalRuleMode": "Explicit",
    }
    holds_to_specification("BusinessUnit", company())


def test_a_division_that_says_nothing_more() -> None:
    acme = company(stores=[by_key("store", "berlin")])
    change = drafted({"key": "north", "unitType": "Division", "parentUnit": {"id": acme.id}}, [acme])
    unit = shown(change.after)
    holds_to_specification("BusinessUnit", change.after)
    assert (unit["storeMode"], unit["associateMode"], unit["approvalRuleMode"]) == (
        "FromParent",
        "ExplicitAndFromParent",
        "ExplicitAndFromParent",
    )
    assert "stores" not in unit
    assert unit["inheritedStores"] == [by_key("store", "berlin")]
    assert unit["inheritedAssociates"] == []
    assert unit["parentUnit"] == unit["topLevelUnit"] == by_key("business-unit", "acme")
    # Its parent must be as it was read when the division is written.
    assert change.effects == (StaysAt(id=acme.id, version=1),)


def test_what_a_company_cannot_have() -> None:
    for wrong in (
        {"storeMode": "FromParent"},
        {"associateMode": "ExplicitAndFromParent"},
        {"approvalRuleMode": "ExplicitAndFromParent"},
    ):
        refusal("InvalidOperation", company, **wrong)
    above = company()
    draft = {"key": "c2", "unitType": "Company", "parentUnit": by_key("business-unit", "acme")}
    refusal("InvalidOperation", drafted, draft, [above])


def test_what_a_division_needs() -> None:
    assert refusal("RequiredField", drafted, {"key": "north", "unitType": "Division"}).fields["field"] == "parentUnit"
    draft = {"key": "north", "unitType": "Division", "parentUnit": by_key("business-unit", "nowhere")}
    error = refusal("ReferencedResourceNotFound", drafted, draft)
    assert (error.fields["typeId"], error.fields["key"]) == ("business-unit", "nowhere")
    # Stores of its own only where it inherits none.
    refusal("InvalidOperation", division, "north", [company()], stores=[by_key("store", "paris")])
    own = division("north", [company()], stores=[by_key("store", "paris")], storeMode="Explicit")
    assert (own.stores, own.inherited_stores) == ((store("paris"),), None)


def test_only_five_levels() -> None:
    units = chain("l1", "l2", "l3", "l4", "l5")
    error = refusal("InvalidOperation", division, "l6", units, 9000)
    assert "5 levels" in error.message
    assert units[4].top_level_unit.key == "l1"


def test_addresses_and_what_they_are_for() -> None:
    unit = company(addresses=[HOME, WORK], shippingAddresses=[1], defaultShippingAddress=0, billingAddresses=[0])
    home, work = (str(address.id) for address in unit.addresses)
    assert unit.shipping_address_ids == (work, home)
    assert (unit.default_shipping_address_id, unit.billing_address_ids) == (home, (home,))
    assert refusal("InvalidField", company, addresses=[HOME], billingAddresses=[1]).fields["field"] == "billingAddresses"
    refusal("DuplicateField", company, addresses=[HOME, HOME])
    assert told(unit, {"action": "removeAddress", "addressKey": "home"}) == [
        {
            "type": "BusinessUnitAddressRemoved",
            "address": {**HOME, "id": home},
            "addressRoles": ["Shipping", "Billing"],
        }
    ]
    after = done(unit, {"action": "removeAddress", "addressKey": "home"}).after
    assert (after.shipping_address_ids, after.default_shipping_address_id, after.billing_address_ids) == ((work,), None, ())
    assert [each["type"] for each in told(unit, {"action": "setDefaultBillingAddress", "addressId": work})] == [
        "BusinessUnitDefaultBillingAddressSet"
    ]
    assert told(unit, {"action": "addShippingAddressId", "addressId": home}) == []
    changed = told(unit, {"action": "changeAddress", "addressId": work, "address": {**HOME, "key": "away"}})
    assert [each["type"] for each in changed] == ["BusinessUnitAddressChanged"]


def test_names_and_status() -> None:
    unit = company(contactEmail="a@example.com")
    assert told(unit, {"action": "changeName", "name": "Acme Inc."}) == [{"type": "BusinessUnitNameChanged", "name": "Acme Inc."}]
    assert told(unit, {"action": "setContactEmail"}) == [{"type": "BusinessUnitContactEmailSet"}]
    assert told(unit, {"action": "changeStatus", "status": "Inactive"}) == [
        {"type": "BusinessUnitStatusChanged", "active": "Inactive"}
    ]
    assert told(unit, {"action": "changeStatus", "status": "Active"}) == []


def test_associates() -> None:
    unit = company(associates=[associate(ADA, "buyer")])
    assert shown(unit)["associates"] == [
        {
            "associateRoleAssignments": [{"associateRole": by_key("associate-role", "buyer"), "inheritance": "Disabled"}],
            "customer": {"typeId": "customer", "id": ADA.id},
        }
    ]
    bob = associate(BOB, "buyer", "admin", inherited=True)
    grown = done(unit, {"action": "addAssociate", "associate": bob})
    assert [each.customer.id for each in grown.after.associates] == [ADA.id, BOB.id]
    assert [type(each).__name__ for each in grown.messages] == ["BusinessUnitAssociateAdded"]
    refusal("InvalidOperation", done, grown.after, {"action": "addAssociate", "associate": bob})
    changed = done(unit, {"action": "changeAssociate", "associate": associate(ADA, "admin")})
    assert changed.after.associates[0].associate_role_assignments[0].associate_role.key == "admin"
    assert [type(each).__name__ for each in changed.messages] == ["BusinessUnitAssociateChanged"]
    refusal("InvalidOperation", done, unit, {"action": "changeAssociate", "associate": associate(EVE, "admin")})
    refusal("InvalidOperation", done, unit, {"action": "removeAssociate", "customer": {"id": EVE.id}})
    removed = told(grown.after, {"action": "removeAssociate", "customer": {"id": BOB.id}})
    assert [(each["type"], each["associate"]["customer"]["id"]) for each in removed] == [("BusinessUnitAssociateRemoved", BOB.id)]
    assert told(unit, {"action": "setAssociates", "associates": []}) == [{"type": "BusinessUnitAssociatesSet", "associates": []}]


def test_associates_that_cannot_be() -> None:
    assert refusal("ReferencedResourceNotFound", company, associates=[associate(ADA, "king")]).fields["key"] == "king"
    refusal("DuplicateField", company, associates=[associate(ADA, "buyer"), associate(ADA, "admin")])
    refusal("DuplicateField", company, associates=[associate(ADA, "buyer", "buyer")])
    refusal("InvalidJsonInput", company, associates=[associate(ADA)])
    refusal("InvalidJsonInput", company, associates=[associate(ADA, *["buyer"] * 6)])
    nobody = {**associate(ADA, "buyer"), "customer": {"typeId": "customer", "id": uid(899)}}
    refusal("ReferencedResourceNotFound", company, associates=[nobody])


def test_as_many_associates_and_roles_as_there_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(associates, "MAX_ASSOCIATES", 1)
    bob = {"action": "addAssociate", "associate": associate(BOB, "buyer")}
    assert "at most 1 associates" in refusal("InvalidOperation", done, company(associates=[associate(ADA, "buyer")]), bob).message
    monkeypatch.setattr(associates, "MAX_ROLES", 1)
    acme = company(associates=[associate(ADA, "buyer", inherited=True)])
    north = division("north", [acme], associates=[associate(ADA, "admin")])
    sent = {"action": "changeAssociateMode", "associateMode": "Explicit", "makeInheritedAssociatesExplicit": True}
    assert "at most 1 roles" in refusal("InvalidOperation", done, north, sent, units=[acme, north]).message


def test_what_changes_nothing_tells_nothing() -> None:
    acme = company(stores=[by_key("store", "berlin")], associates=[associate(ADA, "buyer")])
    north = division("north", [acme])
    for unit, action in (
        (acme, {"action": "changeAssociate", "associate": associate(ADA, "buyer")}),
        (acme, {"action": "setAssociates", "associates": [associate(ADA, "buyer")]}),
        (acme, {"action": "setStores", "stores": [by_key("store", "berlin")]}),
        (acme, {"action": "setStoreMode", "storeMode": "Explicit"}),
        (acme, {"action": "changeApprovalRuleMode", "approvalRuleMode": "Explicit"}),
        (north, {"action": "changeAssociateMode", "associateMode": "ExplicitAndFromParent"}),
        (north, {"action": "setStoreMode", "storeMode": "FromParent"}),
    ):
        change = done(unit, action, units=[acme, north])
        assert (change.after, change.is_bare) == (unit, True), action


def test_what_is_read_for_an_action() -> None:
    acme = company()
    north = division("north", [acme])
    below_acme, below_north = (Wanted("business-unit", "under", key) for key in ("acme", "north"))
    parent = Wanted("business-unit", "key", "acme")
    for unit, sent, wanted in (
        (acme, {"action": "addAssociate", "associate": associate(ADA, "buyer")}, [below_acme]),
        (north, {"action": "changeAssociateMode", "associateMode": "Explicit"}, [parent, below_north]),
        (acme, {"action": "setStoreMode", "storeMode": "Explicit"}, [below_acme]),
        (north, {"action": "setUnitType", "unitType": "Company"}, [parent, below_north]),
        (north, {"action": "changeName", "name": "N"}, []),
    ):
        update = decode_body(actions.update_type(), json.dumps({"version": 1, "actions": [sent]}).encode())
        assert wanted_on(update.actions, unit) == wanted


def test_stores() -> None:
    berlin, paris = by_key("store", "berlin"), by_key("store", "paris")
    unit = company(stores=[berlin])
    assert told(unit, {"action": "addStore", "store": paris}) == [{"type": "BusinessUnitStoreAdded", "store": paris}]
    assert told(unit, {"action": "addStore", "store": berlin}) == []
    assert told(unit, {"action": "removeStore", "store": berlin}) == [{"type": "BusinessUnitStoreRemoved", "store": berlin}]
    assert told(unit, {"action": "setStores", "stores": [paris, berlin]}) == [
        {"type": "BusinessUnitStoresSet", "stores": [paris, berlin]}
    ]
    refusal("InvalidOperation", done, unit, {"action": "setStoreMode", "storeMode": "FromParent"})
    units = [unit, division("north", [unit])]
    for action in ({"action": "addStore", "store": paris}, {"action": "setStores", "stores": []}):
        refusal("InvalidOperation", done, units[1], action, units=units)
    sent = {"action": "setStoreMode", "storeMode": "Explicit", "stores": [paris]}
    assert told(units[1], sent, units=units) == [
        {
            "type": "BusinessUnitStoreModeChanged",
            "stores": [paris],
            "storeMode": "Explicit",
            "oldStores": [],
            "oldStoreMode": "FromParent",
        }
    ]
    own = done(units[1], sent, units=units).after
    assert (own.inherited_stores, shown(own)["stores"]) == (None, [paris])
    back = done(own, {"action": "setStoreMode", "storeMode": "FromParent"}, units=[unit, own]).after
    assert (back.stores, shown(back)["inheritedStores"]) == (None, [berlin])
    wrong = {"action": "setStoreMode", "storeMode": "FromParent", "stores": [paris]}
    refusal("InvalidOperation", done, own, wrong, units=[unit, own])


def test_customer_groups_and_approval_rules() -> None:
    unit = company()
    vip = {"customerGroup": {"typeId": "customer-group", "id": VIP.id}}
    group = {"customerGroup": by_key("customer-group", "vip")}
    assert told(unit, {"action": "addCustomerGroupAssignment", "customerGroupAssignment": group}) == [
        {"type": "BusinessUnitCustomerGroupAssignmentAdded", "customerGroupAssignment": vip}
    ]
    grouped = company(customerGroupAssignments=[group, group])
    assert shown(grouped)["customerGroupAssignments"] == [vip]
    assert told(grouped, {"action": "removeCustomerGroupAssignment", "customerGroup": group["customerGroup"]}) == [
        {"type": "BusinessUnitCustomerGroupAssignmentRemoved", "customerGroupAssignment": vip}
    ]
    assert told(grouped, {"action": "setCustomerGroupAssignments"}) == [
        {
            "type": "BusinessUnitCustomerGroupAssignmentsSet",
            "customerGroupAssignments": [],
            "oldCustomerGroupAssignments": [vip],
        }
    ]
    inherits = {"action": "changeApprovalRuleMode", "approvalRuleMode": "ExplicitAndFromParent"}
    refusal("InvalidOperation", done, unit, inherits)
    explicit = {"action": "changeApprovalRuleMode", "approvalRuleMode": "Explicit"}
    units = [unit, division("north", [unit])]
    assert told(units[1], explicit, units=units) == [
        {
            "type": "BusinessUnitApprovalRuleModeChanged",
            "approvalRuleMode": "Explicit",
            "oldApprovalRuleMode": "ExplicitAndFromParent",
        }
    ]


def test_what_doors_find_a_unit_by() -> None:
    acme = company(stores=[by_key("store", "berlin")], associates=[associate(ADA, "buyer", inherited=True)])
    north = division("north", [acme], associates=[associate(BOB, "buyer")])
    found = queried(north)
    assert (found.store_keys, found.member_ids) == (("berlin",), (BOB.id, ADA.id))
    by_store: Any = RESOURCE.owned["store"]
    assert by_store("berlin") == ("query", '{"storeKeys":["berlin"]}')


def test_what_is_made_at_the_door_of_a_store() -> None:
    assert drafted({"key": "acme", "unitType": "Company"}, store_key="berlin").after.stores == (store(BERLIN.key),)
    elsewhere = {"key": "acme", "unitType": "Company", "stores": [by_key("store", "paris")]}
    refusal("InvalidOperation", drafted, elsewhere, store_key="berlin")
    here = company(stores=[by_key("store", "berlin")])
    draft = {"key": "north", "unitType": "Division", "parentUnit": by_key("business-unit", "acme")}
    assert drafted(draft, [here], store_key="berlin").after.inherited_stores == (store("berlin"),)
    refusal("ReferencedResourceNotFound", drafted, draft, [company()], store_key="berlin")
