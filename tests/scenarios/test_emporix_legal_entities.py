"""Customers of the second dialect who act for companies: the legal entity of a token, and what it opens and confines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from emporix_front import PASSWORD, Front, refreshed, with_token
from emporix_shop import refused

from live import Server

ENTITIES = "customer-management/{}/legal-entities"


@pytest.fixture
def front(server: Server, project_key: str) -> Front:
    tenant = project_key.replace("-", "")
    server.project(tenant)
    return Front(server, tenant)


def company(front: Front, key: str, *members: tuple[str, str], inheritance: str = "Disabled", **more: Any) -> Any:
    """A company with members in roles."""
    associates = [
        {
            "customer": {"typeId": "customer", "id": customer},
            "associateRoleAssignments": [
                {"associateRole": {"typeId": "associate-role", "key": role}, "inheritance": inheritance}
            ],
        }
        for customer, role in members
    ]
    draft = {"key": key, "name": key.title(), "unitType": "Company", "associates": associates, **more}
    return front.admin.create("business-units", draft)


def roles(front: Front) -> None:
    front.admin.create("associate-roles", {"key": "manager", "permissions": ["ViewOthersOrders"]})
    front.admin.create("associate-roles", {"key": "buyer", "permissions": ["CreateMyCarts"]})


def order(front: Front, number: str, customer: str, entity: str | None, status: int = 201, **more: str) -> None:
    """An order of 42 EUR."""
    body = {
        "customer": {"id": customer, "email": "buyer@example.com"},
        "entries": [{"amount": 2, "product": {"sku": "x", "name": "X"}, "unitPrice": 21, "price": {"currency": "EUR"}}],
        "mixins": {"generalAttributes": {"orderNumber": number}},
        "metadata": {"mixins": {"generalAttributes": "https://example.com/general.json"}},
        **({} if entity is None else {"legalEntityId": entity}),
        **more,
    }
    path, service = f"/order-v2/{front.tenant}/salesorders", front.form().json()["access_token"]
    answer = front.http.post(path, json=body, headers=with_token(service))
    assert answer.status_code == status, answer.text


def ids(front: Front, path: str, token: str, **query: str) -> list[str]:
    answer = front.get(f"order-v2/{front.tenant}/{path}", token, **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-total-count"] == str(len(answer.json()))
    return sorted(each["id"] for each in answer.json())


def switched(front: Front, refresh_token: str, entity: str) -> dict[str, Any]:
    answer = refreshed(front, refresh_token, front.visitor(), legalEntityId=entity)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_shopper_acts_for_a_company(front: Front) -> None:
    """As viu's SDK does it: sign in, list the entities, switch to one, list and read and cancel."""
    roles(front)
    ada, bob = front.signed_up(), front.signed_up("bob@example.com")
    company(front, "acme", (ada, "manager"), (bob, "buyer"), inheritance="Enabled")
    north = {"key": "north", "name": "North", "unitType": "Division", "parentUnit": {"typeId": "business-unit", "key": "acme"}}
    front.admin.create("business-units", north)
    company(front, "other", (bob, "manager"))
    for number, who, entity in (
        ("A-1", ada, "acme"),
        ("N-1", ada, "north"),
        ("P-1", ada, None),
        ("B-1", bob, "acme"),
        ("O-1", bob, "other"),
    ):
        order(front, number, who, entity)
    session = front.session()
    listed = front.get(ENTITIES.format(front.tenant), session["access_token"])
    assert [(each["id"], each["name"], each["type"], each.get("parentId")) for each in listed.json()] == [
        ("acme", "Acme", "COMPANY", None),
        ("north", "North", "SUBSIDIARY", "acme"),  # inherited from the company above
    ]
    assert listed.headers["x-total-count"] == "2"
    # Without an entity all that is hers is hers, whomever she ordered it for.
    assert ids(front, "orders", session["access_token"]) == ["A-1", "N-1", "P-1"]
    acme = switched(front, session["refresh_token"], "acme")
    assert sorted(acme) == ["access_token", "expires_in", "refresh_token", "refresh_token_expires_in", "session_id", "token_type"]
    token = acme["access_token"]
    told = front.get(f"customer/{front.tenant}/validateauthtoken", token).json()
    assert (told["legalEntityId"], "legal_entity" in told["scope"]) == ("acme", False)
    assert told["sessionId"] == session["session_id"]
    opened = {"userId": ada, "scopes": "order.history_view order.order_readascustomer order.order_updateascustomer"}
    assert front.get(f"iam/{front.tenant}/users/me/scopes", token).json() == opened
    assert ids(front, "orders", token) == ["A-1"]
    assert ids(front, "orders", token, legalEntityId="north") == []
    refused(front.get(f"order-v2/{front.tenant}/orders/P-1", token), 404)
    assert ids(front, "legal-entity-orders/acme", token) == ["A-1", "B-1"]
    assert front.get(f"order-v2/{front.tenant}/legal-entity-orders/acme/B-1", token).json()["legalEntityId"] == "acme"
    refused(front.get(f"order-v2/{front.tenant}/legal-entity-orders/acme/O-1", token), 404)
    # She is assigned there too, but acts for another one now.
    refused(front.get(f"order-v2/{front.tenant}/legal-entity-orders/north", token), 403)
    north_token = switched(front, acme["refresh_token"], "north")
    assert ids(front, "legal-entity-orders/north", north_token["access_token"]) == ["N-1"]
    moves = f"/order-v2/{front.tenant}/orders/{{}}/transitions"
    body = {"status": "DECLINED"}
    refused(front.http.post(moves.format("A-1"), json=body, headers=with_token(north_token["access_token"])), 404)
    assert front.http.post(moves.format("N-1"), json=body, headers=with_token(north_token["access_token"])).status_code == 204
    # Without an entity the next token has none.
    last = refreshed(front, north_token["refresh_token"], front.visitor()).json()
    assert front.get(f"customer/{front.tenant}/validateauthtoken", last["access_token"]).json()["legalEntityId"] is None
    assert ids(front, "orders", last["access_token"]) == ["A-1", "N-1", "P-1"]
    assert ids(front, "legal-entity-orders/north", last["access_token"]) == ["N-1"]


