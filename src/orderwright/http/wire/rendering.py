"""An answer as the bytes of HTTP/1.1."""

from __future__ import annotations

import functools
import http
import re
from typing import Protocol

from orderwright.http.wire.exchange import Answer

_STATUS = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in http.HTTPStatus}
_NO_HEADER_VALUE = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


class Asked(Protocol):
    """What the form of an answer depends on, of the request."""

    @property
    def method(self) -> str: ...
    @property
    def keep_alive(self) -> bool: ...


@functools.lru_cache(maxsize=4)
def _line(name: bytes, value: bytes) -> str:
    return f"{name.decode('latin-1')}: {value.decode('latin-1')}\r\n"


def rendered(answer: Answer, asked: Asked, correlation_id: str, usual: list[tuple[bytes, bytes]]) -> bytes:
    """The answer as it goes out; `usual` are headers of every answer, such as the date.

    Raises ValueError for a header that would break it.
    """
    status, body, own = answer
    head = _STATUS[status]
    for name, value in usual:
        head += _line(name, value)
    head += f"x-correlation-id: {correlation_id}\r\n"
    if asked.method == "HEAD":  # a length would have to be that of GET's body, which was not made
        body = b""
    else:
        head += f"content-length: {len(body)}\r\n"
    typed = not body
    for header, text in own:
        if _NO_HEADER_VALUE.search(text):
            raise ValueError(f"The value of the header {header} would break the answer.")
        head += f"{header}: {text}\r\n"
        typed = typed or header == "content-type"
    if not typed:
        head += "content-type: application/json; charset=utf-8\r\n"
    head += "\r\n" if asked.keep_alive else "connection: close\r\n\r\n"
    return head.encode("latin-1") + body
