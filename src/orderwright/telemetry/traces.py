"""Traces by OpenTelemetry, where its environment variables ask for them: a span a request, and below it one a statement.

Names are those of its conventions. Neither the values of statements nor what may name a person in a path is told. Where nothing
is asked for, nothing of it is imported, and a request pays for one comparison.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from orderwright import __version__

if TYPE_CHECKING:
    from asyncpg import Connection, Record
    from opentelemetry.sdk.trace import TracerProvider  # of an extra, which need not be installed

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SPOKEN: Final = "http/protobuf"
CLOSE_S: Final = 1.0
"""For which the last spans may be on their way when the process ends."""
Ended = Callable[[str, int], None]
log = logging.getLogger("orderwright")


def from_environment(environ: Mapping[str, str]) -> Traces | None:
    """The traces that the environment asks for. One line of the log tells where they are asked for and cannot be sent."""
    endpoint = next((name for name in ENDPOINTS if environ.get(name)), None)
    off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_TRACES_EXPORTER", "otlp") != "otlp"
    if endpoint is None or off:
        return None
    for name in PROTOCOLS:
        if environ.get(name, SPOKEN) != SPOKEN:
            log.warning("%s asks for %s, and traces are sent by %s only, so none are sent.", name, environ[name], SPOKEN)
            return None
    try:
        return Traces(_provider(environ))
    except ImportError:
        log.warning("%s is set, but no traces are sent: pip install 'orderwright[otel]' brings what sends them.", endpoint)
        return None


def _provider(environ: Mapping[str, str]) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    own = {"service.version": __version__}
    if not environ.get("OTEL_SERVICE_NAME") and "service.name" not in environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        own["service.name"] = "orderwright"
    provider = TracerProvider(resource=Resource.create(own), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Traces:
    """What tells a provider of requests and statements."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry import context, trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("orderwright", __version__)
        self._taken = TraceContextTextMapPropagator().extract
        self._context = context
        self._trace = trace

    def begin(self, method: str, path: str, parent: Mapping[str, str], correlation_id: str) -> Ended:
        """A request. All statements of this task are below its span until what is returned is told the route and the status. Of
        `parent`, `traceparent` and `tracestate` say below whose."""
        told = {
            "http.request.method": method,
            "url.path": path,
            "url.scheme": "http",
            "orderwright.correlation_id": correlation_id,
        }
        kind = self._trace.SpanKind.SERVER
        span = self._tracer.start_span(method, self._taken(parent), kind=kind, attributes=told)
        token = self._context.attach(self._trace.set_span_in_context(span))

        def end(route: str, status: int) -> None:
            self._context.detach(token)
            span.set_attribute("http.response.status_code", status)
            if route:
                span.set_attribute("http.route", route)
                span.update_name(f"{method} {route}")
            if status >= 500:
                span.set_attribute("error.type", str(status))
                span.set_status(self._trace.StatusCode.ERROR)
            span.end()

        return end

    def watch(self, connection: Connection[Record]) -> None:
        """Hear of every statement on a connection."""
        connection.add_query_logger(self._statement)

    def _statement(self, query: Any) -> None:
        """A statement that has just ended, as the driver tells of it, in the context of whoever sent it."""
        ended = time.time_ns()
        words = query.query.split(None, 1)
        told = {"db.system.name": "postgresql", "db.query.text": query.query}
        span = self._tracer.start_span(
            words[0].upper() if words else "postgresql",
            kind=self._trace.SpanKind.CLIENT,
            attributes=told,
            start_time=ended - int(query.elapsed * 1e9),
        )
        if query.exception is not None:  # its text may repeat a value
            span.set_attribute("error.type", type(query.exception).__name__)
            span.set_status(self._trace.StatusCode.ERROR)
        span.end(ended)

    async def close(self) -> None:
        """Send what is left, for at most CLOSE_S: a collector that does not answer must not hold up the end."""
        # Not a thread of the loop's own, for which the end of the process would wait.
        sending = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        sending.start()
        until = time.monotonic() + CLOSE_S
        while sending.is_alive() and time.monotonic() < until:  # noqa: ASYNC110 - a thread sets no event of the loop
            await asyncio.sleep(0.02)
