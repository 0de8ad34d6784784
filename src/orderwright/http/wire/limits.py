"""What a process grants to all who are connected, and to each of them. docs/operating.md tells it as one table."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

KB: Final = 1024
MB: Final = 1024 * KB


LIVE_STREAMS: Final = 64
"""Streams of Messages that are open at once in one process, each of which asks the database twice a second."""
LIVE_STREAMS_A_CLIENT: Final = 8
"""Of one API client."""


class Body(NamedTuple):
    """What a path takes: the most bytes of a body, and whether its sender is known before they are read."""

    most: int
    known: bool


FORM: Final = Body(64 * KB, known=False)
DOCUMENT: Final = Body(16 * MB, known=True)
IMAGE: Final = Body(10 * MB, known=True)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers, bytes (`..._bytes`) and seconds (`..._s`), for one process unless it says otherwise."""

    connections: int = 4_096
    """Of all clients. One more takes the place of one that waits and has shown nothing, or else of one that is idle."""
    connections_an_address: int = 512
    """Of one address; 0 is any number. The addresses of this machine, where a proxy may be, are not counted."""
    head_bytes: int = 64 * KB
    """Of one request: its first line and its headers together."""
    spare_bytes: int = 64 * KB
    """Of the body of one request whose method takes none. They are thrown away."""
    unread_bytes: int = 64 * KB
    """Of one body that may lie here before anybody asks for it; then its connection is not read further."""
    uncounted_bytes: int = 8 * KB
    """Of one head or one body that is too small to be counted: only larger ones count for the next two."""
    strangers_bytes: int = 8 * MB
    """Of all heads, and of all bodies whose senders are not known."""
    bodies_bytes: int = 64 * MB
    """Of all bodies of known senders, until they are answered."""
    unsent_bytes: int = 32 * MB
    """Of all answers that their clients have not taken yet."""
    pipelined: int = 16_384
    """Requests that wait behind another one of their connection."""
    body_s: float = 30
    """For one body, from when it is wanted."""
    stalled_s: float = 20
    """For which a client may take nothing of its answer. See `unsent.py` for the whole rule."""
    unsent_bytes_a_second: int = 32 * KB
    """At which one client takes its answer at least."""
    linger_s: float = 2
    """For which what still comes is thrown away, so that the last answer is not lost to a reset."""
