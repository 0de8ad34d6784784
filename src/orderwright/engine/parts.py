"""How actions reach a part of a document: one description serves its setters and its custom fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Resource


def _itself(document: Any, _action: Any) -> Any:
    return document


def _in_its_place(_document: Any, _old: Any, new: Any) -> Any:
    return new


def _nameless(_document: Any, _part: Any) -> dict[str, Any]:
    return {}


def dated(part: Any, facts: Facts) -> Any:
    """A part that was changed now. Line items and return items are dated themselves; a whole document is dated by the engine."""
    if "last_modified_at" in part.__struct_fields__ and not isinstance(part, Resource):
        return replace(part, last_modified_at=facts.now)
    return part


@dataclass(frozen=True)
class Part:
    """A part of a document.

    `read(document, action)` finds it or raises; `write(document, old, new)` puts the changed part in place of the old one.
    `named_by` is a struct whose members name the part in actions; `named(document, part)` are those that name it in Messages.
    """

    read: Callable[[Any, Any], Any]
    write: Callable[[Any, Any, Any], Any]
    named_by: type[Action] = Action
    named: Callable[[Any, Any], dict[str, Any]] = _nameless


WHOLE: Final = Part(_itself, _in_its_place)
"""The document itself."""
