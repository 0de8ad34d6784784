"""Finding one part of a document by `id` or by `key`, as update actions name a delivery, a parcel or a return item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from orderwright.errors import duplicate_field, invalid_field, invalid_input, required_field


class Part(Protocol):
    """What has an id and may have a key."""

    @property
    def id(self) -> str: ...

    @property
    def key(self) -> str | None: ...


P = TypeVar("P", bound=Part)


def find_part(parts: Iterable[P], name: str, *, id: str | None, key: str | None) -> P:
    """The part that an action names; `name` is the field's stem, such as `delivery` for `deliveryId` and `deliveryKey`.

    Raises `RequiredField` for neither, `InvalidInput` for both, `InvalidField` when there is no such part.
    """
    by = exactly_one({f"{name}Id": id, f"{name}Key": key})
    for part in parts:
        if part.id == id or (key is not None and part.key == key):
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
    """Raises `DuplicateField` where a key is added that a part has already, or that is added twice."""
    taken = {part.key for part in parts}
    for key in added:
        if key is not None and key in taken:
            raise duplicate_field("key", key)
        taken.add(key)
