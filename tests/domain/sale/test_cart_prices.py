"""Which price a line takes: of standalone prices, for a customer's groups, on a channel, or from outside."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import create, update
from domain.facts import MUG, NOW, VARIANTS, catalogue, eur, facts, uid
from orderwright.domain.customer.model import Customer, CustomerGroupAssignment
from orderwright.domain.goods.standalone_price.model import StandalonePrice
from orderwright.domain.sale.lines.variants import wanted_prices
from orderwright.domain.sale.model import Cart
from orderwright.domain.shop.channel.model import Channel
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.domain.shop.customer_group import CustomerGroup
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.errors import ApiError

BORN: dict[str, Any] = {"version": 1, "created_at": NOW, "last_modified_at": NOW}
WEB = Channel(**BORN, id=uid(90), key="web", roles=("ProductDistribution",))
DEPOT = Channel(**BORN, id=uid(91), key="depot", roles=("InventorySupply",))
DEALERS, FRIENDS = (
    CustomerGroup(**BORN, id=uid(92 + number), name=name, key=name) for number, name in enumerate(("dealers", "friends"))
)
ADA = Customer(
    **BORN,
    id=uid(95),
    email="ada@example.com",
    is_email_verified=False,
    authentication_mode="ExternalAuth",
    customer_group=Reference(type_id="customer-group", id=DEALERS.id),
    customer_group_assignments=(CustomerGroupAssignment(customer_group=Reference(type_id="customer-group", id=FRIENDS.id)),),
)
ALONE = replace(MUG, price_mode="Standalone")


def standalone(number: int, cents: int, **more: Any) -> StandalonePrice:
    return StandalonePrice(**BORN, id=uid(number), sku="mug-blue", value=eur(cents), **more)


def group(of: CustomerGroup) -> Reference:
    return Reference(type_id="customer-group", id=of.id)


PRICES = (
    standalone(101, 1000),
    standalone(102, 900, channel=Reference(type_id="channel", id=WEB.id)),
    standalone(103, 800, customer_group=group(DEALERS)),
    standalone(104, 700, customer_group=group(FRIENDS)),
    standalone(105, 1, active=False, country="DE"),
)


def rules() -> Catalogue:
    plain = catalogue()
    kinds = ("project", "tax-category", "zone", "shipping-method", "store", "type")
    more = [("channel", WEB), ("channel", DEPOT), ("customer-group", DEALERS), ("customer-group", FRIENDS)]
    return Catalogue(1, [*((kind, each) for kind in kinds for each in plain.all(kind)), *more])


def known(by: str = "sku", first_id: int = 1000) -> Facts:
    """Facts in which the standalone prices were read by SKU or by product."""
    value = "mug-blue" if by == "sku" else ALONE.product_id
    wanted = Wanted("standalone-price", "sku" if by == "sku" else "product", value)
    found = [(wanted, PRICES), (Wanted("customer", "id", ADA.id), ADA)]
    return facts(rules(), [ALONE, *VARIANTS[1:]], found=found, first_id=first_id)


def paid(cart: Cart) -> int:
    return cart.line_items[0].price.value.cent_amount


@pytest.mark.parametrize(
    ("draft", "line", "cents"),
    [
        ({}, {}, 1000),
        ({"country": "DE"}, {}, 1000),
        ({}, {"distributionChannel": {"key": "web"}}, 900),
        ({"customerGroup": {"key": "dealers"}}, {}, 800),
        ({"customerGroup": {"key": "dealers"}}, {"distributionChannel": {"key": "web"}}, 800),
        # Of a customer's groups the better price wins, whether it is her own group or one she is assigned to.
        ({"customerId": ADA.id}, {}, 700),
    ],
)
def test_what_a_line_pays(draft: dict[str, Any], line: dict[str, Any], cents: int) -> None:
    assert paid(create(known(), lineItems=[{"sku": "mug-blue", **line}], **draft)) == cents
    by_product = [{"productId": ALONE.product_id, "variantId": 1, **line}]
    assert paid(create(known("product"), lineItems=by_product, **draft)) == cents


def test_the_embedded_prices_of_such_a_product_do_not_count() -> None:
    with pytest.raises(ApiError) as caught:
        create(facts(rules(), [ALONE]), lineItems=[{"sku": "mug-blue"}])
    assert caught.value.code == "MatchingPriceNotFound"


def test_what_must_be_read_to_price_lines() -> None:
    cart = create(known(), lineItems=[{"sku": "mug-blue"}], customerId=ADA.id)
    assert list(wanted_prices(cart.customer_id, cart.line_items)) == [
        Wanted("variant", "sku", "mug-blue"),
        Wanted("standalone-price", "sku", "mug-blue"),
        Wanted("customer", "id", ADA.id),
    ]
    assert list(wanted_prices(None, ())) == []


def test_a_customers_cart_takes_no_other_group() -> None:
    cart = create(known(), lineItems=[{"sku": "mug-blue"}], customerId=ADA.id)
    with pytest.raises(ApiError) as caught:
        update(cart, {"action": "setCustomerGroup"}, known=known(first_id=2000))
    assert caught.value.code == "InvalidOperation"


def test_a_channel_is_held_to_its_role() -> None:
    assert channel_in_role(None, "InventorySupply", known()) is None
    assert channel_in_role(ResourceIdentifier(key="depot"), "InventorySupply", known()) == Reference(
        type_id="channel", id=DEPOT.id
    )
    with pytest.raises(ApiError) as caught:
        channel_in_role(ResourceIdentifier(id=DEPOT.id), "ProductDistribution", known())
    assert caught.value.code == "MissingRoleOnChannel"
    assert caught.value.fields == {"channel": {"typeId": "channel", "id": DEPOT.id}, "missingRole": "ProductDistribution"}
    assert caught.value.message == f"Given channel with {DEPOT.id} does not have the required role ProductDistribution."


def test_a_line_from_outside_whose_product_is_gone_has_no_price_to_go_back_to() -> None:
    euros = {"currencyCode": "EUR", "centAmount": 5}
    total = {"price": euros, "totalPrice": euros}
    cart = create(known(), lineItems=[{"sku": "mug-blue", "externalTotalPrice": total}])
    line, gone = cart.line_items[0].id, facts(rules(), [], first_id=2000)
    with pytest.raises(ApiError) as caught:
        update(cart, {"action": "setLineItemTotalPrice", "lineItemId": line}, known=gone)
    assert caught.value.code == "InvalidOperation"
    selected = create(known(), lineItems=[{"sku": "mug-blue"}])
    same = {"action": "setLineItemPrice", "lineItemId": selected.line_items[0].id}
    assert update(selected, same, known=gone) == selected


def test_an_unchanged_channel_changes_nothing() -> None:
    cart = create(
        known(), lineItems=[{"sku": "mug-blue", "distributionChannel": {"key": "web"}, "supplyChannel": {"key": "depot"}}]
    )
    line = {"lineItemId": cart.line_items[0].id}
    again = [
        {"action": "setLineItemDistributionChannel", **line, "distributionChannel": {"key": "web"}},
        {"action": "setLineItemSupplyChannel", **line, "supplyChannel": {"key": "depot"}},
    ]
    assert update(cart, *again, known=known(first_id=2000)) == cart


def test_a_gift_has_no_price_from_outside() -> None:
    cart = create(known(), lineItems=[{"sku": "mug-blue"}])
    gift = replace(cart, line_items=(replace(cart.line_items[0], line_item_mode="GiftLineItem"),))
    with pytest.raises(ApiError) as caught:
        update(gift, {"action": "setLineItemTotalPrice", "lineItemId": cart.line_items[0].id}, known=known(first_id=2000))
    assert caught.value.code == "InvalidOperation"
