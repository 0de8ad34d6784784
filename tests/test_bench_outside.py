"""The parts of the benchmark that have to do with servers outside, by hand."""

from __future__ import annotations

import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from orderwright.bench import client, report
from orderwright.bench.measuring import Sample
from orderwright.bench.outside import receiver
from orderwright.bench.script import Statement, without

MESSAGE = b'{"notificationType":"Message","createdAt":"2026-01-02T03:04:05.250Z"}'
# What `date -u -d '2026-01-02T03:04:05Z' +%s` says.
SECOND = 1_767_323_045.0


def test_a_message_is_under_way_from_the_begin_of_its_change() -> None:
    got = [(SECOND + 0.5, MESSAGE), (SECOND + 1.25, MESSAGE), (SECOND + 2, b'{"notificationType":"ResourceCreated"}'), (0, b"{}")]
    assert receiver.delays(got) == [0.25, 1.0]


def test_a_receiver_counts_and_answers_that_there_is_nothing_to_do() -> None:
    with receiver.listening() as listening:
        for body in (MESSAGE, b"{}"):
            with urllib.request.urlopen(listening.url, body, timeout=10) as answer:  # noqa: S310 - a server of this test
                assert (answer.status, answer.read()) == (200, b"{}")
        assert listening.count() == 2
        (delay,) = listening.take()
        assert abs(time.time() - SECOND - 0.25 - delay) < 10
        assert (listening.count(), listening.take()) == (0, [])


def test_a_statement_without_the_row_of_the_change() -> None:
    whole = Statement(
        "WITH u0 AS (UPDATE x SET a = $1), h AS (INSERT INTO change (shard, id) SELECT $2, f($3)), m AS (INSERT INTO message"
        " (id) VALUES ($4)) SELECT 1",
        (1, 2, 3, 4),
    )
    left = "WITH u0 AS (UPDATE x SET a = $1), m AS (INSERT INTO message (id) VALUES ($4)) SELECT 1"
    assert without(whole, "change") == Statement(left, whole.arguments)
    with pytest.raises(ValueError, match="nothing is written to change"):
        without(Statement(left, ()), "change")


def sample(count: int, server_ms: float, database_ms: float) -> Sample:
    return Sample(
        count=count, elapsed_s=1, p50_ms=1, p99_ms=1, server_ms=server_ms, database_ms=database_ms, client_ms=0, wal_bytes=0
    )


def test_the_share_of_a_change_is_that_of_the_rounds_that_took_least() -> None:
    orders = [sample(10, 10, 30), sample(10, 20, 30)]
    whole, left = [sample(10, 0, 21), sample(20, 0, 40)], [sample(10, 0, 18), sample(10, 0, 19)]
    # An order takes 4 ms and 5 ms; its SQL 2.1 ms and 2 ms, without the row 1.8 ms and 1.9 ms.
    assert report.change_share(orders, whole, left) == pytest.approx(0.2 / 4)
    assert report.change_share([sample(1, 0, 0)], whole, left) == 0


def test_items_are_begun_at_an_even_pace() -> None:
    """Twenty at fifty a second: the last one begins after 380 ms."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with client.started("127.0.0.1", server.server_port, 4) as load:
            sent = load.send([(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",)] * 20, lambda: None, rate=50)
            assert len(sent.items_s) == 20
            assert sent.elapsed_s >= 19 / 50
        server.shutdown()
