"""Product variants: what a line item copies of a product."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from orderwright.domain.goods.assets import Asset, AssetDraft
from orderwright.domain.goods.price import Price, PriceDraft
from orderwright.engine.model import Reference, Value
from orderwright.engine.scalars import Id, LocalizedString, Quantity

MAX_PRICES = 100
Sku = Annotated[str, Meta(min_length=1, max_length=256)]
# The keys of products and variants take any characters, unlike all others.
ProductKey = Annotated[str, Meta(min_length=1, max_length=256)]
Prices = Annotated[tuple[PriceDraft, ...], Meta(max_length=MAX_PRICES)]
PriceMode = Literal["Embedded", "Standalone"]


class Attribute(Value):
    """A named value; its shape is the product type's."""

    name: str
    value: Any


class ImageDimensions(Value):
    """Width and height in pixels."""

    w: int
    h: int


class Image(Value):
    """A picture of a variant, by URL."""

    url: str
    dimensions: ImageDimensions
    label: str | None = None


class ProductVariantChannelAvailability(Value):
    """What there is of a variant in one supply channel."""

    is_on_stock: bool
    available_quantity: Quantity
    id: Id
    version: int
    restockable_in_days: Quantity | None = None


class ProductVariantAvailability(Value):
    """What there is of a variant: without a supply channel, and by the channel's id."""

    channels: dict[str, ProductVariantChannelAvailability] | None = None
    is_on_stock: bool | None = None
    available_quantity: Quantity | None = None
    restockable_in_days: Quantity | None = None
    id: Id | None = None
    version: int | None = None


class ProductVariant(Value):
    """One sellable form of a product."""

    id: int
    sku: Sku | None = None
    key: ProductKey | None = None
    prices: tuple[Price, ...] | None = None
    attributes: tuple[Attribute, ...] | None = None
    price: Price | None = None
    images: tuple[Image, ...] | None = None
    assets: tuple[Asset, ...] | None = None
    availability: ProductVariantAvailability | None = None


class ProductVariantDraft(Value):
    """A variant as it is sent."""

    sku: Sku | None = None
    key: ProductKey | None = None
    prices: Prices | None = None
    attributes: tuple[Attribute, ...] | None = None
    images: tuple[Image, ...] | None = None
    assets: tuple[AssetDraft, ...] = ()


class VariantSnapshot(Value):
    """One variant with what a line item copies of its product: the row of the `variant` table. No line shows the `categories`,
    for which discounts ask."""

    product_id: Id
    product_type: Reference
    name: LocalizedString
    slug: LocalizedString
    variant: ProductVariant
    master: bool
    published: bool
    product_key: ProductKey | None = None
    tax_category: Reference | None = None
    price_mode: PriceMode | None = None
    product_attributes: tuple[Attribute, ...] = ()
    categories: tuple[Reference, ...] = ()


class VariantRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the `variant` table: one variant of the current or of the staged description of a product."""

    product_id: str
    staged: bool
    variant_id: int
    sku: str | None
    master: bool
    body: VariantSnapshot
