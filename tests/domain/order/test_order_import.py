"""An order that was made elsewhere: what it says is kept, what it names must be here."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.facts import BERLIN, MUG, NOW, PROJECT, STANDARD, STANDARD_SHIPPING, eur, facts, uid
from domain.order.orders import ADA, BEGUN, BORN, GONE, KIOSK, KNOWN, NEW, PAYMENT, PICKED, VIP, WAREHOUSE, reason
from live import speccheck
from orderwright.domain.goods.inventory.model import ENTRY, FURTHEST, InventoryEntry
from orderwright.domain.order.importing.create import create_imported
from orderwright.domain.order.importing.drafts import OrderImportDraft
from orderwright.domain.order.model import Order
from orderwright.domain.order.resource import IMPORTED
from orderwright.engine.actions import Change
from orderwright.engine.facts import Catalogue
from orderwright.engine.json.codec import decode_body, encode, to_builtins
from orderwright.engine.model import KeyReference, Reference
from orderwright.engine.references import Wanted, wanted_by
from orderwright.engine.unit.effects import TakeStock
from orderwright.errors import ApiError


def cents(amount: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "centAmount": amount}


MUGS: dict[str, Any] = {"name": {"en": "Old mug"}, "variant": {"sku": "mug-blue"}, "quantity": 2, "price": {"value": cents(500)}}
WRAP: dict[str, Any] = {"name": {"en": "Wrapping"}, "slug": "wrap", "quantity": 1, "money": cents(4200)}
VAT = {"name": "19% MwSt", "amount": 0.19, "includedInPrice": True, "country": "DE"}
PARCEL: dict[str, Any] = {"shippingMethodName": "Parcel", "price": cents(495), "shippingRate": {"price": cents(495)}}
NOT_ALLOWED = {"status": 400, "code": "InvalidOperation"}


def imported(rules: Catalogue | None = None, more: Iterable[tuple[Wanted, Any]] = (), **draft: Any) -> Change[Order]:
    """The order of a draft with a wrapping, decoded as a request's is, and read back as it is stored."""
    sent = {"totalPrice": cents(4200), "customLineItems": [WRAP], **draft}
    decoded = decode_body(OrderImportDraft, encode(sent))
    list(wanted_by(decoded))  # which looks at every typeId
    change = create_imported(decoded, facts(rules, found=[*KNOWN, *more]))
    assert decode_body(Order, encode(change.after)) == change.after
    checker = speccheck()
    if checker is not None:
        assert checker.problems("Order", msgspec.json.decode(encode(change.after))) == []
    return change


def refused(rules: Catalogue | None = None, more: Iterable[tuple[Wanted, Any]] = (), **draft: Any) -> dict[str, Any]:
    with pytest.raises(ApiError) as caught:
        imported(rules, more, **draft)
    return reason(caught.value)


def test_the_published_example() -> None:
    order = imported(orderNumber="100000001").after
    assert (order.order_number, order.total_price, order.order_state, order.origin) == (
        "100000001",
        eur(4200),
        "Open",
        "Customer",
    )
    assert (order.tax_mode, order.tax_rounding_mode, order.tax_calculation_mode) == ("External", "HalfEven", "LineItemLevel")
    assert (order.price_rounding_mode, order.inventory_mode, order.shipping_mode) == ("HalfEven", "None", "Single")
    (item,) = order.custom_line_items
    assert (item.total_price, item.price_mode, item.taxed_price) == (eur(4200), "Standard", None)
    assert [(part.quantity, part.state.id) for part in item.state] == [(1, BEGUN.id)]
    assert (order.taxed_price, order.shipping_info, order.cart) == (None, None, None)


def test_the_message_of_an_import() -> None:
    assert IMPORTED.created is not None
    change = imported()
    assert change.messages == ()
    assert to_builtins(IMPORTED.created(change.after)) == {"type": "OrderImported", "order": to_builtins(change.after)}


