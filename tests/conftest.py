"""The real database for every test: one embedded PostgreSQL a process of tests, or the one that the environment names."""

import contextlib
import functools
import itertools
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import hypothesis.strategies
import pytest

from covering import COVERING  # isort: skip - before everything that it measures

import clusters
import recording
from beside import GIVEN, database_beside
from clusters import with_cluster
from live import BESIDE, RECORDER, Client, Server
from orderwright.settings import Settings
from orderwright.storage.server import embedded, postmaster
from recording import WORKER

_numbers = itertools.count(1)
TESTS = Path(__file__).parent
# The order in which workers take rooms up: what is long is not begun last.
LONGEST = ("test_cli.py", "test_bench.py", "fire", "test_demo.py", "storage", "test_embedded.py", "scenarios")
_PURE_ROOMS = {"domain", "predicates", "engine", "auth", "emporix", "http", "outside", "delivery", "telemetry"}
PURE = {*_PURE_ROOMS, "test_architecture.py", "test_docs.py", "test_settings.py"}


# How long an example takes on the wall tells of the neighbours; what code may take, its own tests and the benchmark hold.
hypothesis.settings.register_profile("orderwright", deadline=None)
hypothesis.settings.load_profile("orderwright")


@functools.cache
@hypothesis.settings(max_examples=200, database=None, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
@hypothesis.given(hypothesis.strategies.integers())
def read_constants(number: int) -> None:
    """Have hypothesis read the constants of all our modules, as it does once a process in the middle of a draw.

    That takes a second or more, which its health check would hold against the strategy of whichever test comes first.
    """


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Read those constants before the first test that draws."""
    if item.get_closest_marker("hypothesis"):
        read_constants()


def pytest_configure(config: pytest.Config) -> None:
    """Have the domain's coverage measured where it is asked for."""
    if COVERING is not None:
        config.pluginmanager.register(COVERING)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Forget the traffic of the run before."""
    if not WORKER:
        recording.begin()
        clusters.begin()


@pytest.hookimpl(trylast=True)  # where a run is interrupted, fixtures end only now
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Put what all workers have sent into one file."""
    BESIDE.close()
    RECORDER.close()
    if not WORKER:
        recording.merge()
        clusters.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with its folder, and with `pure` if it asks for no database."""
    places = {name: place for place, name in enumerate(LONGEST)}
    of_paths = {path: path.relative_to(TESTS).parts[0] for path in {item.path for item in items}}
    rooms = {item: of_paths[item.path] for item in items}
    for item, room in rooms.items():
        if not room.endswith(".py"):
            item.add_marker(room)
        # Whatever uses a database asks for the directory where one may be made, if not itself, then by its fixtures.
        if room in PURE and "open_directory" not in getattr(item, "fixturenames", ()):
            item.add_marker("pure")
    items.sort(key=lambda item: places.get(rooms[item], len(places)))


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
def durable_database_url(open_directory: Path) -> Iterator[str]:
    """A PostgreSQL to test with, whose commits wait for the disk: ORDERWRIGHT_TEST_DATABASE_URL, or an embedded one of our own.

    In the one that is given, each worker has a database of its own."""
    if given := os.environ.get(GIVEN):
        with database_beside(given, f"orderwright_tests_{WORKER}") if WORKER else contextlib.nullcontext(given) as url:
            yield url
        return
    directory = with_cluster(open_directory / "session")
    with embedded.start(directory) as postgres, BESIDE.keeping(postgres.dsn):
        yield postgres.dsn
        # Nobody will read it again, so that it need not write what it holds to the disk.
        if pid := postmaster.recorded_pid(directory / "postgres" / "postmaster.pid"):
            os.kill(pid, signal.SIGQUIT)


@pytest.fixture(scope="session")
def session_database_url(durable_database_url: str) -> Iterator[str]:
    """A database beside it, whose commits do not wait for the disk: only a machine that fails could tell the difference."""
    name = f"orderwright_quick_{WORKER or 'tests'}"
    with database_beside(durable_database_url, name, synchronous_commit="off") as url, BESIDE.keeping(url):
        yield url


@pytest.fixture(scope="module")
def database_url(request: pytest.FixtureRequest, open_directory: Path) -> Iterator[str]:
    """The database of a test: the durable one for those that kill under load. A module may name another one.

    What is to be delivered, the server of other tests would send too: there each module has a database at which none looks.
    """
    room = request.path.parent.name
    url = str(request.getfixturevalue("durable_database_url" if room == "fire" else "session_database_url"))
    if room == "delivery":
        name = f"orderwright_{request.path.stem}_{WORKER or 'alone'}"
        with database_beside(url, name, synchronous_commit="off") as own:
            yield own
        return
    yield url


@pytest.fixture(scope="session")
def settings(session_database_url: str, open_directory: Path) -> Settings:
    """The defaults, on the session's database."""
    return Settings.from_environment(
        {"ORDERWRIGHT_DATABASE_URL": session_database_url, "ORDERWRIGHT_DATA_DIR": str(open_directory / "data")}
    )


@pytest.fixture(scope="session")
def server(session_database_url: str, open_directory: Path) -> Iterator[Server]:
    """The server process. It must end with status 0 within 10 s of SIGTERM."""
    data_dir = str(open_directory / "scenarios")
    # What tests have called by its name is here; by its address it is forbidden.
    allowed = {"ORDERWRIGHT_ALLOWED_HOSTS": "localhost"}
    running = Server({"ORDERWRIGHT_DATABASE_URL": session_database_url, "ORDERWRIGHT_DATA_DIR": data_dir, **allowed})
    yield running
    assert running.stop() == 0


@pytest.fixture
def project_key() -> str:
    """A key that no other test uses."""
    return "-".join(filter(None, ("scenario", WORKER, str(next(_numbers)))))


@pytest.fixture
def shop(server: Server, project_key: str) -> Client:
    """A client that may do everything in a fresh, empty project."""
    server.project(project_key)
    return server.client(project_key)


@pytest.fixture
def client_with(server: Server) -> Callable[[str, str], Client]:
    """Makes a client with a scope."""
    return server.client
