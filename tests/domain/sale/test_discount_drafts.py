"""Values and targets as they are sent: what is made of them, and which of them go together."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import MUG, NOW, uid
from domain.facts import facts as read
from orderwright.domain.goods.product.model import Product, ProductCatalogData, ProductData
from orderwright.domain.goods.product.variant import ProductVariant
from orderwright.domain.sale.discounts.drafts import CartDiscountValueDraft, check_effect, rules_of, value_from
from orderwright.domain.sale.discounts.model import CartDiscountTarget
from orderwright.domain.shop.channel.model import Channel
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError

EUR, USD = {"currencyCode": "EUR", "centAmount": 100}, {"currencyCode": "USD", "centAmount": 150}
FINE = {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": 12_345, "fractionDigits": 4}
OFF, FLAT, PERCENT = (
    {"type": "absolute", "money": [EUR]},
    {"type": "fixed", "money": [EUR]},
    {"type": "relative", "permyriad": 1000},
)
GIFT = {"type": "giftLineItem", "product": {"typeId": "product", "key": "mug"}, "variantId": 2}
LINES, CUSTOM = {"type": "lineItems", "predicate": "true"}, {"type": "customLineItems", "predicate": "1 = 1"}
SHIPPING, TOTAL = {"type": "shipping"}, {"type": "totalPrice"}
MULTI = {
    "type": "multiBuyLineItems",
    "predicate": 'sku = "mug"',
    "triggerQuantity": 3,
    "discountedQuantity": 3,
    "selectionMode": "Cheapest",
}
UNITS = {"type": "CountOnLineItemUnits", "predicate": 'sku = "mug"'}
BUNDLE = {"type": "pattern", "triggerPattern": [], "targetPattern": [UNITS], "selectionMode": "MostExpensive"}
PAIR = {**BUNDLE, "triggerPattern": [{"type": "CountOnCustomLineItemUnits", "predicate": 'slug = "x"', "minCount": 2}]}


def a_product() -> Product:
    """A mug of two variants, of which the second is only being prepared."""
    one, two = ProductVariant(id=1), ProductVariant(id=2)
    empty: dict[str, Any] = {"categories": (), "category_order_hints": {}, "search_keywords": {}, "attributes": ()}
    data = ProductData(name={"en": "Mug"}, slug={"en": "mug"}, master_variant=one, variants=(), **empty)
    staged = replace(data, variants=(two,))
    described = ProductCatalogData(published=False, current=data, staged=staged, has_staged_changes=True)
    born: dict[str, Any] = {"id": uid(71), "version": 1, "created_at": NOW, "last_modified_at": NOW}
    kind = Reference(type_id="product-type", id=uid(72))
    return Product(**born, key="mug", product_type=kind, master_data=described)


def a_channel() -> Channel:
    born: dict[str, Any] = {"id": uid(73), "version": 1, "created_at": NOW, "last_modified_at": NOW}
    return Channel(**born, key="depot", roles=("InventorySupply",))


def with_product() -> Facts:
    shop = read().catalogue.project
    return read(
        Catalogue(1, [("project", shop), ("channel", a_channel())]), found=[(Wanted("product", "key", "mug"), a_product())]
    )


def value(draft: dict[str, Any]) -> Any:
    return value_from(decode_body(CartDiscountValueDraft, json.dumps(draft).encode()), with_product())


def target(sent: dict[str, Any]) -> Any:
    return decode_body(CartDiscountTarget, json.dumps(sent).encode())


def test_amounts_of_each_currency() -> None:
    found = value({"type": "absolute", "money": [EUR, USD], "applicationMode": "EvenDistribution"})
    assert [(money.cent_amount, money.currency_code) for money in found.money] == [(100, "EUR"), (150, "USD")]
    assert found.application_mode == "EvenDistribution"
    # 1.2345 EUR are 123 cents, rounded.
    assert [(money.precise_amount, money.cent_amount) for money in value({"type": "fixed", "money": [FINE]}).money] == [
        (12_345, 123)
    ]


def test_a_gift_need_not_be_published() -> None:
    found = value({**GIFT, "supplyChannel": {"typeId": "channel", "key": "depot"}})
    assert (found.product.id, found.variant_id, found.supply_channel.id) == (uid(71), 2, uid(73))
    assert MUG.product_id != found.product.id


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"type": "absolute", "money": []}, "InvalidOperation"),
        ({"type": "fixed", "money": [EUR, USD, EUR]}, "InvalidOperation"),
        ({"type": "absolute", "money": [FINE]}, "InvalidField"),
        ({"type": "absolute", "money": [{**EUR, "centAmount": -1}]}, "InvalidField"),
        ({"type": "absolute", "money": [{**EUR, "currencyCode": "XXQ"}]}, "InvalidField"),
        ({"type": "relative", "permyriad": 10_001}, "InvalidJsonInput"),
        ({"type": "relative", "permyriad": -1}, "InvalidJsonInput"),
        ({"type": "half"}, "InvalidJsonInput"),
        ({**GIFT, "variantId": 3}, "InvalidField"),
        ({**GIFT, "product": {"typeId": "product", "key": "no-mug"}}, "ReferencedResourceNotFound"),
        ({**GIFT, "distributionChannel": {"typeId": "channel", "key": "depot"}}, "MissingRoleOnChannel"),
        ({**GIFT, "supplyChannel": {"typeId": "channel", "key": "nowhere"}}, "ReferencedResourceNotFound"),
    ],
)
def test_values_that_can_not_be(draft: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiError) as caught:
        value(draft)
    assert caught.value.code == code, caught.value.message


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({**LINES, "predicate": "sku ="}, "SyntaxError"),
        ({**LINES, "predicate": "colour = 1"}, "SemanticError"),
        ({**LINES, "predicate": 'slug = "x"'}, "SemanticError"),
        ({**CUSTOM, "predicate": 'sku = "x"'}, "SemanticError"),
        ({**MULTI, "predicate": "quantity = true"}, "SemanticError"),
        ({**MULTI, "discountedQuantity": 4}, "InvalidInput"),
        ({**MULTI, "triggerQuantity": 1}, "InvalidJsonInput"),
        ({**MULTI, "discountedQuantity": 0}, "InvalidJsonInput"),
        ({**MULTI, "selectionMode": "Any"}, "InvalidJsonInput"),
        ({**BUNDLE, "targetPattern": []}, "InvalidInput"),
        ({**BUNDLE, "targetPattern": [UNITS] * 21}, "InvalidJsonInput"),
        ({**BUNDLE, "targetPattern": [{**UNITS, "minCount": 3, "maxCount": 2}]}, "InvalidInput"),
        ({**BUNDLE, "triggerPattern": [{**UNITS, "excludeCount": 1}]}, "InvalidInput"),
        ({**BUNDLE, "triggerPattern": [{**UNITS, "predicate": "("}]}, "SyntaxError"),
        ({**BUNDLE, "targetPattern": [{**UNITS, "predicate": "1 = 1" + " " * 4_999}] * 4}, "InvalidInput"),
        ({"type": "everything"}, "InvalidJsonInput"),
    ],
)
def test_targets_that_can_not_be(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiError) as caught:
        rules_of(target(wrong))
    assert caught.value.code == code, caught.value.message


def test_an_error_of_a_predicate_tells_its_place() -> None:
    with pytest.raises(ApiError) as caught:
        rules_of(target({**LINES, "predicate": 'sku = "a"\n  and colour = 1'}))
    assert caught.value.message == "The field 'colour' does not exist (line 2, column 7)."
    with pytest.raises(ApiError) as caught:
        rules_of(target({**LINES, "predicate": "sku ="}))
    assert caught.value.message == (
        "Syntax error while parsing 'target.predicate'. Unexpected end of input, expected not, a field, a function or a value "
        "(line 1, column 6)"
    )


def test_rules_tell_what_they_compare_ids_with() -> None:
    sent = {**PAIR, "targetPattern": [{**UNITS, "predicate": f'product.id = "{uid(1)}" or product.id in ("x", "{uid(2)}")'}]}
    rules = rules_of(target(sent))
    assert [rule.references for rule in rules] == [(), (("product", uid(1)), ("product", uid(2)))]
    assert rules[1].names == {"product.id"}


# Worked out by the pages' own words: a gift has no target; absolute is not for multi-buy; a relative value has a mode only with a
# pattern, and shares out only with a trigger; a fixed one shares out only with a pattern.
@pytest.mark.parametrize(
    ("of", "on", "mode", "code"),
    [
        (PERCENT, LINES, None, None),
        (PERCENT, TOTAL, None, None),
        (PERCENT, MULTI, None, None),
        (PERCENT, BUNDLE, "IndividualApplication", None),
        (PERCENT, PAIR, "EvenDistribution", None),
        (PERCENT, None, None, "RequiredField"),
        (PERCENT, LINES, "IndividualApplication", "InvalidOperation"),
        (PERCENT, BUNDLE, "ProportionateDistribution", "InvalidOperation"),
        (OFF, LINES, "EvenDistribution", None),
        (OFF, CUSTOM, "IndividualApplication", None),
        (OFF, BUNDLE, "ProportionateDistribution", None),
        (OFF, SHIPPING, None, None),
        (OFF, MULTI, None, "InvalidOperation"),
        (FLAT, LINES, "IndividualApplication", None),
        (FLAT, BUNDLE, "EvenDistribution", None),
        (FLAT, CUSTOM, "EvenDistribution", "InvalidOperation"),
        (FLAT, LINES, "ProportionateDistribution", "InvalidOperation"),
        (GIFT, None, None, None),
        (GIFT, LINES, None, "InvalidInput"),
    ],
)
def test_which_go_together(of: dict[str, Any], on: dict[str, Any] | None, mode: str | None, code: str | None) -> None:
    made = value({**of, "applicationMode": mode} if mode else of)
    on_target = None if on is None else target(on)
    if code is None:
        check_effect(made, on_target)
        return
    with pytest.raises(ApiError) as caught:
        check_effect(made, on_target)
    assert caught.value.code == code
