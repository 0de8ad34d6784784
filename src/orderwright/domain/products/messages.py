"""What a product's changes tell. `staged` says that shops do not see the change yet."""

from __future__ import annotations

from orderwright.domain.price import Price
from orderwright.domain.product import Image, ProductKey, ProductVariant
from orderwright.domain.products.model import Product, ProductProjection, PublishScope, Slug, projection
from orderwright.engine.messages import Message
from orderwright.engine.model import always
from orderwright.engine.scalars import Id


class ProductCreated(Message):
    """A product was made; as staged."""

    product_projection: ProductProjection


class ProductDeleted(Message):
    """A product was deleted; as it was current, if shops could see it. Images by URL are not ours to remove."""

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


def created(product: Product) -> ProductCreated:
    """The Message of a new product."""
    return ProductCreated(product_projection=projection(product, staged=True))


def deleted(product: Product) -> ProductDeleted:
    """The Message of a product that was deleted."""
    published = product.master_data.published
    return ProductDeleted(
        current_projection=projection(product, staged=False) if published else None, removed_image_urls=()
    )
