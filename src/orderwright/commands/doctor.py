"""`orderwright doctor`: the state of things, one line each, changed by nothing here."""

import asyncio
import http.client
import os
import platform
import sys
from collections.abc import Callable, Iterator

import msgspec

from orderwright.commands.serving import PortError, claim
from orderwright.settings import Settings
from orderwright.storage import state
from orderwright.storage.server import binaries, embedded, postmaster


class Finding(msgspec.Struct, frozen=True):
    """One line: whether it is as it should be, what was looked at, what was found."""

    good: bool
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{'ok ' if self.good else 'BAD'}  {self.subject}: {self.text}"


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, in the order in which a start needs it. Runs no server and writes nothing."""
    for look in _LOOKS:
        yield from look(settings)


def _python(_settings: Settings) -> Iterator[Finding]:
    yield Finding(sys.version_info >= (3, 11), "Python", f"{platform.python_version()} at {sys.executable}")


def _programs(settings: Settings) -> Iterator[Finding]:
    subject = "embedded PostgreSQL"
    if settings.database_url is not None:
        yield Finding(True, subject, "not used, because ORDERWRIGHT_DATABASE_URL is set")
        return
    try:
        found = binaries.find()
        account = binaries.account_for(settings.data_dir / "postgres")
    except binaries.EmbeddedError as error:
        yield Finding(False, subject, str(error))
        return
    runner = f", run by the user {account.name} because root may not" if account else ""
    yield Finding(True, subject, f"{found.version} from {binaries.DISTRIBUTION} {found.wheel}{runner}")


def _data_directory(settings: Settings) -> Iterator[Finding]:
    path = settings.data_dir
    subject = "data directory"
    if settings.database_url is not None:
        return
    if not path.exists():
        above = next(parent for parent in path.parents if parent.exists())
        can = os.access(above, os.W_OK | os.X_OK)
        yield Finding(can, subject, f"{path} does not exist yet" + ("" if can else f", and {above} cannot be written"))
        return
    can = os.access(path, os.W_OK | os.X_OK)
    yield Finding(can, subject, f"{path} {'can' if can else 'cannot'} be written")
    try:
        pid = embedded.holder(path)
        yield Finding(True, "lock", "free" if pid is None else f"held by process {pid or 'unknown'}")
    except OSError as error:
        yield Finding(False, "lock", f"cannot be read: {error.strerror or error}")


def _database(settings: Settings) -> Iterator[Finding]:
    subject = "database"
    try:
        if settings.database_url is None:
            run = postmaster.socket_directory(settings.data_dir.resolve())
            if postmaster.probe(run) is postmaster.Answer.ABSENT:
                held = settings.data_dir.exists() and embedded.holder(settings.data_dir) is not None
                text = (
                    "does not answer although the data directory is locked" if held else "not running; `run` and `serve` start it"
                )
                yield Finding(not held, subject, text)
                return
        found = asyncio.run(state.inspect(settings.database_url or postmaster.dsn(run)))
    except (binaries.EmbeddedError, state.DatabaseStateError, OSError) as error:
        yield Finding(False, subject, str(error))
        return
    yield Finding(True, subject, f"PostgreSQL {found.version} answers")
    yield Finding(
        True, "schema", "empty; `run`, `serve` and `migrate` create it" if found.schema is None else f"version {found.schema}"
    )


def _port(_settings: Settings) -> Iterator[Finding]:
    try:
        claim("127.0.0.1", 8080).close()
    except PortError:
        ours = _answers_health()
        yield Finding(ours, "port 8080", "an Orderwright server answers" if ours else "taken by another program; use `--port`")
    else:
        yield Finding(True, "port 8080", "free")


def _answers_health() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_python, _programs, _data_directory, _database, _port)
