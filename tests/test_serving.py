"""What the main thread does beside serving: tending the database, and telling of it, and why it ended."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderwright.commands.serving import Tender
from orderwright.storage.server.binaries import Binaries, EmbeddedError
from orderwright.storage.server.postmaster import Cluster, why_it_ended


def test_a_database_that_does_not_start_is_told_once_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    time = 1_000.0
    outcomes: Iterator[bool | str] = iter(
        ["no room 1", True, "no room 2", "no room 3", "no file", "no room 4", True, False, False]
    )

    def tend() -> bool:
        outcome = next(outcomes)
        if isinstance(outcome, str):
            raise EmbeddedError(outcome)
        return outcome

    tender = Tender(tend, lambda: time)
    with caplog.at_level(logging.INFO, "orderwright"):
        assert [tender() for _ in range(3)] == [False, True, False]
        time += 60
        assert [tender() for _ in range(6)] == [False, False, False, True, False, False]
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "no room 1"),
        ("ERROR", "no room 3"),  # a minute later
        ("ERROR", "no file"),
        ("WARNING", "The embedded PostgreSQL runs again."),
    ]


def test_what_the_server_told_a_probe_is_not_why_it_ended(tmp_path: Path) -> None:
    (tmp_path / "data" / "log").mkdir(parents=True)
    (tmp_path / "data" / "log" / "monday.log").write_text(
        "2026-11-29 UTC [7] PANIC:  could not write to file: No space left on device\n"
        "2026-11-29 UTC [8] FATAL:  the database system is not yet accepting connections\n"
        "2026-11-29 UTC [1] LOG:  database system is shut down\n"
    )
    (tmp_path / "postgres-start.log").touch()
    cluster = Cluster(directory=tmp_path / "data", run=tmp_path, binaries=Binaries(tmp_path, 17, "17.0", ""), account=None)
    assert why_it_ended(cluster) == "could not write to file: No space left on device"


def test_what_a_server_has_loaded_is_not_looked_through_again() -> None:
    told = (
        "import gc; from orderwright.commands.serving import application; from orderwright.settings import Settings;"
        "application(Settings.from_environment({}), 'postgresql://nobody@localhost/nothing');"
        "print(gc.get_freeze_count() > 10_000, gc.get_threshold()[0] > 10_000, gc.isenabled())"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]
