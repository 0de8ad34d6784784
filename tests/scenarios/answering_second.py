"""What a tenant's back office and shop front are answered in the second dialect: the example answers of its page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import httpx
from answering import plain
from emporix_front import Front, refreshed, with_token
from emporix_shop import ALL, Tenant, cost, entry

from orderwright.http.wire.mounts import Served
from shop_setup import by_key

SCOPES = f"{ALL} order.history_view order.order_updateascustomer configuration.configuration_manage"
Told = Callable[[str], Any]


class Noted:
    """The first answer of each row, by its method and path. Of a list one is kept."""

    def __init__(self, rows: Iterable[Served]) -> None:
        self.answers: dict[str, Any] = {}
        literal_first = sorted(rows, key=lambda row: row.at.count("{"))
        self._rows = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", f"/{row.at}")), row) for row in literal_first]

    def by(self, client: httpx.Client) -> httpx.Client:
        """A client whose answers are noted."""
        client.event_hooks = {"response": [self._note]}
        return client

    def _note(self, answer: httpx.Response) -> None:
        sent, method = answer.request.url.path, answer.request.method
        row = next((row for form, row in self._rows if row.method == method and form.fullmatch(sent)), None)
        if row is None or not answer.is_success or method == "HEAD" or not answer.read():
            return
        told = answer.json()
        self.answers.setdefault(f"{method} {row.at}", told[:1] if isinstance(told, list) else told)

    def plain(self, tenant: str) -> dict[str, Any]:
        """All of them, without what is another one each time."""
        return plain(dict(sorted(self.answers.items())), tenant)


def order(number: str, **more: Any) -> dict[str, Any]:
    """Goods of two vendors for 60 and 36, a fee of 1 for the payment, shipping for 10."""
    alpha, beta = {"id": "v-alpha", "name": "Alpha"}, {"id": "v-beta", "name": "Beta"}
    figures = {
        "price": cost(80, 96, 16),
        "discountedPrice": cost(80, 96, 16),
        "totalFee": cost(0.83, 1, 0.17),
        "totalShipping": cost(8.33, 10, 1.67),
        "finalPrice": cost(89.16, 107, 17.84),
    }
    return {
        "currency": "EUR",
        "customer": {"email": "ada@example.com"},
        "mixins": {"generalAttributes": {"orderNumber": number}},
        "metadata": {"mixins": {"generalAttributes": "https://shop.example.com/general.json"}},
        "entries": [entry("a", alpha, 50, 60, 10, amount=2), entry("b", beta, 30, 36, 6)],
        "calculatedPrice": figures,
        **more,
    }


def answered(tenant: Tenant, noted: Noted, example: Callable[[str, str], Any]) -> None:
    """Ask for all that a tenant may be answered. `example` has the body of a method and a path."""
    noted.by(tenant.api.http)
    orders = "order-v2/{tenant}/salesorders"
    one = f"salesorders/{tenant.send('POST', 'salesorders', example('POST', orders)).json()['id']}"
    tenant.get(one)
    tenant.get("salesorders")
    tenant.get(f"{one}/transitions")
    tenant.send("POST", f"{one}/transitions", {"status": "CONFIRMED"})
    tenant.get(f"{one}/historical-transitions")
    tenant.send("POST", "salesorders/search", {"q": "status:CONFIRMED"})
    tenant.send("POST", "salesorders", order("2030-1002"))
    tenant.send("POST", "salesorders/2030-1002/entries", {"entries": [{"entryId": "entry-a", "quantity": 1}]})
    delivered = {"entries": [{"entryId": "entry-a", "deliveredAmount": 1}]}
    tenant.send("POST", "salesorders/2030-1002/calculations", delivered)
    tenant.send("POST", "salesorders", order("2030-1003"))
    tenant.send("POST", "salesorders/2030-1003/split", {"splitBy": "VENDOR_ID"})
    _at_the_front(tenant, noted)


def _at_the_front(tenant: Tenant, noted: Noted) -> None:
    key, front = tenant.key, Front(tenant.server, tenant.key, SCOPES)
    noted.by(front.http)
    visitor = front.anonymous().json()
    query = {"tenant": key, "client_id": front.id, "refresh_token": visitor["refresh_token"]}
    front.http.get("/customerlogin/auth/anonymous/refresh", params=query)
    ada = front.signed_up(customerDetails={"firstName": "Ada", "lastName": "Lovelace"})
    tenant.shop.create("associate-roles", {"key": "manager", "permissions": ["ViewOthersOrders"]})
    roles = [{"associateRole": by_key("associate-role", "manager")}]
    members = [{"customer": {"typeId": "customer", "id": ada}, "associateRoleAssignments": roles}]
    draft = {"key": "acme", "name": "Acme", "unitType": "Company", "associates": members}
    entity = tenant.shop.create("business-units", draft)["key"]
    tenant.shop.create("stores", {"key": "main", "name": {"en": "Main"}, "countries": [{"code": "DE"}], "languages": ["en"]})
    session = front.session()
    hers = order("2030-1004", customer={"id": ada, "email": "ada@example.com"}, legalEntityId=entity)
    tenant.send("POST", "salesorders", hers)
    token = refreshed(front, session["refresh_token"], visitor["access_token"], legalEntityId=entity).json()["access_token"]
    for path in (
        *(f"order-v2/{key}/orders{more}" for more in ("", "/2030-1004", "/2030-1004/transitions")),
        *(f"order-v2/{key}/legal-entity-orders/{entity}{more}" for more in ("", "/2030-1004")),
        *(f"customer/{key}/{word}" for word in ("validateauthtoken", "me")),
        f"iam/{key}/users/me/scopes",
        *(f"customer-management/{key}/legal-entities{more}" for more in ("", f"/{entity}")),
        *(f"currency/{key}/currencies", f"session-context/{key}/me/context"),
        *(f"site/{key}/sites{more}" for more in ("", "/main")),
    ):
        front.get(path, token)
    service = front.form().json()["access_token"]
    setting = {"key": "restrictions", "value": ["DE"]}
    at = f"/configuration/{key}/configurations"
    front.http.post(at, json=[setting], headers=with_token(service))
    front.http.put(f"{at}/restrictions", json={**setting, "version": 1}, headers=with_token(service))
    front.get(at[1:], service)
    front.get(f"{at[1:]}/restrictions", service)
