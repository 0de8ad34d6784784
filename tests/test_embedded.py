"""The embedded PostgreSQL, with real servers: owners that die, pid files that lie, paths that are too long."""

import asyncio
import contextlib
import os
import pwd
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from clusters import with_cluster
from orderwright.storage.server import binaries, embedded, postmaster
from orderwright.storage.server.embedded import EmbeddedError, EmbeddedPostgres
from orderwright.storage.server.steps import waited

ROOT = os.geteuid() == 0
OWNER = """
import sys, time
from pathlib import Path
from orderwright.storage.server import embedded
postgres = embedded.start(Path(sys.argv[1]))
print(postgres.owner, postgres._child.pid if postgres.owner else 0, flush=True)
time.sleep(600)
"""

# As a server of several workers does it: the parent starts one and is killed before that has come to tie itself to it.
PARENT_OF_A_SLOW_WORKER = """
import multiprocessing, os, sys, time

def work(directory):
    time.sleep(1)
    from orderwright.storage.server.postmaster import die_with_parent
    die_with_parent()
    open(os.path.join(directory, "survived"), "w").close()
    time.sleep(600)

if __name__ == "__main__":
    worker = multiprocessing.get_context("spawn").Process(target=work, args=(sys.argv[1],))
    worker.start()
    print(worker.pid, flush=True)
    time.sleep(0.5)
    os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def data_dir(open_directory: Path) -> Path:
    """One cluster for the tests that only start and stop it, since making one takes a second."""
    return open_directory / "embedded"


@contextlib.contextmanager
def owner_process(data_dir: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Another process that owns the directory, and the process number of its server."""
    with subprocess.Popen([sys.executable, "-c", OWNER, str(data_dir)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            owner, server = process.stdout.readline().split()
            assert owner == "True"
            yield process, int(server)
        finally:
            process.kill()


def tended(postgres: EmbeddedPostgres) -> int:
    """Tend until nothing is left to be done; how often that came back meanwhile, as it does where it would have to wait."""
    times = 0
    while postgres.tend():
        times += 1
        time.sleep(0.01)
    return times


def ask(dsn: str, statement: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(asked())


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_start_makes_a_cluster_that_keeps_what_it_acknowledges(data_dir: Path) -> None:
    with embedded.start(data_dir) as postgres:
        assert postgres.owner
        assert (postgres.binaries / "pgbench").exists()
        assert int(str(ask(postgres.dsn, "SHOW server_version_num"))) >= 160_000
        for setting, value in {
            "synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "data_checksums": "on", "listen_addresses": "",
            "server_encoding": "UTF8", "TimeZone": "UTC", "jit": "off", "max_connections": "100", "logging_collector": "on",
        }.items():  # fmt: skip
            assert ask(postgres.dsn, f"SHOW {setting}") == value, setting
        assert ask(postgres.dsn, "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['ä', 'b', 'A', 'a', 'B']) w") == "ABabä"
    assert embedded.holder(data_dir) is None
    assert stat.S_IMODE((data_dir / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700


def test_the_operator_s_own_settings_win(data_dir: Path) -> None:
    embedded.start(data_dir).stop()
    configuration = data_dir / "postgres" / "postgresql.conf"
    before = configuration.read_text()
    configuration.write_text(before + "work_mem = '3MB'\nfsync = off\n")
    try:
        with embedded.start(data_dir) as postgres:
            assert ask(postgres.dsn, "SHOW work_mem") == "3MB"
            assert ask(postgres.dsn, "SHOW fsync") == "on"
    finally:
        configuration.write_text(before)


def test_a_second_process_attaches_and_leaves_the_server_running(data_dir: Path) -> None:
    with owner_process(data_dir) as (process, server):
        assert embedded.holder(data_dir) == process.pid
        with embedded.start(data_dir) as attached:
            assert not attached.owner
            assert ask(attached.dsn, "SELECT 1") == 1
        assert alive(server)


def test_one_who_comes_while_the_owner_is_still_making_the_cluster_waits(open_directory: Path) -> None:
    data_dir = open_directory / "together"
    (data_dir / "postgres.new").mkdir(parents=True)  # what an interrupted first start leaves
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    code = [sys.executable, "-c", OWNER, str(data_dir)]
    processes = [subprocess.Popen(code, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        answers = sorted(process.stdout.readline().split()[0] for process in processes if process.stdout)
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert answers == ["False", "False", "True"]


def test_an_attached_process_takes_over_when_the_owner_is_gone(data_dir: Path) -> None:
    with owner_process(data_dir) as (process, _):
        attached = embedded.start(data_dir)
        tended(attached)
        owned_before = attached.owner
        process.kill()
        process.wait()
        tended(attached)
    with attached:
        assert (owned_before, attached.owner) == (False, True)
        assert ask(attached.dsn, "SELECT 1") == 1


def test_the_owner_starts_the_server_again_when_it_was_killed(data_dir: Path) -> None:
    with embedded.start(data_dir) as postgres:
        first = postmaster.recorded_pid(data_dir / "postgres" / "postmaster.pid")
        assert first is not None
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while alive(first) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert tended(postgres) > 2
        assert ask(postgres.dsn, "SELECT 1") == 1
        assert postmaster.recorded_pid(data_dir / "postgres" / "postmaster.pid") != first


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_with_its_owner(data_dir: Path, ending: signal.Signals) -> None:
    with owner_process(data_dir) as (process, server):
        assert alive(server)
        process.send_signal(ending)
        process.wait()
        deadline = time.monotonic() + 10
        while alive(server) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not alive(server)


async def _write_until_cut(dsn: str, writer: int, acknowledged: list[tuple[int, int]]) -> None:
    connection = await asyncpg.connect(dsn)
    # asyncpg calls a connection that was ended while it was idle an internal error.
    with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        for number in range(1_000_000):
            await connection.execute("INSERT INTO written VALUES ($1, $2)", writer, number)
            acknowledged.append((writer, number))
    connection.terminate()
    await asyncio.sleep(0.01)  # the loop closes the socket in its next rounds


def test_kill_9_of_the_owner_loses_no_acknowledged_write(data_dir: Path) -> None:
    acknowledged: list[tuple[int, int]] = []

    async def load(dsn: str, process: "subprocess.Popen[str]") -> None:
        connection = await asyncpg.connect(dsn)
        await connection.execute("DROP TABLE IF EXISTS written")
        await connection.execute("CREATE TABLE written (writer integer, number integer)")
        await connection.close()
        writers = [asyncio.create_task(_write_until_cut(dsn, writer, acknowledged)) for writer in range(4)]
        await asyncio.sleep(0.5)
        async with asyncio.timeout(10):
            while len(acknowledged) <= 20:  # noqa: ASYNC110 - on a slow machine; it grows in many places
                await asyncio.sleep(0.01)
        process.kill()
        await asyncio.wait_for(asyncio.gather(*writers), 10)

    async def kept(dsn: str) -> set[tuple[int, int]]:
        connection = await asyncpg.connect(dsn)
        rows = await connection.fetch("SELECT writer, number FROM written")
        await connection.close()
        return {(row["writer"], row["number"]) for row in rows}

    with owner_process(data_dir) as (process, _):
        dsn = postmaster.dsn(data_dir / "run")
        asyncio.run(load(dsn, process))
    with embedded.start(data_dir) as postgres:
        assert postgres.owner
        assert len(acknowledged) > 20
        assert set(acknowledged) <= asyncio.run(kept(postgres.dsn))


def test_kill_9_of_owner_and_server_at_once_recovers(data_dir: Path) -> None:
    with owner_process(data_dir) as (process, server):
        dsn = postmaster.dsn(data_dir / "run")
        ask(dsn, "CREATE TABLE IF NOT EXISTS counted (n integer)")
        before = ask(dsn, "SELECT count(*) FROM counted")
        assert isinstance(before, int)
        ask(dsn, "INSERT INTO counted VALUES (1) RETURNING n")
        os.kill(server, signal.SIGKILL)
        process.kill()
        process.wait()
        with embedded.start(data_dir) as postgres:
            assert ask(postgres.dsn, "SELECT count(*) FROM counted") == before + 1


def test_a_backend_that_outlives_a_killed_server_keeps_the_next_one_out(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "RETRY_S", 0.5)
    checkpointer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    with owner_process(data_dir) as (process, server):
        orphan = ask(postmaster.dsn(data_dir / "run"), checkpointer)
        assert isinstance(orphan, int)
        os.kill(orphan, signal.SIGSTOP)  # it could still write into the files, as far as anybody knows
        try:
            os.kill(server, signal.SIGKILL)
            process.kill()
            process.wait()
            with pytest.raises(EmbeddedError, match=r"does not start: .*shared memory block .* still in use"):
                embedded.start(data_dir)
            assert embedded.holder(data_dir) is None
        finally:
            os.kill(orphan, signal.SIGCONT)
    monkeypatch.undo()
    with embedded.start(data_dir) as postgres:
        assert ask(postgres.dsn, "SELECT 1") == 1


def test_a_stale_pid_file_that_names_a_living_stranger_is_survived(data_dir: Path) -> None:
    embedded.start(data_dir).stop()
    account = binaries.account_for(data_dir / "postgres")
    stranger_of: dict[str, Any] = {"user": account.uid, "group": account.gid} if account else {}
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", **stranger_of) as stranger:
        try:
            lines = f"{stranger.pid}\n{data_dir / 'postgres'}\n{int(time.time())}\n5432\n{data_dir / 'run'}\n\n  1 1\nready\n"
            (data_dir / "postgres" / "postmaster.pid").write_text(lines)
            (data_dir / "run" / ".s.PGSQL.5432.lock").write_text(lines)
            with embedded.start(data_dir) as postgres:
                assert ask(postgres.dsn, "SELECT 1") == 1
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_path_too_long_for_a_socket(open_directory: Path) -> None:
    data_dir = with_cluster(open_directory / ("long" * 30))
    with embedded.start(data_dir) as postgres:
        run = postmaster.socket_directory(data_dir.resolve())
        try:
            assert len(str(run / ".s.PGSQL.5432")) < 100
            assert stat.S_IMODE(run.stat().st_mode) == 0o700
            assert ask(postgres.dsn, "SELECT 1") == 1
            assert not embedded.start(data_dir).owner
        finally:
            postgres.stop()
            run.rmdir() if not any(run.iterdir()) else None


def test_a_prepared_socket_directory_of_somebody_else_is_refused(open_directory: Path) -> None:
    target = open_directory / "bait"
    target.mkdir()
    link = open_directory / "run-link"
    link.symlink_to(target)
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        postmaster.own_directory(link, None)


def test_a_lock_held_without_a_server_is_one_sentence(open_directory: Path) -> None:
    data_dir = open_directory / "held"
    data_dir.mkdir()
    code = (
        "import fcntl, os, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print(os.getpid(), file=f, flush=True); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(data_dir / "owner.lock")], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            with pytest.raises(EmbeddedError) as refused:
                waited(embedded.EmbeddedPostgres(data_dir).opening(patience_s=0.2))
        finally:
            process.kill()
    assert str(refused.value) == (
        f"The data directory {data_dir} is locked by process {process.pid}, whose PostgreSQL does not answer; stop that process, "
        "or choose another directory with ORDERWRIGHT_DATA_DIR."
    )


def test_the_server_is_forked_by_the_main_thread_only(data_dir: Path) -> None:
    raised: list[BaseException] = []

    def elsewhere() -> None:
        try:
            embedded.start(data_dir)
        except RuntimeError as error:
            raised.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(raised) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_a_worker_whose_parent_ended_before_it_was_ready_ends(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT_OF_A_SLOW_WORKER)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )
    # Its standard output is the worker's, too, and is at its end only when both have ended.
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "survived").exists()


def test_a_file_in_the_way_is_one_sentence(open_directory: Path) -> None:
    (open_directory / "file").write_text("")
    with pytest.raises(EmbeddedError, match=r"The data directory .*/file/data cannot be made: Not a directory\."):
        embedded.start(open_directory / "file" / "data")


def test_files_that_are_no_cluster_are_left_alone(open_directory: Path) -> None:
    other = open_directory / "other" / "postgres"
    other.mkdir(parents=True)
    (other / "letter.txt").write_text("mine")
    with pytest.raises(EmbeddedError, match="holds files that are no PostgreSQL cluster"):
        embedded.start(other.parent)
    assert (other / "letter.txt").read_text() == "mine"


@pytest.mark.skipif(not ROOT, reason="only root is refused by PostgreSQL")
def test_root_s_directory_that_the_unprivileged_user_cannot_enter(open_directory: Path) -> None:
    closed = open_directory / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedError, match=r"cannot enter .*/closed/data; choose another directory with ORDERWRIGHT_DATA_DIR"):
        embedded.start(closed / "data")


@pytest.mark.skipif(not ROOT, reason="an ordinary user is what the other tests run as otherwise")
def test_an_ordinary_user_without_permission(open_directory: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    closed = open_directory / "roots"
    closed.mkdir()
    pid = os.fork()
    if pid == 0:  # the whole test in a child, since a change of user is for good
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        try:
            embedded.start(closed)
        except EmbeddedError as error:
            os._exit(
                0
                if str(error)
                == f"The data directory {closed} cannot be written by this user; set ORDERWRIGHT_DATA_DIR to another."
                else 2
            )
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
