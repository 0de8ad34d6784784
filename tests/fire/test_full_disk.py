"""A disk that is really full: a small file system with the embedded database on it."""

from __future__ import annotations

import asyncio
import copy
import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from burning import Client, Server, cart_draft, opened

from clusters import with_cluster
from orderwright.storage.server import postmaster

SIZE = "176m"  # a new cluster takes some 60 MB, most of it for its log


@pytest.fixture
def small(open_directory: Path) -> Iterator[Path]:
    """A directory on a file system of its own, which only root may make."""
    path = open_directory / "small"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(path)]
    may = sys.platform == "linux" and os.geteuid() == 0
    if not may or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        path.rmdir()
        pytest.skip("a file system that can be filled can only be mounted by root, on Linux")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)
        path.rmdir()


class Filler:
    """A file that takes all the room that is left."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "filler"

    def fill(self) -> None:
        with self._path.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    assert error.errno == errno.ENOSPC

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def refused_for_the_disk(shop: Client) -> bool:
    """Write until the room within the files that exist is used up."""
    answer = shop.send("POST", "carts", cart_draft(("mug", 1), key=f"full-{time.monotonic_ns()}"))
    if answer.status_code == 201:
        return False
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"]) == (503, "OverCapacity")
    assert int(answer.headers["retry-after"]) > 0
    return "disk is full" in error["message"]


def state(shop: Client) -> tuple[int, str]:
    answer = shop.http.get("/ready")
    return answer.status_code, answer.json()["database"]


def told(log: Path) -> list[tuple[str, str]]:
    """What the log says of the disk, but for PostgreSQL's own words."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [(line["level"], line["message"]) for line in lines if line["message"].startswith("The database's disk")]


FULL = ("error", "The database's disk is full: nothing is stored until there is room.")
OVER = ("warning", "The database's disk has room again.")


def test_a_full_disk_is_told_as_what_it_is_and_is_over_by_itself(small: Path, tmp_path: Path) -> None:
    log, filler = tmp_path / "log", Filler(small)
    with a_shop(small, log) as shop:
        before = shop.create("carts", cart_draft(("mug", 1)))
        filler.fill()
        until(lambda: refused_for_the_disk(shop))
        assert state(shop) == (503, "disk full")
        assert shop.http.get("/health").status_code == 200
        assert shop.get(f"carts/{before['id']}") == before  # what is there can be read
        for _ in range(3):
            refused_for_the_disk(shop)
        assert told(log) == [FULL]
        filler.remove()
        until(lambda: state(shop) == (200, "reachable"))
        assert told(log) == [FULL, OVER]
        assert shop.create("carts", cart_draft(("mug", 1)))["version"] == 1
        asyncio.run(nothing_of_the_trials_is_left(small / "data"))


def test_a_database_that_stops_over_its_log_starts_again_by_itself(small: Path, tmp_path: Path) -> None:
    log, filler = tmp_path / "log", Filler(small)
    with a_shop(small, log) as shop:
        before = shop.create("carts", cart_draft(("mug", 1)))
        filler.fill()
        asyncio.run(next_file_of_the_log(small / "data"))
        answer = shop.send("POST", "carts", {"currency": "EUR"})
        assert answer.status_code == 503
        until(lambda: state(shop) == (503, "disk full") and "does not start" in log.read_text())
        assert shop.http.get("/health").status_code == 200
        assert "disk is full" in shop.refused(503, "GET", f"carts/{before['id']}")["message"]
        time.sleep(1.5)  # it is tried again meanwhile
        filler.remove()
        until(lambda: state(shop) == (200, "reachable"))
        assert shop.get(f"carts/{before['id']}") == before
        assert told(log) == [FULL, OVER]
        assert log.read_text().count("does not start: could not write to file") == 1


@contextmanager
def a_shop(small: Path, log: Path) -> Iterator[Client]:
    """A shop at a server that owns its database."""
    data_dir = with_cluster(small / "data")
    with log.open("w") as file:
        server = Server({"ORDERWRIGHT_DATA_DIR": str(data_dir)}, log=file)
    beside = copy.copy(server)
    beside._environment = {**server._environment, "ORDERWRIGHT_DATABASE_URL": dsn_of(data_dir)}
    try:
        with opened(beside, "full") as shop:
            yield shop
    finally:
        Filler(small).remove()
        assert server.stop() == 0


def dsn_of(data_dir: Path) -> str:
    return postmaster.dsn(postmaster.socket_directory(data_dir))


async def nothing_of_the_trials_is_left(data_dir: Path) -> None:
    connection = await asyncpg.connect(dsn_of(data_dir))
    try:
        assert await connection.fetchval("SELECT count(*) FROM image") == 0
    finally:
        await connection.close()


async def next_file_of_the_log(data_dir: Path) -> None:
    """Use up the files of the write-ahead log that are there, so that the next write needs one that cannot be made."""
    connection = await asyncpg.connect(dsn_of(data_dir))
    try:
        for _ in range(10):
            await connection.execute("SELECT pg_logical_emit_message(true, 'test', 'a'), pg_switch_wal()")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        pass  # it has stopped
    finally:
        connection.terminate()
