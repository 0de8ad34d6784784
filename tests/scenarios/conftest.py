"""One server process for all scenarios, on the session's PostgreSQL; every test makes a project of its own."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))
from live import TRAFFIC, Client, Server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(database_url: str, open_directory: Path) -> Iterator[Server]:
    """The server process. It must end with status 0 within 10 s of SIGTERM."""
    TRAFFIC.unlink(missing_ok=True)
    running = Server({"ORDERWRIGHT_DATABASE_URL": database_url, "ORDERWRIGHT_DATA_DIR": str(open_directory / "scenarios")})
    yield running
    assert running.stop() == 0


@pytest.fixture
def project_key() -> str:
    """A key that no other test uses."""
    return f"scenario-{next(_numbers)}"


@pytest.fixture
def shop(server: Server, project_key: str) -> Client:
    """A client that may do everything in a fresh, empty project."""
    server.project(project_key)
    return server.client(project_key)


@pytest.fixture
def client_with(server: Server) -> Callable[[str, str], Client]:
    """Makes a client with a scope."""
    return lambda project, scope: server.client(project, scope)
