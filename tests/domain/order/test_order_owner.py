"""Whose an order is, and which other systems have it."""

from typing import Any

from msgspec.structs import replace

from domain.facts import LATER, NOW, uid
from domain.order.orders import ADA, KIOSK, VIP, WAREHOUSE, act, placed, refused, told
from orderwright.engine.model import KeyReference

GROUP = {"typeId": "customer-group", "id": VIP.id}
CUSTOMER = {"typeId": "customer", "id": ADA.id}


def test_setting_the_customer_takes_her_group_along_and_reprices_nothing() -> None:
    order = replace(placed(), anonymous_id="visit")
    change = act(order, {"action": "setCustomerId", "customerId": ADA.id})
    assert change.after == replace(order, customer_id=ADA.id, customer_group=VIP, anonymous_id=None)
    assert told(change) == [{"type": "OrderCustomerSet", "customer": CUSTOMER, "customerGroup": GROUP}]
    assert act(change.after, {"action": "setCustomerId", "customerId": ADA.id}).messages == ()
    without = act(change.after, {"action": "setCustomerId"})
    assert (without.after.customer_id, without.after.customer_group) == (None, None)
    assert told(without) == [{"type": "OrderCustomerSet", "oldCustomer": CUSTOMER, "oldCustomerGroup": GROUP}]


def test_an_unknown_customer_is_no_reference() -> None:
    missing = {"status": 400, "code": "ReferencedResourceNotFound", "typeId": "customer", "id": uid(4711)}
    assert refused(placed(), {"action": "setCustomerId", "customerId": uid(4711)}) == missing


def test_an_order_moves_to_another_store_only() -> None:
    berlin = {"action": "setStore", "store": {"typeId": "store", "key": "berlin"}}
    change = act(placed(), berlin)
    assert change.after.store == KeyReference(type_id="store", key="berlin")
    assert told(change) == [{"type": "OrderStoreSet", "store": {"typeId": "store", "key": "berlin"}}]
    assert refused(change.after, berlin) == {"status": 400, "code": "InvalidOperation"}
    away = act(change.after, {"action": "setStore"})
    assert (away.after.store, told(away)) == (None, [{"type": "OrderStoreSet"}])
    assert refused(away.after, {"action": "setStore"}) == {"status": 400, "code": "InvalidOperation"}
    rome = refused(placed(), {"action": "setStore", "store": {"key": "rome"}})
    assert rome == {"status": 400, "code": "ReferencedResourceNotFound", "typeId": "store", "key": "rome"}


def test_there_are_no_business_units() -> None:
    unit = refused(placed(), {"action": "setBusinessUnit", "businessUnit": {"typeId": "business-unit", "key": "unit"}})
    assert unit == {"status": 400, "code": "ReferencedResourceNotFound", "typeId": "business-unit", "key": "unit"}
    assert act(placed(), {"action": "setBusinessUnit"}).messages == ()


def sync(channel: Any = WAREHOUSE, **more: Any) -> dict[str, Any]:
    return {"action": "updateSyncInfo", "channel": {"typeId": "channel", "id": channel.id}, **more}


def test_each_channel_has_one_entry_of_its_last_synchronization() -> None:
    first = act(placed(), sync(externalId="E-1"))
    (info,) = first.after.sync_info
    assert (info.channel.id, info.external_id, info.synced_at, first.messages) == (WAREHOUSE.id, "E-1", NOW, ())
    (again,) = act(first.after, sync(syncedAt=LATER)).after.sync_info
    assert (again.external_id, again.synced_at) == (None, LATER)


def test_a_channel_must_be_one_of_import_or_export() -> None:
    assert refused(placed(), sync(KIOSK)) == {"status": 400, "code": "InvalidInput"}
    assert refused(placed(), {"action": "updateSyncInfo", "channel": {"key": "moon"}})["code"] == "ReferencedResourceNotFound"