def test_an_entity_buys_at_any_site(front: Front) -> None:
    """Clients send the site and the entity with every list, and nothing says that an entity has sites, or a site countries."""
    roles(front)
    ada, eve = front.signed_up(), front.signed_up("eve@example.com")
    front.admin.create("stores", {"key": "main"})
    front.admin.create("stores", {"key": "second", "countries": [{"code": "FR"}]})
    company(front, "acme", (ada, "manager"))
    company(front, "stored", (ada, "manager"), stores=[{"typeId": "store", "key": "main"}], storeMode="Explicit")
    order(front, "A-1", ada, "acme", siteCode="main")
    order(front, "S-1", ada, "stored", siteCode="second", countryCode="DE")
    order(front, "S-2", ada, "stored")
    order(front, "E-1", eve, "acme", status=400, siteCode="main")
    session = front.session()
    acme = switched(front, session["refresh_token"], "acme")["access_token"]
    assert ids(front, "orders", acme, siteCode="main", legalEntityId="acme") == ["A-1"]
    assert ids(front, "legal-entity-orders/stored", session["access_token"]) == ["S-1", "S-2"]
    same = front.admin.get("orders/order-number=S-1")
    assert (same["store"]["key"], same["businessUnit"]["key"], same["country"]) == ("second", "stored", "DE")
    unit = front.admin.get("business-units/key=acme")
    front.admin.update(f"business-units/{unit['id']}", unit["version"], {"action": "changeStatus", "status": "Inactive"})
    order(front, "A-2", ada, "acme", status=400)


