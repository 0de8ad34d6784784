"""Heads that HTTP forbids, and clients that close their side when they have asked."""

from __future__ import annotations

import asyncio

import pytest
from peers import Peer, get, path_of, post, wired

from orderwright.http.wire.exchange import Answer, Request


async def slowly(request: Request) -> Answer:
    body = (await request.with_body()).body
    await asyncio.sleep(0.03)
    return Answer(201, body)


async def unreached(request: Request) -> Answer:
    await request.with_body()
    raise AssertionError("the request must not get this far")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /a HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: a, b\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: a@b\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: \xe4\r\n\r\n",
        b"GET http://a/a HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    ],
)
def test_a_request_names_its_host_once(sent: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(sent)
        assert await peer.error() == (400, "InvalidInput")
        assert await peer.ended()

    wired(scene, unreached)


@pytest.mark.parametrize("host", [b"", b"a", b"a.example:8080", b"[::1]:8080", b"127.0.0.1", b"a_b-c", b"xn--4ca.example."])
def test_hosts_that_are_taken(host: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(b"GET /a HTTP/1.1\r\nHost: %s\r\n\r\n" % host, b"GET /b HTTP/1.0\r\n\r\n")
        assert [(await peer.answer())[2] for _ in range(2)] == [b"a", b"b"]
        assert await peer.ended()

    wired(scene, path_of)


@pytest.mark.parametrize("version", [b"2.0", b"0.9"])
def test_other_versions_are_not_spoken(version: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(b"GET /a HTTP/" + version + b"\r\nHost: a\r\n\r\n")
        assert await peer.error() == (505, "HttpVersionNotSupported")
        assert await peer.ended()

    wired(scene, unreached)


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"chunked, chunked", b"identity, chunked", b"x-a;b=c, chunked"])
def test_no_coding_but_chunked_is_understood(coding: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Transfer-Encoding: " + coding, body=b"1\r\na\r\n0\r\n\r\n"))
        status, code = await peer.error()
        assert (status, code) in ((501, "NotImplemented"), (400, "InvalidInput"))  # some the parser itself refuses
        assert await peer.ended()

    wired(scene, unreached)


def test_two_lines_of_codings_are_two_codings() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\n\r\n"))
        assert await peer.error() == (501, "NotImplemented")
        assert await peer.ended()

    wired(scene, unreached)


def test_http_1_0_has_no_chunks() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\n\r\n").replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert await peer.error() == (400, "InvalidInput")
        assert await peer.ended()

    wired(scene, unreached)


def test_what_a_client_would_take_is_its_own_affair() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(get(b"/a", b"TE: gzip, chunked, trailers"), post(b"TRANSFER-ENCODING:  Chunked ", body=b"1\r\na\r\n0\r\n\r\n"))
        assert [(await peer.answer())[2] for _ in range(2)] == [b"a", b"p/carts"]

    wired(scene, path_of)


@pytest.mark.parametrize(
    "last", [post(b"Content-Length: 2", body=b"{}"), post(b"Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n")]
)
def test_who_has_asked_may_close_her_side(last: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Content-Length: 1", body=b"a"), last)
        peer.end()
        assert (await peer.answer())[::2] == (201, b"a")
        status, headers, body = await peer.answer()
        assert (status, headers["connection"], body) == (201, "close", b"{}")
        assert await peer.ended()

    wired(scene, slowly)


def test_a_body_that_was_cut_off_is_no_request() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Content-Length: 3", body=b"{}"))
        await asyncio.sleep(0.01)
        peer.end()
        assert await peer.error() == (400, "InvalidInput")
        assert await peer.ended()

    wired(scene, unreached)


@pytest.mark.parametrize("sent", [b"", b"GET /a HT", get()])
def test_who_closes_without_having_asked_is_not_waited_for(sent: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(sent)
        if sent == get():
            assert (await peer.answer())[0] == 200
        peer.end()
        assert await peer.ended()

    wired(scene, path_of)
