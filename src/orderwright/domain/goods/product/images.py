"""The images of products: what kind of picture the uploaded bytes are, at which URL, and when they go."""

from __future__ import annotations

import re
from typing import Final

from orderwright.domain.goods.product.model import Product
from orderwright.domain.goods.product.variant import ImageDimensions
from orderwright.engine.unit.effects import DropImages, Effect

# Markers of a JPEG's frame, which holds its size: SOF0 to SOF15, but for DHT, JPG and DAC among them.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers that stand alone: TEM, RST0 to RST7, SOI.
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})


def picture_of(content: bytes) -> tuple[str, ImageDimensions]:
    """Media type and size in pixels. Raises ValueError for what is neither JPEG nor PNG nor GIF."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) >= 24:
        return "image/png", _sized(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return "image/gif", _sized(int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little"))
    if content.startswith(b"\xff\xd8"):
        return "image/jpeg", _jpeg_size(content)
    raise ValueError("neither JPEG nor PNG nor GIF")


def _jpeg_size(content: bytes) -> ImageDimensions:
    """The segments are walked by their lengths until the frame."""
    place = 2
    while place + 9 <= len(content):
        if content[place] != 0xFF:
            break
        marker = content[place + 1]
        if marker == 0xFF:  # any number of these may fill up before a marker
            place += 1
        elif marker in _ALONE:
            place += 2
        elif marker in _FRAMES:
            return _sized(int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(content[place + 5 : place + 7]))
        else:
            place += 2 + max(int.from_bytes(content[place + 2 : place + 4]), 2)
    raise ValueError("a JPEG without a frame")


def _sized(width: int, height: int) -> ImageDimensions:
    if width == 0 or height == 0:
        raise ValueError("a picture without pixels")
    return ImageDimensions(w=width, h=height)


# The first word of the paths that images are served at: no project is called so.
IMAGES: Final = "images"
_UPLOADED = re.compile(rf"https?://[^/]+/{IMAGES}/[^/]+/([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})/[^/]+")


def dropped(before: Product, after: Product) -> tuple[tuple[str, ...], tuple[Effect, ...]]:
    """The URLs of uploaded images that a product no longer shows after a change, and the effect to drop their bytes."""
    left = set(_uploads(after).values())
    gone = {url: id for url, id in _uploads(before).items() if id not in left}
    effect = DropImages(product_id=before.id, ids=tuple(dict.fromkeys(gone.values())))
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
