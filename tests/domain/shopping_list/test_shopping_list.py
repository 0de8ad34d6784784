"""What is put on a shopping list and taken off it, by the shop of `facts.py`."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, made, not_made, refused, told
from domain.facts import LATER, MUG, NOW, RED_MUG, facts, uid
from orderwright.domain.cart.resource import RESOURCE as CART
from orderwright.domain.customer.resource import RESOURCE as CUSTOMER
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.sale.actions.shopping_lists import wanted_of_lists
from orderwright.domain.shopping_list.messages import ShoppingListLineItemAdded, ShoppingListLineItemRemoved
from orderwright.domain.shopping_list.model import ShoppingList, claims
from orderwright.domain.shopping_list.renewal import RenewProduct, renewal_actions
from orderwright.domain.shopping_list.resource import MINE, RESOURCE
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import DateTime

MUGS = {"sku": "mug-red", "quantity": 2, "key": "mugs"}
GIFT: dict[str, Any] = {"name": {"en": "A gift"}, "key": "gift"}
SLUG = {"en": "wishes", "de": "wuensche"}
DRAFT: dict[str, Any] = {"name": {"en": "Wishes"}, "slug": SLUG, "lineItems": [MUGS], "textLineItems": [GIFT]}
NOTE = {"type": {"key": "extra"}, "fields": {"note": "blue"}}


def wishes(**more: Any) -> ShoppingList:
    found: ShoppingList = made(RESOURCE, DRAFT | more)
    return found


def lines(shopping_list: ShoppingList) -> list[tuple[str, int | None, int]]:
    return [(line.name["en"], line.variant_id, line.quantity) for line in shopping_list.line_items]


def test_a_list_has_its_products_without_prices_and_its_texts() -> None:
    after = wishes(deleteDaysAfterLastModification=7)
    holds_to_specification("ShoppingList", after)
    (line,), (text,) = after.line_items, after.text_line_items
    assert (line.name, line.product_id, line.variant_id, line.quantity, line.published) == ({"en": "Mug"}, uid(50), 2, 2, True)
    assert (line.added_at, line.key, text.name, text.quantity) == (NOW, "mugs", {"en": "A gift"}, 1)
    assert after.delete_days_after_last_modification == 7
    assert sorted(claims(after)) == [("slug.de", "wuensche"), ("slug.en", "wishes")]


def test_who_names_no_variant_means_whichever_is_the_master() -> None:
    by_product = {"productId": uid(50)}
    both = wishes(lineItems=[by_product, {**by_product, "variantId": 1}])
    after = changed(RESOURCE, both, {"action": "addLineItem", **by_product})
    assert lines(after) == [("Mug", None, 2), ("Mug", 1, 1)]
    shown = with_products(after, facts())
    assert [line.variant and line.variant.sku for line in shown.line_items] == ["mug-blue", "mug-blue"]


def with_products(shopping_list: ShoppingList, known: Facts) -> ShoppingList:
    """The list with all that it may show of its products."""
    joined = RESOURCE.joined
    assert joined is not None
    found: ShoppingList = joined.shown(shopping_list, joined.members, known)
    return found


def test_the_same_variant_with_the_same_fields_is_one_line() -> None:
    again = {"action": "addLineItem", "sku": "mug-red", "quantity": 3}
    after, messages = told(RESOURCE, wishes(), again, {**again, "custom": NOTE})
    assert lines(after) == [("Mug", 2, 5), ("Mug", 2, 3)]
    assert messages == [ShoppingListLineItemAdded(line_item=line) for line in after.line_items]


def test_units_are_taken_off_until_none_is_left() -> None:
    of_mugs = {"action": "removeLineItem", "lineItemKey": "mugs"}
    after, messages = told(RESOURCE, wishes(), {**of_mugs, "quantity": 1})
    assert lines(after) == [("Mug", 2, 1)]
    (gone,) = messages
    assert isinstance(gone, ShoppingListLineItemRemoved) and gone.line_item.quantity == 2
    assert lines(changed(RESOURCE, wishes(), {**of_mugs, "quantity": 9})) == []
    assert lines(changed(RESOURCE, wishes(), of_mugs)) == []
    none, tells = told(RESOURCE, wishes(), {"action": "changeLineItemQuantity", "lineItemKey": "mugs", "quantity": 0})
    assert (lines(none), [type(each) for each in tells]) == ([], [ShoppingListLineItemRemoved])
    of_gift = {"action": "removeTextLineItem", "textLineItemKey": "gift"}
    assert changed(RESOURCE, wishes(), of_gift).text_line_items == ()
    refused("InvalidInput", RESOURCE, wishes(), {**of_gift, "quantity": 0})
    refused("InvalidField", RESOURCE, wishes(), {"action": "changeLineItemQuantity", "lineItemKey": "mugs", "quantity": -1})
    refused("InvalidField", RESOURCE, wishes(), {"action": "addLineItem", "sku": "book", "quantity": 0})


def test_an_order_names_every_item_once() -> None:
    two = wishes(lineItems=[MUGS, {"sku": "book"}], textLineItems=[GIFT, {"name": {"en": "Cards"}}])
    mugs, books = (line.id for line in two.line_items)
    gift, cards = (text.id for text in two.text_line_items)
    after = changed(
        RESOURCE,
        two,
        {"action": "changeLineItemsOrder", "lineItemOrder": [books, mugs]},
        {"action": "changeTextLineItemsOrder", "textLineItemOrder": [cards, gift]},
    )
    assert [line.id for line in after.line_items] == [books, mugs]
    assert [text.id for text in after.text_line_items] == [cards, gift]
    for wrong in ([mugs], [mugs, mugs], [mugs, books, books]):
        refused("InvalidOperation", RESOURCE, two, {"action": "changeLineItemsOrder", "lineItemOrder": wrong})


def test_a_list_belongs_to_a_customer_or_to_a_session() -> None:
    ada = made(CUSTOMER, {"email": "ada@example.com", "authenticationMode": "ExternalAuth"}, facts(first_id=70))
    known = facts(found=[(Wanted("customer", "id", uid(70)), ada)])
    hers = changed(RESOURCE, wishes(anonymousId="a-1"), {"action": "setCustomer", "customer": {"id": uid(70)}}, facts=known)
    assert (hers.customer.id, hers.anonymous_id) == (uid(70), None)
    refused("InvalidOperation", RESOURCE, hers, {"action": "setAnonymousId", "anonymousId": "a-2"})
    nobodys = changed(RESOURCE, hers, {"action": "setCustomer"}, {"action": "setAnonymousId", "anonymousId": "a-2"})
    assert (nobodys.customer, nobodys.anonymous_id) == (None, "a-2")
    not_made("InvalidOperation", RESOURCE, DRAFT | {"anonymousId": "a", "customer": {"id": uid(70)}}, known)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("InvalidField", {"sku": "nothing"}),
        ("ReferencedResourceNotFound", {"productId": uid(99)}),
        ("InvalidField", {"productId": uid(50), "variantId": 9}),
        ("RequiredField", {"quantity": 1}),
        ("DuplicateField", {"sku": "book", "key": "mugs"}),
    ],
)
def test_what_cannot_be_put_on_a_list(code: str, wrong: dict[str, Any]) -> None:
    refused(code, RESOURCE, wishes(), {"action": "addLineItem", **wrong})


def test_a_list_has_an_end() -> None:
    texts = [{"name": {"en": f"Text {number}"}} for number in range(100)]
    full = wishes(textLineItems=texts)
    assert len(full.text_line_items) == 100
    refused("InvalidOperation", RESOURCE, full, {"action": "addTextLineItem", "name": {"en": "One more"}})
    # 250 lines that differ by their notes.
    many = [{"sku": "book", "custom": {**NOTE, "fields": {"note": str(number)}}} for number in range(250)]
    assert len(wishes(lineItems=many).line_items) == 250
    not_made("InvalidOperation", RESOURCE, DRAFT | {"lineItems": [*many, MUGS]})


def test_an_owner_changes_neither_key_nor_slug_nor_whose_it_is() -> None:
    names = {action.__name__ for action in MINE.actions.types}
    assert not names & {"SetKey", "SetSlug", "SetCustomer", "SetAnonymousId", "SetStore"}
    assert len(names) == 19


def test_products_are_shown_as_they_are_today_and_left_out_when_they_are_gone() -> None:
    shown = with_products(wishes(lineItems=[MUGS, {"sku": "book"}]), facts(variants=[MUG, RED_MUG]))
    mug, book = shown.line_items
    assert mug.variant is not None and (mug.variant.sku, mug.product_slug) == ("mug-red", {"en": "mug"})
    assert (book.variant, book.product_slug) == (None, None)
    assert mug.variant.price is None


def test_a_cart_takes_the_products_of_a_list_at_its_own_prices() -> None:
    of_list = wishes(lineItems=[MUGS, {"sku": "book", "custom": NOTE}])
    known = facts(found=[(Wanted("shopping-list", "id", of_list.id), of_list)], now=LATER, first_id=2000)
    kinds = ("variant", "standalone-price", "inventory-entry")
    wanted = {(kind, product) for kind in kinds for product in (uid(50), uid(51))}
    assert {
        (each.type_id, each.value) for each in wanted_of_lists({Wanted("shopping-list", "id", of_list.id): of_list})
    } == wanted
    cart = made(CART, {"currency": "EUR", "lineItems": [{"sku": "mug-red", "quantity": 1}]})
    action = {"action": "addShoppingList", "shoppingList": {"typeId": "shopping-list", "id": of_list.id}}
    after = changed(CART, cart, action, facts=known)
    # 3 mugs at 9.99 and a book at 20.00.
    assert [(line.variant.sku, line.quantity) for line in after.line_items] == [("mug-red", 3), ("book", 1)]
    assert after.total_price.cent_amount == 3 * 999 + 2000
    assert after.line_items[1].custom.fields == {"note": "blue"}
    refused("ReferencedResourceNotFound", CART, cart, action)


def test_lines_follow_their_products() -> None:
    both = wishes(lineItems=[MUGS, {"sku": "book"}])
    cup = replace(RED_MUG, name={"en": "Cup"})

    def renewed(shopping_list: ShoppingList, *variants: VariantSnapshot, now: DateTime = NOW) -> ShoppingList:
        known = facts(variants=variants, now=now)
        after: ShoppingList = renewal_actions.apply(shopping_list, [RenewProduct(product=uid(50))], known).after
        return after

    named = renewed(both, MUG, cup)
    assert [line.name["en"] for line in named.line_items] == ["Cup", "Book"]
    gone = renewed(named, now=LATER)
    assert [(line.published, line.deactivated_at) for line in gone.line_items] == [(False, LATER), (True, None)]
    # It stays the time since when it can not be bought, until it can be again.
    assert renewed(gone, now=NOW) == gone
    assert renewed(gone, MUG, cup) == named
    without = renewed(named, MUG, now=LATER).line_items[0]
    assert (without.published, without.deactivated_at) == (True, LATER)
