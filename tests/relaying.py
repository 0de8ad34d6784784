"""A receiver of webhooks on this machine, in a thread of its own, and a shop whose writes are relayed in this process."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from orderwright.app import verbs_over
from orderwright.commands.projects import create_project
from orderwright.delivery.patience import Patience
from orderwright.delivery.probing import Prober
from orderwright.delivery.relay import Relay
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import ClientLogging
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp
from orderwright.resources import RESOURCES
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.documents.documents import Lookup
from orderwright.storage.migrations import migrate
from orderwright.verbs.verbs import Verbs

TYPES = {resource.type_id: resource for resource in RESOURCES}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# What would take a minute is tried again at once.
QUICK = Patience(first_s=0.05, longest_s=0.2, lease_s=3, poll_s=0.2)
_numbers = itertools.count(1)


class Got(msgspec.Struct, frozen=True):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver:
    """Answers what `answer` says of each request, 204 at first."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://localhost:{server.server_address[1]}/hook"
        self.port = server.server_address[1]
        self.got: list[Got] = []
        self.answer: Callable[[Got], int] = lambda got: 204
        self.body: Callable[[], bytes] = lambda: b""

    @property
    def taken(self) -> list[dict[str, Any]]:
        """The notifications but for those that try a destination."""
        return [got.told for got in self.got if got.told["resource"]["typeId"] != "subscription"]

    def about(self, id: str) -> list[dict[str, Any]]:
        return [told for told in self.taken if told["resource"]["id"] == id]


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver while this goes on."""

    connections: list[socket.socket] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            connections.append(self.connection)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if len(body) < int(self.headers["content-length"]):  # who sent it was killed
                self.close_connection = True
                return
            got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            status = receiver.answer(got)
            receiver.got.append(got)
            body = receiver.body()
            self.send_response(200 if body and status == 204 else status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            """Nothing is printed."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # of connections that come at once; five would be dropped where the machine is busy

    server = Server(("127.0.0.1", port), Handler)
    receiver = Receiver(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        for connection in connections:  # a receiver that is away has none that goes on
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()
        thread.join()


class Shop:
    """A project whose writes are relayed by hand, or by a relay that runs."""

    def __init__(self, dsn: str, key: str, database: Database, patience: Patience) -> None:
        self.dsn, self.key, self.database, self.patience = dsn, key, database, patience
        self.access = Access(shard=key, who=ClientLogging(client_id="tester"))
        self.verbs = verbs_over(database)
        self.outside = GuardedHttp(Allowed(("localhost",)))
        paths = {type_id: resource.path for type_id, resource in self.verbs.types.items()}
        self.verbs.probes["subscription"] = Prober(database, self.outside, paths).probe
        self.relay = self.relaying(database)
        self.verbs.documents.written = self.relay.written

    def relaying(self, database: Database, verbs: Verbs | None = None) -> Relay:
        return Relay(verbs or self.verbs, self.outside, self.patience)

    async def make(self, type_id: str, **draft: Any) -> Any:
        decoded = decode_body(TYPES[type_id].draft, json.dumps(draft).encode())
        return json.loads(await self.verbs.create(TYPES[type_id], decoded, self.access))

    async def change(self, type_id: str, document: Any, *actions: dict[str, Any]) -> Any:
        body = json.dumps({"version": document["version"], "actions": actions}).encode()
        update = decode_body(TYPES[type_id].actions.update_type(), body)
        lookup = Lookup("id", document["id"])
        return json.loads(await self.verbs.update(TYPES[type_id], lookup, update.version, update.actions, self.access))

    async def remove(self, type_id: str, document: Any, erase: bool = False) -> Any:
        lookup = Lookup("id", document["id"])
        return json.loads(await self.verbs.delete(TYPES[type_id], lookup, document["version"], self.access, erase))

    async def see(self, type_id: str, document: Any) -> Any:
        return json.loads(await self.verbs.get(TYPES[type_id], Lookup("id", document["id"]), self.access))

    async def subscribe(self, receiver: Receiver, **more: Any) -> Any:
        return await self.make("subscription", **{"destination": http(receiver), **more})

    async def rows(self, columns: str = "*", table: str = "delivery", where: str = "") -> list[tuple[Any, ...]]:
        text = f"SELECT {columns} FROM {table} WHERE shard = $1 {where} -- @sharded: a test"  # noqa: S608 - the tests' own words
        return sorted(tuple(row) for row in await self.database.fetch(text, self.key))

    @asynccontextmanager
    async def relayed(self) -> AsyncIterator[None]:
        """While a relay runs."""
        task = asyncio.create_task(self.relay.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def http(receiver: Receiver, **more: Any) -> dict[str, Any]:
    """The receiver as a destination."""
    return {"type": "HTTP", "url": receiver.url, "secret": SECRET, **more}


async def until(met: Callable[[], bool], within_s: float = 15) -> None:
    """Waits for what is awaited."""
    async with asyncio.timeout(within_s):
        while not met():  # noqa: ASYNC110 - what is awaited comes from another thread or process
            await asyncio.sleep(0.01)


@asynccontextmanager
async def shop_in(dsn: str, patience: Patience = QUICK) -> AsyncIterator[Shop]:
    await migrate(dsn)
    database = Database.over(dsn, Settings.from_environment({}))
    shop = None
    try:
        shop = Shop(dsn, f"delivery-{next(_numbers)}", database, patience)
        await create_project(database, shop.key, ["EUR"], ["DE"], ["en"])
        yield shop
    finally:
        if shop is not None:
            await shop.outside.close()
            await asyncio.sleep(0.01)  # what was closed is gone
        await database.close()


Story = Callable[[Shop, Receiver], Awaitable[None]]


def in_a_shop(story: Story) -> Callable[[str], None]:
    """Makes a coroutine that takes a Shop and a Receiver a test."""

    def test(database_url: str) -> None:
        async def run() -> None:
            async with shop_in(database_url) as shop:
                with receiving() as receiver:
                    await story(shop, receiver)

        asyncio.run(run())

    test.__name__ = story.__name__
    test.__doc__ = story.__doc__
    return test
