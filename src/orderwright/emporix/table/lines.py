"""Line items, and the entries that they make, made once of lines that say the same: goods are sold more than once.

A line is read as the bytes of its members. What these make is remembered, and a line's id, which no other has, is put beside it.
"""

from __future__ import annotations

import functools
from typing import Any, Final, TypedDict

from msgspec import Raw, Struct, defstruct
from msgspec.structs import astuple, fields

from orderwright.domain.sale.lines.items import LineItem
from orderwright.emporix.table.entries import LINES, NUMBER, TENANT
from orderwright.emporix.table.places import WHOLE, Json
from orderwright.emporix.table.sums import TOLD, told
from orderwright.engine.json.codec import decoder, encode


class _Variant(TypedDict, total=False):
    id: int
    sku: str
    images: list[Any]


_UNREAD: Final = frozenset((
    "price_mode", "state", "taxed_price_portions", "per_method_tax_rate", "shipping_details", "line_item_mode", "product_type",
    "product_slug", "added_at", "last_modified_at", "inventory_mode",
))  # fmt: skip
"""What no entry shows. It is said what is left out, so that a member which is new to lines is there."""
_READ: Final = tuple(field for field in fields(LineItem) if field.name not in _UNREAD and field.name != "id")
_MEMBERS: Final = ("id", *(field.encode_name for field in _READ))
Line: Final[type[Struct]] = defstruct(
    "Line", [("id", str), *((field.name, Raw, Raw(b"null")) for field in _READ)], rename="camel", gc=False
)
"""A line item as it is read: its id, and the bytes of its other members."""
_JSON: Final = tuple.__class_getitem__(tuple(_Variant if field.name == "variant" else Any for field in _READ))
"""What is made of the members: not of all that the catalogue said of the variant."""
_MOST: Final = 1_000
_MOST_BYTES: Final = 4_000
"""Of so many lines it is remembered what they make, each of so many bytes at most."""


def read(lines: list[Any]) -> tuple[list[dict[str, Any]], list[tuple[str, bytes]]]:
    """The lines as plain JSON, and as what `entry` makes entries of."""
    apart = []
    for line in lines:
        id, *members = astuple(line)
        apart.append((id, b",".join(members)))
    return [{"id": id, **(_item(said) if len(said) <= _MOST_BYTES else _made(said))} for id, said in apart], apart


def entry(line: tuple[str, bytes], tenant: str, locale: str | None) -> Raw:
    """The JSON of a line's entry, in an order of a tenant whose language is known or not."""
    id, said = line
    rest = _entry(said, tenant, locale) if len(said) <= _MOST_BYTES else _shown(said, tenant, locale)
    return Raw(b'{"id":%b,%b' % (encode(id), rest))


def _made(said: bytes) -> dict[str, Any]:
    members = zip(_MEMBERS[1:], decoder(_JSON).decode(b"[%b]" % said), strict=True)
    item = {name: value for name, value in members if value is not None}
    return {**item, TOLD: Raw(encode(told(item)))}


def _shown(said: bytes, tenant: str, locale: str | None) -> bytes:
    whole: Json = {TENANT: tenant, "locale": locale}
    made = LINES.element({**_item(said), WHOLE: whole, NUMBER: 0})
    return encode(made)[1:]


_item: Final = functools.lru_cache(maxsize=_MOST)(_made)
_entry: Final = functools.lru_cache(maxsize=_MOST)(_shown)
