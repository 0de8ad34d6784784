"""What is referred to and what is deleted, at the same moment: either the reference is refused or the deletion, never neither."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from burning import Client, a_server, a_shop, crowd, together

from shop_setup import by_key, eur, product

ROUNDS = 20


server = a_server(workers=2)
shop = a_shop("referred")


@dataclass(frozen=True)
class Pair:
    """What goes, and what begins to refer to it: paths, drafts and an update, in which `#` stands for the key of what goes."""

    path: str
    draft: dict[str, Any]
    by: str
    body: dict[str, Any]
    type_id: str
    by_type: str


def named(text: Any, key: str) -> Any:
    """A copy with the key in the place of each `#`."""
    if isinstance(text, dict):
        return {name: named(value, key) for name, value in text.items()}
    if isinstance(text, list):
        return [named(value, key) for value in text]
    return text.replace("#", key) if isinstance(text, str) else text


MUG = {**product("mug-#", 500), "slug": {"en": "slug-#"}}
CUSTOM = {"custom": {"type": by_key("type", "#"), "fields": {}}}
PAIRS = {
    "tax category and product": Pair(
        "tax-categories", {"name": "#", "key": "#", "rates": []},
        "products", {**MUG, "taxCategory": by_key("tax-category", "#")}, "tax-category", "product",
    ),
    "product type and product": Pair(
        "product-types", {"name": "#", "key": "#", "description": ""},
        "products", {**MUG, "productType": by_key("product-type", "#")}, "product-type", "product",
    ),
    "customer group and cart": Pair(
        "customer-groups", {"groupName": "#", "key": "#"},
        "carts", {"currency": "EUR", "customerGroup": by_key("customer-group", "#")}, "customer-group", "cart",
    ),
    "store and cart that names it": Pair(
        "stores", {"name": {"en": "#"}, "key": "#"},
        "carts", {"currency": "EUR", "store": by_key("store", "#")}, "store", "cart",
    ),
    "store and cart of its door": Pair(
        "stores", {"name": {"en": "#"}, "key": "#"}, "in-store/key=#/carts", {"currency": "EUR"}, "store", "cart",
    ),
    "store and customer of its door": Pair(
        "stores", {"name": {"en": "#"}, "key": "#"},
        "in-store/key=#/customers", {"email": "#@example.com", "authenticationMode": "ExternalAuth"}, "store", "customer",
    ),
    "store and category of its door": Pair(
        "stores", {"name": {"en": "#"}, "key": "#"},
        "in-store/key=#/categories", {"name": {"en": "#"}, "slug": {"en": "slug-#"}}, "store", "category",
    ),
    "type and cart": Pair(
        "types", {"name": {"en": "#"}, "key": "#", "resourceTypeIds": ["order"]}, "carts", {"currency": "EUR", **CUSTOM},
        "type", "cart",
    ),
    "business unit and division": Pair(
        "business-units", {"name": "#", "key": "#", "unitType": "Company"},
        "business-units", {"name": "#", "key": "d-#", "unitType": "Division", "parentUnit": by_key("business-unit", "#")},
        "business-unit", "business-unit",
    ),
    "business unit and cart": Pair(
        "business-units", {"name": "#", "key": "#", "unitType": "Company"},
        "carts", {"currency": "EUR", "businessUnit": by_key("business-unit", "#")}, "business-unit", "cart",
    ),
    "store and business unit of its door": Pair(
        "stores", {"name": {"en": "#"}, "key": "#"},
        "in-store/key=#/business-units", {"name": "#", "key": "u-#", "unitType": "Company"}, "store", "business-unit",
    ),
    "channel and price": Pair(
        "channels", {"key": "#"},
        "products", {**MUG, "masterVariant": {"prices": [{"value": eur(1), "channel": by_key("channel", "#")}]}},
        "channel", "product",
    ),
}  # fmt: skip


def at_once(client: Client, gone: str, path: str, body: Any, late: float) -> tuple[httpx.Response, httpx.Response]:
    """A deletion and what refers to what it deletes, each on a connection of its own; a `late` below 0 is the other's."""

    async def after(seconds: float, asked: Any) -> httpx.Response:
        await asyncio.sleep(max(seconds, 0))
        answer: httpx.Response = await asked
        return answer

    async def run() -> tuple[httpx.Response, httpx.Response]:
        async with crowd(client, 2) as http:
            await together(http.get("/carts?limit=0"), http.get("/carts?limit=0"))  # both are connected now
            deletion, reference = await together(after(late, http.delete(gone)), after(-late, http.post(path, json=body)))
            return deletion, reference

    return asyncio.run(run())


