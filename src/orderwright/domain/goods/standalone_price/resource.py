"""Standalone prices: made and changed apart from the products whose variants they price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_changes
from typing import ClassVar

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money, TypedMoney, typed
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.goods.price import (
    AnyPriceDraft,
    DiscountedPriceDraft,
    PriceTierDraft,
    check_external,
    discounted_from,
    tiers_from,
)
from orderwright.domain.goods.product.variant import Sku
from orderwright.domain.goods.product_discount.of_prices import candidates_of_sku, discounted
from orderwright.domain.goods.standalone_price.messages import (
    StandalonePriceActiveChanged,
    StandalonePriceCreated,
    StandalonePriceDeleted,
    StandalonePriceExternalDiscountSet,
    StandalonePriceKeySet,
    StandalonePriceStagedChangesApplied,
    StandalonePriceStagedChangesRemoved,
    StandalonePriceTierAdded,
    StandalonePriceTierRemoved,
    StandalonePriceTiersSet,
    StandalonePriceValidFromAndUntilSet,
    StandalonePriceValidFromSet,
    StandalonePriceValidUntilSet,
    StandalonePriceValueChanged,
)
from orderwright.domain.goods.standalone_price.model import (
    StagedStandalonePrice,
    StandalonePrice,
    finished,
    guard,
    stored,
    wanted_beside,
)
from orderwright.domain.laws.telling import old_and_new
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Value
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, Quantity
from orderwright.errors import invalid_field, invalid_operation


class Renew(Action):
    """Writes the price as it is discounted today. No request can send it."""

    sent: ClassVar[bool] = False


class StagedPriceDraft(Value):
    """What is being prepared for a price, as it is sent."""

    value: Money


class StandalonePriceDraft(AnyPriceDraft):
    """A standalone price as it is sent."""

    sku: Sku
    staged: StagedPriceDraft | None = None
    active: bool = True

    def wants(self) -> Iterator[Wanted]:
        """The SKU's other prices, from which this one is held apart."""
        return wanted_beside(self.sku)


class ChangeValue(Action):
    """Another value in the same currency; with `staged` it is only prepared."""

    value: Money
    staged: bool = False


class SetDiscountedPrice(Action):
    """What a product discount of type `external` leaves of the price; none removes it."""

    discounted: DiscountedPriceDraft | None = None


class SetPriceTiers(Action):
    """All tiers; an empty list removes them."""

    tiers: tuple[PriceTierDraft, ...]


class AddPriceTier(Action):
    """One more tier."""

    tier: PriceTierDraft


class RemovePriceTier(Action):
    """The tier that begins at this quantity."""

    minimum_quantity: Quantity


class ApplyStagedChanges(Action):
    """What was prepared becomes what holds."""


class RemoveStagedChanges(Action):
    """What was prepared is given up."""


class _OfValidity(Action):
    """The other prices of the scope are looked at: a new time may meet theirs."""

    def wants_on(self, price: StandalonePrice) -> Iterator[Wanted]:
        """The SKU's prices."""
        return wanted_beside(price.sku)


class SetValidFrom(_OfValidity):
    """From when on the price holds; none is from ever."""

    valid_from: DateTime | None = None


class SetValidUntil(_OfValidity):
    """Until when the price holds; none is for ever."""

    valid_until: DateTime | None = None


class SetValidFromAndUntil(_OfValidity):
    """From when on and until when the price holds."""

    valid_from: DateTime | None = None
    valid_until: DateTime | None = None


actions = ActionSet(StandalonePrice)
actions.setters("setKey", tells=old_and_new(StandalonePriceKeySet, "key"))
actions.setters("changeActive", tells=old_and_new(StandalonePriceActiveChanged, "active"))
custom_field_rows(actions, root("standalone-price"))


