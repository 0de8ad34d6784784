"""HTTP on the wire, with handlers of the test's own: bodies that come late or never, bounds, order, and how a connection ends."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from peers import USUAL, Peer, get, path_of, post, wired

import orderwright
from orderwright.auth.refusals import invalid_token
from orderwright.http.wire.exchange import HEADERS_READ, Answer, Request
from orderwright.http.wire.limits import DOCUMENT, Body, Limits


async def echo(request: Request) -> Answer:
    return Answer(200, (await request.with_body()).body)


async def unreached(request: Request) -> Answer:
    await request.with_body()
    raise AssertionError("the request must not get this far")


async def closed(_request: Request) -> Answer:
    raise invalid_token()


CHUNKED = b"Transfer-Encoding: chunked"


def test_a_body_comes_in_parts() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(CHUNKED, body=b"2\r\nab\r\n"))
        for part in (b"1\r\n", b"c", b"\r\n2\r\nde\r\n", b"0\r\n\r\n"):
            await asyncio.sleep(0.005)
            peer.send(part)
        assert (await peer.answer())[::2] == (200, b"abcde")
        peer.send(post(b"Content-Length: 3", body=b"f"))
        await asyncio.sleep(0.005)
        peer.send(b"gh")
        assert (await peer.answer())[::2] == (200, b"fgh")
        assert peer.state.total_requests == 2

    wired(scene, echo)


def test_a_body_that_never_ends() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Content-Length: 3", body=b"{}"))
        assert await peer.error() == (408, "RequestTimeout")
        assert await peer.ended()

    wired(scene, unreached, limits=Limits(body_s=0.02))


def test_a_client_that_goes_away_has_asked_for_nothing() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Content-Length: 3", body=b"{}"))
        await asyncio.sleep(0.02)
        peer.close()

    wired(scene, unreached)


def test_a_body_that_is_too_large() -> None:
    async def four(request: Request) -> Answer:
        return Answer(200, (await request.with_body(Body(4, known=True))).body)

    async def scene(peer: Peer) -> None:
        peer.send(post(b"Content-Length: 4", body=b"abcd"))
        assert (await peer.answer())[::2] == (200, b"abcd")
        peer.send(post(CHUNKED, body=b"3\r\nabc\r\n2\r\nde\r\n"))
        assert await peer.error() == (413, "ContentTooLarge")  # before it has ended
        peer.send(b"3\r\nfgh\r\n0\r\n\r\n", post(b"Content-Length: 5"))
        assert await peer.error() == (413, "ContentTooLarge")  # without reading it
        peer.send(b"abcde", post(b"Content-Length: 1", body=b"x"))
        assert (await peer.answer())[::2] == (200, b"x")

    wired(scene, four)


def test_a_stranger_is_refused_before_anything_of_the_body_is_read() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Content-Length: 200000", body=b"{" * 100_000))  # the rest is still to come
        assert await peer.error() == (401, "invalid_token")
        peer.send(b"{" * 100_000, post(b"Content-Length: %d" % (DOCUMENT.most + 1)))
        assert await peer.error() == (401, "invalid_token")

    wired(scene, closed)


def test_the_body_is_asked_for_only_when_it_is_wanted() -> None:
    expecting = post(b"Content-Length: 2", b"Expect: 100-continue")

    async def welcome(peer: Peer) -> None:
        for _ in range(2):
            peer.send(expecting)
            assert await peer.head() == (100, {})
            peer.send(b"ab")
            assert (await peer.answer())[::2] == (200, b"ab")
        peer.send(expecting, b"cd")  # sent without waiting, so nothing is to be asked for
        assert (await peer.answer())[::2] == (200, b"cd")

    async def turned_away(peer: Peer) -> None:
        peer.send(expecting)
        status, headers, _ = await peer.answer()
        assert (status, headers["connection"]) == (401, "close")  # whether the body follows cannot be known
        assert await peer.ended()

    async def too_old(peer: Peer) -> None:
        peer.send(expecting.replace(b"HTTP/1.1", b"HTTP/1.0"))
        await asyncio.sleep(0.02)
        peer.send(b"ab")
        assert (await peer.answer())[::2] == (200, b"ab")
        assert await peer.ended()

    wired(welcome, echo)
    wired(too_old, echo)
    wired(turned_away, closed)


def test_answers_come_in_the_order_of_the_requests() -> None:
    async def slower_first(request: Request) -> Answer:
        await asyncio.sleep(0.02 if request.segments == ("0",) else 0)
        return await path_of(request)

    async def scene(peer: Peer) -> None:
        peer.send(*(get(b"/%d" % number) for number in range(2_000)))
        assert [(await peer.answer())[2] for _ in range(2_000)] == [b"%d" % number for number in range(2_000)]
        peer.send(get(b"/0"), b"nonsense\r\n\r\n")
        assert (await peer.answer())[2] == b"0"
        assert await peer.error() == (400, "InvalidInput")
        assert await peer.ended()

    wired(scene, slower_first)


@pytest.mark.parametrize("closing", [get(b"/a", b"Connection: close"), b"GET /a HTTP/1.0\r\n\r\n"])
def test_a_connection_that_is_to_end(closing: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(closing, get(b"/b"), b"nonsense")
        status, headers, body = await peer.answer()
        assert (status, headers["connection"], body) == (200, "close", b"a")
        assert await peer.ended()
        assert peer.state.total_requests == 1

    wired(scene, path_of)


def test_head_has_neither_body_nor_length() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(b"HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n")
        status, headers = await peer.head()
        assert (status, headers.keys() & {"content-length", "transfer-encoding", "content-type"}) == (200, set())
        peer.send(get(b"/b"))
        assert (await peer.answer())[2] == b"b"

    wired(scene, path_of)


BIG = USUAL.head_bytes


@pytest.mark.parametrize(
    "parts",
    [
        [get(b"/" + b"a" * BIG)],
        [get(b"/a", b"X: " + b"a" * BIG)],
        [get(b"/a", *[b"X: a"] * (BIG // 4))],
        [b"GET /" + b"a" * 100, *[b"a" * 20_000] * 5],
        [b"GET / HTTP/1.1\r\nX: ", *[b"a" * 20_000] * 5],
        [b"GET / HTTP/1.1\r\n", *[b"X: a\r\n" * 5_000] * 4],
    ],
    ids=["path", "header", "headers", "path in parts", "header in parts", "headers in parts"],
)
def test_a_head_that_is_too_large(parts: list[bytes]) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(get(b"/first"))
        assert (await peer.answer())[2] == b"first"
        for part in parts:
            peer.send(part)
            await asyncio.sleep(0.005)
        assert await peer.error() == (431, "RequestHeaderFieldsTooLarge")
        assert await peer.ended()

    wired(scene, path_of)


@pytest.mark.parametrize("beginning", [b"1\r\na\r\n0\r\nX: ", b"1\r\na\r\n1;x="], ids=["trailer", "extension"])
def test_what_surrounds_a_body_is_bounded_too(beginning: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(CHUNKED, body=beginning))
        for _ in range(5):
            peer.send(b"a" * 20_000)
            await asyncio.sleep(0.005)
        assert await peer.error() == (431, "RequestHeaderFieldsTooLarge")
        assert await peer.ended()

    wired(scene, unreached)


def test_a_head_of_almost_that_size_is_read() -> None:
    async def scene(peer: Peer) -> None:
        for _ in range(3):  # each with a body before it, which must not count
            peer.send(post(b"Content-Length: 200000", body=b"a" * 200_000), get(b"/b", b"X: " + b"a" * (BIG - 200)))
            assert (await peer.answer())[0] == 200
            assert (await peer.answer())[2] == b"b"

    wired(scene, path_of)


def test_trailers_are_no_headers() -> None:
    async def told(request: Request) -> Answer:
        request = await request.with_body()
        return Answer(200, request.headers.get("x-external-user-id", "nobody").encode())

    async def scene(peer: Peer) -> None:
        for _ in range(2):
            peer.send(post(CHUNKED, body=b"1\r\na\r\n0\r\nX-External-User-ID: ada\r\n\r\n"))
            assert (await peer.answer())[::2] == (200, b"nobody")
        peer.send(post(b"x-EXTERNAL-user-ID: ada", b"Content-Length: 0"))
        assert (await peer.answer())[::2] == (200, b"ada")

    wired(scene, told)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"nonsense\r\n\r\n",
        "GET /ä HTTP/1.1\r\nHost: test\r\n\r\n".encode(),
        get(b"/a", b"Content-Length: 1", CHUNKED),
        b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
        post(b"Connection: Upgrade", b"Upgrade: h2c", CHUNKED, body=b"0\r\n\r\n"),
        post(CHUNKED, body=b"xyz\r\n"),
    ],
)
def test_what_is_no_request(nonsense: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(nonsense)
        assert await peer.error() == (400, "InvalidInput")
        assert await peer.ended()

    wired(scene, unreached)


def test_nobody_is_upgraded() -> None:
    asking = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQ")

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a", *asking), get(b"/b"), *[get(b"/c", *asking)] * 1_500, get(b"/d"))
        assert [(await peer.answer())[2] for _ in range(1_503)] == [b"a", b"b", *[b"c"] * 1_500, b"d"]

    wired(scene, path_of)


@pytest.mark.parametrize("cut", [0, 1, 3, 5, 9])
def test_a_body_behind_a_wish_for_http_2_is_read(cut: int) -> None:
    """As Java's HttpClient sends its first request over plain HTTP."""
    asking = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQ")
    sent = post(*asking, b"Content-Length: 5", body=b"hello") + post(b"Content-Length: 2", body=b"{}")
    head = sent.index(b"hello") + cut

    async def scene(peer: Peer) -> None:
        peer.send(sent[:head])
        await asyncio.sleep(0.02)
        peer.send(sent[head:])
        assert [(await peer.answer())[2] for _ in range(2)] == [b"hello", b"{}"]

    wired(scene, echo)


