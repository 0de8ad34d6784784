"""Whoever guesses passwords waits longer each time; nobody is ever locked out.

Failures are counted for each account and for each address. Both counts halve in HALF_LIFE_S. Beyond a number that is free,
an attempt waits before its password is looked at, and a right one is right after the wait too. Counts are kept in memory:
each worker process has its own, and a restart forgets them.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from orderwright.errors import OverCapacityError

HALF_LIFE_S = 300.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 10.0
ENTRIES = 10_000
"""How many accounts, and how many addresses, are remembered. The least recently tried is forgotten first."""
MAX_WAITING = 200
"""Attempts that may wait in a process at once. They hold places that other requests want too."""
MAX_TOGETHER = 5
"""Attempts that may wait for one account from one address; who sends more at once is told to come back."""


class _Entry:
    __slots__ = ("at", "failures", "pending")

    def __init__(self, at: float) -> None:
        self.failures = 0.0
        self.at = at
        self.pending = 0


class _Failures:
    """Failures by key. `free` of them cost nothing; from there on the wait doubles with every `step`."""

    def __init__(self, free: int, step: int, monotonic: Callable[[], float]) -> None:
        self._free, self._step = free, step
        self._monotonic = monotonic
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def begin(self, key: str) -> float:
        """Note an attempt under way, and say how many seconds it is to wait.

        Where something failed lately, whatever is under way counts as failed already: guesses that are sent all at once
        gain nothing by it.
        """
        entry = self._entry(key)
        count = entry.failures + (entry.pending if entry.failures >= 0.5 else 0)
        entry.pending += 1
        over = count - self._free
        return 0.0 if over < 0 else min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (over / self._step))

    def end(self, key: str, failed: bool) -> None:
        entry = self._entry(key)
        entry.pending = max(0, entry.pending - 1)
        if failed:
            entry.failures += 1

    def forgive(self, key: str) -> None:
        self._entry(key).failures = 0.0

    def _entry(self, key: str) -> _Entry:
        now = self._monotonic()
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(now)
            if len(self._entries) > ENTRIES:
                self._entries.popitem(last=False)
        else:
            self._entries.move_to_end(key)
        entry.failures *= 0.5 ** ((now - entry.at) / HALF_LIFE_S)
        entry.at = now
        return entry


class Attempt:
    """One attempt to sign in. It failed if it was `judged` and not found `right`."""

    right = False
    judged = False


class Guesses:
    """What is remembered of failed attempts. Addresses are shared by many people, so much more is free to them."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._accounts = _Failures(5, 1, monotonic)
        self._addresses = _Failures(300, 50, monotonic)
        self._sleep = sleep
        self._waiting: Counter[tuple[str, str]] = Counter()

    @asynccontextmanager
    async def attempt(self, account: str, peer: str | None) -> AsyncIterator[Attempt]:
        """Wait as long as this account and this address have to, then make the attempt within.

        Raises OverCapacity (503) where too many are waiting.
        """
        address = network_of(peer)
        attempt = Attempt()
        wait_s = max(self._accounts.begin(account), self._addresses.begin(address))
        try:
            if wait_s:
                await self._wait(account, address, wait_s)
            yield attempt
        finally:
            failed = attempt.judged and not attempt.right
            self._accounts.end(account, failed)
            self._addresses.end(address, failed)
            if attempt.right:
                self._accounts.forgive(account)

    async def _wait(self, account: str, address: str, wait_s: float) -> None:
        who = (account, address)
        if self._waiting[who] >= MAX_TOGETHER or self._waiting.total() >= MAX_WAITING:
            raise OverCapacityError("Too many attempts to sign in are waiting.", math.ceil(wait_s))
        self._waiting[who] += 1
        try:
            await self._sleep(wait_s)
        finally:
            self._waiting[who] -= 1
            if not self._waiting[who]:
                del self._waiting[who]


def network_of(peer: str | None) -> str:
    """The address that is counted: one of IPv4, or the network of IPv6 within which a single host chooses its own."""
    try:
        address = ipaddress.ip_address((peer or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def counted(peer: str | None) -> str | None:
    """The address that something is counted for. None has a socket in the file system, and this machine, as for its proxy."""
    try:
        address = ipaddress.ip_address((peer or "").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return None if (mapped or address).is_loopback else network_of(peer)
