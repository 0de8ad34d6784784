"""Which extensions a request has called, how long each took and what it answered: headers of the request's answer tell it.

commercetools: API Extensions, observability: `Server-Timing` and `ct-upstream-status-code`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextvars import ContextVar

import msgspec

SILENT = 504
"""What stands for the status of an extension that gave no answer."""
_MOST_TOLD = 25


class Call(msgspec.Struct):
    """One call; times are of `time.perf_counter`, in seconds. `name` is the extension's key, or its id."""

    id: str
    name: str
    begun: float
    ended: float = 0.0
    status: int = SILENT

    def answered(self, status: int | None) -> None:
        """It is over; None where there was no answer."""
        self.ended = time.perf_counter()
        self.status = SILENT if status is None else status


class Calls(msgspec.Struct):
    """Those of one request, and the id of the one that its answer blames."""

    made: list[Call] = msgspec.field(default_factory=list)
    blamed: str | None = None

    def headers(self, status: int) -> Sequence[tuple[str, str]]:
        """What the answer with this status tells of them; nothing where there were none."""
        over = [call for call in self.made if call.ended]
        if not over:
            return ()
        told = [_entry("extension", call.ended - call.begun, call.name) for call in over[:_MOST_TOLD]]
        told.append(_entry("total", _covered(over)))
        headers = [("server-timing", ", ".join(told))]
        headers += [("ct-upstream-status-code", str(call.status)) for call in over if call.id == self.blamed and status >= 400][
            -1:
        ]
        return headers


_current: ContextVar[Calls | None] = ContextVar("calls", default=None)


def begin() -> Calls:
    """Those of a request that begins, until the next one of its task does."""
    calls = Calls()
    _current.set(calls)
    return calls


def calling(id: str, name: str) -> Call:
    """A call that begins now."""
    call = Call(id, name, time.perf_counter())
    if (calls := _current.get()) is not None:
        calls.made.append(call)
    return call


def blame(id: str) -> None:
    """The request is refused because of this extension."""
    if (calls := _current.get()) is not None:
        calls.blamed = id


def _entry(name: str, seconds: float, description: str | None = None) -> str:
    described = "" if description is None else f';desc="{description}"'
    return f"{name}{described};dur={seconds * 1000:.1f}"


def _covered(calls: Sequence[Call]) -> float:
    """The seconds in which at least one was under way."""
    covered, until = 0.0, 0.0
    for call in sorted(calls, key=lambda call: call.begun):
        covered += max(0.0, call.ended - max(call.begun, until))
        until = max(until, call.ended)
    return covered
