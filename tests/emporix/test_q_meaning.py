"""What `q` finds: each line of the documentation and of clients, with an order that it finds and one that it does not."""

from __future__ import annotations

from typing import Any

import pytest

from emporix.orders import DRAFT, finds, order
from orderwright.domain.order.model import Order
from orderwright.emporix.table.entries import ASKED_ONLY, LISTS, Source
from orderwright.emporix.table.fields import ROWS
from orderwright.emporix.table.places import First, Plain
from orderwright.emporix.table.written import Amount, Localized, Names, Percent
from orderwright.engine.json.codec import to_builtins
from orderwright.predicates.fields import Place, root

OPEN = {"orderState": "Open"}


def kept(**members: Any) -> dict[str, Any]:
    return {"emporix": members}


def mixin(**attributes: Any) -> dict[str, Any]:
    return kept(mixins={"attrs": attributes})


def total(amount: int, currency: str = "EUR", digits: int = 2) -> dict[str, Any]:
    return {"type": "centPrecision", "currencyCode": currency, "centAmount": amount, "fractionDigits": digits}


def tax(amount: int, digits: int = 2) -> dict[str, Any]:
    return {"taxedPrice": {"totalTax": total(amount, digits=digits)}}


LINES: list[tuple[str, Any, Any]] = [
    # The documentation's.
    ("currency:USD", {"totalPrice": total(1, "USD")}, {"totalPrice": total(1, "EUR")}),
    ("tax.total.amount:20", tax(2000), tax(2001)),
    ("tax.total.amount:20", tax(20, digits=0), tax(20)),
    ("tax.total.amount:>20", tax(2001), tax(2000)),
    ("tax.total.amount:<20", tax(1999), tax(2000)),
    ("tax.total.amount:>=20", tax(2000), tax(1999)),
    ("tax.total.amount:<=20", tax(2000), tax(2001)),
    ("tax.total.amount:(>=10 AND <=20)", tax(1000), tax(999)),
    (
        "tax.total.amount:(>=10 AND <=20)",
        kept(tax={"total": {"amount": 15}}),
        kept(tax={"total": {"amount": 20.001}}) | tax(1500),
    ),
    (
        'created:(>="2021-05-18T07:27:27.455Z" AND <"2021-05-20T07:27:27.455Z")',
        {"createdAt": "2021-05-18T07:27:27.455Z"},
        {"createdAt": "2021-05-20T07:27:27.455Z"},
    ),
    (
        'created:<"2021-05-18T09:27:27+02:00"',
        {"createdAt": "2021-05-18T07:27:26.999Z"},
        {"createdAt": "2021-05-18T07:27:27.000Z"},
    ),
    (
        "customer.mixins.generalAttributes.invoiceNotDeliveryAddress:true",
        kept(customer={"mixins": {"generalAttributes": {"invoiceNotDeliveryAddress": True}}}),
        kept(customer={"mixins": {"generalAttributes": {"invoiceNotDeliveryAddress": False}}}),
    ),
    ("billingAddress.contactPhone:null", {"billingAddress": {"country": "DE"}}, {"billingAddress": {"phone": "1"}}),
    ("billingAddress.contactPhone:null", {}, {"billingAddress": {"mobile": "1"}}),
    ("mixins.mixinName:exists", kept(mixins={"mixinName": {}}), kept(mixins={"other": {}})),
    ("id:(order_id1,order_id2)", {"orderNumber": "order_id2", "id": "x"}, {"orderNumber": "x", "id": "order_id2"}),
    (
        "id:00000000-0000-4000-8000-000000000001",
        {"id": "00000000-0000-4000-8000-000000000001"},
        {"id": "00000000-0000-4000-8000-000000000001", "orderNumber": "N"},
    ),
    (
        "id:order_id1 status:COMPLETED",
        {"orderNumber": "order_id1", "orderState": "Complete"},
        {"orderNumber": "order_id1", "orderState": "Open"},
    ),
    # Those of clients.
    ("id:EON1007", {"orderNumber": "EON1007"}, {"orderNumber": "EON1008"}),
    ("status:COMPLETED", {"orderState": "Complete"}, {"orderState": "Confirmed"}),
    (
        "status:(SHIPPED OR CONFIRMED OR CREATED OR IN_CHECKOUT) restriction:SITE",
        {"orderState": "Confirmed", "shipmentState": "Delivered", "store": {"key": "SITE"}},
        {"orderState": "Cancelled", "store": {"key": "SITE"}},
    ),
    (
        "status:(SHIPPED OR CONFIRMED) restriction:SITE",
        {**OPEN, "orderState": "Confirmed", "emporix": {"restriction": "SITE"}},
        OPEN,
    ),
    # An empty text is none, and no store stands for it.
    ("restriction:exists", {"emporix": {"restriction": "DE"}}, {"store": {"key": "DE"}, "emporix": {"restriction": ""}}),
    ("restriction:null", {"store": {"key": "DE"}, "emporix": {"restriction": ""}}, {"store": {"key": "DE"}}),
    ("restriction:SITE", {"store": {"key": "SITE"}}, {"store": {"key": "SITE"}, "emporix": {"restriction": "DE"}}),
    (
        "entries.product.metadata.mixins.subscription:exists",
        kept(entries=[{}, {"product": {"metadata": {"mixins": {"subscription": "https://x"}}}}]),
        kept(entries=[{"product": {"metadata": {"mixins": {}}}}]),
    ),
    ("customer.email:a@b.c", {"customerEmail": "a@b.c"}, {"customerEmail": "a@b.cd"}),
    # Builders of queries over mixins.
    ("mixins.attrs.color:Blue", mixin(color="Blue"), mixin(color="blue")),
    ("mixins.attrs.qty:>20", mixin(qty=21), mixin(qty=20)),
    ("mixins.attrs.qty:>=10", mixin(qty=10), mixin(qty=9.5)),
    ("mixins.attrs.qty:2.5", mixin(qty=2.5), mixin(qty=2)),
    ("mixins.attrs.qty:(>=10 AND <=20)", mixin(qty=20), mixin(qty=21)),
    ("mixins.attrs.qty:(>=1.5 AND <=4.5)", mixin(qty=4.5), mixin(qty=4.6)),
    ("mixins.attrs.color:(Blue,Black)", mixin(color="Black"), mixin(color="Red")),
    ("mixins.attrs.color:~Bl", mixin(color="a Blue"), mixin(color="a blue")),
    ("mixins.attrs.color:~^Pa", mixin(color="Paper"), mixin(color="a Paper")),
    ("mixins.attrs.inStock:true", mixin(inStock=True), mixin(inStock=False)),
    ("mixins.attrs.inStock:false", mixin(inStock=False), mixin(inStock=0)),
    ("mixins.attrs.color:exists", mixin(color=""), mixin(size="")),
    ("mixins.attrs.color:missing", mixin(size=""), mixin(color="")),
    ("mixins.attrs:missing", {}, mixin()),
    ("mixins.attrs.color:Blue mixins.attrs.inStock:true", mixin(color="Blue", inStock=True), mixin(color="Blue")),
    (
        "customer.mixins.attrs.color:Blue",
        kept(customer={"mixins": {"attrs": {"color": "Blue"}}}),
        kept(mixins={"attrs": {"color": "Blue"}}),
    ),
    ("mixins.attrs.title.en:Sale", mixin(title={"en": "Sale"}), mixin(title={"de": "Sale"})),
    ("mixins.attrs.title.de:~ange", mixin(title={"de": "lange"}), mixin(title={"de": "kurz"})),
    ("mixins.attrs.title.en:~(AB CD)", mixin(title={"en": "xAB CDx"}), mixin(title={"en": "AB"})),
    ("mixins.attrs.code:(~AB CD)", mixin(code="AB CD"), mixin(code="ABCD")),
    ('mixins.attrs.size:"1000 GB"', mixin(size="1000 GB"), mixin(size="1000")),
    ('mixins.attrs.n:"5"', mixin(n="5"), mixin(n=5)),
    ("mixins.attrs.n:5", mixin(n="5"), mixin(n=6)),
    ("mixins.custom.note:x", {"custom": {"fields": {"note": "x"}}}, {"custom": {"fields": {"note": "y"}}}),
    ("mixins.generalAttributes.orderNumber:EON1", {"orderNumber": "EON1"}, {"orderNumber": "EON2"}),
    ("mixins.generalAttributes.extendedOrderStatus:05", {**OPEN, "paymentState": "Pending"}, OPEN),
    ("deliveryWindow.id:w1", kept(deliveryWindow={"id": "w1"}), kept(deliveryWindow={"id": "w2"})),
]
IDS = [f"{number}-{line[0][:40]}" for number, line in enumerate(LINES)]


