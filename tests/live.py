"""A real server process and a client that writes down every request and holds every answer against the published schema."""

from __future__ import annotations

import copy
import functools
import importlib.util
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import IO, Any, TypeVar

import httpx
import jsonschema_rs
import pytest

from beside import Beside
from connections import Connections
from copied import copy_documents
from forking import PARENT
from orderwright.auth.clients import create_client
from orderwright.commands.projects import create_project
from orderwright.settings import Settings
from orderwright.storage.database import Database
from own_document import Templates, hold_against_own_document
from recording import Recorder, own_file

T = TypeVar("T")
ROOT = Path(__file__).parent.parent
SPECCHECK = ROOT.parent / "shared" / "tools" / "speccheck.py"
SCHEMAS = "urn:published-schemas"
BESIDE = Beside()
RECORDER = Recorder(own_file())
# The project whose documents are copied, and the databases in which it has been made.
ORIGINAL = "copied-shop"
COPIED: set[str] = set()


@functools.cache
def speccheck() -> ModuleType | None:
    """The checker of the published specification; None in a checkout without it, where only this one check is skipped."""
    if not SPECCHECK.exists():
        return None
    spec = importlib.util.spec_from_file_location("speccheck", SPECCHECK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def templates() -> Templates:
    """The specification's paths."""
    checker = speccheck()
    return Templates(checker.spec()["paths"] if checker else ())


@functools.cache
def validator(method: str, template: str, status: int) -> jsonschema_rs.Draft202012Validator | None:
    """What says in microseconds that an answer is all right, so that the checker is only asked what is wrong with it."""
    checker = speccheck()
    assert checker is not None
    operation = checker.spec()["paths"][template].get(method.lower(), {})
    schema = operation.get("responses", {}).get(str(status), {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return jsonschema_rs.Draft202012Validator({"$ref": f"{SCHEMAS}#/$defs/{name}"}, registry=registry()) if name else None


@functools.cache
def registry() -> jsonschema_rs.Registry:
    """All schemas, read once: each validator compiles of them what it needs."""
    checker = speccheck()
    assert checker is not None
    return jsonschema_rs.Registry([(SCHEMAS, {"$defs": checker.schemas()})], draft=jsonschema_rs.Draft202012)


def hold_against_specification(method: str, path: str, status: int, document: Any) -> None:
    """Fail with every place where an answer breaks the published schema. In CI the checker must be there."""
    checker = speccheck()
    if checker is None:
        assert not os.environ.get("CI"), f"{SPECCHECK} is missing, and CI must not skip the schema check"
        return
    if status >= 400:
        assert document["statusCode"] == status
        assert document["message"] == document["errors"][0]["message"]
        assert all(error["code"] and error["message"] for error in document["errors"])
        return
    template = templates().of(path)
    if template is not None:
        document = as_published(template, document)
        quick = validator(method, template, status)
        if quick is not None and quick.is_valid(document):
            return
        problems = checker.response_problems(method, template, status, document)
        assert problems == [], (method, path, problems)


def as_published(template: str, document: Any) -> Any:
    """A subscription with one of our own destinations, as if it had one that is published: all else is held as it is."""
    if "/subscriptions" not in template or not isinstance(document, dict):
        return document
    if "results" in document:
        return {**document, "results": [as_published(template, each) for each in document["results"]]}
    if document.get("destination", {}).get("type") not in ("HTTP", "RabbitMQ", "NATS", "RedisStream"):
        return document
    return {**document, "destination": {"type": "GoogleCloudPubSub", "projectId": "p", "topic": "t"}}


def next_moment() -> None:
    """Wait until the clock shows another millisecond, so that what one client does in turn is told apart by the times of its
    documents, however quick the database is."""
    time.sleep(1e-3 - time.time() % 1e-3)


class Server:
    """`orderwright serve` as a process, on a free port. `log` is a file for what it writes to standard error."""

    def __init__(self, environment: Mapping[str, str], workers: int = 1, log: IO[str] | None = None) -> None:
        self._connections = Connections(shared=True)
        self._environment = {**os.environ, "ORDERWRIGHT_LOG_LEVEL": "warning", **environment}
        words = ("serve", "--port", "0", "--workers", str(workers))
        self.process = PARENT.start(words, self._environment, log)
        line = self.process.stdout.readline()
        assert "listens at" in line, f"the server did not start: {line!r}, exit {self.process.poll()}"
        self.url = line.split()[-1]

    def command(self, *words: str) -> str:
        """Run another `orderwright` command beside the server and return what it printed."""
        made = PARENT.run(words, self._environment)
        assert made.returncode == 0, made.stderr or made.stdout
        return made.stdout

    def project(self, key: str) -> None:
        """Make a project with EUR and USD, DE, FR and US, en and de."""
        self._beside(lambda database: create_project(database, key, ["EUR", "USD"], ["DE", "FR", "US"], ["en", "de"]))

    def client(self, project: str, scope: str | None = None) -> Client:
        """An API client with a token. Its connections are the server's, and are closed when that is stopped."""
        wanted = scope or f"manage_project:{project}"
        made = self._beside(lambda database: create_client(database, project, wanted, "test"))
        return Client(self.url, project, made.client_id, made.client_secret, self._connections, self)

    def copied(self, project: str, like: Callable[[Client], None]) -> bool:
        """Give an empty project the documents of another that was made once by these requests; not where the database may be
        stopped by its test, which has only this one shop anyway."""
        dsn = self._environment.get("ORDERWRIGHT_DATABASE_URL")
        if dsn is None or not BESIDE.keeps(dsn):
            return False
        if dsn not in COPIED:
            self.project(ORIGINAL)
            like(self.client(ORIGINAL))
            COPIED.add(dsn)
        self._beside(lambda database: copy_documents(database, ORIGINAL, project))
        return True

    def _beside(self, work: Callable[[Database], Awaitable[T]]) -> T:
        # What the command line does, without the second that each of its processes takes.
        settings = Settings.from_environment(self._environment)
        assert settings.database_url is not None, "only a server on a database of its own can be worked beside"
        return BESIDE.run(settings.database_url, work)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Close the clients' connections, send a signal and return the exit status."""
        self._connections.end()
        self.process.send_signal(number)
        status = self.process.wait(timeout=15)
        self.process.stdout.close()
        return status


class Client:
    """Speaks to one project as one API client. Paths are relative to the project: `carts`, `in-store/key=k/orders`."""

    def __init__(
        self,
        url: str,
        project: str,
        client_id: str,
        client_secret: str,
        connections: Connections | None = None,
        server: Server | None = None,
    ) -> None:
        self.url, self.project, self.client_id, self.client_secret, self.server = url, project, client_id, client_secret, server
        self._connections = connections or Connections()
        self.http = httpx.Client(base_url=url, transport=self._connections, trust_env=False)
        self.token = self.fetch_token()

    def fetch_token(self, scope: str | None = None) -> str:
        """A token by the client-credentials flow."""
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        answer = self.http.post("/oauth/token", data=form, auth=(self.client_id, self.client_secret))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def anonymous(self, anonymous_id: str | None = None) -> Client:
        """The same shop as an anonymous session sees it."""
        form = {"grant_type": "client_credentials", **({"anonymous_id": anonymous_id} if anonymous_id else {})}
        return self._as(f"/oauth/{self.project}/anonymous/token", form)

    def signed_in(self, email: str, password: str, store: str | None = None, scope: str | None = None) -> Client:
        """The same shop as a customer sees it."""
        place = f"in-store/key={store}/" if store else ""
        form = {"grant_type": "password", "username": email, "password": password, **({"scope": scope} if scope else {})}
        return self._as(f"/oauth/{self.project}/{place}customers/token", form)

    def _as(self, path: str, form: dict[str, str]) -> Client:
        answer = self.http.post(path, data=form, auth=(self.client_id, self.client_secret))
        assert answer.status_code == 200, answer.text
        session = copy.copy(self)
        session.token = answer.json()["access_token"]
        return session

    def send(self, method: str, path: str, body: Any = None, *, token: str | None = None, **options: Any) -> httpx.Response:
        """Send a request, write it down, and hold the answer against the specification."""
        whole = f"/{self.project}/{path}".rstrip("/")
        headers = {"Authorization": f"Bearer {token or self.token}", **options.pop("headers", {})}
        if isinstance(body, bytes):
            options["content"] = body
        elif body is not None:
            options["json"] = body
        answer = self.http.request(method, whole, headers=headers, **options)
        actions = [action.get("action") for action in body.get("actions", [])] if isinstance(body, dict) else []
        RECORDER.write(method, whole, answer.status_code, actions)
        if method == "POST" and answer.status_code < 300:
            next_moment()
        hold_against_own_document(method, whole.split("?")[0], answer.status_code, answer.content)
        if method != "HEAD" and answer.content:
            hold_against_specification(method, whole.split("?")[0], answer.status_code, answer.json())
        return answer

    def bare(self, method: str, target: str, content: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer at a path below the project that is encoded already, held against nothing.

        For tests that send ten thousand requests: the library takes longer to put one together than the server to answer it.
        """
        whole = f"/{self.project}/{target}".rstrip("/")
        lines = f"{method} {whole} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {self.token}\r\n"
        lines += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        return self._connections.bare(request_of(method, self.url), lines.encode() + content)

    def get(self, path: str, **options: Any) -> Any:
        """The document of a 200."""
        return self._expected(200, "GET", path, None, options)

    def create(self, path: str, draft: Any, **options: Any) -> Any:
        """The document of a 201."""
        return self._expected(201, "POST", path, draft, options)

    def update(self, path: str, version: int, *actions: dict[str, Any], **options: Any) -> Any:
        """The document after an update."""
        return self._expected(200, "POST", path, {"version": version, "actions": list(actions)}, options)

    def delete(self, path: str, version: int) -> Any:
        """The document that was deleted."""
        return self._expected(200, "DELETE", path, None, {"params": {"version": version}})

    def refused(self, status: int, method: str, path: str, body: Any = None, **options: Any) -> dict[str, Any]:
        """The first error of a refusal with this status."""
        answer = self.send(method, path, body, **options)
        assert answer.status_code == status, answer.text
        error: dict[str, Any] = answer.json()["errors"][0]
        return error

    def _expected(self, status: int, method: str, path: str, body: Any, options: dict[str, Any]) -> Any:
        answer = self.send(method, path, body, **options)
        assert answer.status_code == status, answer.text
        return answer.json()


@functools.cache
def request_of(method: str, url: str) -> httpx.Request:
    """A request that only says where it goes, and whether its answer has a body."""
    return httpx.Request(method, url)


def skip_without_specification() -> None:
    """Skip a test that is nothing without the published specification."""
    if speccheck() is None and not os.environ.get("CI"):
        pytest.skip("the published specification is not beside this checkout")
