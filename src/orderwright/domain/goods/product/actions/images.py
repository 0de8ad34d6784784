"""The images of variants. Each is known by its URL, also one that was uploaded."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.editing import OfVariant, edited_variant, find_variant
from orderwright.domain.goods.product.images import dropped
from orderwright.domain.goods.product.messages import ProductImageAdded
from orderwright.domain.goods.product.model import Product
from orderwright.domain.goods.product.variant import Image, ProductVariant
from orderwright.domain.laws.parts import instead, without
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.errors import invalid_operation


class AddExternalImage(OfVariant):
    """One more image."""

    image: Image


class _OfImage(OfVariant):
    image_url: str


class RemoveImage(_OfImage):
    """An image that is to go."""


class MoveImageToPosition(_OfImage):
    """Another place among the images, counted from 0."""

    position: Annotated[int, Meta(ge=0)]


class SetImageLabel(_OfImage):
    """What the image shows; none removes it."""

    label: str | None = None


@actions.handles
def add_external_image(product: Product, action: AddExternalImage, facts: Facts) -> Change[Product]:
    """That its URL is new to the variant is checked with the whole product."""
    variant = find_variant(product.master_data.staged, action.variant_id, action.sku)
    after = edited_variant(product, action, lambda each: replace(each, images=(*(each.images or ()), action.image)))
    return Change(after, ProductImageAdded(variant_id=variant.id, image=action.image, staged=action.staged))


@actions.handles
def remove_image(product: Product, action: RemoveImage, facts: Facts) -> Change[Product]:
    """Raises `InvalidOperation` for an image the variant does not have, as all that follow."""

    def removed(variant: ProductVariant) -> ProductVariant:
        return replace(variant, images=without(variant.images or (), _image(variant, action)))

    after = edited_variant(product, action, removed)
    return Change(after, effects=dropped(product, after)[1])


@actions.handles
def move_image_to_position(product: Product, action: MoveImageToPosition, facts: Facts) -> Product:
    """Raises `InvalidOperation` for a place beyond the last image too."""

    def moved(variant: ProductVariant) -> ProductVariant:
        image = _image(variant, action)
        others = list(without(variant.images or (), image))
        if action.position > len(others):
            raise invalid_operation(f"The position must be between 0 and {len(others)}.")
        others.insert(action.position, image)
        return replace(variant, images=tuple(others))

    return edited_variant(product, action, moved)


@actions.handles
def set_image_label(product: Product, action: SetImageLabel, facts: Facts) -> Product:
    """Set what the image shows."""

    def labelled(variant: ProductVariant) -> ProductVariant:
        old = _image(variant, action)
        return replace(variant, images=instead(variant.images or (), old, replace(old, label=action.label)))

    return edited_variant(product, action, labelled)


def _image(variant: ProductVariant, action: _OfImage) -> Image:
    for image in variant.images or ():
        if image.url == action.image_url:
            return image
    raise invalid_operation(f"The variant {variant.id} has no image '{action.image_url}'.")
