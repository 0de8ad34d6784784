"""One PostgreSQL cluster on disk and its server process: create, configure, spawn, probe, stop.

Nothing here decides who may run the server; that is `embedded`, which calls these steps while it holds the lock. What takes
time is a generator: see `steps.py`.
"""

import contextlib
import ctypes
import enum
import hashlib
import multiprocessing
import os
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import msgspec

from orderwright.storage.server.binaries import Account, Binaries, EmbeddedError
from orderwright.storage.server.steps import Steps, waited

NAME = "orderwright"  # the database and its superuser; the socket's directory is closed to everyone else
PORT = 5432  # only a part of the socket's file name
LONGEST_SOCKET_PATH = 103  # bytes without the final zero: 107 on Linux, 103 on macOS
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

# Read before the operator's own lines in postgresql.conf, which therefore win.
DEFAULTS = {
    "max_connections": "100",
    "shared_buffers": "256MB",  # touched page by page, so an idle server stays small
    "work_mem": "8MB",
    "synchronous_commit": "on",
    "wal_compression": "pglz",  # halves full-page images; lz4 takes its place where it is built in
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",  # tuned for solid-state disks
    "jit": "off",  # compiling costs more than any statement here takes
    "max_parallel_workers_per_gather": "0",  # the cores belong to the requests
    "max_logical_replication_workers": "0",  # saves the launcher process
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "logging_collector": "on",
    "log_directory": "'log'",
    "log_filename": "'postgresql-%a.log'",  # seven files, each overwritten a week later
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_error_verbosity": "terse",  # details and statements hold customers' data
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
# Given on the command line, where no file can change them: what durability and privacy rest on.
PROMISES = {"fsync": "on", "full_page_writes": "on", "listen_addresses": "", "unix_socket_permissions": "0700", "port": str(PORT)}


class Cluster(msgspec.Struct, frozen=True):
    """Where a cluster's files and its socket are, with which programs and as whom it runs."""

    directory: Path
    run: Path
    binaries: Binaries
    account: Account | None

    @property
    def pid_file(self) -> Path:
        return self.directory / "postmaster.pid"

    @property
    def start_log(self) -> Path:
        """What the server says before its own log files are open."""
        return self.directory.parent / "postgres-start.log"


class Answer(enum.Enum):
    """What a connect probe found: no server, one that starts or stops, or one that takes connections."""

    ABSENT = "absent"
    BUSY = "busy"
    READY = "ready"


def socket_directory(data_dir: Path) -> Path:
    """`run` in the data directory, or a short directory named after it when that path is too long for a socket.

    The same for every process and user, so that whoever takes the server over answers at the same address.
    """
    inside = data_dir / "run"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
        return inside
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path("/tmp") / f"orderwright-{digest}"  # noqa: S108 - made with mode 0700 and its owner checked before use


def dsn(run: Path) -> str:
    """A URL for asyncpg and libpq alike; it lasts as long as the data directory stays where it is."""
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(run), safe='/')}&port={PORT}"


def own_directory(directory: Path, account: Account | None) -> None:
    """Make a directory that only the server's user can enter; refuse one made by somebody else."""
    uid, gid = (account.uid, account.gid) if account else (os.geteuid(), os.getegid())
    try:
        with contextlib.suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            if account:
                os.chown(directory, uid, gid)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
            raise EmbeddedError(f"{directory} belongs to somebody else, so PostgreSQL's socket cannot be kept there; remove it.")
        directory.chmod(0o700)
    except OSError as error:
        raise EmbeddedError(f"The directory {directory} cannot be made: {error.strerror or error}.") from error


