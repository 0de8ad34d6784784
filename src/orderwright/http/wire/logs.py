"""Log lines: JSON, one a request, with nothing in them that names a person or opens a door."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
import sys
import time

import msgspec

MAX_LOGGED_WORDS = 10
_PLAIN = re.compile(r"[\w.-]{0,64}", re.ASCII)
_WORD_OR_ID = re.compile(r"[a-z-]{0,64}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# A path of nothing but such words, as almost every path is, is shown as it is.
_PLAIN_PATH = re.compile(rf"(?:/{_PLAIN.pattern}){{1,2}}(?:/(?:{_WORD_OR_ID.pattern})){{0,{MAX_LOGGED_WORDS - 3}}}", re.ASCII)
FLUSH_S = 0.05
_encoder = msgspec.json.Encoder()


class RequestLog:
    """One line a request, written in batches: a line of its own for each would cost more than reading an order.

    A process that is killed loses what it answered in its last FLUSH_S seconds; one that is stopped loses nothing.
    """

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._lines: list[bytes] = []

    def __call__(self, method: str, path: bytes, status: int, size: int, correlation_id: str, started: float) -> None:
        """Note an answer of so many bytes, a stream when it has ended. The request was `started` by `time.perf_counter`."""
        if not self._enabled:
            return
        if not self._lines:
            asyncio.get_running_loop().call_later(FLUSH_S, self.flush)
        now = time.time()
        line = {
            "time": f"{_second(int(now))}.{int(now % 1 * 1000):03d}Z",
            "level": "info",
            "message": "request",
            "method": method,
            # Without its query: predicates and keys in it may be personal. Addresses and tokens are not logged.
            "path": impersonal(path),
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 2),
            "bytes": size,
            "correlationId": correlation_id,
        }
        self._lines.append(_encoder.encode(line))

    def flush(self) -> None:
        """Write what was noted."""
        if self._lines:
            lines, self._lines = self._lines, []
            sys.stderr.buffer.write(b"\n".join(lines) + b"\n")
            sys.stderr.buffer.flush()


@functools.lru_cache(maxsize=4)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def impersonal(path: bytes) -> str:
    """The path with what may name a person left out."""
    # What stands after `=` (a key, an order number, a customer id) may name a person, and so may a word where an id is
    # expected. The path is looked at as it was sent: an encoded slash must not end what is left out.
    shown = path.split(b"?", 1)[0].decode("latin-1")
    if _PLAIN_PATH.fullmatch(shown):
        return shown
    words = shown.split("/")[:MAX_LOGGED_WORDS]
    return "/".join(_shown(word, (_PLAIN if place < 3 else _WORD_OR_ID)) for place, word in enumerate(words))


def _shown(word: str, plain: re.Pattern[str]) -> str:
    name, equals, _ = word.partition("=")
    if equals and _PLAIN.fullmatch(name):
        return f"{name}=..."
    return word if plain.fullmatch(word) else "..."


class JsonLines(logging.Formatter):
    """One JSON object a line; line breaks inside a value cannot make a second line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its `fields`, and a stack trace where there is one."""
        line = {
            "time": _second(int(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def configure_logging(level: str) -> None:
    """JSON lines on standard error, one a request."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("orderwright")
    logger.handlers = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
    for name in (
        "uvicorn",
        "asyncio",
        "opentelemetry",
    ):  # what they warn of, such as bytes that are no HTTP, are lines of the same form
        logging.getLogger(name).handlers = [handler]
