"""The cart itself: setters, recalculation, closed carts, what an order compares, and replicas."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, taxed, total, update, wants
from domain.facts import (
    BOOK,
    LATER,
    MUG,
    PROJECT,
    STANDARD,
    STANDARD_SHIPPING,
    catalogue,
    eur,
    facts,
    price,
    uid,
)
from orderwright.domain.cart.messages import CartPurchaseOrderNumberSet
from orderwright.domain.cart.resource import RESOURCE
from orderwright.domain.order.model import Order
from orderwright.domain.order.replicate import ReplicaCartDraft, from_replica, replicating
from orderwright.domain.sale.lifecycle import ordered
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.refresh import price_changes, refreshed
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.steps import drained
from orderwright.errors import ApiError

DEARER_BOOK = replace(BOOK, variant=replace(BOOK.variant, prices=(price(599, eur(2500)),)), name={"en": "Tome"})
TAXED_LESS = replace(STANDARD, rates=tuple(replace(rate, id=uid(209)) for rate in STANDARD.rates))


def books() -> Cart:
    return create(
        lineItems=[{"sku": "mug-blue"}, {"sku": "book", "key": "book"}],
        shippingAddress={"country": "DE"},
        shippingMethod={"key": "standard"},
    )


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ({"action": "setKey", "key": "mine"}, "key", "mine"),
        ({"action": "setCustomerEmail", "email": "a@b.example"}, "customerEmail", "a@b.example"),
        ({"action": "setLocale", "locale": "de"}, "locale", "de"),
        ({"action": "setAnonymousId", "anonymousId": "session"}, "anonymousId", "session"),
        ({"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "PO"}, "purchaseOrderNumber", "PO"),
    ],
)
def test_setters_set_and_clear(action: dict[str, Any], field: str, value: str) -> None:
    cart = update(create(), action)
    assert body(cart)[field] == value
    assert field not in body(update(cart, {"action": action["action"]}))


def test_days_to_live_fall_back_to_the_projects() -> None:
    action = {"action": "setDeleteDaysAfterLastModification", "deleteDaysAfterLastModification": 3}
    cart = update(create(), action)
    assert cart.delete_days_after_last_modification == 3
    cleared = update(cart, {"action": "setDeleteDaysAfterLastModification"})
    assert cleared.delete_days_after_last_modification == PROJECT.carts.delete_days_after_last_modification == 30
    recurring = create(origin="RecurringOrder", deleteDaysAfterLastModification=5)
    assert update(recurring, action).delete_days_after_last_modification == 5


def test_a_locale_is_one_of_the_projects() -> None:
    with pytest.raises(ApiError) as caught:
        update(create(), {"action": "setLocale", "locale": "es"})
    assert (caught.value.code, caught.value.fields["allowedValues"]) == ("InvalidField", ["en", "de", "fr"])


def test_a_customers_cart_takes_no_anonymous_id() -> None:
    with pytest.raises(ApiError, match="belongs to a customer"):
        update(replace(create(), customer_id=uid(1)), {"action": "setAnonymousId", "anonymousId": "session"})


def test_the_purchase_order_number_tells() -> None:
    actions = [{"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "two"}]
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": 1, "actions": actions}))
    change = RESOURCE.actions.apply(create(purchaseOrderNumber="one"), decoded.actions, facts())
    assert change.messages == (CartPurchaseOrderNumberSet(purchase_order_number="two", old_purchase_order_number="one"),)


@pytest.mark.parametrize("state", ["Merged", "Ordered"])
def test_a_closed_cart_accepts_no_change(state: str) -> None:
    closed = replace(books(), cart_state=state)
    with pytest.raises(ApiError) as caught:
        update(closed, {"action": "setKey", "key": "mine"})
    assert (caught.value.code, state in caught.value.message) == ("InvalidOperation", True)


def test_an_ordered_cart_is_the_same_but_for_its_state() -> None:
    assert replace(ordered(books()), cart_state="Active") == books()
    assert ordered(books()).cart_state == "Ordered"


def test_nothing_moves_by_itself() -> None:
    cart = books()
    known = facts(catalogue(tax_categories=[TAXED_LESS]), variants=[DEARER_BOOK], now=LATER)
    assert update(cart, known=known) == cart


def test_recalculate_brings_prices_and_rates() -> None:
    cart = books()
    assert wants(cart, {"action": "recalculate"}) == [("sku", "mug-blue"), ("sku", "book")]
    after = update(cart, {"action": "recalculate"}, known=facts(variants=[MUG, DEARER_BOOK], now=LATER))
    # 25.00 / 1.07 = 23.36; the mug and shipping stay 8.39 and 4.16 net.
    assert (total(after), taxed(after)) == (999 + 2500 + 495, (839 + 2336 + 416, 160 + 164 + 79, 3994))
    book = after.line_items[1]
    assert (book.name, book.variant, book.last_modified_at) == ({"en": "Book"}, BOOK.variant, LATER)
    assert after.line_items[0] == cart.line_items[0]


def test_recalculate_brings_product_data_if_asked() -> None:
    action = {"action": "recalculate", "updateProductData": True}
    book = update(books(), action, known=facts(variants=[MUG, DEARER_BOOK])).line_items[1]
    assert (book.name, book.variant) == ({"en": "Tome"}, DEARER_BOOK.variant)
    assert update(books(), action, known=facts(variants=[])).line_items[1].name == {"en": "Book"}


def test_recalculate_without_a_price() -> None:
    free = replace(BOOK, variant=replace(BOOK.variant, prices=()))
    with pytest.raises(ApiError) as caught:
        update(books(), {"action": "recalculate"}, known=facts(variants=[MUG, free]))
    assert caught.value.code == "MatchingPriceNotFound"


def test_what_changed_since_a_cart_was_made() -> None:
    cart = books()

    def changes(known: Facts) -> tuple[list[str], bool, bool]:
        return price_changes(cart, refreshed(cart, known))

    assert changes(facts()) == ([], False, False)
    assert changes(facts(variants=[MUG, DEARER_BOOK])) == ([cart.line_items[1].id], False, False)
    retaxed = facts(catalogue(tax_categories=[TAXED_LESS, *catalogue().all("tax-category")[1:]]))
    assert changes(retaxed) == ([cart.line_items[0].id], True, False)
    free = replace(STANDARD_SHIPPING.zone_rates[0].shipping_rates[0], free_above=eur(100))
    cheaper = replace(STANDARD_SHIPPING, zone_rates=(replace(STANDARD_SHIPPING.zone_rates[0], shipping_rates=(free,)),))
    assert changes(facts(catalogue(shipping_methods=[cheaper]))) == ([], True, False)


def replica(source: Cart | Order, known: Facts | None = None) -> Cart:
    draft = ReplicaCartDraft(reference=Reference(type_id="cart", id=source.id), key="copy")
    return drained(replicating(source, draft, known or facts(first_id=3000, now=LATER)))


def test_a_replica_is_a_new_cart_at_the_prices_of_today() -> None:
    source = ordered(replace(books(), customer_email="a@b.example", locale="de", key="old", version=7))
    copy = replica(source, facts(variants=[MUG, DEARER_BOOK], first_id=3000, now=LATER))
    assert (copy.id, copy.key, copy.version, copy.cart_state, copy.created_at) == (uid(3000), "copy", 1, "Active", LATER)
    assert (copy.customer_email, copy.locale, copy.shipping_address) == ("a@b.example", "de", source.shipping_address)
    assert [line.id for line in copy.line_items] == [uid(3001), uid(3002)]
    assert [(line.quantity, line.key, line.added_at) for line in copy.line_items] == [(1, None, LATER), (1, "book", LATER)]
    assert (total(copy), copy.line_items[1].name) == (999 + 2500 + 495, {"en": "Tome"})
    assert copy.payment_info is None
    assert taxed(copy) == (839 + 2336 + 416, 160 + 164 + 79, 3994)


def test_a_replica_wants_the_variants_of_its_source() -> None:
    source = books()
    found = {Wanted("cart", "id", source.id): source}
    draft = ReplicaCartDraft(reference=Reference(type_id="cart", id=source.id))
    assert [wanted.value for wanted in draft.wants_on(found) if wanted.type_id == "variant"] == ["mug-blue", "book"]
    assert list(draft.wants_on({})) == []


def test_a_replica_names_a_cart_or_an_order() -> None:
    source = books()
    draft = ReplicaCartDraft(reference=Reference(type_id="cart", id=source.id))
    known = facts(found=[(Wanted("cart", "id", source.id), source)])
    assert total(drained(from_replica(draft, known))) == total(source)
    with pytest.raises(ApiError) as caught:
        drained(from_replica(draft, facts()))
    assert caught.value.code == "ReferencedResourceNotFound"
    with pytest.raises(ApiError) as caught:
        drained(from_replica(ReplicaCartDraft(reference=Reference(type_id="store", id=source.id)), known))
    assert caught.value.fields["allowedValues"] == ["cart", "order"]


def test_a_replica_without_an_address_has_no_shipping() -> None:
    # The method was taken when there was an address.
    source = replace(books(), shipping_address=None)
    assert replica(source).shipping_info is None


def test_a_replica_leaves_out_what_can_no_longer_be_bought() -> None:
    unpriced = replace(MUG, variant=replace(MUG.variant, prices=()))
    rules = catalogue(shipping_methods=[replace(STANDARD_SHIPPING, active=False)])
    copy = replica(books(), facts(rules, variants=[unpriced], first_id=3000))
    assert (copy.line_items, copy.shipping_info, total(copy)) == ((), None, 0)
    assert replica(books(), facts(catalogue(shipping_methods=[]), first_id=3000)).shipping_info is None


def test_a_replica_of_an_order() -> None:
    wrapping = {"name": {"en": "W"}, "slug": "wrap", "money": {"currencyCode": "EUR", "centAmount": 100}, "quantity": 2}
    cart = create(lineItems=[{"sku": "book"}], customLineItems=[{**wrapping, "taxCategory": {"key": "standard"}}])
    copied = {name: getattr(cart, name) for name in Cart.__struct_fields__ if name in Order.__struct_fields__}
    order = Order(**{**copied, "price_rounding_mode": "HalfDown"}, order_state="Complete")
    copy = replica(order)
    assert total(copy) == 2200
    assert (copy.price_rounding_mode, copy.delete_days_after_last_modification) == ("HalfDown", 30)
    assert copy.custom_line_items[0].id != cart.custom_line_items[0].id
