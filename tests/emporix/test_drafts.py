"""An order that is made in the second dialect: what both show of it, and that neither drifts from the other."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.facts import eur, facts
from domain.order.orders import ADA, KNOWN
from emporix.orders import finds
from emporix.schema import EXAMPLES, problems
from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.order.actions import actions
from orderwright.domain.order.kept import KeptOrder, in_force, kept, served, without_kept
from orderwright.domain.order.model import Order
from orderwright.domain.order.resource import RESOURCE
from orderwright.emporix.drafts import create, read_draft
from orderwright.emporix.keeping import OWNED
from orderwright.emporix.render import Beside, in_force_json, rendered, rendered_json
from orderwright.emporix.shown import SalesOrderShown
from orderwright.engine.json.codec import decode_body, encode, plain, to_builtins
from orderwright.errors import ApiError
from orderwright.http.mounts.refusal import body_of

EON1200 = EXAMPLES["EON1200"]
KNOWN_FACTS = facts(found=KNOWN)


def made(sent: dict[str, Any]) -> Order:
    """The order of a body, read back as it is stored."""
    order = create(read_draft(encode(sent)), facts(found=KNOWN)).after
    assert decode_body(KeptOrder, encode(order)) == order
    return order


def shown(order: Order) -> dict[str, Any]:
    found: dict[str, Any] = plain(encode(rendered(order, Beside(tenant="b2b2cstage"))))
    # Of the stored bytes only a part is read, and it is all that is shown.
    assert plain(encode(rendered_json(in_force_json(encode(order)), Beside(tenant="b2b2cstage")))) == found
    return found


def leaves(document: Any, path: str = "") -> dict[str, Any]:
    if isinstance(document, dict):
        return {key: value for name, member in document.items() for key, value in leaves(member, f"{path}.{name}").items()}
    if isinstance(document, list):
        return {key: value for place, one in enumerate(document) for key, value in leaves(one, f"{path}.{place}").items()}
    return {path: document}


ORDER = made(EON1200)
# What the server says, whatever was sent.
SERVERS = {".created", ".lastStatusChange", ".createdBy"}


def test_the_published_example_comes_back_with_every_figure_as_it_came() -> None:
    assert problems("salesOrderCreationDto", EON1200) == []
    sent, back = leaves(plain(encode(EON1200))), leaves(shown(ORDER))
    lost = {path: (value, back.get(path)) for path, value in sent.items() if path not in SERVERS and back.get(path) != value}
    assert lost == {}
    assert problems("salesOrder", shown(ORDER)) == []
    assert decode_body(SalesOrderShown, encode(shown(ORDER))).id == "EON1200"


@pytest.mark.parametrize("name", ["EON2076", "dynamicVariant"])
def test_what_the_other_examples_say_comes_back(name: str) -> None:
    body = EXAMPLES[name] | {"currency": "EUR"}
    assert problems("salesOrderCreationDto", body, lenient=True) == []
    found = shown(made(body))
    sent, back = leaves(plain(encode(body))), leaves(found)
    assert {path: value for path, value in sent.items() if path not in SERVERS and back.get(path) != value} == {}
    assert problems("salesOrder", found) == []
    assert decode_body(SalesOrderShown, encode(found)).currency == "EUR"


def test_what_a_creation_left_out_is_shown() -> None:
    # What the deprecated members of the same order say in the published example that was read.
    found, read = shown(made(EXAMPLES["EON2076"])), EXAMPLES["EON2076-read"]
    (entry,) = found["entries"]
    for name in ("unitPrice", "originalAmount", "originalPrice", "totalPrice", "totalDiscount", "tax", "type"):
        if name in read["entries"][0] and name != "tax":
            assert entry[name] == read["entries"][0][name], name
    assert entry["tax"]["lines"] == read["entries"][0]["tax"]["lines"]
    assert (found["subTotalPrice"], found["status"], found["shipping"]["total"]["amount"]) == (300, "IN_CHECKOUT", 39.2)


def high(precise: int, digits: int, cents: int) -> TypedMoney:
    return TypedMoney(
        type="highPrecision", currency_code="EUR", cent_amount=cents, fraction_digits=digits, precise_amount=precise
    )


def test_the_same_order_in_the_first_dialect() -> None:
    # 501.829 gross, 436.288 net, 65.541 tax in minor units.
    assert (ORDER.order_number, ORDER.order_state, ORDER.customer_email) == ("EON1200", "Open", "cartb2c.emporix@yopmail.com")
    assert ORDER.total_price == eur(50183)
    taxed = ORDER.taxed_price
    assert taxed is not None and taxed.total_tax is not None
    assert (taxed.total_net, taxed.total_gross, taxed.total_tax) == (eur(43629), eur(50183), eur(6554))
    # 154.741 - 144.618 at 7 %, of minor units 15474 - 14462; 347.088 - 291.67 at 19 %, 34709 - 29167.
    assert [(float(each.rate), each.amount) for each in taxed.tax_portions] == [(0.07, eur(1012)), (0.19, eur(5542))]
    phone, shirt, other, fees = ORDER.custom_line_items
    # Two at 350 less 97.69 and 280 are 336.606 gross, 282.862 net.
    assert (phone.money, phone.quantity, phone.total_price) == (eur(35000), 2, eur(33661))
    (portion,) = phone.discounted_price_per_quantity
    assert portion.discounted_price.value == high(168303, 3, 16830)
    assert phone.taxed_price is not None
    assert (phone.taxed_price.total_net, phone.taxed_price.total_gross) == (eur(28286), eur(33661))
    assert (shirt.money, shirt.total_price, shirt.slug) == (eur(1000), eur(881), "shirt--red")
    # 96.895 is half way between 96.89 and 96.90: the even one.
    assert other.total_price == eur(9690)
    # 49.037 of which 3.208 is tax.
    assert (fees.slug, fees.money, fees.total_price) == ("fees", high(49037, 3, 4904), eur(4904))
    info = ORDER.shipping_info
    assert info is not None and (info.shipping_method_name, info.price) == ("Pickup", eur(1048))
    address = ORDER.shipping_address
    assert address is not None
    assert (address.last_name, address.street_name, address.postal_code) == ("Dom", "Kochanowskiego", "44-122")
    assert (ORDER.store, ORDER.cart, ORDER.payment_info) == (None, None, None)


def test_what_is_sold_here_is_a_line_item() -> None:
    body = deepcopy(EON1200)
    body["entries"][1]["product"]["sku"] = "mug-blue"
    body["customer"]["id"] = ADA.id
    body["siteCode"] = "berlin"
    order = made(body)
    (line,) = order.line_items
    assert (line.variant.sku, line.name, line.total_price) == ("mug-blue", {"en": "shirt"}, eur(881))
    assert [item.slug for item in order.custom_line_items] == ["Mobile-Phone-s24-gross", "mobile-phone-s27-gross", "fees"]
    assert order.customer_id == ADA.id
    assert order.store is not None and order.store.key == "berlin"
    assert [entry["product"]["sku"] for entry in shown(order)["entries"]] == [each["product"]["sku"] for each in body["entries"]]


QUERIES = {
    "id:EON1200": True,
    "calculatedPrice.finalPrice.grossValue:501.829": True,
    "calculatedPrice.finalPrice.grossValue:501.83": False,
    "totalPrice:812.79": True,
    "totalAuthorizedAmount:534.829": True,
    "entries.calculatedPrice.finalPrice.grossValue:(>=339.9 AND <340)": True,
    "entries.externalDiscounts.id:buy-2-get-1-free": True,
    "entries.product.mixins.productVariantAttributes.color:red": True,
    "tax.total.amount:1.9": True,
    "siteCode:GrossSite": True,
    "customer.id:45620894 customer.firstName:John": True,
    "mixins.generalAttributes.customerFirstOrder:false": True,
    "mixins.payments.elements.fees.elements.taxCode:REDUCED": True,
    "shipping.lines.code:Pickup": True,
    "channel.name:~store": True,
    "billingAddress.city:Gliwice": True,
    "entries.product.sku:mug-blue": False,
}


@pytest.mark.parametrize("q", QUERIES)
def test_it_is_found_by_what_came(q: str) -> None:
    assert finds(q, ORDER) is QUERIES[q]


def test_what_the_order_owns_is_not_kept() -> None:
    keeps = kept(ORDER)
    assert keeps is not None
    paths = {path.lstrip(".") for path in leaves(keeps)}
    assert not {path for path in paths for owned in OWNED if path == owned or path.startswith(f"{owned}.")}
    assert "shippingAddress" not in keeps


def test_the_first_dialect_shows_nothing_of_it() -> None:
    body = encode(ORDER)
    assert plain(without_kept(body)) == {name: value for name, value in plain(body).items() if name != "emporix"}
    assert without_kept(encode(served(ORDER))) == encode(served(ORDER))
    assert b'"emporix"' not in encode(served(ORDER))
    # By its end it is told that there is something; the fingerprints are the last of it, and it is the last of the order.
    assert b'"@made":{' in body[-250:] and body.endswith(b'"}}}')
    assert RESOURCE.shown(body) == RESOURCE.embedded(body) == without_kept(body)
    assert RESOURCE.created is not None and b"mixins" not in encode(RESOURCE.created(ORDER))
    assert RESOURCE.deleted is not None and b"mixins" not in encode(RESOURCE.deleted(ORDER))


def acted(order: Order, *sent: dict[str, Any]) -> Order:
    update = decode_body(actions.update_type(), encode({"version": order.version, "actions": sent}))
    found: Order = RESOURCE.finish(actions.apply(order, update.actions, facts(found=KNOWN)).after, KNOWN_FACTS)
    return found


def test_an_action_of_the_first_dialect_leaves_alone_what_it_does_not_touch() -> None:
    after = acted(ORDER, {"action": "changeOrderState", "orderState": "Confirmed"})
    assert kept(after) == kept(ORDER)
    assert (shown(after)["status"], shown(after)["totalPrice"]) == ("CONFIRMED", 812.79)
    assert "extendedOrderStatus" not in shown(after)["mixins"]["generalAttributes"]


GATE = {"mixins": {"gate": {"code": "7"}}, "metadata": {"mixins": {"gate": "https://x.example/gate.json"}}}


def test_an_action_of_the_first_dialect_takes_along_what_is_true_no_longer() -> None:
    body = EON1200 | {"shippingAddress": EON1200["shippingAddress"] | GATE}
    order = made(body)
    assert shown(order)["shippingAddress"] == body["shippingAddress"]
    assert finds("shippingAddress.mixins.gate.code:7", order)
    after = acted(order, {"action": "setShippingAddress", "address": {"country": "DE", "city": "Berlin", "lastName": "X"}})
    assert shown(after)["shippingAddress"] == {"contactName": "X", "street": "", "zipCode": "", "city": "Berlin", "country": "DE"}
    assert not finds("shippingAddress.mixins.gate.code:7", after)
    renamed = acted(order, {"action": "setCustomerEmail", "email": "x@example.com"})
    assert shown(renamed)["customer"]["email"] == "x@example.com"
    assert shown(renamed)["customer"]["name"] == "Dom"  # as the address has it


def test_figures_that_are_true_no_longer_are_made_of_the_order() -> None:
    changed = in_force(replace(ORDER, total_price=eur(40000), taxed_price=None))
    found = shown(changed)
    assert (found["totalPrice"], found["calculatedPrice"]["finalPrice"]["grossValue"]) == (400, 400)
    assert [entry["product"]["sku"] for entry in found["entries"]][-1] == "fees"
    assert found["mixins"]["payments"] == EON1200["mixins"]["payments"]
    assert finds("totalPrice:400", changed) and not finds("totalPrice:812.79", changed)


@pytest.mark.parametrize(
    ("changed", "code", "detail"),
    [
        ({"entries": []}, "InvalidJsonInput", "entries"),
        ({"entries": [{}]}, "InvalidJsonInput", "entries -> amount"),
        ({"entries": [{"amount": -1}]}, "InvalidJsonInput", "entries -> amount"),
        ({"entries": [{"amount": 0}]}, "InvalidField", "quantity"),
        ({"customer": {"id": "1"}}, "InvalidJsonInput", "customer -> email"),
        ({"status": "OPEN"}, "InvalidJsonInput", "status"),
        ({"currency": "XXX"}, "InvalidField", "XXX"),
        ({"billingAddress": {"contactName": "x"}}, "InvalidJsonInput", "billingAddress"),
        ({"payments": [{"method": "x"}]}, "InvalidJsonInput", "payments"),
        ({"totalPrice": "1"}, "InvalidJsonInput", "totalPrice"),
        ({"orderType": "X"}, "InvalidJsonInput", "orderType"),
        ({"deliveryWindow": {"deliveryDate": "soon"}}, "InvalidJsonInput", "deliveryWindow -> deliveryDate"),
        ({"mixins": {"a": {}}}, "RequiredField", "metadata.mixins.a"),
        ({"mixins": {"a": 1}}, "InvalidJsonInput", "mixins"),
        ({"customer": {"email": "a@b.c", "mixins": {"a": {}}}}, "RequiredField", "customer.metadata.mixins.a"),
        ({"calculatedPrice": {"finalPrice": {"netValue": 1, "grossValue": 1e30, "taxValue": 0}}}, "MoneyOverflow", ""),
    ],
)
def test_what_is_refused(changed: dict[str, Any], code: str, detail: str) -> None:
    with pytest.raises(ApiError) as caught:
        made(EON1200 | changed)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert detail in str(body_of(caught.value))


@pytest.mark.parametrize(
    "member", ['"x":' + "9" * 401, '"x":1e999', '"x":"\\u0000"', '"x":"\\ud800"', '"x":' + "[" * 51 + "]" * 51], ids=range(5)
)
def test_what_cannot_be_kept_is_refused(member: str) -> None:
    body = encode(EON1200)[:-1] + f",{member}}}".encode()
    with pytest.raises(ApiError) as caught:
        read_draft(body)
    assert caught.value.code == "InvalidJsonInput"


def test_an_explicit_null_is_an_absent_member() -> None:
    assert finds("orderType:missing", made(EON1200 | {"orderType": None}))
    assert "orderType" not in shown(made(EON1200 | {"orderType": None}))


def test_a_whole_number_may_be_written_with_decimals() -> None:
    def read(entry: str) -> Any:
        return create(read_draft(b'{"currency":"EUR","entries":[%b]}' % entry.encode()), facts(found=KNOWN)).after

    order = read(
        '{"amount":2.0,"orderedAmount":2.00,"unitPrice":5.50,"product":{"published":true},"keepAsSeparateLineItem":false}'
    )
    (entry,) = shown(order)["entries"]
    assert (entry["product"]["published"], entry["keepAsSeparateLineItem"]) == (True, False)
    assert (order.custom_line_items[0].quantity, entry["amount"], entry["orderedAmount"]) == (2, 2, 2)
    assert (order.total_price, entry["unitPrice"]) == (eur(1100), 5.5)
    for refused in ("2.5", "1.0e999999", "-1.0", '"2.0"', "[2.0]", "2.0]", "9" * 500 + ".0", "[" * 100_000 + "1.0"):
        with pytest.raises(ApiError) as caught:
            read('{"amount":%s}' % refused)  # noqa: UP031 - braces of JSON
        assert (caught.value.status, caught.value.code) == (400, "InvalidJsonInput"), refused[:20]


def test_what_is_said_in_part_is_completed() -> None:
    """As the body of the published tutorial has it: what clients read of every order is there."""
    entry = {"amount": 1, "unitPrice": 5, "totalDiscount": {"currency": "EUR"}}
    totals: dict[str, Any] = {
        "shipping": {"total": {"currency": "EUR"}},
        "tax": {"lines": [{"amount": 1, "currency": "EUR", "rate": 19}]},
    }
    found = shown(made({"entries": [entry], "currency": "EUR", **totals}))
    assert found["entries"][0]["totalDiscount"] == {"amount": 0, "currency": "EUR"}
    assert found["shipping"] == {"total": {"amount": 0, "currency": "EUR"}}
    assert found["tax"] == {**totals["tax"], "total": {"amount": 0, "currency": "EUR", "inclusive": True}}
    for lines in ([], [{"amount": 2, "currency": "EUR"}]):
        (line,) = shown(made({"entries": [entry | {"tax": {"lines": lines}}], "currency": "EUR"}))["entries"][0]["tax"]["lines"]
        assert (line["rate"], line["inclusive"], line["amount"]) == (0, True, 2 if lines else 0)


@pytest.mark.parametrize(
    ("status", "sent", "back"),
    [
        ("CREATED", "10", "10"),
        ("CREATED", None, "10"),
        ("IN_CHECKOUT", "10", "05"),  # those that follow from the status follow from it
        ("COMPLETED", "10", None),
        ("CREATED", "15", "15"),  # another system's own
        ("COMPLETED", "50", "50"),
    ],
)
def test_the_code_of_an_extended_status(status: str, sent: str | None, back: str | None) -> None:
    mixins = {"generalAttributes": {"customerFirstOrder": False, **({"extendedOrderStatus": sent} if sent else {})}}
    order = made({**EON1200, "status": status, "mixins": mixins})
    general = shown(order)["mixins"]["generalAttributes"]
    assert (general.get("extendedOrderStatus"), general["customerFirstOrder"]) == (back, False)
    document = to_builtins(order)
    for code in ("05", "10", "15", "50"):
        assert finds(f"mixins.generalAttributes.extendedOrderStatus:{code}", document) is (code == back)
    assert (order.completed_at == KNOWN_FACTS.now) is (status == "COMPLETED")


def test_members_that_nobody_knows_are_kept() -> None:
    found = shown(made(EON1200 | {"future": {"a": [1.5, {"b": "c"}]}, "@made": {"figures": "x"}}))
    assert found["future"] == {"a": [1.5, {"b": "c"}]}
    assert not [name for name in found if name.startswith("@")]


def test_an_order_without_a_currency_has_that_of_the_project() -> None:
    assert shown(made({"entries": [{"amount": 1}]}))["currency"] == "EUR"


def test_names_of_people_come_back_as_they_were() -> None:
    for name in ("Dom", "John Dutton", "Anna de la Cruz", " x", "x ", "  ", "a  b", ""):
        body = EON1200 | {"billingAddress": EON1200["billingAddress"] | {"contactName": name}}
        assert shown(made(body))["billingAddress"]["contactName"] == name


AMOUNTS = st.decimals(0, 10**6, places=3).map(float)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """An order whose prices hold their taxes or not, with discounts and without."""
    rate = draw(st.sampled_from([0, 7, 19]))

    def figures() -> dict[str, Any]:
        return {
            "netValue": draw(AMOUNTS),
            "grossValue": draw(AMOUNTS),
            "taxValue": draw(AMOUNTS),
            "taxCode": "T",
            "taxRate": rate,
        }

    entries = [
        {
            "id": f"e{number}",
            "amount": draw(st.integers(1, 5)),
            "product": {"sku": draw(st.sampled_from(["mug-blue", "book", "unknown"]))},
            "calculatedUnitPrice": figures(),
            "calculatedPrice": {"finalPrice": figures()} | ({"discountedPrice": figures()} if draw(st.booleans()) else {}),
            "tax": {"lines": [{"amount": 1, "rate": rate, "inclusive": draw(st.booleans())}]},
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    extra = {"calculatedPrice": {"finalPrice": figures()}} if draw(st.booleans()) else {"totalPrice": draw(AMOUNTS)}
    return {"currency": "EUR", "countryCode": "DE", "customer": {"email": "a@b.c"}, "entries": entries, **extra}


CHANGES: list[dict[str, Any]] = [
    {"action": "changeOrderState", "orderState": "Cancelled"},
    {"action": "changeShipmentState", "shipmentState": "Shipped"},
    {"action": "setCustomerEmail", "email": "new@example.com"},
    {"action": "setShippingAddress", "address": {"country": "FR", "city": "Paris"}},
    {"action": "setOrderNumber", "orderNumber": "N-2"},
]


@settings(max_examples=60, deadline=None)
@given(bodies(), st.lists(st.sampled_from(CHANGES), max_size=3, unique_by=lambda each: str(each["action"])))
def test_the_two_never_drift(body: dict[str, Any], changes: list[dict[str, Any]]) -> None:
    order = acted(made(body), *changes) if changes else made(body)
    found = shown(order)
    # What one says in minor units is what the other says, to half of one.
    total = found["calculatedPrice"]["finalPrice"]
    inclusive = all(entry["tax"]["lines"][0]["inclusive"] for entry in body["entries"])
    said = total["grossValue" if inclusive else "netValue"] if "calculatedPrice" in body else found["totalPrice"]
    assert abs(round(said * 1000) - order.total_price.cent_amount * 10) <= 5
    lines, items = iter(order.line_items), iter(order.custom_line_items)
    for entry in found["entries"]:
        item: Any = next(lines) if entry["product"]["sku"] in ("mug-blue", "book") else next(items)
        paid = entry["calculatedPrice"].get("discountedPrice") or entry["calculatedPrice"]["finalPrice"]
        assert entry["amount"] == item.quantity
        own = entry["tax"]["lines"][0]["inclusive"]
        assert abs(round(paid["grossValue" if own else "netValue"] * 1000) - item.total_price.cent_amount * 10) <= 5
    # What both may change is the order's.
    assert found["status"] == ("DECLINED" if order.order_state == "Cancelled" else "CREATED")
    assert found["customer"]["email"] == order.customer_email
    assert found["id"] == (order.order_number or order.id)
    assert found.get("shippingAddress", {}).get("city") == (order.shipping_address and order.shipping_address.city)
    # What is stored is what is in force: nothing is hidden only where it is shown.
    assert in_force(order) == order
    assert finds(f"customer.email:{order.customer_email}", to_builtins(order))
