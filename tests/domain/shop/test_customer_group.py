"""Customer groups: a name, a key and custom fields, whose changes are told."""

from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, made, refused, shown, told, with_documents
from domain.facts import EXTRA
from orderwright.domain.shop.customer_group import RESOURCE

FACTS = with_documents(("type", replace(EXTRA, resource_type_ids=("customer-group",))))
VIP = made(RESOURCE, {"groupName": "VIP", "key": "vip"})


def test_a_draft_makes_a_group() -> None:
    assert (VIP.name, VIP.key) == ("VIP", "vip")
    assert "groupName" not in shown(VIP)
    holds_to_specification("CustomerGroup", VIP)
    assert RESOURCE.all_claims(VIP) == {("key", "vip"), ("name", "VIP")}


def test_name_and_key_are_changed() -> None:
    after = changed(RESOURCE, VIP, {"action": "changeName", "name": "Gold"}, {"action": "setKey"})
    assert (after.name, after.key) == ("Gold", None)
    refused("InvalidJsonInput", RESOURCE, VIP, {"action": "setKey", "key": "a b"})


def test_custom_fields_are_told() -> None:
    name = EXTRA.field_definitions[0].name
    after, messages = told(
        RESOURCE,
        VIP,
        {"action": "setCustomType", "type": {"key": EXTRA.key}},
        {"action": "setCustomField", "name": name, "value": "a"},
        {"action": "setCustomField", "name": name, "value": "b"},
        {"action": "setCustomField", "name": name},
        {"action": "setCustomType"},
        facts=FACTS,
    )
    assert after.custom is None
    assert [type(message).__name__ for message in messages] == [
        "CustomerGroupCustomTypeSet",
        "CustomerGroupCustomFieldAdded",
        "CustomerGroupCustomFieldChanged",
        "CustomerGroupCustomFieldRemoved",
        "CustomerGroupCustomTypeRemoved",
    ]
    assert shown(messages[2]) == {"type": "CustomerGroupCustomFieldChanged", "name": name, "value": "b", "oldValue": "a"}
    assert shown(messages[4]) == {"type": "CustomerGroupCustomTypeRemoved", "oldTypeId": EXTRA.id}
