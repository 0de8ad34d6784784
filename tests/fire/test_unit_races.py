"""Business units that many change at once: no circle, no sixth level, and what is inherited is what the parents have."""

from __future__ import annotations

from collections import Counter
from typing import Any

from burning import Client, Server, a_server, a_shop, at_once

from shop_setup import by_key

ROUNDS = 12
server = a_server(workers=2)
shop = a_shop("units")


def unit(key: str, parent: str | None = None) -> dict[str, Any]:
    place = {"unitType": "Division", "parentUnit": by_key("business-unit", parent)} if parent else {"unitType": "Company"}
    return {"key": key, "name": key, **place}


def below(client: Client, key: str, parent: str) -> tuple[str, dict[str, Any]]:
    """The request that moves a unit below another, at its present version."""
    version = client.get(f"business-units/key={key}")["version"]
    action = {"action": "changeParentUnit", "parentUnit": by_key("business-unit", parent)}
    return f"/business-units/key={key}", {"version": version, "actions": [action]}


def held(client: Client) -> None:
    """Every unit has a way up of at most five steps, and shows what its parent hands down."""
    found = client.get("business-units", params={"limit": 500})["results"]
    units = {each["key"]: each for each in found}
    for each in found:
        way = [each]
        while "parentUnit" in way[-1]:
            way.append(units[way[-1]["parentUnit"]["key"]])
            assert len(way) <= 5, [one["key"] for one in way]
        assert each["topLevelUnit"]["key"] == way[-1]["key"]
        if len(way) > 1:
            parent = way[1]
            assert each["inheritedStores"] == parent.get("stores", parent.get("inheritedStores"))


def test_two_that_move_below_each_other(shop: Client, server: Server) -> None:
    shop.create("business-units", unit("top"))
    for number in range(ROUNDS):
        one, two, three, four = (f"{name}-{number}" for name in ("one", "two", "three", "four"))
        for key, parent in ((one, "top"), (two, "top"), (three, one), (four, two)):
            shop.create("business-units", unit(key, parent))
        # Neither is below the other yet: each goes below what is below the other.
        answers = at_once(shop, below(shop, one, four), below(shop, two, three))
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses[200] == 1, [answer.text for answer in answers]
        assert set(statuses) <= {200, 400, 409, 503}
        held(shop)
    assert server.command("check") == "Every row agrees with its document.\n"


def test_children_that_come_while_their_parent_changes(shop: Client) -> None:
    shop.create("stores", {"key": "berlin"})
    shop.create("stores", {"key": "paris"})
    for number in range(ROUNDS):
        key = f"c-{number}"
        made = shop.create("business-units", unit(key))
        change = {"version": made["version"], "actions": [{"action": "addStore", "store": by_key("store", "berlin")}]}
        children = [("/business-units", unit(f"{key}-{child}", key)) for child in range(4)]
        answers = at_once(shop, (f"/business-units/key={key}", change), *children)
        statuses = Counter(answer.status_code for answer in answers)
        assert set(statuses) <= {200, 201, 503}, [answer.text for answer in answers]
        assert statuses[200] + statuses[201] >= 1
        held(shop)


def test_a_sixth_level_that_two_would_make_together(shop: Client) -> None:
    for number in range(ROUNDS):
        names = [f"d{level}-{number}" for level in range(1, 4)]
        shop.create("business-units", unit(names[0]))
        shop.create("business-units", unit(names[1], names[0]))
        shop.create("business-units", unit(names[2], names[1]))
        other = [f"e{level}-{number}" for level in range(1, 4)]
        shop.create("business-units", unit(other[0]))
        shop.create("business-units", unit(other[1], other[0]))
        shop.create("business-units", unit(other[2], other[1]))
        # d2 with d3 below e3 fills five levels; one more below d3 would be a sixth there, and is the fourth here.
        answers = at_once(shop, below(shop, names[1], other[2]), ("/business-units", unit(f"d4-{number}", names[2])))
        assert {answer.status_code for answer in answers} <= {200, 201, 400, 503}, [answer.text for answer in answers]
        held(shop)
