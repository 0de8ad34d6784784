"""The second dialect around orders: tokens, visitors and customers, as its public clients ask for them on the wire."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from emporix_front import ORDERS, PASSWORD, Front, refreshed, with_token
from signing_up import run

from live import Server

OWN = "order.history_view order.order_readascustomer order.order_updateascustomer"


@pytest.fixture
def tenant(project_key: str) -> str:
    """A key of the form that tenants have."""
    return project_key.replace("-", "")


@pytest.fixture
def front(server: Server, tenant: str) -> Front:
    server.project(tenant)
    return Front(server, tenant)


def test_a_service_token_needs_no_scope(front: Front) -> None:
    answer = front.form()
    token = answer.json()
    assert answer.status_code == 200
    assert token["scope"] == f"{ORDERS} tenant={front.tenant}"
    assert (token["token_type"], token["refresh_token"], token["refresh_token_expires_in"]) == ("Bearer", "", 0)
    assert token["session_idle_time"] == 120 and token["expires_in"] > 0 and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("order.order_read", "order.order_read "),
        ("tenant=another order.order_create", "order.order_create "),
        ("tenant=another", f"{ORDERS} "),
        ("order.order_delete catalog.catalog_read manage_project:another order.order_read", "order.order_read "),
        ("order.order_delete", ""),
        ("order.order_read--DE", "order.order_read--DE "),
        ("scope=order.order_read order.order_create tenant=another", f"{ORDERS} "),  # as the published tutorial has it
        ("scope=", f"{ORDERS} "),
    ],
)
def test_a_scope_that_the_key_lacks_is_dropped(front: Front, asked: str, given: str) -> None:
    answer = front.form(scope=asked)
    assert (answer.status_code, answer.json()["scope"]) == (200, f"{given}tenant={front.tenant}")


def test_a_restricted_key_gives_restricted_tokens(server: Server, tenant: str) -> None:
    server.project(tenant)
    restricted = "order.order_read--DE order.order_read--FR"
    front = Front(server, tenant, f"{restricted} order.order_create")
    assert front.form(scope="order.order_read").json()["scope"] == f"{restricted} tenant={tenant}"
    assert front.form(scope="order.order_read--US").json()["scope"] == f"tenant={tenant}"


def test_a_token_is_asked_for_in_json_and_in_the_query(front: Front) -> None:
    members = {"grant_type": "client_credentials", "client_id": front.id, "client_secret": front.secret}
    query = {"client_id": front.id, "hybris-tenant": front.tenant}
    for answer in (
        front.http.post("/oauth/token", json=members),
        front.http.post("/oauth/token", json=members, params=query),
        front.http.post("/oauth/token", json={"client_secret": front.secret, "grant_type": "client_credentials"}, params=query),
        front.http.post("/oauth/token", data={"client_secret": front.secret}, params={**members, "client_secret": ""}),
        front.http.post("/oauth/token", params={"grant_type": "client_credentials"}, auth=(front.id, front.secret)),
        front.http.post("/oauth/token", params=members, headers={"Content-Type": "application/json"}),
        front.http.post("/oauth/token", params={"tenant": front.tenant, "scope": f"tenant={front.tenant}", **members}),
    ):
        assert (answer.status_code, answer.json()["scope"]) == (200, f"{ORDERS} tenant={front.tenant}"), answer.text
    # A wrong one is none in the query either; of the other dialect it is not read from there.
    assert front.http.post("/oauth/token", params={**members, "client_secret": "wrong"}).status_code == 401
    first = {**members, "client_id": front.admin.client_id, "client_secret": front.admin.client_secret}
    assert front.http.post("/oauth/token", params=first).status_code == 401


def test_the_other_dialect_answers_as_before(front: Front) -> None:
    admin = front.admin
    members = {"grant_type": "client_credentials", "client_id": admin.client_id, "client_secret": admin.client_secret}
    refused = front.http.post("/oauth/token", json=members)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    refused = front.http.post("/oauth/token", data=members, params={"scope": "order.order_read"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    given = front.http.post("/oauth/token", data=members)
    assert sorted(given.json()) == ["access_token", "expires_in", "scope", "token_type"]


def test_the_command_line_makes_a_client_of_the_second_dialect(server: Server, front: Front) -> None:
    printed = server.command("client", "create", "--project", front.tenant, "--scope", "order.order_read--DE")
    assert "order.order_read--DE" in printed
    refused = front.admin.refused(400, "POST", "api-clients", {"name": "a", "scope": "order.order_manage"})
    assert refused["code"] == "InvalidInput"


@pytest.mark.parametrize("name", ["tenant", "hybris-tenant"])
def test_a_visitor_needs_no_secret(front: Front, name: str) -> None:
    answer = front.http.get("/customerlogin/auth/anonymous/login", params={name: front.tenant, "client_id": front.id})
    visit = answer.json()
    assert (answer.status_code, visit["scope"], visit["token_type"]) == (200, f"tenant={front.tenant}", "Bearer")
    assert (visit["expires_in"], visit["refresh_token_expires_in"]) == (3_600, 86_400)
    for _ in range(3):  # it may be used again, and the session stays
        query = {"tenant": front.tenant, "client_id": front.id, "refresh_token": visit["refresh_token"]}
        again = front.http.get("/customerlogin/auth/anonymous/refresh", params=query).json()
        assert again["sessionId"] == visit["sessionId"] and again["access_token"] != visit["access_token"]
    assert front.get(f"site/{front.tenant}/sites", again["access_token"]).status_code == 200


def test_a_visitor_gets_nothing_of_the_key(front: Front) -> None:
    token = front.visitor()
    for path in ("carts", "customers", "me/carts", "orders"):
        assert front.http.get(f"/{front.tenant}/{path}", headers=with_token(token)).status_code == 403


def until_refused(ask: Callable[[], httpx.Response], status: int = 200) -> tuple[httpx.Response, int]:
    """The first answer that is 429, and how many others there were before it, all with this status."""
    for number in count():
        answer = ask()
        if answer.status_code == 429:
            return answer, number
        assert (answer.status_code, number < 2_000) == (status, True), answer.text
    raise AssertionError


def test_an_address_opens_so_many_sessions(session_database_url: str, open_directory: Path, tenant: str) -> None:
    """More are refused by the gateway, with the time after which there is another one; others do not notice."""
    environment = {"ORDERWRIGHT_DATABASE_URL": session_database_url, "ORDERWRIGHT_PROXIES": "1"}
    server = Server({**environment, "ORDERWRIGHT_DATA_DIR": str(open_directory / "flooded")})
    try:
        server.project(tenant)
        front = Front(server, tenant)
        query = {"tenant": tenant, "client_id": front.id}

        def opened(peer: str, path: str = "login", **more: str) -> httpx.Response:
            at, headers = f"/customerlogin/auth/anonymous/{path}", {"X-Forwarded-For": peer}
            return front.http.get(at, params={**query, **more}, headers=headers)

        first = opened("203.0.113.7").json()
        refused, before = until_refused(lambda: opened("203.0.113.7"))
        assert before >= 199  # 200 at once, and at five a second as many more as took longer
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["fault"]["detail"]["errorcode"] == "policies.ratelimit.SpikeArrestViolation"
        # Going on counts as well: only few came back meanwhile.
        assert until_refused(lambda: opened("203.0.113.7", "refresh", refresh_token=first["refresh_token"]))[1] < 100
        assert opened("203.0.113.8").status_code == 200
        front.signed_up()
        visitor, tokens = front.visitor(), [front.session()["refresh_token"]]

        def asked(method: str, path: str, **sent: Any) -> httpx.Response:
            headers = {**with_token(visitor), "X-Forwarded-For": "203.0.113.7"}
            return front.http.request(method, f"/customer/{tenant}/{path}", headers=headers, **sent)

        def refresh() -> httpx.Response:
            answer = asked("GET", "refreshauthtoken", params={"refreshToken": tokens[-1]})
            tokens.append(answer.json().get("refresh_token"))
            return answer

        assert until_refused(refresh)[1] >= 200
        assert until_refused(lambda: asked("POST", "login", content=b"nothing"), 400)[1] >= 200
        assert until_refused(lambda: asked("POST", "signup", content=b"nothing"), 400)[1] >= 100
        assert front.session()  # this machine counts for all only
    finally:
        assert server.stop() == 0


def test_an_unknown_key_is_told_as_the_gateway_tells_it(server: Server, front: Front) -> None:
    other = f"{front.tenant}b"
    server.project(other)
    for query in (
        {"tenant": front.tenant, "client_id": "nobody"},
        {"tenant": other, "client_id": front.id},
        {"tenant": front.tenant, "client_id": front.admin.client_id},  # of the other dialect
    ):
        answer = front.http.get("/customerlogin/auth/anonymous/login", params=query)
        assert (answer.status_code, answer.json()["fault"]["faultstring"]) == (401, "Invalid ApiKey")
    missing = front.http.get("/customerlogin/auth/anonymous/login", params={"client_id": front.id})
    assert (missing.status_code, missing.json()["details"][0]["field"]) == (400, "tenant")


def test_a_customer_signs_up_and_in_as_the_sdk_does(front: Front) -> None:
    visit = front.anonymous().json()
    made = front.post("signup", {"email": "Ada@example.com", "password": PASSWORD}, visit["access_token"])
    assert made.status_code == 201 and list(made.json()) == ["id"]
    answer = front.login("ada@example.com", token=visit["access_token"])
    session = answer.json()
    assert answer.status_code == 200
    for snake, camel in (("access_token", "accessToken"), ("saas_token", "saasToken"), ("refresh_token", "refreshToken")):
        assert session[snake] == session[camel] != ""
    for snake, camel in (("expires_in", "expiresIn"), ("refresh_token_expires_in", "refreshTokenExpiresIn")):
        assert session[snake] == session[camel] > 0
    assert (session["token_type"], session["session_id"], session["initialPassword"]) == ("Bearer", visit["sessionId"], False)
    told = front.get(f"customer/{front.tenant}/validateauthtoken", session["access_token"]).json()
    assert told["scope"] == f"{OWN} tenant={front.tenant}"
    assert (told["email"], told["sessionId"], told["legalEntityId"]) == ("Ada@example.com", visit["sessionId"], None)
    assert 0 < told["expires_in"] <= session["expires_in"]
    entities = f"customer-management/{front.tenant}/legal-entities"
    assert front.get(entities, session["access_token"]).json() == []
    none = front.get(f"{entities}/le-1", session["access_token"])
    assert (none.status_code, none.json()["type"]) == (404, "element_resource_non_existing")


def test_the_saas_token_names_the_customer_and_is_signed(front: Front, session_database_url: str) -> None:
    customer = front.signed_up()
    first, second = front.session()["saas_token"], front.session()["saas_token"]
    head, claims, signature = first.split(".")
    assert json.loads(_bytes(head)) == {"alg": "HS256", "typ": "JWT"}
    told = json.loads(_bytes(claims))
    assert (told["sub"], told["tenant"]) == (customer, front.tenant) and told["exp"] > told["iat"]
    rows = run(session_database_url, "SELECT value FROM secret WHERE shard = $1 AND name = 'emporix/saas-token'", front.tenant)
    key = rows[0]["value"].encode()
    assert len(rows) == 1 and len(key) >= 32
    for token in (first, second):  # one key for all
        text, _, signature = token.rpartition(".")
        assert _bytes(signature) == hmac.new(key, text.encode(), hashlib.sha256).digest()


def _bytes(word: str) -> bytes:
    return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))


def test_the_body_of_the_showcase_is_kept(front: Front) -> None:
    """b2b-showcase says the password twice, and demands exactly 201."""
    details = {
        "title": "MS",
        "firstName": "Ada",
        "lastName": "Lovelace",
        "contactPhone": "+49 30 1",
        "contactEmail": "ada@example.com",
        "company": "Engines",
        "preferredCurrency": "USD",
        "preferredSite": "main",
        "preferredLanguage": "de",
        "b2b": {"companyRegistrationId": "HRB 1"},
    }
    body = {
        "email": "ada@example.com",
        "password": PASSWORD,
        "customerDetails": details,
        "signup": {"email": "ada@example.com", "password": PASSWORD},
    }
    answer = front.post("signup", body, front.visitor())
    assert answer.status_code == 201
    shown = front.get(f"customer/{front.tenant}/me", front.session()["accessToken"]).json()
    assert shown.pop("metadata")["version"] == 1
    customer = answer.json()["id"]
    business = {"companyRegistrationId": "HRB 1", "legalEntities": []}
    assert shown == {**details, "id": customer, "customerNumber": customer, "b2b": business}
    other = front.admin.get(f"customers/{customer}")
    assert (other["firstName"], other["companyName"], other["email"]) == ("Ada", "Engines", "ada@example.com")
    assert "contactPhone" not in other


def test_the_published_bodies_of_a_sign_up_are_kept(front: Front) -> None:
    """With an address, and with other credentials than the address that she is written to at."""
    address = {
        "contactName": "John Doe",
        "companyName": "Emporix",
        "street": "Platz der Republik",
        "streetNumber": "1",
        "streetAppendix": "",
        "zipCode": "11011",
        "city": "Berlin",
        "country": "DE",
        "tags": ["BILLING", "SHIPPING"],
    }
    details = {"middleName": "", "firstName": "Jane", "contactEmail": "jane@example.com", "preferredLanguage": "en_US"}
    body = {"email": "jane@example.com", "password": "password123", "customerDetails": details, "customerAddress": address}
    credentials = {"email": "signup@example.com", "password": "password1234"}
    answer = front.post("signup", {**body, "signup": credentials}, front.visitor())
    assert answer.status_code == 201, answer.text
    assert front.login("jane@example.com", "password123").status_code == 400
    session = front.login(**credentials).json()
    assert front.get(f"customer/{front.tenant}/me", session["access_token"]).json()["contactEmail"] == "jane@example.com"
    made = front.admin.get(f"customers/{answer.json()['id']}")
    (stored,) = made["addresses"]
    assert made["email"] == "signup@example.com"
    assert made["defaultBillingAddressId"] == made["defaultShippingAddressId"] == stored["id"]
    assert (stored["lastName"], stored["streetName"], stored["postalCode"]) == ("Doe", "Platz der Republik", "11011")
    # Only a name has to be told of one, and the country, which no address of the other dialect is without.
    slight = {"email": "bob@example.com", "password": PASSWORD, "customerAddress": {"contactName": "Bob", "country": "DE"}}
    made = front.admin.get(f"customers/{front.post('signup', slight, front.visitor()).json()['id']}")
    assert "defaultBillingAddressId" not in made and "streetName" not in made["addresses"][0]
    del slight["customerAddress"]
    plain = {**slight, "email": "eve@example.com", "signup": {"email": "e@example.com", "password": PASSWORD}}
    assert front.post("signup", plain, front.visitor()).status_code == 201
    told = front.get(f"customer/{front.tenant}/me", front.session("e@example.com")["access_token"]).json()
    assert told["contactEmail"] == "eve@example.com"


def test_one_account_opens_both_dialects(front: Front) -> None:
    customer = front.signed_up()
    assert front.admin.signed_in("ada@example.com", PASSWORD).get("me")["id"] == customer
    made = front.admin.create("customers", {"email": "bob@example.com", "password": PASSWORD, "customerNumber": "B-7"})[
        "customer"
    ]
    session = front.session("bob@example.com")
    shown = front.get(f"customer/{front.tenant}/me", session["access_token"]).json()
    assert (shown["id"], shown["customerNumber"]) == (made["id"], "B-7")
    assert json.loads(_bytes(session["saas_token"].split(".")[1]))["sub"] == "B-7"
    # What she may do in the first dialect its own tokens say.
    assert front.http.get(f"/{front.tenant}/me", headers=with_token(session["access_token"])).status_code == 403


def test_the_other_dialects_flows_give_owners_nothing_of_the_tenants(server: Server, front: Front) -> None:
    """Password and anonymous flow give what the client has, less the scopes that are the tenant's."""
    front.signed_up()
    anonymous = f"create_anonymous_token:{front.tenant}"
    both = server.client(front.tenant, f"{anonymous} {ORDERS} order.order_read_le")
    ada, visitor = both.signed_in("ada@example.com", PASSWORD), both.anonymous()
    for session, kept in ((ada, [anonymous, "order.order_read_le"]), (visitor, [anonymous])):
        told = both.http.post(
            "/oauth/introspect", data={"token": session.token}, auth=(both.client_id, both.client_secret)
        ).json()
        assert [word for word in told["scope"].split() if not word.startswith(("customer_id:", "anonymous_id:"))] == kept
        assert front.get(f"order-v2/{front.tenant}/salesorders", session.token).status_code == 403
    assert front.get(f"order-v2/{front.tenant}/orders", ada.token).json() == []


