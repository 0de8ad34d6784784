"""Answers that are made part by part, on a connection: their form, their order, who waits for whom, and how they end."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable

import pytest
from peers import Peer, get, wired

from orderwright.errors import invalid_operation
from orderwright.http.wire.exchange import Answer, Handler, Request
from orderwright.http.wire.limits import Limits

MB = 1024 * 1024


class Source:
    """Streams of a test, and what becomes of them."""

    def __init__(self, parts: Callable[[], AsyncIterator[bytes]]) -> None:
        self._parts = parts
        self.made = 0
        self.ended = 0

    async def stream(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._parts():
                self.made += 1
                yield part
        finally:
            self.ended += 1

    async def answer(self, request: Request) -> Answer:
        if request.segments == ("plain",):
            return Answer(200, b"{}")
        return Answer(200, self.stream(), (("content-type", "application/x-ndjson"),))


async def three() -> AsyncIterator[bytes]:
    for part in (b"one\n", b"", b"two\n", b"three\n"):
        await asyncio.sleep(0.002)
        yield part


async def endless(size: int = 256 * 1024) -> AsyncIterator[bytes]:
    while True:
        yield b"x" * size


async def silent() -> AsyncIterator[bytes]:
    yield b"first"
    await asyncio.Event().wait()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.005)


async def chunks(peer: Peer) -> list[bytes]:
    """The chunks of a body up to the last, empty one."""
    found = []
    while True:
        size = int(await line(peer), 16)
        found.append(await peer.exactly(size))
        assert await peer.exactly(2) == b"\r\n"
        if size == 0:
            return found[:-1]


async def line(peer: Peer) -> bytes:
    read = b""
    while not read.endswith(b"\r\n"):
        read += await peer.exactly(1)
    return read[:-2]


def test_a_stream_goes_out_in_chunks_and_the_connection_goes_on() -> None:
    source = Source(three)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"), get(b"/plain"), get(b"/b"))
        for following in (True, False):
            status, headers = await peer.head()
            assert (status, headers["transfer-encoding"]) == (200, "chunked")
            assert headers["content-type"] == "application/x-ndjson"
            assert not {"content-length", "connection"} & set(headers)
            # The empty part is left out, for it would be the end.
            assert await chunks(peer) == [b"one\n", b"two\n", b"three\n"]
            if following:
                assert (await peer.answer())[::2] == (200, b"{}")
        assert (source.ended, peer.state.total_requests) == (2, 3)

    wired(scene, source.answer)


def test_to_an_older_client_it_ends_with_the_connection() -> None:
    source = Source(three)

    async def scene(peer: Peer) -> None:
        peer.send(b"GET /a HTTP/1.0\r\n\r\n")
        status, headers = await peer.head()
        assert (status, headers["connection"]) == (200, "close")
        assert not {"transfer-encoding", "content-length"} & set(headers)
        assert await peer.exactly(14) == b"one\ntwo\nthree\n"
        assert await peer.ended()

    wired(scene, source.answer)


def test_a_connection_that_is_to_end_ends_after_it() -> None:
    source = Source(three)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a", b"Connection: close"))
        status, headers = await peer.head()
        assert (status, headers["connection"], headers["transfer-encoding"]) == (200, "close", "chunked")
        assert await chunks(peer) == [b"one\n", b"two\n", b"three\n"]
        assert await peer.ended()

    wired(scene, source.answer)


def test_head_is_answered_without_making_a_part() -> None:
    source = Source(three)

    async def scene(peer: Peer) -> None:
        peer.send(b"HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n", get(b"/plain"))
        status, headers = await peer.head()
        assert (status, headers["content-type"]) == (200, "application/x-ndjson")
        assert not {"transfer-encoding", "content-length"} & set(headers)
        assert (await peer.answer())[::2] == (200, b"{}")
        assert source.made == 0

    wired(scene, source.answer)


def test_the_next_part_is_made_when_the_last_one_was_taken() -> None:
    source = Source(endless)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"))
        await peer.head()
        await until(lambda: peer.crowd.unsent.total > 0)
        made = 0
        while made != source.made:  # until the buffers of both ends are full
            made = source.made
            await asyncio.sleep(0.2)
        # What fits into them has been made, and the one part that does not.
        assert 0 < peer.crowd.unsent.total <= 256 * 1024 + 16
        for _ in range(2 * made):
            await peer.exactly(256 * 1024)
        await until(lambda: source.made > made)
        peer.reset()
        await until(lambda: source.ended == 1)

    wired(scene, source.answer)


def test_whoever_takes_nothing_is_given_up() -> None:
    source = Source(endless)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"))
        await until(lambda: source.ended == 1)

    wired(scene, source.answer, limits=Limits(stalled_s=0.1))


def test_all_streams_together_are_bounded_by_what_may_lie_unsent() -> None:
    source = Source(lambda: endless(16 * MB))

    async def scene(peer: Peer) -> None:
        for each in (peer, await peer.another(), await peer.another()):
            each.send(get(b"/a"))
        await until(lambda: peer.crowd.unsent.total > 24 * MB)
        # Of three times 16 MB the systems' buffers take the smaller part. Whoever has taken nothing for a second makes room.
        await until(lambda: source.ended > 0 and peer.crowd.unsent.total <= 24 * MB)
        assert source.ended < 3

    wired(scene, source.answer, limits=Limits(unsent_bytes=24 * MB))


def test_a_client_that_leaves_ends_a_stream_that_waits() -> None:
    source = Source(silent)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"))
        await peer.head()
        assert await peer.exactly(10) == b"5\r\nfirst\r\n"
        assert source.ended == 0
        peer.vanish()
        await until(lambda: source.ended == 1)

    wired(scene, source.answer)


def test_a_client_that_may_have_left_ends_a_stream_that_is_silent() -> None:
    source = Source(silent)

    async def scene(peer: Peer) -> None:
        for early in (False, True):
            each = await peer.another()
            each.send(get(b"/a"))
            if early:
                each.end()
            await each.head()
            assert await each.exactly(10) == b"5\r\nfirst\r\n"
            each.end()
            with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
                await each.exactly(1)
        await until(lambda: source.ended == 2)

    wired(scene, source.answer, limits=Limits(stalled_s=0.1))


def test_a_client_that_only_sends_nothing_more_gets_all_of_it() -> None:
    source = Source(three)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"))
        peer.end()
        await peer.head()
        assert await chunks(peer) == [b"one\n", b"two\n", b"three\n"]
        assert await peer.ended()

    wired(scene, source.answer)


def test_one_that_takes_its_time_is_not_silent() -> None:
    async def large() -> AsyncIterator[bytes]:
        await asyncio.sleep(0.05)  # so that the end of what the client sends is known
        for _ in range(2):
            yield b"x" * 16 * MB

    source = Source(large)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"))
        peer.end()
        await peer.head()
        # A part, in 16 steps of 50 ms, takes longer than the 500 ms for which the stream may be silent, or nothing be taken.
        taken = 0
        while taken < 32:
            taken += len(await peer.exactly(MB)) // MB
            await asyncio.sleep(0.05)
        await until(lambda: source.ended == 1)

    wired(scene, source.answer, limits=Limits(stalled_s=0.5))


def test_a_client_that_left_before_gets_no_part() -> None:
    source = Source(silent)
    gone = asyncio.Event()

    async def late(request: Request) -> Answer:
        await gone.wait()
        return await source.answer(request)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"))
        await until(lambda: bool(peer.state.tasks))
        peer.vanish()
        await until(lambda: not peer.state.connections)
        gone.set()
        await until(lambda: not peer.state.tasks)
        assert source.made == 0

    wired(scene, late)


def test_one_that_fails_is_logged_and_does_not_look_whole(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError("SELECT secret FROM token")

    source = Source(broken)

    async def scene(peer: Peer) -> None:
        for request in (get(b"/a", b"X-Correlation-ID: mine"), b"GET /a HTTP/1.0\r\nX-Correlation-ID: mine\r\n\r\n"):
            other = await peer.another()
            other.send(request)
            with pytest.raises(ConnectionResetError):
                await other.exactly(MB)
        assert source.ended == 2

    with caplog.at_level(logging.ERROR, logger="orderwright.request"):
        wired(scene, source.answer)
    failures = [record for record in caplog.records if record.name == "orderwright.request"]
    assert [record.fields for record in failures] == [{"correlationId": "mine"}] * 2  # type: ignore[attr-defined]  # put there by the endpoint
    assert all(record.exc_info for record in failures)


def test_one_that_is_cut_off_by_the_end_of_the_process_does_not_look_whole() -> None:
    source = Source(silent)

    async def scene(peer: Peer) -> None:
        peer.send(b"GET /a HTTP/1.0\r\n\r\n")
        await peer.head()
        assert await peer.exactly(5) == b"first"
        for task in peer.state.tasks:
            task.cancel()
        with pytest.raises(ConnectionResetError):
            await peer.exactly(1)
        assert source.ended == 1

    wired(scene, source.answer)


def test_what_is_refused_before_it_begins_is_answered_as_ever() -> None:
    async def refusing(_request: Request) -> Answer:
        raise invalid_operation("no")

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"))
        assert await peer.error() == (400, "InvalidOperation")

    wired(scene, refusing)


def test_a_stream_is_logged_when_it_ends_with_all_its_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    source = Source(three)
    lines = logged(source.answer, capsys, get(b"/a"), b"HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n")
    assert [(each["method"], each["status"], each["bytes"]) for each in lines] == [("GET", 200, 14), ("HEAD", 200, 0)]


def logged(handler: Handler, capsys: pytest.CaptureFixture[str], *requests: bytes) -> list[dict[str, object]]:
    async def scene(peer: Peer) -> None:
        for request in requests:
            peer.send(request)
            await peer.head()
            if request.startswith(b"GET"):
                await chunks(peer)
        await asyncio.sleep(0.1)

    wired(scene, handler, log=True)
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]
