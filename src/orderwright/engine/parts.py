"""How actions reach a part of a document: one description serves its setters and its custom fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from orderwright.engine.model import Action


def _itself(document: Any, _action: Any) -> Any:
    return document


def _in_its_place(_document: Any, _old: Any, new: Any) -> Any:
    return new


def _nameless(_document: Any, _part: Any) -> dict[str, Any]:
    return {}


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