def test_a_service_token_signs_customers_in(front: Front) -> None:
    front.signed_up()
    answer = front.login(token=front.form().json()["access_token"])
    assert answer.status_code == 200 and answer.json()["session_id"]


def test_bad_sign_ups_make_nobody(front: Front) -> None:
    token = front.visitor()
    bodies: list[Any] = [
        {"email": "ada@example.com", "password": "12345"},
        {"email": "ada@example.com"},
        {"password": PASSWORD},
        {"email": "ada@example.com", "password": PASSWORD, "signup": {"email": "eve@example.com"}},
        {"email": "ada@example.com", "password": PASSWORD, "signup": {"email": "eve@example.com", "password": "12345"}},
        {"email": "ada@example.com", "password": PASSWORD, "customerAddress": {"contactName": "Ada", "country": "Germany"}},
        {"email": "ada@example.com", "password": PASSWORD, "customerDetails": {"contactPhone": 5}},
        [],
    ]
    for body in bodies:
        answer = front.post("signup", body, token)
        assert (answer.status_code, answer.json()["type"]) == (400, "validation_violation"), answer.text
    assert front.post("signup", {"email": "ada@example.com", "password": "x" * 70_000}, token).status_code == 413
    assert front.admin.get("customers")["results"] == []
    assert front.post("signup", {"email": "ada@example.com", "password": "123456"}, token).status_code == 201


