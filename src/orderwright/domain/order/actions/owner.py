"""Whose the order is: a customer's, a store's, a business unit's. Nothing of it is priced anew by that."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.business_unit.naming import reference_to, unit_named
from orderwright.domain.customer.naming import customer_named, wanted_customer
from orderwright.domain.laws.changes import check_changed
from orderwright.domain.order.actions.registry import actions
from orderwright.domain.order.messages import OrderBusinessUnitSet, OrderCustomerSet, OrderStoreSet
from orderwright.domain.order.model import Order
from orderwright.domain.sale.ownership import owned_by
from orderwright.domain.shop.store.model import Store
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, KeyReference, Reference
from orderwright.engine.references import BusinessUnitIdentifier, StoreIdentifier, Wanted
from orderwright.engine.scalars import Id


class SetCustomerId(Action):
    """The customer the order belongs to; without one it belongs to nobody, and to no customer group."""

    customer_id: Id | None = None

    def wants(self) -> Iterator[Wanted]:
        """The customer, who may belong to a group."""
        yield from wanted_customer(self.customer_id)


class SetStore(Action):
    """The store the order belongs to; without one it belongs to none."""

    store: StoreIdentifier | None = None


class SetBusinessUnit(Action):
    """The business unit the order belongs to; without one it belongs to none."""

    business_unit: BusinessUnitIdentifier | None = None


@actions.handles
def set_customer_id(order: Order, action: SetCustomerId, facts: Facts) -> Change[Order]:
    """Raises `ReferencedResourceNotFound`."""
    after = owned_by(order, customer_named(action.customer_id, facts))
    if after == order:
        return Change(order)
    told = OrderCustomerSet(
        customer=_customer(after),
        customer_group=after.customer_group,
        old_customer=_customer(order),
        old_customer_group=order.customer_group,
    )
    return Change(after, told)


@actions.handles
def set_store(order: Order, action: SetStore, facts: Facts) -> Change[Order]:
    """Raises `ReferencedResourceNotFound`, and `InvalidOperation` for the store that the order belongs to already."""
    key = None if action.store is None else facts.get("store", action.store, Store).key
    store = None if key is None else KeyReference(type_id="store", key=key)
    check_changed(order.store, store, "store")
    return Change(replace(order, store=store), OrderStoreSet(store=store))


@actions.handles
def set_business_unit(order: Order, action: SetBusinessUnit, facts: Facts) -> Change[Order]:
    """Raises `ReferencedResourceNotFound`."""
    unit = reference_to(unit_named(action.business_unit, facts))
    if unit == order.business_unit:
        return Change(order)
    told = OrderBusinessUnitSet(business_unit=unit, old_business_unit=order.business_unit)
    return Change(replace(order, business_unit=unit), told)


def _customer(order: Order) -> Reference | None:
    return None if order.customer_id is None else Reference(type_id="customer", id=order.customer_id)
