"""An order of the first dialect as the second shows it. The figures are those of `orders.py`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.facts import eur, uid
from domain.order.orders import BORN, placed
from emporix.orders import DRAFT, STANDARD, cents, finds, order
from emporix.schema import problems
from orderwright.domain.goods.price import DiscountedPrice
from orderwright.domain.order.model import Order
from orderwright.domain.payment.model import Payment, PaymentMethodInfo, Transaction
from orderwright.domain.sale.discounts.portions import (
    DiscountedLineItemPortion,
    DiscountedLineItemPrice,
    DiscountedLineItemPriceForQuantity,
    DiscountOnTotalPrice,
)
from orderwright.emporix.render import Beside, in_force_json, projected, rendered, rendered_json
from orderwright.emporix.shown import OrderShown, SalesOrderShown
from orderwright.engine.json.codec import decode_body, encode, plain
from orderwright.engine.model import Reference
from orderwright.engine.scalars import DateTime

BESIDE = Beside(tenant="acme")


def shown(made: Order, *fields: str, **beside: Any) -> dict[str, Any]:
    """What is shown, read back from its bytes and held against the published schema."""
    found: dict[str, Any] = plain(encode(rendered(made, Beside(tenant="acme", **beside), fields)))
    # Of the stored bytes only a part is read, and it is all that is shown.
    assert plain(encode(rendered_json(in_force_json(encode(made)), Beside(tenant="acme", **beside), fields))) == found
    if not fields:
        assert problems("order", found) == []
        assert problems("salesOrder", found) == []
        # The structs know each member of it, and have it as it is.
        kind: Any = OrderShown if beside.get("for_customer") else SalesOrderShown
        assert plain(encode(decode_body(kind, encode(found)))) == found
    return found


ORDER = order()
SHOWN = shown(ORDER)


def figures(net: Any, gross: Any, tax: Any, code: str | None = None, rate: Any = None) -> dict[str, Any]:
    named = {} if code is None else {"taxCode": code, "taxRate": rate}
    return {"netValue": net, "grossValue": gross, "taxValue": tax, **named}


def test_the_order() -> None:
    expected = {
        "id": "EON1200",
        "status": "CREATED",
        "created": ORDER.created_at,
        "lastStatusChange": ORDER.created_at,
        "currency": "EUR",
        "siteCode": "berlin",
        "restriction": "berlin",
        "countryCode": "DE",
        "createdBy": DRAFT["customerId"],
        "checkout": False,
        "subTotalPrice": 52,
        "totalPrice": 56.95,
        "totalAuthorizedAmount": 56.95,
        "discounts": [],
        "payments": [],
    }
    assert {name: SHOWN[name] for name in expected} == expected
    assert SHOWN["customer"] == {
        "id": DRAFT["customerId"],
        "email": "ada@example.com",
        "name": "King",
        "firstName": "Ada",
        "lastName": "King",
        "company": "Engines",
    }
    assert SHOWN["metadata"]["version"] == 1
    assert SHOWN["mixins"] == {"generalAttributes": {"orderNumber": "EON1200", "extendedOrderStatus": "10"}}
    # Every mixin has the address of its schema, under the same key.
    assert set(SHOWN["metadata"]["mixins"]) == set(SHOWN["mixins"])


def test_the_figures_of_the_order() -> None:
    # 51.81 - 4.16 = 47.65 net and 56.95 - 4.95 = 52.00 gross without shipping; at 19 %: 8.40 + 4.16 = 12.56 and 10.00 + 4.95.
    assert SHOWN["calculatedPrice"] == {
        "price": figures(47.65, 52, 4.35),
        "discountedPrice": figures(47.65, 52, 4.35),
        "shipping": figures(4.16, 4.95, 0.79, "STANDARD", 19),
        "totalShipping": figures(4.16, 4.95, 0.79, "STANDARD", 19),
        "finalPrice": figures(51.81, 56.95, 5.14)
        | {"taxAggregate": {"lines": [figures(12.56, 14.95, 2.39, "STANDARD", 19), figures(39.25, 42, 2.75, "REDUCED", 7)]}},
    }
    assert SHOWN["tax"]["total"] == {"amount": 5.14, "currency": "EUR", "inclusive": True}
    assert [(line["amount"], line["rate"], line["code"], line["inclusive"]) for line in SHOWN["tax"]["lines"]] == [
        (2.39, 19, "STANDARD", True),
        (2.75, 7, "REDUCED", True),
    ]
    assert SHOWN["shipping"]["total"] == {"amount": 4.95, "currency": "EUR"}
    (line,) = SHOWN["shipping"]["lines"]
    assert (line["code"], line["amount"], line["tax"]["total"]["amount"], line["tax"]["rate"]) == ("Pickup", 4.95, 0.79, 19)


def test_the_entries() -> None:
    mug, wrap = SHOWN["entries"]
    assert (mug["amount"], mug["orderedAmount"], mug["effectiveQuantity"]) == (2, 2, 2)
    assert (mug["originalAmount"], mug["originalPrice"], mug["unitPrice"], mug["totalPrice"]) == (5, 5, 5, 10)
    # 5 / 1.19 = 4.2016.
    assert mug["calculatedUnitPrice"] == figures(4.202, 5, 0.798, "STANDARD", 19)
    assert mug["priceMatchDetails"] == mug["calculatedUnitPrice"] | {"taxCountry": "DE"}
    assert mug["calculatedPrice"] == dict.fromkeys(
        ("price", "discountedPrice", "finalPrice"), figures(8.4, 10, 1.6, "STANDARD", 19)
    )
    assert mug["tax"]["lines"] == [
        {"amount": 1.6, "currency": "EUR", "code": "STANDARD", "name": "STANDARD", "rate": 19, "sequenceId": 0, "inclusive": True}
    ]
    assert mug["totalDiscount"] == {"amount": 0, "currency": "EUR"}
    assert mug["product"] == {
        "id": uid(50),
        "sku": "mug-blue",
        "name": "Mug",
        "localizedName": {"en": "Mug", "de": "Becher"},
        "productType": "BASIC",
        "published": True,
        "images": [{"id": "https://cdn.example/mug.png", "url": "https://cdn.example/mug.png", "stored": False}],
    }
    assert mug["itemYrn"] == f"urn:yaas:saasag:caasproduct:product:acme;{uid(50)}"
    assert set(mug["price"]) == {"priceId", "originalAmount", "effectiveAmount", "currency"}
    assert (wrap["product"]["sku"], wrap["product"]["images"], wrap["price"]["priceId"]) == ("wrap", [], "wrap")
    assert (wrap["unitPrice"], wrap["calculatedPrice"]["finalPrice"]) == (42, figures(39.25, 42, 2.75, "REDUCED", 7))


def test_addresses_and_shipments() -> None:
    assert SHOWN["shippingAddress"] == {
        "contactName": "Ada King",
        "street": "Hauptstr.",
        "streetNumber": "1",
        "zipCode": "10115",
        "city": "Berlin",
        "country": "DE",
        "contactPhone": "030-1",
    }
    # What clients read of every address is there.
    assert SHOWN["billingAddress"] == {
        "contactName": "King",
        "companyName": "Engines",
        "street": "",
        "zipCode": "",
        "city": "Berlin",
        "country": "DE",
    }
    assert SHOWN["shipments"] == [{"shippedDate": ORDER.created_at, "carrier": "DHL", "trackingNumber": "T-1"}]


# What clients read without asking whether it is there.
NEVER_ABSENT = [
    "id",
    "status",
    "created",
    "currency",
    "totalPrice",
    "subTotalPrice",
    "shipping.total.amount",
    "discounts",
    "totalAuthorizedAmount",
    "entries.id",
    "entries.amount",
    "entries.orderedAmount",
    "entries.effectiveQuantity",
    "entries.unitPrice",
    "entries.totalPrice",
    "entries.totalDiscount.amount",
    "entries.tax.lines.rate",
    "entries.tax.lines.inclusive",
    "entries.tax.lines.amount",
    "entries.tax.total.inclusive",
    "entries.product.id",
    "entries.product.name",
    "entries.product.sku",
    "entries.product.images",
    "entries.itemYrn",
    "entries.price.priceId",
    "entries.price.originalAmount",
    "entries.price.effectiveAmount",
    "entries.price.currency",
    "customer.name",
    "customer.firstName",
    "customer.lastName",
    "customer.email",
    "metadata.createdAt",
    "metadata.version",
    "calculatedPrice.finalPrice.grossValue",
    "mixins.generalAttributes.orderNumber",
]


def bare() -> Order:
    """An order of one custom line item, of nobody, without taxes, addresses or shipping."""
    items = [{"name": {"en": "X"}, "slug": "x1", "quantity": 1, "money": cents(100)}]
    gone = dict.fromkeys(DRAFT, None)
    return order(**gone | {"totalPrice": cents(100), "customLineItems": items})


@pytest.mark.parametrize("made", [ORDER, bare(), placed()], ids=["imported", "bare", "from a cart"])
@pytest.mark.parametrize("field", NEVER_ABSENT)
def test_what_is_never_absent(field: str, made: Order) -> None:
    found: Any = [shown(made)]
    for step in field.split("."):
        values = [at[step] for at in found]
        assert None not in values
        found = [inner for value in values for inner in (value if isinstance(value, list) and step != "images" else [value])]
    if field.split(".", maxsplit=1)[0] not in ("discounts",):
        assert found


def test_a_bare_order() -> None:
    found = shown(bare())
    assert found["id"] == bare().id
    assert found["customer"] == {"id": "ANONYMOUS", "email": "", "name": "", "firstName": "", "lastName": ""}
    assert found["calculatedPrice"]["finalPrice"] == figures(1, 1, 0) | {"taxAggregate": {"lines": [figures(1, 1, 0)]}}
    assert found["entries"][0]["tax"]["lines"][0]["rate"] == 0
    assert "shipments" not in found and "siteCode" not in found and "shippingAddress" not in found


def storefront_total(found: dict[str, Any]) -> Decimal:
    """What a storefront shows as the total: the subtotal, exclusive taxes, shipping, less the discount of the total."""

    def exact(value: Any) -> Decimal:
        return Decimal(str(value))

    total = exact(found["subTotalPrice"]) + exact(found["shipping"]["total"]["amount"])
    for entry in found["entries"]:
        (line, *_) = entry["tax"]["lines"]
        if not line["inclusive"]:
            taxed = exact(entry["totalPrice"]) - exact(entry["totalDiscount"]["amount"])
            total += taxed * exact(line["rate"]) / 100
    return total - sum(exact(each["amount"]) for each in found["discounts"] if each["code"] == "TOTAL")


def test_a_storefront_comes_to_the_right_total() -> None:
    assert storefront_total(SHOWN) == Decimal("56.95")
    assert storefront_total(shown(placed())) == Decimal("44.93")


def discounted() -> Order:
    """The mugs at 4.00 instead of 5.00, 1.00 off the total: 56.95 - 2.00 - 1.00 = 53.95."""
    (mug,) = ORDER.line_items
    price = DiscountedLineItemPriceForQuantity(
        quantity=2, discounted_price=DiscountedLineItemPrice(value=eur(400), included_discounts=())
    )
    cheaper = replace(mug, total_price=eur(800), taxed_price=None, discounted_price_per_quantity=(price,))
    off = DiscountOnTotalPrice(discounted_amount=eur(100), included_discounts=())
    return replace(ORDER, line_items=(cheaper,), discount_on_total_price=off, total_price=eur(5395), taxed_price=None)


def test_discounts() -> None:
    found = shown(discounted())
    (total,) = found["discounts"]
    assert (total["code"], total["amount"], total["currency"]) == ("TOTAL", 3, "EUR")
    mug = found["entries"][0]
    assert (mug["unitPrice"], mug["totalPrice"], mug["totalDiscount"]["amount"]) == (5, 10, 2)
    assert mug["calculatedPrice"]["finalPrice"]["grossValue"] == 8
    assert storefront_total(found) == Decimal("53.95")
    calculated = found["calculatedPrice"]
    assert calculated["totalDiscount"]["value"] == 3
    for name in ("netValue", "grossValue", "taxValue"):
        parts = Decimal(str(calculated["discountedPrice"][name])) + Decimal(str(calculated["totalShipping"][name]))
        assert parts == Decimal(str(calculated["finalPrice"][name]))


def test_the_better_deal_is_taken_off_the_price_that_it_was_taken_off() -> None:
    """The mugs are on sale at 4.50 instead of 5.00, and a cart discount takes off 1.00."""
    sale, off = Reference(type_id="product-discount", id=uid(90)), Reference(type_id="cart-discount", id=uid(91))
    (mug,) = ORDER.line_items
    price = replace(mug.price, discounted=DiscountedPrice(value=eur(450), discount=sale))
    taken = DiscountedLineItemPortion(discount=off, discounted_amount=eur(100))
    # 5.00 - 1.00, 4.50 - 1.00, and either without a discount of the cart.
    for value, total, unit in ((eur(400), 800, 5), (eur(350), 700, 4.5), (None, 1000, 5), (None, 900, 4.5)):
        left = () if value is None else (DiscountedLineItemPrice(value=value, included_discounts=(taken,)),)
        parts = tuple(DiscountedLineItemPriceForQuantity(quantity=2, discounted_price=each) for each in left)
        line = replace(mug, price=price, total_price=eur(total), taxed_price=None, discounted_price_per_quantity=parts)
        entry = shown(replace(ORDER, line_items=(line,), taxed_price=None))["entries"][0]
        assert (entry["unitPrice"], entry["totalPrice"]) == (unit, 2 * unit)
        assert entry["calculatedPrice"]["finalPrice"]["grossValue"] == total / 100


def test_a_net_order() -> None:
    # 2 at 5.00 net are 10.00, with 19 % 11.90.
    rate = STANDARD | {"includedInPrice": False}
    line = DRAFT["lineItems"][0] | {"taxRate": rate, "taxedPrice": None}
    made = order(lineItems=[line], customLineItems=None, shippingInfo=None, taxedPrice=None, totalPrice=cents(1000))
    found = shown(made)
    assert (found["subTotalPrice"], found["totalPrice"], found["tax"]["total"]["inclusive"]) == (10, 10, False)
    assert found["entries"][0]["calculatedUnitPrice"] == figures(5, 5.95, 0.95, "STANDARD", 19)
    assert found["entries"][0]["calculatedPrice"]["finalPrice"] == figures(10, 11.9, 1.9, "STANDARD", 19)
    assert storefront_total(found) == Decimal("11.9")


def test_payments() -> None:
    charge = Transaction(id=uid(1), type="Charge", amount=eur(5695), state="Success", interaction_id="tx-1")
    info = PaymentMethodInfo(payment_interface="stripe", method="card")
    payment = Payment(id=uid(70), **BORN, amount_planned=eur(5695), payment_method_info=info, transactions=(charge,))
    assert shown(ORDER, payments=(payment,))["payments"] == [
        {
            "status": "CAPTURE_SUCCESS",
            "method": "card",
            "provider": "stripe",
            "paidAmount": 56.95,
            "currency": "EUR",
            "transactionId": "tx-1",
        }
    ]


def test_what_a_customer_is_not_shown() -> None:
    assert "checkout" not in shown(ORDER, for_customer=True)


def test_when_the_status_changed() -> None:
    then = DateTime("2024-06-01T00:00:00.000Z")
    assert shown(ORDER, last_status_change=then)["lastStatusChange"] == then


def test_only_what_is_asked_for() -> None:
    fields = ["id", "status", "customer", "shippingAddress.country", "calculatedPrice.finalPrice", "created", "currency"]
    found = shown(ORDER, *fields)
    assert set(found) == {"id", "status", "customer", "shippingAddress", "calculatedPrice", "created", "currency"}
    assert found["shippingAddress"] == {"country": "DE"}
    assert found["calculatedPrice"] == {"finalPrice": SHOWN["calculatedPrice"]["finalPrice"]}
    assert found["customer"] == SHOWN["customer"]
    assert shown(ORDER, "entries.product.sku", "entries.amount", "nothing") == {
        "entries": [{"product": {"sku": "mug-blue"}, "amount": 2}, {"product": {"sku": "wrap"}, "amount": 1}]
    }
    assert projected({"a": {"b": 1, "c": 2}}, ["a.b", "a"]) == {"a": {"b": 1, "c": 2}}


def asked_back(document: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """Every scalar that is shown, with its dotted path."""
    if isinstance(document, dict):
        return [found for name, value in document.items() for found in asked_back(value, f"{prefix}.{name}".lstrip("."))]
    if isinstance(document, list):
        return [found for value in document for found in asked_back(value, prefix)]
    return [(prefix, document)]


# Shown for clients that read it always, or computed where it is shown.
STANDS_IN: tuple[Any, ...] = ("", 0, "ANONYMOUS", [])


def literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | Decimal) else '"' + value.replace('"', '\\"') + '"'


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 10**6),
    st.sampled_from(["Open", "Confirmed", "Complete", "Cancelled"]),
    st.sampled_from([None, "Pending", "Paid"]),
    st.booleans(),
)
def test_a_query_finds_what_is_shown(amount: int, state: Any, payment: Any, numbered: bool) -> None:
    made = order(totalPrice=cents(amount), taxedPrice=None, orderNumber="N-1" if numbered else None)
    made = replace(made, order_state=state, payment_state=payment)
    asked = 0
    for path, value in asked_back(plain(encode(rendered(made, BESIDE)))):
        try:
            found = finds(f"{path}:{literal(value)}", made, "en", "de")
        except Exception as error:
            assert "computed where it is shown" in str(error), path
            continue
        asked += 1
        assert found or value in STANDS_IN, path
    assert asked > 60
