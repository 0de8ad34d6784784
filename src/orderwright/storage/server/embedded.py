"""The embedded PostgreSQL: one owner runs the server of a data directory, everyone else attaches to it.

The owner holds a file lock and the server is its child. When the owner goes, in whatever way, the server goes too; a process
that was attached takes over at its next `tend`, at the same address.
"""

import contextlib
import fcntl
import os
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from orderwright.storage.server import binaries, postmaster
from orderwright.storage.server.binaries import EmbeddedError
from orderwright.storage.server.postmaster import Answer, Cluster
from orderwright.storage.server.steps import Drive, Steps, for_seconds, waited

__all__ = ["EmbeddedError", "EmbeddedPostgres", "holder", "start"]

OWNER_PATIENCE_S = 30.0  # how long an owner that holds the lock may stay silent: time enough for initdb on a slow disk
RETRY_S = 10.0  # how long to try again while orphans of a killed server still hold its shared memory


class EmbeddedPostgres:
    """A running server on a data directory; `owner` tells whether this process runs it or is attached to another's."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = _prepared(data_dir)
        directory = self._data_dir / "postgres"
        account = binaries.account_for(directory)
        found = binaries.find(_major_of(directory))
        if account is not None:
            found = binaries.reachable_copy(found)
            _refuse_unreachable(self._data_dir, account)
        self._cluster = Cluster(
            directory=directory, run=postmaster.socket_directory(self._data_dir), binaries=found, account=account
        )
        self._lock = _OwnerLock(self._data_dir, account)
        self._child: subprocess.Popen[bytes] | None = None
        self._tending: Steps[object] | None = None
        self._process = os.getpid()

    @property
    def owner(self) -> bool:
        return self._child is not None

    @property
    def binaries(self) -> Path:
        """The directory of the PostgreSQL programs (`psql`, `pgbench`, `pg_dump`)."""
        return self._cluster.binaries.directory

    @property
    def dsn(self) -> str:
        """A URL for asyncpg and libpq alike. It stays the same when another process takes the server over."""
        return postmaster.dsn(self._cluster.run)

    def opening(self, patience_s: float = OWNER_PATIENCE_S) -> Steps[None]:
        """Become the owner, or attach to the server of the one there is, waiting while it starts or stops.

        Raises EmbeddedError when the lock is held for `patience_s` and nobody answers.
        """
        deadline = time.monotonic() + patience_s
        while not (yield from self._owning()):
            answer = yield from postmaster.probing(self._cluster.run)
            if answer is Answer.READY:
                return
            if answer is Answer.BUSY:  # recovery takes the time it takes, and the server says that it is at it
                deadline = time.monotonic() + patience_s
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"The data directory {self._data_dir} is locked by process {self._lock.holder() or 'unknown'}, whose "
                    "PostgreSQL does not answer; stop that process, or choose another directory with ORDERWRIGHT_DATA_DIR."
                )
            yield

    def tend(self) -> bool:
        """To be called now and then, from the main thread, by a process that lives long. It never waits.

        Starts the server again when it ended under its owner, and takes it over when the owner that we were attached to is gone.
        True asks to be called again soon, because a start is under way. Raises EmbeddedError when one fails; the next call
        tries again.
        """
        if self._tending is None:
            if self._child is None:
                self._tending = self._owning()
            elif self._child.poll() is not None:
                self._tending = self._serving()
            else:
                return False
        try:
            next(self._tending)
        except StopIteration:
            self._tending = None
            return False
        except BaseException:
            self._tending = None
            raise
        return True

    def stop(self) -> None:
        """End the server if it is ours, with a fast shutdown; harmless when called twice or in a forked child."""
        if os.getpid() != self._process:
            return
        if self._tending is not None:
            self._tending.close()
            self._tending = None
        if self._child is not None:
            postmaster.stop(self._child)
            self._child = None
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _owning(self) -> Steps[bool]:
        """Take the lock and run the server, unless another process holds it."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("the server must be forked by the main thread: the kernel stops it when the forking thread ends")
        if not self._lock.acquire():
            return False
        try:
            yield from postmaster.creating(self._cluster)
            yield from self._serving()
        except BaseException:
            self._lock.release()
            raise
        return True

    def _serving(self) -> Steps[None]:
        """Have a new server process that takes connections; crash recovery happens on the way."""
        cluster = self._cluster
        try:
            postmaster.own_directory(cluster.run, cluster.account)
            yield from postmaster.configuring(cluster)
            deadline = time.monotonic() + RETRY_S
            while True:
                yield from postmaster.clearing_the_way(cluster)
                child = postmaster.spawn(cluster)
                if (yield from _becoming_ready(child, cluster.run)):
                    self._child = child
                    return
                why = postmaster.why_it_ended(cluster)
                # Backends of a killed server end within moments; until then PostgreSQL rightly refuses to start beside them.
                if "shared memory block" not in why or time.monotonic() > deadline:
                    raise EmbeddedError(f"The embedded PostgreSQL in {cluster.directory} does not start: {why}.")
                yield from for_seconds(0.2)
        except OSError as error:
            raise EmbeddedError(f"The server cannot start in {cluster.directory}: {error.strerror or error}.") from error


