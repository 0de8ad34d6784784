"""Cross-origin requests of browsers (the Fetch standard's CORS protocol). Credentials mode is never offered: tokens are sent
in a header, so a page of another origin has nothing that the browser would add by itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from orderwright.http.wire.exchange import Answer

MAX_AGE_S = 7_200
"""How long a browser may remember a preflight; the most that browsers agree on."""
_EXPOSED = "X-Correlation-ID"
_METHODS = "GET, HEAD, POST, DELETE"
_MAX_ASKED = 2_000
_ORIGIN = re.compile(r"[!-~]{1,512}")
_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*")


def preflight(method: str, headers: Mapping[str, str]) -> Answer | None:
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
            ("access-control-allow-methods", _METHODS),
            *((("access-control-allow-headers", asked),) if allowed else ()),
            ("access-control-max-age", str(MAX_AGE_S)),
            ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ),
    )


def shared(answer: Answer, origin: str, allowed: Collection[str]) -> Answer:
    """The answer with what lets a page of this origin read it; `allowed` are the origins of the client, none being any."""
    headers: tuple[tuple[str, str], ...] = (("vary", "Origin"),)
    if _ORIGIN.fullmatch(origin) is not None and (not allowed or origin in allowed):
        headers += (("access-control-allow-origin", origin), ("access-control-expose-headers", _EXPOSED))
    return answer._replace(headers=(*answer.headers, *headers))
