"""Product types that change under their products: names, keys, labels and removals reach every product soon after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from live import Client
from orderwright.app import verbs_over
from orderwright.resources import RENEWALS
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.verbs.renewals import SETTLED_MS, Renewals

SIZES = [{"key": "s", "label": "Small"}, {"key": "l", "label": "Large"}]


def definition(name: str, type: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, "label": {"en": name}, "isRequired": False, **more}


@pytest.fixture
def shirts(shop: Client) -> Client:
    """A shop with shirts of two sizes; the sizes they come in are a set of the same enum."""
    enum = {"name": "enum", "values": SIZES}
    attributes = [
        definition("size", enum, attributeConstraint="CombinationUnique"),
        definition("range", {"name": "set", "elementType": enum}),
        definition("brand", {"name": "text"}, level="Product"),
    ]
    shop.create("product-types", {"key": "shirt", "name": "shirt", "description": "shirts", "attributes": attributes})
    for number in range(3):
        draft = {
            "key": f"shirt-{number}",
            "productType": {"typeId": "product-type", "key": "shirt"},
            "name": {"en": "Shirt"},
            "slug": {"en": f"shirt-{number}"},
            "attributes": [{"name": "brand", "value": "Fine"}],
            "masterVariant": {"attributes": [{"name": "size", "value": "s"}, {"name": "range", "value": ["s", "l"]}]},
            "variants": [{"attributes": [{"name": "size", "value": "l"}]}],
        }
        shop.create("products", draft)
    return shop


def act(shop: Client, *actions: dict[str, Any]) -> Any:
    path = "product-types/key=shirt"
    return shop.update(path, shop.get(path)["version"], *actions)


def refused(shop: Client, action: dict[str, Any]) -> str:
    body = {"version": shop.get("product-types/key=shirt")["version"], "actions": [action]}
    return str(shop.refused(400, "POST", "product-types/key=shirt", body)["code"])


def attributes(product: Any, variant: str = "masterVariant") -> dict[str, Any]:
    data = product["masterData"]["current"]
    held = data["variants"][0] if variant == "variants" else data[variant]
    return {each["name"]: each["value"] for each in held["attributes"]}


def wait(shop: Client, met: Callable[[Any], bool]) -> list[Any]:
    """All products, as soon as each meets the condition."""
    deadline = time.monotonic() + 30
    found: list[Any] = shop.get("products")["results"]
    while not all(met(each) for each in found):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
        found = shop.get("products")["results"]
    return found


def test_products_follow_their_type(shirts: Client) -> None:
    act(
        shirts,
        {"action": "changeAttributeName", "attributeName": "size", "newAttributeName": "fit"},
        {"action": "changeAttributeName", "attributeName": "brand", "newAttributeName": "maker"},
        {"action": "changeEnumKey", "attributeName": "fit", "key": "s", "newKey": "xs"},
        {"action": "changeEnumKey", "attributeName": "range", "key": "l", "newKey": "xl"},
        {"action": "changePlainEnumValueLabel", "attributeName": "fit", "newValue": {"key": "xs", "label": "Tiny"}},
    )
    for product in wait(shirts, lambda each: "fit" in attributes(each)):
        assert attributes(product)["fit"] == {"key": "xs", "label": "Tiny"}
        assert attributes(product)["range"] == [{"key": "s", "label": "Small"}, {"key": "xl", "label": "Large"}]
        assert attributes(product, "variants") == {"fit": {"key": "l", "label": "Large"}}
        assert product["masterData"]["current"]["attributes"] == [{"name": "maker", "value": "Fine"}]
        assert product["masterData"]["hasStagedChanges"] is False
    act(shirts, {"action": "removeEnumValues", "attributeName": "range", "keys": ["s"]})
    wait(shirts, lambda each: attributes(each)["range"] == [{"key": "xl", "label": "Large"}])
    act(shirts, {"action": "removeAttributeDefinition", "name": "maker"})
    wait(shirts, lambda each: each["masterData"]["current"]["attributes"] == [])


def test_the_order_of_attributes_in_its_older_form(shirts: Client) -> None:
    before = shirts.get("product-types/key=shirt")["attributes"]
    after = act(shirts, {"action": "changeAttributeOrder", "attributes": before[::-1]})
    assert [each["name"] for each in after["attributes"]] == ["brand", "range", "size"]
    assert refused(shirts, {"action": "changeAttributeOrder", "attributes": before[1:]}) == "InvalidField"


def test_old_names_are_free_once_all_is_settled(shirts: Client, settings: Settings) -> None:
    rename = {"action": "changeAttributeName", "attributeName": "brand", "newAttributeName": "maker"}
    rekey = {"action": "changeEnumKey", "attributeName": "size", "key": "s", "newKey": "xs"}
    act(shirts, rename, rekey)
    again = {"action": "addAttributeDefinition", "attribute": definition("brand", {"name": "number"})}
    once_more = {"action": "addPlainEnumValue", "attributeName": "size", "value": SIZES[0]}
    assert (refused(shirts, again), refused(shirts, once_more)) == ("InvalidOperation", "InvalidOperation")
    wait(shirts, lambda each: attributes(each)["size"]["key"] == "xs")

    async def settle() -> list[Any]:
        database = await Database.connect(str(settings.database_url), settings)
        try:
            renewals = Renewals(verbs_over(database), RENEWALS, lambda: time.time_ns() // 1_000_000 + SETTLED_MS)
            await renewals.once()
            statement = "SELECT kind FROM renewal WHERE shard = $1"
            return await database.fetch(statement, shirts.project)
        finally:
            await database.close()

    assert asyncio.run(settle()) == []
    after = act(shirts, again, once_more)
    assert [each["name"] for each in after["attributes"]] == ["size", "range", "maker", "brand"]
    assert all("formerNames" not in each and "formerKeys" not in each for each in after["attributes"])
    assert attributes(shirts.get("products/key=shirt-0"))["size"] == {"key": "xs", "label": "Small"}


def test_a_product_written_before_it_is_renewed_loses_nothing(shirts: Client, database_url: str) -> None:
    act(shirts, {"action": "changeAttributeName", "attributeName": "brand", "newAttributeName": "maker"})
    wait(shirts, lambda each: each["masterData"]["current"]["attributes"][0]["name"] == "maker")
    act(shirts, {"action": "changeAttributeName", "attributeName": "maker", "newAttributeName": "house"})
    # As if the loop had not yet come to this one.
    shirts.update("products/key=shirt-1", shirts.get("products/key=shirt-1")["version"], {"action": "publish"})
    product = shirts.get("products/key=shirt-1")
    assert product["masterData"]["current"]["attributes"] == [{"name": "house", "value": "Fine"}]


def test_what_is_refused(shirts: Client) -> None:
    shirts.create(
        "product-types",
        {"key": "sock", "name": "sock", "description": "socks", "attributes": [definition("yarn", {"name": "number"})]},
    )
    for code, name, new in (
        ("AttributeDefinitionAlreadyExists", "size", "brand"),
        ("AttributeDefinitionTypeConflict", "brand", "yarn"),
        ("AttributeNameDoesNotExist", "none", "other"),
        ("InvalidJsonInput", "size", "a b"),
    ):
        assert refused(shirts, {"action": "changeAttributeName", "attributeName": name, "newAttributeName": new}) == code
    for code, name, key, new in (
        ("EnumKeyDoesNotExist", "size", "m", "xs"),
        ("EnumKeyAlreadyExists", "size", "s", "l"),
        ("InvalidOperation", "brand", "s", "xs"),
    ):
        assert refused(shirts, {"action": "changeEnumKey", "attributeName": name, "key": key, "newKey": new}) == code
    before = shirts.get("product-types/key=shirt")
    same = {"action": "changeAttributeName", "attributeName": "size", "newAttributeName": "size"}
    assert act(shirts, same, {"action": "changeEnumKey", "attributeName": "size", "key": "s", "newKey": "s"}) == before


def test_the_queue_is_empty_of_what_is_no_more(shirts: Client, settings: Settings, database_url: str) -> None:
    for number in range(3):
        shirts.delete(f"products/key=shirt-{number}", shirts.get(f"products/key=shirt-{number}")["version"])
    act(shirts, {"action": "removeAttributeDefinition", "name": "brand"})
    shirts.delete("product-types/key=shirt", shirts.get("product-types/key=shirt")["version"])

    async def settle() -> int:
        database = await Database.connect(str(settings.database_url), settings)
        connection = await asyncpg.connect(database_url)
        try:
            await Renewals(verbs_over(database), RENEWALS, lambda: time.time_ns() // 1_000_000 + SETTLED_MS).once()
            return int(await connection.fetchval("SELECT count(*) FROM renewal WHERE shard = $1", shirts.project))
        finally:
            await connection.close()
            await database.close()

    assert asyncio.run(settle()) == 0
