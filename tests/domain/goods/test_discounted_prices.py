"""Product discounts in prices: of products in both descriptions, and of standalone prices."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, shown
from domain.facts import NOW, eur, uid
from domain.goods.discounting import decided, discount, drafted, euro_amount, renewed, shop_with, told
from domain.goods.shirts import DRAFT, euros, shirt
from orderwright.domain.amounts.money import Money
from orderwright.domain.goods.category.model import Category
from orderwright.domain.goods.price import Price, unit_price
from orderwright.domain.goods.product.messages import ProductPriceDiscountsSet, ProductPriceExternalDiscountSet
from orderwright.domain.goods.product.model import Product, variants_of
from orderwright.domain.goods.product.renewal import Renew
from orderwright.domain.goods.product.resource import RENEWAL, RESOURCE
from orderwright.domain.goods.product_discount.matching import ProductDiscountMatchQuery, QueryPrice, matching
from orderwright.domain.goods.standalone_price import resource as standalone
from orderwright.domain.goods.standalone_price.messages import StandalonePriceDiscountSet, StandalonePriceExternalDiscountSet
from orderwright.domain.shop.customer_group import CustomerGroup
from orderwright.engine.facts import Facts, UnreadError
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import QueueRenewals
from orderwright.errors import ApiError


def left(product: Product, *, staged: bool = True) -> list[list[int | None]]:
    """What each price of each variant is discounted to."""
    data = product.master_data.staged if staged else product.master_data.current
    return [[_left(price) for price in variant.prices or ()] for variant in data.all_variants]


def _left(price: Price) -> int | None:
    return price.discounted.value.cent_amount if price.discounted else None


def bought(facts: Facts, **changes: Any) -> Product:
    product: Product = drafted(RESOURCE, {**DRAFT, **changes}, facts).after
    return product


def code(facts: Facts, product: Product, *actions: dict[str, Any]) -> str:
    with pytest.raises(ApiError) as caught:
        decided(RESOURCE, product, facts, *actions)
    return caught.value.code


def test_a_new_product_has_its_discounts_at_once() -> None:
    facts = shop_with(discount(1))
    made = drafted(RESOURCE, DRAFT, facts)
    assert left(made.after) == left(made.after, staged=False) == [[900, 990], [1080]]
    (message,) = told(made, ProductPriceDiscountsSet)
    # Both descriptions are alike, so each price is told once.
    assert [(each.variant_id, each.sku, each.staged) for each in message.updated_prices] == [
        (1, "shirt-s", False),
        (1, "shirt-s", False),
        (2, "shirt-l", False),
    ]
    assert not made.after.master_data.has_staged_changes


def test_prices_follow_when_the_discount_comes_and_goes() -> None:
    product = shirt()
    plain = renewed(RENEWAL, product, shop_with(), Renew())
    assert plain.after == product and plain.change.is_bare
    sale = renewed(RENEWAL, product, shop_with(discount(1, value=euro_amount(100))), Renew())
    assert left(sale.after) == [[900, 1000], [1100]]
    again = renewed(RENEWAL, sale.after, shop_with(discount(1, value=euro_amount(100))), Renew())
    assert again.after == sale.after and again.change.is_bare
    over = renewed(RENEWAL, sale.after, shop_with(discount(1, isActive=False)), Renew())
    gone = renewed(RENEWAL, sale.after, shop_with(), Renew())
    assert over.after == gone.after == product
    (message,) = told(gone, ProductPriceDiscountsSet)
    assert [each.discounted for each in message.updated_prices] == [None, None, None]


def test_only_the_matching_prices_are_discounted() -> None:
    french = discount(1, predicate='country = "FR"', sortOrder="0.9", value=euro_amount(50))
    large = discount(2, predicate='variant.key = "large" and attributes.size = "l" and attributes.season = "2024"')
    assert left(bought(shop_with(french, large))) == [[None, 1050], [1080]]
    typed = discount(3, predicate=f'productType.key = "shirt" and productType.id = "{uid(90)}" and product.key = "shirt 1"')
    assert left(bought(shop_with(typed))) == [[900, 990], [1080]]


def test_a_price_of_a_customer_group_is_chosen_by_its_group() -> None:
    gold = CustomerGroup(id=uid(70), version=1, created_at=NOW, last_modified_at=NOW, name="Gold", key="gold")
    group = {"customerGroup": {"typeId": "customer-group", "id": uid(70)}}
    master = {"sku": "shirt-s", "prices": [euros(1000), euros(900, **group)]}
    for predicate in ('customerGroup.key = "gold"', f'customerGroup.id = "{uid(70)}"'):
        facts = shop_with(discount(1, predicate=predicate), beside=[("customer-group", gold)])
        # The default price is not touched, even for a member.
        assert left(bought(facts, masterVariant=master, variants=[])) == [[None, 810]]
    facts = shop_with(discount(1, predicate="customerGroup is not defined"), beside=[("customer-group", gold)])
    assert left(bought(facts, masterVariant=master, variants=[])) == [[900, None]]


def category(number: int, key: str, *above: int) -> Category:
    return Category(
        id=uid(number),
        version=1,
        created_at=NOW,
        last_modified_at=NOW,
        key=key,
        name={"en": key},
        slug={"en": key},
        order_hint="0.5",
        assets=(),
        stores=(),
        ancestors=tuple(Reference(type_id="category", id=uid(each)) for each in above),
    )


@pytest.mark.parametrize(
    ("predicate", "reads"),
    [
        ('categories.key = ("shirts")', True),
        ('categoriesWithAncestors.key contains "clothing"', True),
        (f'categoriesWithAncestors.id contains "{uid(61)}"', True),
        (f'categories.id contains "{uid(62)}"', False),
    ],
)
def test_categories_are_asked_for_as_far_as_predicates_name_them(predicate: str, *, reads: bool) -> None:
    above, own = category(61, "clothing"), category(62, "shirts", 61)
    product = _in_category(shirt(), own)
    facts = shop_with(
        discount(1, predicate=predicate), found=[(Wanted("category", "id", each.id), each) for each in (above, own)]
    )
    assert left(renewed(RENEWAL, product, facts, Renew()).after) == [[900, 990], [1080]]
    # Those that were not read are asked for, then those above them.
    for known, missing in (((), own), ((own,), above), ((own, above), None)):
        found = [(Wanted("category", "id", each.id), each) for each in known]
        wanted = _unread(product, shop_with(discount(1, predicate=predicate), found=found, tells=True))
        assert wanted == ((Wanted("category", "id", missing.id),) if reads and missing else ())


def _unread(product: Product, facts: Facts) -> tuple[Wanted, ...]:
    try:
        renewed(RENEWAL, product, facts, Renew())
    except UnreadError as error:
        return tuple(dict.fromkeys(error.wanted))
    return ()


def _in_category(product: Product, own: Category) -> Product:
    data = product.master_data
    current = replace(data.current, categories=(own.reference,))
    return replace(product, master_data=replace(data, current=current, staged=current))


EXTERNAL = {"value": {"type": "external"}}


def test_a_client_sets_an_external_discount() -> None:
    """X30: price 4000, set to 500. `value` stays; staged or both; one Message with the price's id."""
    outside = discount(1, **EXTERNAL)
    facts = shop_with(outside)
    product = bought(facts, masterVariant={"sku": "shirt-s", "prices": [euros(4000)]}, variants=[])
    assert left(product) == [[None]]
    (price,) = product.master_data.staged.master_variant.prices or ()
    to = {"value": {"currencyCode": "EUR", "centAmount": 500}, "discount": {"typeId": "product-discount", "id": outside.id}}
    action = {"action": "setDiscountedPrice", "priceId": price.id, "discounted": to}
    staged = decided(RESOURCE, product, facts, action)
    assert (left(staged.after), left(staged.after, staged=False)) == ([[500]], [[None]])
    assert staged.after.master_data.has_staged_changes
    both = decided(RESOURCE, product, facts, {**action, "staged": False})
    assert left(both.after) == left(both.after, staged=False) == [[500]]
    (message,) = both.change.messages
    assert isinstance(message, ProductPriceExternalDiscountSet) and message.price_id == price.id
    assert shown(both.after)["masterData"]["current"]["masterVariant"]["prices"][0]["value"]["centAmount"] == 4000
    # Another discount, however high, leaves alone what the client has said.
    kept = renewed(RENEWAL, both.after, shop_with(outside, discount(2, sortOrder="0.9")), Renew())
    assert left(kept.after) == [[500]]
    # It goes with the discount, and is told.
    gone = renewed(RENEWAL, both.after, shop_with(), Renew())
    assert left(gone.after) == [[None]] and len(told(gone, ProductPriceDiscountsSet)) == 1
    taken = decided(RESOURCE, both.after, facts, {"action": "setDiscountedPrice", "priceId": price.id, "staged": False})
    assert left(taken.after) == [[None]] and told(taken, ProductPriceDiscountsSet) == []