def creating(cluster: Cluster) -> Steps[None]:
    """Make the cluster if there is none yet; an interrupted attempt leaves nothing that could be taken for one."""
    if (cluster.directory / "PG_VERSION").exists():
        return
    if cluster.directory.exists() and any(cluster.directory.iterdir()):
        raise EmbeddedError(f"{cluster.directory} holds files that are no PostgreSQL cluster; move them away.")
    fresh = cluster.directory.with_name(f"{cluster.directory.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        own_directory(fresh, cluster.account)
        yield from _running(cluster, "initdb", "-D", str(fresh), *_initdb_options(cluster.binaries.major))
        words = ("--single", "-D", str(fresh), "postgres")
        yield from _running(cluster, "postgres", *words, says=f"CREATE DATABASE {NAME};\n")
        (fresh / "postgresql.conf").write_text(
            "# Settings of your own go below the next line and win over those of Orderwright.\ninclude = 'orderwright.conf'\n"
        )
        if cluster.directory.exists():
            cluster.directory.rmdir()
        fresh.rename(cluster.directory)
        _sync(cluster.directory.parent)
    except OSError as error:
        raise EmbeddedError(f"The database cannot be made in {cluster.directory}: {error.strerror or error}.") from error


def _initdb_options(major: int) -> list[str]:
    # The builtin provider sorts by code point on every machine alike, so an index never outlives its collation.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    trust = ["--auth-local=trust", "--auth-host=reject"]  # the socket's directory, mode 0700, is the lock
    return [f"--username={NAME}", "--encoding=UTF8", "--locale=C", "--data-checksums", *builtin, *trust]


def configuring(cluster: Cluster) -> Steps[None]:
    """Write this version's defaults; a later version of Orderwright changes them for clusters that exist already."""
    settings = dict(DEFAULTS)
    if cluster.binaries.major >= 18:
        settings["io_method"] = "sync"  # documents are read from memory: I/O worker processes would only take room
    if "--with-lz4" in (yield from _running(cluster, "pg_config", "--configure")):
        settings["wal_compression"] = "lz4"
    lines = ["# Written at each start. Put settings of your own into postgresql.conf."]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    target = cluster.directory / "orderwright.conf"
    target.write_text("\n".join(lines) + "\n")
    target.chmod(0o644)  # inside a directory of mode 0700; root writes it, the server's user reads it


def spawn(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Start the server as a child of the main thread, which must be the caller.

    It gets a session of its own, so that Ctrl-C in the terminal reaches Orderwright alone and the HTTP server can finish.
    """
    promises = {**PROMISES, "unix_socket_directories": f'"{cluster.run}"'}
    options = [word for name, value in promises.items() for word in ("-c", f"{name}={value}")]
    with cluster.start_log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - the wheel's program and our own words
            [cluster.binaries.directory / "postgres", "-D", cluster.directory, *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_child(cluster.account, signal.SIGINT),
        )  # fmt: skip


def _child(account: Account | None, on_death: signal.Signals) -> dict[str, Any]:
    """Popen's arguments for a child with the server's user and a bare environment that ends when its parent does."""
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    return {"env": environment, "cwd": "/", "start_new_session": True, "preexec_fn": _tie(os.getpid(), on_death), **identity}


def _tie(parent: int, on_death: signal.Signals) -> Callable[[], None]:
    """Have the kernel send `on_death` when the thread that forks ends, which is why that is always the main thread.

    Popen calls this after it changed the user, and it must: a change of user clears the parent-death signal. The server gets
    SIGINT, the fast shutdown: open transactions are rolled back, those acknowledged are in the log, and a last checkpoint
    leaves a cluster that needs no recovery. SIGTERM would wait for clients, SIGQUIT would leave recovery to the next start.
    """
    library = ctypes.CDLL(None)

    def tie() -> None:
        if sys.platform == "linux":
            library.prctl(PR_SET_PDEATHSIG, int(on_death), 0, 0, 0)
            if os.getppid() != parent:  # the parent died between the fork and the line above
                os._exit(1)

    return tie


def die_with_parent() -> None:
    """Have this process, a worker, get SIGTERM when the process that started it ends (Linux; elsewhere nothing happens).

    One whose parent has ended while it was starting ends at once.
    """
    parent = multiprocessing.parent_process()  # as it was then: who has lost its parent has got another one
    _tie(os.getppid() if parent is None or parent.pid is None else parent.pid, signal.SIGTERM)()


def probe(run: Path) -> Answer:
    """`probing`, for who has the time."""
    return waited(probing(run))


def probing(run: Path, patience_s: float = 2.0) -> Steps[Answer]:
    """Open a session as any client would and read until the server is ready for a query; silence counts as busy.

    Raises EmbeddedError with the server's own words when it refuses for another reason than starting, stopping or being full.
    """
    parameters = f"user\0{NAME}\0database\0{NAME}\0\0".encode()
    until = time.monotonic() + patience_s
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.setblocking(False)
            connection.connect(str(run / f".s.PGSQL.{PORT}"))
            connection.sendall(struct.pack("!ii", 8 + len(parameters), 196_608) + parameters)
            said = b""
            while True:
                try:
                    part = connection.recv(4_096)
                except BlockingIOError:
                    if time.monotonic() > until:
                        return Answer.BUSY
                    yield
                    continue
                said += part
                found = _found(said)
                if found is Answer.READY:
                    connection.sendall(b"X\0\0\0\4")
                if found is not None or not part:
                    return found or Answer.ABSENT
    except PermissionError as error:
        raise EmbeddedError(f"The socket in {run} belongs to another user; be the user who runs the server.") from error
    except BlockingIOError:  # more are waiting for it than it keeps in mind
        return Answer.BUSY
    except OSError:
        return Answer.ABSENT


def _found(said: bytes) -> Answer | None:
    """What a server's messages so far tell, if they do."""
    while len(said) >= 5:
        kind, length = struct.unpack("!ci", said[:5])
        if len(said) < 1 + length:
            return None
        if kind == b"Z":
            return Answer.READY
        if kind == b"E":
            return _refusal(said[5 : 1 + length])
        said = said[1 + length :]
    return None


def _refusal(body: bytes) -> Answer:
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    match fields.get(b"C"):
        case "57P03":  # cannot_connect_now: starting, recovering or shutting down
            return Answer.BUSY
        case "53300":  # too_many_connections: it runs, and others use it
            return Answer.READY
    raise EmbeddedError(f"The embedded PostgreSQL refuses connections: {fields.get(b'M', 'no reason given')}.")


def clearing_the_way(cluster: Cluster, patience_s: float = 30.0) -> Steps[None]:
    """End what a dead owner left: wait for a server that is still shutting down, then remove stale pid files.

    A pid file may name a process that lives but is another program by now; PostgreSQL would refuse to start then.
    """
    pid = recorded_pid(cluster.pid_file)
    for ending in (signal.SIGINT, signal.SIGQUIT):
        if pid is None or not _serves(pid, cluster.directory):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, ending)
        deadline = time.monotonic() + patience_s
        while _serves(pid, cluster.directory) and time.monotonic() < deadline:
            yield
    else:
        raise EmbeddedError(f"The server left behind in {cluster.directory}, process {pid}, does not stop; end it first.")
    for leftover in (cluster.pid_file, cluster.run / f".s.PGSQL.{PORT}.lock", cluster.run / f".s.PGSQL.{PORT}"):
        leftover.unlink(missing_ok=True)


def recorded_pid(pid_file: Path) -> int | None:
    """The process number in the first line of a postmaster.pid; None when there is no such file or line."""
    try:
        return int(pid_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _serves(pid: int, directory: Path) -> bool:
    """Whether that process is a PostgreSQL server on this cluster: a server's working directory is its cluster."""
    if sys.platform != "linux":
        told = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603 - a number
        return f"-D {directory}" in told.stdout
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == directory
    except OSError:  # gone, or another user's
        return False


def stop(child: subprocess.Popen[bytes]) -> None:
    """End it with a fast shutdown; after 3 s with the immediate one, as safe, which leaves recovery to the next start."""
    _end(child, (signal.SIGINT, 3.0), (signal.SIGQUIT, 0.5))


def abandon(child: subprocess.Popen[bytes]) -> None:
    """End one that does not take connections yet: nobody has anything to lose by it, and it recovers anew at the next start."""
    _end(child, (signal.SIGQUIT, 1.0))


def _end(child: subprocess.Popen[bytes], *endings: tuple[signal.Signals, float]) -> None:
    for ending, patience_s in endings:
        child.send_signal(ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience_s)
            return
    child.kill()  # which also ends one that was frozen
    child.wait()


def why_it_ended(cluster: Cluster) -> str:
    """The server's own last FATAL or PANIC message, or the last thing that it said.

    What it answered to those who came too early, as ourselves with a probe, is no reason.
    """
    logs = sorted((cluster.directory / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    lines = [line for log in (*logs[-1:], cluster.start_log) for line in log.read_text(errors="replace").splitlines()[-50:]]
    lines = [line for line in lines if "FATAL:  the database system is " not in line]
    grave = [line for line in lines if "FATAL:" in line or "PANIC:" in line] or lines or ["it gave no reason"]
    return grave[-1].split("FATAL:")[-1].split("PANIC:")[-1].strip()


def _running(cluster: Cluster, program: str, *words: str, says: str = "") -> Steps[str]:
    """What a program writes. Raises EmbeddedError with its own words when it fails."""
    command: Sequence[str | Path] = (cluster.binaries.directory / program, *words)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(says.encode())
        given.seek(0)
        child = _child(cluster.account, signal.SIGTERM)
        process = subprocess.Popen(command, stdin=given, stdout=out, stderr=err, **child)  # noqa: S603 - the wheel's programs with our own words
        try:
            while process.poll() is None:
                yield
        except BaseException:
            process.kill()
            process.wait()
            raise
        written, complaints = (_read(file) for file in (out, err))
    if process.returncode != 0:
        said = [line for line in complaints.splitlines() if "rror" in line or "FATAL" in line] or complaints.splitlines()
        raise EmbeddedError(f"{program} failed: {said[-1].strip() if said else f'exit status {process.returncode}'}.")
    return written


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _sync(directory: Path) -> None:
    """A rename is durable only when its directory is."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
