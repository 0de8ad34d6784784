"""The URLs of images that were uploaded, and when their bytes go: in the write after which their product shows them no longer."""

from __future__ import annotations

import re
from typing import Final

from orderwright.domain.products.model import Product
from orderwright.engine.actions import Effect

# The first word of the paths that images are served at: no project is called so.
IMAGES: Final = "images"
_UPLOADED = re.compile(rf"https?://[^/]+/{IMAGES}/[^/]+/([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})/[^/]+")


def dropped(before: Product, after: Product) -> tuple[tuple[str, ...], tuple[Effect, ...]]:
    """The URLs of uploaded images that a change leaves nobody to show, and the effect that drops their bytes."""
    left = set(_uploads(after).values())
    gone = {url: id for url, id in _uploads(before).items() if id not in left}
    effect = Effect(kind="drop-images", key=before.id, text=",".join(dict.fromkeys(gone.values())))
    return tuple(gone), (effect,) if gone else ()


def uploaded_urls(product: Product) -> tuple[str, ...]:
    """The URLs of all uploaded images of a product."""
    return tuple(_uploads(product))


def _uploads(product: Product) -> dict[str, str]:
    """The ids of uploaded images by URL. Another product's image may be shown here too; it is dropped with its own."""
    data = product.master_data
    variants = (variant for description in (data.current, data.staged) for variant in description.all_variants)
    matches = (_UPLOADED.fullmatch(image.url) for variant in variants for image in variant.images or ())
    return {match[0]: match[1] for match in matches if match}