def test_what_can_not_be_set_as_an_external_discount() -> None:
    outside, elsewhere = discount(1, **EXTERNAL), discount(2, **EXTERNAL, predicate='sku = "other"', sortOrder="0.6")
    inside, idle = discount(3, sortOrder="0.1"), discount(4, **EXTERNAL, isActive=False, sortOrder="0.2")
    facts = shop_with(outside, elsewhere, inside, idle)
    product = bought(facts)
    (price, _) = product.master_data.staged.master_variant.prices or ()

    def draft(id: str, currency: str = "EUR") -> dict[str, Any]:
        return {"value": {"currencyCode": currency, "centAmount": 500}, "discount": {"typeId": "product-discount", "id": id}}

    def action(id: str, currency: str = "EUR") -> dict[str, Any]:
        return {"action": "setDiscountedPrice", "priceId": price.id, "discounted": draft(id, currency)}

    for wrong in (elsewhere, inside, idle):
        assert code(facts, product, action(wrong.id)) == "InvalidOperation"
        added = {"action": "addPrice", "variantId": 1, "price": euros(5, country="AT", discounted=draft(wrong.id))}
        assert code(facts, product, added) == "InvalidOperation"
    assert code(facts, product, action(outside.id, "USD")) == "InvalidField"
    assert code(facts, product, action(uid(999))) == "ReferencedResourceNotFound"
    added = {"action": "addPrice", "variantId": 1, "price": euros(5, country="AT", discounted=draft(outside.id))}
    assert left(decided(RESOURCE, product, facts, added).after) == [[900, 990, 500], [1080]]


