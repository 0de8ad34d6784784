"""The stores that a customer belongs to. Her email is claimed in each of them; without any, among global customers."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.messages import CustomerStoresSet
from orderwright.domain.customer.model import Customer
from orderwright.domain.shop.store.model import Store
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, KeyReference
from orderwright.engine.references import ResourceIdentifier, StoreIdentifier


class SetStores(Action):
    """All the stores; none makes the customer a global one."""

    stores: tuple[StoreIdentifier, ...]


class AddStore(Action):
    """A store more."""

    store: StoreIdentifier


class RemoveStore(Action):
    """A store less; without the last one, the customer is a global one."""

    store: StoreIdentifier


def store_reference(store: ResourceIdentifier, facts: Facts) -> KeyReference:
    """Raises `ReferencedResourceNotFound`."""
    return KeyReference(type_id="store", key=facts.get("store", store, Store).key)


def store_references(stores: Iterable[ResourceIdentifier], facts: Facts) -> tuple[KeyReference, ...]:
    """Each store once. Raises `ReferencedResourceNotFound`."""
    return tuple(dict.fromkeys(store_reference(store, facts) for store in stores))


@actions.handles
def set_stores(customer: Customer, action: SetStores, facts: Facts) -> Change[Customer]:
    """Replaces the list."""
    wanted = store_references(action.stores, facts)
    if wanted == customer.stores:
        return Change(customer)
    return Change(replace(customer, stores=wanted), CustomerStoresSet(stores=wanted, old_stores=customer.stores))


@actions.handles
def add_store(customer: Customer, action: AddStore, facts: Facts) -> Customer:
    """A store that is there already changes nothing."""
    added = store_reference(action.store, facts)
    return customer if added in customer.stores else replace(customer, stores=(*customer.stores, added))


@actions.handles
def remove_store(customer: Customer, action: RemoveStore, facts: Facts) -> Customer:
    """A store that is not there changes nothing."""
    removed = store_reference(action.store, facts)
    return replace(customer, stores=tuple(store for store in customer.stores if store != removed))