def test_the_total_is_as_it_says_and_the_lines_as_their_prices_make_them() -> None:
    order = imported(totalPrice=cents(1), lineItems=[{**MUGS, "taxRate": VAT}], customLineItems=[]).after
    (line,) = order.line_items
    assert (order.total_price, line.total_price, line.name) == (eur(1), eur(1000), {"en": "Old mug"})
    # 10.00 / 1.19 = 8.4033...
    assert line.taxed_price is not None
    assert (line.taxed_price.total_net, line.taxed_price.total_tax) == (eur(840), eur(160))
    # Rates on the items do not tax the order.
    assert order.taxed_price is None
    assert (line.product_id, line.product_key, line.variant.sku, line.variant.id) == (uid(50), "mug", "mug-blue", 1)
    assert (line.price_mode, line.line_item_mode, line.added_at, line.tax_rate and line.tax_rate.id) == (
        "Platform", "Standard", NOW, None,
    )  # fmt: skip


def test_prices_and_quantities_may_be_negative() -> None:
    given_back = {**MUGS, "quantity": -2}
    (line,) = imported(totalPrice=cents(-1000), lineItems=[given_back], customLineItems=[]).after.line_items
    assert (line.total_price, [part.quantity for part in line.state]) == (eur(-1000), [-2])
    (item,) = imported(customLineItems=[{**WRAP, "money": cents(-100), "quantity": 3}]).after.custom_line_items
    assert item.total_price == eur(-300)
    assert refused(lineItems=[{**MUGS, "quantity": 0}])["code"] == "InvalidField"


