"""Kind and size of pictures, from headers that are written by hand."""

import struct

import pytest

from orderwright.domain.goods.product.images import picture_of
from orderwright.domain.goods.product.variant import ImageDimensions

APP0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\1\1\0\0\1\0\1\0\0"
TABLE = b"\xff\xc4" + struct.pack(">H", 5) + b"\0\0\0"
SCAN = b"\xff\xda" + struct.pack(">H", 8) + b"\1\1\0\0\x3f\0"


def frame(marker: int, width: int, height: int) -> bytes:
    body = struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "kind", "width", "height"),
    [
        (png(640, 480), "image/png", 640, 480),
        (b"GIF89a" + struct.pack("<HH", 640, 480) + b"\0\0\0", "image/gif", 640, 480),
        (b"GIF87a" + struct.pack("<HH", 1, 300), "image/gif", 1, 300),
        (b"\xff\xd8" + APP0 + frame(0xC0, 640, 480) + SCAN, "image/jpeg", 640, 480),
        # A progressive one, with a table and fill bytes before its frame, and a marker that stands alone.
        (b"\xff\xd8" + APP0 + TABLE + b"\xff\x01\xff\xff" + frame(0xC2, 3, 7000), "image/jpeg", 3, 7000),
    ],
)
def test_kind_and_size(content: bytes, kind: str, width: int, height: int) -> None:
    assert picture_of(content) == (kind, ImageDimensions(w=width, h=height))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg/>",
        b"RIFF\0\0\0\0WEBPVP8 ",
        png(640, 480)[:23],
        png(0, 480),
        b"GIF89a\0",
        b"GIF89a" + struct.pack("<HH", 5, 0),
        b"\xff\xd8",
        b"\xff\xd8" + APP0 + SCAN,
        b"\xff\xd8" + APP0 + b"hello, this is no marker",
        b"\xff\xd8" + APP0 + frame(0xC0, 640, 480)[:6],
        b"\xff\xd8\xff\xe0\0\0" + b"\0" * 40,
        b"\xff\xd8" + b"\xff" * 500,
    ],
)
def test_what_is_no_picture(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        picture_of(content)
