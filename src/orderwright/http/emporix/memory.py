"""Orders as they were shown last, so that who asks again is not answered by making the same once more.

What is shown follows from an order's stored bytes, its payments, and whom it is shown to. So it is remembered by these, nothing
has to be forgotten when an order changes, and no answer can be old. What a caller may see is asked of the database before.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from msgspec import Struct

MOST_BYTES: Final = 32 * 2**20
"""Of all that one process remembers."""
_BESIDE: Final = 500
_OF_PAYMENT: Final = 150
"""Bytes of an id and a hash."""
_HEAD: Final = 100
"""Characters of a body in which its id and version stand."""

Key = tuple[str, bool, str, int, int]


class Shown(Struct, frozen=True, gc=False):
    """An order as it was shown, with the ids of its payments, and a hash of the bytes of each one that there was."""

    bytes: bytes
    ids: tuple[str, ...] = ()
    payments: tuple[int, ...] = ()


class Memory:
    """Of so many orders as have `most` bytes together, those that were asked for last."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._size = 0
        self._shown: OrderedDict[Key, Shown] = OrderedDict()

    @staticmethod
    def key(tenant: str, for_customer: bool, body: str) -> Key:
        """What tells an order's bytes from all others: its id and its version, and a hash of them all beside these."""
        return tenant, for_customer, body[:_HEAD], len(body), hash(body)

    def get(self, key: Key) -> Shown | None:
        """What was shown of it."""
        found = self._shown.get(key)
        if found is not None:
            self._shown.move_to_end(key)
        return found

    def put(self, key: Key, shown: Shown) -> None:
        """Remember it, and forget what was asked for longest ago."""
        before = self._shown.pop(key, None)
        self._size += _size(shown) - (0 if before is None else _size(before))
        self._shown[key] = shown
        while self._size > self._most:
            _, gone = self._shown.popitem(last=False)
            self._size -= _size(gone)

    def __len__(self) -> int:
        return len(self._shown)


def _size(shown: Shown) -> int:
    return len(shown.bytes) + _BESIDE + _OF_PAYMENT * len(shown.ids)
