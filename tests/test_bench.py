"""The benchmark: its parts by hand, and one tiny run of everything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from orderwright import bench
from orderwright.bench import client, plan, processes, report
from orderwright.bench.measuring import Sample, Spread, percentiles
from orderwright.bench.processes import Memory
from orderwright.bench.report import Measured, Results
from orderwright.bench.script import Statement, as_text, numbered, renamed, script, varying_ids

ID = "0190a3b4-0000-7000-8000-00000000000a"
OTHER = "0190a3b4-0000-7000-8000-00000000000b"
NUMBER = "recorded-000000000001"


def sample(count: int, elapsed_s: float, server_ms: float = 0.0) -> Sample:
    return Sample(
        count=count,
        elapsed_s=elapsed_s,
        p50_ms=1,
        p99_ms=2,
        server_ms=server_ms,
        database_ms=count,
        client_ms=0,
        wal_bytes=count * 7,
    )


def test_percentiles_are_by_nearest_rank() -> None:
    assert percentiles([seconds / 1000 for seconds in range(100, 0, -1)]) == (50.0, 99.0)
    assert percentiles([0.003]) == (3.0, 3.0)
    assert percentiles([0.001, 0.002, 0.009]) == (2.0, 9.0)
    with pytest.raises(ValueError, match="nothing was measured"):
        percentiles([])


def test_the_spread_of_rounds() -> None:
    found = report.summed_up("x", [sample(10, 1.0, 30), sample(20, 1.0, 20), sample(40, 2.0, 80)], 3)
    assert found.rate == Spread(20.0, 10.0, 20.0)
    assert found.server_ms == Spread(2.0, 1.0, 3.0)
    assert found.wal_bytes == Spread(7.0, 7.0, 7.0)
    assert found.count == 70


def test_the_ratio_is_taken_round_by_round() -> None:
    assert report.ratio([sample(10, 1), sample(30, 1)], [sample(20, 1), sample(40, 1)]) == Spread(0.625, 0.5, 0.75)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (7, "7"),
        (datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC), "2026-01-02T03:04:05.678000+00:00"),
        (["a", None, 'say "b\\c"'], '{"a",NULL,"say \\"b\\\\c\\""}'),
        ([], "{}"),
    ],
)
def test_arguments_in_the_database_s_text_form(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_what_varies_is_what_two_recordings_do_not_share() -> None:
    same = "0190a3b4-0000-7000-8000-0000000000ff"
    first = [Statement("x", (ID, f'{{"id":"{ID}","product":"{same}"}}'))]
    second = [Statement("x", (OTHER, f'{{"id":"{OTHER}","product":"{same}"}}'))]
    assert varying_ids(first, second) == {ID}


def test_varying_texts_keep_their_length() -> None:
    fronts = numbered({ID, NUMBER})
    assert fronts == {ID: "00000000-0000-7000-8000-", NUMBER: "recorded-"}
    text = f'{{"id":"{ID}","orderNumber":"{NUMBER}"}}'
    assert renamed(text, fronts, 100_000_000_042) == (
        '{"id":"00000000-0000-7000-8000-100000000042","orderNumber":"recorded-100000000042"}'
    )


def test_a_statement_becomes_a_line_of_the_script() -> None:
    statement = Statement(
        "INSERT INTO t SELECT $1::uuid, $2::text, $3::bigint, $4::jsonb WHERE shard = $5;",
        (ID, None, 5, f'{{"id":"{ID}"}}', "demo"),
    )
    written = script([statement], numbered({ID}))
    assert written.text.splitlines() == [
        r"\set k :k + 1",
        r"\set n :base + :k * :clients + :client_id",
        "INSERT INTO t SELECT (:a1::text || :n::text)::uuid, NULL::text, :a2::bigint,"
        " (:a3::text || :n::text || :a4::text)::jsonb WHERE shard = :a5;",
    ]
    front = "00000000-0000-7000-8000-"
    assert written.variables == {"a1": front, "a2": "5", "a3": f'{{"id":"{front}', "a4": '"}', "a5": "demo"}


def test_a_statement_that_pgbench_would_misread_is_refused() -> None:
    with pytest.raises(ValueError, match="for a variable"):
        script([Statement("SELECT ':name'", ())], {})


def test_cpu_and_memory_of_a_process_and_its_children() -> None:
    burn = "import time; end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\n"
    before, family = processes.cpu_ms(os.getpid()), processes.family_cpu_ms(os.getpid())
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert processes.family_cpu_ms(os.getpid()) - family >= 190
    assert processes.cpu_ms(os.getpid()) - before < 190
    memory = processes.memory(os.getpid(), os.getpid())
    assert memory.server_mb > 10
    assert memory.together_mb > 10


def measured(server_ms: float) -> Measured:
    one = Spread(1.0, 1.0, 1.0)
    return Measured(
        title="x", count=1, rate=one, p50_ms=one, p99_ms=one, server_ms=Spread(server_ms, 0, 9), database_ms=one, client_ms=one,
        wal_bytes=Spread(40_000.0, 1, 1), statements=5,
    )  # fmt: skip


def results(ratio: float) -> Results:
    found = Results(
        taken_at="2026-11-22T10:00:00+00:00", machine={"cores": "2"}, settings={"fsync": "on"},
        measured={name: measured(0.15 if name == "get" else 8.0) for name in ("create", "get", "way")},
        ratio_to_pgbench=Spread(ratio, 0.1, 0.9), order_bytes=8_000, idle=Memory(119.0, 200.0),
        loaded=Memory(1.0, 1.0), sql="SELECT 1;",
    )  # fmt: skip
    return msgspec.structs.replace(found, targets=report.targets(found))


def test_targets_are_reached_or_not() -> None:
    reached = [target.reached for target in results(0.5).targets]
    # The share of pgbench, GET at 0.15 ms, 9 ms for the whole way, 5 statements, WAL of 5 bodies, 119 MB.
    assert reached == [True, True, False, True, False, True]
    assert not results(0.49).targets[0].reached


def test_the_page_keeps_what_people_wrote(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write_page(results(0.5), page)
    text = page.read_text()
    assert text.startswith(f"# Before\n{report.BEGIN}\nMeasured on 2026-11-22: cores 2.\n")
    assert text.endswith(f"\n{report.END}\nafter\n")
    assert "old" not in text
    assert "| WAL of an order, as a multiple of its body | at most 4 | 5 | **not reached** |" in text
    page.write_text("no marks")
    with pytest.raises(ValueError, match="has no place for the table"):
        report.write_page(results(0.5), page)


def test_a_tiny_run_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = plan.Plan(orders=24, rounds=1, window_s=0.01, warm_up=8, clients=2)
    monkeypatch.setattr(bench, "QUICK", tiny)
    output, page = tmp_path / "results" / "latest.json", tmp_path / "page.md"
    told = bench.run(output, page, True, lambda unit: lambda done, total: None)
    assert "Every row agrees with its document." in told
    found = msgspec.json.decode(output.read_bytes(), type=Results)
    assert set(found.measured) == {"create", "pgbench", "get", "query", "update", "way"}
    assert found.settings["synchronous_commit"] == "on"
    assert found.measured["pgbench"].statements == found.measured["create"].statements
    assert found.measured["create"].wal_bytes.median > found.order_bytes
    assert all(one.count >= 8 and one.rate.median > 0 for one in found.measured.values())
    assert "UPDATE document SET" in found.sql
    assert len(found.targets) == 6
    assert page.read_text().count("\n| ") >= 14


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with (
            client.started("127.0.0.1", unused.getsockname()[1], 1) as load,
            pytest.raises(client.LoadError, match="The server cannot be reached: "),
        ):
            load.send([(b"GET / HTTP/1.1\r\n\r\n",)], lambda: None)


def test_the_client_follows_an_id_and_tells_a_refusal() -> None:
    """A server that answers each request with its path, or with 409 where the path says so."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = f'{{"id":"{self.path[1:]}"}}'.encode()
            self.send_response(409 if self.path == "/refused" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Stay silent."""

    def get(path: bytes) -> bytes:
        return b"GET /" + path + b" HTTP/1.1\r\nHost: x\r\n\r\n"

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with client.started("127.0.0.1", server.server_port, 2) as load:
            first, second = ID.encode(), OTHER.encode()
            found = load.send([(get(first), get(client.ID_BEFORE)), (get(second),), (get(first),)], lambda: None)
            assert found.ids == [ID, OTHER, ID]
            assert len(found.items_s) == 3
            assert found.elapsed_s >= max(found.items_s) > 0
            with pytest.raises(client.LoadError, match=r'409 for .*GET /refused.*"id":"refused"'):
                load.send([(get(b"refused"),), (get(first),)], lambda: None)
        server.shutdown()
