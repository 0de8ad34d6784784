"""An anonymous cart in the hands of a customer: handed over, or merged into her own."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create, taxed, total
from domain.customer.jane import JANE, VIP
from domain.facts import LATER, facts
from orderwright.domain.sale.model import Cart
from orderwright.domain.signing.hand_over import CARTS
from orderwright.domain.signing.merge import Merge, TakeOver, check_anonymous
from orderwright.engine.actions import Change
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError

BERLIN = {"country": "DE", "city": "Berlin"}


def hers(**draft: Any) -> Cart:
    return replace(create(facts(first_id=3000), **draft), customer_id=JANE.id)


def guests(**draft: Any) -> Cart:
    return create(facts(first_id=4000), anonymousId="guest", **draft)


def run(cart: Cart, action: Any, source: Cart | None = None) -> Change[Cart]:
    found: list[tuple[Wanted, Any]] = [(Wanted("customer", "id", JANE.id), JANE)]
    if source is not None:
        found.append((Wanted("cart", "id", source.id), source))
    return CARTS.actions.apply(cart, [action], facts(found=found, now=LATER))


def merged(cart: Cart, source: Cart) -> Change[Cart]:
    return run(cart, Merge(source=source.id, lines=source.line_items), source)


def quantities(cart: Cart) -> dict[str, int]:
    return {line.variant.sku or "": line.quantity for line in cart.line_items}


def test_lines_of_both_carts_stand_together_and_of_the_same_variant_the_larger_quantity_counts() -> None:
    own = hers(lineItems=[{"sku": "mug-blue", "quantity": 3}, {"sku": "book", "quantity": 1}])
    guest = guests(lineItems=[{"sku": "mug-blue", "quantity": 2}, {"sku": "book", "quantity": 4}, {"sku": "pencil"}])
    after = merged(own, guest).after
    assert quantities(after) == {"mug-blue": 3, "book": 4, "pencil": 1}
    # 3 mugs at 9.99, 4 books at 20.00, a pencil at 1.08.
    assert total(after) == 2997 + 8000 + 108
    assert [line.id for line in after.line_items[:2]] == [line.id for line in own.line_items]


def test_x45_of_three_and_seven_there_are_seven() -> None:
    own, guest = (make(lineItems=[{"sku": "mug-blue", "quantity": units}]) for make, units in ((hers, 3), (guests, 7)))
    after = merged(own, guest)
    assert (quantities(after.after), after.after.id, after.after.cart_state) == ({"mug-blue": 7}, own.id, "Active")
    assert after.changed[0].after.cart_state == "Merged"
    fewer = hers(lineItems=[{"sku": "mug-blue", "quantity": 7}])
    assert quantities(merged(fewer, guests(lineItems=[{"sku": "mug-blue", "quantity": 3}])).after) == {"mug-blue": 7}


def test_the_other_cart_is_closed_in_the_same_write_and_keeps_its_lines() -> None:
    guest = guests(lineItems=[{"sku": "book"}])
    (closed,) = merged(hers(), guest).changed
    assert (closed.type_id, closed.before, closed.after.cart_state) == ("cart", guest, "Merged")
    assert closed.after.line_items == guest.line_items


def test_custom_line_items_and_custom_fields_stay_behind() -> None:
    own = hers(lineItems=[{"sku": "book"}])
    extra = {"type": {"key": "extra"}, "fields": {"note": "guest's"}}
    item = {"name": {"en": "Wrap"}, "money": {"currencyCode": "EUR", "centAmount": 300}, "slug": "wrap"}
    guest = guests(
        lineItems=[{"sku": "book", "quantity": 2, "custom": extra}],
        customLineItems=[{**item, "taxCategory": {"key": "standard"}}],
        custom=extra,
    )
    after = merged(own, guest).after
    assert (after.custom, after.custom_line_items, after.line_items[0].custom) == (None, (), None)
    assert quantities(after) == {"book": 2}


def test_a_line_that_only_the_guest_had_keeps_its_own_custom_fields_and_its_key_if_it_is_free() -> None:
    extra = {"type": {"key": "extra"}, "fields": {"note": "please wrap"}}
    own = hers(lineItems=[{"sku": "book", "key": "first"}])
    lines = [{"sku": "pencil", "key": "first", "custom": extra}, {"sku": "mug-red", "key": "second"}]
    after = merged(own, guests(lineItems=lines)).after
    assert [(line.variant.sku, line.key) for line in after.line_items] == [
        ("book", "first"),
        ("pencil", None),
        ("mug-red", "second"),
    ]
    assert after.line_items[1].custom is not None
    assert after.line_items[1].custom.fields == {"note": "please wrap"}


def test_merged_lines_take_the_price_and_the_taxes_of_the_customers_cart() -> None:
    own = hers(country="FR", shippingAddress={"country": "FR"})
    guest = guests(country="DE", shippingAddress=BERLIN, lineItems=[{"sku": "mug-blue", "quantity": 2}])
    after = merged(own, guest).after
    # 10.49 in France, 20 % included: 20.98 gross is 17.48 net (17.4833...).
    assert taxed(after) == (1748, 350, 2098)


def test_what_is_no_longer_sold_is_not_merged() -> None:
    own, guest = hers(), guests(lineItems=[{"sku": "book"}])
    known = facts(variants=(), found=[(Wanted("cart", "id", guest.id), guest)])
    after = CARTS.actions.apply(own, [Merge(source=guest.id, lines=guest.line_items)], known).after
    assert after.line_items == ()


def test_a_closed_cart_is_not_merged() -> None:
    guest = replace(guests(lineItems=[{"sku": "book"}]), cart_state="Merged")
    with pytest.raises(ApiError, match="'Merged'") as refusal:
        merged(hers(), guest)
    assert refusal.value.code == "InvalidOperation"


def test_a_cart_of_another_stores_shipping_method_is_not_merged() -> None:
    own = guests(store={"key": "berlin"}, shippingAddress=BERLIN, lineItems=[{"sku": "book"}], shippingMethod={"key": "courier"})
    astray = replace(own, store=None)
    with pytest.raises(ApiError) as refusal:
        merged(hers(), astray)
    assert refusal.value.code == "InvalidOperation"


def test_a_cart_is_handed_over_with_the_customers_group_and_leaves_its_session() -> None:
    after = run(guests(lineItems=[{"sku": "book"}]), TakeOver(customer_id=JANE.id)).after
    assert (after.customer_id, after.customer_group, after.anonymous_id) == (JANE.id, VIP, None)
    assert body(after)["customerGroup"] == {"typeId": "customer-group", "id": VIP.id}


def test_a_closed_cart_changes_hands_as_it_is() -> None:
    ordered = replace(guests(lineItems=[{"sku": "book"}]), cart_state="Ordered")
    after = run(ordered, TakeOver(customer_id=JANE.id)).after
    assert after == replace(ordered, customer_id=JANE.id, customer_group=VIP, anonymous_id=None)


def test_only_the_sessions_own_cart_is_handed_over() -> None:
    check_anonymous(guests(), "guest")
    check_anonymous(guests(), None)
    for cart, session in ((guests(), "somebody"), (hers(), None), (create(), "guest")):
        with pytest.raises(ApiError) as refusal:
            check_anonymous(cart, session)
        assert refusal.value.code == "InvalidOperation"
