"""Products: a current and a staged description, published from one to the other, with variants and their prices."""

from __future__ import annotations

from itertools import product as combinations

from msgspec.structs import replace

from orderwright.domain.product import ProductVariant
from orderwright.domain.products.actions import actions
from orderwright.domain.products.checks import claims, finished
from orderwright.domain.products.create import create
from orderwright.domain.products.editing import with_each_variant
from orderwright.domain.products.messages import created, deleted
from orderwright.domain.products.model import Product, ProductData, ProductDraft, variants_of
from orderwright.engine.resource import ResourceType

_BULK = ("attributes", "images", "assets", "prices")


def without_bulk(product: Product) -> Product:
    """The product whose variants have lost what predicates hardly ask for."""
    data = product.master_data
    lean = replace(data, current=_lean(data.current), staged=_lean(data.staged))
    return replace(product, master_data=lean)


def _lean(data: ProductData) -> ProductData:
    def lean(variant: ProductVariant) -> ProductVariant:
        return replace(variant, attributes=None, images=None, assets=None, prices=None)

    return with_each_variant(data, lean)


RESOURCE = ResourceType(
    type_id="product",
    path="products",
    model=Product,
    draft=ProductDraft,
    actions=actions,
    create=create,
    finish=finished,
    unique=("key",),
    claims=claims,
    lookups={"key": "key"},
    lean=without_bulk,
    bulk=tuple(
        f"masterData.{description}.{variant}.{name}"
        for description, variant, name in combinations(("current", "staged"), ("masterVariant", "variants"), _BULK)
    ),
    created=created,
    deleted=deleted,
    rows=variants_of,
)