def test_odd_bytes_are_bad_requests(front: Front) -> None:
    """What is no JSON, no UTF-8, or no text that the database can hold."""
    token = front.visitor()
    bodies = (
        b"", b"{", b"\xff", b"null", b"5", b"[" * 5_000, b'{"email": 5, "password": "secret"}',
        b'{"email": "a\\u0000@example.com", "password": "secret"}', b'{"email": "\\ud800@example.com", "password": "secret"}',
        b'{"email": "ada@example.com", "password": "secret", "customerDetails": {"contactPhone": "\\u0000"}}',
        b'{"email": "ada@example.com", "password": "secret", "customerDetails": {"preferredSite": "a b"}}',
    )  # fmt: skip
    for path in ("signup", "login"):
        for body in bodies:
            answer = front.http.post(f"/customer/{front.tenant}/{path}", content=body, headers=with_token(token))
            assert (answer.status_code, answer.json()["type"]) == (400, "validation_violation"), (path, body)
    form = {"grant_type": "client_credentials"}
    for content in (b"[]", b"{", b"\xff", b'{"grant_type": 5}', b"[" * 5_000):
        asked = {"Content-Type": "application/json"}
        for query in ({}, {"client_id": front.id}, {"client_id": "\0"}):
            assert front.http.post("/oauth/token", content=content, headers=asked, params=query).status_code in (400, 401)
    twice = front.http.post("/oauth/token", data={**form, "client_id": front.id}, params={"client_id": "another"})
    assert twice.status_code in (400, 401)


