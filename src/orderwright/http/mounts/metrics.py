"""What Prometheus reads. How many orders there are is nobody else's business, so it takes a token of its own."""

from __future__ import annotations

import hmac

from orderwright.auth.refusals import invalid_token
from orderwright.errors import resource_not_found
from orderwright.http.mounts import dialect
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.mounts import Mount, Served, Table
from orderwright.telemetry.metrics import REGISTRY
from orderwright.telemetry.registry import CONTENT_TYPE


def mount(house: House, token: str | None) -> Mount:
    """`/metrics`, for who shows the token; without one there are none. It is answered under any load: then it is looked at."""
    expected = f"Bearer {token}".encode()

    async def answer(request: Request, _names: tuple[str, ...]) -> Answer:
        if token is None:
            raise resource_not_found(named="path '/metrics': ORDERWRIGHT_METRICS_TOKEN is not set")
        if not hmac.compare_digest(request.headers.get("authorization", "").encode("latin-1"), expected):
            raise invalid_token()
        return Answer(200, REGISTRY.told(), (("content-type", CONTENT_TYPE), ("cache-control", "no-store")))

    return dialect.mount(house, Table([Served("metrics", "GET", answer)]).answer, "metrics", urgent=True)
