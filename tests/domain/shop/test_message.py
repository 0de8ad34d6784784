"""What Messages can be asked by rests on knowing which of them hold whole documents."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from orderwright.domain.shop import message
from orderwright.engine.messages import Message
from orderwright.engine.model import Resource


def kinds(of: type[Message]) -> Iterator[type[Message]]:
    for kind in of.__subclasses__():
        if kind.__module__.startswith("orderwright."):
            yield kind
        yield from kinds(kind)


def holds_a_document(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Resource):
        return True
    return any(holds_a_document(part) for part in get_args(hint))


def test_every_field_that_holds_a_document_is_known() -> None:
    importlib.import_module("orderwright.resources")  # with which all Messages are
    found = set()
    for kind in kinds(Message):
        hints = get_type_hints(kind)
        names = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
        found |= {shown for name, shown in names if holds_a_document(hints[name])}
    assert tuple(sorted(found)) == message.EMBEDDED
