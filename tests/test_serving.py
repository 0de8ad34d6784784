"""What the main thread does beside serving: tending the database, and telling of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from orderwright.commands.serving import Tender
from orderwright.storage.server.binaries import EmbeddedError


def test_a_database_that_does_not_start_is_told_once_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    time = 1_000.0
    outcomes: Iterator[bool | str] = iter(["no room 1", True, "no room 2", "no room 3", "no file", "no file", True, False, False])

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
