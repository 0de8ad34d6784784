"""What a customer's actions do to her, what they tell, and what happens beside the document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown, told, with_documents
from domain.facts import BERLIN, EXTRA, PROJECT, facts, uid
from orderwright.domain.customer.actions import actions
from orderwright.domain.customer.mine import MY_ACTIONS
from orderwright.domain.customer.model import Customer, email_claim
from orderwright.domain.customer.resource import RESOURCE
from orderwright.domain.shop.customer_group import CustomerGroup
from orderwright.engine.actions import Change
from orderwright.engine.facts import Catalogue
from orderwright.engine.json.codec import decode_body, to_builtins
from orderwright.engine.unit.effects import EndSessions, ForgetUses, KeepDetails, SetPassword, VoidCustomerTokens
from orderwright.errors import ApiError

ADA = {"email": "Ada@Example.com", "password": "a hash by now"}
GROUP = CustomerGroup(
    id=uid(700), version=1, created_at=PROJECT.created_at, last_modified_at=PROJECT.created_at, key="g", name="G"
)
OTHER = CustomerGroup(
    id=uid(701), version=1, created_at=PROJECT.created_at, last_modified_at=PROJECT.created_at, key="h", name="H"
)
KNOWN = with_documents(("customer-group", GROUP), ("customer-group", OTHER))
HOME = {"country": "DE", "city": "Berlin", "key": "home"}
WORK = {"country": "DE", "city": "Potsdam", "key": "work"}


def ada(**more: Any) -> Customer:
    customer: Customer = made(RESOURCE, {**ADA, **more}, KNOWN)
    return customer


def at_home(**more: Any) -> Customer:
    return ada(addresses=[HOME, WORK], **more)


def done(customer: Customer, *sent: dict[str, Any]) -> Change[Customer]:
    update = decode_body(actions.update_type(), json.dumps({"version": 1, "actions": sent}).encode())
    return actions.apply(customer, update.actions, KNOWN)


def messages_of(customer: Customer, *sent: dict[str, Any]) -> list[Any]:
    return [{"type": type(each).__name__, **to_builtins(each)} for each in told(RESOURCE, customer, *sent, facts=KNOWN)[1]]


def test_the_sets_are_those_of_the_specification() -> None:
    assert (len(actions.types), len(MY_ACTIONS.types)) == (34, 21)


def test_a_new_customer() -> None:
    customer = shown(at_home(shippingAddresses=[1], defaultShippingAddress=0, defaultBillingAddress=1, dateOfBirth="1815-12-10"))
    home, work = (address["id"] for address in customer["addresses"])
    assert home != work
    assert (customer["shippingAddressIds"], customer["defaultShippingAddressId"]) == ([work, home], home)
    assert (customer["billingAddressIds"], customer["defaultBillingAddressId"]) == ([work], work)
    assert (customer["email"], customer["isEmailVerified"], customer["dateOfBirth"]) == ("Ada@Example.com", False, "1815-12-10")
    assert (customer["password"], customer["authenticationMode"]) == ("****aGg=", "Password")
    assert customer["stores"] == customer["customerGroupAssignments"] == []
    holds_to_specification("Customer", at_home())


def test_the_hash_is_stored_beside_and_never_in_the_document() -> None:
    draft = decode_body(RESOURCE.draft, json.dumps(ADA).encode())
    change = RESOURCE.create(draft, KNOWN)
    assert change.effects == (SetPassword(customer_id=change.after.id, hash="a hash by now"),)
    assert "a hash" not in json.dumps(shown(change.after)) + repr(draft) + json.dumps(to_builtins(draft))


def test_a_customer_who_is_known_elsewhere_has_no_password() -> None:
    draft = decode_body(RESOURCE.draft, json.dumps({**ADA, "authenticationMode": "ExternalAuth"}).encode())
    change = RESOURCE.create(draft, KNOWN)
    assert (change.after.password, change.effects) == (None, ())
    assert not_made("RequiredField", RESOURCE, {"email": "a"}).fields["field"] == "password"
    assert made(RESOURCE, {"email": "a", "authenticationMode": "ExternalAuth"}).authentication_mode == "ExternalAuth"


@pytest.mark.parametrize("field", ["defaultShippingAddress", "defaultBillingAddress", "shippingAddresses", "billingAddresses"])
@pytest.mark.parametrize("index", [-1, 2])
def test_indices_that_name_no_address(field: str, index: int) -> None:
    value = index if field.startswith("default") else [index]
    error = not_made("InvalidField", RESOURCE, {**ADA, "addresses": [HOME, WORK], field: value})
    assert (error.fields["field"], error.fields["invalidValue"]) == (field, index)


def test_what_a_draft_may_not_say() -> None:
    not_made("DuplicateField", RESOURCE, {**ADA, "addresses": [HOME, HOME]})
    not_made("InvalidField", RESOURCE, {**ADA, "locale": "it"})
    not_made("ReferencedResourceNotFound", RESOURCE, {**ADA, "stores": [{"key": "absent"}]})
    not_made("ReferencedResourceNotFound", RESOURCE, {**ADA, "customerGroup": {"key": "absent"}})
    not_made("InvalidJsonInput", RESOURCE, {**ADA, "dateOfBirth": "1815-12-10T00:00:00Z"})
    not_made("InvalidJsonInput", RESOURCE, {**ADA, "email": ""})
    not_made("InvalidJsonInput", RESOURCE, {**ADA, "password": ""})


def test_the_store_of_the_door() -> None:
    inside = facts(KNOWN.catalogue, store_key="berlin")
    berlin, paris = {"typeId": "store", "key": "berlin"}, {"typeId": "store", "key": "paris"}
    assert shown(made(RESOURCE, ADA, inside))["stores"] == [berlin]
    assert shown(made(RESOURCE, {**ADA, "stores": [paris, {"id": BERLIN.id}]}, inside))["stores"] == [paris, berlin]
    not_made("InvalidOperation", RESOURCE, {**ADA, "stores": [paris]}, inside)


def test_emails_are_claimed_where_they_must_be_unique() -> None:
    both = ada(stores=[{"key": "berlin"}, {"key": "paris"}])
    assert ("email", "/ada@example.com") in RESOURCE.all_claims(ada())
    claimed = {value for field, value in RESOURCE.all_claims(both) if field == "email"}
    assert claimed == {"berlin/ada@example.com", "paris/ada@example.com"}
    assert email_claim("STRASSE@x", "berlin") == email_claim("straße@X", "berlin") == "berlin/strasse@x"


@pytest.mark.parametrize(
    ("action", "field", "value", "message"),
    [
        ("setFirstName", "firstName", "Ada", "CustomerFirstNameSet"),
        ("setLastName", "lastName", "Lovelace", "CustomerLastNameSet"),
        ("setTitle", "title", "Countess", "CustomerTitleSet"),
        ("setCompanyName", "companyName", "Engines", "CustomerCompanyNameSet"),
        ("setDateOfBirth", "dateOfBirth", "1815-12-10", "CustomerDateOfBirthSet"),
        ("setExternalId", "externalId", "e-1", "CustomerExternalIdSet"),
        ("setMiddleName", "middleName", "King", None),
        ("setSalutation", "salutation", "Ms", None),
        ("setVatId", "vatId", "DE1", None),
        ("setKey", "key", "ada", None),
        ("setLocale", "locale", "de", None),
    ],
)
def test_fields_are_set_and_removed(action: str, field: str, value: str, message: str | None) -> None:
    customer = changed(RESOURCE, ada(), {"action": action, field: value}, facts=KNOWN)
    assert shown(customer)[field] == value
    assert messages_of(ada(), {"action": action, field: value}) == ([{"type": message, field: value}] if message else [])
    assert field not in shown(changed(RESOURCE, customer, {"action": action}, facts=KNOWN))
    assert messages_of(customer, {"action": action}) == ([{"type": message}] if message else [])
    assert done(customer, {"action": action, field: value}).after == customer


def test_another_email_is_to_be_verified_again() -> None:
    verified = ada(isEmailVerified=True)
    change = done(verified, {"action": "changeEmail", "email": "new@example.com"})
    assert (change.after.email, change.after.is_email_verified) == ("new@example.com", False)
    # What was sent to the old address is nothing to the new one, and does not reset the password either.
    assert change.effects == (
        VoidCustomerTokens(customer_id=verified.id, kind="email"),
        VoidCustomerTokens(customer_id=verified.id, kind="password"),
    )
    sent = messages_of(verified, {"action": "changeEmail", "email": "new@example.com"})
    assert sent == [{"type": "CustomerEmailChanged", "email": "new@example.com", "oldEmail": "Ada@Example.com"}]
    assert done(verified, {"action": "changeEmail", "email": verified.email}).effects == ()


def test_a_customer_number_is_for_good() -> None:
    numbered = changed(RESOURCE, ada(), {"action": "setCustomerNumber", "customerNumber": "C-1"}, facts=KNOWN)
    assert ("customerNumber", "C-1") in RESOURCE.all_claims(numbered)
    assert done(numbered, {"action": "setCustomerNumber", "customerNumber": "C-1"}).after == numbered
    for other in ({"customerNumber": "C-2"}, {}):
        refused("InvalidOperation", RESOURCE, numbered, {"action": "setCustomerNumber", **other}, facts=KNOWN)


def test_addresses_come_change_and_go() -> None:
    customer = at_home(defaultShippingAddress=0, billingAddresses=[0])
    home = shown(customer)["addresses"][0]
    cafe = {"country": "FR", "id": "mine", "key": "cafe"}
    (added,) = messages_of(customer, {"action": "addAddress", "address": cafe})
    assert (added["type"], added["address"]["key"], added["address"]["id"] != "mine") == ("CustomerAddressAdded", "cafe", True)
    refused("DuplicateField", RESOURCE, customer, {"action": "addAddress", "address": HOME}, facts=KNOWN)
    moved = {"action": "changeAddress", "addressKey": "home", "address": {"country": "FR", "key": "house"}}
    assert messages_of(customer, moved) == [
        {
            "type": "CustomerAddressChanged",
            "address": {"id": home["id"], "country": "FR", "key": "house"},
            "addressRoles": ["Shipping", "Billing"],
        }
    ]
    taken = {"action": "changeAddress", "addressId": home["id"], "address": WORK}
    refused("DuplicateField", RESOURCE, customer, taken, facts=KNOWN)
    assert done(customer, {"action": "changeAddress", "addressId": home["id"], "address": HOME}).messages == ()
    gone = {"action": "removeAddress", "addressId": home["id"]}
    assert messages_of(customer, gone) == [
        {"type": "CustomerAddressRemoved", "address": home, "addressRoles": ["Shipping", "Billing"]}
    ]
    left = shown(changed(RESOURCE, customer, gone, facts=KNOWN))
    assert [address["key"] for address in left["addresses"]] == ["work"]
    assert (left["shippingAddressIds"], left["billingAddressIds"], "defaultShippingAddressId" in left) == ([], [], False)


@pytest.mark.parametrize("role", ["Shipping", "Billing"])
def test_what_addresses_are_for(role: str) -> None:
    ids, default = f"{role.lower()}AddressIds", f"default{role}AddressId"
    customer = at_home()
    home = shown(customer)["addresses"][0]
    add = {"action": f"add{role}AddressId", "addressKey": "home"}
    assert messages_of(customer, add, add) == [{"type": f"Customer{role}AddressAdded", "address": home}]
    choose = {"action": f"setDefault{role}Address", "addressId": home["id"]}
    assert messages_of(customer, choose, choose) == [{"type": f"CustomerDefault{role}AddressSet", "address": home}]
    chosen = changed(RESOURCE, customer, choose, facts=KNOWN)
    assert (shown(chosen)[ids], shown(chosen)[default]) == ([home["id"]], home["id"])
    unset = {"action": f"setDefault{role}Address"}
    assert messages_of(chosen, unset) == [{"type": f"CustomerDefault{role}AddressSet"}]
    assert shown(changed(RESOURCE, chosen, unset, facts=KNOWN))[ids] == [home["id"]]
    remove = {"action": f"remove{role}AddressId", "addressKey": "home"}
    assert messages_of(chosen, remove) == [{"type": f"Customer{role}AddressRemoved", "address": home}]
    bare = shown(changed(RESOURCE, chosen, remove, facts=KNOWN))
    assert (bare[ids], default in bare, len(bare["addresses"])) == ([], False, 2)
    refused("InvalidField", RESOURCE, customer, remove, facts=KNOWN)
    for wrong, code in (
        ({}, "RequiredField"),
        ({"addressId": home["id"], "addressKey": "home"}, "InvalidInput"),
        ({"addressId": "absent"}, "InvalidField"),
        ({"addressKey": "absent"}, "InvalidField"),
    ):
        refused(code, RESOURCE, customer, {"action": f"add{role}AddressId", **wrong}, facts=KNOWN)


def test_stores() -> None:
    berlin, paris = {"typeId": "store", "key": "berlin"}, {"typeId": "store", "key": "paris"}
    both = {"action": "setStores", "stores": [{"key": "berlin"}, {"key": "paris"}, {"key": "berlin"}]}
    assert messages_of(ada(), both) == [{"type": "CustomerStoresSet", "stores": [berlin, paris], "oldStores": []}]
    customer = changed(RESOURCE, ada(), both, facts=KNOWN)
    assert done(customer, both).messages == ()
    left = changed(RESOURCE, customer, {"action": "removeStore", "store": {"key": "berlin"}}, facts=KNOWN)
    assert shown(left)["stores"] == [paris]
    again = changed(RESOURCE, left, {"action": "addStore", "store": {"id": BERLIN.id}}, facts=KNOWN)
    assert shown(again)["stores"] == [paris, berlin]
    assert changed(RESOURCE, again, {"action": "addStore", "store": {"key": "paris"}}, facts=KNOWN) == again
    refused("ReferencedResourceNotFound", RESOURCE, again, {"action": "addStore", "store": {"key": "absent"}}, facts=KNOWN)


def test_customer_groups() -> None:
    first, second = ({"typeId": "customer-group", "id": group.id} for group in (GROUP, OTHER))
    one = {"action": "setCustomerGroup", "customerGroup": {"key": "g"}}
    assert messages_of(ada(), one, one) == [{"type": "CustomerGroupSet", "customerGroup": first}]
    member = ada(customerGroup={"key": "g"})
    assert messages_of(member, {"action": "setCustomerGroup"}) == [{"type": "CustomerGroupSet"}]
    add = {"action": "addCustomerGroupAssignment", "customerGroupAssignment": {"customerGroup": {"key": "g"}}}
    assigned = {"customerGroup": first}
    assert messages_of(ada(), add, add) == [{"type": "CustomerGroupAssignmentAdded", "customerGroupAssignment": assigned}]
    member = changed(RESOURCE, ada(), add, facts=KNOWN)
    wanted = [{"customerGroup": {"key": key}} for key in ("h", "g", "h")]
    every = {"action": "setCustomerGroupAssignments", "customerGroupAssignments": wanted}
    assert messages_of(member, every, every) == [
        {
            "type": "CustomerGroupAssignmentsSet",
            "customerGroupAssignments": [{"customerGroup": second}, assigned],
            "oldCustomerGroupAssignments": [assigned],
        }
    ]
    remove = {"action": "removeCustomerGroupAssignment", "customerGroup": {"key": "g"}}
    assert messages_of(member, remove, remove) == [
        {"type": "CustomerGroupAssignmentRemoved", "customerGroupAssignment": assigned}
    ]


def test_custom_fields_of_a_customer_and_of_an_address() -> None:
    kinds = [("type", type(EXTRA)(**{**_members(EXTRA), "resource_type_ids": ("customer", "address")}))]
    known = facts(Catalogue(1, [("project", PROJECT), *kinds]))
    customer = at_home()
    home = shown(customer)["addresses"][0]["id"]
    of_type = {"type": {"key": "extra"}, "fields": {"note": "a"}}
    sent: list[dict[str, Any]] = [
        {"action": f"set{part}Custom{what}", **named, **members}
        for part, named in (("", {}), ("Address", {"addressId": home}))
        for what, members in (
            ("Type", of_type),
            ("Field", {"name": "count", "value": 1}),
            ("Field", {"name": "count", "value": 2}),
            ("Field", {"name": "note"}),
            ("Type", {}),
        )
    ]
    after, messages = told(RESOURCE, customer, *sent, facts=known)
    assert after == customer
    steps = ["TypeSet", "FieldAdded", "FieldChanged", "FieldRemoved", "TypeRemoved"]
    assert [type(each).__name__ for each in messages] == [
        f"Customer{part}Custom{step}" for part in ("", "Address") for step in steps
    ]
    assert {to_builtins(each)["addressId"] for each in messages[5:]} == {home}
    refused(
        "InvalidField", RESOURCE, customer, {"action": "setAddressCustomField", "addressId": "x", "name": "note"}, facts=known
    )


def _members(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def test_where_the_password_is_kept() -> None:
    customer = ada()
    new = {"action": "setAuthenticationMode", "authMode": "Password", "password": "another hash"}
    elsewhere = {"action": "setAuthenticationMode", "authMode": "ExternalAuth"}
    change = done(customer, elsewhere)
    outside = change.after
    assert (outside.password, outside.authentication_mode) == (None, "ExternalAuth")
    assert SetPassword(customer_id=customer.id, hash=None) in change.effects
    change = done(outside, new)
    assert change.after == customer
    assert change.effects == (SetPassword(customer_id=customer.id, hash="another hash"),)
    with pytest.raises(ApiError) as caught:
        done(outside, {"action": "setAuthenticationMode", "authMode": "Password"})
    assert (caught.value.code, caught.value.fields["field"]) == ("RequiredField", "password")
    # The mode that is set is refused: it would change a password without the old one.
    for standing, action in ((customer, new), (outside, elsewhere)):
        with pytest.raises(ApiError) as caught:
            done(standing, action)
        message = f"The customer is already using the '{standing.authentication_mode}' authentication mode."
        assert (caught.value.status, caught.value.code, caught.value.message) == (400, "InvalidInput", message)
        assert "another hash" not in json.dumps(to_builtins([caught.value.message, caught.value.fields]))
    with pytest.raises(ApiError) as caught:
        done(outside, new, {"action": "setCustomerGroup", "customerGroup": {"key": "absent"}})
    assert "another hash" not in json.dumps(to_builtins([caught.value.message, caught.value.fields]))


def test_what_goes_with_a_customer() -> None:
    assert RESOURCE.deleting is not None
    customer = ada()
    gone = RESOURCE.deleting(customer, KNOWN).effects
    assert sorted(gone, key=str) == sorted(
        [
            SetPassword(customer_id=customer.id, hash=None),
            EndSessions(customer_id=customer.id),
            KeepDetails(customer_id=customer.id, members=None),
            ForgetUses(customer=customer.id),
            VoidCustomerTokens(customer_id=customer.id, kind="password"),
            VoidCustomerTokens(customer_id=customer.id, kind="email"),
        ],
        key=str,
    )