@pytest.mark.parametrize(("q", "found", "other"), LINES, ids=IDS)
def test_a_line_finds_one_and_not_the_other(q: str, found: Any, other: Any) -> None:
    assert finds(q, found)
    assert not finds(q, other)


def line(**members: Any) -> dict[str, Any]:
    return {"lineItems": [{"quantity": 9}, {"quantity": 1, **members}]}


def item(**members: Any) -> dict[str, Any]:
    return {"customLineItems": [members]}


def parcel(**data: Any) -> dict[str, Any]:
    return {"shippingInfo": {"deliveries": [{"parcels": [{"createdAt": "2024-05-01T10:00:00.000Z", "trackingData": data}]}]}}


PRECISE = {"type": "highPrecision", "currencyCode": "EUR", "centAmount": 29412, "fractionDigits": 3, "preciseAmount": 294118}
PLACES: list[tuple[str, Any, Any]] = [
    ("entries.amount:1", line(), {"lineItems": [{"quantity": 2}]}),
    ("entries.product.sku:x", line(variant={"sku": "x"}), line(variant={"sku": "y"})),
    ("entries.product.sku:x", item(slug="x"), item(slug="y")),
    ("entries.product.id:p", line(productId="p", variant={"id": 1}), line(productId="p", variant={"id": 2})),
    ("entries.product.id:p--2", line(productId="p", variant={"id": 2}), line(productId="p", variant={"id": 1})),
    ("entries.product.productType:VARIANT", line(variant={"id": 3}), line(variant={"id": 1})),
    ("entries.product.localizedName.en:Mug", line(name={"en": "Mug"}), line(name={"de": "Mug"})),
    ("entries.price.originalAmount:294.118", line(price={"value": PRECISE}), line(price={"value": total(29412)})),
    ("entries.price.originalAmount:>=294.118", line(price={"value": total(29412)}), line(price={"value": total(29411)})),
    ("entries.tax.lines.rate:19", line(taxRate={"amount": 0.19}), line(taxRate={"amount": 19})),
    ("entries.tax.lines.inclusive:true", line(taxRate={"includedInPrice": True}), line(taxRate={"includedInPrice": False})),
    ("entries.id:missing", {"lineItems": []}, line(id="1")),
    ("entries.product.sku:missing", kept(entries=[{"id": "1"}]) | line(variant={"sku": "x"}), line(variant={"sku": "x"})),
    ("shipments.trackingNumber:T", parcel(trackingId="T"), parcel(trackingId="U")),
    ("shipments.carrier:DHL", parcel(carrier="DHL"), parcel(carrier="UPS", provider="DHL")),
    ("shipments:exists", parcel(), {"shippingInfo": {"deliveries": []}}),
    ("siteCode:berlin", {"store": {"key": "berlin"}}, {"store": {"key": "paris"}, "emporix": {"siteCode": "berlin"}}),
    ("siteCode:GrossSite", kept(siteCode="GrossSite"), {}),
    ("legalEntityId:le-1", {"businessUnit": {"key": "le-1"}}, {"businessUnit": {"key": "le-2"}}),
    ("legalEntityId:le-1", kept(legalEntityId="le-1"), {"businessUnit": {"key": "x"}, "emporix": {"legalEntityId": "le-1"}}),
    ("checkout:true", {"cart": {"id": "c"}}, {}),
    ("checkout:false", {}, {"cart": {"id": "c"}}),
    ("checkout:true", kept(checkout=True), {"cart": {"id": "c"}, "emporix": {"checkout": False}}),
    ("totalPrice:12.5", {"totalPrice": total(1250)}, {"totalPrice": total(1251)}),
    ("totalPrice:812.79", kept(totalPrice=812.79) | {"totalPrice": total(50183)}, {"totalPrice": total(50183)}),
    (
        "calculatedPrice.finalPrice.grossValue:501.829",
        kept(calculatedPrice={"finalPrice": {"grossValue": 501.829}}),
        {"taxedPrice": {"totalGross": total(50183)}},
    ),
    (
        "calculatedPrice.finalPrice.grossValue:5",
        {"taxedPrice": {"totalGross": total(500)}, "totalPrice": total(1)},
        {"totalPrice": total(1)},
    ),
    (
        "calculatedPrice.finalPrice.grossValue:5",
        {"totalPrice": total(500)},
        {"taxedPrice": {"totalGross": total(1)}, "totalPrice": total(500)},
    ),
    (
        'customer.name:"Ada King"',
        {"billingAddress": {"firstName": "Ada", "lastName": "King"}},
        {"billingAddress": {"lastName": "King"}},
    ),
    (
        'shippingAddress.contactName:"Ada de King"',
        {"shippingAddress": {"firstName": "Ada de", "lastName": "King"}},
        {"shippingAddress": {"firstName": "Ada", "lastName": "King"}},
    ),
    (
        "shippingAddress.contactName:King",
        {"shippingAddress": {"lastName": "King"}},
        {"shippingAddress": {"firstName": "A", "lastName": "King"}},
    ),
    ("customer.id:ANONYMOUS", kept(customer={"id": "ANONYMOUS"}), {}),
    ("shippingAddress:exists", {"shippingAddress": {"city": "B"}}, {}),
    ("metadata.version:3", {"version": 3}, {"version": 4}),
]


