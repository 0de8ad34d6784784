"""A tenant of the second dialect, and those who ask there."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx

from emporix.operations import operation_of, wrong
from emporix.schema import EXAMPLES, problems
from live import RECORDER, Client, Server
from orderwright.resources import RESOURCES
from orderwright.storage.documents.check import check
from recording import WORKER
from shop_setup import eur

_numbers = count(1)
ALL = " ".join(f"order.order_{right}" for right in ("read", "create", "update", "delete"))
EON1200: dict[str, Any] = {name: value for name, value in EXAMPLES["EON1200"].items() if name != "checkout"}


class Tenant:
    """A project with a client of each dialect: `api` speaks the second one, `shop` the first one."""

    def __init__(self, server: Server) -> None:
        self.key = f"t{WORKER}n{next(_numbers)}"
        self.server = server
        server.project(self.key)
        self.shop = server.client(self.key)
        self.api = self.client(ALL)
        self.succeeded: set[tuple[str, str]] = set()
        # Of orders that came against the schema nothing else can be shown.
        self.held = True

    def client(self, scope: str) -> Client:
        """A client with these scopes."""
        return self.server.client(self.key, scope)

    def send(self, method: str, path: str, body: Any = None, *, who: Client | None = None, **options: Any) -> httpx.Response:
        """Send a request to the Order Service, write it down, and hold the answer against the published schema; `who` is the
        tenant's client if nobody is named."""
        asking = who or self.api
        if body is not None:
            options["json"] = body
        headers = {"Authorization": f"Bearer {asking.token}", **options.pop("headers", {})}
        answer = asking.http.request(method, f"/order-v2/{self.key}/{path}", headers=headers, **options)
        below, _, query = path.partition("?")
        RECORDER.write(method, f"/order-v2/{self.key}/{below}", answer.status_code, [])
        if answer.is_success and (operation := operation_of(method, below)) is not None:
            self.succeeded.add(operation)
        told = None if method == "HEAD" or not answer.content else answer.json()
        fields = "fields" in query or "fields" in options.get("params", {})
        assert not self.held or wrong(method, below, answer.status_code, told, fields) == []
        return answer

    def get(self, path: str, who: Client | None = None, **parameters: Any) -> Any:
        """The JSON of a 200."""
        answer = self.send("GET", path, who=who, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, path: str = "salesorders", who: Client | None = None, **parameters: Any) -> list[str]:
        """The ids of the orders of a page, in their order."""
        return [order["id"] for order in self.get(path, who, **parameters)]

    def order(self, number: str, **more: Any) -> str:
        """An order of 42 EUR made in this dialect, with this number."""
        body = {
            "entries": [{"amount": 2, "product": {"sku": "x", "name": "X"}, "unitPrice": 21, "price": {"currency": "EUR"}}],
            "mixins": {"generalAttributes": {"orderNumber": number}},
            "metadata": {"mixins": {"generalAttributes": "https://example.com/general.json"}},
            **more,
        }
        answer = self.send("POST", "salesorders", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def imported(self, number: str, **more: Any) -> Any:
        """An order of 42 EUR made in the first dialect."""
        item = {"name": {"en": "X"}, "slug": "some-x", "quantity": 2, "money": eur(2100)}
        return self.shop.create(
            "orders/import", {"orderNumber": number, "totalPrice": eur(4200), "customLineItems": [item], **more}
        )

    def customer(self, email: str) -> Client:
        """A customer who has signed in; `token` is hers."""
        self.shop.create("customers", {"email": email, "password": "her secret"})
        return self.shop.signed_in(email, "her secret")

    def disagreeing(self) -> list[str]:
        """The rows that do not agree with their documents: claims, Messages, queried copies."""
        types = {resource.type_id: resource for resource in RESOURCES}
        return self.server._beside(lambda database: check(database, types, [self.key]))

    def history(self, number: str) -> list[str]:
        """The statuses an order came to."""
        answer = self.get(f"salesorders/{number}/historical-transitions")
        assert problems("historicalTransitionsResponse", answer) == []
        return [each["status"] for each in answer["transitions"]]


def refused(answer: httpx.Response, status: int) -> Any:
    """The body of a refusal, whose form is that of Emporix' services."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    types = {400: "validation_violation", 403: "insufficient_permissions", 404: "element_resource_non_existing"}
    assert (body["status"], body["type"]) == (status, types.get(status, "conflict_resource"))
    return body


def cost(net: float, gross: float, tax: float) -> dict[str, float]:
    """Figures."""
    return {"netValue": net, "grossValue": gross, "taxValue": tax}


def entry(
    id: str, vendor: dict[str, str] | None, *figures: float, fee: tuple[float, ...] = (0, 0, 0), amount: int = 1
) -> dict[str, Any]:
    """An entry that costs these figures and a fee."""
    final = [figure + more for figure, more in zip(figures, fee, strict=True)]
    product = {"id": id, "sku": id, "name": id, **({"vendor": vendor} if vendor else {})}
    return {
        "id": f"entry-{id}",
        "amount": amount,
        "product": product,
        "price": {"currency": "EUR", "originalAmount": figures[1] / amount},
        "unitPrice": figures[1] / amount,
        "calculatedPrice": {
            "price": cost(*figures),
            "discountedPrice": cost(*figures),
            "totalFee": cost(*fee),
            "finalPrice": cost(*final),
        },
    }