@actions.handles
def change_value(price: StandalonePrice, action: ChangeValue, facts: Facts) -> StandalonePrice | Change[StandalonePrice]:
    """Raises `InvalidField` for another currency, which is part of the scope."""
    value = _value(action.value, price.value.currency_code)
    if not action.staged:
        told = StandalonePriceValueChanged(value=value, staged=False, old_value=price.value)
        return price if value == price.value else Change(replace(price, value=value), told)
    old = price.staged.value if price.staged else price.value
    staged = StagedStandalonePrice(value=value)
    told = StandalonePriceValueChanged(value=value, staged=True, old_value=old)
    return price if staged == price.staged else Change(replace(price, staged=staged), told)


@actions.handles
def set_discounted_price(
    price: StandalonePrice, action: SetDiscountedPrice, facts: Facts
) -> StandalonePrice | Change[StandalonePrice]:
    """Raises `ReferencedResourceNotFound`, `InvalidField` for another currency, and `InvalidOperation` for a discount that is not
    external, not in force or does not fit, and for a SKU that no current variant has."""
    check_external(action.discounted, facts)
    discounted = discounted_from(action.discounted, price.value.currency_code, facts)
    if discounted == price.discounted:
        return price
    if discounted is not None and candidates_of_sku(price.sku, facts) is None:
        raise invalid_operation(f"No current variant of a product has the SKU '{price.sku}'.")
    return Change(replace(price, discounted=discounted), StandalonePriceExternalDiscountSet(discounted=discounted))


@actions.handles
def set_price_tiers(price: StandalonePrice, action: SetPriceTiers, facts: Facts) -> StandalonePrice | Change[StandalonePrice]:
    """Raises `InvalidField` for tiers that cannot stand beside each other."""
    tiers = tiers_from(action.tiers, price.value.currency_code)
    if tiers == (price.tiers or ()):
        return price
    told = StandalonePriceTiersSet(tiers=tiers, previous_tiers=price.tiers or ())
    return Change(replace(price, tiers=tiers or None), told)


@actions.handles
def add_price_tier(price: StandalonePrice, action: AddPriceTier, facts: Facts) -> Change[StandalonePrice]:
    """Raises `InvalidField` for a quantity below 2, or one that has a tier."""
    (tier,) = tiers_from([action.tier], price.value.currency_code)
    if any(other.minimum_quantity == tier.minimum_quantity for other in price.tiers or ()):
        raise invalid_field("tier.minimumQuantity", tier.minimum_quantity)
    return Change(replace(price, tiers=(*(price.tiers or ()), tier)), StandalonePriceTierAdded(tier=tier))


@actions.handles
def remove_price_tier(price: StandalonePrice, action: RemovePriceTier, facts: Facts) -> Change[StandalonePrice]:
    """Raises `InvalidOperation` for a tier that is not there."""
    tier = next((tier for tier in price.tiers or () if tier.minimum_quantity == action.minimum_quantity), None)
    if tier is None:
        raise invalid_operation(f"The price has no tier with the minimum quantity {action.minimum_quantity}.")
    left = tuple(other for other in price.tiers or () if other is not tier)
    return Change(replace(price, tiers=left or None), StandalonePriceTierRemoved(removed_tier=tier))


@actions.handles
def apply_staged_changes(price: StandalonePrice, action: ApplyStagedChanges, facts: Facts) -> Change[StandalonePrice]:
    """Raises `InvalidOperation` where nothing was prepared."""
    if price.staged is None:
        raise invalid_operation("The price has no staged changes.")
    after = replace(price, value=price.staged.value, discounted=price.staged.discounted, staged=None)
    return Change(after, StandalonePriceStagedChangesApplied(staged_changes=price.staged))


@actions.handles
def remove_staged_changes(
    price: StandalonePrice, action: RemoveStagedChanges, facts: Facts
) -> StandalonePrice | Change[StandalonePrice]:
    """A price that has nothing prepared stays as it is."""
    if price.staged is None:
        return price
    return Change(replace(price, staged=None), StandalonePriceStagedChangesRemoved(staged_changes=price.staged))


