"""Standalone prices: what guards a scope against those who write at once, and a law of prices that are held apart."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.changes import not_made, refused
from domain.facts import NOW, eur, facts, uid
from orderwright.domain.goods.price import Price, conflict, scope_of, select_price
from orderwright.domain.goods.standalone_price.model import PriceScope, StandalonePrice, selectable, wanted_beside
from orderwright.domain.goods.standalone_price.resource import RESOURCE
from orderwright.engine.actions import wanted_on
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted, wanted_by
from orderwright.engine.resource import as_change
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.effects import Effect, GuardPriceScope
from orderwright.errors import ApiError

INSTANTS = [DateTime(f"2030-01-0{day}T00:00:00.000Z") for day in range(1, 6)]
BESIDE = (Wanted("standalone-price", "sku", "mug"), Wanted("price-scope", "sku", "mug"))


def price(number: int, **more: Any) -> StandalonePrice:
    born: dict[str, Any] = {"id": uid(number), "version": 1, "created_at": NOW, "last_modified_at": NOW}
    return StandalonePrice(**{**born, "sku": "mug", "value": eur(1000), **more})


def known(*prices: StandalonePrice, counts: dict[str, int] | None = None) -> Facts:
    """Facts in which these prices of the SKU were read, and at which counts their scopes stood."""
    scopes = tuple(PriceScope(scope=scope, version=version) for scope, version in (counts or {}).items())
    return facts(found=[(BESIDE[0], prices), (BESIDE[1], scopes)])


def effects(price: StandalonePrice, facts: Facts, *actions: dict[str, Any]) -> tuple[Effect, ...]:
    """What else actions do."""
    body = json.dumps({"version": 1, "actions": actions}).encode()
    change = RESOURCE.actions.apply(price, decode_body(RESOURCE.actions.update_type(), body).actions, facts)
    return change.effects


def test_a_new_price_raises_the_count_that_it_was_read_at() -> None:
    draft = decode_body(RESOURCE.draft, b'{"sku":"mug","value":{"currencyCode":"EUR","centAmount":1},"country":"DE"}')
    assert set(wanted_by(draft)) == set(BESIDE)
    (effect,) = as_change(RESOURCE.create(draft, known())).effects
    assert isinstance(effect, GuardPriceScope)
    assert (effect.sku, effect.scope, effect.version) == ("mug", "EUR/DE///", 0)
    (effect,) = as_change(RESOURCE.create(draft, known(counts={"EUR/DE///": 3, "EUR////": 8}))).effects
    assert isinstance(effect, GuardPriceScope)
    assert effect.version == 3
    assert isinstance(effect.refused, ApiError)
    assert (effect.refused.status, effect.refused.code) == (409, "ValidityLockConflict")
    assert effect.refused.fields == {"sku": "mug", "currency": "EUR", "country": "DE"}


def test_a_price_that_moves_in_time_raises_the_count_once() -> None:
    before = price(1)
    begin, end = {"action": "setValidFrom", "validFrom": INSTANTS[0]}, {"action": "setValidUntil", "validUntil": INSTANTS[1]}
    assert len(effects(before, known(before), begin, end)) == 1
    assert effects(before, known(before), {"action": "setValidFrom"}) == ()
    assert effects(before, known(before), {"action": "changeActive", "active": False}) == ()
    update = decode_body(RESOURCE.actions.update_type(), json.dumps({"version": 1, "actions": [begin]}).encode())
    assert list(wanted_on(update.actions, before)) == list(wanted_beside("mug"))


def test_others_are_met_with_what_all_actions_lead_to() -> None:
    first = price(1, valid_from=INSTANTS[0], valid_until=INSTANTS[1])
    second = price(2, valid_from=INSTANTS[1], valid_until=INSTANTS[2])
    beside = known(first, second)
    longer = {"action": "setValidUntil", "validUntil": INSTANTS[3]}
    error = refused("OverlappingStandalonePriceValidity", RESOURCE, first, longer, facts=beside)
    assert error.fields["conflictingStandalonePrice"] == {"typeId": "standalone-price", "id": uid(2)}
    assert (error.fields["conflictingValidFrom"], error.fields["conflictingValidUntil"]) == (INSTANTS[1], INSTANTS[2])
    undated = {"action": "setValidFromAndUntil"}
    assert effects(first, beside, undated)
    refused("DuplicateStandalonePriceScope", RESOURCE, second, undated, facts=known(second, price(3)))
    refused("InvalidField", RESOURCE, first, {"action": "setValidFrom", "validFrom": INSTANTS[1]}, facts=beside)


def test_the_same_scope_twice_is_not_made() -> None:
    draft = {"sku": "mug", "value": {"currencyCode": "EUR", "centAmount": 1}}
    error = not_made("DuplicateStandalonePriceScope", RESOURCE, draft, known(price(1)))
    assert error.fields == {
        "conflictingStandalonePrice": {"typeId": "standalone-price", "id": uid(1)},
        "sku": "mug",
        "currency": "EUR",
    }


def test_only_active_prices_of_the_sku_are_selected_from() -> None:
    prices = [price(1), price(2, active=False), price(3, sku="cup"), price(4, key="four")]
    assert [(each.id, each.key) for each in selectable(prices, "mug")] == [(uid(1), None), (uid(4), "four")]
    assert selectable(prices, None) == []


GROUP = Reference(type_id="customer-group", id=uid(80))
CHANNEL = Reference(type_id="channel", id=uid(81))
NUMBERS = st.integers(1, 10**6)
PERIODS = st.tuples(st.none() | st.sampled_from(INSTANTS), st.none() | st.sampled_from(INSTANTS))


@st.composite
def prices_apart(draw: st.DrawFn) -> list[Price]:
    """Prices of one SKU as a project may have them: none in conflict with another."""
    found: list[Price] = []
    for number in range(draw(st.integers(1, 12))):
        valid_from, valid_until = draw(PERIODS)
        if valid_from is not None and valid_until is not None and valid_from >= valid_until:
            continue
        new = Price(
            id=uid(number),
            value=eur(draw(NUMBERS)),
            country=draw(st.sampled_from([None, "DE"])),
            customer_group=draw(st.sampled_from([None, GROUP])),
            channel=draw(st.sampled_from([None, CHANNEL])),
            valid_from=valid_from,
            valid_until=valid_until,
        )
        if all(scope_of(new) != scope_of(other) or conflict(new, other) is None for other in found):
            found.append(new)
    return found


@given(prices_apart(), st.sampled_from(INSTANTS), st.randoms(use_true_random=False))
def test_the_order_of_prices_that_are_held_apart_never_decides(prices: list[Price], now: DateTime, chance: Any) -> None:
    """That is what the scopes are held apart for."""
    asked: dict[str, Any] = {"currency": "EUR", "country": "DE", "customer_groups": [GROUP.id], "channel": CHANNEL.id}
    shuffled = list(prices)
    chance.shuffle(shuffled)
    assert select_price(prices, now=now, **asked) == select_price(shuffled, now=now, **asked)