def test_a_changed_price_keeps_no_stale_discount() -> None:
    facts = shop_with(discount(1))
    product = bought(facts)
    (price, _) = product.master_data.staged.master_variant.prices or ()
    after = decided(RESOURCE, product, facts, {"action": "changePrice", "priceId": price.id, "price": euros(2000)})
    assert (left(after.after), left(after.after, staged=False)) == ([[1800, 990], [1080]], [[900, 990], [1080]])
    (message,) = told(after, ProductPriceDiscountsSet)
    assert [(each.price_id, each.staged) for each in message.updated_prices] == [(price.id, True)]
    published = decided(RESOURCE, after.after, facts, {"action": "publish"})
    assert left(published.after, staged=False) == [[1800, 990], [1080]]
    assert told(published, ProductPriceDiscountsSet) == []


def test_tiers_count_where_no_discount_is() -> None:
    """X31: 100, from 2: 10, from 3: 1; and a discounted value, which hides them."""
    tiers = [{"minimumQuantity": 2, "value": euros(10)["value"]}, {"minimumQuantity": 3, "value": euros(1)["value"]}]
    master = {"sku": "shirt-s", "prices": [euros(100, tiers=tiers)]}

    def units(facts: Facts) -> list[int]:
        (price,) = bought(facts, masterVariant=master, variants=[]).master_data.current.master_variant.prices or ()
        return [unit_price(price, quantity).cent_amount for quantity in (1, 2, 3, 2)]

    assert units(shop_with()) == [100, 10, 1, 10]
    assert units(shop_with(discount(1, value=euro_amount(5)))) == [95, 95, 95, 95]


STANDALONE: dict[str, Any] = {"sku": "shirt-l", **euros(1200)}


def shelf(*discounts: Any, product: Product | None = None) -> Facts:
    """The shop in which the product of the SKU was read."""
    rows = () if product is None else [row.body for row in variants_of(product) if not row.staged]
    return shop_with(*discounts, found=[(Wanted("variant", "sku", row.variant.sku or ""), row) for row in rows])


def test_standalone_prices_follow_the_variant_of_their_sku() -> None:
    large = discount(1, predicate='variant.key = "large" and attributes.size = "l"')
    facts = shelf(large, product=shirt())
    made = drafted(standalone.RESOURCE, STANDALONE, facts)
    assert _left(made.after) == 1080
    (message,) = told(made, StandalonePriceDiscountSet)
    assert message.discounted == made.after.discounted
    again = renewed(standalone.RENEWAL, made.after, facts, standalone.Renew())
    assert again.change.is_bare and again.after == made.after
    gone = renewed(standalone.RENEWAL, made.after, shelf(product=shirt()), standalone.Renew())
    assert gone.after.discounted is None and [each.discounted for each in told(gone, StandalonePriceDiscountSet)] == [None]
    # A SKU that no variant has: there is nothing that a discount could ask.
    assert drafted(standalone.RESOURCE, STANDALONE, shelf(discount(1))).after.discounted is None