def test_nobody_stands_in_the_log(session_database_url: str, open_directory: Path, tmp_path: Path, tenant: str) -> None:
    log = tmp_path / "log"
    environment = {"ORDERWRIGHT_DATABASE_URL": session_database_url, "ORDERWRIGHT_LOG_LEVEL": "info"}
    with log.open("w") as file:
        server = Server({**environment, "ORDERWRIGHT_DATA_DIR": str(open_directory / "logged")}, log=file)
        try:
            server.project(tenant)
            front = Front(server, tenant)
            front.signed_up("lovelace@example.com", customerDetails={"lastName": "Lovelace", "contactPhone": "Lovelace"})
            session = front.session("lovelace@example.com")
            front.login("lovelace@example.com", "wrong Lovelace")
            front.get(f"customer/{tenant}/me", session["access_token"], email="Lovelace")
            answer = refreshed(front, session["refresh_token"], front.visitor()).json()
            front.get(f"customer/{tenant}/logout", answer["access_token"], accessToken=answer["access_token"])
        finally:
            assert server.stop() == 0
    told = log.read_text()
    assert told.count(f"/customer/{tenant}/login") == 2
    for secret in ("ovelace", PASSWORD, front.secret, session["saas_token"], session["refresh_token"], answer["access_token"]):
        assert secret not in told


