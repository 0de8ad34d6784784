"""What a product shows to whoever may see published products only: its current description, and nothing of the staged one."""

from __future__ import annotations

from typing import Final

import msgspec

from orderwright.domain.goods.product.model import Product, ProductData
from orderwright.engine.model import Value

CONDITION: Final = '{"masterData": {"published": true}}'
"""What the queried copy of a published product holds, as JSON."""


class PublishedData(Value):
    """The part of a product's catalogue data that is for everybody."""

    published: bool
    current: ProductData


class PublishedProduct(Product):
    """The members that predicates and sorting may name. Staged data is missing: the answer to a predicate would reveal it."""

    master_data: PublishedData  # type: ignore[assignment]  # less than a product has, and nobody takes it for one


_Raw = dict[str, msgspec.Raw]
_decoder = msgspec.json.Decoder(_Raw)


def published_view(body: bytes) -> bytes:
    """The stored bytes of a product with its current description in the place of the staged one.

    By the API's schema the staged one is never missing. Nothing is decoded but the two objects that are put together anew.
    """
    product = _decoder.decode(body)
    data = _decoder.decode(product["masterData"])
    current, no = data["current"], msgspec.Raw(b"false")
    product["masterData"] = msgspec.Raw(
        msgspec.json.encode({"published": data["published"], "current": current, "staged": current, "hasStagedChanges": no})
    )
    return msgspec.json.encode(product)