def hold(client: Client, pair: Pair, document: dict[str, Any], deletion: httpx.Response, reference: httpx.Response) -> bool:
    """Exactly one of both has happened, and the other was told why not; whether it was the reference."""
    path = f"{pair.path}/{document['id']}"
    # A door whose store has gone before the request came leads nowhere.
    refused = {(200, 400), (200, 404)} if pair.by.startswith("in-store/") else {(200, 400)}
    both = (deletion.status_code, reference.status_code)
    assert both in {(400, 201), *refused}, (deletion.text, reference.text)
    if reference.status_code == 201:
        error = deletion.json()["errors"][0]
        assert (error["code"], error["referencedBy"]) == ("ReferenceExists", pair.by_type)
        assert client.get(path) == document  # as it was: the deletion took nothing with it
        error = client.refused(400, "DELETE", path, params={"version": 1})
        assert error["code"] == "ReferenceExists"
        return True
    error = reference.json()["errors"][0]
    if reference.status_code == 404:
        assert error == {"code": "ResourceNotFound", "message": f"The Resource with key '{document['key']}' was not found."}
        assert client.send("GET", path).status_code == 404
        return False
    assert (error["code"], error["typeId"], error.get("key")) == ("ReferencedResourceNotFound", pair.type_id, document["key"])
    assert client.send("GET", path).status_code == 404
    return False


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_of_a_deletion_and_a_new_reference_one_happens(shop: Client, pair: Pair) -> None:
    won = []
    for number in range(ROUNDS):
        key = f"k-{number}"
        document = shop.create(pair.path, named(pair.draft, key))
        # Most come close to each other, the first and the last do not.
        late = ((2 * number + 1 - ROUNDS) / ROUNDS) ** 3 * 0.1
        gone = f"/{pair.path}/{document['id']}?version=1"
        answers = at_once(shop, gone, f"/{named(pair.by, key)}", named(pair.body, key), late)
        won.append(hold(shop, pair, document, *answers))
    assert set(won) == {True, False}


def test_many_references_and_several_deletions_leave_none_that_dangles(shop: Client) -> None:
    """Creations and updates name two documents each, while both are deleted: nobody waits in a circle, or is left behind."""
    for number in range(5):
        key = f"k-{number}"
        tax = shop.create("tax-categories", {"name": key, "key": key, "rates": []})
        state = shop.create("states", {"key": key, "type": "ProductState", "initial": True})
        both = {"taxCategory": by_key("tax-category", key), "state": by_key("state", key)}
        made = [shop.create("products", {**named(MUG, f"{key}-{each}"), "key": f"{key}-{each}"}) for each in range(10)]
        actions = [
            {"action": "setTaxCategory", "taxCategory": {"key": key}},
            {"action": "transitionState", "state": {"key": key}},
        ]
        bodies = {f"products/{product['id']}": {"version": product["version"], "actions": actions} for product in made}
        answers = asyncio.run(against(shop, [f"tax-categories/{tax['id']}", f"states/{state['id']}"], bodies, key, both))
        assert {answer.status_code for answer in answers} <= {200, 201, 400}, [answer.text for answer in answers]
        assert {answer.json()["errors"][0]["code"] for answer in answers if answer.status_code == 400} <= {
            "ReferenceExists",
            "ReferencedResourceNotFound",
        }
        for member, path in (("taxCategory", f"tax-categories/{tax['id']}"), ("state", f"states/{state['id']}")):
            document = tax if member == "taxCategory" else state
            users = shop.get("products", params={"where": f'{member}(id="{document["id"]}")', "limit": 0})["total"]
            assert shop.send("GET", path).status_code == (200 if users else 404)


async def against(client: Client, gone: list[str], updates: dict[str, Any], key: str, members: Any) -> list[httpx.Response]:
    """Deletions in the middle of updates and as many creations, all on connections of their own."""
    drafts = [{**named(MUG, f"{key}-new-{each}"), "key": f"{key}-new-{each}", **members} for each in range(len(updates))]
    async with crowd(client, 2 * len(updates) + len(gone)) as http:
        await together(*(http.get("/carts?limit=0") for _ in range(2 * len(updates) + len(gone))))
        written = [http.post(f"/{path}", json=body) for path, body in updates.items()]
        written += [http.post("/products", json=draft) for draft in drafts]
        deleted = [http.delete(f"/{path}?version=1") for path in gone]
        return await together(*written[: len(updates) // 4], *deleted, *written[len(updates) // 4 :])
