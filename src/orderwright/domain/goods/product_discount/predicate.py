"""The words of the predicate by which a product discount chooses prices, and what they are asked of.

commercetools: Discount Predicate Field Identifiers, ProductDiscount predicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from orderwright.domain.amounts.money import TypedMoney
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.model import Reference, Value
from orderwright.engine.scalars import CountryCode
from orderwright.predicates import PredicateError, Rule, Select, Vocabulary, read_rule


class _Named(Value):
    id: str
    key: str | None = None


class _Numbered(Value):
    id: int
    key: str | None = None


class _Asked(Value):
    """A price of a variant, as predicates see it. The attributes are those of the product and of the variant."""

    product: _Named
    product_type: _Named
    variant: _Numbered
    sku: str | None
    price: TypedMoney
    country: CountryCode | None
    customer_group: _Named | None
    channel: _Named | None
    categories: tuple[_Named, ...]
    categories_with_ancestors: tuple[_Named, ...]
    attributes: Any


# What tells apart the prices of one variant.
_OF_PRICE: Final = ("price", "amount", "centAmount", "currency", "country", "customerGroup", "channel")
_ANCESTORS: Final = "categoriesWithAncestors"
PRODUCT_PRICE: Final = Vocabulary(
    _Asked,
    aliases={
        "variantId": "variant.id",
        "amount": "price",
        "centAmount": "price.centAmount",
        "currency": "price.currencyCode",
        "price.currency": "price.currencyCode",
        "price.country": "country",
        "price.customerGroup.*": "customerGroup",
        "price.channel.*": "channel",
    },
    named={"attributes": "attributes"},
    ids={
        "product.id": "product",
        "productType.id": "product-type",
        "customerGroup.id": "customer-group",
        "price.customerGroup.id": "customer-group",
        "channel.id": "channel",
        "price.channel.id": "channel",
        "categories.id": "category",
        f"{_ANCESTORS}.id": "category",
    },
)


@lru_cache(maxsize=1024)
def known_rule(text: str) -> Rule | None:
    """The rule of a stored predicate; None where it cannot be read (any more)."""
    try:
        return read_rule(text, PRODUCT_PRICE)
    except PredicateError:
        return None


def parted(rule: Rule) -> tuple[tuple[Select, ...], tuple[Select, ...], tuple[Select, ...]]:
    """The parts of a rule, all of which must hold: those that ask of a variant, those that ask of a price, and those of both."""
    of_variant: list[Select] = []
    of_price: list[Select] = []
    of_both: list[Select] = []
    for term in rule.terms:
        asked = {name.partition(".")[0] in _OF_PRICE for name in term.names}
        (of_both if len(asked) == 2 else of_price if True in asked else of_variant).append(term.select)
    return tuple(of_variant), tuple(of_price), tuple(of_both)


def asks_of_categories(rule: Rule) -> bool:
    """Whether a product's categories count."""
    return any(name.startswith("categories") for name in rule.names)


def asks_for_category_documents(rule: Rule) -> bool:
    """Whether more of the categories counts than their ids, which stand in the product."""
    return any(name == "categories.key" or name.startswith(_ANCESTORS) for name in rule.names)


def named(reference: Reference, found: Any) -> dict[str, Any]:
    """What a reference names, by its id and its key."""
    key = getattr(found, "key", None)
    return {"id": reference.id} if key is None else {"id": reference.id, "key": key}


def asked_of_variant(
    *,
    product: tuple[str, str | None],
    product_type: dict[str, Any] | None,
    variant: tuple[int, str | None, str | None],
    attributes: Iterable[Any],
    categories: Sequence[dict[str, Any]],
    with_ancestors: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """A variant as predicates see it: `product` is id and key, `variant` its number, key and SKU."""
    number, key, sku = variant
    asked: dict[str, Any] = {
        "product": _without_none(id=product[0], key=product[1]),
        "productType": product_type,
        "variant": _without_none(id=number, key=key),
        "attributes": [{"name": each.name, "value": to_builtins(each.value)} for each in attributes],
        "categories": list(categories),
        _ANCESTORS: list(with_ancestors),
    }
    return {**asked, "sku": sku} if sku is not None else asked


def asked_of_price(
    value: TypedMoney, country: str | None, customer_group: dict[str, Any] | None, channel: dict[str, Any] | None
) -> dict[str, Any]:
    """A price as predicates see it, beside its variant."""
    return _without_none(price=to_builtins(value), country=country, customerGroup=customer_group, channel=channel)


def _without_none(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