def test_an_address_has_one_account(front: Front) -> None:
    token = front.visitor()
    with ThreadPoolExecutor(4) as pool:
        body = {"email": "ada@example.com", "password": PASSWORD, "customerDetails": {"contactPhone": "1"}}
        answers = list(pool.map(lambda _: front.post("signup", body, token), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"conflict_resource"}
    assert len(front.admin.get("customers")["results"]) == 1


def test_a_wrong_password_is_told_as_no_account(front: Front) -> None:
    front.signed_up()
    wrong, nobody = front.login(password="wrong horse"), front.login("eve@example.com")
    assert wrong.status_code == nobody.status_code == 400
    assert wrong.json() == nobody.json() and wrong.json()["message"]
    for _ in range(6):
        front.login(password="wrong horse")
    assert front.login(password="wrong horse").elapsed.total_seconds() > 0.3  # seven failures before, five of them free: 0.8 s


def test_the_cart_of_a_visitor_goes_with_her(front: Front) -> None:
    front.signed_up()
    visit = front.anonymous().json()
    cart = front.admin.create("carts", {"currency": "EUR", "anonymousId": visit["sessionId"]})
    assert front.login(token=visit["access_token"]).status_code == 200
    assert "customerId" in front.admin.get(f"carts/{cart['id']}")


def test_a_refresh_token_is_used_once(front: Front) -> None:
    front.signed_up()
    visitor, session = front.visitor(), front.session()
    answer = refreshed(front, session["refresh_token"], visitor)
    next_ = answer.json()
    assert answer.status_code == 200 and "saas_token" not in next_
    assert next_["session_id"] == session["session_id"] and next_["refresh_token"] != session["refresh_token"]
    assert refreshed(front, session["refresh_token"], visitor).status_code == 400
    for token in (session["access_token"], next_["access_token"]):  # what is under way goes on
        assert front.get(f"customer/{front.tenant}/me", token).status_code == 200
    last = front.get(f"customer/{front.tenant}/refreshauthtoken", next_["access_token"], refresh_token=next_["refresh_token"])
    assert last.status_code == 200
    assert refreshed(front, last.json()["refresh_token"], visitor, legalEntityId="le-1").status_code == 403
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda _: refreshed(front, last.json()["refresh_token"], visitor).status_code, range(4)))
    assert sorted(at_once) == [200, 400, 400, 400]


