"""API clients over HTTP: made once, never changed, never shown with their secret again."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from live import Client, Server

Maker = Callable[[str, str], Client]


@pytest.fixture
def admin(server: Server, project_key: str) -> Client:
    server.project(project_key)
    return server.client(project_key, f"manage_api_clients:{project_key} manage_project:{project_key}")


def token_of(admin: Client, made: dict[str, str], **form: str) -> httpx.Response:
    return httpx.post(
        f"{admin.url}/oauth/token", data={"grant_type": "client_credentials", **form}, auth=(made["id"], made["secret"])
    )


def test_a_client_is_made_used_found_and_deleted(admin: Client) -> None:
    key = admin.project
    draft = {
        "name": "shop",
        "scope": f"view_orders:{key} manage_my_orders:{key}",
        "accessTokenValiditySeconds": 3600,
        "refreshTokenValiditySeconds": 30,
        "deleteDaysAfterCreation": 7,
    }
    made = admin.create("api-clients", draft)
    assert {name: made[name] for name in ("name", "scope", "accessTokenValiditySeconds", "refreshTokenValiditySeconds")} == {
        "name": "shop",
        "scope": f"view_orders:{key} manage_my_orders:{key}",
        "accessTokenValiditySeconds": 3600,
        "refreshTokenValiditySeconds": 30,
    }
    age = datetime.fromisoformat(made["deleteAt"]) - datetime.fromisoformat(made["createdAt"])
    assert age == timedelta(days=7)
    assert "lastUsedAt" not in made

    issued = token_of(admin, made)
    assert issued.json()["expires_in"] == 3600
    shown = admin.get(f"api-clients/{made['id']}")
    assert shown == {**{name: value for name, value in made.items() if name != "secret"}, "lastUsedAt": shown["lastUsedAt"]}
    assert shown["lastUsedAt"] == datetime.now(UTC).date().isoformat()
    assert admin.send("HEAD", f"api-clients/{made['id']}").status_code == 200

    orders = f"{admin.url}/{key}/orders"
    bearer = {"Authorization": f"Bearer {issued.json()['access_token']}"}
    assert httpx.get(orders, headers=bearer, verify=False).status_code == 200
    gone = admin.send("DELETE", f"api-clients/{made['id']}")
    assert gone.status_code == 200 and gone.json() == shown
    assert admin.send("GET", f"api-clients/{made['id']}").status_code == 404
    assert admin.send("HEAD", f"api-clients/{made['id']}").status_code == 404
    assert admin.send("DELETE", f"api-clients/{made['id']}").status_code == 404
    assert token_of(admin, made).status_code == 401
    deadline = time.monotonic() + 6
    while httpx.get(orders, headers=bearer, verify=False).status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert httpx.get(orders, headers=bearer, verify=False).status_code == 401


def test_clients_are_queried_by_the_database(admin: Client) -> None:
    key = admin.project
    for name in ("b", "a", "c"):
        validity = {"accessTokenValiditySeconds": 7200} if name == "c" else {}
        admin.create("api-clients", {"name": name, "scope": f"view_orders:{key}", **validity})
    found = admin.get(
        "api-clients", params={"where": f'scope = "view_orders:{key}"', "sort": "name desc", "limit": 2, "offset": 1}
    )
    assert [client["name"] for client in found["results"]] == ["b", "a"]
    assert (found["limit"], found["offset"], found["count"], found["total"]) == (2, 1, 2, 3)
    assert "total" not in admin.get("api-clients", params={"withTotal": "false"})
    assert all("secret" not in client for client in admin.get("api-clients")["results"])
    found = admin.get("api-clients", params={"where": "accessTokenValiditySeconds > 7000"})
    assert [client["name"] for client in found["results"]] == ["c"]
    assert admin.get("api-clients", params={"where": 'name = "a" and createdAt > "2001-01-01T00:00:00Z"'})["count"] == 1
    assert admin.send("HEAD", "api-clients", params={"where": 'name = "a"'}).status_code == 200
    assert admin.send("HEAD", "api-clients", params={"where": 'name = "nobody"'}).status_code == 404
    assert admin.send("GET", "api-clients", params={"where": 'secret = "x"'}).status_code == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "RequiredField"),
        ({"name": None}, "InvalidJsonInput"),
        ({"scope": " "}, "RequiredField"),
        ({"scope": "manage_everything:x"}, "InvalidInput"),
        ({"scope": "view_orders:another"}, "InvalidInput"),
        ({"accessTokenValiditySeconds": 3599}, "InvalidInput"),
        ({"accessTokenValiditySeconds": 604801}, "InvalidInput"),
        ({"refreshTokenValiditySeconds": 29}, "InvalidInput"),
        ({"refreshTokenValiditySeconds": 31536001}, "InvalidInput"),
        ({"deleteDaysAfterCreation": 0}, "InvalidInput"),
        ({"origins": ["shop.example"]}, "InvalidInput"),
        ({"origins": ["https://shop.example/path"]}, "InvalidInput"),
    ],
)
def test_a_client_that_cannot_be_is_refused(admin: Client, change: dict[str, object], code: str) -> None:
    answer = admin.send("POST", "api-clients", {"name": "n", "scope": f"view_orders:{admin.project}", **change})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


def test_only_who_may_manage_api_clients_makes_them(server: Server, admin: Client, client_with: Maker) -> None:
    shop = client_with(admin.project, f"manage_project:{admin.project}")
    draft = {"name": "n", "scope": f"view_orders:{shop.project}"}
    refused = shop.send("POST", "api-clients", draft)
    assert refused.status_code == 403 and refused.json()["error"] == "insufficient_scope"
    assert shop.send("GET", "api-clients").status_code == 200  # to see them is part of managing the project
    viewer = client_with(shop.project, f"view_api_clients:{shop.project}")
    assert viewer.send("GET", "api-clients").status_code == 200
    assert viewer.send("POST", "api-clients", draft).status_code == 403
    server.project(f"{shop.project}-x")
    stranger = server.client(f"{shop.project}-x", f"manage_api_clients:{shop.project}-x")
    made = admin.create("api-clients", draft)
    for method in ("GET", "HEAD", "DELETE"):
        assert stranger.send(method, f"api-clients/{made['id']}").status_code == 404
    assert stranger.get("api-clients")["total"] == 1
