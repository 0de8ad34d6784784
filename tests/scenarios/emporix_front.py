"""A client of the second dialect, and what its SDKs send around orders."""

from __future__ import annotations

from typing import Any

import httpx

from live import Server

ORDERS = "order.order_read order.order_create"
PASSWORD = "correct horse"


class Front:
    """A tenant and a client of the second dialect, with what its SDKs send."""

    def __init__(self, server: Server, tenant: str, scope: str = ORDERS) -> None:
        self.server, self.tenant = server, tenant
        self.admin = server.client(tenant, f"manage_project:{tenant} manage_api_clients:{tenant}")
        made = self.admin.create("api-clients", {"name": "front", "scope": scope})
        self.id, self.secret, self.http = made["id"], made["secret"], self.admin.http

    def form(self, **more: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", "client_id": self.id, "client_secret": self.secret, **more}
        return self.http.post("/oauth/token", data=form)

    def anonymous(self, **more: str) -> httpx.Response:
        query = {
            "tenant": self.tenant,
            "client_id": self.id,
            "currency": "EUR",
            "siteCode": "main",
            "targetLocation": "DE",
            **more,
        }
        return self.http.get("/customerlogin/auth/anonymous/login", params=query)

    def visitor(self) -> str:
        answer = self.anonymous()
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def post(self, path: str, body: Any, token: str) -> httpx.Response:
        return self.http.post(f"/customer/{self.tenant}/{path}", json=body, headers=with_token(token))

    def get(self, path: str, token: str, **query: str) -> httpx.Response:
        return self.http.get(f"/{path}", params=query, headers={**with_token(token), "emporix-tenant": self.tenant})

    def signed_up(self, email: str = "ada@example.com", **more: Any) -> str:
        answer = self.post("signup", {"email": email, "password": PASSWORD, **more}, self.visitor())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def login(self, email: str = "ada@example.com", password: str = PASSWORD, token: str | None = None) -> httpx.Response:
        return self.post("login", {"email": email, "password": password}, token or self.visitor())

    def session(self, email: str = "ada@example.com") -> dict[str, Any]:
        answer = self.login(email)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def with_token(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refreshed(front: Front, refresh_token: str, token: str, **query: str) -> httpx.Response:
    return front.get(f"customer/{front.tenant}/refreshauthtoken", token, refreshToken=refresh_token, **query)
