"""Signing in at the desk and leaving it: who comes in, for how long, and what of another site is kept out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from desks import Desk, desk_of

from live import Client, Server
from orderwright.auth.tokens import link_for
from orderwright.desk import session


def test_a_desk_is_opened_by_an_api_client(server: Server, shop: Client) -> None:
    desk = Desk(server, shop.project)
    assert desk.http.get(desk.at("orders")).headers["location"] == f"/desk?page=%2Fdesk%2F{shop.project}%2Forders"
    form = {"client_id": shop.client_id, "client_secret": "wrong", "page": ""}
    assert "no API client" in desk.http.post("/desk", data=form).text
    wrong = desk.http.post("/desk", data={**form, "page": desk.at("board")})  # where she wanted to go is not forgotten
    assert f'name="page" value="{desk.at("board")}"' in wrong.text
    answer = desk.http.post("/desk", data={**form, "client_secret": shop.client_secret})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/{shop.project}")
    cookie = answer.headers["set-cookie"]
    assert f"; Path=/desk/{shop.project}; Max-Age=1800; HttpOnly; SameSite=Lax" in cookie
    assert "Secure" not in cookie
    page = desk.http.get(desk.at("orders"))
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "http" not in policy and "*" not in policy  # nothing is asked of another host
    assert page.headers["cache-control"] == "no-store"


def test_behind_tls_the_cookie_is_sent_over_tls_only(server: Server, shop: Client) -> None:
    form = {"client_id": shop.client_id, "client_secret": shop.client_secret}
    answer = httpx.post(f"{server.url}/desk", data=form, headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_who_was_sent_away_comes_back_to_the_page_but_to_no_other_site(server: Server, shop: Client) -> None:
    desk = Desk(server, shop.project)
    asked = desk.http.get(desk.at("orders"), params={"order": "Open", "q": 'a"<b'})
    form = {"client_id": shop.client_id, "client_secret": shop.client_secret}
    door = desk.http.get(asked.headers["location"])
    page = re.findall(r'name="page" value="([^"]*)"', door.text)[0].replace("&amp;", "&")
    came = desk.http.post("/desk", data={**form, "page": page})
    assert came.headers["location"] == f"/desk/{shop.project}/orders?order=Open&q=a%22%3Cb"
    assert desk.http.get(came.headers["location"]).status_code == 200
    for elsewhere in ("https://evil.example/", "//evil.example/desk/x", "/desk/another-project/orders", "/desk/x/../../y z"):
        assert desk.http.post("/desk", data={**form, "page": elsewhere}).headers["location"] == f"/desk/{shop.project}"
        assert 'name="page" value=""' in desk.http.get("/desk", params={"page": f"{elsewhere}\n"}).text


def test_signing_out_ends_the_token(server: Server, shop: Client) -> None:
    desk = desk_of(server, shop)
    token = desk.http.cookies["orderwright_desk"].partition(".")[0]
    bearer = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{server.url}/{shop.project}/orders", headers=bearer).status_code == 200
    left = desk.http.post(desk.at("leave"), data={"proof": desk.get("orders").values("proof")[0]})
    assert (left.status_code, left.headers["location"]) == (303, "/desk")
    assert "Max-Age=0" in left.headers["set-cookie"]
    assert httpx.get(f"{server.url}/{shop.project}/orders", headers=bearer).status_code == 401
    assert desk.http.get(desk.at("orders")).status_code == 303


@pytest.mark.parametrize("proof", ["", "0" * 64, "é"])
def test_a_form_without_the_proof_of_the_session_does_nothing(server: Server, shop: Client, proof: str) -> None:
    desk = desk_of(server, shop)
    assert desk.send("leave", fields={}, proof=proof).status == 403
    assert desk.get("orders").status == 200


def test_the_proof_of_another_session_does_not_do(server: Server, shop: Client) -> None:
    mine, other = desk_of(server, shop), desk_of(server, shop)
    assert mine.send("leave", fields={}, proof=other.get("orders").values("proof")[0]).status == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_no_other_site_signs_anybody_in(server: Server, shop: Client, headers: dict[str, str]) -> None:
    form = {"client_id": shop.client_id, "client_secret": shop.client_secret}
    answer = httpx.post(f"{server.url}/desk", data=form, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_desk_that_was_left_alone_is_closed() -> None:
    now = 1_800_000_000.0
    for age, open_ in ((0, True), (session.IDLE_S - 1, True), (session.IDLE_S + 1, False), (-session.RENEWED_S - 1, False)):
        kept = session.kept({"cookie": f"a=b; orderwright_desk=Tok-en_1.{int(now) - age}.Zo%C3%AB"}, now)
        assert (kept == ("Tok-en_1", int(now) - age, "Zoë")) is open_, age
    word = "orderwright_desk"
    for broken in ("", word, f"{word}=a b.1800000000.", f"{word}=.1800000000.", f"{word}=x.1e9.", f"{word}=x.1800000000"):
        assert session.kept({"cookie": broken}, now) is None


def test_the_moment_of_the_last_use_is_kept_anew(server: Server, shop: Client) -> None:
    desk = desk_of(server, shop)
    token, at, _ = desk.http.cookies["orderwright_desk"].split(".")
    earlier = int(at) - 600
    answer = httpx.get(f"{server.url}{desk.at('orders')}", headers={"Cookie": f"orderwright_desk={token}.{earlier}.Ada"})
    renewed = re.search(rf"orderwright_desk={token}\.(\d+)\.Ada;", answer.headers["set-cookie"])
    assert renewed is not None and abs(int(renewed[1]) - time.time()) < 60
    answer = httpx.get(f"{server.url}{desk.at('orders')}", headers={"Cookie": f"orderwright_desk={token}.{earlier - 1300}.Ada"})
    assert answer.status_code == 303


def test_a_link_opens_the_desk_once(server: Server, shop: Client) -> None:
    def link(seconds: int) -> str:
        return server._beside(lambda database: link_for(database, shop.client_id, seconds))

    desk = Desk(server, shop.project)
    word = link(60)
    looked_at = [desk.http.get(desk.at("enter", word)) for _ in range(3)]
    assert {(answer.status_code, "set-cookie" in answer.headers) for answer in looked_at} == {(200, False)}
    came = desk.http.post(desk.at("enter", word))
    assert (came.status_code, came.headers["location"]) == (303, f"/desk/{shop.project}")
    assert desk.get("orders").status == 200
    other = Desk(server, shop.project)
    for used in (word, link(0), "x" * 43, "a b"):
        refused = other.http.post(other.at("enter", used))
        assert (refused.status_code, "set-cookie" in refused.headers) == (401, False)
    refresh = {"grant_type": "refresh_token", "refresh_token": link(60)}
    answer = httpx.post(f"{server.url}/oauth/token", data=refresh, auth=(shop.client_id, shop.client_secret))
    assert answer.json()["error"] == "invalid_grant"
    told = httpx.post(f"{server.url}/oauth/introspect", data={"token": link(60)}, auth=(shop.client_id, shop.client_secret))
    assert told.json() == {"active": False}


def test_of_many_who_use_a_link_at_once_one_comes_in(server: Server, shop: Client) -> None:
    from concurrent.futures import ThreadPoolExecutor

    word = server._beside(lambda database: link_for(database, shop.client_id, 60))
    at = f"{server.url}/desk/{shop.project}/enter/{word}"
    with ThreadPoolExecutor(12) as crowd:
        statuses = sorted(crowd.map(lambda _: httpx.post(at).status_code, range(24)))
    assert statuses == [303] + [401] * 23


def test_the_language_is_the_browsers_until_one_is_chosen(server: Server, shop: Client) -> None:
    said: dict[str, Any] = {}
    for accepted in ("de-AT,de;q=0.9", "fr-FR, en-US;q=0.7, de;q=0.5", "xx", ""):
        said[accepted] = httpx.get(f"{server.url}/desk", headers={"Accept-Language": accepted}).text
    assert '<html lang="de">' in said["de-AT,de;q=0.9"] and "Anmelden" in said["de-AT,de;q=0.9"]
    assert all('<html lang="en">' in text for accepted, text in said.items() if not accepted.startswith("de"))
    browser = Desk(server, shop.project).http
    assert browser.get("/desk", params={"language": "de"}).status_code == 303
    assert "Anmelden" in browser.get("/desk").text


@pytest.mark.parametrize(
    ("scope", "places"),
    [
        ("manage_project:{0}", ["orders", "board", "carts", "customers", "products"]),
        ("view_orders:{0}:berlin", ["orders", "board", "carts"]),
        ("view_customers:{0} view_products:{0}", ["customers", "products"]),
        ("view_products:{0}", ["products"]),
        ("view_customers:{0}:berlin", ["customers"]),
        ("view_types:{0}", []),
    ],
)
def test_who_comes_in_sees_the_first_part_that_she_may(server: Server, shop: Client, scope: str, places: list[str]) -> None:
    shop.create("stores", {"key": "berlin"})
    desk = desk_of(server, shop, scope.format(shop.project))
    came = desk.http.get(desk.at())
    assert (came.status_code, came.headers["location"]) == (303, desk.at((places or ["orders"])[0]))
    page = desk.http.get(came.headers["location"])
    assert page.status_code == (200 if places else 403)
    menu = re.findall(r'<nav aria-label="Desk">(.*?)</nav>', page.text, re.DOTALL)[0]
    assert re.findall(r'href="([^"]*)"', menu) == [desk.at(place) for place in places]
    for other in {"orders", "customers", "products"} - {*places}:  # what she may not see leads back to what she may
        refused = desk.http.get(desk.at(other))
        assert refused.status_code == 403
        assert "This API client may not see or do that." in refused.text
        assert re.findall(r'<p><a href="([^"]*)"', refused.text) == [desk.at(place) for place in places[:1]]


def test_what_is_no_page_is_told_as_one(server: Server, client_with: Callable[[str, str], Client], shop: Client) -> None:
    desk = desk_of(server, shop, f"view_products:{shop.project}")
    refused = desk.get("orders")
    assert refused.status == 403
    assert "scope" in refused.alerts
    assert httpx.get(f"{server.url}/desk/{shop.project}/nothing/here").status_code == 404
    assert httpx.get(f"{server.url}/desk/assets/desk.css").headers["content-type"] == "text/css; charset=utf-8"
    assert httpx.get(f"{server.url}/desk/assets/..%2fmount.py").status_code == 404
    assert httpx.delete(f"{server.url}/desk").headers["allow"] == "GET, HEAD, POST"


def test_who_has_told_her_name_is_read_beside_what_she_changes(server: Server, shop: Client) -> None:
    shop.create("tax-categories", {"key": "vat", "name": "VAT", "rates": []})
    total = {"currencyCode": "EUR", "centAmount": 1}
    line = {"name": {"en": "Lamp"}, "slug": "lamp", "quantity": 1, "money": total, "taxCategory": {"key": "vat"}}
    order = shop.create("orders/import", {"orderNumber": "N-1", "totalPrice": total, "customLineItems": [line]})
    desk = Desk(server, shop.project)
    form = {"client_id": shop.client_id, "client_secret": shop.client_secret, "name": "Zoë; <O'Hara>" + "x" * 99}
    assert desk.http.post("/desk", data=form).status_code == 303
    desk.send("orders", fields={"chosen": f"{order['id']}:1", "change": "order:Confirmed"})
    who = shop.get(f"orders/{order['id']}")["lastModifiedBy"]
    assert who["externalUserId"] == ("Zoë; <O'Hara>" + "x" * 99)[: session.NAME]