def test_an_entity_is_hers_or_none(front: Front) -> None:
    """One of others, one that there is not and a word that none can have are refused alike, and use no refresh token up."""
    roles(front)
    ada, bob = front.signed_up(), front.signed_up("bob@example.com")
    company(front, "acme", (ada, "buyer"))
    company(front, "other", (bob, "manager"))
    session = front.session()
    path = ENTITIES.format(front.tenant)
    answers = []
    for entity in ("other", "nowhere", "a b", "x" * 300, "acme order.order_read"):
        body = refused(refreshed(front, session["refresh_token"], front.visitor(), legalEntityId=entity), 403)
        answers.append(body["message"].replace(entity[:256], "*"))
        if len(entity) < 200:
            refused(front.get(f"{path}/{entity}", session["access_token"]), 404)
    assert len(set(answers)) == 1
    # Who holds no refresh token of hers is told nothing of entities.
    assert refreshed(front, "nothing", front.visitor(), legalEntityId="acme").status_code == 400
    acme = switched(front, session["refresh_token"], "acme")
    # A buyer acts for the company, and may not view what others ordered.
    refused(front.get(f"order-v2/{front.tenant}/legal-entity-orders/acme", acme["access_token"]), 403)
    assert ids(front, "orders", acme["access_token"]) == []
    with ThreadPoolExecutor(4) as pool:
        at_once = list(
            pool.map(
                lambda _: refreshed(front, acme["refresh_token"], front.visitor(), legalEntityId="acme").status_code, range(4)
            )
        )
    assert sorted(at_once) == [200, 400, 400, 400]


def test_who_leaves_a_company_acts_for_it_no_more(front: Front) -> None:
    roles(front)
    ada = front.signed_up()
    unit = company(front, "acme", (ada, "manager"))
    order(front, "A-1", ada, "acme")
    token = switched(front, front.session()["refresh_token"], "acme")["access_token"]
    assert ids(front, "legal-entity-orders/acme", token) == ["A-1"]
    action = {"action": "removeAssociate", "customer": {"typeId": "customer", "id": ada}}
    front.admin.update(f"business-units/{unit['id']}", unit["version"], action)
    refused(front.get(f"order-v2/{front.tenant}/legal-entity-orders/acme", token), 403)
    assert front.get(f"customer/{front.tenant}/validateauthtoken", token).json()["legalEntityId"] is None
    assert front.get(f"customer/{front.tenant}/me", token).json()["b2b"]["legalEntities"] == []
    assert front.get(ENTITIES.format(front.tenant), token).json() == []
    assert ids(front, "orders", token) == ["A-1"]  # it is still hers


def test_pages_of_legal_entities(front: Front) -> None:
    roles(front)
    ada = front.signed_up()
    for key in ("delta", "alpha", "charlie", "bravo"):
        company(front, key, (ada, "buyer"))
    company(front, "foreign")
    token, path = front.session()["access_token"], ENTITIES.format(front.tenant)

    def found(**query: str) -> tuple[list[str], str]:
        answer = front.get(path, token, **query)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()], answer.headers["x-total-count"]

    assert found() == (["delta", "alpha", "charlie", "bravo"], "4")
    assert found(pageSize="3", pageNumber="2") == (["bravo"], "4")
    assert found(sort="name") == (["alpha", "bravo", "charlie", "delta"], "4")
    assert found(sort="name:desc", pageSize="1") == (["delta"], "4")
    assert found(sort="metadata.createdAt") == (["delta", "alpha", "charlie", "bravo"], "4")
    assert found(name="Bravo") == (["bravo"], "1")
    assert found(id="foreign") == ([], "0")
    assert found(type="COMPANY")[1] == "4" and found(type="SUBSIDIARY")[1] == "0"
    for query in ({"pageSize": "0"}, {"pageNumber": "x"}, {"sort": "parentId"}, {"q": "name:x"}, {"name": "a\x00"}):
        refused(front.get(path, token, **query), 400)
    refused(front.get(path, front.visitor()), 403)
    refused(front.get(path, front.form().json()["access_token"]), 403)
    told = front.get(f"customer/{front.tenant}/me", token).json()["b2b"]["legalEntities"]
    assert told[1] == {"id": "alpha", "name": "Alpha", "contactAssignmentId": f"alpha_{ada}"} and len(told) == 4
    one = front.get(f"{path}/bravo", token).json()
    assert (one["id"], one["type"], one["metadata"]["version"]) == ("bravo", "COMPANY", 1)


