"""Products: a current and a staged description, published from one to the other, with variants and their prices."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace as with_changes
from itertools import chain
from itertools import product as combinations
from typing import Any

from msgspec.structs import replace

from orderwright.domain.goods.assets import Asset
from orderwright.domain.goods.price import Price
from orderwright.domain.goods.product.actions import actions
from orderwright.domain.goods.product.checks import claims, finished
from orderwright.domain.goods.product.create import create
from orderwright.domain.goods.product.editing import with_each_variant
from orderwright.domain.goods.product.messages import created, deleted
from orderwright.domain.goods.product.model import Product, ProductCatalogData, ProductData, ProductDraft, variants_of
from orderwright.domain.goods.product.published import CONDITION, PublishedProduct, published_view
from orderwright.domain.goods.product.renewal import renewal_actions, told_to_lists
from orderwright.domain.goods.product.uploads import upload_actions
from orderwright.domain.goods.product.variant import ProductVariant
from orderwright.domain.goods.product_discount.of_products import discounted
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.resource import ResourceType
from orderwright.engine.unit.effects import DropAllImages
from orderwright.errors import invalid_operation

_BULK = ("attributes", "images", "assets", "prices")


class LeanProduct(Product):
    """The product as it is queried. The ids that its prices and assets refer to stand beside it, so that an index finds them
    when a channel, customer group or Type is to be deleted; a predicate can not name them."""

    price_channels: tuple[str, ...] = ()
    price_customer_groups: tuple[str, ...] = ()
    custom_types: tuple[str, ...] = ()


def without_bulk(product: Product) -> LeanProduct:
    """The product without the parts of its variants that predicates hardly ever ask for."""
    data = product.master_data
    lean = replace(data, current=_lean(data.current), staged=_lean(data.staged))
    custom = [*(price.custom for price in _prices(data)), *(asset.custom for asset in _assets(data))]
    members = {name: getattr(product, name) for name in Product.__struct_fields__}
    return LeanProduct(
        **{**members, "master_data": lean},
        price_channels=_ids(price.channel for price in _prices(data)),
        price_customer_groups=_ids(price.customer_group for price in _prices(data)),
        custom_types=_ids(fields.type for fields in custom if fields),
    )


def _variants(data: ProductCatalogData) -> Iterator[ProductVariant]:
    return chain(data.current.all_variants, data.staged.all_variants)


def _prices(data: ProductCatalogData) -> Iterator[Price]:
    return chain.from_iterable(variant.prices or () for variant in _variants(data))


def _assets(data: ProductCatalogData) -> Iterator[Asset]:
    return chain.from_iterable(variant.assets or () for variant in _variants(data))


def _ids(references: Iterable[Reference | None]) -> tuple[str, ...]:
    return tuple(sorted({reference.id for reference in references if reference is not None}))


def _deleting(product: Product, _facts: Facts) -> Change[Product]:
    """Its images go with it. Raises `InvalidOperation` for a product that is published."""
    if product.master_data.published:
        raise invalid_operation(f"The product '{product.id}' is published and can not be deleted; unpublish it first.")
    return Change(product, effects=[DropAllImages(product_id=product.id)])


def _lean(data: ProductData) -> ProductData:
    def lean(variant: ProductVariant) -> ProductVariant:
        return replace(variant, attributes=None, images=None, assets=None, prices=None)

    return with_each_variant(data, lean)


def _settled(before: Product | None, change: Change[Product], facts: Facts) -> Generator[None, None, Change[Product]]:
    return told_to_lists(before, (yield from discounted(before, change, facts)), facts)


def _identifiers(document: Product) -> dict[str, Any]:
    """The key, if it has one, and the current slug. commercetools: Messages, UserProvidedIdentifiers."""
    key = {} if document.key is None else {"key": document.key}
    return {**key, "slug": document.master_data.current.slug}


RESOURCE = ResourceType(
    type_id="product",
    path="products",
    model=Product,
    draft=ProductDraft,
    actions=actions,
    create=create,
    finish=finished,
    settles=_settled,
    unique=("key",),
    claims=claims,
    identifiers=_identifiers,
    lookups={"key": "key"},
    lean=without_bulk,
    bulk=tuple(
        f"masterData.{description}.{variant}.{name}"
        for description, variant, name in combinations(("current", "staged"), ("masterVariant", "variants"), _BULK)
    ),
    created=created,
    deleted=deleted,
    rows=variants_of,
    deleting=_deleting,
)
# As much of a product as is for everybody.
PUBLISHED = with_changes(
    RESOURCE,
    only=(("query", CONDITION),),
    queryable=PublishedProduct,
    shown=published_view,
    embedded=published_view,
    verbs=("query",),
)
# What a request with an image's bytes does, and what follows a change of a product type or category.
UPLOAD = with_changes(RESOURCE, actions=upload_actions)
RENEWAL = with_changes(RESOURCE, actions=renewal_actions)
