"""HTTP by hand: bytes sent over one connection, and the answers that come back, whatever the client library would do."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec


class Answered(msgspec.Struct, frozen=True):
    """One answer; header names are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The first error object."""
        error: dict[str, Any] = msgspec.json.decode(self.body)["errors"][0]
        return error


class Connection:
    """One TCP connection to a server. Reading what does not come fails after ten seconds."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname and parts.port
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=10)
        self._read = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._read.close()
        self._socket.close()

    def send(self, content: bytes) -> None:
        """Send bytes as they are."""
        self._socket.sendall(content)

    def request(self, method: str, target: bytes, token: str, body: bytes | None = None, **headers: str) -> None:
        """Send a request whose target is not touched; header names are written with `_` for `-`."""
        lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: test", b"Authorization: Bearer " + token.encode()]
        lines += [f"{name.replace('_', '-')}: {value}".encode("latin-1") for name, value in headers.items()]
        if body is not None:
            lines.append(b"Content-Length: %d" % len(body))
        self.send(b"\r\n".join(lines) + b"\r\n\r\n" + (body or b""))

    def answer(self, *, bodiless: bool = False) -> Answered:
        """Read one answer; one to a HEAD has no body whatever its headers say."""
        status = int(self._line().split()[1])
        headers = {}
        while line := self._line():
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = 0 if bodiless else int(headers.get("content-length", 0))
        return Answered(status, headers, self._read.read(length))

    def ended(self) -> bool:
        """Whether the server has hung up; waits for it."""
        try:
            return self._read.read(1) == b""
        except ConnectionResetError:
            return True

    def _line(self) -> str:
        line = self._read.readline()
        assert line.endswith(b"\r\n"), f"the connection ended: {line!r}"
        return line[:-2].decode("latin-1")