def test_the_taxed_price_is_as_given() -> None:
    portions = [{"rate": 0.19, "name": "MwSt", "amount": cents(7)}]
    taxed = {"totalNet": cents(100), "totalGross": cents(4200), "taxPortions": portions}
    order = imported(taxedPrice=taxed).after
    assert order.taxed_price is not None
    assert (order.taxed_price.total_net, order.taxed_price.total_gross, order.taxed_price.total_tax) == (
        eur(100),
        eur(4200),
        eur(4100),
    )
    assert [(str(part.rate), part.amount, part.name) for part in order.taxed_price.tax_portions] == [("0.19", eur(7), "MwSt")]
    with_tax = imported(taxedPrice={**taxed, "totalTax": cents(9)}).after.taxed_price
    assert with_tax is not None and with_tax.total_tax == eur(9)
    precise = {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": 31950, "fractionDigits": 4}
    rounded = imported(taxedPrice={**taxed, "totalTax": precise}).after.taxed_price
    assert rounded is not None and rounded.total_tax == eur(320)  # 3.195, whose half goes to the even cent
    other = {"currencyCode": "USD", "centAmount": 1}
    assert refused(taxedPrice={**taxed, "totalNet": other})["field"] == "taxedPrice.totalNet.currencyCode"
    wrong = [{**portions[0], "rate": 1.5}]
    assert refused(taxedPrice={**taxed, "taxPortions": wrong})["field"] == "taxedPrice.taxPortions.rate"


# Net and tax do not make gross, and neither follows from the rate.
ODD = {
    "totalNet": cents(1),
    "totalGross": cents(4200),
    "totalTax": cents(7),
    "taxPortions": [{"rate": 0.19, "name": "MwSt", "amount": cents(9)}],
}


def test_taxed_prices_of_items_and_shipping_are_stored_as_they_are() -> None:
    order = imported(
        lineItems=[{**MUGS, "taxRate": VAT, "taxedPrice": ODD}],
        customLineItems=[{**WRAP, "taxRate": VAT, "taxedPrice": ODD}],
        shippingInfo={**PARCEL, "taxedPrice": ODD},
    ).after
    assert order.shipping_info is not None
    items: tuple[Any, ...] = (*order.line_items, *order.custom_line_items, order.shipping_info)
    for item in items:
        price = item.taxed_price
        assert price is not None
        assert (price.total_net, price.total_gross, price.total_tax) == (eur(1), eur(4200), eur(7))
        assert [(str(part.rate), part.name, part.amount) for part in price.tax_portions] == [("0.19", "MwSt", eur(9))]
    assert order.taxed_shipping_price is not None
    assert order.taxed_shipping_price.total_tax == eur(7)
    assert (order.line_items[0].total_price, order.shipping_info.tax_rate) == (eur(1000), None)
    # As with rates, what items are taxed does not tax the order.
    assert order.taxed_price is None


def test_nothing_of_a_taxed_price_is_derived() -> None:
    little = {"totalNet": cents(800), "totalGross": cents(1000)}
    (line,) = imported(lineItems=[{**MUGS, "taxRate": VAT, "taxedPrice": little}]).after.line_items
    assert to_builtins(line.taxed_price) == {
        "totalNet": to_builtins(eur(800)),
        "totalGross": to_builtins(eur(1000)),
        "taxPortions": [],
    }


def test_the_taxed_price_of_a_line_needs_the_rate_and_the_orders_currency() -> None:
    without: list[dict[str, Any]] = [
        {"lineItems": [{**MUGS, "taxedPrice": ODD}]},
        {"customLineItems": [{**WRAP, "taxedPrice": ODD}]},
    ]
    for draft in without:
        error = refused(**draft)
        assert (error["code"], error["field"]) == ("RequiredField", "taxRate")
    dollars = {"currencyCode": "USD", "centAmount": 1}
    for member in ("totalNet", "totalGross", "totalTax"):
        error = refused(shippingInfo={**PARCEL, "taxedPrice": {**ODD, member: dollars}})
        assert (error["code"], error["field"]) == ("InvalidField", f"taxedPrice.{member}.currencyCode")


def test_an_imported_rate_says_whether_net_or_tax_is_rounded() -> None:
    # 2.99 / 1.04 = 2.875, and the tax is 0.115.
    one = {**MUGS, "quantity": 1, "price": {"value": cents(299)}}
    for target, net, tax in (("Net", 288, 11), ("Tax", 287, 12)):
        rate = {**VAT, "amount": 0.04, "taxRoundingTarget": target}
        (line,) = imported(lineItems=[{**one, "taxRate": rate}]).after.line_items
        assert line.taxed_price is not None and line.tax_rate is not None
        assert (line.taxed_price.total_net, line.taxed_price.total_tax) == (eur(net), eur(tax))
        assert line.tax_rate.tax_rounding_target == target


def test_a_rate_shows_that_it_has_no_sub_rates() -> None:
    shipped = {**PARCEL, "taxRate": VAT}
    order = to_builtins(imported(lineItems=[{**MUGS, "taxRate": VAT}], customLineItems=[], shippingInfo=shipped).after)
    assert (order["lineItems"][0]["taxRate"]["subRates"], order["shippingInfo"]["taxRate"]["subRates"]) == ([], [])


def test_completed_at_is_kept_and_dates_nothing_else() -> None:
    order = imported(completedAt="2001-02-03T04:05:06.000Z").after
    assert (order.completed_at, order.created_at, order.last_modified_at) == ("2001-02-03T04:05:06.000Z", NOW, NOW)


def test_an_order_of_nothing_is_refused() -> None:
    assert refused(customLineItems=[]) == {"status": 400, "code": "RequiredField", "field": "lineItems"}


def test_the_customer_and_her_group() -> None:
    order = imported(customerId=ADA.id).after
    assert (order.customer_id, order.customer_group) == (ADA.id, VIP)
    gold = Reference(type_id="customer-group", id=uid(79))
    known = [(Wanted("customer-group", "key", "gold"), replace(PAYMENT, id=gold.id))]
    assert imported(None, known, customerId=ADA.id, customerGroup={"key": "gold"}).after.customer_group == gold
    assert imported(customerEmail="who@ever").after.customer_email == "who@ever"
    absent = {"status": 400, "code": "ReferencedResourceNotFound", "typeId": "customer", "id": uid(4711)}
    assert refused(customerId=uid(4711)) == absent
    draft = decode_body(OrderImportDraft, encode({"totalPrice": cents(1), "customerId": ADA.id}))
    assert list(wanted_by(draft)) == [Wanted("customer", "id", ADA.id)]


def test_what_is_not_here_is_no_reference() -> None:
    absent: list[tuple[str, str, Any]] = [
        ("store", "store", {"key": "rome"}),
        ("businessUnit", "business-unit", {"key": "unit"}),
        ("state", "state", {"typeId": "state", "id": uid(4711)}),
        ("paymentInfo", "payment", {"payments": [{"typeId": "payment", "id": uid(4711)}]}),
    ]
    for field, type_id, value in absent:
        error = refused(None, (), **{field: value})
        assert (error["code"], error["typeId"]) == ("ReferencedResourceNotFound", type_id), field
    for wrong, path in (
        ({"paymentInfo": {"payments": [{"typeId": "cart", "id": uid(1)}]}}, "paymentInfo -> payments"),
        ({"state": {"typeId": "customer", "id": uid(1)}}, "state"),
        ({"customLineItems": [{**WRAP, "state": [{"quantity": 1, "state": {"typeId": "order", "id": uid(1)}}]}]},
         "customLineItems -> state -> state"),
    ):  # fmt: skip
        error = refused(None, (), **wrong)
        assert error["code"] == "InvalidJsonInput"
        assert error["detailedErrorMessage"].startswith(f"{path} -> typeId: Expected '")
    assert refused(paymentInfo={})["detailedErrorMessage"] == "paymentInfo -> payments: Missing required value"


def test_a_variant_by_its_id_needs_its_product_and_the_other_way_round() -> None:
    for variant, product, field in (
        ({"sku": "mug-blue", "id": 1}, {}, "productId"),
        ({"id": 1}, {}, "productId"),
        ({"sku": "mug-blue"}, {"productId": MUG.product_id}, "variant.id"),
        ({}, {}, "variant.sku"),
    ):
        error = refused(lineItems=[{**MUGS, "variant": variant, **product}])
        assert (error["code"], error["field"]) == ("RequiredField", field)
    both = imported(lineItems=[{**MUGS, "variant": {"sku": "mug-blue", "id": MUG.variant.id}, "productId": MUG.product_id}])
    assert both.after.line_items[0].variant.sku == "mug-blue"


def test_an_order_holds_500_lines_of_both_kinds_together() -> None:
    wraps = [{**WRAP, "slug": f"wrap-{number}"} for number in range(250)]
    assert len(imported(lineItems=[MUGS] * 250, customLineItems=wraps).after.line_items) == 250
    assert refused(lineItems=[MUGS] * 251, customLineItems=wraps) == NOT_ALLOWED


def test_payments_states_and_the_rest() -> None:
    payment = {"typeId": "payment", "id": PAYMENT.id}
    order = imported(
        paymentInfo={"payments": [payment, payment]},
        state={"typeId": "state", "id": GONE.id},
        orderState="Complete",
        shipmentState="Delivered",
        paymentState="Paid",
        origin="Merchant",
        country="DE",
        purchaseOrderNumber="PO-1",
        custom={"type": {"key": "extra"}, "fields": {"note": "old"}},
        billingAddress={"country": "DE"},
        shippingAddress={"country": "FR"},
    ).after
    assert [each.id for each in order.payment_info.payments] == [PAYMENT.id] if order.payment_info else False
    # Where the order stands in its workflow, the other system knows: any State of orders will do.
    assert (order.state and order.state.id, order.order_state, order.shipment_state) == (GONE.id, "Complete", "Delivered")
    assert (order.payment_state, order.origin, order.country, order.purchase_order_number) == ("Paid", "Merchant", "DE", "PO-1")
    assert order.custom is not None and order.custom.fields == {"note": "old"}
    assert refused(state={"typeId": "state", "id": PICKED.id}) == NOT_ALLOWED


def test_a_variant_is_named_by_sku_or_by_product_and_id() -> None:
    by_id = {**MUGS, "productId": uid(50), "variant": {"id": 2}}
    (line,) = imported(lineItems=[by_id], customLineItems=[]).after.line_items
    assert line.variant.sku == "mug-red"
    for variant, product, field in (({}, None, "variant.sku"), ({"id": 2}, None, "productId"), ({}, uid(50), "variant.id")):
        line_draft = {**MUGS, "variant": variant, **({"productId": product} if product else {})}
        assert refused(lineItems=[line_draft]) == {"status": 400, "code": "RequiredField", "field": field}
    assert refused(lineItems=[{**MUGS, "variant": {"sku": "spoon"}}])["field"] == "sku"
    assert refused(lineItems=[{**MUGS, "variant": {"id": 9}, "productId": uid(50)}])["field"] == "variantId"
    assert refused(lineItems=[{**MUGS, "variant": {"id": 1}, "productId": uid(4711)}])["code"] == "ReferencedResourceNotFound"


def test_a_variant_keeps_what_it_showed() -> None:
    shown = {
        "sku": "mug-blue",
        "prices": [{"value": cents(777)}],
        "attributes": [{"name": "era", "value": "early"}],
        "images": [{"url": "https://example.com/old.png", "dimensions": {"w": 1, "h": 1}}],
    }
    (line,) = imported(lineItems=[{**MUGS, "variant": shown}], customLineItems=[]).after.line_items
    variant = to_builtins(line.variant)
    assert [each["value"]["centAmount"] for each in variant["prices"]] == [777]
    assert (variant["attributes"], variant["images"]) == (shown["attributes"], shown["images"])
    twice = {**shown, "prices": [{"value": cents(1)}, {"value": cents(2)}]}
    assert refused(lineItems=[{**MUGS, "variant": twice}])["code"] == "DuplicatePriceScope"


def test_states_of_units_are_for_all_of_them() -> None:
    parts = [{"quantity": 1, "state": {"typeId": "state", "id": state.id}} for state in (BEGUN, PICKED)]
    (line,) = imported(lineItems=[{**MUGS, "state": parts}], customLineItems=[]).after.line_items
    assert [(part.quantity, part.state.id) for part in line.state] == [(1, BEGUN.id), (1, PICKED.id)]
    assert refused(lineItems=[{**MUGS, "state": parts[:1]}]) == NOT_ALLOWED
    assert refused(lineItems=[{**MUGS, "state": [{"quantity": 2, "state": {"typeId": "state", "id": NEW.id}}]}]) == NOT_ALLOWED


def test_keys_are_unique_and_currencies_one() -> None:
    keyed = {**MUGS, "key": "mugs"}
    assert refused(lineItems=[keyed, keyed])["code"] == "DuplicateField"
    assert refused(customLineItems=[{**WRAP, "key": "wrap"}, {**WRAP, "key": "wrap"}])["code"] == "DuplicateField"
    dollars = {"currencyCode": "USD", "centAmount": 1}
    assert refused(lineItems=[{**MUGS, "price": {"value": dollars}}])["field"] == "price.value.currencyCode"
    assert refused(customLineItems=[{**WRAP, "money": dollars}])["field"] == "money.currencyCode"
    fine = {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": 12345, "fractionDigits": 4}
    assert refused(totalPrice=fine)["field"] == "totalPrice.type"
    (item,) = imported(customLineItems=[{**WRAP, "quantity": 10, "money": fine}]).after.custom_line_items
    assert item.total_price == eur(1234)  # 10 x 1.2345 = 12.345, half to even


def test_items_go_to_the_orders_addresses() -> None:
    home = {"country": "DE", "key": "home"}
    details = {"targets": [{"addressKey": "home", "quantity": 1}]}
    order = imported(itemShippingAddresses=[home], customLineItems=[{**WRAP, "shippingDetails": details}]).after
    assert order.custom_line_items[0].shipping_details is not None and order.custom_line_items[0].shipping_details.valid
    assert refused(itemShippingAddresses=[home], lineItems=[{**MUGS, "shippingDetails": details}]) == {
        "status": 400, "code": "InvalidItemShippingDetails", "subject": "LineItem", "itemId": uid(1002),
    }  # fmt: skip
    assert refused(itemShippingAddresses=[{"country": "DE"}])["code"] == "RequiredField"


def test_shipping_is_as_it_says() -> None:
    item = {"id": uid(1), "quantity": 1}
    delivery = {"key": "first", "items": [item], "parcels": [{"key": "box", "items": [item]}], "address": {"country": "DE"}}
    method = {"typeId": "shipping-method", "key": "standard"}
    category = {"typeId": "tax-category", "key": "standard"}
    info = {**PARCEL, "taxRate": VAT, "taxCategory": category, "shippingMethod": method, "deliveries": [delivery]}
    order = imported(shippingInfo=info).after
    made = order.shipping_info
    assert made is not None and made.deliveries is not None and order.taxed_shipping_price is not None
    # 4.95 / 1.19 = 4.1596...
    assert (made.price, order.taxed_shipping_price.total_net, order.total_price) == (eur(495), eur(416), eur(4200))
    assert (made.shipping_method, made.shipping_method_state) == (
        Reference(type_id="shipping-method", id=STANDARD_SHIPPING.id), "MatchesCart",
    )  # fmt: skip
    assert made.tax_category == Reference(type_id="tax-category", id=STANDARD.id)
    # Its items have the ids that they had there.
    assert [(each.key, each.items[0].id, each.parcels[0].key) for each in made.deliveries] == [("first", uid(1), "box")]
    assert refused(shippingInfo={**PARCEL, "deliveries": [delivery, delivery]})["code"] == "DuplicateField"
    assert refused(shippingInfo={**PARCEL, "shippingMethod": {"key": "none"}})["code"] == "ReferencedResourceNotFound"
    dollars = {"currencyCode": "USD", "centAmount": 1}
    assert refused(shippingInfo={**PARCEL, "price": dollars})["field"] == "shippingInfo.price.currencyCode"


def test_a_discounted_shipping_is_taxed_as_it_was_paid() -> None:
    portion = {"discount": {"typeId": "cart-discount", "id": uid(5)}, "discountedAmount": cents(376)}
    discounted = {"value": cents(119), "includedDiscounts": [portion]}
    order = imported(shippingInfo={**PARCEL, "taxRate": VAT, "discountedPrice": discounted}).after
    assert order.taxed_shipping_price is not None and order.taxed_shipping_price.total_net == eur(100)
    assert order.shipping_info is not None and order.shipping_info.discounted_price is not None
    assert order.shipping_info.discounted_price.included_discounts[0].discounted_amount == eur(376)


def test_the_stores_country_and_channels() -> None:
    order = imported(store={"key": "berlin"}, country="DE").after
    assert order.store == KeyReference(type_id="store", key="berlin")
    foreign = refused(store={"key": "berlin"}, country="FR")
    assert (foreign["code"], foreign["storeCountries"]) == ("CountryNotConfiguredInStore", ["DE"])
    supplied = {**MUGS, "supplyChannel": {"id": WAREHOUSE.id}}
    assert imported(store={"key": "berlin"}, lineItems=[supplied]).after.line_items[0].supply_channel is not None
    elsewhere = replace(BERLIN, supply_channels=(Reference(type_id="channel", id=KIOSK.id),))
    rules = Catalogue(2, [("project", PROJECT), ("store", elsewhere)])
    assert refused(rules, store={"key": "berlin"}, lineItems=[supplied]) == NOT_ALLOWED
    unfit = {**MUGS, "distributionChannel": {"id": WAREHOUSE.id}}
    assert refused(lineItems=[unfit])["code"] == "MissingRoleOnChannel"


def stock(available: int) -> list[tuple[Wanted, Any]]:
    entry = InventoryEntry(id=uid(60), sku="mug-blue", quantity_on_stock=available, available_quantity=available, **BORN)
    return [(Wanted(ENTRY, "sku", "mug-blue"), (entry,))]


def taken(change: Change[Order]) -> list[tuple[Any, ...]]:
    return [(effect.entry, effect.pieces, effect.least) for effect in change.effects if isinstance(effect, TakeStock)]


def test_tracked_lines_take_off_the_stock() -> None:
    assert taken(imported(None, stock(5), lineItems=[MUGS])) == []
    tracked = imported(None, stock(1), lineItems=[MUGS], inventoryMode="TrackOnly")
    assert taken(tracked) == [(uid(60), 2, -FURTHEST)]
    own = {**MUGS, "inventoryMode": "ReserveOnOrder"}
    change = imported(None, stock(2), lineItems=[own])
    assert (taken(change), change.after.line_items[0].inventory_mode) == ([(uid(60), 2, 0)], "ReserveOnOrder")
    assert refused(None, stock(1), lineItems=[own])["skus"] == ["mug-blue"]
    assert refused(lineItems=[MUGS], inventoryMode="TrackOnly")["code"] == "OutOfStock"
    # No cart has kept anything for it, so that it takes what is available.
    assert taken(imported(None, stock(2), lineItems=[MUGS], inventoryMode="ReserveOnCart")) == [(uid(60), 2, 0)]
    assert refused(None, stock(1), lineItems=[MUGS], inventoryMode="ReserveOnCart")["skus"] == ["mug-blue"]
    draft = decode_body(OrderImportDraft, encode({"totalPrice": cents(1), "lineItems": [MUGS]}))
    assert list(wanted_by(draft)) == [Wanted("variant", "sku", "mug-blue"), Wanted(ENTRY, "sku", "mug-blue")]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", 1.5, -0.1])
def test_a_rate_is_a_share(amount: Any) -> None:
    code = refused(customLineItems=[{**WRAP, "taxRate": {**VAT, "amount": amount}}])["code"]
    assert code == ("InvalidJsonInput" if isinstance(amount, str) else "InvalidField")
