"""Prices of product variants, and which of them a cart pays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Annotated

from msgspec import Meta

from orderwright.domain.common.custom_fields import CustomFields
from orderwright.domain.money import Money, TypedMoney, exact, typed
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import ChannelIdentifier, CustomerGroupIdentifier
from orderwright.engine.scalars import CountryCode, DateTime, Id, Key, NotServed
from orderwright.errors import duplicate_price_key, duplicate_price_scope, invalid_field, overlapping_price_validity

TierQuantity = Annotated[int, Meta(ge=2)]


class PriceTier(Value):
    """The price of a unit from `minimum_quantity` on, for the whole quantity of a line."""

    minimum_quantity: int
    value: TypedMoney


class DiscountedPrice(Value):
    """The price a product discount leaves."""

    value: TypedMoney
    discount: Reference


class Price(Value):
    """A price and the scope it holds for."""

    id: Id
    value: TypedMoney
    key: Key | None = None
    country: CountryCode | None = None
    customer_group: Reference | None = None
    channel: Reference | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    discounted: DiscountedPrice | None = None
    tiers: tuple[PriceTier, ...] | None = None
    custom: CustomFields | None = None
    recurrence_policy: Reference | None = None


class PriceTierDraft(Value):
    """A tier as it is sent."""

    minimum_quantity: TierQuantity
    value: Money


class PriceDraft(Value):
    """A price as it is sent."""

    value: Money
    key: Key | None = None
    country: CountryCode | None = None
    customer_group: CustomerGroupIdentifier | None = None
    channel: ChannelIdentifier | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    discounted: NotServed | None = None
    tiers: tuple[PriceTierDraft, ...] | None = None
    custom: NotServed | None = None
    recurrence_policy: NotServed | None = None


def price_from(draft: PriceDraft, facts: Facts) -> Price:
    """The price a draft means. Raises `InvalidField`, `RequiredField`, `MoneyOverflow` or `ReferencedResourceNotFound`."""
    if draft.valid_from is not None and draft.valid_until is not None and draft.valid_from >= draft.valid_until:
        raise invalid_field("validUntil", draft.valid_until)
    value = typed(draft.value, "value")
    return Price(
        id=facts.new_id(),
        key=draft.key,
        value=value,
        country=draft.country,
        customer_group=facts.reference("customer-group", draft.customer_group),
        channel=facts.reference("channel", draft.channel),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        tiers=_tiers_from(draft.tiers or (), value.currency_code) or None,
    )


def _tiers_from(drafts: Sequence[PriceTierDraft], currency: str) -> tuple[PriceTier, ...]:
    seen: set[int] = set()
    for draft in drafts:
        if draft.minimum_quantity in seen:
            raise invalid_field("tiers.minimumQuantity", draft.minimum_quantity)
        if draft.value.currency_code != currency:
            raise invalid_field("tiers.value.currencyCode", draft.value.currency_code, [currency])
        seen.add(draft.minimum_quantity)
    return tuple(PriceTier(minimum_quantity=draft.minimum_quantity, value=typed(draft.value, "tiers.value")) for draft in drafts)


def check_scopes(prices: Iterable[Price]) -> None:
    """Hold the prices of one variant apart, so that price selection is never a matter of chance.

    A scope may have one undated price, and dated ones beside it that do not overlap each other.
    Raises `DuplicatePriceKey`, `DuplicatePriceScope` or `OverlappingPriceValidity`, each naming the later price's rival.
    """
    keys: dict[str, Price] = {}
    scopes: dict[tuple[str | None, ...], list[Price]] = {}
    for price in prices:
        if price.key is not None and keys.setdefault(price.key, price) is not price:
            raise duplicate_price_key(price.key, keys[price.key])
        scopes.setdefault(_scope(price), []).append(price)
    for rivals in scopes.values():
        for earlier, later in combinations(rivals, 2):
            _check_apart(earlier, later)


def _scope(price: Price) -> tuple[str | None, ...]:
    references = (price.customer_group, price.channel, price.recurrence_policy)
    ids = (None if reference is None else reference.id for reference in references)
    return (price.value.currency_code, price.country, *ids)


def _check_apart(earlier: Price, later: Price) -> None:
    """Two prices of one scope: refused when both are undated, or both dated with instants in common."""
    if _dated(earlier) != _dated(later):
        return
    if not _dated(earlier):
        raise duplicate_price_scope(" - ".join(part for part in _scope(later) if part), earlier)
    if _starts_before_end(earlier, later) and _starts_before_end(later, earlier):
        raise overlapping_price_validity(
            conflicting_price=earlier.id,
            currency=later.value.currency_code,
            country=later.country,
            customer_group=later.customer_group,
            channel=later.channel,
            valid_from=later.valid_from,
            valid_until=later.valid_until,
            conflicting_valid_from=earlier.valid_from,
            conflicting_valid_until=earlier.valid_until,
        )


def _dated(price: Price) -> bool:
    return price.valid_from is not None or price.valid_until is not None


def _starts_before_end(one: Price, other: Price) -> bool:
    return one.valid_from is None or other.valid_until is None or one.valid_from < other.valid_until


def select_price(
    prices: Sequence[Price],
    *,
    currency: str,
    country: str | None,
    customer_groups: Sequence[str],
    channel: str | None,
    now: DateTime,
) -> Price | None:
    """The price a line pays, or None. `customer_groups` and `channel` are ids.

    A price with a scope that is not the buyer's is no candidate. Of the others the most specific wins: a customer group
    outweighs a channel, a channel a country; then one with dates; then, of several customer groups, the lower price.
    """
    best: Price | None = None
    best_rank: tuple[int, bool] = (-1, False)
    for price in prices:
        if price.value.currency_code != currency or price.recurrence_policy is not None or not _valid(price, now):
            continue
        specificity = _specificity(price, country, customer_groups, channel)
        if specificity is None:
            continue
        rank = (specificity, _dated(price))
        if best is None or rank > best_rank or (rank == best_rank and _lower(price, best)):
            best, best_rank = price, rank
    return best


def _valid(price: Price, now: DateTime) -> bool:
    """From `validFrom` on, until just before `validUntil`."""
    return (price.valid_from is None or price.valid_from <= now) and (price.valid_until is None or now < price.valid_until)


def _specificity(price: Price, country: str | None, customer_groups: Sequence[str], channel: str | None) -> int | None:
    """How closely the price's scope fits; None if some of it does not."""
    specificity = 0
    if price.customer_group is not None:
        if price.customer_group.id not in customer_groups:
            return None
        specificity += 4
    if price.channel is not None:
        if price.channel.id != channel:
            return None
        specificity += 2
    if price.country is not None:
        if price.country != country:
            return None
        specificity += 1
    return specificity


def _lower(one: Price, other: Price) -> bool:
    (left, left_scale), (right, right_scale) = exact(unit_price(one, 1)), exact(unit_price(other, 1))
    return left * right_scale < right * left_scale


def unit_price(price: Price, quantity: int) -> TypedMoney:
    """What each of `quantity` units costs: the discounted value if there is one, else the highest tier reached."""
    if price.discounted is not None:
        return price.discounted.value
    reached = [tier for tier in price.tiers or () if tier.minimum_quantity <= quantity]
    return max(reached, key=lambda tier: tier.minimum_quantity).value if reached else price.value