@pytest.mark.parametrize(("q", "found", "other"), PLACES, ids=[f"{number}-{each[0][:40]}" for number, each in enumerate(PLACES)])
def test_where_a_field_lives(q: str, found: Any, other: Any) -> None:
    assert finds(q, found)
    assert not finds(q, other)


def test_a_name_is_looked_for_in_the_languages_of_the_project() -> None:
    document = line(name={"de": "Becher"})
    assert finds("entries.product.name:Becher", document, "en", "de")
    assert not finds("entries.product.name:Becher", document, "en")
    assert finds("entries.product.name:exists", document)


def test_a_whole_order_is_found_by_what_it_is() -> None:
    made = order()
    for q in (
        "id:EON1200",
        "status:CREATED",
        "currency:EUR siteCode:berlin countryCode:DE",
        "totalPrice:56.95 tax.total.amount:5.14 shipping.total.amount:4.95",
        "entries.product.sku:(mug-blue,x) entries.product.sku:wrap",
        "entries.tax.lines.rate:7 tax.lines.rate:19",
        'shippingAddress.contactName:"Ada King" shippingAddress.zipCode:10115',
        f"customer.id:{DRAFT['customerId']} customer.lastName:King",
        "shipping.lines.code:Pickup shipments.trackingNumber:T-1",
    ):
        assert finds(q, made), q
    assert to_builtins(made)["orderNumber"] == "EON1200"


def plain_paths(place: Any) -> list[str]:
    """The paths into an order that a place looks at."""
    if isinstance(place, Plain | Amount | Percent | Localized):
        return [place.path]
    if isinstance(place, Names):
        return [place.first, place.last]
    if isinstance(place, First):
        return [path for each in place.places for path in plain_paths(each)]
    return []


@pytest.mark.parametrize("name", ["", *LISTS])
def test_every_place_is_one_of_an_order(name: str) -> None:
    sources = LISTS.get(name, (Source("", ROWS),))
    for source in sources:
        rows = {**source.rows, **ASKED_ONLY} if name == "entries" else source.rows
        for path in (path for place in rows.values() for path in plain_paths(place)):
            at: Place | None = root(Order)
            for step in filter(None, f"{source.path}.{path}".split(".")):
                at = at.field(step) if at is not None else None
            assert at is not None, (name, path)
