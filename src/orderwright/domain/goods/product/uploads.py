"""Images that are uploaded: how they come to a variant. Their bytes are stored by an effect, in the write of the product."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from orderwright.domain.goods.product.editing import OfVariant, edited, find_variant, with_variant
from orderwright.domain.goods.product.messages import ProductImageAdded
from orderwright.domain.goods.product.model import Product, ProductData
from orderwright.domain.goods.product.variant import Image, ImageDimensions
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.unit.effects import KeepImage


class UploadImage(OfVariant):
    """The bytes of an image for a variant; for the master variant where none is named. `base` is where images are served."""

    sent: ClassVar[bool] = False
    base: str
    filename: str
    content_type: str
    content: bytes
    dimensions: ImageDimensions


# A request sends this as bytes with an image's type, never as an action.
upload_actions: ActionSet[Product] = ActionSet(Product, "ProductUpload")


@upload_actions.handles
def upload_image(product: Product, action: UploadImage, facts: Facts) -> Change[Product]:
    """Raises `InvalidOperation` where the variant is missing in a description that the action reaches."""
    id = facts.new_id()
    image = Image(url=f"{action.base}/{id}/{action.filename}", dimensions=action.dimensions)
    staged = product.master_data.staged
    named = action.variant_id is not None or action.sku is not None
    chosen = find_variant(staged, action.variant_id, action.sku) if named else staged.master_variant

    def added(data: ProductData) -> ProductData:
        variant = find_variant(data, chosen.id, None)
        return with_variant(data, variant, lambda each: replace(each, images=(*(each.images or ()), image)))

    kept = KeepImage(
        id=id,
        product_id=product.id,
        content_type=action.content_type,
        created_at=facts.now.instant(),
        content=action.content,
    )
    told = ProductImageAdded(variant_id=chosen.id, image=image, staged=action.staged)
    return Change(edited(product, action.staged, added), told, effects=(kept,))
