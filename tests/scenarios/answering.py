"""What a shop is answered that sends what the API page shows: the example answers of that page, written down as they came."""

from __future__ import annotations

import functools
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from quoting import at

from live import Client, Server
from own_document import document, templates
from relaying import Receiver, http

ID = "6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f{:04x}"
"""The ids in what is written down, by the order in which they came."""
MOMENT = "2030-05-03T08:00:00.000Z"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOW = re.compile(r"20(?:2\d|30)-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z")
_HERE = re.compile(r"http://127\.0\.0\.1:\d+[^\"]*")
# Members whose values nobody is to take for any that work.
_SECRETS = (
    *("id", "secret", "value", "clientId", "client_id", "sessionId", "session_id"),
    *("access_token", "refresh_token", "saas_token", "accessToken", "refreshToken", "saasToken"),
)
_SECRET = re.compile(rf'"({"|".join(_SECRETS)})":"(?!\w{{8}}-\w{{4}}-\w{{4}}-\w{{4}}-)[A-Za-z0-9_.-]{{20,}}"')


class Noted:
    """The first answer of each schema that the document has a name for."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}

    def by(self, client: Client) -> Client:
        """A client whose answers are noted."""
        send: Callable[..., httpx.Response] = functools.partial(Client.send, client)

        def noting(method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
            answer = send(method, path, body, **options)
            if answer.is_success and method != "HEAD":
                self.note(method, f"/{client.project}/{path}".rstrip("/").split("?")[0], answer)
            return answer

        client.send = noting  # type: ignore[method-assign]  # of this client alone
        return client

    def note(self, method: str, path: str, answer: httpx.Response) -> None:
        """Keep an answer, if it is the first of its schema."""
        template = templates().of(path)
        operation = document()["paths"][template][method.lower()]
        told = operation["responses"][str(answer.status_code)]
        schema = (
            told["$ref"] if "$ref" in told else told.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref")
        )
        if schema is not None:
            self.answers.setdefault(schema.rpartition("/")[2], answer.json())

    def plain(self, project: str) -> dict[str, Any]:
        """All of them, without pages of what is noted by itself, and without what is another one each time."""
        kept = {name: answer for name, answer in sorted(self.answers.items()) if not _is_page_of(name, self.answers)}
        return plain(kept, project)


def plain(answers: Mapping[str, Any], project: str) -> dict[str, Any]:
    """Answers without what is another one each time: keys of projects, ids, moments, tokens and addresses of this machine."""
    text = json.dumps(answers, ensure_ascii=False, separators=(",", ":")).replace(project, "demo")
    ids: dict[str, str] = {}
    text = _UUID.sub(lambda found: ids.setdefault(found[0], ID.format(len(ids) + 1)), text)
    text = _HERE.sub("https://shop.example.com/hook", _NOW.sub(MOMENT, text))
    made: dict[str, Any] = json.loads(_SECRET.sub(r'"\1":"example-of-\1"', text))
    return made


def _is_page_of(name: str, answers: Mapping[str, Any]) -> bool:
    return name.removesuffix("PagedQueryResponse") in answers and name.endswith("PagedQueryResponse")


def answered(server: Server, shop: Client, made: dict[str, Any], noted: Noted, receiver: Receiver, example: Any) -> None:
    """Ask for all that a shop may be answered in which everything is `made`. `example` has the one body of a path."""
    one = {kind: document["id"] for kind, document in made.items()}
    # A queue writes the discount that was made last into the prices of the product.
    _wait(lambda: "discounted" in json.dumps(_seen(shop, f"products/{one['product']}")))
    for path in ("", "customers/{customer}", "orders/{order}/explain", "product-projections/{product}"):
        shop.get(path.format(**one))
    shop.get(f"products/{one['product']}/product-selections")
    attributes = {"filter[attributes]": "color"}
    shop.get(f"product-projections/{one['product']}/variant-attributes", params=attributes)
    cart = shop.create("carts", {**example("carts"), "customerId": one["customer"]})
    shop.get(f"carts/{cart['id']}/explain")
    shop.create("orders/edits", {"resource": {"typeId": "order", "id": one["order"]}, "stagedActions": []})
    shop.send("POST", "customers/password-token", {"email": made["customer"]["email"]})
    _searched(shop, example)
    _in_company(shop, one)
    _offered(shop, cart)
    ada = noted.by(shop.signed_in(made["customer"]["email"], "correct horse battery"))
    ada.create("me/payments", {"amountPlanned": {"currencyCode": "EUR", "centAmount": 1999}})
    _told(shop, receiver)
    shop.create("extensions", example("extensions"))
    keys = noted.by(server.client(shop.project, f"manage_api_clients:{shop.project}"))
    client = keys.create("api-clients", {"name": "Shop", "scope": f"view_orders:{shop.project}"})
    keys.get(f"api-clients/{client['id']}")
    proof = (shop.client_id, shop.client_secret)
    for path, form in (("token", {"grant_type": "client_credentials"}), ("introspect", {"token": shop.token})):
        noted.note("POST", f"/oauth/{path}", shop.http.post(f"/oauth/{path}", data=form, auth=proof))


def _searched(shop: Client, example: Any) -> None:
    switched = [
        {"action": "changeOrderSearchStatus", "status": "Activated"},
        {"action": "changeCustomerSearchStatus", "status": "Activated"},
        {"action": "changeBusinessUnitSearchStatus", "status": "Activated"},
    ]
    shop.update("", shop.get("")["version"], *switched)
    for path in ("orders", "customers"):
        assert shop.send("POST", f"{path}/search", example(f"{path}/search")).status_code == 200
    (unit,) = shop.get("business-units", params={"limit": 1})["results"]
    named = {"query": {"exact": {"field": "key", "value": unit["key"]}}}
    assert len(shop.send("POST", "business-units/search", named).json()["results"]) == 1
    for path in ("customers", "business-units"):
        shop.get(f"{path}/search/indexing-status")


def _in_company(shop: Client, one: Mapping[str, str]) -> None:
    unit = shop.get(f"business-units/{one['business-unit']}")
    assignment = {"associateRole": {"typeId": "associate-role", "id": one["associate-role"]}}
    associate = {"customer": {"typeId": "customer", "id": one["customer"]}, "associateRoleAssignments": [assignment]}
    shop.update(f"business-units/{unit['id']}", unit["version"], {"action": "addAssociate", "associate": associate})
    shop.get(f"business-units/{unit['id']}/associates/{one['customer']}")


def _offered(shop: Client, cart: dict[str, Any]) -> None:
    asked = shop.create("quote-requests", at(cart, "cart", "cart"))
    staged = shop.create("staged-quotes", at(asked, "quote-request", "quoteRequest"))
    shop.create("quotes", at(staged, "staged-quote", "stagedQuote"))


def _told(shop: Client, receiver: Receiver) -> None:
    messages = [{"resourceTypeId": "order"}]
    subscription = shop.create("subscriptions", {"key": "orders", "destination": http(receiver), "messages": messages})
    (message,) = shop.get("messages", params={"where": 'type = "OrderCreated"', "limit": 1})["results"]
    shop.get(f"messages/{message['id']}")
    deliveries = f"subscriptions/{subscription['id']}/deliveries"
    assert shop.send("POST", f"{deliveries}/replay", {"messageIds": [message["id"]]}).status_code == 200
    _wait(lambda: not _seen(shop, deliveries)["waiting"])
    shop.get(deliveries)
    shop.get(f"{deliveries}/gaps")


def _seen(shop: Client, path: str) -> Any:
    """A document that is not noted."""
    return Client.send(shop, "GET", path).json()


def _wait(met: Callable[[], bool]) -> None:
    until = time.monotonic() + 15
    while not met():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def shape(value: Any) -> Any:
    """What an answer has, without what it says."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return [shape(member) for member in value] if isinstance(value, list) else type(value).__name__
