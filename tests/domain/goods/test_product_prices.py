"""The embedded prices of variants: added, changed under their id, removed, and kept apart."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, not_made, refused, told, with_documents
from domain.facts import EXTRA, uid
from domain.goods.shirts import DRAFT, PART, SHIRT, euros, shirt, shop
from orderwright.domain.goods.price import Price
from orderwright.domain.goods.product.messages import (
    ProductPriceAdded,
    ProductPriceChanged,
    ProductPriceCustomFieldAdded,
    ProductPriceCustomFieldChanged,
    ProductPriceCustomFieldRemoved,
    ProductPriceCustomFieldsRemoved,
    ProductPriceCustomFieldsSet,
    ProductPriceKeySet,
    ProductPriceRemoved,
    ProductPricesSet,
)
from orderwright.domain.goods.product.model import Product
from orderwright.domain.goods.product.resource import RESOURCE


def prices(product: Product, *, staged: bool = True, variant: int = 0) -> tuple[Price, ...]:
    data = product.master_data.staged if staged else product.master_data.current
    return data.all_variants[variant].prices or ()


def amounts(product: Product, *, staged: bool = True) -> list[int]:
    return [price.value.cent_amount for price in prices(product, staged=staged)]


def test_a_price_is_added_to_both_descriptions_under_one_id() -> None:
    action = {"action": "addPrice", "sku": "shirt-s", "price": euros(1300, country="AT"), "staged": False}
    product, messages = told(RESOURCE, shirt(), action, facts=shop())
    (message,) = messages
    assert isinstance(message, ProductPriceAdded)
    assert (message.variant_id, message.staged, message.price.country) == (1, False, "AT")
    assert prices(product)[2].id == prices(product, staged=False)[2].id == message.price.id
    staged = changed(RESOURCE, shirt(), {**action, "staged": True}, facts=shop())
    assert (amounts(staged), amounts(staged, staged=False)) == ([1000, 1100, 1300], [1000, 1100])


def test_a_price_is_changed_under_its_id() -> None:
    product = shirt()
    old = prices(product)[0]
    action = {"action": "changePrice", "priceId": old.id, "price": euros(900)}
    product, messages = told(RESOURCE, product, action, facts=shop())
    assert (amounts(product), amounts(product, staged=False)) == ([900, 1100], [1000, 1100])
    assert prices(product)[0].id == old.id
    again = {"action": "changePrice", "priceId": old.id, "price": euros(800)}
    product, messages = told(RESOURCE, product, again, facts=shop())
    (message,) = messages
    assert isinstance(message, ProductPriceChanged) and message.old_staged_price is not None
    found = (message.old_price, message.old_staged_price, message.new_price)
    assert [price.value.cent_amount for price in found] == [1000, 900, 800]
    assert told(RESOURCE, product, again, facts=shop()) == (product, [])


def test_a_price_is_removed() -> None:
    product = shirt()
    action = {"action": "removePrice", "priceId": prices(product)[1].id}
    staged, messages = told(RESOURCE, product, action, facts=shop())
    assert (amounts(staged), amounts(staged, staged=False)) == ([1000], [1000, 1100])
    (message,) = messages
    assert isinstance(message, ProductPriceRemoved)
    assert (message.variant_id, message.price.country, message.staged) == (1, "FR", True)
    both = changed(RESOURCE, product, {**action, "staged": False}, facts=shop())
    assert amounts(both, staged=False) == [1000]


def test_all_prices_are_set_with_new_ids() -> None:
    product, messages = told(RESOURCE, shirt(), {"action": "setPrices", "variantId": 1, "prices": [euros(1)]}, facts=shop())
    assert amounts(product) == [1]
    assert messages == [ProductPricesSet(variant_id=1, prices=prices(product), staged=True)]


def test_a_price_gets_a_key() -> None:
    product = shirt()
    action = {"action": "setPriceKey", "priceId": prices(product)[0].id, "key": "base"}
    product, messages = told(RESOURCE, product, action, facts=shop())
    assert (prices(product)[0].key, prices(product, staged=False)[0].key) == ("base", None)
    assert messages == [ProductPriceKeySet(variant_id=1, price_id=prices(product)[0].id, staged=True, key="base")]
    assert told(RESOURCE, product, action, facts=shop())[1] == []
    other = {**action, "priceId": prices(product)[1].id}
    refused("DuplicatePriceKey", RESOURCE, product, other, facts=shop())


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("DuplicatePriceScope", {"action": "addPrice", "variantId": 1, "price": euros(1)}),
        ("InvalidOperation", {"action": "addPrice", "variantId": 7, "price": euros(1)}),
        ("InvalidOperation", {"action": "removePrice", "priceId": uid(4)}),
        ("InvalidOperation", {"action": "changePrice", "priceId": uid(4), "price": euros(1)}),
        ("InvalidOperation", {"action": "setPriceKey", "priceId": uid(4)}),
        ("InvalidJsonInput", {"action": "removePrice", "priceId": "4"}),
        ("InvalidJsonInput", {"action": "setPrices", "variantId": 1, "prices": [euros(1)] * 101}),
        (
            "OverlappingPriceValidity",
            {
                "action": "setPrices",
                "variantId": 1,
                "prices": [
                    euros(1, validUntil="2024-06-01T00:00:00Z"),
                    euros(2, validFrom="2024-05-31T23:59:59.999Z"),
                ],
            },
        ),
        (
            "ReferencedResourceNotFound",
            {"action": "addPrice", "variantId": 1, "price": euros(1, channel={"typeId": "channel", "key": "none"})},
        ),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, shirt(), action, facts=shop())


def test_prices_of_a_draft_are_held_apart_too() -> None:
    not_made("DuplicatePriceScope", RESOURCE, {**DRAFT, "masterVariant": {"sku": "x", "prices": [euros(1), euros(2)]}}, shop())


def test_a_hundred_prices_are_enough() -> None:
    many = [euros(1, validFrom=f"{2024 + n}-01-01T00:00:00Z", validUntil=f"{2025 + n}-01-01T00:00:00Z") for n in range(99)]
    product = shirt(masterVariant={"sku": "x", "prices": [euros(1), *many]})
    action = {"action": "addPrice", "variantId": 1, "price": euros(1, country="DE")}
    refused("InvalidOperation", RESOURCE, product, action, facts=shop())


def test_a_price_that_is_described_is_removed() -> None:
    product = shirt()
    action: dict[str, Any] = {"action": "removePrice", "variantId": 1, "price": euros(1100, country="FR")}
    assert amounts(changed(RESOURCE, product, action, facts=shop())) == [1000]
    refused("InvalidOperation", RESOURCE, product, {**action, "price": euros(1100)}, facts=shop())
    refused("RequiredField", RESOURCE, product, {"action": "removePrice", "variantId": 1}, facts=shop())


def test_custom_fields_of_a_price_are_told_one_by_one() -> None:
    extra = replace(EXTRA, resource_type_ids=("product-price",))
    types = (("product-type", SHIRT), ("product-type", PART), ("type", extra))
    shop_with_type = with_documents(*types)
    product = shirt()
    price = prices(product)[0].id
    assert not prices(product)[0].custom
    typed = {"action": "setProductPriceCustomType", "priceId": price, "staged": True}
    with_type = {**typed, "type": {"typeId": "type", "key": "extra"}, "fields": {"count": 2}}
    product, messages = told(RESOURCE, product, with_type, facts=shop_with_type)
    (message,) = messages
    assert isinstance(message, ProductPriceCustomFieldsSet)
    assert (message.price_id, message.variant_id, message.staged, message.old_type_id) == (price, 1, True, None)
    assert message.custom_field.fields == {"count": 2}
    assert told(RESOURCE, product, with_type, facts=shop_with_type) == (product, [])
    field = {"action": "setProductPriceCustomField", "priceId": price}
    for action, kind, value in (
        ({"name": "count", "value": 3}, ProductPriceCustomFieldChanged, 3),
        ({"name": "note", "value": "new"}, ProductPriceCustomFieldAdded, "new"),
    ):
        product, messages = told(RESOURCE, product, {**field, **action}, facts=shop_with_type)
        assert [(type(message), getattr(message, "value", None)) for message in messages] == [(kind, value)]
        assert told(RESOURCE, product, {**field, **action}, facts=shop_with_type) == (product, [])
    product, messages = told(RESOURCE, product, {**field, "name": "count"}, facts=shop_with_type)
    assert messages == [ProductPriceCustomFieldRemoved(price_id=price, variant_id=1, staged=True, name="count")]
    custom = prices(product)[0].custom
    assert custom is not None and custom.fields == {"note": "new"}
    refused("InvalidInput", RESOURCE, product, {**typed, "fields": {"count": 2}}, facts=shop_with_type)
    product, messages = told(RESOURCE, product, typed, facts=shop_with_type)
    assert messages == [ProductPriceCustomFieldsRemoved(price_id=price, variant_id=1, staged=True)]
    assert prices(product)[0].custom is None
