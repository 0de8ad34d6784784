"""All who are connected to a process: how many, from where, and what lies here for them."""

from __future__ import annotations

import contextlib
import logging
import resource
import time
from collections import Counter
from typing import Protocol

from orderwright.auth.guessing import counted
from orderwright.http.wire.budget import Budget
from orderwright.http.wire.limits import MB, Limits
from orderwright.http.wire.unsent import Unsent
from orderwright.settings import Settings

TOLD_S = 60.0
"""Seconds between two lines of the log that tell of connections which were turned away."""
OTHER_FILES = 100
"""Open files that a process needs beside its connections to clients and to the database."""
log = logging.getLogger("orderwright.http")


def limits_of(settings: Settings) -> Limits:
    """The limits that a process keeps.

    Behind proxies, all connections have the proxies' addresses, so they are not bounded by address. Where the operating system
    grants the process fewer files than it would need, there are fewer connections.
    """
    return Limits(
        connections=_within_files(settings),
        connections_an_address=0 if settings.proxies else settings.address_connection_limit,
        bodies_bytes=settings.body_memory_mb * MB,
    )


def _within_files(settings: Settings) -> int:
    others = settings.pool_size + settings.query_pool_size + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.connection_limit + others
    if soft != resource.RLIM_INFINITY and soft < wanted:
        granted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):  # some systems grant less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if soft < wanted:
            fewer = max(1, soft - others)
            text = "The operating system grants %d open files, so there are at most %d connections."
            log.warning(text, soft, fewer)
            return fewer
    return settings.connection_limit


class Member(Protocol):
    """A connection, as far as it takes a place."""

    def may_go(self, *, shown: bool) -> bool:
        """Whether it may be ended to make room: nothing is being answered on it. With `shown` False, it must also never have had
        an answer for a token."""

    def abort(self) -> None:
        """End at once."""


class Crowd:
    """The connections of a process. Whoever has shown nothing makes room for others."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.strangers = Budget(limits.strangers_bytes)
        self.known = Budget(limits.bodies_bytes)
        self.unsent = Unsent(limits)
        self.pipelined = 0
        self._members: dict[Member, str | None] = {}  # the oldest first, each with the address that it counts for
        self._addresses: Counter[str] = Counter()
        self._told = -TOLD_S
        self._turned_away = 0

    def __len__(self) -> int:
        return len(self._members)

    def admit(self, member: Member, peer: str | None) -> bool:
        """Whether a new connection finds a place."""
        address = counted(peer) if self.limits.connections_an_address else None
        if address is not None and self._addresses[address] >= self.limits.connections_an_address:
            self._tell("as many as one address may have")
            return False
        if len(self._members) >= self.limits.connections and not self._make_room():
            self._tell("as many as all clients may have, with something under way on each")
            return False
        self._members[member] = address
        if address is not None:
            self._addresses[address] += 1
        return True

    def leave(self, member: Member) -> None:
        """A connection is gone; harmless for one that had no place."""
        address = self._members.pop(member, None)
        if address is not None:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def _make_room(self) -> bool:
        for shown in (False, True):
            going = next((member for member in self._members if member.may_go(shown=shown)), None)
            if going is not None:
                self.leave(going)
                going.abort()
                self._tell("as many as all clients may have; the oldest that waits goes")
                return True
        return False

    def _tell(self, reason: str) -> None:
        # Whoever floods the server must not flood its log.
        self._turned_away += 1
        now = time.monotonic()
        if now - self._told >= TOLD_S:
            self._told = now
            fields = {"connections": len(self._members), "turnedAway": self._turned_away}
            log.warning("Connections are turned away: %s.", reason, extra={"fields": fields})
