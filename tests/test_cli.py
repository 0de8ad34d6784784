"""The command line as a newcomer meets it: real processes, real signals, real exit statuses."""

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clusters import with_cluster
from orderwright.cli import COMMANDS, main
from orderwright.storage.server import embedded, postmaster

CLI = [sys.executable, "-m", "orderwright.cli"]


@pytest.fixture(scope="module")
def data_dir(open_directory: Path) -> Path:
    """One cluster for all commands here."""
    return with_cluster(open_directory / "cli")


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ORDERWRIGHT_")}
    return {**kept, "ORDERWRIGHT_DATA_DIR": str(data_dir), **more}


def command(data_dir: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*CLI, *words], env=environment(data_dir, **more), capture_output=True, text=True, check=False, timeout=60
    )


@contextlib.contextmanager
def served(data_dir: Path, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`serve` on a free port, and the URL that it printed, which it does once it accepts connections."""
    process = subprocess.Popen(
        [*CLI, "serve", "--port", "0", *words],
        env=environment(data_dir, ORDERWRIGHT_LOG_LEVEL="error"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Orderwright listens at http://127.0.0.1:"), line
        yield process, line.split()[-1]
    finally:
        process.terminate()
        process.communicate(timeout=15)


def status_of(url: str, path: str) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def refuses_connections(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as attempt:
        return attempt.connect_ex((address.hostname, address.port)) != 0


def eventually(condition: Callable[[], bool], within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


@pytest.mark.parametrize("words", [(), *(tuple(row.words.split()) for row in COMMANDS)])
def test_every_subcommand_explains_itself(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    assert " ".join(("usage: orderwright", *words)) in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("client",),
        ("serve", "--workers", "0"),
        ("serve", "--port", "70000"),
        ("project", "create", "shop", "--currency", "EUR"),
    ],
)
def test_words_that_are_not_a_command(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: orderwright" in capsys.readouterr().err


def test_a_bad_setting_is_one_sentence(data_dir: Path) -> None:
    done = command(data_dir, "doctor", ORDERWRIGHT_POOL_SIZE="many")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "orderwright: ORDERWRIGHT_POOL_SIZE must be a whole number from 1 to 1000, not 'many'.\n"


def test_a_taken_port_is_one_sentence(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = command(data_dir, "serve", "--port", port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"orderwright: The server cannot listen on 127.0.0.1:{port}: Address already in use; choose another port with --port.\n"
    )


@pytest.mark.parametrize("host", ["no such host", "192.0.2.1"])
def test_an_address_that_cannot_be_used_is_one_sentence(data_dir: Path, host: str) -> None:
    done = command(data_dir, "serve", "--host", host, "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("orderwright: The ")
    assert done.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_one_sentence_without_the_password(data_dir: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"postgresql://orders:geheim@127.0.0.1:{unused.getsockname()[1]}/orders"
        done = command(data_dir, "migrate", ORDERWRIGHT_DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("orderwright: The database cannot be reached: ")
    assert "geheim" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_more_connections_than_the_database_takes_are_one_sentence(data_dir: Path) -> None:
    done = command(data_dir, "serve", "--port", "0", "--workers", "8")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "orderwright: The pools could open 112 connections and the database takes 100; lower ORDERWRIGHT_POOL_SIZE, "
        "ORDERWRIGHT_QUERY_POOL_SIZE or --workers.\n"
    )


def test_doctor_tells_what_is_there(data_dir: Path) -> None:
    lines = command(data_dir, "doctor").stdout.splitlines()
    assert [line.split(":")[0][5:] for line in lines] == [
        "Python", "embedded PostgreSQL", "data directory", "lock", "database", "port 8080",
    ]  # fmt: skip
    assert lines[2] == f"ok   data directory: {data_dir} can be written"
    assert lines[3] == "ok   lock: free"
    with served(data_dir) as (process, _):
        done = command(data_dir, "doctor")
        assert f"ok   lock: held by process {process.pid}\n" in done.stdout
        assert "ok   database: PostgreSQL 18" in done.stdout


def test_doctor_finds_what_is_wrong(data_dir: Path) -> None:
    done = command(data_dir, "doctor", ORDERWRIGHT_DATABASE_URL="postgresql://orders@127.0.0.1:1/orders")
    assert done.returncode == 1
    assert "BAD  database: The database cannot be reached: " in done.stdout


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_in_order(data_dir: Path, workers: str, ending: signal.Signals) -> None:
    with served(data_dir, "--workers", workers) as (process, url):
        assert status_of(url, "/health") == 200
        assert status_of(url, "/ready") == 200
        assert embedded.holder(data_dir) == process.pid
        # As from a terminal or a service manager: Ctrl-C reaches the whole group, SIGTERM the process that was started.
        os.killpg(process.pid, ending) if ending is signal.SIGINT else process.send_signal(ending)
        _, complaints = process.communicate(timeout=10)
        assert (process.returncode, complaints) == (0, "")
        assert refuses_connections(url)
        assert embedded.holder(data_dir) is None
        assert postmaster.recorded_pid(data_dir / "postgres" / "postmaster.pid") is None


def test_workers_end_with_a_parent_that_was_killed(data_dir: Path) -> None:
    with served(data_dir, "--workers", "2") as (process, url):
        assert status_of(url, "/ready") == 200
        process.kill()
        process.wait()
        assert eventually(lambda: refuses_connections(url))
        with embedded.start(data_dir) as again:
            assert again.owner


def test_a_command_beside_a_running_server(data_dir: Path) -> None:
    with served(data_dir) as (process, url):
        done = command(data_dir, "migrate")
        assert (done.returncode, done.stderr) == (0, "")
        assert process.poll() is None
        assert status_of(url, "/ready") == 200


def token_status(url: str, client: dict[str, str]) -> int:
    pair = base64.b64encode(f"{client['clientId']}:{client['clientSecret']}".encode()).decode()
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/oauth/token", "grant_type=client_credentials", headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_project_and_a_client_made_beside_a_running_server(data_dir: Path) -> None:
    project = ("project", "create", "beside", "--currency", "EUR", "--country", "DE", "--country", "AT", "--language", "de")
    with served(data_dir) as (_, url):
        made = command(data_dir, *project)
        assert (made.returncode, made.stdout, made.stderr) == (0, "Project beside exists now.\n", "")
        done = command(data_dir, "client", "create", "--project", "beside", "--scope", "manage_project:beside", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        client = json.loads(done.stdout)
        assert sorted(client) == ["clientId", "clientSecret", "projectKey", "scope"]
        assert (client["projectKey"], client["scope"]) == ("beside", "manage_project:beside")
        assert token_status(url, client) == 200
        assert token_status(url, {**client, "clientSecret": "guessed"}) == 401
    again = command(data_dir, *project)
    assert (again.returncode, again.stdout, again.stderr.count("\n")) == (1, "", 1)


def test_a_client_of_no_project_is_one_sentence(data_dir: Path) -> None:
    done = command(data_dir, "client", "create", "--project", "nowhere", "--scope", "manage_project:nowhere", "--json")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "orderwright: There is no project 'nowhere'.\n")


def test_check_finds_nothing_wrong(data_dir: Path) -> None:
    done = command(data_dir, "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Every row agrees with its document.\n", "")


def test_openapi_needs_no_database(data_dir: Path) -> None:
    done = command(data_dir, "openapi", ORDERWRIGHT_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert (done.returncode, done.stderr) == (0, "")
    assert any(path.endswith("/orders") for path in json.loads(done.stdout)["paths"])


def test_run_prints_an_order_that_works_as_pasted_and_keeps_its_client(open_directory: Path) -> None:
    path = open_directory / "run"
    messages = []
    for _ in range(2):
        process = subprocess.Popen(
            [*CLI, "run", "--port", "0"], env=environment(path, ORDERWRIGHT_LOG_LEVEL="error"), stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            lines: list[str] = []
            while len([line for line in lines if "curl " in line]) < 3:
                lines.append(process.stdout.readline())
                assert lines[-1], "".join(lines)
            commands = [line for line in lines if "curl " in line]
            order = json.loads(
                subprocess.run(["sh", "-eu"], input="".join(commands), capture_output=True, text=True, check=True).stdout
            )
            assert order["orderState"] == "Open"
            assert order["totalPrice"]["currencyCode"] == "EUR"
            assert order["lineItems"][0]["quantity"] == 2
            messages.append([line for line in lines if line.startswith("  ")])
            assert messages[-1][3].startswith("  order desk     http://127.0.0.1:")
        finally:
            process.terminate()
            assert process.wait(10) == 0
            process.communicate()
    # The project and the client stay; the link to the desk is another each time.
    assert messages[0][:3] == messages[1][:3]
    assert messages[0][3].rpartition("/")[2] != messages[1][3].rpartition("/")[2]
    assert len(messages[0]) == 5


def test_two_servers_on_one_directory_and_the_owner_leaves(data_dir: Path) -> None:
    with served(data_dir) as (owner, _), served(data_dir) as (attached, url):
        assert status_of(url, "/ready") == 200
        owner.terminate()
        assert owner.wait(10) == 0
        assert eventually(lambda: embedded.holder(data_dir) == attached.pid)
        assert eventually(lambda: status_of(url, "/ready") == 200)
