"""A cart that is ready to be ordered, and the order it becomes.

Two mugs at 9.99 and a book at 20.00 to Germany with standard shipping at 4.95 (free above 50.00), taxes included:
19.98 + 20.00 + 4.95 = 44.93.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.facts import GERMAN, NOW, PROJECT, STANDARD_SHIPPING, VARIANTS, facts, uid
from orderwright.domain.amounts.money import Money
from orderwright.domain.cart.create import from_draft
from orderwright.domain.cart.drafts import CartDraft
from orderwright.domain.cart.finish import finish
from orderwright.domain.customer.model import Customer
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.order.actions import actions
from orderwright.domain.order.from_cart import create as creating
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.domain.sale.lines.items import CustomLineItemDraft, LineItemDraft
from orderwright.domain.sale.model import Cart
from orderwright.domain.shop.channel.model import Channel
from orderwright.domain.shop.state.model import State, StateType
from orderwright.domain.shop.state.workflow import built_in_states
from orderwright.engine.actions import Change
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Reference, Resource
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.steps import drained
from orderwright.errors import ApiError

MUGS = LineItemDraft(sku="mug-blue", quantity=2)
BOOK = LineItemDraft(sku="book")
BORN: dict[str, Any] = {"version": 1, "created_at": NOW, "last_modified_at": NOW}
PAYMENT = Resource(id=uid(70), **BORN)
VIP = Reference(type_id="customer-group", id=uid(71))
ADA = Customer(
    id=uid(72), email="ada@example.com", is_email_verified=False, authentication_mode="Password", customer_group=VIP, **BORN
)
WAREHOUSE = Channel(id=uid(73), key="warehouse", roles=("OrderExport", "InventorySupply"), **BORN)
KIOSK = Channel(id=uid(74), key="kiosk", roles=("ProductDistribution",), **BORN)


def state(number: int, key: str, type: StateType = "OrderState", *to: int, initial: bool = False, final: bool = False) -> State:
    """A State that may be followed by those of the numbers `to`; without any, by every other one unless it is `final`."""
    following = tuple(Reference(type_id="state", id=uid(each)) for each in to)
    transitions = following if to or final else None
    return State(id=uid(number), key=key, type=type, initial=initial, built_in=False, transitions=transitions, **BORN)


NEW = state(80, "new", "OrderState", 81, initial=True)
PACKED = state(81, "packed")
GONE = state(82, "gone", final=True)
(BEGUN,) = built_in_states(PROJECT)
PICKED = state(84, "picked", "LineItemState")
WRAPPED = state(85, "wrapped", "LineItemState", 84)
STATES = (NEW, PACKED, GONE, BEGUN, PICKED, WRAPPED)
KNOWN: list[tuple[Wanted, Any]] = [
    (Wanted(type_id, "id", each.id), each)
    for type_id, documents in (("payment", [PAYMENT]), ("customer", [ADA]), ("channel", [WAREHOUSE, KIOSK]), ("state", STATES))
    for each in documents
] + [(Wanted("state", "key", each.key), each) for each in STATES]
WRAPPING = CustomLineItemDraft(
    name={"en": "Wrapping"},
    slug="wrapping",
    money=Money(currency_code="EUR", cent_amount=100),
    tax_category=ResourceIdentifier(key="standard"),
)


def cart_of(rules: Catalogue | None = None, **changed: Any) -> Cart:
    """The cart above at version 3, with other members in its draft."""
    plain: dict[str, Any] = {
        "currency": "EUR",
        "key": "basket",
        "customer_email": "ada@example.com",
        "line_items": (MUGS, BOOK),
        "shipping_address": GERMAN,
        "billing_address": GERMAN,
        "shipping_method": ResourceIdentifier(id=STANDARD_SHIPPING.id),
        "purchase_order_number": "PO-cart",
        "locale": "en",
    }
    known = facts(rules, first_id=100)
    return replace(finish(from_draft(CartDraft(**{**plain, **changed}), known), known), version=3)


def knowing(
    cart: Cart, rules: Catalogue | None = None, variants: Iterable[VariantSnapshot] = VARIANTS, store_key: str | None = None
) -> Facts:
    """Facts in which the cart was found, by id and by key."""
    found = [*KNOWN, (Wanted("cart", "id", cart.id), cart), (Wanted("cart", "key", str(cart.key)), cart)]
    return facts(rules, variants, found=found, store_key=store_key)


def create(draft: OrderFromCartDraft, known: Facts) -> Change[Order]:
    """What an order's draft makes, its steps one after the other."""
    return drained(creating(draft, known))


def placed(cart: Cart | None = None, **draft: Any) -> Order:
    """The order of a cart."""
    cart = cart or cart_of()
    asked = OrderFromCartDraft(**{"version": cart.version, "cart": ResourceIdentifier(id=cart.id), **draft})
    return create(asked, knowing(cart)).after


def act(order: Order, *sent: dict[str, Any], first_id: int = 5000) -> Change[Order]:
    """What update actions do to an order: they are decoded as a request's are, and the outcome is read back as stored."""
    update = decode_body(actions.update_type(), encode({"version": order.version, "actions": sent}))
    change = actions.apply(order, update.actions, facts(first_id=first_id, found=KNOWN))
    assert decode_body(Order, encode(change.after)) == change.after
    return change


def told(change: Change[Order]) -> list[dict[str, Any]]:
    """The Messages of a change as their own JSON."""
    return [msgspec.json.decode(encode(message)) for message in change.messages]


def refused(order: Order, *sent: dict[str, Any]) -> dict[str, Any]:
    """The first error object of the refusal, without its text and the echoed action."""
    with pytest.raises(ApiError) as caught:
        act(order, *sent)
    return reason(caught.value)


def reason(error: ApiError) -> dict[str, Any]:
    """Status, code and fields of a refusal, without its text and the echoed action."""
    kept = {name: value for name, value in error.fields.items() if name != "action"}
    return {"status": error.status, "code": error.code, **kept}


ABSENT = uid(999_999)