def test_a_refresh_token_is_its_owners(server: Server, front: Front) -> None:
    front.signed_up()
    front.signed_up("eve@example.com")
    ada, eve, visit = front.session(), front.session("eve@example.com"), front.anonymous().json()
    other = Front(server, front.tenant)
    assert refreshed(front, ada["refresh_token"], eve["access_token"]).status_code == 400
    assert refreshed(front, ada["refresh_token"], other.visitor()).status_code == 400
    assert refreshed(front, visit["refresh_token"], visit["access_token"]).status_code == 400
    assert refreshed(front, ada["refresh_token"], front.form().json()["access_token"]).status_code == 403
    query = {"tenant": front.tenant, "client_id": front.id, "refresh_token": ada["refresh_token"]}
    assert front.http.get("/customerlogin/auth/anonymous/refresh", params=query).status_code == 400
    assert refreshed(front, ada["refresh_token"], ada["access_token"]).status_code == 200


def test_who_signs_out_is_out(front: Front) -> None:
    front.signed_up()
    ada, other = front.session(), front.session()
    path = f"customer/{front.tenant}/logout"
    assert front.get(path, front.visitor(), accessToken="nothing").status_code == 204
    answer = front.get(path, ada["access_token"], accessToken=ada["access_token"])
    assert (answer.status_code, answer.content) == (204, b"")
    refused = front.get(f"customer/{front.tenant}/me", ada["access_token"])
    assert (refused.status_code, list(refused.json())) == (401, ["fault"])
    assert refreshed(front, ada["refresh_token"], front.visitor()).status_code == 400
    assert front.get(f"customer/{front.tenant}/me", other["access_token"]).status_code == 200
    assert front.get(path, other["access_token"]).status_code == 204  # by the header alone
    assert front.get(f"customer/{front.tenant}/me", other["access_token"]).status_code == 401


def test_she_changes_what_she_tells_of_herself(front: Front) -> None:
    front.signed_up(customerDetails={"firstName": "Ada", "contactPhone": "1", "company": "Engines"})
    token, path = front.session()["access_token"], f"/customer/{front.tenant}/me"

    def change(method: str, body: Any) -> int:
        return front.http.request(method, path, json=body, headers=with_token(token)).status_code

    def shown() -> dict[str, Any]:
        return dict(front.get(path[1:], token).json())

    assert change("PATCH", {"lastName": "Lovelace", "preferredSite": "main", "company": None}) == 204
    me = shown()
    assert (me["firstName"], me["lastName"], me["contactPhone"], me["preferredSite"]) == ("Ada", "Lovelace", "1", "main")
    assert "company" not in me and me["metadata"]["version"] == 2
    assert change("PATCH", {"contactPhone": "2", "metadata": {"version": 1}}) == 409
    assert change("PATCH", {"contactPhone": "2", "metadata": {"version": 2}}) == 204
    assert shown()["contactPhone"] == "2"
    refused: list[Any] = [[], {"firstName": 5}, {"contactPhone": "a\x00"}]
    for bad in refused:
        assert change("PATCH", bad) == 400
    assert change("PUT", {"firstName": "Augusta", "id": "another"}) == 204
    me = shown()
    assert me["firstName"] == "Augusta" and not {"lastName", "contactPhone", "preferredSite"} & set(me)


