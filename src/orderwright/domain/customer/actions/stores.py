"""The stores that a customer belongs to. Her email is claimed in each of them; without any, among global customers."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.messages import CustomerStoresSet
from orderwright.domain.customer.model import Customer
from orderwright.domain.shop.store.references import AddStore, RemoveStore, store_reference, store_references, without_store
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import StoreIdentifier


class SetStores(Action):
    """All the stores; none makes the customer a global one."""

    stores: tuple[StoreIdentifier, ...]


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
    """A store that is not there changes nothing; without the last one, the customer is a global one."""
    return replace(customer, stores=without_store(customer.stores, store_reference(action.store, facts)))