def start(data_dir: Path, drive: Drive = waited) -> EmbeddedPostgres:
    """Run the server of `data_dir`, made on first use, or attach to the one that runs. Main thread only.

    `drive` takes the steps, of which the last may come after minutes of recovery.

    Raises EmbeddedError with one sentence: wheel missing or not for this machine, directory not writable, not reachable for the
    unprivileged user that root needs, or locked by a process whose server does not answer.
    """
    postgres = EmbeddedPostgres(data_dir)
    steps = postgres.opening()
    try:
        drive(steps)
    finally:
        steps.close()  # who is interrupted leaves no server behind
    return postgres


def holder(data_dir: Path) -> int | None:
    """The process that holds the data directory's lock now, if any (0 when it has not told its number yet)."""
    path = data_dir.resolve() / _OwnerLock.NAME
    return _OwnerLock.held(path) if path.exists() else None


def _becoming_ready(child: subprocess.Popen[bytes], run: Path) -> Steps[bool]:
    """Wait until the server takes connections; False when it ended instead. Recovery may take long, so only the end ends this."""
    try:
        while child.poll() is None:
            if (yield from postmaster.probing(run)) is Answer.READY:
                return True
            yield
    except BaseException:  # a refusal, or SIGTERM in the meantime: nobody would stop the child later
        postmaster.abandon(child)
        raise
    return False


def _prepared(data_dir: Path) -> Path:
    """The data directory with every link resolved, made if absent, open to the server's user when root makes it."""
    try:
        path = data_dir.resolve()
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o755 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise EmbeddedError(f"The data directory {data_dir} cannot be made: {error.strerror or error}.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise EmbeddedError(f"The data directory {path} cannot be written by this user; set ORDERWRIGHT_DATA_DIR to another.")
    return path


def _major_of(directory: Path) -> int | None:
    """The PostgreSQL that an existing cluster needs."""
    try:
        return int((directory / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise EmbeddedError(f"{directory} is not a PostgreSQL cluster that this user can read: {error}.") from error


def _refuse_unreachable(data_dir: Path, account: binaries.Account) -> None:
    try:
        tried = subprocess.run(  # noqa: S603 - a fixed command; the path is its argument
            ["/bin/sh", "-c", 'cd "$1"', "sh", str(data_dir)],
            user=account.uid, group=account.gid, extra_groups=[], capture_output=True, check=False, cwd="/",
        )  # fmt: skip
    except OSError as error:  # a container without the right to change users
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root, and root may not become the user {account.name} here; {binaries.INSTEAD}."
        ) from error
    if tried.returncode != 0:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root, and the user {account.name} who runs it instead cannot enter {data_dir}; choose "
            "another directory with ORDERWRIGHT_DATA_DIR, such as /var/lib/orderwright."
        )


class _OwnerLock:
    """An flock on a file in the data directory: the kernel frees it when its process ends, however that happens."""

    NAME = "owner.lock"

    def __init__(self, data_dir: Path, account: binaries.Account | None) -> None:
        self._path = data_dir / self.NAME
        self._account = account
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock without waiting; False when another process has it, EmbeddedError when there can be none."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except OSError as error:
            raise EmbeddedError(f"The lock {self._path} cannot be opened: {error.strerror or error}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:
            os.close(descriptor)
            raise EmbeddedError(f"The file system of {self._path} offers no locks: {error.strerror or error}.") from error
        if self._account is not None and os.fstat(descriptor).st_uid == 0:
            owner = self._path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)  # root may have started a user's directory; the user comes back
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        return self.held(self._path)

    @staticmethod
    def held(path: Path) -> int | None:
        """The process number in a lock that somebody holds; None when it is free."""
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                with contextlib.suppress(ValueError):
                    return int(file.read(20))
                return 0
        return None
