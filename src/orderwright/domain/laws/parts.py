"""The parts of a document: found by `id` or by `key` as update actions name them, changed in their place, or taken out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from orderwright.errors import duplicate_field, invalid_field, invalid_input, required_field


class Part(Protocol):
    """What has an id and may have a key: a line item, a delivery, a parcel, a return item."""

    @property
    def id(self) -> str: ...

    @property
    def key(self) -> str | None: ...


P = TypeVar("P", bound=Part)
T = TypeVar("T")


def find_part(parts: Iterable[P], name: str, *, id: str | None, key: str | None) -> P:
    """The part that an action names; `name` is the field's stem, such as `delivery` for `deliveryId` and `deliveryKey`.

    Raises `RequiredField` for neither, `InvalidInput` for both, `InvalidField` when there is no such part.
    """
    by = exactly_one({f"{name}Id": id, f"{name}Key": key})
    sought = None if id is None else id.lower()
    for part in parts:
        if part.id == sought or (key is not None and part.key == key):
            return part
    raise invalid_field(by, id if id is not None else key)


def exactly_one(given: dict[str, str | None]) -> str:
    """The name of the only field that has a value. Raises `RequiredField` for none, `InvalidInput` for several."""
    named = [name for name, value in given.items() if value is not None]
    if not named:
        raise required_field(next(iter(given)))
    if len(named) > 1:
        raise invalid_input(f"Either {' or '.join(named)} is to be set, not both.")
    return named[0]


def check_new_keys(parts: Iterable[Part], added: Iterable[str | None]) -> None:
    """Raises `DuplicateField` for a new key that a part has already, and for one that is added twice."""
    taken = {part.key for part in parts}
    for key in added:
        if key is not None and key in taken:
            raise duplicate_field("key", key)
        taken.add(key)


def with_part(parts: Iterable[P], changed: P) -> tuple[P, ...]:
    """The parts with one of them changed, in its place; it is known by its id."""
    return tuple(changed if part.id == changed.id else part for part in parts)


def instead(parts: Iterable[T], old: T, new: T) -> tuple[T, ...]:
    """The parts with one of them replaced, in its place; it is known by identity, since what has no id may stand there twice."""
    return tuple(new if part is old else part for part in parts)


def without(parts: Iterable[T], gone: T) -> tuple[T, ...]:
    """The parts but one, which is known by identity."""
    return tuple(part for part in parts if part is not gone)
