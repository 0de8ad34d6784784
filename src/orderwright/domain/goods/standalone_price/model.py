"""Standalone prices: prices of a SKU that stand beside the products, and how those of one scope are held apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.goods.price import DiscountedPrice, Price, PriceTier, check_period, conflict, scope_of
from orderwright.domain.goods.product.variant import Sku
from orderwright.domain.goods.refusals import (
    duplicate_standalone_price_scope,
    overlapping_standalone_price_validity,
    validity_lock_conflict,
)
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import ChannelReference, CustomerGroupReference, Wanted
from orderwright.engine.scalars import CountryCode, DateTime, Key
from orderwright.engine.unit.effects import Effect, GuardPriceScope


class StagedStandalonePrice(Value):
    """What is being prepared for a price."""

    value: TypedMoney
    discounted: DiscountedPrice | None = None


class StandalonePrice(Resource):
    """A price of a SKU and the scope it holds for. The SKU need not exist yet. An inactive price is never selected."""

    sku: Sku
    value: TypedMoney
    key: Key | None = None
    country: CountryCode | None = None
    customer_group: CustomerGroupReference | None = None
    channel: ChannelReference | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    tiers: tuple[PriceTier, ...] | None = None
    discounted: DiscountedPrice | None = None
    custom: CustomFields | None = None
    staged: StagedStandalonePrice | None = None
    active: bool = always(True)
    recurrence_policy: Reference | None = None


class PriceScope(Value):
    """How often the prices of one SKU and scope have come or changed their time: a row of the table `price_scope`."""

    scope: str
    version: int


def selectable(prices: Iterable[StandalonePrice], sku: str | None, inactive: list[Price] | None = None) -> list[Price]:
    """The active prices of a SKU, as line items and variants show them. The others are added to `inactive`."""
    of_sku = [price for price in prices if price.sku == sku]
    if inactive is not None:
        inactive.extend(_shown(price) for price in of_sku if not price.active)
    return [_shown(price) for price in of_sku if price.active]


def _shown(price: StandalonePrice) -> Price:
    return Price(**{member: getattr(price, member) for member in Price.__struct_fields__})


def wanted_beside(sku: str) -> Iterator[Wanted]:
    """What must be read to hold a price of a SKU apart from its others: these prices, and the counts of their scopes."""
    yield Wanted("standalone-price", "sku", sku)
    yield Wanted("price-scope", "sku", sku)


def finished(price: StandalonePrice, facts: Facts) -> StandalonePrice:
    """The price itself. Where the SKU's other prices were read, it is held apart from them.

    Raises `InvalidField` for a period that is empty, `DuplicateStandalonePriceScope`, `OverlappingStandalonePriceValidity`.
    commercetools: Standalone Prices, StandalonePriceDraft.
    """
    check_period(price.valid_from, price.valid_until)
    for other in _others(price, facts):
        if other.id != price.id and scope_of(other) == scope_of(price):
            _check_apart(other, price)
    return price


def guard(price: StandalonePrice, facts: Facts) -> Effect:
    """The effect that refuses the write if another price of the same SKU and scope was written since the others were read.

    It compares and raises a count of the SKU and scope. A claim cannot do this, since it compares values, and periods that
    overlap need not be equal.
    """
    scope = "/".join(part or "" for part in scope_of(price))
    counts: Iterable[PriceScope] = facts.look_up(Wanted("price-scope", "sku", price.sku)) or ()
    version = next((count.version for count in counts if count.scope == scope), 0)
    refused = validity_lock_conflict(price.sku, _told(price, dated=False))
    return GuardPriceScope(sku=price.sku, scope=scope, version=version, refused=refused)


def stored(price: StandalonePrice, facts: Facts) -> StandalonePrice | None:
    """The price as it stood before this request, if the SKU's prices were read."""
    return next((other for other in _others(price, facts) if other.id == price.id), None)


def _others(price: StandalonePrice, facts: Facts) -> tuple[StandalonePrice, ...]:
    return facts.look_up(Wanted("standalone-price", "sku", price.sku)) or ()


def _check_apart(earlier: StandalonePrice, later: StandalonePrice) -> None:
    reason = conflict(earlier, later)
    same_period = (earlier.valid_from, earlier.valid_until) == (later.valid_from, later.valid_until)
    if reason == "scope" or (reason is not None and same_period):
        raise duplicate_standalone_price_scope(later.sku, earlier.id, _told(later))
    if reason is not None:
        raise overlapping_standalone_price_validity(later.sku, earlier.id, _told(later), earlier.valid_from, earlier.valid_until)


def _told(price: StandalonePrice, *, dated: bool = True) -> dict[str, Any]:
    """The scope as errors tell it."""
    scope: dict[str, Any] = {
        "currency": price.value.currency_code,
        "country": price.country,
        "customerGroup": price.customer_group,
        "channel": price.channel,
    }
    return {**scope, "validFrom": price.valid_from, "validUntil": price.valid_until} if dated else scope
