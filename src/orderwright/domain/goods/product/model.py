"""Products: a current and a staged description of one thing that is sold, with its variants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from orderwright.domain.goods.product.variant import (
    Attribute,
    PriceMode,
    ProductKey,
    ProductVariant,
    ProductVariantDraft,
    VariantRow,
    VariantSnapshot,
)
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import (
    CategoryIdentifier,
    ProductTypeIdentifier,
    ProductTypeReference,
    StateIdentifier,
    StateReference,
    TaxCategoryIdentifier,
    TaxCategoryReference,
)
from orderwright.engine.scalars import Id, Locale, LocalizedString, whole

MAX_VARIANTS = 100
Name = Annotated[LocalizedString, Meta(min_length=1)]
SlugText = Annotated[str, Meta(pattern=whole("[A-Za-z0-9_-]{2,256}"))]
Slug = Annotated[dict[Locale, SlugText], Meta(min_length=1)]
OrderHint = Annotated[str, Meta(pattern=whole(r"0\.[0-9]*[1-9]"), max_length=256)]
# By the id of a category the product is in.
CategoryOrderHints = dict[Id, OrderHint]
PublishScope = Literal["All", "Prices"]


class WhitespaceTokenizer(Value, tag_field="type", tag="whitespace"):
    """A keyword is found by each of its words."""


class CustomTokenizer(Value, tag_field="type", tag="custom"):
    """A keyword is found by these inputs."""

    inputs: tuple[str, ...]


class SearchKeyword(Value):
    """A text that searches suggest."""

    text: str
    suggest_tokenizer: WhitespaceTokenizer | CustomTokenizer | None = None


SearchKeywords: TypeAlias = dict[Locale, tuple[SearchKeyword, ...]]


class ProductData(Value):
    """One description of a product."""

    name: Name
    slug: Slug
    master_variant: ProductVariant
    variants: tuple[ProductVariant, ...] = always(())
    categories: tuple[Reference, ...] = always(())
    category_order_hints: CategoryOrderHints = always({})
    description: LocalizedString | None = None
    meta_title: LocalizedString | None = None
    meta_description: LocalizedString | None = None
    meta_keywords: LocalizedString | None = None
    search_keywords: SearchKeywords = always({})
    attributes: tuple[Attribute, ...] = always(())

    @property
    def all_variants(self) -> tuple[ProductVariant, ...]:
        """The master variant, then the others."""
        return (self.master_variant, *self.variants)


class ProductCatalogData(Value):
    """What shops see and what is being prepared.

    `last_variant_id` is the highest number a variant ever had; it is there only once that variant is gone, since
    numbers are not given twice.
    """

    published: bool
    current: ProductData
    staged: ProductData
    has_staged_changes: bool
    last_variant_id: int | None = None


class Product(Resource):
    """A product. Its type never changes."""

    product_type: ProductTypeReference
    master_data: ProductCatalogData
    key: ProductKey | None = None
    tax_category: TaxCategoryReference | None = None
    state: StateReference | None = None
    price_mode: PriceMode = always("Embedded")


class ProductProjection(Resource):
    """A product as one of its two descriptions, which Messages carry. Of a language that it has not, nothing is projected."""

    product_type: Reference
    name: LocalizedString
    slug: dict[Locale, SlugText]
    master_variant: ProductVariant
    published: bool
    has_staged_changes: bool
    key: ProductKey | None = None
    variants: tuple[ProductVariant, ...] = always(())
    categories: tuple[Reference, ...] = always(())
    category_order_hints: CategoryOrderHints = always({})
    description: LocalizedString | None = None
    meta_title: LocalizedString | None = None
    meta_description: LocalizedString | None = None
    meta_keywords: LocalizedString | None = None
    search_keywords: SearchKeywords = always({})
    attributes: tuple[Attribute, ...] = always(())
    tax_category: Reference | None = None
    state: Reference | None = None
    price_mode: PriceMode = always("Embedded")


class ProductDraft(Value):
    """A product as it is sent; what it says is both current and staged."""

    product_type: ProductTypeIdentifier
    name: Name
    slug: Slug
    key: ProductKey | None = None
    description: LocalizedString | None = None
    categories: tuple[CategoryIdentifier, ...] = ()
    category_order_hints: CategoryOrderHints | None = None
    meta_title: LocalizedString | None = None
    meta_description: LocalizedString | None = None
    meta_keywords: LocalizedString | None = None
    master_variant: ProductVariantDraft | None = None
    variants: Annotated[tuple[ProductVariantDraft, ...], Meta(max_length=MAX_VARIANTS)] = ()
    tax_category: TaxCategoryIdentifier | None = None
    search_keywords: SearchKeywords | None = None
    state: StateIdentifier | None = None
    publish: bool = False
    price_mode: PriceMode = "Embedded"
    attributes: tuple[Attribute, ...] | None = None


def projection(product: Product, *, staged: bool) -> ProductProjection:
    """The product as its staged or its current description."""
    data = product.master_data.staged if staged else product.master_data.current
    return ProductProjection(
        id=product.id,
        version=product.version,
        created_at=product.created_at,
        last_modified_at=product.last_modified_at,
        key=product.key,
        product_type=product.product_type,
        name=data.name,
        slug=data.slug,
        description=data.description,
        categories=data.categories,
        category_order_hints=data.category_order_hints,
        meta_title=data.meta_title,
        meta_description=data.meta_description,
        meta_keywords=data.meta_keywords,
        search_keywords=data.search_keywords,
        has_staged_changes=product.master_data.has_staged_changes,
        published=product.master_data.published,
        master_variant=data.master_variant,
        variants=data.variants,
        attributes=data.attributes,
        tax_category=product.tax_category,
        state=product.state,
        price_mode=product.price_mode,
    )


def variants_of(product: Product) -> Iterator[VariantRow]:
    """The rows of the variant table: every variant of the current description, then of the staged one."""
    for staged, data in ((False, product.master_data.current), (True, product.master_data.staged)):
        for variant in data.all_variants:
            yield VariantRow(
                product_id=product.id,
                staged=staged,
                variant_id=variant.id,
                sku=variant.sku,
                master=variant is data.master_variant,
                body=VariantSnapshot(
                    product_id=product.id,
                    product_key=product.key,
                    product_type=product.product_type,
                    tax_category=product.tax_category,
                    price_mode=product.price_mode,
                    name=data.name,
                    slug=data.slug,
                    variant=variant,
                    master=variant is data.master_variant,
                    published=product.master_data.published,
                    product_attributes=data.attributes,
                    categories=data.categories,
                ),
            )
