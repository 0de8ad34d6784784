"""Spans as a collector gets them, and what is told where none can be sent."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from live import Server
from orderwright.telemetry import traces

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@contextmanager
def collector() -> Iterator[tuple[str, list[Any]]]:
    """Where it is, and the spans that it got."""
    spans: list[Any] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
            for of_resource in sent.resource_spans:
                names = {told.key: told.value.string_value for told in of_resource.resource.attributes}
                assert names["service.name"] == "orderwright"
                spans.extend(span for scope in of_resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", spans
        server.shutdown()


def of(span: Any) -> dict[str, Any]:
    return {told.key: told.value.string_value or told.value.int_value for told in span.attributes}


def test_a_request_and_its_statements_are_spans_below_that_of_the_caller(database_url: str) -> None:
    with collector() as (endpoint, spans):
        server = Server({"ORDERWRIGHT_DATABASE_URL": database_url, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
        try:
            server.project("traced")
            shop = server.client("traced")
            headers = {"Authorization": f"Bearer {shop.token}", "X-Correlation-ID": "shop/7"}
            headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
            httpx.get(f"{server.url}/traced/orders/order-number=Ada", headers=headers)
        finally:
            assert server.stop() == 0  # what was not sent is sent now
        (request,) = (span for span in spans if of(span).get("orderwright.correlation_id") == "shop/7")
        assert request.trace_id.hex() == TRACE
        assert request.parent_span_id.hex() == PARENT
        assert request.name == "GET /{projectKey}/orders/order-number={orderNumber}"
        told = of(request)
        assert told["url.path"] == "/traced/orders/order-number=..."
        assert told["http.response.status_code"] == 404
        below = [span for span in spans if span.parent_span_id == request.span_id]
        assert below
        for span in below:
            assert of(span)["db.system.name"] == "postgresql"
            assert request.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
            assert "Ada" not in str(span)
        assert any("FROM document" in of(span)["db.query.text"] for span in below)


def test_a_collector_that_is_not_there_holds_nobody_up(database_url: str) -> None:
    server = Server({"ORDERWRIGHT_DATABASE_URL": database_url, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    try:
        assert httpx.get(f"{server.url}/ready").status_code == 200
        began = time.monotonic()
    finally:
        assert server.stop() == 0
    assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "true"}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "asks for grpc"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"}, "pip install 'orderwright[otel]'"),
    ],
)
def test_one_line_says_why_there_are_none(
    environ: dict[str, str], line: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)  # not installed
    assert traces.from_environment(environ) is None
    assert [line in record.getMessage() for record in caplog.records] == ([True] if line else [])


def test_the_extra_is_what_the_development_environment_has() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert text.count("opentelemetry-sdk>=1.30,<2") == 2
