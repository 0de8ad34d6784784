"""Cross-origin requests of browsers (the Fetch standard's CORS protocol). Credentials mode is never offered: tokens are sent
in a header, so a page of another origin has nothing that the browser would add by itself."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple

from orderwright.http.wire.exchange import Answer

MAX_AGE_S = 7_200
"""How long a browser may remember a preflight; the most that browsers agree on."""
# Who sent these headers to a path, and which origins that client's browsers may have; none is any.
Origins = Callable[[Mapping[str, str], tuple[str, ...]], Awaitable[Collection[str]]]
_MAX_ASKED = 2_000
_ORIGIN = re.compile(r"[!-~]{1,512}")
_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*")


async def of_anybody(_headers: Mapping[str, str], _path: tuple[str, ...]) -> Collection[str]:
    """Any origin."""
    return ()


class Sharing(NamedTuple):
    """What a mount tells browsers: its methods, the headers that a page may read of its answers, and whose pages may."""

    methods: tuple[str, ...] = ("GET", "HEAD", "POST", "DELETE")
    exposed: tuple[str, ...] = ("X-Correlation-ID", "Server-Timing", "ct-upstream-status-code")
    origins: Origins = of_anybody


USUAL = Sharing()


def preflight(method: str, headers: Mapping[str, str], sharing: Sharing) -> Answer | None:
    """The answer to a browser that asks before it sends, or None for any other request.

    Such a question names no client, so it is answered for all of them; what a client's origins keep back is the answer to
    the request itself.
    """
    origin = headers.get("origin", "")
    if method != "OPTIONS" or "access-control-request-method" not in headers or _ORIGIN.fullmatch(origin) is None:
        return None
    asked = headers.get("access-control-request-headers", "").strip()
    allowed = len(asked) <= _MAX_ASKED and _NAMES.fullmatch(asked) is not None
    return Answer(
        200,
        b"",
        (
            ("access-control-allow-origin", origin),
            ("access-control-allow-methods", ", ".join(sharing.methods)),
            *((("access-control-allow-headers", asked),) if allowed else ()),
            ("access-control-max-age", str(MAX_AGE_S)),
            ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ),
    )


def shared(answer: Answer, origin: str, allowed: Collection[str], sharing: Sharing) -> Answer:
    """The answer with what lets a page of this origin read it; `allowed` are the origins of the client, none being any."""
    headers: tuple[tuple[str, str], ...] = (("vary", "Origin"),)
    if _ORIGIN.fullmatch(origin) is not None and (not allowed or origin in allowed):
        headers += (("access-control-allow-origin", origin), ("access-control-expose-headers", ", ".join(sharing.exposed)))
    return answer._replace(headers=(*answer.headers, *headers))