def test_what_a_customer_told_goes_with_her(front: Front, session_database_url: str) -> None:
    customer = front.signed_up(customerDetails={"contactPhone": "1"})
    asked = "SELECT body FROM customer_details WHERE shard = $1"
    assert len(run(session_database_url, asked, front.tenant)) == 1
    front.admin.delete(f"customers/{customer}", 1)
    assert run(session_database_url, asked, front.tenant) == []


def test_currencies_are_the_projects(front: Front) -> None:
    currencies = front.get(f"currency/{front.tenant}/currencies", front.visitor()).json()
    assert [each["code"] for each in currencies] == front.admin.get("")["currencies"]


def test_sites_are_the_stores(front: Front) -> None:
    token = front.visitor()
    assert front.get(f"site/{front.tenant}/sites", token, expand="mixin:*").json() == []
    front.admin.create("stores", {"key": "main", "name": {"de": "Haupt"}, "languages": ["de"], "countries": [{"code": "FR"}]})
    front.admin.create("stores", {"key": "second"})
    main, second = front.get(f"site/{front.tenant}/sites", token, expand="mixin:*").json()
    assert (main["code"], main["name"], main["default"], main["currency"]) == ("main", "Haupt", True, "EUR")
    assert (main["languages"], main["defaultLanguage"]) == (["de"], "de")
    assert main["homeBase"] == {"address": {"country": "FR"}}
    # Of the project: its languages are en and de, its countries DE, FR and US.
    assert (second["code"], second["name"], second["default"], second["languages"]) == ("second", "second", False, ["en", "de"])
    assert second["homeBase"] == {"address": {"country": "DE"}}
    assert front.get(f"site/{front.tenant}/sites/second", token).json() == second
    nowhere = front.get(f"site/{front.tenant}/sites/third", token)
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "element_resource_non_existing")


def test_the_context_of_a_session(front: Front) -> None:
    for key in ("main", "second"):
        front.admin.create("stores", {"key": key})
    customer = front.signed_up(customerDetails={"preferredSite": "second", "preferredCurrency": "USD"})
    visit, session = front.anonymous().json(), front.session()
    path = f"session-context/{front.tenant}/me/context"
    assert front.get(path, visit["access_token"]).json() == {
        "sessionId": visit["sessionId"],
        "siteCode": "main",
        "currency": "EUR",
        "language": "en",
        "targetLocation": "DE",
        "metadata": {"version": 1},
    }
    own = front.get(path, session["access_token"]).json()
    assert (own["siteCode"], own["currency"], own["customerId"]) == ("second", "USD", customer)


def test_a_visitor_chooses_a_context(front: Front) -> None:
    """When the session is opened; it stays while the tokens change, as far as the shop has it."""
    for key in ("main", "second"):
        front.admin.create("stores", {"key": key})
    front.signed_up()
    chosen = {"siteCode": "second", "currency": "USD", "language": "DE", "targetLocation": "US"}
    path, expected = f"session-context/{front.tenant}/me/context", {**chosen, "language": "de"}

    def context(token: str) -> dict[str, Any]:
        told = front.get(path, token).json()
        return {name: told[name] for name in chosen}

    visit = front.anonymous(**chosen).json()
    assert visit["scope"] == f"tenant={front.tenant}"
    query = {"tenant": front.tenant, "client_id": front.id, "refresh_token": visit["refresh_token"]}
    again = front.http.get("/customerlogin/auth/anonymous/refresh", params=query).json()
    session = front.login(token=visit["access_token"]).json()
    next_ = refreshed(front, session["refresh_token"], again["access_token"]).json()
    for token in (visit["access_token"], again["access_token"], session["access_token"], next_["access_token"]):
        assert context(token) == expected
    told = front.get(f"customer/{front.tenant}/validateauthtoken", next_["access_token"]).json()
    assert told["scope"] == f"{OWN} tenant={front.tenant}"
    # What the shop has not, and what is no name of anything, chooses nothing and opens nothing.
    odd = front.anonymous(siteCode="third", currency="EUR manage_project:" + front.tenant, language="x\u0000", targetLocation="")
    assert context(odd.json()["access_token"]) == {
        "siteCode": "main",
        "currency": "EUR",
        "language": "en",
        "targetLocation": "DE",
    }
    assert front.http.get(f"/{front.tenant}/carts", headers=with_token(odd.json()["access_token"])).status_code == 403


