"""An embedded PostgreSQL that recovers, or hangs in its recovery: what is answered meanwhile, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from burning import Server

from clusters import with_cluster
from orderwright.storage.server import embedded
from orderwright.storage.server.postmaster import recorded_pid

# A restore command that does not end holds recovery up for as long as it runs, with the server's own means.
HANGING = "restore_command = 'sleep 417'\n"


@contextmanager
def that_hangs(data_dir: Path) -> Iterator[None]:
    """The next recovery of this cluster does not end before this does."""
    cluster = data_dir / "postgres"
    configuration = cluster / "postgresql.conf"
    before = configuration.read_text()
    configuration.write_text(before + HANGING)
    (cluster / "recovery.signal").touch()
    owner = cluster.stat()
    os.chown(cluster / "recovery.signal", owner.st_uid, owner.st_gid)
    try:
        yield
    finally:
        configuration.write_text(before)
        (cluster / "recovery.signal").unlink(missing_ok=True)


def restoring(data_dir: Path) -> int | None:
    """The process of the restore command, which runs in the cluster's directory."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if words[:2] == [b"sleep", b"417"] and (process / "cwd").readlink() == data_dir / "postgres":
                return int(process.name)
        except OSError:
            continue
    return None


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def crash(data_dir: Path) -> None:
    """Kill the server in the midst of everything."""
    pid = recorded_pid(data_dir / "postgres" / "postmaster.pid")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def longest_of_ten(http: httpx.Client) -> float:
    """Seconds that the slowest of ten answers of /health takes."""
    longest = 0.0
    for _ in range(10):
        began = time.monotonic()
        assert http.get("/health").json() == {"status": "up"}
        longest = max(longest, time.monotonic() - began)
        time.sleep(0.05)
    return longest


def what_is_answered(url: str) -> tuple[float, list[int]]:
    """The longest time of ten answers of /health, and the status of others. On a machine that is busy with others it may be
    measured again."""
    with httpx.Client(base_url=url, timeout=8) as http:
        longest = next((found for _ in range(2) if (found := longest_of_ten(http)) < 1), None) or longest_of_ten(http)
        others = [http.get("/ready"), http.get("/p/carts", headers={"Authorization": "Bearer a"})]
        form = {"grant_type": "client_credentials"}
        others.append(http.post("/oauth/token", data=form, auth=("a", "b")))
        assert all(answer.headers["retry-after"] == "1" for answer in others)
    return longest, [answer.status_code for answer in others]


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the restore command is found in /proc")


@pytest.mark.parametrize("workers", [1, 2])
def test_while_the_database_recovers_health_is_answered(open_directory: Path, workers: int) -> None:
    data_dir = with_cluster(open_directory / f"recovering-{workers}")
    server = Server({"ORDERWRIGHT_DATA_DIR": str(data_dir)}, workers)
    try:
        with that_hangs(data_dir):
            crash(data_dir)
            until(lambda: restoring(data_dir))
            longest, others = what_is_answered(server.url)
            assert (longest < 1, others) == (True, [503, 503, 503])
        pid = restoring(data_dir)
        assert pid is not None
        os.kill(pid, signal.SIGTERM)  # the recovery ends as one that was cut off, and the next one has nothing to wait for
        until(lambda: httpx.get(f"{server.url}/ready").status_code == 200)
    finally:
        assert server.stop() == 0


def test_a_hanging_recovery_does_not_keep_the_process(open_directory: Path) -> None:
    data_dir = with_cluster(open_directory / "hanging")
    server = Server({"ORDERWRIGHT_DATA_DIR": str(data_dir)})
    with that_hangs(data_dir):
        crash(data_dir)
        until(lambda: restoring(data_dir))
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10
        assert embedded.holder(data_dir) is None


def test_a_frozen_database_does_not_keep_the_process(open_directory: Path) -> None:
    data_dir = with_cluster(open_directory / "frozen")
    server = Server({"ORDERWRIGHT_DATA_DIR": str(data_dir)})
    pid = recorded_pid(data_dir / "postgres" / "postmaster.pid")
    assert pid is not None
    of_it = [pid, *(int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    for each in of_it:
        os.kill(each, signal.SIGSTOP)
    try:
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as asking:
            asking.sendall(b"GET /ready HTTP/1.1\r\nHost: test\r\n\r\n")
            began = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - began < 10
    finally:
        for each in of_it[1:]:
            os.kill(each, signal.SIGKILL)
        (data_dir / "postgres" / "postmaster.pid").unlink(missing_ok=True)  # it names nobody who could still stop


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_start_that_has_to_recover_answers_meanwhile_and_can_be_ended(open_directory: Path, command: str) -> None:
    data_dir = with_cluster(open_directory / f"starting-{command}")
    port = a_port()
    environment = {**os.environ, "ORDERWRIGHT_DATA_DIR": str(data_dir)}
    words = [sys.executable, "-m", "orderwright.cli", command, "--port", str(port)]
    with that_hangs(data_dir), subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as process:
        url = f"http://127.0.0.1:{port}"
        until(lambda: healthy(url))
        longest, others = what_is_answered(url)
        assert (longest < 1, others) == (True, [503, 503, 503])
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 10
        assert process.stderr is not None
        assert [json.loads(line)["level"] for line in process.stderr if line.startswith("{")] == []
    assert embedded.holder(data_dir) is None


def a_port() -> int:
    """A port that is free and that no other process gets by asking for any: those are taken from 32768 on."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("every port is taken")


def healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").status_code == 200
    except httpx.TransportError:
        return False
