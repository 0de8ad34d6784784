"""Items of an order that go to several addresses: all of their units, or nothing is said."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.order.orders import BOOK, MUGS, WRAPPING, act, cart_of, create, knowing, placed, reason, refused
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.domain.sale.lines.item_shipping import ItemShippingDetails, ItemShippingDetailsDraft, ItemShippingTarget
from orderwright.domain.sale.model import Cart
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import ApiError

HOME, WORK = AddressDraft(country="DE", key="home"), AddressDraft(country="DE", key="work")
# Three mugs, a book and two wrappings; the shipping address is one of the item shipping addresses.
TARGETED: dict[str, Any] = {
    "line_items": (replace(MUGS, key="mugs", quantity=3), BOOK),
    "custom_line_items": (replace(WRAPPING, key="wrap", quantity=2),),
    "shipping_address": HOME,
    "item_shipping_addresses": (HOME, WORK),
}
ORDER = placed(cart_of(**TARGETED))
KINDS = pytest.mark.parametrize(("kind", "key", "units"), [("LineItem", "mugs", 3), ("CustomLineItem", "wrap", 2)])


def sending(kind: str, key: str, *targets: tuple[str, int]) -> dict[str, Any]:
    details = {"targets": [{"addressKey": address, "quantity": quantity} for address, quantity in targets]}
    return {"action": f"set{kind}ShippingDetails", f"{kind[0].lower()}{kind[1:]}Key": key, "shippingDetails": details}


def details(order: Order, kind: str) -> ItemShippingDetails | None:
    items = order.line_items if kind == "LineItem" else order.custom_line_items
    return items[0].shipping_details


@KINDS
def test_all_units_are_sent_or_nothing_is_said(kind: str, key: str, units: int) -> None:
    change = act(ORDER, sending(kind, key, ("home", 1), ("work", units - 1)))
    sent = details(change.after, kind)
    assert sent is not None and sent.valid and change.messages == ()
    assert [(target.address_key, target.quantity) for target in sent.targets] == [("home", 1), ("work", units - 1)]
    item = (ORDER.line_items if kind == "LineItem" else ORDER.custom_line_items)[0]
    inconsistent = {"status": 400, "code": "InvalidItemShippingDetails", "subject": kind, "itemId": item.id}
    assert refused(ORDER, sending(kind, key, ("home", units + 1))) == inconsistent
    assert refused(ORDER, sending(kind, key)) == inconsistent
    taken_back = sending(kind, key)
    del taken_back["shippingDetails"]
    assert details(act(change.after, taken_back).after, kind) is None


def test_a_targeted_item_shipping_address_stays() -> None:
    order = act(ORDER, sending("LineItem", "mugs", ("work", 3))).after
    remove = {"action": "removeItemShippingAddress", "addressKey": "work"}
    assert refused(order, remove) == {"status": 400, "code": "InvalidOperation"}
    left = act(order, sending("LineItem", "mugs", ("home", 3)), remove).after
    assert [address.key for address in left.item_shipping_addresses] == ["home"]


def test_item_shipping_addresses_come_change_and_go() -> None:
    add = {"action": "addItemShippingAddress", "address": {"country": "FR", "key": "lake"}}
    order = act(ORDER, add).after
    assert [address.key for address in order.item_shipping_addresses] == ["home", "work", "lake"]
    assert refused(order, add)["code"] == "DuplicateField"
    assert refused(order, {**add, "address": {"country": "FR"}})["code"] == "RequiredField"
    order = act(order, {"action": "updateItemShippingAddress", "address": {"country": "US", "key": "lake"}}).after
    assert order.item_shipping_addresses[2].country == "US"
    assert refused(order, {"action": "removeItemShippingAddress", "addressKey": "moon"})["code"] == "InvalidField"


def cart(details: ItemShippingDetailsDraft, custom: ItemShippingDetailsDraft | None = None) -> Cart:
    lines = (replace(MUGS, quantity=3, shipping_details=details),)
    items = (replace(WRAPPING, quantity=2, shipping_details=custom),)
    return cart_of(**{**TARGETED, "line_items": lines, "custom_line_items": items})


def draft(*targets: tuple[str, int]) -> ItemShippingDetailsDraft:
    return ItemShippingDetailsDraft(targets=tuple(ItemShippingTarget(address_key=key, quantity=units) for key, units in targets))


def test_a_cart_whose_items_are_not_all_sent_is_not_ordered() -> None:
    short, long = cart(draft(("home", 2))), cart(draft(("home", 2), ("work", 1)), draft(("home", 3)))
    for refused_cart, subject, item in (
        (short, "LineItem", short.line_items[0]),
        (long, "CustomLineItem", long.custom_line_items[0]),
    ):
        asked = OrderFromCartDraft(version=3, cart=ResourceIdentifier(id=refused_cart.id))
        with pytest.raises(ApiError) as caught:
            create(asked, knowing(refused_cart))
        assert reason(caught.value) == {
            "status": 400,
            "code": "InvalidItemShippingDetails",
            "subject": subject,
            "itemId": item.id,
        }
    with pytest.raises(ApiError, match="LineItem quantity is 3 and shippingTargets quantity sum is 2"):
        placed(short)
    whole = placed(cart(draft(("home", 2), ("work", 1)), draft(("work", 2))))
    sent = details(whole, "LineItem")
    assert sent is not None and [target.quantity for target in sent.targets] == [2, 1]
