"""Line items and custom line items: adding, merging, changing, removing, and the prices they take."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, total, update, wants
from domain.facts import BOOK, LATER, MUG, NOW, RED_MUG, eur, facts, price, uid
from orderwright.domain.goods.product.variant import Attribute, ProductVariant, VariantSnapshot
from orderwright.domain.sale.lines.lines import MAX_LINES
from orderwright.domain.sale.model import Cart
from orderwright.errors import ApiError

MUG_LINE = uid(1001)


def one_mug() -> Cart:
    return create(lineItems=[{"sku": "mug-blue", "key": "mug"}])


def refused(cart: Cart, **action: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        update(cart, action)
    assert caught.value.status == 400
    assert "action" in caught.value.fields
    return caught.value


def priced(snapshot: VariantSnapshot, cents: int) -> VariantSnapshot:
    """The variant at another price."""
    return replace(snapshot, variant=replace(snapshot.variant, prices=(price(599, eur(cents)),)))


def wrapping(**more: Any) -> dict[str, Any]:
    plain = {"name": {"en": "Wrapping"}, "slug": "wrap", "money": {"currencyCode": "EUR", "centAmount": 250}}
    return {**plain, "taxCategory": {"key": "standard"}, **more}


def test_a_line_is_a_copy_of_the_variant() -> None:
    line = body(one_mug())["lineItems"][0]
    assert (line["productId"], line["productKey"], line["name"]) == (uid(50), "mug", {"en": "Mug"})
    assert (line["productSlug"], line["variant"]["sku"]) == ({"en": "mug"}, "mug-blue")
    assert (line["priceMode"], line["lineItemMode"], line["addedAt"]) == ("Platform", "Standard", str(NOW))
    assert [part["quantity"] for part in line["state"]] == [1]
    assert line["state"][0]["state"]["typeId"] == "state"


def test_added_at_may_be_given() -> None:
    line = create(lineItems=[{"sku": "book", "addedAt": "2020-01-01T00:00:00Z"}]).line_items[0]
    assert line.added_at == "2020-01-01T00:00:00.000Z"


def test_the_products_attributes_stand_among_the_variants() -> None:
    inherited = (Attribute(name="brand", value="Us"), Attribute(name="colour", value="any"))
    cart = create(facts(variants=[replace(MUG, product_attributes=inherited)]), lineItems=[{"sku": "mug-blue"}])
    attributes = {attribute.name: attribute.value for attribute in cart.line_items[0].variant.attributes or ()}
    assert attributes == {"brand": "Us", "colour": "blue"}


@pytest.mark.parametrize(
    ("draft", "sku"),
    [
        ({"productId": uid(50)}, "mug-blue"),
        ({"productId": uid(50), "variantId": 2}, "mug-red"),
        ({"productId": uid(50), "variantId": 2, "sku": "mug-red"}, "mug-red"),
    ],
)
def test_a_variant_is_named_by_product_or_sku(draft: dict[str, Any], sku: str) -> None:
    assert create(lineItems=[draft]).line_items[0].variant.sku == sku


@pytest.mark.parametrize(
    ("draft", "code", "found"),
    [
        ({"productId": uid(99)}, "ReferencedResourceNotFound", ("id", uid(99))),
        ({"productId": uid(50), "variantId": 3}, "InvalidField", ("field", "variantId")),
        ({"productId": uid(51), "sku": "mug-red"}, "InvalidField", ("field", "sku")),
        ({"variantId": 1, "sku": "mug-red"}, "InvalidField", ("field", "variantId")),
    ],
)
def test_variants_that_do_not_exist(draft: dict[str, Any], code: str, found: tuple[str, str]) -> None:
    error = refused(create(), action="addLineItem", **draft)
    assert (error.code, error.fields[found[0]]) == (code, found[1])


def test_adding_a_variant_again_raises_its_line() -> None:
    cart = update(one_mug(), {"action": "addLineItem", "productId": uid(50), "quantity": 9})
    assert [(line.id, line.quantity, line.state[0].quantity) for line in cart.line_items] == [(MUG_LINE, 10, 10)]
    assert total(cart) == 8990
    other = update(cart, {"action": "addLineItem", "sku": "mug-red"})
    assert [line.quantity for line in other.line_items] == [10, 1]


def test_a_raised_line_keeps_its_key_or_takes_its_first() -> None:
    again = update(one_mug(), {"action": "addLineItem", "sku": "mug-blue", "key": "other"})
    assert [line.key for line in again.line_items] == ["mug"]
    unnamed = create(lineItems=[{"sku": "book"}])
    assert update(unnamed, {"action": "addLineItem", "sku": "book", "key": "book"}).line_items[0].key == "book"


def test_keys_are_unique() -> None:
    error = refused(one_mug(), action="addLineItem", sku="book", key="mug")
    assert (error.code, error.fields["duplicateValue"]) == ("DuplicateField", "mug")


def test_no_price_for_the_currency() -> None:
    error = refused(create(currency="USD", country="DE"), action="addLineItem", sku="book")
    assert error.code == "MatchingPriceNotFound"
    assert (error.fields["productId"], error.fields["variantId"], error.fields["currency"]) == (uid(51), 1, "USD")
    assert error.fields["country"] == "DE"


def test_standalone_prices_are_not_the_variants_own() -> None:
    with pytest.raises(ApiError, match="does not contain a price"):
        create(facts(variants=[replace(BOOK, price_mode="Standalone")]), lineItems=[{"sku": "book"}])


def test_quantities_stay_exact_and_amounts_within_64_bits() -> None:
    most = 2**53
    penny = facts(variants=[priced(BOOK, 1)])
    cart = create(penny, lineItems=[{"sku": "book", "quantity": most}])
    assert total(cart) == most
    with pytest.raises(ApiError) as caught:
        update(cart, {"action": "addLineItem", "sku": "book"}, known=penny)
    assert caught.value.fields["invalidValue"] == most + 1
    with pytest.raises(ApiError) as caught:
        create(lineItems=[{"sku": "book", "quantity": most}])
    assert caught.value.code == "MoneyOverflow"


def test_a_cart_holds_500_lines() -> None:
    def book(number: int) -> VariantSnapshot:
        return replace(BOOK, product_id=uid(number), variant=replace(BOOK.variant, sku=f"book-{number}"))

    known = facts(variants=[book(number) for number in range(5000, 5000 + MAX_LINES + 1)], first_id=10_000)
    lines = [{"sku": f"book-{number}"} for number in range(5000, 5000 + MAX_LINES)]
    cart = create(known, lineItems=lines)
    assert (len(cart.line_items), total(cart)) == (500, 500 * 2000)
    with pytest.raises(ApiError, match="at most 500"):
        update(cart, {"action": "addLineItem", "sku": "book-5500"}, known=known)
    with pytest.raises(ApiError, match="at most 500"):
        update(cart, {"action": "addCustomLineItem", **wrapping()}, known=known)
    assert update(cart, {"action": "addLineItem", "sku": "book-5000"}, known=known).line_items[0].quantity == 2


@pytest.mark.parametrize("name", [{"lineItemId": MUG_LINE}, {"lineItemKey": "mug"}])
def test_changing_a_quantity_takes_the_price_of_today(name: dict[str, str]) -> None:
    cart, action = one_mug(), {"action": "changeLineItemQuantity", **name, "quantity": 3}
    assert wants(cart, action) == [("sku", "mug-blue")]
    known = facts(variants=[priced(MUG, 500)], now=LATER)
    changed = update(cart, action, known=known).line_items[0]
    assert (changed.quantity, changed.total_price.cent_amount, changed.last_modified_at) == (3, 1500, LATER)
    assert changed.variant == cart.line_items[0].variant


def test_a_variant_that_is_gone_keeps_its_price_and_tiers() -> None:
    cart = update(
        one_mug(), {"action": "changeLineItemQuantity", "lineItemId": MUG_LINE, "quantity": 10}, known=facts(variants=[])
    )
    assert total(cart) == 8990


def test_a_sku_that_moved_to_another_variant_is_gone() -> None:
    moved = replace(RED_MUG, variant=replace(RED_MUG.variant, sku="mug-blue", prices=(price(1, eur(1)),)))
    action = {"action": "changeLineItemQuantity", "lineItemId": MUG_LINE, "quantity": 2}
    assert total(update(one_mug(), action, known=facts(variants=[moved]))) == 1998


def test_the_same_quantity_changes_nothing() -> None:
    cart = one_mug()
    action = {"action": "changeLineItemQuantity", "lineItemId": MUG_LINE, "quantity": 1}
    assert update(cart, action, known=facts(variants=[priced(MUG, 1)], now=LATER)) == cart


def test_quantity_zero_removes_and_less_is_refused() -> None:
    action: dict[str, Any] = {"action": "changeLineItemQuantity", "lineItemId": MUG_LINE}
    emptied = update(one_mug(), {**action, "quantity": 0})
    assert (emptied.line_items, total(emptied), emptied.total_line_item_quantity) == ((), 0, None)
    assert refused(one_mug(), **action, quantity=-1).fields["invalidValue"] == -1


def test_removing_units_and_lines() -> None:
    cart = create(lineItems=[{"sku": "mug-blue", "quantity": 11}, {"sku": "book"}])
    remove: dict[str, Any] = {"action": "removeLineItem", "lineItemId": MUG_LINE}
    assert wants(cart, remove) == []
    assert wants(cart, {**remove, "quantity": 2}) == [("sku", "mug-blue")]
    # Below ten mugs the tier no longer holds.
    assert total(update(cart, {**remove, "quantity": 2})) == 9 * 999 + 2000
    for none in (0, -1):
        assert refused(cart, **remove, quantity=none).code == "InvalidInput"
    for whole in (remove, {**remove, "quantity": 11}, {**remove, "quantity": 12}):
        assert [line.variant.sku for line in update(cart, whole).line_items] == ["book"]


@pytest.mark.parametrize(
    ("name", "code", "field"),
    [
        ({}, "RequiredField", "lineItemId"),
        ({"lineItemId": uid(77)}, "InvalidField", "lineItemId"),
        ({"lineItemKey": "nobody"}, "InvalidField", "lineItemKey"),
        ({"lineItemId": MUG_LINE, "lineItemKey": "mug"}, "InvalidInput", None),
    ],
)
def test_lines_must_be_named_once(name: dict[str, str], code: str, field: str | None) -> None:
    error = refused(one_mug(), action="removeLineItem", **name)
    assert (error.code, error.fields.get("field")) == (code, field)


def test_a_line_without_sku_is_read_by_its_product() -> None:
    nameless = replace(BOOK, variant=ProductVariant(id=1, prices=BOOK.variant.prices))
    cart = create(facts(variants=[nameless]), lineItems=[{"productId": uid(51)}])
    action = {"action": "changeLineItemQuantity", "lineItemId": cart.line_items[0].id, "quantity": 2}
    assert wants(cart, action) == [("product", uid(51))]
    assert total(update(cart, action, known=facts(variants=[priced(nameless, 1)]))) == 2


def test_lines_added_and_changed_in_one_request() -> None:
    cart = update(
        create(),
        {"action": "addLineItem", "sku": "book", "key": "book"},
        {"action": "changeLineItemQuantity", "lineItemKey": "book", "quantity": 3},
        {"action": "setShippingAddress", "address": {"country": "DE"}},
    )
    assert (total(cart), cart.line_items[0].tax_rate is not None) == (6000, True)


def test_custom_line_items_of_one_kind_are_one_item() -> None:
    cart = create(customLineItems=[wrapping(quantity=2)])
    again = update(cart, {"action": "addCustomLineItem", **wrapping(quantity=3)})
    assert [(item.quantity, item.state[0].quantity) for item in again.custom_line_items] == [(5, 5)]
    assert total(again) == 1250
    assert again.total_line_item_quantity is None


@pytest.mark.parametrize(
    "other",
    [
        {"name": {"en": "Paper"}},
        {"money": {"currencyCode": "EUR", "centAmount": 251}},
        {"taxCategory": {"key": "reduced"}},
        {"priceMode": "External"},
    ],
)
def test_a_slug_is_one_kind(other: dict[str, Any]) -> None:
    cart = create(customLineItems=[wrapping()])
    assert refused(cart, action="addCustomLineItem", **wrapping(**other)).code == "InvalidOperation"


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        ({"money": {"currencyCode": "USD", "centAmount": 1}}, "InvalidField", "money.currencyCode"),
        ({"money": {"currencyCode": "EUR"}}, "RequiredField", "money.centAmount"),
        ({"taxCategory": None}, "RequiredField", "taxCategory"),
        ({"quantity": 0}, "InvalidField", "quantity"),
    ],
)
def test_custom_line_items_that_are_refused(draft: dict[str, Any], code: str, field: str) -> None:
    error = refused(create(), action="addCustomLineItem", **wrapping(**draft))
    assert (error.code, error.fields["field"]) == (code, field)


def test_an_unknown_tax_category() -> None:
    error = refused(create(), action="addCustomLineItem", **wrapping(taxCategory={"key": "none"}))
    assert (error.code, error.fields["typeId"]) == ("ReferencedResourceNotFound", "tax-category")


def test_without_taxes_no_category_is_needed() -> None:
    assert total(create(customLineItems=[wrapping(taxCategory=None)], taxMode="Disabled")) == 250


def test_custom_line_items_change_and_go() -> None:
    cart = create(customLineItems=[wrapping(key="wrap")])
    named = {"customLineItemId": cart.custom_line_items[0].id}
    assert total(update(cart, {"action": "changeCustomLineItemQuantity", **named, "quantity": 4})) == 1000
    money = {"currencyCode": "EUR", "centAmount": -100}
    assert total(update(cart, {"action": "changeCustomLineItemMoney", "customLineItemKey": "wrap", "money": money})) == -100
    mode = update(cart, {"action": "changeCustomLineItemPriceMode", **named, "mode": "External"})
    assert mode.custom_line_items[0].price_mode == "External"
    for gone in (
        {"action": "changeCustomLineItemQuantity", **named, "quantity": 0},
        {"action": "removeCustomLineItem", **named},
        {"action": "removeCustomLineItem", "customLineItemKey": "wrap"},
    ):
        assert update(cart, gone).custom_line_items == ()
    assert refused(cart, action="changeCustomLineItemQuantity", **named, quantity=-1).code == "InvalidField"
    assert refused(cart, action="removeCustomLineItem").fields["field"] == "customLineItemId"
