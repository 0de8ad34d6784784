"""The bytes of requests that are still being sent, bounded for all senders together."""

from __future__ import annotations

from typing import Protocol


class Sender(Protocol):
    """Whoever has sent a part and may send more."""

    @property
    def whole(self) -> bool:
        """Whether nothing is missing any more."""

    def give_way(self) -> None:
        """Be refused, and keep no bytes."""


class Budget:
    """At most `most` bytes. Where that is too little, the sender who has been at it longest gives way to the others.

    So nobody holds what others need by sending slowly. What is whole is being answered, and does not give way.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._shares: dict[Sender, int] = {}

    @property
    def held(self) -> int:
        """The bytes of all senders."""
        return self._held

    def hold(self, sender: Sender, size: int) -> None:
        """A sender's bytes are `size` now. It, or others, may be told to give way."""
        self._held += size - self._shares.get(sender, 0)
        self._shares[sender] = size
        while self._held > self._most:
            longest = next((each for each in self._shares if not each.whole), None)
            if longest is None:
                return
            self.free(longest)
            longest.give_way()

    def free(self, sender: Sender) -> None:
        """A sender's bytes are gone; harmless for one who has none."""
        self._held -= self._shares.pop(sender, 0)
