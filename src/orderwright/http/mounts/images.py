"""Uploaded images at their public URLs."""

from __future__ import annotations

import re
from typing import Final

from orderwright.domain.goods.product.images import IMAGES
from orderwright.engine.access import shard_of
from orderwright.http.mounts import dialect
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.mounts import Mount
from orderwright.storage.tables.images import image_of

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# An image never changes: another one has another id.
_KEPT: Final = ("cache-control", "public, max-age=31536000, immutable")


def mount(house: House) -> Mount:
    """The images of all projects. What leads to none is 404 without a body, whatever its method: pages show these."""

    async def show(request: Request) -> Answer:
        """GET of an image, which needs no token. The last word of the path is for people and may be any."""
        project, id = (*request.segments[1:3], "", "")[:2]
        found = None
        if request.method in ("GET", "HEAD") and len(request.segments) == 4 and _ID.fullmatch(id):
            found = await image_of(house.database, shard_of(project), id)
        if found is None:
            return Answer(404)
        kind, content = found
        headers = (("content-type", kind), ("x-content-type-options", "nosniff"), _KEPT)
        return Answer(200, content if request.method == "GET" else b"", headers)

    return dialect.mount(house, show, IMAGES)
