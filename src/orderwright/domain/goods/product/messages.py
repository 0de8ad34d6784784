"""What a product's changes tell. `staged` says that shops do not see the change yet."""

from __future__ import annotations

from typing import Any

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.goods.price import DiscountedPrice, Price
from orderwright.domain.goods.product.images import uploaded_urls
from orderwright.domain.goods.product.model import Product, ProductProjection, PublishScope, Slug, projection
from orderwright.domain.goods.product.variant import Image, PriceMode, ProductKey, ProductVariant, Sku
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference, Value, always
from orderwright.engine.scalars import Id


class ProductCreated(Message):
    """A product was made; as staged."""

    product_projection: ProductProjection


class ProductDeleted(Message):
    """A product was deleted; as it was current, if shops could see it. Its uploaded images go with it, those by URL do not."""

    current_projection: ProductProjection | None = None
    removed_image_urls: tuple[str, ...] = always(())


class ProductPublished(Message):
    """Shops see the product, or its new prices, now."""

    product_projection: ProductProjection
    scope: PublishScope
    removed_image_urls: tuple[str, ...] = always(())


class ProductUnpublished(Message):
    """Shops no longer see the product."""


class ProductRevertedStagedChanges(Message):
    """What was being prepared was given up."""

    removed_image_urls: tuple[str, ...] = always(())


class ProductSlugChanged(Message):
    """The slug changed."""

    slug: Slug
    old_slug: Slug | None = None


class ProductVariantAdded(Message):
    """A variant came."""

    variant: ProductVariant
    staged: bool


class ProductVariantDeleted(Message):
    """A variant went."""

    variant: ProductVariant
    staged: bool
    removed_image_urls: tuple[str, ...] = always(())


class ProductImageAdded(Message):
    """A variant has one more image."""

    variant_id: int
    image: Image
    staged: bool


class ProductPriceAdded(Message):
    """A variant has one more price."""

    variant_id: int
    price: Price
    staged: bool


class ProductPriceChanged(Message):
    """A price is another: `old_price` is the current one's, `old_staged_price` the staged one's former value."""

    variant_id: int
    old_price: Price
    new_price: Price
    staged: bool
    old_staged_price: Price | None = None


class ProductPriceRemoved(Message):
    """A variant has one price less."""

    variant_id: int
    price: Price
    staged: bool


class ProductPricesSet(Message):
    """A variant has these prices."""

    variant_id: int
    prices: tuple[Price, ...]
    staged: bool


class ProductPriceKeySet(Message):
    """A price has another key, or none."""

    variant_id: int
    price_id: Id
    staged: bool
    old_key: ProductKey | None = None
    key: ProductKey | None = None


class ProductPriceModeSet(Message):
    """The product is priced otherwise."""

    to: PriceMode


class ProductPriceDiscountsSetUpdatedPrice(Value):
    """A price that has another product discount, or none. `staged` says that only the staged description shows it."""

    variant_id: int
    price_id: Id
    staged: bool
    variant_key: ProductKey | None = None
    sku: Sku | None = None
    discounted: DiscountedPrice | None = None


class ProductPriceDiscountsSet(Message):
    """Prices have other product discounts."""

    updated_prices: tuple[ProductPriceDiscountsSetUpdatedPrice, ...]


class ProductPriceExternalDiscountSet(Message):
    """A price has another external discount, or none."""

    variant_id: int
    price_id: Id
    staged: bool
    variant_key: ProductKey | None = None
    sku: Sku | None = None
    discounted: DiscountedPrice | None = None


class _OfPrice(Message):
    price_id: Id
    variant_id: int
    staged: bool


class ProductPriceCustomFieldAdded(_OfPrice):
    """A price has a custom field it had not."""

    name: str
    value: Any


class ProductPriceCustomFieldChanged(_OfPrice):
    """A custom field of a price has another value."""

    name: str
    value: Any


class ProductPriceCustomFieldRemoved(_OfPrice):
    """A price has lost a custom field."""

    name: str


class ProductPriceCustomFieldsRemoved(_OfPrice):
    """A price has no Type and no custom fields any more."""


class ProductPriceCustomFieldsSet(_OfPrice):
    """A price has a Type and custom fields. The field is named in the singular there."""

    custom_field: CustomFields
    old_type_id: Id | None = None


class ProductAddedToCategory(Message):
    """The product is in one more category."""

    category: Reference
    staged: bool


class ProductRemovedFromCategory(Message):
    """The product is in one category less."""

    category: Reference
    staged: bool


class ProductStateTransition(Message):
    """The product is in another state."""

    state: Reference
    force: bool


def created(product: Product) -> ProductCreated:
    """The Message of a new product."""
    return ProductCreated(product_projection=projection(product, staged=True))


def deleted(product: Product) -> ProductDeleted:
    """The Message of a product that was deleted."""
    published = product.master_data.published
    return ProductDeleted(
        current_projection=projection(product, staged=False) if published else None, removed_image_urls=uploaded_urls(product)
    )