def test_the_saas_token_names_the_customer_to_a_service(front: Front) -> None:
    """The other way in: a service token with the scope, and the customer's token in a header."""
    roles(front)
    ada, bob = front.signed_up(), front.signed_up("bob@example.com")
    company(front, "acme", (ada, "buyer"), (bob, "buyer"))
    for number, who, entity in (("A-1", ada, None), ("A-2", bob, "acme"), ("B-1", bob, None)):
        order(front, number, who, entity)
    scope = "order.history_view order.order_updateascustomer order.order_read_le"
    shop = Front(front.server, front.tenant, scope)
    service, saas = shop.form().json()["access_token"], front.session()["saas_token"]
    path = f"/order-v2/{front.tenant}"

    def asked(method: str, at: str, word: str | None, token: str = service, body: Any = None) -> Any:
        headers = {**with_token(token), **({} if word is None else {"saas-token": word})}
        return front.http.request(method, f"{path}/{at}", headers=headers, json=body)

    assert [each["id"] for each in asked("GET", "orders", saas).json()] == ["A-1"]
    refused(asked("GET", "orders/B-1", saas), 404)
    assert asked("GET", "orders/A-1/transitions", saas).json() == [{"status": "DECLINED"}]
    assert [each["id"] for each in asked("GET", "legal-entity-orders/acme", saas).json()] == ["A-2"]
    refused(asked("GET", "legal-entity-orders/other", saas), 403)
    assert asked("POST", "orders/A-1/transitions", saas, body={"status": "DECLINED"}).status_code == 204
    told = front.admin.get("orders/order-number=A-1")["lastModifiedBy"]
    assert (told["clientId"], told["customer"]["id"]) == (shop.id, ada)
    # Without the customer, or without the scope, a service has no orders of its own.
    plain = front.form().json()["access_token"]
    for at in ("orders", "orders/A-1", "orders/A-1/transitions", "legal-entity-orders/acme"):
        refused(asked("GET", at, None), 403)
        refused(asked("GET", at, saas, plain), 403)
        refused(asked("GET", at, saas, front.visitor()), 403)
        for word in ("nothing", f"{saas}x", saas.rpartition(".")[0] + ".", "..", "a" * 3_000):
            answer = asked("GET", at, word)
            assert (answer.status_code, list(answer.json())) == (401, ["fault"])
    # Beside a customer's own token it is ignored.
    own = front.session("bob@example.com")["access_token"]
    assert sorted(each["id"] for each in asked("GET", "orders", saas, own).json()) == ["A-2", "B-1"]
    # It opens nothing by itself, and ends with the password that was shown for it.
    assert asked("GET", "orders", None, saas).status_code == 401
    customer = front.admin.get(f"customers/{ada}")
    change = {"id": ada, "version": customer["version"], "currentPassword": PASSWORD, "newPassword": "another horse"}
    assert front.admin.send("POST", "customers/password", change).status_code == 200
    assert asked("GET", "orders", saas).status_code == 401


def test_the_saas_token_of_another_tenant_names_nobody(server: Server, front: Front) -> None:
    front.signed_up()
    server.project(f"{front.tenant}b")
    other = Front(server, f"{front.tenant}b", "order.history_view")
    headers = {**with_token(other.form().json()["access_token"]), "saas-token": front.session()["saas_token"]}
    assert front.http.get(f"/order-v2/{other.tenant}/orders", headers=headers).status_code == 401