@pytest.mark.parametrize(("target", "seen"), [(b"http://host:1/a/b?c=d", b"a/b"), (b"http://host", b""), (b"/a#b?c", b"a")])
def test_forms_of_a_target(target: bytes, seen: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(get(target))
        assert (await peer.answer())[2] == seen

    wired(scene, path_of)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", get()], ids=["nothing", "half a head", "a request before"])
def test_a_connection_on_which_nothing_is_asked_ends(sent: bytes) -> None:
    async def scene(peer: Peer) -> None:
        began = asyncio.get_running_loop().time()
        peer.send(sent)
        if sent == get():
            assert (await peer.answer())[0] == 200
        assert await peer.ended()
        assert 0.09 < asyncio.get_running_loop().time() - began < 2

    wired(scene, path_of, keep_alive_s=0.1)


def test_an_answer_may_take_longer_than_an_idle_connection_is_kept() -> None:
    async def slow(request: Request) -> Answer:
        await asyncio.sleep(0.12)
        return await path_of(request)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"), get(b"/b"))
        assert (await peer.answer())[2] == b"a"
        assert (await peer.answer())[2] == b"b"

    wired(scene, slow, keep_alive_s=0.05)


def test_at_the_end_what_runs_is_finished_first() -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def slow(request: Request) -> Answer:
        begun.set()
        await gate.wait()
        return await path_of(request)

    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a"), get(b"/b"))
        await begun.wait()
        (connection,) = peer.state.connections
        connection.shutdown()
        peer.send(get(b"/c"))
        gate.set()
        _, headers, body = await peer.answer()
        assert (body, "connection" in headers) == (b"a", False)
        _, headers, body = await peer.answer()
        assert (body, headers["connection"]) == (b"b", "close")
        assert await peer.ended()

    async def idle(peer: Peer) -> None:
        peer.send(get())
        assert (await peer.answer())[0] == 200
        (connection,) = peer.state.connections
        connection.shutdown()
        assert await peer.ended()

    wired(scene, slow)
    wired(idle, path_of)


def test_who_does_not_read_is_not_answered_further() -> None:
    asked = 0

    async def much(_request: Request) -> Answer:
        nonlocal asked
        asked += 1
        return Answer(200, b"a" * 8_000_000)

    async def scene(peer: Peer) -> None:
        peer.send(*[get()] * 20)
        await asyncio.sleep(0.2)
        assert asked < 5
        for _ in range(20):
            assert len((await peer.answer())[2]) == 8_000_000
        assert asked == 20

    wired(scene, much)


def test_a_header_cannot_break_the_answer() -> None:
    async def breaking(_request: Request) -> Answer:
        return Answer(200, b"", (("location", "/a\r\nset-cookie: a=b"),))

    async def scene(peer: Peer) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        peer.send(get())
        assert await peer.ended()

    wired(scene, breaking)


def test_every_header_that_is_read_is_kept() -> None:
    source = Path(orderwright.__file__).parent
    read = re.compile(r'headers\.(?:get|pop)\("([^"]+)"|"([^"]+)" (?:not )?in (?:\w+\.)?headers\b')
    served = [*source.rglob("http/**/*.py"), *source.glob("auth/*.py"), *source.glob("desk/*.py")]
    found = {first or second for path in served for first, second in read.findall(path.read_text())}
    assert "authorization" in found
    assert found == set(HEADERS_READ.values())
