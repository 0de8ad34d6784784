"""A cart becomes an order: what is copied, and every reason not to."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.facts import (
    BERLIN,
    MUG,
    NET,
    PARCEL,
    REDUCED,
    SHIPPING_METHODS,
    STANDARD,
    STANDARD_SHIPPING,
    STICKER,
    VARIANTS,
    catalogue,
    eur,
    facts,
    price,
    uid,
)
from domain.facts import (
    BOOK as BOOK_VARIANT,
)
from domain.order.orders import BOOK, MUGS, WRAPPING, cart_of, create, knowing, placed, reason
from live import speccheck
from orderwright.domain.custom.addresses import Address
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.domain.order.resource import RESOURCE
from orderwright.domain.sale.bulk import without_bulk
from orderwright.domain.sale.discounts.portions import DiscountCodeInfo
from orderwright.domain.sale.lines.items import LineItemDraft
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.method import ZoneRate
from orderwright.domain.shop.store.model import StoreCountry
from orderwright.engine.facts import Catalogue
from orderwright.engine.json.codec import decode_body, encode, to_builtins
from orderwright.engine.model import KeyReference, Reference
from orderwright.engine.references import ResourceIdentifier, Wanted, wanted_by
from orderwright.errors import ApiError

# The top-level keys of the published example of an Order that apply to one without customer and business unit.
EXAMPLE_KEYS = {
    "type", "id", "version", "createdAt", "lastModifiedAt", "totalPrice", "orderState", "syncInfo", "returnInfo",
    "refusedGifts", "taxMode", "inventoryMode", "taxRoundingMode", "lineItems", "customLineItems", "discountCodes",
    "origin", "shipping", "shippingMode",
}  # fmt: skip


def asking(cart: Cart, **draft: Any) -> OrderFromCartDraft:
    return OrderFromCartDraft(**{"version": cart.version, "cart": ResourceIdentifier(id=cart.id), **draft})


def refusal(
    cart: Cart,
    rules: Catalogue | None = None,
    variants: tuple[VariantSnapshot, ...] = VARIANTS,
    store_key: str | None = None,
    **draft: Any,
) -> dict[str, Any]:
    """The error of an attempt to order, without its text."""
    with pytest.raises(ApiError) as caught:
        create(asking(cart, **draft), knowing(cart, rules, variants, store_key))
    return reason(caught.value)


def test_the_order_is_the_cart_at_that_moment() -> None:
    cart = cart_of()
    change = create(asking(cart, order_number="A/1 b"), knowing(cart))
    order = change.after
    assert order.total_price == eur(4493)
    # 19 % in 19.98 is 3.19, 7 % in 20.00 is 1.31, 19 % in 4.95 is 0.79.
    assert order.taxed_price is not None
    assert (order.taxed_price.total_net, order.taxed_price.total_gross) == (eur(3964), eur(4493))
    assert order.taxed_price.total_tax == eur(529)
    assert order.cart == Reference(type_id="cart", id=cart.id)
    assert order.line_items == cart.line_items
    assert order.shipping_info == cart.shipping_info
    assert order.shipping_address == order.billing_address == Address(country="DE", city="Berlin")
    assert (order.customer_email, order.locale, order.origin) == ("ada@example.com", "en", "Customer")
    assert (order.order_number, order.purchase_order_number, order.order_state) == ("A/1 b", "PO-cart", "Open")
    assert (order.shipment_state, order.payment_state, order.version) == (None, None, 1)
    assert order.id not in (cart.id, *(line.id for line in cart.line_items))
    states = [state.quantity for line in order.line_items for state in line.state]
    assert states == [2, 1]


def test_the_cart_is_ordered_in_the_same_write_and_one_message_tells_it() -> None:
    cart = cart_of()
    change = create(asking(cart), knowing(cart))
    (changed,) = change.changed
    assert (changed.type_id, changed.before, changed.after) == ("cart", cart, replace(cart, cart_state="Ordered"))
    assert RESOURCE.created is not None
    assert change.messages == ()
    told = to_builtins(RESOURCE.created(change.after))
    assert told == {"type": "OrderCreated", "order": to_builtins(change.after)}


def test_the_draft_sets_states_and_the_buyers_number() -> None:
    order = placed(order_state="Confirmed", shipment_state="Ready", payment_state="Paid", purchase_order_number="PO-9")
    assert (order.order_state, order.shipment_state, order.payment_state) == ("Confirmed", "Ready", "Paid")
    assert order.purchase_order_number == "PO-9"


def test_custom_lines_and_the_store_pass_over() -> None:
    cart = cart_of(custom_line_items=(WRAPPING,), store=ResourceIdentifier(key="berlin"), country="DE")
    order = create(asking(cart), knowing(cart, store_key="berlin")).after
    assert order.total_price == eur(4593)
    assert order.custom_line_items == cart.custom_line_items
    assert (order.store, order.country) == (KeyReference(type_id="store", key="berlin"), "DE")


@pytest.mark.parametrize("named", [{"cart": {"id": uid(100)}}, {"cart": {"typeId": "cart", "key": "basket"}}, {"id": uid(100)}])
def test_the_cart_is_named_by_id_by_key_or_the_old_way(named: dict[str, Any]) -> None:
    cart = cart_of()
    draft = decode_body(OrderFromCartDraft, msgspec.json.encode({"version": 3, **named}))
    assert cart.id == uid(100)
    assert Wanted("cart", *(("key", "basket") if "key" in str(named) else ("id", uid(100)))) in set(wanted_by(draft))
    assert create(draft, knowing(cart)).after.total_price == eur(4493)


def test_the_variants_of_the_lines_are_wanted_once_the_cart_is_there() -> None:
    cart = cart_of()
    found = {Wanted("type", "key", "gift"): None, Wanted("cart", "id", cart.id): cart}
    kinds = ("variant", "standalone-price")
    assert list(asking(cart).wants_on(found)) == [Wanted(kind, "sku", sku) for sku in ("mug-blue", "book") for kind in kinds]
    assert list(asking(cart).wants_on({})) == []


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ({"version": 3}, {"status": 400, "code": "RequiredField", "field": "cart"}),
        ({"version": 3, "id": uid(1), "cart": {"id": uid(1)}}, {"status": 400, "code": "InvalidInput"}),
    ],
)
def test_a_cart_must_be_named_in_one_way(draft: dict[str, Any], expected: dict[str, Any]) -> None:
    decoded = decode_body(OrderFromCartDraft, msgspec.json.encode(draft))
    with pytest.raises(ApiError) as caught:
        list(wanted_by(decoded))
    assert reason(caught.value) == expected


@pytest.mark.parametrize(
    "member",
    [
        {"custom": {"fields": {}}},
        {"state": {"typeId": "state"}},
        {"orderNumber": ""},
        {"orderNumber": "x" * 257},
        {"orderNumber": 7},
        {"orderState": "Shipped"},
        {"shipmentState": "Open"},
        {"paymentState": "Refunded"},
        {"version": 1.5},
        {"version": "3"},
        {"cart": {}},
        {"cart": {"id": "no-uuid"}},
        {"cart": {"id": uid(1), "key": "both"}},
    ],
)
def test_a_malformed_draft_is_refused(member: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as caught:
        decode_body(OrderFromCartDraft, msgspec.json.encode({"version": 3, "cart": {"key": "basket"}, **member}))
    assert (caught.value.code, next(iter(member)) in caught.value.fields["detailedErrorMessage"]) == ("InvalidJsonInput", True)


def test_an_absent_cart_is_no_reference() -> None:
    with pytest.raises(ApiError) as caught:
        create(OrderFromCartDraft(version=1, id=uid(8888)), facts())
    assert reason(caught.value) == {"status": 400, "code": "ReferencedResourceNotFound", "typeId": "cart", "id": uid(8888)}


def test_another_version_is_a_conflict_even_of_an_ordered_cart() -> None:
    expected = {"status": 409, "code": "ConcurrentModification", "currentVersion": 3}
    assert refusal(cart_of(), version=2) == expected
    assert refusal(replace(cart_of(), cart_state="Ordered"), version=2) == expected


@pytest.mark.parametrize(
    "cart",
    [
        replace(cart_of(), cart_state="Ordered"),
        replace(cart_of(), cart_state="Merged"),
        cart_of(line_items=()),
        cart_of(shipping_address=None, shipping_method=None),
        cart_of(shipping_address=None, shipping_method=None, tax_mode="Disabled"),
    ],
    ids=["ordered", "merged", "empty", "no address", "no address, no taxes"],
)
def test_a_cart_that_is_not_ready_is_refused(cart: Cart) -> None:
    assert refusal(cart) == {"status": 400, "code": "InvalidOperation"}


@pytest.mark.parametrize(
    "state", ["NotActive", "NotValid", "DoesNotMatchCart", "MaxApplicationReached", "ApplicationStoppedByPreviousDiscount"]
)
def test_a_code_that_does_not_apply_is_refused(state: Any) -> None:
    code = DiscountCodeInfo(discount_code=Reference(type_id="discount-code", id=uid(90)), state=state)
    # The code is not there any more.
    expected = {"status": 400, "code": "DiscountCodeNonApplicable", "discountCodeId": uid(90), "reason": "DoesNotExist"}
    assert refusal(replace(cart_of(), discount_codes=(code,))) == expected
    # Nor does one that did when the cart was last calculated, and has been deleted since.
    assert refusal(replace(cart_of(), discount_codes=(replace(code, state="MatchesCart"),))) == expected


def test_an_order_needs_no_shipping_method() -> None:
    assert placed(cart_of(shipping_method=None)).total_price == eur(3998)


def dearer(variant: VariantSnapshot, cents: int) -> VariantSnapshot:
    return replace(variant, variant=replace(variant.variant, prices=(price(777, eur(cents)),)))


def test_a_changed_price_names_its_lines() -> None:
    cart = cart_of()
    variants = (MUG, dearer(BOOK_VARIANT, 2001), STICKER)
    assert refusal(cart, variants=variants) == {
        "status": 400, "code": "PriceChanged", "lineItems": [cart.line_items[1].id], "shipping": False,
    }  # fmt: skip


def test_a_new_price_of_the_same_value_changes_nothing() -> None:
    cart = cart_of()
    order = create(asking(cart), knowing(cart, variants=(MUG, dearer(BOOK_VARIANT, 2000)))).after
    assert order.total_price == eur(4493)


def test_a_changed_tax_rate_changes_the_price() -> None:
    cart = cart_of()
    rates = tuple(replace(rate, amount=rate.amount + 1) for rate in REDUCED.rates)
    rules = catalogue(tax_categories=(STANDARD, replace(REDUCED, rates=rates), NET))
    assert refusal(cart, rules)["lineItems"] == [cart.line_items[1].id]


def test_a_changed_shipping_rate_changes_the_price() -> None:
    (europe, states) = STANDARD_SHIPPING.zone_rates
    dear = replace(europe, shipping_rates=tuple(replace(rate, price=eur(595)) for rate in europe.shipping_rates))
    rules = catalogue(shipping_methods=(replace(STANDARD_SHIPPING, zone_rates=(dear, states)),))
    assert refusal(cart_of(), rules) == {"status": 400, "code": "PriceChanged", "lineItems": [], "shipping": True}


def test_a_frozen_cart_keeps_its_prices() -> None:
    cart = replace(cart_of(), cart_state="Frozen")
    assert create(asking(cart), knowing(cart, variants=(dearer(MUG, 1), BOOK_VARIANT))).after.total_price == eur(4493)


def test_a_variant_without_a_price_has_none_to_be_ordered_at() -> None:
    bare = replace(BOOK_VARIANT, variant=replace(BOOK_VARIANT.variant, prices=()))
    assert refusal(cart_of(), variants=(MUG, bare)) == {
        "status": 400, "code": "MatchingPriceNotFound", "productId": uid(51), "variantId": 1, "currency": "EUR",
    }  # fmt: skip


def test_a_country_whose_rate_is_gone_is_named() -> None:
    rules = catalogue(tax_categories=(STANDARD, replace(REDUCED, rates=()), NET))
    assert refusal(cart_of(), rules) == {
        "status": 400, "code": "MissingTaxRateForCountry", "taxCategoryId": REDUCED.id, "country": "DE",
    }  # fmt: skip


def test_a_shipping_method_whose_predicate_fails_now_is_refused() -> None:
    cart = cart_of(country="DE", shipping_method=ResourceIdentifier(id=PARCEL.id))
    rules = catalogue(shipping_methods=(replace(PARCEL, predicate='country = "FR"'),))
    assert placed(cart).total_price == eur(4493)
    assert refusal(cart, rules) == {"status": 400, "code": "ShippingMethodDoesNotMatchCart"}


def test_a_shipping_method_may_be_retired_or_given_to_another_store_meanwhile() -> None:
    expected = {"status": 400, "code": "InvalidOperation"}
    for changed in (
        replace(STANDARD_SHIPPING, active=False),
        replace(STANDARD_SHIPPING, stores=(KeyReference(type_id="store", key="paris"),)),
        replace(STANDARD_SHIPPING, zone_rates=(ZoneRate(zone=STANDARD_SHIPPING.zone_rates[1].zone, shipping_rates=()),)),
    ):
        assert refusal(cart_of(), catalogue(shipping_methods=(changed,))) == expected


def test_a_deleted_shipping_method_is_taken_as_it_was() -> None:
    cart = cart_of()
    remaining = [method for method in SHIPPING_METHODS if method.id != STANDARD_SHIPPING.id]
    assert create(asking(cart), knowing(cart, catalogue(shipping_methods=remaining))).after.total_price == eur(4493)


def test_a_store_that_no_longer_sells_to_the_country_is_told() -> None:
    cart = cart_of(store=ResourceIdentifier(key="berlin"), country="DE")
    austrian = replace(BERLIN, countries=(StoreCountry(code="AT"),))
    rules = catalogue()
    rules = Catalogue(2, [*((kind, each) for kind in ("project", "tax-category", "zone", "shipping-method")
                            for each in rules.all(kind)), ("store", austrian)])  # fmt: skip
    assert refusal(cart, rules, store_key="berlin") == {
        "status": 400, "code": "CountryNotConfiguredInStore", "country": "DE", "storeCountries": ["AT"],
    }  # fmt: skip


def test_the_order_as_json() -> None:
    cart = cart_of(line_items=(MUGS, BOOK, LineItemDraft(sku="sticker")), custom_line_items=(WRAPPING,))
    order = placed(cart, order_number="A-1")
    served = msgspec.json.decode(encode(order))
    assert served.keys() >= EXAMPLE_KEYS
    assert (served["type"], served["returnInfo"], served["syncInfo"], served["refusedGifts"]) == ("Order", [], [], [])
    assert decode_body(Order, encode(order)) == order
    checker = speccheck()
    if checker is None:
        pytest.skip("the published specification is not in this checkout")
    assert checker.problems("Order", served) == []


def test_the_queried_copy_has_lost_the_bulk_and_nothing_else() -> None:
    order = placed()
    lean = to_builtins(without_bulk(order))
    whole = to_builtins(order)
    for line in whole["lineItems"]:
        for path in RESOURCE.bulk:
            *above, name = path.removeprefix("lineItems.").split(".")
            (line["variant"] if above == ["variant"] else line).pop(name, None)
    assert lean == whole
    first = to_builtins(order)["lineItems"][0]
    assert "prices" in first["variant"]
    assert {"taxRate", "taxedPrice"} <= first.keys()
    empty = replace(order, line_items=())
    assert without_bulk(empty) is empty


def test_the_declaration_names_what_the_engine_needs() -> None:
    order = placed(order_number="A-1")
    assert RESOURCE.all_claims(order) == {("orderNumber", "A-1")}
    assert RESOURCE.user_identifiers(order) == {"orderNumber": "A-1"}
    assert RESOURCE.deleted is not None
    assert to_builtins(RESOURCE.deleted(order)) == {"type": "OrderDeleted", "order": to_builtins(order)}
