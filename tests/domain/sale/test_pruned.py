"""Some members of a document, as plain JSON, are what they are in the whole of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from domain.sale.discounts.offers import absolute, bought, discount, known, lines
from orderwright.domain.sale.predicates import CUSTOM_LINE_ITEM, LINE_ITEM
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.json.pruned import pruned, tree_of
from orderwright.predicates import Vocabulary

LINE = {
    "sku": "mug-blue",
    "quantity": 3,
    "key": "mug",
    "custom": {"type": {"key": "extra"}, "fields": {"note": "a gift", "count": 2.5, "size": "l"}},
    "externalTaxRate": {"name": "VAT", "amount": 0.25, "country": "DE"},
}
CUSTOM = {
    "name": {"en": "A", "de": "B"},
    "slug": "aa",
    "money": {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": 12345, "fractionDigits": 4},
    "quantity": 3,
    "taxCategory": {"key": "standard"},
    "priceMode": "External",
}
DISCOUNT = discount(1, absolute(1000), lines("quantity > 1"))
SHOP = known(DISCOUNT)
CART = bought(
    SHOP,
    lineItems=[LINE, {"sku": "book"}, {"sku": "pencil", "externalPrice": {"currencyCode": "EUR", "centAmount": 0}}],
    customLineItems=[CUSTOM],
    taxMode="External",
    shippingAddress={"country": "DE"},
)
ITEMS: list[Any] = [*CART.line_items, *CART.custom_line_items, DISCOUNT]


def paths(value: Any, depth: int = 4) -> Iterator[tuple[str, ...]]:
    """To all members of structs, whether they are there or not, and to those of plain objects."""
    if depth == 0:
        return
    for each in value if isinstance(value, tuple | list) else (value,):
        members: dict[str, Any] = {}
        if isinstance(each, msgspec.Struct):
            members = {field.encode_name: getattr(each, field.name) for field in msgspec.structs.fields(each)}
            if each.__struct_config__.tag_field is not None:
                members[each.__struct_config__.tag_field] = None
        elif isinstance(each, dict):
            members = each
        for name, member in members.items():
            yield (name,)
            yield from ((name, *below) for below in paths(member, depth - 1))


def read(plain: Any, path: tuple[str, ...]) -> list[Any]:
    """What a rule finds at a path: arrays are opened, and what is null is not there."""
    found = [plain]
    for step in ("", *path):
        below = [each.get(step) if isinstance(each, dict) else None for each in found] if step else found
        found = []
        while below:
            each = below.pop(0)
            if isinstance(each, list):
                below = [*each, *below]
            elif each is not None:
                found.append(each)
    return found


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
def test_each_path_leads_to_the_same(item: Any) -> None:
    whole = to_builtins(item)
    every = sorted(set(paths(item)))
    assert len(every) > 30
    for path in every:
        assert read(pruned(item, tree_of([path])), path) == read(whole, path), path
    chance = random.Random(7)  # noqa: S311 - the same in each run
    for _ in range(100):
        chosen = chance.sample(every, 5)
        some = pruned(item, tree_of(chosen))
        assert all(read(some, path) == read(whole, path) for path in chosen), chosen
        assert set(some) <= {path[0] for path in chosen}
    assert pruned(item, None) == whole


@pytest.mark.parametrize(
    ("vocabulary", "name", "path"),
    [
        (LINE_ITEM, "sku", "variant.sku"),
        (LINE_ITEM, "attributes.color.key", "variant.attributes"),
        (LINE_ITEM, "product.id", "productId"),
        (LINE_ITEM, "price.discount.id", "price.discounted.discount.id"),
        (LINE_ITEM, "custom.note", "custom.fields.note"),
        (LINE_ITEM, "custom.type.key", "custom.type"),
        (LINE_ITEM, "price.channel.key", "price.channel"),
        (LINE_ITEM, "categories.id", ""),
        (LINE_ITEM, "quantity", "quantity"),
        (CUSTOM_LINE_ITEM, "taxCategory.key", "taxCategory"),
        (CUSTOM_LINE_ITEM, "taxedPrice.net", "taxedPrice.totalNet"),
    ],
)
def test_which_member_a_name_is_read_of(vocabulary: Vocabulary, name: str, path: str) -> None:
    assert ".".join(vocabulary.member(name)) == path
