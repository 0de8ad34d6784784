"""What tells of a full disk, and what does not."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from orderwright.settings import Settings
from orderwright.storage.disk import Disk
from orderwright.storage.server import postmaster


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (asyncpg.DiskFullError("could not extend file"), True),
        (asyncpg.PostgresIOError("could not write block 1: No space left on device"), True),
        (asyncpg.InternalServerError("could not extend file: Disk quota exceeded"), True),
        (asyncpg.PostgresIOError("could not read block 1: Input/output error"), False),
        (asyncpg.InternalServerError("cache lookup failed"), False),
        (asyncpg.OutOfMemoryError("out of memory"), False),
        (OSError("No space left on device"), False),  # of this machine, which need not be the database's
    ],
)
def test_what_tells_of_a_full_disk(error: Exception, full: bool) -> None:
    disk = Disk(None)
    assert disk.refuses(error) is full
    assert disk.full is full


def test_it_is_told_when_it_begins_and_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    time = 1_000.0
    disk = Disk(None, lambda: time)
    with caplog.at_level(logging.INFO, "orderwright"):
        disk.takes()
        for _ in range(3):
            disk.refuses(asyncpg.DiskFullError("full"))
        disk.takes()
        disk.refuses(asyncpg.DiskFullError("full"))  # so soon again that it is not told
        time += 60
        disk.takes()
        disk.refuses(asyncpg.DiskFullError("full"))
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "WARNING", "ERROR"]


def test_a_silent_database_is_explained_by_the_room_that_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pg_wal").mkdir()
    room = {tmp_path: 10**9, tmp_path / "pg_wal": 10**9}
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_bavail=room[path] // 4096, f_frsize=4096))
    assert not Disk(tmp_path).explains_silence()
    room[tmp_path / "pg_wal"] = 20_000_000  # its log may lie elsewhere
    assert Disk(tmp_path).explains_silence()
    assert not Disk(None).explains_silence()


def test_only_the_embedded_database_s_disk_can_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_bavail=0, f_frsize=4096))
    ours = postmaster.dsn(postmaster.socket_directory(tmp_path.resolve()))
    # A worker has the address of its parent's database in its settings.
    settings = Settings.from_environment({"ORDERWRIGHT_DATA_DIR": str(tmp_path), "ORDERWRIGHT_DATABASE_URL": ours})
    assert Disk.of(ours, settings).explains_silence()
    assert not Disk.of("postgresql://a@elsewhere/b", settings).explains_silence()