@actions.handles
def set_valid_from(price: StandalonePrice, action: SetValidFrom, facts: Facts) -> StandalonePrice | Change[StandalonePrice]:
    """That the period is not empty and meets no other one is checked when all actions have run, here and below."""
    told = StandalonePriceValidFromSet(valid_from=action.valid_from, previous_valid_from=price.valid_from)
    return _at(price, action.valid_from, price.valid_until, told, facts)


@actions.handles
def set_valid_until(price: StandalonePrice, action: SetValidUntil, facts: Facts) -> StandalonePrice | Change[StandalonePrice]:
    told = StandalonePriceValidUntilSet(valid_until=action.valid_until, previous_valid_until=price.valid_until)
    return _at(price, price.valid_from, action.valid_until, told, facts)


@actions.handles
def set_valid_from_and_until(
    price: StandalonePrice, action: SetValidFromAndUntil, facts: Facts
) -> StandalonePrice | Change[StandalonePrice]:
    told = StandalonePriceValidFromAndUntilSet(
        valid_from=action.valid_from,
        previous_valid_from=price.valid_from,
        valid_until=action.valid_until,
        previous_valid_until=price.valid_until,
    )
    return _at(price, action.valid_from, action.valid_until, told, facts)


def _at(
    price: StandalonePrice, valid_from: DateTime | None, valid_until: DateTime | None, told: Message, facts: Facts
) -> StandalonePrice | Change[StandalonePrice]:
    """The price at another time. The first action of a request that moves it takes the guard, which stands for all."""
    after = replace(price, valid_from=valid_from, valid_until=valid_until)
    if after == price:
        return price
    before = stored(price, facts)
    moved = before is not None and (before.valid_from, before.valid_until) != (price.valid_from, price.valid_until)
    return Change(after, told, effects=() if moved else (guard(price, facts),))


renewal_actions: ActionSet[StandalonePrice] = ActionSet(StandalonePrice, "StandalonePriceRenewal")


@renewal_actions.handles
def renew(price: StandalonePrice, action: Renew, facts: Facts) -> StandalonePrice:
    """It is discounted where every change of a price ends."""
    return price


def from_draft(draft: StandalonePriceDraft, facts: Facts) -> Change[StandalonePrice]:
    """A new price.

    Raises `ReferencedResourceNotFound`, `MissingRoleOnChannel`, `InvalidField`, `MoneyOverflow` and what custom fields raise.
    """
    value = typed(draft.value, "value")
    price = StandalonePrice(
        **facts.born(),
        key=draft.key,
        sku=draft.sku,
        value=value,
        country=draft.country,
        customer_group=facts.reference("customer-group", draft.customer_group),
        channel=channel_in_role(draft.channel, "ProductDistribution", facts),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        tiers=tiers_from(draft.tiers or (), value.currency_code) or None,
        discounted=discounted_from(draft.discounted, value.currency_code, facts),
        custom=custom_from(draft.custom, "standalone-price", facts),
        staged=StagedStandalonePrice(value=_value(draft.staged.value, value.currency_code)) if draft.staged else None,
        active=draft.active,
    )
    return Change(price, effects=(guard(price, facts),))


def _value(money: Money, currency: str) -> TypedMoney:
    value = typed(money, "value")
    if value.currency_code != currency:
        raise invalid_field("value.currencyCode", value.currency_code, [currency])
    return value


RESOURCE = ResourceType(
    type_id="standalone-price",
    path="standalone-prices",
    model=StandalonePrice,
    draft=StandalonePriceDraft,
    actions=actions,
    create=from_draft,
    finish=finished,
    settles=discounted,
    unique=("key",),
    lookups={"key": "key"},
    columns={"sku": "sku"},
    created=lambda price: StandalonePriceCreated(standalone_price=price),
    deleted=lambda price: StandalonePriceDeleted(sku=price.sku),
)

# What follows a change of product discounts, or of the product that has the SKU.
RENEWAL = with_changes(RESOURCE, actions=renewal_actions)
