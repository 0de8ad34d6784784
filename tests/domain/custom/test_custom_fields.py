"""Custom fields on carts, orders and their parts: what may be set, what is refused, what goes over into an order."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, update
from domain.cart.buying import create as make_cart
from domain.changes import changed, made, with_documents
from domain.facts import BERLIN, EXTRA, NOW, STANDARD_SHIPPING, catalogue, custom_field, facts, uid
from domain.order.orders import BOOK, act, cart_of, knowing, placed, told
from domain.order.orders import create as order_from
from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from, merged, with_field
from orderwright.domain.custom.model import CustomFieldStringType, Type
from orderwright.domain.order.model import OrderFromCartDraft
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping import resource as shipping_method
from orderwright.domain.shop.store import resource as store
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import ApiError

BY_KEY = {"typeId": "type", "key": "extra"}
OF_EXTRA = {"typeId": "type", "id": EXTRA.id}
MUST = custom_field("must", CustomFieldStringType(), required=True)
# As `extra`, but a text must be there; and the Type without anything.
STRICT = Type(
    id=uid(20),
    version=1,
    created_at=NOW,
    last_modified_at=NOW,
    key="strict",
    name={"en": "Strict"},
    resource_type_ids=("order",),
    field_definitions=(MUST, *EXTRA.field_definitions),
)
KNOWN = facts(catalogue(types=(EXTRA, STRICT)))


def draft(key: str = "extra", **fields: Any) -> CustomFieldsDraft:
    return CustomFieldsDraft(type=ResourceIdentifier(key=key), fields=fields)


def custom(type: Type = EXTRA, **fields: Any) -> CustomFields:
    return CustomFields(type=Reference(type_id="type", id=type.id), fields=fields)


def test_fields_are_stored_in_the_order_of_their_definitions_and_nulls_are_absent() -> None:
    found = custom_from(draft(size="s", note="a", count=None), "order", KNOWN)
    assert found == custom(note="a", size="s")
    assert found is not None
    assert list(found.fields) == ["note", "size"]
    assert custom_from(CustomFieldsDraft(type=ResourceIdentifier(id=EXTRA.id)), "line-item", KNOWN) == custom()
    assert custom_from(None, "order", KNOWN) is None


@pytest.mark.parametrize(
    ("code", "sent", "kind"),
    [
        ("ReferencedResourceNotFound", draft("other"), "order"),
        ("InvalidOperation", draft("strict", must="a"), "line-item"),
        ("InvalidOperation", draft(), "store"),
        ("InvalidOperation", draft(colour="red"), "order"),
        ("InvalidField", draft(count="1"), "order"),
        ("InvalidField", draft(size="m"), "order"),
        ("RequiredField", draft("strict"), "order"),
        ("RequiredField", draft("strict", must=None), "order"),
    ],
)
def test_wrong_custom_fields_are_refused(code: str, sent: CustomFieldsDraft, kind: Any) -> None:
    with pytest.raises(ApiError) as caught:
        custom_from(sent, kind, KNOWN)
    assert (caught.value.status, caught.value.code) == (400, code)


def test_one_field_is_set_changed_and_removed() -> None:
    one = with_field(custom(), "count", 0, KNOWN)
    assert one == custom(count=0)
    two = with_field(one, "note", "a", KNOWN)
    assert two == custom(note="a", count=0)
    assert with_field(two, "note", "b", KNOWN) == custom(note="b", count=0)
    assert with_field(two, "count", None, KNOWN) == custom(note="a")


@pytest.mark.parametrize(
    ("code", "before", "name", "value"),
    [
        ("InvalidOperation", None, "note", "a"),
        ("InvalidOperation", None, "note", None),
        ("InvalidOperation", custom(), "note", None),
        ("InvalidOperation", custom(), "colour", "red"),
        ("InvalidOperation", custom(), "colour", None),
        ("InvalidField", custom(), "note", 1),
        ("RequiredField", custom(STRICT, must="a"), "must", None),
        # The field became required after the values were set.
        ("RequiredField", custom(STRICT), "note", "a"),
    ],
)
def test_a_wrong_change_of_one_field_is_refused(code: str, before: CustomFields | None, name: str, value: Any) -> None:
    with pytest.raises(ApiError) as caught:
        with_field(before, name, value, KNOWN)
    assert (caught.value.status, caught.value.code) == (400, code)


def test_a_field_that_its_type_lost_is_dropped_with_the_next_change() -> None:
    assert with_field(custom(gone=1, note="a"), "count", 2, KNOWN) == custom(note="a", count=2)
    assert with_field(custom(gone=1, note="a"), "gone", None, KNOWN) == custom(note="a")


def test_merging_keeps_what_is_not_given_and_wants_one_type() -> None:
    assert merged(custom(note="a", count=1), draft(count=2, size="l"), "order", KNOWN) == custom(note="a", count=2, size="l")
    assert merged(custom(STRICT, must="a"), draft("strict", note="b"), "order", KNOWN) == custom(STRICT, must="a", note="b")
    assert merged(custom(note="a"), None, "order", KNOWN) == custom(note="a")
    with pytest.raises(ApiError) as caught:
        merged(custom(note="a"), draft("strict", must="a"), "order", KNOWN)
    assert caught.value.code == "InvalidOperation"


ADDRESS = {"country": "DE", "key": "home", "custom": {"type": BY_KEY, "fields": {"note": "ring"}}}
WRAPPING = {
    "slug": "wrapping",
    "name": {"en": "Wrapping"},
    "money": {"currencyCode": "EUR", "centAmount": 100},
    "taxCategory": {"key": "standard"},
    "key": "wrap",
}


def shown(**fields: Any) -> dict[str, Any]:
    return {"type": OF_EXTRA, "fields": fields}


def given(**fields: Any) -> dict[str, Any]:
    return {"type": BY_KEY, "fields": fields}


def test_every_draft_member_of_a_cart_is_served() -> None:
    cart = body(
        make_cart(
            custom=given(count=1),
            lineItems=[{"sku": "book", "custom": given(note="gift")}],
            customLineItems=[{**WRAPPING, "custom": given(size="s")}],
            shippingAddress=ADDRESS,
            billingAddress=ADDRESS,
            itemShippingAddresses=[ADDRESS],
        )
    )
    assert cart["custom"] == shown(count=1)
    assert cart["lineItems"][0]["custom"] == shown(note="gift")
    assert cart["customLineItems"][0]["custom"] == shown(size="s")
    for address in (cart["shippingAddress"], cart["billingAddress"], cart["itemShippingAddresses"][0]):
        assert address["custom"] == shown(note="ring")


def test_lines_are_one_only_if_their_custom_fields_are() -> None:
    cart = make_cart(lineItems=[{"sku": "book"}])
    add = {"action": "addLineItem", "sku": "book"}
    cart = update(cart, {**add, "custom": given(note="a")}, {**add, "custom": given(note="a")}, add)
    assert [(line.quantity, line.custom) for line in cart.line_items] == [(2, None), (2, custom(note="a"))]
    cart = update(cart, {**add, "custom": given(note="b")}, known=facts(first_id=3000))
    assert [line.quantity for line in cart.line_items] == [2, 2, 1]


def test_custom_line_items_are_one_only_if_their_custom_fields_are() -> None:
    item = {key: value for key, value in WRAPPING.items() if key != "key"}
    add = {"action": "addCustomLineItem", **item, "custom": given(note="a")}
    cart = update(make_cart(), add, add)
    assert [(item.quantity, item.custom) for item in cart.custom_line_items] == [(2, custom(note="a"))]
    with pytest.raises(ApiError) as caught:
        update(cart, {**add, "custom": given(note="b")})
    assert caught.value.code == "InvalidOperation"


CART_PARTS: list[tuple[str, dict[str, Any], str]] = [
    ("", {}, "custom"),
    ("LineItem", {"lineItemKey": "line"}, "lineItems.0.custom"),
    ("CustomLineItem", {"customLineItemKey": "wrap"}, "customLineItems.0.custom"),
    ("ShippingAddress", {}, "shippingAddress.custom"),
    ("BillingAddress", {}, "billingAddress.custom"),
    ("ItemShippingAddress", {"addressKey": "home"}, "itemShippingAddresses.0.custom"),
    ("Shipping", {}, "shippingCustomFields"),
]
ORDER_PARTS: list[tuple[str, dict[str, Any], str]] = [
    *CART_PARTS,
    ("Delivery", {"deliveryKey": "first"}, "shippingInfo.deliveries.0.custom"),
    ("DeliveryAddress", {"deliveryKey": "first"}, "shippingInfo.deliveries.0.address.custom"),
    ("Parcel", {"parcelKey": "box"}, "shippingInfo.deliveries.0.parcels.0.custom"),
    ("ReturnItem", {"returnItemKey": "back"}, "returnInfo.0.items.0.custom"),
]


def at(document: Any, path: str) -> Any:
    for step in path.split("."):
        document = document[int(step)] if step.isdigit() else document.get(step)
    return document


def full_cart() -> Cart:
    plain = {"country": "DE", "key": "home"}
    return make_cart(
        lineItems=[{"sku": "book", "key": "line"}],
        customLineItems=[WRAPPING],
        shippingAddress=plain,
        billingAddress=plain,
        itemShippingAddresses=[plain],
        shippingMethod={"key": "standard"},
    )


@pytest.mark.parametrize(("name", "named", "path"), CART_PARTS)
def test_each_part_of_a_cart_has_its_two_actions(name: str, named: dict[str, Any], path: str) -> None:
    set_type = {"action": f"set{name}CustomType", **named}
    set_field = {"action": f"set{name}CustomField", **named}
    cart = full_cart()
    with pytest.raises(ApiError) as caught:
        update(cart, {**set_field, "name": "note", "value": "a"})
    assert caught.value.code == "InvalidOperation"
    cart = update(cart, {**set_type, **given(note="a")}, {**set_field, "name": "count", "value": 2})
    assert at(body(cart), path) == shown(note="a", count=2)
    cart = update(cart, {**set_field, "name": "note", "value": None})
    assert at(body(cart), path) == shown(count=2)
    assert update(cart, {**set_field, "name": "count", "value": 2}) == cart
    assert at(body(update(cart, set_type)), path) is None
    with pytest.raises(ApiError) as caught:
        update(cart, {**set_type, "fields": {"note": "a"}})
    assert caught.value.code == "InvalidInput"


@pytest.mark.parametrize(("name", "named", "path"), ORDER_PARTS)
def test_each_part_of_an_order_has_its_two_actions(name: str, named: dict[str, Any], path: str) -> None:
    order = placed(full_cart())
    line = order.line_items[0].id
    send = {"action": "addDelivery", "items": [{"id": line, "quantity": 1}], "address": {"country": "DE"}}
    back = {"lineItemId": line, "quantity": 1, "shipmentState": "Advised", "key": "back"}
    order = act(
        order,
        {**send, "deliveryKey": "first", "parcels": [{"key": "box"}]},
        {**send, "deliveryKey": "second"},
        {"action": "addReturnInfo", "items": [back]},
    ).after
    set_type = {"action": f"set{name}CustomType", **named}
    set_field = {"action": f"set{name}CustomField", **named}
    change = act(order, {**set_type, **given(note="a")}, {**set_field, "name": "count", "value": 2})
    assert at(body(change.after), path) == shown(note="a", count=2)
    delivery_id = order.shipping_info.deliveries[0].id if order.shipping_info and order.shipping_info.deliveries else ""
    named_part = {"Delivery": {"deliveryId": delivery_id}}.get(name, {})
    twin = {"": "Order", "Delivery": "Delivery"}.get(name)
    assert told(change) == (
        [
            {"type": f"{twin}CustomTypeSet", "customFields": shown(note="a"), **named_part},
            {"type": f"{twin}CustomFieldAdded", "name": "count", "value": 2, **named_part},
        ]
        if twin
        else []
    )
    again = act(change.after, {**set_field, "name": "count", "value": 3}, {**set_field, "name": "note"}, set_type)
    assert at(body(again.after), path) is None
    assert told(again) == (
        [
            {"type": f"{twin}CustomFieldChanged", "name": "count", "value": 3, "previousValue": 2, **named_part},
            {"type": f"{twin}CustomFieldRemoved", "name": "note", **named_part},
            {"type": f"{twin}CustomTypeRemoved", "previousTypeId": EXTRA.id, **named_part},
        ]
        if twin
        else []
    )
    # What is so already tells nothing.
    assert told(act(order, set_type)) == []


def test_the_second_of_two_equal_delivery_addresses_is_the_one_that_changes() -> None:
    order = placed(full_cart())
    address = {"country": "DE"}
    add = {"action": "addDelivery", "address": address}
    of_second = {"action": "setDeliveryAddressCustomType", "deliveryKey": "second", **given(note="b")}
    order = act(order, {**add, "deliveryKey": "first"}, {**add, "deliveryKey": "second"}, of_second).after
    deliveries = body(order)["shippingInfo"]["deliveries"]
    assert [each["address"].get("custom") for each in deliveries] == [None, shown(note="b")]


def test_a_delivery_without_an_address_has_no_custom_fields_there() -> None:
    order = act(placed(full_cart()), {"action": "addDelivery", "deliveryKey": "first"}).after
    with pytest.raises(ApiError) as caught:
        act(order, {"action": "setDeliveryAddressCustomType", "deliveryKey": "first", **given(note="b")})
    assert caught.value.code == "InvalidOperation"


def test_every_draft_member_of_an_order_is_served() -> None:
    order = placed(full_cart())
    line = {"id": order.line_items[0].id, "quantity": 1}
    back = {"lineItemId": line["id"], "quantity": 1, "shipmentState": "Advised", "custom": given(note="d")}
    parcel = {"custom": given(note="c")}
    order = act(
        order,
        {"action": "addDelivery", "deliveryKey": "1st", "custom": given(note="a"), "address": ADDRESS, "parcels": [parcel]},
        {"action": "addParcelToDelivery", "deliveryKey": "1st", "custom": given(note="b")},
        {"action": "addReturnInfo", "items": [back]},
        {"action": "setShippingAddress", "address": ADDRESS},
    ).after
    document = body(order)
    (delivery,) = document["shippingInfo"]["deliveries"]
    assert delivery["custom"] == shown(note="a")
    assert delivery["address"]["custom"] == document["shippingAddress"]["custom"] == shown(note="ring")
    assert [each["custom"] for each in delivery["parcels"]] == [shown(note="c"), shown(note="b")]
    assert document["returnInfo"][0]["items"][0]["custom"] == shown(note="d")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"action": "setLineItemCustomType"}, "RequiredField"),
        ({"action": "setLineItemCustomType", "lineItemKey": "other"}, "InvalidField"),
        ({"action": "setCustomLineItemCustomField", "name": "note"}, "RequiredField"),
        ({"action": "setItemShippingAddressCustomType", "addressKey": "other"}, "InvalidField"),
        ({"action": "setItemShippingAddressCustomType"}, "InvalidJsonInput"),
        ({"action": "setShippingCustomType", "shippingKey": "one"}, "InvalidOperation"),
        ({"action": "setCustomField"}, "InvalidJsonInput"),
        ({"action": "setCustomField", "name": 5}, "InvalidJsonInput"),
        ({"action": "setCustomType", "type": "extra"}, "InvalidJsonInput"),
        ({"action": "setCustomType", "type": BY_KEY, "fields": ["note"]}, "InvalidJsonInput"),
        ({"action": "setCustomType", "type": {"typeId": "type", "key": "other"}}, "ReferencedResourceNotFound"),
    ],
)
def test_a_malformed_action_is_refused(action: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiError) as caught:
        update(full_cart(), action)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["ShippingAddress", "BillingAddress"])
def test_an_address_that_is_not_there_has_no_custom_fields(name: str) -> None:
    with pytest.raises(ApiError) as caught:
        update(make_cart(), {"action": f"set{name}CustomType", **given(note="a")})
    assert caught.value.code == "InvalidOperation"


def test_an_order_takes_the_carts_custom_fields_and_its_drafts_are_put_over_them() -> None:
    cart = cart_of(custom=draft(note="a", count=1), line_items=(replace(BOOK, custom=draft(size="s")),))
    order = placed(cart)
    assert order.custom == custom(note="a", count=1)
    assert order.line_items[0].custom == custom(size="s")
    assert placed(cart, custom=draft(count=2, size="l")).custom == custom(note="a", count=2, size="l")
    assert placed(cart_of(), custom=draft(note="b")).custom == custom(note="b")


def test_an_order_of_another_type_than_its_cart_is_refused() -> None:
    cart = cart_of(custom=draft(note="a"))
    asked = OrderFromCartDraft(version=cart.version, cart=ResourceIdentifier(id=cart.id), custom=draft("strict", must="a"))
    with pytest.raises(ApiError) as caught:
        order_from(asked, knowing(cart, catalogue(types=(EXTRA, STRICT))))
    assert caught.value.code == "InvalidOperation"


def shop_facts(kind: Any) -> Facts:
    return with_documents(("type", replace(EXTRA, resource_type_ids=(kind,))))


def test_a_store_has_custom_fields() -> None:
    known = shop_facts("store")
    found = made(store.RESOURCE, {"key": "rome", "custom": given(note="a")}, known)
    assert found.custom == custom(note="a")
    found = changed(store.RESOURCE, found, {"action": "setCustomField", "name": "note", "value": "b"}, facts=known)
    assert found.custom == custom(note="b")
    found = changed(store.RESOURCE, BERLIN, {"action": "setCustomType", **given(count=1)}, facts=known)
    assert found.custom == custom(count=1)
    with pytest.raises(ApiError) as caught:
        changed(store.RESOURCE, BERLIN, {"action": "setCustomType", **given(count=1)}, facts=shop_facts("order"))
    assert caught.value.code == "InvalidOperation"


def test_a_shipping_method_has_custom_fields() -> None:
    known = shop_facts("shipping-method")
    method = {"name": "M", "taxCategory": {"key": "standard"}, "zoneRates": [], "isDefault": False, "custom": given(note="a")}
    found = made(shipping_method.RESOURCE, method, known)
    assert found.custom == custom(note="a")
    found = changed(shipping_method.RESOURCE, found, {"action": "setCustomField", "name": "note"}, facts=known)
    assert found.custom == custom()
    found = changed(shipping_method.RESOURCE, STANDARD_SHIPPING, {"action": "setCustomType", **given(count=1)}, facts=known)
    assert found.custom == custom(count=1)
