"""What this program counts. Names, units and bounds are those of OpenTelemetry's semantic conventions, where these have one."""

from __future__ import annotations

import asyncio
from typing import Final

from orderwright import __api_level__, __version__
from orderwright.telemetry.registry import Counter, Gauge, Histogram, Registry

# Below the conventions' 5 ms lie most of our answers, so two finer bounds stand before theirs.
_HTTP_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_DATABASE_S = (0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)
# A receiver that was away for a weekend is told within these, too.
_DELIVERY_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0, 21600.0, 86400.0, 172800.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "QUERY"})
SAMPLE_S: Final = 1.0
"""Seconds between two looks at what gauges measure, for the siblings that are asked."""

REGISTRY: Final = Registry()
_REQUEST: Final = Histogram(
    REGISTRY,
    "http_server_request_duration_seconds",
    "Time from a request's head to its answer, of a stream to its beginning.",
    _HTTP_S,
    "http_request_method",
    "http_route",
    "http_response_status_code",
    "url_scheme",
)
DATABASE_WORK: Final = Histogram(
    REGISTRY,
    "db_client_operation_duration_seconds",
    "Time for which one piece of work had a connection: a statement, or the statements of one transaction.",
    _DATABASE_S,
    "db_system_name",
    "db_client_connection_pool_name",
)
POOL_WAIT: Final = Histogram(
    REGISTRY,
    "db_client_connection_wait_time_seconds",
    "Time in which a connection was waited for, where none was free.",
    _DATABASE_S,
    "db_client_connection_pool_name",
)
POOL_TIMEOUTS: Final = Counter(
    REGISTRY,
    "db_client_connection_timeouts_total",
    "Times that no connection became free in time.",
    "db_client_connection_pool_name",
)
POOL_COUNT: Final = Gauge(
    REGISTRY,
    "db_client_connection_count",
    "Connections of the pools of all workers.",
    "db_client_connection_pool_name",
    "db_client_connection_state",
)
POOL_MAX: Final = Gauge(
    REGISTRY, "db_client_connection_max", "Connections that there may be at most.", "db_client_connection_pool_name"
)
POOL_PENDING: Final = Gauge(
    REGISTRY,
    "db_client_connection_pending_requests",
    "How many wait for a connection now.",
    "db_client_connection_pool_name",
)
ORDERS_CREATED: Final = Counter(REGISTRY, "orderwright_orders_created_total", "Orders that were stored, however they were made.")
VERSION_CONFLICTS: Final = Counter(
    REGISTRY, "orderwright_version_conflicts_total", "Requests that were refused because of a version that has passed."
)
IDEMPOTENT_REPLAYS: Final = Counter(
    REGISTRY, "orderwright_idempotent_replays_total", "Requests that were answered again as they were the first time."
)
DELIVERY_TIME: Final = Histogram(
    REGISTRY,
    "orderwright_delivery_duration_seconds",
    "Time from a change until a destination has taken what tells of it.",
    _DELIVERY_S,
    "destination",
)
DELIVERY_LAG: Final = Gauge(
    REGISTRY,
    "orderwright_delivery_lag_seconds",
    "How long ago that happened of which a destination is still to be told, of each type of destination the longest.",
    "destination",
    most=True,
)
DELIVERY_RETRIES: Final = Counter(
    REGISTRY, "orderwright_delivery_retries_total", "Attempts after which a notification has to be sent again.", "destination"
)
DEAD_LETTERS: Final = Counter(
    REGISTRY, "orderwright_dead_letters_total", "Notifications that were given up, to be sent again by hand.", "destination"
)
_BUILD: Final = Gauge(
    REGISTRY,
    "orderwright_build_info",
    "What runs: its version, and the day of the API that it follows.",
    "version",
    "api_level",
    most=True,
)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answer. `route` is a template, never a path; empty for a path that leads nowhere."""
    _REQUEST.observe(seconds, method if method in _METHODS else "_OTHER", route, _STATUSES[status], "http")


_STATUSES: Final = {status: str(status) for status in range(100, 600)}


async def keep_sampled() -> None:
    """Keep the gauges true for siblings that are asked, until cancelled."""
    _BUILD.set(1, __version__, __api_level__)
    while True:
        REGISTRY.sample()
        await asyncio.sleep(SAMPLE_S)
