"""An order read without the bulk of its products: all members but the prices, attributes and pictures of its lines' variants.

Of a large order these are nine bytes of ten, and no page but the one of the whole document shows them.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET

from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import LineItem


def _like(name: str, model: type[msgspec.Struct], **members: Any) -> Any:
    """A struct with the members that a model has in JSON, each as it comes, but for those that are named."""
    known = [field.encode_name for field in msgspec.structs.fields(model)]
    return msgspec.defstruct(name, [(each, members.get(each, Any) | msgspec.UnsetType, UNSET) for each in known])


class _Variant(msgspec.Struct, omit_defaults=True):
    id: int
    sku: str | None = None
    key: str | None = None


_Line: Final = _like("_Line", LineItem, variant=_Variant)
_Lean: Final = _like("_Lean", Order, lineItems=list[_Line])  # type: ignore[valid-type]  # it is made just above
_DECODER: Final = msgspec.json.Decoder(_Lean)
_PLAIN: Final = {field: msgspec.structs.fields(struct) for field, struct in (("order", _Lean), ("line", _Line))}


def lean(body: bytes) -> dict[str, Any]:
    """The order of an answer, as plain JSON."""
    order = _members(_DECODER.decode(body), "order")
    lines = [_members(line, "line") for line in order["lineItems"]]
    for line in lines:
        line["variant"] = msgspec.structs.asdict(line["variant"])
    return order | {"lineItems": lines}


def _members(struct: Any, kind: str) -> dict[str, Any]:
    return {field.name: value for field in _PLAIN[kind] if (value := getattr(struct, field.name)) is not UNSET}
