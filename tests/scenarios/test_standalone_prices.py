"""Standalone prices over HTTP: every operation and action, scopes held apart, also by those who race."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from live import Client
from shop_setup import by_key, eur, usd

JANUARY, FEBRUARY, MARCH, APRIL = (f"2030-0{month}-01T00:00:00.000Z" for month in (1, 2, 3, 4))


def cents(amount: int) -> dict[str, Any]:
    """Euros as they are answered."""
    return {"type": "centPrecision", "currencyCode": "EUR", "centAmount": amount, "fractionDigits": 2}


def told(shop: Client) -> list[dict[str, Any]]:
    """The Messages, oldest first."""
    found: list[dict[str, Any]] = shop.get("messages", params={"sort": "createdAt asc", "limit": 500})["results"]
    return found


def draft(sku: str = "mug", cents: int = 1000, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "value": eur(cents), **more}


def test_a_price_lives_and_dies(shop: Client) -> None:
    shop.create("channels", {"key": "web", "roles": ["ProductDistribution"]})
    group = shop.create("customer-groups", {"groupName": "Dealers", "key": "dealers"})
    tier = {"minimumQuantity": 10, "value": eur(900)}
    made = shop.create(
        "standalone-prices",
        draft(
            key="mug-de",
            country="DE",
            customerGroup=by_key("customer-group", "dealers"),
            channel=by_key("channel", "web"),
            tiers=[tier],
            validFrom="2020-01-01T00:00:00Z",
            staged={"value": {"type": "centPrecision", **eur(800)}},
        ),
    )
    assert (made["sku"], made["value"], made["active"]) == ("mug", cents(1000), True)
    assert made["customerGroup"] == {"typeId": "customer-group", "id": group["id"]}
    assert made["tiers"] == [{"minimumQuantity": 10, "value": cents(900)}]
    assert (made["staged"], made["validFrom"]) == ({"value": cents(800)}, "2020-01-01T00:00:00.000Z")
    path = f"standalone-prices/{made['id']}"
    assert shop.get(path) == shop.get("standalone-prices/key=mug-de") == made
    for named in (path, "standalone-prices/key=mug-de", "standalone-prices"):
        assert shop.send("HEAD", named).status_code == 200
    assert shop.send("HEAD", "standalone-prices/key=other").status_code == 404
    assert shop.get("standalone-prices", params={"where": 'sku = "mug" and value(centAmount > 999)'})["results"] == [made]
    assert shop.get(path, params={"expand": "channel"})["channel"]["obj"]["key"] == "web"
    renamed = shop.update("standalone-prices/key=mug-de", 1, {"action": "setKey", "key": "mug-web"})
    assert renamed["version"] == 2
    assert shop.delete("standalone-prices/key=mug-web", 2) == renamed
    other = shop.create("standalone-prices", draft(country="DE"))
    assert shop.delete(f"standalone-prices/{other['id']}", 1) == other
    kinds = [message["type"] for message in told(shop)]
    assert kinds == [
        "StandalonePriceCreated",
        "StandalonePriceKeySet",
        "StandalonePriceDeleted",
        "StandalonePriceCreated",
        "StandalonePriceDeleted",
    ]
    first, keyed, gone = told(shop)[:3]
    assert first["standalonePrice"] == made
    assert (keyed["oldKey"], keyed["key"], gone["sku"]) == ("mug-de", "mug-web", "mug")


def test_every_action(shop: Client) -> None:
    fields = [{"name": "note", "label": {"en": "N"}, "type": {"name": "String"}, "required": False, "inputHint": "SingleLine"}]
    notes = {"key": "notes", "name": {"en": "Notes"}, "resourceTypeIds": ["standalone-price"], "fieldDefinitions": fields}
    shop.create("types", notes)
    path = f"standalone-prices/{shop.create('standalone-prices', draft())['id']}"
    steps: list[tuple[dict[str, Any], str, Any]] = [
        ({"action": "changeValue", "value": eur(1100)}, "value", cents(1100)),
        ({"action": "changeValue", "value": eur(700), "staged": True}, "staged", {"value": cents(700)}),
        ({"action": "removeStagedChanges"}, "staged", None),
        ({"action": "removeStagedChanges"}, "staged", None),
        ({"action": "changeValue", "value": eur(750), "staged": True}, "staged", {"value": cents(750)}),
        ({"action": "applyStagedChanges"}, "value", cents(750)),
        ({"action": "setDiscountedPrice"}, "discounted", None),
        (
            {"action": "setPriceTiers", "tiers": [{"minimumQuantity": 5, "value": eur(600)}]},
            "tiers",
            [{"minimumQuantity": 5, "value": cents(600)}],
        ),
        (
            {"action": "addPriceTier", "tier": {"minimumQuantity": 9, "value": eur(500)}},
            "tiers",
            [{"minimumQuantity": 5, "value": cents(600)}, {"minimumQuantity": 9, "value": cents(500)}],
        ),
        ({"action": "removePriceTier", "minimumQuantity": 5}, "tiers", [{"minimumQuantity": 9, "value": cents(500)}]),
        ({"action": "setPriceTiers", "tiers": []}, "tiers", None),
        ({"action": "changeActive", "active": False}, "active", False),
        ({"action": "setValidFrom", "validFrom": JANUARY}, "validFrom", JANUARY),
        ({"action": "setValidUntil", "validUntil": MARCH}, "validUntil", MARCH),
        ({"action": "setValidFromAndUntil", "validFrom": FEBRUARY, "validUntil": APRIL}, "validUntil", APRIL),
        ({"action": "setKey", "key": "first"}, "key", "first"),
        ({"action": "setCustomType", "type": by_key("type", "notes"), "fields": {"note": "a"}}, "custom", "a"),
        ({"action": "setCustomField", "name": "note", "value": "b"}, "custom", "b"),
    ]
    for action, field, expected in steps:
        after = shop.update(path, shop.get(path)["version"], action)
        found = after.get(field)
        assert (found["fields"]["note"] if field == "custom" else found) == expected, action
    messages = told(shop)
    assert [message["type"].removeprefix("StandalonePrice") for message in messages] == [
        "Created",
        "ValueChanged",
        "ValueChanged",
        "StagedChangesRemoved",
        "ValueChanged",
        "StagedChangesApplied",
        "TiersSet",
        "TierAdded",
        "TierRemoved",
        "TiersSet",
        "ActiveChanged",
        "ValidFromSet",
        "ValidUntilSet",
        "ValidFromAndUntilSet",
        "KeySet",
    ]
    assert (messages[1]["oldValue"], messages[1]["staged"]) == (cents(1000), False)
    # What is prepared is compared with what holds: nothing else had been prepared.
    assert (messages[2]["oldValue"], messages[2]["staged"]) == (cents(1100), True)
    assert (messages[6]["tiers"], messages[6]["previousTiers"]) == ([{"minimumQuantity": 5, "value": cents(600)}], [])
    assert (messages[13]["previousValidFrom"], messages[13]["previousValidUntil"]) == (JANUARY, MARCH)


def test_what_is_refused(shop: Client) -> None:
    shop.create("channels", {"key": "depot", "roles": ["InventorySupply"]})
    path = "standalone-prices"
    wrong = shop.refused(400, "POST", path, draft(channel=by_key("channel", "depot")))
    assert (wrong["code"], wrong["missingRole"]) == ("MissingRoleOnChannel", "ProductDistribution")
    for more, code in (
        ({"validFrom": MARCH, "validUntil": MARCH}, "InvalidField"),
        ({"tiers": [{"minimumQuantity": 1, "value": eur(1)}]}, "InvalidField"),
        ({"tiers": [{"minimumQuantity": 2, "value": usd(1)}]}, "InvalidField"),
        ({"customerGroup": by_key("customer-group", "none")}, "ReferencedResourceNotFound"),
        ({"staged": {"value": usd(1)}}, "InvalidField"),
    ):
        assert shop.refused(400, "POST", path, draft(**more))["code"] == code, more
    path = f"{path}/{shop.create(path, draft(key='one'))['id']}"
    for action, code in (
        ({"action": "changeValue", "value": usd(1)}, "InvalidField"),
        ({"action": "applyStagedChanges"}, "InvalidOperation"),
        ({"action": "removePriceTier", "minimumQuantity": 3}, "InvalidOperation"),
        ({"action": "addPriceTier", "tier": {"minimumQuantity": 1, "value": eur(1)}}, "InvalidField"),
        ({"action": "setPriceTiers", "tiers": [{"minimumQuantity": 2, "value": eur(1)}] * 2}, "InvalidField"),
    ):
        assert shop.refused(400, "POST", path, {"version": 1, "actions": [action]})["code"] == code, action
    assert shop.refused(400, "POST", "standalone-prices", draft("tea", key="one"))["code"] == "DuplicateField"


def test_prices_of_one_scope_are_held_apart(shop: Client) -> None:
    path = "standalone-prices"
    plain = shop.create(path, draft(country="DE"))
    twice = shop.refused(400, "POST", path, draft(country="DE", cents=7))
    assert (twice["code"], twice["sku"], twice["currency"], twice["country"]) == (
        "DuplicateStandalonePriceScope",
        "mug",
        "EUR",
        "DE",
    )
    assert twice["conflictingStandalonePrice"] == {"typeId": "standalone-price", "id": plain["id"]}
    # Other scopes: another SKU, currency, country, or none; and a period does not meet what has none.
    shop.create(path, draft("tea", country="DE"))
    shop.create(path, {"sku": "mug", "value": usd(5), "country": "DE"})
    shop.create(path, draft(country="FR"))
    shop.create(path, draft())
    winter = shop.create(path, draft(country="DE", validFrom=JANUARY, validUntil=MARCH))
    met = shop.refused(400, "POST", path, draft(country="DE", validFrom=FEBRUARY, validUntil=APRIL))
    assert (met["code"], met["conflictingStandalonePrice"]["id"]) == ("OverlappingStandalonePriceValidity", winter["id"])
    assert (met["validFrom"], met["validUntil"]) == (FEBRUARY, APRIL)
    assert (met["conflictingValidFrom"], met["conflictingValidUntil"]) == (JANUARY, MARCH)
    same = shop.refused(400, "POST", path, draft(country="DE", validFrom=JANUARY, validUntil=MARCH))
    assert same["code"] == "DuplicateStandalonePriceScope"
    spring = shop.create(path, draft(country="DE", validFrom=MARCH))
    # Moved step by step, over a state in which it begins after its end and then one where it meets the other.
    early = {"action": "setValidFrom", "validFrom": FEBRUARY}
    error = shop.refused(400, "POST", f"{path}/{spring['id']}", {"version": 1, "actions": [early]})
    assert error["code"] == "OverlappingStandalonePriceValidity"
    moved = shop.update(
        f"{path}/{winter['id']}",
        1,
        {"action": "setValidFrom", "validFrom": MARCH},
        {"action": "setValidUntil", "validUntil": FEBRUARY},
        {"action": "setValidFrom", "validFrom": JANUARY},
    )
    assert (moved["validFrom"], moved["validUntil"]) == (JANUARY, FEBRUARY)
    assert shop.update(f"{path}/{spring['id']}", 1, early)["validFrom"] == FEBRUARY


def test_of_those_who_race_for_a_scope_one_wins(shop: Client) -> None:
    """Each sends a period that meets all others; none is equal to another, so that no claim on a value could tell them."""
    periods = [f"2031-01-01T00:00:0{second}.000Z" for second in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda start: shop.send("POST", "standalone-prices", draft("race", validFrom=start)), periods))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1, statuses
    codes = {answer.json()["errors"][0]["code"] for answer in answers if answer.status_code != 201}
    assert codes <= {"OverlappingStandalonePriceValidity", "ValidityLockConflict"}
    assert shop.get("standalone-prices", params={"where": 'sku = "race"'})["total"] == 1
