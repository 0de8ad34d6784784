"""CORS as a browser sees it: it asks, then it sends, and reads an answer only if that names its origin."""

from collections.abc import Iterator

import httpx
import pytest

from live import Client, Server

SHOP, OTHER = "https://shop.example", "https://other.example"


class Browser:
    """A page of an origin: reads what a browser would let it read."""

    def __init__(self, http: httpx.Client, origin: str) -> None:
        self.http, self.origin = http, origin

    def fetch(self, method: str, path: str, headers: dict[str, str], **sent: object) -> httpx.Response | None:
        """The answer, or None where the browser keeps it from the page."""
        asked = self.http.request(
            "OPTIONS",
            path,
            headers={
                "Origin": self.origin,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": ",".join(sorted(name.lower() for name in headers)),
            },
        )
        assert asked.status_code == 200 and asked.content == b""
        assert asked.headers["access-control-allow-origin"] == self.origin
        assert method in asked.headers["access-control-allow-methods"].split(", ")
        assert {name.lower() for name in headers} <= set(asked.headers["access-control-allow-headers"].split(","))
        assert "access-control-allow-credentials" not in asked.headers
        answer = self.http.request(method, path, headers={"Origin": self.origin, **headers}, **sent)  # type: ignore[arg-type]
        assert "Origin" in answer.headers["vary"]
        return answer if answer.headers.get("access-control-allow-origin") == self.origin else None


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30, verify=False) as client:
        yield client


def test_a_page_of_any_origin_reads_answers_and_refusals(shop: Client, http: httpx.Client) -> None:
    page = Browser(http, SHOP)
    bearer = {"Authorization": f"Bearer {shop.token}", "Content-Type": "application/json", "X-Correlation-ID": "c-1"}
    made = page.fetch("POST", f"/{shop.project}/carts", bearer, json={"currency": "EUR"})
    assert made is not None and made.status_code == 201
    assert made.headers["x-correlation-id"] == "c-1"
    assert made.headers["access-control-expose-headers"] == "X-Correlation-ID, Server-Timing, ct-upstream-status-code"
    cart = made.json()
    refused = [
        page.fetch("GET", f"/{shop.project}/carts/{cart['id']}", {"Authorization": "Bearer none"}),
        page.fetch("GET", f"/{shop.project}/carts/unknown", bearer),
        page.fetch("GET", "/nowhere/carts", bearer),
        page.fetch("POST", f"/{shop.project}/carts", bearer, content=b"{"),
        page.fetch("POST", f"/{shop.project}/carts/{cart['id']}", bearer, json={"version": 9, "actions": []}),
        page.fetch("POST", f"/{shop.project}/carts?%ff", bearer, json={}),
        page.fetch("DELETE", f"/{shop.project}/products", bearer),
        page.fetch("POST", "/oauth/token", {"Authorization": "Basic bm86bm8="}, data={"grant_type": "client_credentials"}),
    ]
    assert [answer.status_code for answer in refused if answer is not None] == [401, 404, 404, 400, 409, 400, 405, 401]


def test_without_an_origin_nothing_is_said(shop: Client, http: httpx.Client) -> None:
    answer = http.get(f"/{shop.project}/carts", headers={"Authorization": f"Bearer {shop.token}"})
    assert not {"vary", "access-control-allow-origin", "access-control-expose-headers"} & set(answer.headers)


def test_the_answers_to_a_client_with_origins_are_kept_from_others(server: Server, shop: Client, http: httpx.Client) -> None:
    words = ("client", "create", "--project", shop.project, "--scope", f"manage_project:{shop.project}", "--json")
    made = httpx.Response(200, text=server.command(*words, "--origin", SHOP, "--origin", "https://www.shop.example")).json()
    basic = httpx.BasicAuth(made["clientId"], made["clientSecret"])
    header = next(basic.auth_flow(httpx.Request("GET", server.url))).headers["authorization"]
    ours, theirs = Browser(http, SHOP), Browser(http, OTHER)
    form = {"grant_type": "client_credentials"}
    assert theirs.fetch("POST", "/oauth/token", {"Authorization": header}, data=form) is None
    token = ours.fetch("POST", "/oauth/token", {"Authorization": header}, data=form)
    assert token is not None and token.status_code == 200
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
    for path, status in ((f"/{shop.project}", 200), (f"/{shop.project}/carts/unknown", 404)):
        read = ours.fetch("GET", path, bearer)
        assert read is not None and read.status_code == status
        assert theirs.fetch("GET", path, bearer) is None


@pytest.mark.parametrize("asked", ["a" * 2001, "x-a, x b", "x-a(b)", ""])
def test_a_preflight_allows_only_what_can_be_headers(http: httpx.Client, asked: str) -> None:
    sent = {"Origin": SHOP, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": asked}
    answer = http.request("OPTIONS", "/any/path", headers=sent)
    assert answer.status_code == 200
    assert "access-control-allow-headers" not in answer.headers
    assert answer.headers["access-control-max-age"] == "7200"


def test_what_is_no_preflight_is_answered_as_ever(shop: Client, http: httpx.Client) -> None:
    bearer = {"Authorization": f"Bearer {shop.token}"}
    assert http.request("OPTIONS", f"/{shop.project}/carts", headers=bearer).status_code == 405
    assert http.request("OPTIONS", f"/{shop.project}/carts", headers={**bearer, "Origin": SHOP}).status_code == 405


def test_an_origin_that_is_none_is_not_echoed(shop: Client, http: httpx.Client) -> None:
    answer = http.get("/health", headers={"Origin": "https://a b"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert http.get("/health", headers={"Origin": "null"}).headers["access-control-allow-origin"] == "null"


def test_a_page_resumes_a_stream_of_messages(shop: Client, http: httpx.Client) -> None:
    """Both headers need a preflight: the one that a stream goes on behind, and the one that a trace goes on with."""
    bearer = {"Authorization": f"Bearer {shop.token}"}
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b"}
    page, path = Browser(http, SHOP), f"/{shop.project}/messages/stream"
    refused = page.fetch("GET", path, {**bearer, **trace, "Last-Event-ID": "none"})
    assert refused is not None and refused.status_code == 400
    asked = {"Origin": SHOP, **bearer, **trace}
    with http.stream("GET", path, headers=asked) as answer:
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert "X-Correlation-ID" in answer.headers["access-control-expose-headers"]
        assert "Origin" in answer.headers["vary"]
