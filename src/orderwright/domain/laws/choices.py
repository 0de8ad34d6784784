"""The choices of enums, alone and inside sets: one law for the attributes of product types and the fields of Types.

Their enums and sets are structs of their own, tagged as the specification tags them. Alike are their members: an enum has
`values`, a set has an `element_type`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from orderwright.errors import ApiError


class Choice(Protocol):
    """One value of an enum; its label is a text, or one text a language."""

    @property
    def key(self) -> str: ...


C = TypeVar("C", bound=Choice)
D = TypeVar("D")


def innermost_type(type: Any) -> tuple[Any, int]:
    """The type of the elements inside all sets, and how many sets there are around it."""
    depth = 0
    while hasattr(type, "element_type"):
        type, depth = type.element_type, depth + 1
    return type, depth


def choices_of(type: Any) -> tuple[Any, ...] | None:
    """The choices of an enum, also inside a set; None for any other type."""
    return getattr(innermost_type(type)[0], "values", None)


def keys_of(type: Any) -> list[str] | None:
    """The keys that a value of the type may have; None if it is no enum."""
    choices = choices_of(type)
    return None if choices is None else [choice.key for choice in choices]


def shape_of(type: Any) -> object:
    """The part of a type that must be the same wherever a name is declared: everything but the choices of an enum."""
    innermost, depth = innermost_type(type)
    return depth, innermost if choices_of(innermost) is None else innermost.__class__


def check_choices(choices: Sequence[Choice]) -> None:
    """Raises `DuplicateEnumValues` where a key stands twice."""
    keys = [choice.key for choice in choices]
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    if twice:
        raise duplicate_enum_values(twice)


def with_choices(definition: D, choices: Sequence[Choice]) -> D:
    """The definition of an enum, or of a set of one, with other choices. Raises `DuplicateEnumValues`."""
    check_choices(choices)
    changed: Any = definition
    return replace(changed, type=_replaced(changed.type, tuple(choices)))  # type: ignore[no-any-return]  # of the same type


def relabelled(choices: Sequence[C], new: C) -> tuple[C, ...]:
    """The choices, where the new one replaces the one of the same key."""
    return tuple(new if choice.key == new.key else choice for choice in choices)


def _replaced(type: Any, choices: tuple[Choice, ...]) -> Any:
    if hasattr(type, "element_type"):
        return replace(type, element_type=_replaced(type.element_type, choices))
    return replace(type, values=choices)


def duplicate_enum_values(keys: list[str]) -> ApiError:
    message = f"The enum values contain duplicate keys: {', '.join(keys)}."
    return ApiError(400, "DuplicateEnumValues", message, duplicates=keys)
