"""Whoever has no business at one of the twenty operations is told so in the right form, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from emporix_shop import EON1200, Tenant, refused

from emporix.operations import OPERATIONS
from live import Server

BODIES: dict[str, Any] = {
    "salesorders": {**EON1200, "mixins": {}, "metadata": {}},
    "salesorders/search": {"q": ""},
    "salesorders/{orderId}": {"quoteId": "Q-1"},
    "salesorders/{orderId}/transitions": {"status": "DECLINED"},
    "salesorders/{orderId}/calculations": {"entries": [{"entryId": "e", "deliveredAmount": 1}]},
    "salesorders/{orderId}/entries": {"entries": [{"entryId": "e", "quantity": 1}]},
    "salesorders/{orderId}/split": {"splitBy": "VENDOR_ID"},
    "orders/{orderId}/transitions": {"status": "DECLINED"},
}
# A scope of this dialect that opens nothing of the operation.
CLOSED = {"salesorders": "order.order_delete", "orders": "order.order_read", "legal-entity-orders": "order.order_read"}


def fault(answer: httpx.Response) -> None:
    """401 in the gateway's form; of HEAD only the status."""
    assert answer.status_code == 401, answer.text
    if answer.request.method != "HEAD":
        assert set(answer.json()) == {"fault"}


def forbidden(answer: httpx.Response) -> None:
    """403 in the service's form."""
    if answer.request.method == "HEAD":
        assert answer.status_code == 403
    else:
        refused(answer, 403)


@pytest.fixture(scope="module")
def tenant(server: Server) -> Tenant:
    tenant = Tenant(server)
    tenant.order("E-1")
    return tenant


@pytest.mark.parametrize(("method", "template"), OPERATIONS, ids=lambda part: part.replace("/", "-"))
def test_strangers_at_every_operation(server: Server, tenant: Tenant, method: str, template: str) -> None:
    path = template.replace("{orderId}", "E-1").replace("{legalEntityId}", "acme")
    body = BODIES.get(template) if method in ("POST", "PUT", "PATCH") else None
    before = tenant.get("salesorders")
    url = f"/order-v2/{tenant.key}/{path}"
    for headers in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic Zm9vOmJhcg=="}):
        fault(tenant.api.http.request(method, url, headers=headers, json=body))
    fault(tenant.send(method, path, body, who=Tenant(server).api))
    forbidden(tenant.send(method, path, body, who=tenant.shop.anonymous()))
    head = template.split("/", maxsplit=1)[0]
    scope = "order.order_read_le" if method == "DELETE" else CLOSED[head]
    forbidden(tenant.send(method, path, body, who=tenant.client(scope)))
    forbidden(tenant.send(method, path, body, who=tenant.client(f"manage_products:{tenant.key}")))
    if head != "orders":
        email = f"eve-{method}-{template.replace('/', '-').replace('{', '').replace('}', '')}@example.com".lower()
        forbidden(tenant.send(method, path, body, who=tenant.customer(email)))
    # A tenant that there is not is told as such to whoever asks.
    nowhere = tenant.api.http.request(method, f"/order-v2/nobodyhere/{path}", headers={"Authorization": "Bearer x"}, json=body)
    assert nowhere.status_code == 404
    assert tenant.get("salesorders") == before