def test_pages_of_other_origins_do_not_read_what_a_client_gets(front: Front) -> None:
    draft = {"name": "shop", "scope": ORDERS, "origins": ["https://shop.example"]}
    front.id = front.admin.create("api-clients", draft)["id"]
    token, path = front.visitor(), f"/site/{front.tenant}/sites"
    for origin, allowed in (("https://shop.example", "https://shop.example"), ("https://eve.example", None)):
        answer = front.http.get(path, headers={**with_token(token), "Origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH"}
    answer = front.http.options(f"/customer/{front.tenant}/me", headers=asked)
    assert "PATCH" in answer.headers["access-control-allow-methods"]


PATHS = [
    ("POST", "customer/{}/signup"),
    ("POST", "customer/{}/login"),
    ("GET", "customer/{}/refreshauthtoken"),
    ("GET", "customer/{}/logout"),
    ("GET", "customer/{}/validateauthtoken"),
    ("GET", "customer/{}/me"),
    ("PATCH", "customer/{}/me"),
    ("PUT", "customer/{}/me"),
    ("GET", "customer-management/{}/legal-entities"),
    ("GET", "session-context/{}/me/context"),
    ("GET", "site/{}/sites"),
    ("GET", "site/{}/sites/main"),
    ("GET", "currency/{}/currencies"),
    ("GET", "iam/{}/users/me/scopes"),
]


def test_strangers_are_told_by_the_gateway(server: Server, front: Front) -> None:
    other = f"{front.tenant}b"
    server.project(other)
    token, service, first = front.visitor(), front.form().json()["access_token"], front.admin.token
    for method, path in PATHS:
        for headers in ({}, with_token("nothing"), with_token("a b")):
            answer = front.http.request(method, f"/{path.format(front.tenant)}", headers=headers)
            assert (answer.status_code, list(answer.json()["fault"])) == (401, ["faultstring", "detail"]), path
        for foreign in (token, service):  # another tenant's
            assert front.http.request(method, f"/{path.format(other)}", headers=with_token(foreign)).status_code == 401, path
        answer = front.http.request(method, f"/{path.format(front.tenant)}", headers=with_token(first))
        assert (answer.status_code, answer.json()["type"]) == (403, "insufficient_permissions"), path
        headers = {**with_token(token), "Emporix-Tenant": other}
        assert front.http.request(method, f"/{path.format(front.tenant)}", headers=headers).status_code == 400, path
        assert front.http.request(method, f"/{path.format('nobody')}", headers=with_token(token)).status_code == 404, path
    for method, path in (*PATHS[4:9],):  # only for customers
        answer = front.http.request(method, f"/{path.format(front.tenant)}", headers=with_token(token))
        assert answer.status_code == 403, path


def test_the_whole_way_of_a_shop(front: Front) -> None:
    """A visitor signs up and in, the back office makes an order of hers, she sees it and cancels it, and others do not see it."""
    front.signed_up()
    front.signed_up("eve@example.com")
    ada, eve = front.session(), front.session("eve@example.com")
    me = front.get(f"customer/{front.tenant}/me", ada["accessToken"]).json()
    order = {
        "customer": {"id": me["customerNumber"], "email": me["contactEmail"]},
        "entries": [{"amount": 2, "product": {"sku": "x", "name": "X"}, "unitPrice": 21, "price": {"currency": "EUR"}}],
        "mixins": {"generalAttributes": {"orderNumber": "E-1"}},
        "metadata": {"mixins": {"generalAttributes": "https://example.com/general.json"}},
    }
    service = front.form().json()["access_token"]
    path = f"order-v2/{front.tenant}"
    made = front.http.post(f"/{path}/salesorders", json=order, headers=with_token(service))
    assert made.status_code == 201, made.text
    assert [each["id"] for each in front.get(f"{path}/salesorders", service).json()] == ["E-1"]
    mine = {**with_token(ada["access_token"]), "saas-token": ada["saas_token"], "x-total-count": "true"}
    found = front.http.get(f"/{path}/orders", params={"pageNumber": 1, "pageSize": 50}, headers=mine)
    assert ([each["id"] for each in found.json()], found.headers["x-total-count"]) == (["E-1"], "1")
    assert front.get(f"{path}/orders", eve["access_token"]).json() == []
    assert front.get(f"{path}/orders/E-1", eve["access_token"]).status_code == 404
    assert front.get(f"{path}/salesorders", ada["access_token"]).status_code == 403
    assert front.get(f"{path}/orders", front.visitor()).status_code == 403
    next_ = refreshed(front, ada["refresh_token"], front.visitor()).json()
    declined = front.http.post(
        f"/{path}/orders/E-1/transitions", json={"status": "DECLINED"}, headers=with_token(next_["access_token"])
    )
    assert declined.status_code == 204, declined.text
