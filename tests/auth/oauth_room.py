"""What the tests of this folder share: a fresh project on the real database, and the handlers called as the server calls them."""

import asyncio
import base64
import json
import secrets
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from orderwright.auth.accounts import Accounts
from orderwright.auth.clients import ClientCredentials, ProvenClient, create_client
from orderwright.auth.tokens import Tokens
from orderwright.domain.customer.model import email_claim
from orderwright.http.mounts.oauth import Flows
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.limits import Body
from orderwright.http.wire.mounts import Table
from orderwright.http.wire.refusals import content_too_large
from orderwright.settings import Settings
from orderwright.storage.database import Database, names_shard
from orderwright.storage.migrations import migrate

T = TypeVar("T")
TOKEN = ("oauth", "token")
INTROSPECT = ("oauth", "introspect")
REVOKE = ("oauth", "token", "revoke")
LIFETIME_S = 3600


class Room:
    """A loop, a database, two projects of its own, and clocks that stand still until a test moves them."""

    def __init__(self, settings: Settings, sweep_one_in: int = 1_000_000_000) -> None:
        self.settings = settings
        self.sweep_one_in = sweep_one_in
        self.key, self.other = (f"auth-{secrets.token_hex(6)}" for _ in range(2))
        self.time = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
        self.monotonic = 1000.0
        self.statements: list[str] = []

    def __enter__(self) -> Self:
        self.runner = asyncio.Runner()
        dsn = self.settings.database_url
        assert dsn is not None
        self.run(migrate(dsn))
        self.database: Database = self.run(Database.connect(dsn, self.settings))
        for key in (self.key, self.other):
            self.execute("INSERT INTO project (shard, catalogue_version, created_at) VALUES ($1, 1, $2)", key, self.time)
        self.database.observe = self.seen
        self.tokens = self.fresh_tokens()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.database.close())
        self.runner.close()

    def fresh_tokens(self) -> Tokens:
        """As another process would have them: the same database, a cache of its own."""
        return Tokens(
            self.database, LIFETIME_S, now=lambda: self.time, monotonic=lambda: self.monotonic, sweep_one_in=self.sweep_one_in
        )

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def seen(self, statement: str) -> None:
        assert names_shard(statement), statement
        self.statements.append(statement)

    def execute(self, statement: str, *arguments: Any) -> str:
        return self.run(self.database.execute(statement, *arguments))

    def pass_time(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.monotonic += seconds

    def client(self, scope: str = "manage_project:{}", project: str | None = None) -> ClientCredentials:
        key = project or self.key
        return self.run(create_client(self.database, key, scope.format(key), "a test"))

    def issue(self, made: ClientCredentials) -> str:
        client = ProvenClient(made.client_id, made.project_key, made.scope)
        return self.run(self.tokens.issue(client, made.scope)).access_token

    def post(
        self,
        path: tuple[str, ...],
        form: dict[str, str] | bytes = b"",
        *,
        basic: ClientCredentials | None = None,
        query: tuple[tuple[str, str], ...] = (),
        headers: dict[str, str] | None = None,
    ) -> tuple[Answer, Any]:
        """POST a form; the second part is the decoded JSON, None for an empty body."""
        sent = {"content-type": "application/x-www-form-urlencoded"}
        if basic is not None:
            sent["authorization"] = basic_header(basic.client_id, basic.client_secret)
        body = form if isinstance(form, bytes) else urlencode(form).encode()

        async def read(kind: Body) -> bytes:
            if len(body) > kind.most:
                raise content_too_large(kind.most)
            return body

        request = Request(
            method="POST", segments=path, query=query, headers=sent | (headers or {}), read=read, correlation_id="test"
        )

        async def handle() -> Answer:
            flows = Flows(self.database, self.tokens, Accounts(self.database, email_claim))
            return await Table(flows.served()).answer(request)

        answer = self.run(handle())
        return answer, json.loads(answer.whole) if answer.body else None


def basic_header(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
