"""How long is waited for what, and when it is given up."""

from __future__ import annotations

import random
from datetime import timedelta

import msgspec


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds, but for those that say otherwise.

    A destination is a process's for `lease_s` from each batch on. What is not taken is tried again after `first_s`, then after
    twice that, up to `longest_s`; each pause is a little different. A note that is not taken for `give_up` becomes a dead
    letter; a destination that is misconfigured for `stop_after` is sent nothing more.
    """

    lease_s: float = 40.0
    first_s: float = 1.0
    longest_s: float = 600.0
    give_up: timedelta = timedelta(hours=48)
    stop_after: timedelta = timedelta(hours=24)
    poll_s: float = 1.0
    fresh: int = 400
    again: int = 50

    @property
    def batch_s(self) -> float:
        """How long a batch is sent, so that it is over before the lease is."""
        return self.lease_s / 2

    def pause(self, attempts: int) -> timedelta:
        """Before the next attempt, after so many: the first is attempt 1."""
        longest = min(self.first_s * 2 ** min(attempts - 1, 30), self.longest_s)
        return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter is no secret
