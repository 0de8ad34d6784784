"""Product projections: products to be read as one of their two descriptions. They are stored as products alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from orderwright.domain.goods.product.model import Product, ProductProjection
from orderwright.domain.goods.product.projection import View, projected, variant_attributes, wanted_beside
from orderwright.domain.goods.product.resource import PUBLISHED
from orderwright.domain.goods.product.resource import RESOURCE as PRODUCT
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.references import Wanted

RESOURCE = replace(
    PRODUCT,
    path="product-projections",
    model=ProductProjection,
    draft=None,
    actions=ActionSet(ProductProjection),
    only=PUBLISHED.only,
    verbs=("get", "query", "head"),
)


def wanted(body: str, view: View) -> Iterator[Wanted]:
    """What must be read to show a stored product."""
    return wanted_beside(_product(body), view)


def shown(body: str, view: View, facts: Facts) -> bytes:
    """A stored product as its projection."""
    return encode(projected(_product(body), view, facts))


def attributes_shown(body: str, view: View, facts: Facts) -> bytes:
    """A stored product's variants with a few of their attributes."""
    return encode(variant_attributes(_product(body), view, facts))


def _product(body: str) -> Product:
    product: Any = decoder(Product).decode(body)
    return product  # type: ignore[no-any-return]  # a decoder of products makes products