def test_what_is_prepared_for_a_standalone_price_is_discounted_too() -> None:
    facts = shelf(discount(1), product=shirt())
    price = drafted(standalone.RESOURCE, {**STANDALONE, "staged": {"value": euros(1000)["value"]}}, facts).after
    assert (_left(price), shown(price)["staged"]["discounted"]["value"]["centAmount"]) == (1080, 900)
    applied = decided(standalone.RESOURCE, price, facts, {"action": "applyStagedChanges"})
    assert (_left(applied.after), applied.after.value) == (900, eur(1000))


def test_a_client_sets_an_external_discount_of_a_standalone_price() -> None:
    outside = discount(1, **EXTERNAL)
    to = {"value": {"currencyCode": "EUR", "centAmount": 500}, "discount": {"typeId": "product-discount", "id": outside.id}}
    action = {"action": "setDiscountedPrice", "discounted": to}
    facts = shelf(outside, product=shirt())
    price = drafted(standalone.RESOURCE, STANDALONE, facts).after
    set_ = decided(standalone.RESOURCE, price, facts, action)
    assert _left(set_.after) == 500
    assert len(told(set_, StandalonePriceExternalDiscountSet)) == 1 and told(set_, StandalonePriceDiscountSet) == []
    assert _left(renewed(standalone.RENEWAL, set_.after, facts, standalone.Renew()).after) == 500
    assert renewed(standalone.RENEWAL, set_.after, shelf(product=shirt()), standalone.Renew()).after.discounted is None
    assert _left(drafted(standalone.RESOURCE, {**STANDALONE, "discounted": to}, facts).after) == 500
    # Without a current variant of the SKU there is none to set.
    for wrong in (shelf(outside), shelf(discount(1), product=shirt())):
        with pytest.raises(ApiError) as caught:
            decided(standalone.RESOURCE, price, wrong, action)
        assert caught.value.code == "InvalidOperation"


def test_standalone_prices_are_written_anew_where_their_variant_changes() -> None:
    facts = shop_with(discount(1))
    product = bought(facts)

    def queued(*actions: dict[str, Any], facts: Facts = facts) -> list[tuple[str, tuple[str, ...]]]:
        effects = decided(RESOURCE, product, facts, *actions).change.effects
        return [(each.kind, each.values) for each in effects if isinstance(each, QueueRenewals)]

    assert queued({"action": "changeName", "name": {"en": "S"}, "staged": False}) == []
    sized = {"action": "setAttribute", "variantId": 1, "name": "washable", "value": True}
    assert queued(sized) == []
    assert queued({**sized, "staged": False}) == [("prices-of-sku", ("shirt-s",))]
    assert queued({"action": "setKey", "key": "k"}) == [("prices-of-sku", ("shirt-l", "shirt-s"))]
    gone = {"action": "removeVariant", "id": 2, "staged": False}
    assert queued(gone) == [("prices-of-sku", ("shirt-l",))]
    # Without discounts nothing is put there.
    assert queued({"action": "setKey", "key": "k"}, facts=shop_with()) == []


def test_nothing_is_read_where_there_are_no_discounts() -> None:
    assert _unread(shirt(), shop_with(tells=True)) == ()
    drafted(standalone.RESOURCE, STANDALONE, shop_with(tells=True))
    with pytest.raises(UnreadError) as caught:
        drafted(standalone.RESOURCE, STANDALONE, shop_with(discount(1), tells=True))
    assert caught.value.wanted == (Wanted("variant", "sku", "shirt-l"),)


def test_which_discount_a_price_would_have() -> None:
    product = shirt()
    wanted = Wanted("product", "id", product.id)
    low, high = discount(1), discount(2, sortOrder="0.6", predicate="centAmount > 5000", value=euro_amount(100))
    facts = shop_with(low, high, found=[(wanted, product)])

    def asked(cents: int, variant: int = 1, product_id: str = product.id) -> str:
        price = QueryPrice(value=Money(currency_code="EUR", cent_amount=cents))
        query = ProductDiscountMatchQuery(product_id=product_id, variant_id=variant, staged=True, price=price)
        try:
            return matching(query, facts).id
        except ApiError as error:
            assert error.status == 404
            return error.code

    assert [asked(5000), asked(5001)] == [low.id, high.id]
    missing = "NoMatchingProductDiscountFound"
    assert [asked(0), asked(5000, variant=9), asked(5000, product_id=uid(999))] == [missing] * 3


def test_a_discount_that_is_changed_to_nothing_is_no_change() -> None:
    facts = shop_with(discount(1, value={"type": "relative", "permyriad": 0}))
    assert left(bought(facts)) == [[1000, 1100], [1200]]
    assert changed(RESOURCE, shirt(), facts=facts).key == "shirt 1"
