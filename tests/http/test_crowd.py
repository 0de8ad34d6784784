"""What all connections together may hold: clients that do not read, bodies that do not end, connections that only wait."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Awaitable, Callable

import pytest
from peers import Peer, get, path_of, post, wired

from orderwright.auth.guessing import counted
from orderwright.auth.refusals import invalid_token
from orderwright.http.wire.crowd import Crowd, limits_of
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.limits import DOCUMENT, FORM, Limits
from orderwright.settings import Settings

MUCH = 20_000_000  # bytes, more than the system takes from a server whose client does not read
IMPATIENT = Limits(stalled_s=0.2, linger_s=0.1)
KNOWN = b"Authorization: Bearer a"


async def much(_request: Request) -> Answer:
    return Answer(200, b"a" * MUCH)


async def echo(request: Request) -> Answer:
    return Answer(200, (await request.with_body()).body)


async def form(request: Request) -> Answer:
    return Answer(200, (await request.with_body(FORM)).body)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in the server, which tells nobody
            await asyncio.sleep(0.01)


async def unread(peer: Peer) -> None:
    """Wait until the server has let the connection go, of which nothing was read."""
    await until(lambda: not peer.state.connections)
    assert peer.crowd.unsent.total == 0


@pytest.mark.parametrize(
    "sent",
    [
        get(),
        get(b"/a", b"Connection: close"),
        get() * 5,
        b"GET /a HTTP/1.0\r\n\r\n",
        get() + b"nonsense\r\n\r\n",
        post(b"Content-Length: 100000000"),
        get()[:-2] + b"Content-Length: 10\r\n\r\n",
    ],
    ids=["kept", "closing", "pipelined", "old", "refused", "lingering", "half sent"],
)
def test_a_client_that_never_reads_is_let_go(sent: bytes) -> None:
    async def scene(peer: Peer) -> None:
        peer.send(sent)
        await until(lambda: peer.crowd.unsent.total > 0)
        await unread(peer)

    wired(scene, much, limits=IMPATIENT)


def test_a_client_that_closes_its_side_and_never_reads_is_let_go() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(get())
        await until(lambda: peer.crowd.unsent.total > 0)
        peer.end()
        await unread(peer)

    wired(scene, much, limits=IMPATIENT)


def test_at_the_end_nobody_waits_long_for_a_client_that_does_not_read() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(get())
        await until(lambda: peer.crowd.unsent.total > 0)
        (connection,) = peer.state.connections
        connection.shutdown()
        await unread(peer)

    wired(scene, much, limits=Limits(linger_s=0.1))


def test_nothing_is_asked_further_while_an_answer_is_stuck() -> None:
    asked = 0

    async def counted(request: Request) -> Answer:
        nonlocal asked
        asked += 1
        return await much(request)

    async def scene(peer: Peer) -> None:
        peer.send(get() * 3)
        await unread(peer)
        assert asked == 1

    wired(scene, counted, limits=IMPATIENT)


def test_a_slow_reader_gets_all_of_it() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(get())
        _, headers = await peer.head()
        left = int(headers["content-length"])
        while left:  # it takes longer than the patience, in steps that are each shorter
            left -= len(await peer.exactly(min(left, 1_000_000)))
            await asyncio.sleep(0.08)

    wired(scene, much, limits=Limits(stalled_s=1.2))  # of the 1.6 s that it takes at least


def test_a_trickle_is_no_reading() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(get())
        loop = asyncio.get_running_loop()
        began = loop.time()
        while peer.state.connections:
            await peer.exactly(1_000)
            await asyncio.sleep(0.02)
        assert 0.3 < loop.time() - began < 4

    # Patience and 20 MB at 16 MB a second: a little over a second and a half.
    wired(scene, much, limits=Limits(stalled_s=0.3, unsent_bytes_a_second=16_000_000))


def test_what_lies_unsent_is_bounded_for_all_together() -> None:
    limits = Limits(unsent_bytes=2 * MUCH, stalled_s=2)  # it is looked twice a second

    async def scene(peer: Peer) -> None:
        peers = [peer, *[await peer.another() for _ in range(7)]]
        for each in peers:
            each.send(get())
            await asyncio.sleep(0.005)
            assert peer.crowd.unsent.total <= 2 * MUCH
        status, code = await peers[-1].error()  # so soon nobody is sent away, and there is no room
        assert (status, code) == (503, "OverCapacity")
        await asyncio.sleep(0.6)
        late = await peer.another()
        late.send(get())  # those who have not read for a while make room
        assert len((await late.answer())[2]) == MUCH

    wired(scene, much, limits=limits)


async def sends(peer: Peer, size: int, *lines: bytes) -> None:
    """A body of 16 MB less a byte, of which so much comes."""
    peer.send(post(b"Content-Length: %d" % (DOCUMENT.most - 1), *lines, body=b"a" * size))
    await peer.drained()


def test_a_form_is_bounded_at_its_head_and_byte_by_byte() -> None:
    async def scene(peer: Peer) -> None:
        peer.send(post(b"Content-Length: %d" % FORM.most, body=b"a" * FORM.most))
        assert len((await peer.answer())[2]) == FORM.most
        await sends(peer, 0)
        assert await peer.error() == (413, "ContentTooLarge")  # before anything of it has come
        other = await peer.another()
        other.send(post(b"Transfer-Encoding: chunked", body=b"%x\r\n" % (FORM.most + 1) + b"a" * (FORM.most + 1)))
        assert await other.error() == (413, "ContentTooLarge")  # before it has ended

    wired(scene, form)


def test_what_the_head_makes_too_large_is_refused_for_that_also_where_it_gave_way() -> None:
    async def scene(peer: Peer) -> None:
        # Head and part come in one piece, so the part has no room before anybody has looked at the head.
        await sends(peer, 20_000)
        assert await peer.error() == (413, "ContentTooLarge")

    wired(scene, form, limits=Limits(strangers_bytes=10_000))


@pytest.mark.parametrize("handler", [form, echo])
def test_bodies_under_way_are_bounded_for_all_together(handler: Callable[[Request], Awaitable[Answer]]) -> None:
    limits = Limits(strangers_bytes=400_000, bodies_bytes=400_000)

    async def scene(peer: Peer) -> None:
        peers = [await peer.another() for _ in range(20)]
        for each in peers:
            size = 60_000 if handler is form else 100_000
            each.send(post(b"Content-Length: %d" % (size + 1), body=b"a" * size))
            await asyncio.sleep(0.01)
            assert peer.crowd.strangers.held <= 400_000
            assert peer.crowd.known.held <= 400_000
        # Who has been at it longest gives way, so that one who comes now is not refused for those who do not go on.
        status, headers, body = await peers[0].answer()
        assert (status, headers["retry-after"], json.loads(body)["errors"][0]["code"]) == (503, "1", "OverCapacity")
        peer.send(post(b"Content-Length: 50000", body=b"a" * 50_000))
        assert len((await peer.answer())[2]) == 50_000
        peers[-1].send(b"a")
        assert (await peers[-1].answer())[0] == 200

    wired(scene, handler, limits=limits)


def test_small_bodies_are_nobody_s_room() -> None:
    async def scene(peer: Peer) -> None:
        others = [await peer.another() for _ in range(5)]
        for each in others:
            each.send(post(b"Content-Length: 10", body=b"a" * 9))
        await asyncio.sleep(0.02)
        assert peer.crowd.known.held == 0
        for each in others:
            each.send(b"a")
            assert (await each.answer())[0] == 200

    wired(scene, echo, limits=Limits(bodies_bytes=1))


def test_a_body_where_none_is_taken_is_thrown_away() -> None:
    async def scene(peer: Peer) -> None:
        for method in (b"GET", b"DELETE", b"PUT"):
            peer.send(post(b"Content-Length: 60000", body=b"a" * 60_000).replace(b"POST", method))
            assert (await peer.answer())[0] == 200
            assert peer.crowd.strangers.held == 0
        chunks = b"".join(b"%x\r\n%s\r\n" % (30_000, b"a" * 30_000) for _ in range(3))
        peer.send(post(b"Transfer-Encoding: chunked", body=chunks).replace(b"POST", b"GET"))
        status, headers, _ = await peer.answer()
        assert (status, headers["connection"]) == (200, "close")
        other = await peer.another()
        other.send(post(b"Content-Length: 70000").replace(b"POST", b"DELETE"))
        assert await other.error() == (413, "ContentTooLarge")
        assert await other.ended()

    async def later(request: Request) -> Answer:
        assert request.method != "POST"
        await asyncio.sleep(0.02)
        return await echo(request)

    wired(scene, later)


def test_large_heads_that_do_not_end_are_bounded_for_all_together() -> None:
    async def scene(peer: Peer) -> None:
        peers = [await peer.another() for _ in range(10)]
        for each in peers:
            each.send(get(b"/a", b"X-Forwarded-For: " + b"a" * 50_000)[:-2])
            await asyncio.sleep(0.01)
            assert peer.crowd.strangers.held <= 200_000
        assert await peers[0].error() == (503, "OverCapacity")
        assert await peers[0].ended()
        peers[-1].send(b"\r\n")
        assert (await peers[-1].answer())[0] == 200

    wired(scene, path_of, limits=Limits(strangers_bytes=200_000))


def test_requests_behind_others_are_bounded_for_all_together() -> None:
    gate = asyncio.Event()

    async def slow(request: Request) -> Answer:
        await gate.wait()
        return await path_of(request)

    async def scene(peer: Peer) -> None:
        other = await peer.another()
        other.send(get() * 8)
        await until(lambda: peer.crowd.pipelined == 7)
        peer.send(get() * 8)
        await until(lambda: peer.crowd.pipelined >= 10)
        gate.set()
        answers = [await peer.answer() for _ in range(5)]  # of one, of three that wait, and of one that was too many
        assert [(status, headers.get("connection")) for status, headers, _ in answers] == [(200, None)] * 4 + [(200, "close")]
        assert await peer.ended()

    wired(scene, slow, limits=Limits(pipelined=10))


def test_who_has_shown_nothing_makes_room_for_who_comes() -> None:
    async def token_of(request: Request) -> Answer:
        request = await request.with_body()
        if request.headers.get("authorization") != "Bearer a":
            raise invalid_token()
        return Answer(200)

    async def scene(known: Peer) -> None:
        known.send(get(b"/a", KNOWN))
        assert (await known.answer())[0] == 200
        waiting = [await known.another() for _ in range(3)]
        waiting[0].send(b"GET /a HT")
        waiting[1].send(post(b"Content-Length: 2"))
        await asyncio.sleep(0.02)
        late = [await known.another() for _ in range(3)]  # four may be there
        for each in waiting:
            assert await each.ended()
        for each in (known, *late):
            each.send(get(b"/a", KNOWN))
            assert (await each.answer())[0] == 200
        await known.another()
        assert await known.ended()  # where all have shown something, the oldest that is idle goes

    wired(scene, token_of, limits=Limits(connections=4))


def test_where_all_are_at_work_no_one_more_is_taken() -> None:
    gate = asyncio.Event()
    at_work = 0

    async def slow(_request: Request) -> Answer:
        nonlocal at_work
        at_work += 1
        await gate.wait()
        return Answer(200)

    async def scene(peer: Peer) -> None:
        other = await peer.another()
        for each in (peer, other):
            each.send(get())
        await until(lambda: at_work == 2)
        assert await (await peer.another()).ended()
        gate.set()
        for each in (peer, other):
            assert (await each.answer())[0] == 200

    wired(scene, slow, limits=Limits(connections=2))


class Silent:
    """A connection of which nothing is known."""

    def may_go(self, *, shown: bool) -> bool:
        return shown

    def abort(self) -> None:
        raise AssertionError("nobody has to go")


def test_one_address_has_so_many_connections() -> None:
    crowd = Crowd(Limits(connections_an_address=2))
    members = [Silent() for _ in range(4)]
    assert [crowd.admit(member, "203.0.113.9") for member in members[:3]] == [True, True, False]
    assert crowd.admit(members[3], "203.0.113.10")
    crowd.leave(members[2])  # it had no place
    assert not crowd.admit(members[2], "::ffff:203.0.113.9")
    crowd.leave(members[0])
    assert crowd.admit(members[2], "203.0.113.9")
    for peer in (None, "127.0.0.1", "127.3.2.1", "::1"):
        assert all(crowd.admit(Silent(), peer) for _ in range(5))
    unbounded = Crowd(Limits(connections_an_address=0))
    assert all(unbounded.admit(Silent(), "203.0.113.9") for _ in range(5))


def test_whom_a_connection_counts_for() -> None:
    # A host chooses its addresses within a network of 64 bits itself.
    assert counted("2001:db8:1:2:3::4") == counted("2001:db8:1:2::9") == "2001:db8:1:2::"
    assert counted("::ffff:203.0.113.9") == counted("203.0.113.9") == "203.0.113.9"
    assert counted("::ffff:127.0.0.1") is None


def test_behind_proxies_connections_are_not_counted_by_address() -> None:
    direct = Settings.from_environment({"ORDERWRIGHT_BODY_MEMORY_MB": "32", "ORDERWRIGHT_CONNECTION_LIMIT": "100"})
    proxied = Settings.from_environment({"ORDERWRIGHT_PROXIES": "1"})
    assert limits_of(direct) == Limits(connections=100, bodies_bytes=32 * 1024 * 1024)
    assert limits_of(proxied).connections_an_address == 0


def test_connections_stay_within_the_files_that_are_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.from_environment({})
    granted = {"soft": 1_000, "hard": 2_000}

    def set_limit(_kind: int, limits: tuple[int, int]) -> None:
        granted["soft"] = limits[0]

    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (granted["soft"], granted["hard"]))
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    assert limits_of(settings).connections == 2_000 - 10 - 4 - 100
    granted.update(soft=1_000, hard=100_000)
    assert limits_of(settings).connections == 4_096
    assert granted["soft"] == 4_096 + 114


def test_a_connection_that_is_reset_leaves_nothing() -> None:
    async def scene(peer: Peer) -> None:
        other = await peer.another()
        await sends(other, 100_000)
        await until(lambda: peer.crowd.known.held > 0)
        other.reset()
        await until(lambda: peer.crowd.known.held == 0)

    wired(scene, echo)
