"""The real database for every test: one embedded PostgreSQL a session, or the one that the environment names."""

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from live import TRAFFIC, Client, Server
from orderwright.settings import Settings
from orderwright.storage.server import embedded

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def open_directory() -> Iterator[Path]:
    """A temporary directory with a short path that also PostgreSQL's user can enter when root runs the tests."""
    path = Path(tempfile.mkdtemp(prefix="ow-"))
    path.chmod(0o755)
    yield path
    deadline = time.monotonic() + 10  # a server whose owner was just killed still writes its last checkpoint
    while any(path.glob("*/postgres/postmaster.pid")) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def database_url(open_directory: Path) -> Iterator[str]:
    """The address of a PostgreSQL to test with: ORDERWRIGHT_TEST_DATABASE_URL, or an embedded one of our own."""
    if given := os.environ.get("ORDERWRIGHT_TEST_DATABASE_URL"):
        yield given
        return
    with embedded.start(open_directory / "session") as postgres:
        yield postgres.dsn


@pytest.fixture(scope="session")
def settings(database_url: str, open_directory: Path) -> Settings:
    """The defaults, on the session's database."""
    return Settings.from_environment(
        {"ORDERWRIGHT_DATABASE_URL": database_url, "ORDERWRIGHT_DATA_DIR": str(open_directory / "data")}
    )


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
    return server.client
