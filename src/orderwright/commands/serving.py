"""Uvicorn, held the way Orderwright wants it: our own socket, one place for the end of a process, the database tended."""

import asyncio
import contextlib
import errno
import gc
import logging
import os
import re
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from orderwright.settings import Settings

# The promised 10 s after SIGTERM: these for running requests, one for the pools, 3.5 for the embedded database's shutdown.
GRACE_S = 5
KEEP_ALIVE_S = 75  # longer than clients keep idle connections, so that they close first and never write into a closing one
BACKLOG = 2048
UNSENT_BYTES = 128 * 1024  # of one answer that the system takes ahead of its client; by itself it takes megabytes
YOUNG = 50_000  # objects that may stand in circles, made before these are looked for; by itself Python looks after 700
TEND_EVERY_TICKS = 10  # uvicorn ticks every 100 ms
TEND_S = 0.4  # for which the parent of several workers, who serves nobody, may stay with a database that is starting
TOLD_S = 60.0  # seconds between two lines of the log on a database that does not start, for the same reason
Tend = Callable[[], bool]
_COUNTS = "_ORDERWRIGHT_COUNTS"  # the directory in which workers count; the parent makes it, no setting does
_NUMBER = re.compile(r"\d+")
log = logging.getLogger("orderwright")


class PortError(Exception):
    """The address cannot be listened on; the text is one sentence."""


def claim(host: str, port: int) -> socket.socket:
    """Bind the address before anything slow begins. Listening starts with the server, so nobody connects too early.

    Raises PortError.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortError(f"The address {host} cannot be used: {error.strerror or error}.") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # inherited by all connections
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        bound.bind(address)
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or error
        raise PortError(f"The server cannot listen on {host}:{port}: {reason}; choose another port with --port.") from error
    bound.set_inheritable(True)
    return bound


def url_of(bound: socket.socket) -> str:
    """The base URL to show; a wildcard address is shown as the loopback one."""
    host, port = bound.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"


def end_on_signals() -> None:
    """SIGTERM and Ctrl-C become SystemExit(0), so that whatever is open is closed in order, before, during and after serving."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def serve(settings: Settings, dsn: str, bound: socket.socket, *, workers: int, announce: Callable[[], None], tend: Tend) -> int:
    """Serve until a signal; the exit status. Requests that run are finished first, for at most GRACE_S.

    `announce` is called once connections are accepted, `tend` every second in the main thread, where servers must be forked, and
    more often while it says so. It must not wait: the main thread is the event loop's.
    """
    tender = Tender(tend)
    if workers == 1:
        return _in_this_process(settings, dsn, bound, announce, tender)
    os.environ["ORDERWRIGHT_DATABASE_URL"] = dsn  # what the workers read: they attach and never own
    with tempfile.TemporaryDirectory(prefix="orderwright-metrics-") as counts:
        os.environ[_COUNTS] = counts
        return _by_workers(bound, workers, announce, tender)


def _by_workers(bound: socket.socket, workers: int, announce: Callable[[], None], tend: Tend) -> int:
    config = config_of("orderwright.commands.serving:worker", factory=True, workers=workers)
    supervisor = _Workers(config, bound, announce, tend)
    supervisor.run()
    return 0 if supervisor.announced else 1


def worker() -> Any:
    """The application of one of several workers. It ends with its parent, which would otherwise leave the port taken."""
    from orderwright.storage.server.postmaster import die_with_parent
    from orderwright.telemetry.metrics import REGISTRY

    die_with_parent()
    REGISTRY.share(Path(os.environ[_COUNTS]))
    settings = Settings.from_environment(os.environ)
    assert settings.database_url is not None
    return application(settings, settings.database_url)


def application(settings: Settings, dsn: str) -> Any:
    """The application of a process that does nothing else.

    What it has loaded stays, so the collector of garbage need not look through it again and again, nor through each document
    dozens of times while it is read: hardly anything that a request makes stands in a circle.
    """
    from orderwright.app import create_app

    app = create_app(settings, dsn)
    gc.freeze()
    gc.set_threshold(YOUNG)
    return app


def _in_this_process(settings: Settings, dsn: str, bound: socket.socket, announce: Callable[[], None], tend: Tend) -> int:
    server = _Server(config_of(application(settings, dsn)), announce, tend)
    try:
        server.run(sockets=[bound])
    except SystemExit as end:  # uvicorn ends with 3 when the application does not start, and our handler with 0
        return 1 if end.code else 0
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortError(f"Another server came first at {url_of(bound)}; choose another port with --port.") from error
    return 0


def config_of(app: Any, **more: Any) -> uvicorn.Config:
    """Uvicorn's configuration for an application, or for its connections alone."""
    from orderwright.http.wire.protocol import HttpProtocol

    return uvicorn.Config(
        app,
        loop="uvloop",
        http=HttpProtocol,
        ws="none",
        interface="asgi3",
        lifespan="on",
        log_config=None,  # the application's own structured lines are the log
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        **more,
    )


class Tender:
    """Tends the database, and tells the log when it does not start, once a reason, and when it runs again.

    Requests are answered 503 meanwhile, and the next call tries again.
    """

    def __init__(self, tend: Tend, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tend = tend
        self._monotonic = monotonic
        self._told: dict[str, float] = {}  # when each reason was; they may take turns

    def __call__(self) -> bool:
        """Whether to be called again soon."""
        from orderwright.storage.server.embedded import EmbeddedError

        try:
            soon = self._tend()
        except EmbeddedError as error:
            reason = _NUMBER.sub("", str(error))  # such as that of a process, in the name of a file
            now = self._monotonic()
            self._told = {told: when for told, when in self._told.items() if now - when < TOLD_S}
            if reason not in self._told:
                self._told[reason] = now
                log.error("%s", error)
            return False
        if self._told and not soon:
            self._told = {}
            log.warning("The embedded PostgreSQL runs again.")
        return soon


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None], tend: Tend) -> None:
        super().__init__(config)
        self._announce = announce
        self._tend = tend
        self._soon = False
        self._announcing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:  # in a thread, because an announcement may ask this very server
            self._announcing = asyncio.create_task(asyncio.to_thread(self._announce))

    async def on_tick(self, counter: int) -> bool:
        if self._soon or counter % TEND_EVERY_TICKS == 0:
            self._soon = self._tend()
        if self._announcing is not None and self._announcing.done():
            self._announcing.result()
            self._announcing = None
        return await super().on_tick(counter)


class _Workers(Multiprocess):
    def __init__(self, config: uvicorn.Config, bound: socket.socket, announce: Callable[[], None], tend: Tend) -> None:
        super().__init__(config, sockets=[bound])
        self._announce = announce
        self._tend = tend
        self.announced = False

    def keep_subprocess_alive(self) -> None:
        until = time.monotonic() + TEND_S
        while self._tend() and time.monotonic() < until:
            time.sleep(0.02)
        if not self.announced:  # a worker listens only once its application has started
            with contextlib.suppress(OSError), socket.create_connection(self.sockets[0].getsockname()[:2], timeout=1):
                self.announced = True
            if self.announced:
                self._announce()
        super().keep_subprocess_alive()
