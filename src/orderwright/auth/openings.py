"""How much those may make who have shown no secret: sessions of visitors, and accounts by them.

Each address has a number that is free at once and comes back with time, and so have all of them together. Beyond it the answer is
429, with the seconds to wait. Counts are kept in memory: each worker process has its own, and a restart forgets them.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from orderwright.auth.guessing import counted
from orderwright.errors import OverCapacityError

ENTRIES: Final = 10_000
"""How many addresses are remembered. The one that asked longest ago is forgotten first."""


class Rate(NamedTuple):
    """So many at once, and so many a second after that."""

    at_once: int
    a_second: float


SESSIONS: Final = Rate(200, 5), Rate(2_000, 50)
"""Sessions that are opened or go on: of an address, and of all. Of those that live a day, strangers keep at most 4.3 million."""
ACCOUNTS: Final = Rate(100, 0.2), Rate(1_000, 2)
"""Accounts that visitors make: of an address, one each five seconds, and of all."""


class TooManyError(OverCapacityError):
    """429: an address, or all together, have made too much lately."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many requests. Try again later.", retry_after)
        self.status = 429


class Openings:
    """Counts what is made. The addresses of this machine, where a proxy may be, and those that are not known are not counted;
    what they make counts for all."""

    def __init__(self, an_address: Rate, of_all: Rate, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._an_address = an_address
        self._of_all = of_all
        self._monotonic = monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._left_of_all = (float(of_all.at_once), monotonic())

    def __len__(self) -> int:
        return len(self._left)

    def take(self, peer: str | None) -> None:
        """Count one more, of an address. Raises TooManyError, and counts nothing then."""
        now = self._monotonic()
        address = counted(peer)
        own = self._an_address
        left = _refilled(self._left.get(address, (own.at_once, now)), own, now) if address is not None else math.inf
        left_of_all = _refilled(self._left_of_all, self._of_all, now)
        if left < 1 or left_of_all < 1:
            waits = ((1 - left) / own.a_second, (1 - left_of_all) / self._of_all.a_second)
            raise TooManyError(max(1, math.ceil(max(waits))))
        self._left_of_all = (left_of_all - 1, now)
        if address is not None:
            self._left[address] = (left - 1, now)
            self._left.move_to_end(address)
            while len(self._left) > ENTRIES:
                self._left.popitem(last=False)


def _refilled(entry: tuple[float, float], rate: Rate, now: float) -> float:
    left, at = entry
    return min(rate.at_once, left + (now - at) * rate.a_second)
