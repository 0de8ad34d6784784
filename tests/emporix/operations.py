"""The twenty operations of the Order Service, and what the published schema says of each one's answers."""

from __future__ import annotations

import re
from typing import Any, Final

from emporix.schema import problems

# By method and path: the status of a success, and the schema of its body (of each element, where it is a list); None has no body.
OPERATIONS: Final[dict[tuple[str, str], tuple[int, str | None]]] = {
    ("GET", "salesorders"): (200, "salesOrder"),
    ("POST", "salesorders"): (201, "resourceLocation"),
    ("HEAD", "salesorders"): (200, None),
    ("POST", "salesorders/search"): (200, "salesOrder"),
    ("GET", "salesorders/{orderId}"): (200, "salesOrder"),
    ("PUT", "salesorders/{orderId}"): (204, None),
    ("PATCH", "salesorders/{orderId}"): (204, None),
    ("DELETE", "salesorders/{orderId}"): (204, None),
    ("GET", "salesorders/{orderId}/transitions"): (200, "transition"),
    ("POST", "salesorders/{orderId}/transitions"): (204, None),
    ("GET", "salesorders/{orderId}/historical-transitions"): (200, "historicalTransitionsResponse"),
    ("POST", "salesorders/{orderId}/calculations"): (200, "salesOrder"),
    ("POST", "salesorders/{orderId}/entries"): (200, "salesOrder"),
    ("POST", "salesorders/{orderId}/split"): (200, "orderSplitResponse"),
    ("GET", "orders"): (200, "order"),
    ("GET", "orders/{orderId}"): (200, "order"),
    ("GET", "orders/{orderId}/transitions"): (200, "transition"),
    ("POST", "orders/{orderId}/transitions"): (204, None),
    ("GET", "legal-entity-orders/{legalEntityId}"): (200, "salesOrder"),
    ("GET", "legal-entity-orders/{legalEntityId}/{orderId}"): (200, "salesOrder"),
}


def operation_of(method: str, path: str) -> tuple[str, str] | None:
    """The operation of a path below the tenant; None for one that there is not."""
    for named, template in OPERATIONS:
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", template)
        if named == method and re.fullmatch(f"{pattern}/?", path):
            return named, template
    return None


def wrong(method: str, path: str, status: int, body: Any, fields: bool) -> list[str]:
    """What is wrong with an answer; `fields` says whether only some of an order were asked for."""
    operation = operation_of(method, path)
    if operation is None:
        return [] if status in (404, 405) else [f"{method} {path} is no operation and is answered {status}"]
    if status >= 400 and method == "HEAD":
        return [] if body is None else ["HEAD has a body"]
    if status == 401:
        return [] if set(body["fault"]) == {"faultstring", "detail"} else ["the gateway's form"]
    if status >= 400:
        return problems("error", body)
    expected, schema = OPERATIONS[operation]
    if status != expected:
        return [f"{method} {path} is answered {status}"]
    if schema is None:
        return [] if body is None else [f"{method} {path} has a body"]
    if fields:
        return []
    return [problem for one in (body if isinstance(body, list) else [body]) for problem in problems(schema, one)]
