"""Requests to servers outside, made to real ones on this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import AnswerTooLargeError, ForbiddenAddressError, GuardedHttp, NotReachedError

AT_ONCE = 20
Answering = Callable[[bytes], bytes | None]


class Server:
    """Answers each request by a function of all its bytes, and never where that gives None."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self.connections = 0
        self.requests: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                self.requests.append(head + await reader.readexactly(length))
                answer = self._answering(self.requests[-1])
                if answer is None:
                    await reader.read()
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(answering: Answering) -> AsyncIterator[tuple[Server, int]]:
    server = Server(answering)
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    try:
        yield server, listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


def run(scene: Callable[[GuardedHttp], Awaitable[None]], *allowed: str, at_once: int = AT_ONCE) -> None:
    async def whole() -> None:
        outside = GuardedHttp(Allowed(allowed), at_once)
        try:
            await scene(outside)
        finally:
            await outside.close()

    asyncio.run(whole())


def ok(body: bytes = b"{}", status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def test_a_request_goes_out_as_it_was_given_and_the_connection_is_kept() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda _: ok(b'{"a":1}', b"201 Created")) as (server, port):
            for _ in range(2):
                answer = await outside.post(
                    f"http://127.0.0.1:{port}/x?y=1", {"Authorization": "Bearer s"}, b"12345", timeout_s=2, most_bytes=7
                )
                assert (answer.status, answer.body) == (201, b'{"a":1}')
            assert server.connections == 1
            head, _, body = server.requests[0].partition(b"\r\n\r\n")
            assert head.startswith(b"POST /x?y=1 HTTP/1.1\r\n")
            assert b"Authorization: Bearer s" in head
            assert b"Host: 127.0.0.1:%d" % port in head
            assert body == b"12345"

    run(scene, "127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_called_by_any_of_its_names(host: str) -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda _: ok()) as (server, port):
            with pytest.raises(ForbiddenAddressError):
                await outside.post(f"http://{host}:{port}/", {}, b"", timeout_s=2, most_bytes=10)
            assert server.connections == 0

    run(scene, "127.0.0.1:1")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with (
            serving(lambda _: ok()) as (inside, inner),
            serving(lambda _: b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % inner) as (
                _,
                port,
            ),
        ):
            answer = await outside.post(f"http://127.0.0.1:{port}/", {}, b"", timeout_s=2, most_bytes=10)
            assert answer.status == 302
            assert inside.connections == 0

    run(scene, "127.0.0.1")


def test_silence_ends_with_the_time() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda _: None) as (_, port):
            began = asyncio.get_running_loop().time()
            with pytest.raises(NotReachedError):
                await outside.post(f"http://127.0.0.1:{port}/", {}, b"", timeout_s=0.2, most_bytes=10)
            assert asyncio.get_running_loop().time() - began < 1

    run(scene, "127.0.0.1")


def test_those_who_were_given_up_leave_no_connection_behind() -> None:
    silent = True

    async def scene(outside: GuardedHttp) -> None:
        nonlocal silent
        async with serving(lambda _: None if silent else ok()) as (_, port):
            url = f"http://127.0.0.1:{port}/"
            calls = [outside.post(url, {}, b"", timeout_s=0.2, most_bytes=10) for _ in range(AT_ONCE + 20)]
            found = await asyncio.gather(*calls, return_exceptions=True)
            assert {type(each) for each in found} == {NotReachedError}
            silent = False
            assert (await outside.post(url, {}, b"", timeout_s=2, most_bytes=10)).status == 200

    run(scene, "127.0.0.1", at_once=AT_ONCE)


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda _: ok(b"x" * 11, b"500 Oh")) as (_, port):
            with pytest.raises(AnswerTooLargeError) as refused:
                await outside.post(f"http://127.0.0.1:{port}/", {}, b"", timeout_s=2, most_bytes=10)
            assert refused.value.status == 500

    run(scene, "127.0.0.1")


def test_a_host_that_is_too_busy_for_the_first_packet_is_reached_by_the_next() -> None:
    async def scene(outside: GuardedHttp) -> None:
        with socket.socket() as listening, socket.socket() as before:
            listening.bind(("127.0.0.1", 0))
            listening.listen(0)  # one connection that nobody takes fills the queue, and the next one is dropped
            listening.setblocking(False)
            before.connect(listening.getsockname())
            port = listening.getsockname()[1]
            posted = asyncio.create_task(outside.post(f"http://127.0.0.1:{port}/", {}, b"", timeout_s=8, most_bytes=10))
            await asyncio.sleep(0.5)
            assert not posted.done()
            server = await asyncio.start_server(Server(lambda _: ok()), sock=listening)
            assert (await posted).status == 200
            server.close()

    run(scene, "127.0.0.1")


def test_what_cannot_be_reached_or_is_no_http_is_not_reached() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda _: b"220 mail.example ESMTP\r\n") as (_, port):
            with pytest.raises(NotReachedError):
                await outside.post(f"http://127.0.0.1:{port}/", {}, b"", timeout_s=2, most_bytes=10)
        with pytest.raises(NotReachedError):
            await outside.post(f"http://127.0.0.1:{port}/", {}, b"", timeout_s=2, most_bytes=10)
        with pytest.raises(NotReachedError):
            await outside.post("http://no-such-host.invalid/", {}, b"", timeout_s=2, most_bytes=10)

    run(scene, "127.0.0.1")
