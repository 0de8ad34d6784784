"""Shipping methods: ways of shipping, their rates by zone and currency, and the carts and stores they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.laws.parts import instead, without
from orderwright.domain.sale.predicates import cart_predicate
from orderwright.domain.sale.shipping.method import ShippingMethod, ZoneRate
from orderwright.domain.sale.shipping.model import ShippingRate, ShippingRateDraft
from orderwright.domain.sale.shipping.rates import check_tiers, shipping_rate_from
from orderwright.domain.shop.store.references import (
    AddStore,
    RemoveStore,
    SetStores,
    Stores,
    store_reference,
    store_references,
    with_store,
    without_store,
)
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference, Value
from orderwright.engine.references import ResourceIdentifier, TaxCategoryIdentifier, ZoneIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, LocalizedString
from orderwright.errors import invalid_input, invalid_operation
from orderwright.predicates import PredicateError

Name = Annotated[str, Meta(min_length=1)]


class ZoneRateDraft(Value):
    """The rates into a zone as they are sent, one a currency."""

    zone: ZoneIdentifier
    shipping_rates: tuple[ShippingRateDraft, ...]


class ShippingMethodDraft(Value):
    """A shipping method as it is sent."""

    name: Name
    tax_category: TaxCategoryIdentifier
    zone_rates: tuple[ZoneRateDraft, ...]
    is_default: bool
    active: bool = True
    key: Key | None = None
    localized_name: LocalizedString | None = None
    description: str | None = None
    localized_description: LocalizedString | None = None
    predicate: str | None = None
    custom: CustomFieldsDraft | None = None
    stores: Stores = ()
    carrier: str | None = None


class ChangeTaxCategory(Action):
    """What shipping is taxed by."""

    tax_category: TaxCategoryIdentifier


class SetPredicate(Action):
    """Which carts the method is for; all of them without one."""

    predicate: str | None = None


class AddZone(Action):
    """A zone that is shipped to, without rates yet."""

    zone: ZoneIdentifier


class RemoveZone(Action):
    """A zone that is to go, with its rates."""

    zone: ZoneIdentifier


class AddShippingRate(Action):
    """A rate into a zone of the method, for a currency that has none there."""

    zone: ZoneIdentifier
    shipping_rate: ShippingRateDraft


class RemoveShippingRate(Action):
    """A rate into a zone that is to go: the one that the draft describes."""

    zone: ZoneIdentifier
    shipping_rate: ShippingRateDraft


actions = ActionSet(ShippingMethod)
actions.setters("setKey", "setLocalizedName", "setDescription", "setLocalizedDescription", "setCarrier")
# That the name is unique is a claim.
actions.setters("changeName", "changeActive", "changeIsDefault")
custom_field_rows(actions, root("shipping-method"))


@actions.handles
def change_tax_category(method: ShippingMethod, action: ChangeTaxCategory, facts: Facts) -> ShippingMethod:
    """Carts take the new category at their next recalculation."""
    return replace(method, tax_category=_reference("tax-category", action.tax_category, facts))


@actions.handles
def set_predicate(method: ShippingMethod, action: SetPredicate, facts: Facts) -> ShippingMethod:
    """Raises `InvalidInput` for a predicate that carts cannot be asked."""
    return replace(method, predicate=_checked(action.predicate))


@actions.handles
def add_zone(method: ShippingMethod, action: AddZone, facts: Facts) -> ShippingMethod:
    """Raises `DuplicateField` for a zone the method has."""
    zone = _reference("zone", action.zone, facts)
    return replace(method, zone_rates=_distinct_zones((*method.zone_rates, ZoneRate(zone=zone, shipping_rates=()))))


@actions.handles
def remove_zone(method: ShippingMethod, action: RemoveZone, facts: Facts) -> ShippingMethod:
    """Raises `InvalidOperation` for a zone the method does not have."""
    return replace(method, zone_rates=without(method.zone_rates, _zone_rate(method, action.zone, facts)))


@actions.handles
def add_shipping_rate(method: ShippingMethod, action: AddShippingRate, facts: Facts) -> ShippingMethod:
    """Raises `DuplicateField` for a currency that has a rate into the zone, and what `check_tiers` raises."""
    rate = shipping_rate_from(action.shipping_rate, "shippingRate")
    check_tiers(rate, facts.project.shipping_rate_input_type)
    return _with_rates(method, action.zone, facts, lambda rates: _distinct_currencies((*rates, rate)))


@actions.handles
def remove_shipping_rate(method: ShippingMethod, action: RemoveShippingRate, facts: Facts) -> ShippingMethod:
    """Raises `InvalidOperation` for a rate that is not there."""
    gone = shipping_rate_from(action.shipping_rate, "shippingRate")

    def removed(rates: tuple[ShippingRate, ...]) -> tuple[ShippingRate, ...]:
        if gone not in rates:
            raise invalid_operation("The zone does not have this shipping rate.")
        return tuple(rate for rate in rates if rate != gone)

    return _with_rates(method, action.zone, facts, removed)


@actions.handles
def set_stores(method: ShippingMethod, action: SetStores, facts: Facts) -> ShippingMethod:
    """The stores in the order they are sent, each once."""
    return replace(method, stores=store_references(action.stores, facts))


@actions.handles
def add_store(method: ShippingMethod, action: AddStore, facts: Facts) -> ShippingMethod:
    """A store that is there already stays once. Raises `InvalidOperation` above 100."""
    return replace(method, stores=with_store(method.stores, store_reference(action.store, facts)))


@actions.handles
def remove_store(method: ShippingMethod, action: RemoveStore, facts: Facts) -> ShippingMethod:
    """A store that is not there changes nothing."""
    return replace(method, stores=without_store(method.stores, store_reference(action.store, facts)))


def from_draft(draft: ShippingMethodDraft, facts: Facts) -> ShippingMethod:
    """A new shipping method."""
    return ShippingMethod(
        **facts.born(),
        key=draft.key,
        name=draft.name,
        localized_name=draft.localized_name,
        description=draft.description,
        localized_description=draft.localized_description,
        tax_category=_reference("tax-category", draft.tax_category, facts),
        zone_rates=_distinct_zones(tuple(_zone_rate_from(rate, facts) for rate in draft.zone_rates)),
        active=draft.active,
        is_default=draft.is_default,
        predicate=_checked(draft.predicate),
        stores=store_references(draft.stores, facts),
        carrier=draft.carrier,
        custom=custom_from(draft.custom, "shipping-method", facts),
    )


def _reference(type_id: str, identifier: ResourceIdentifier, facts: Facts) -> Reference:
    reference = facts.reference(type_id, identifier)
    assert reference is not None
    return reference


def _checked(predicate: str | None) -> str | None:
    """The predicate as it was sent, once it is known that a cart can be asked it."""
    if predicate is not None:
        try:
            cart_predicate(predicate)
        except PredicateError as error:
            raise invalid_input(error.message) from None
    return predicate


def _zone_rate_from(draft: ZoneRateDraft, facts: Facts) -> ZoneRate:
    rates = tuple(shipping_rate_from(rate, "zoneRates.shippingRates") for rate in draft.shipping_rates)
    for rate in rates:
        check_tiers(rate, facts.project.shipping_rate_input_type)
    return ZoneRate(zone=_reference("zone", draft.zone, facts), shipping_rates=_distinct_currencies(rates))


def _zone_rate(method: ShippingMethod, identifier: ResourceIdentifier, facts: Facts) -> ZoneRate:
    zone = _reference("zone", identifier, facts)
    for rate in method.zone_rates:
        if rate.zone == zone:
            return rate
    raise invalid_operation(f"The shipping method does not have the zone '{zone.id}'.")


def _with_rates(
    method: ShippingMethod,
    zone: ResourceIdentifier,
    facts: Facts,
    change: Callable[[tuple[ShippingRate, ...]], tuple[ShippingRate, ...]],
) -> ShippingMethod:
    old = _zone_rate(method, zone, facts)
    new = replace(old, shipping_rates=change(old.shipping_rates))
    return replace(method, zone_rates=instead(method.zone_rates, old, new))


def _distinct_zones(rates: tuple[ZoneRate, ...]) -> tuple[ZoneRate, ...]:
    check_distinct("zoneRates.zone", [rate.zone.id for rate in rates])
    return rates


def _distinct_currencies(rates: tuple[ShippingRate, ...]) -> tuple[ShippingRate, ...]:
    check_distinct("shippingRates.price.currencyCode", [rate.price.currency_code for rate in rates])
    return rates


def _claims(method: ShippingMethod) -> Iterator[tuple[str, str]]:
    """A project has one default method: whoever holds this claim."""
    if method.is_default:
        yield "isDefault", "true"


RESOURCE = ResourceType(
    type_id="shipping-method",
    path="shipping-methods",
    model=ShippingMethod,
    draft=ShippingMethodDraft,
    actions=actions,
    create=from_draft,
    unique=("key", "name"),
    claims=_claims,
    lookups={"key": "key"},
    catalogue=True,
)
