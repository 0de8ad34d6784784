"""The business unit that a cart or an order belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.domain.business_unit.model import TYPE_ID, BusinessUnit, members_of, stores_of
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.errors import invalid_operation, referenced_resource_not_found


def wanted_unit(reference: KeyReference | None) -> Iterator[Wanted]:
    """What must be read of a cart or an order that may belong to a unit."""
    if reference is not None:
        yield Wanted(TYPE_ID, "key", reference.key)


def seen_unit(identifier: ResourceIdentifier, facts: Facts) -> BusinessUnit:
    """The unit that a request names. At the door of a store there are only those that buy in it, at a customer's only those that
    she acts for, and at an anonymous session's none. Raises `ReferencedResourceNotFound`."""
    unit = facts.get(TYPE_ID, identifier, BusinessUnit)
    elsewhere = facts.store_key is not None and all(store.key != facts.store_key for store in stores_of(unit))
    others = facts.customer_id is not None and facts.customer_id not in members_of(unit)
    if elsewhere or others or facts.anonymous_id is not None:
        raise referenced_resource_not_found(TYPE_ID, id=identifier.id, key=identifier.key)
    return unit


def unit_named(identifier: ResourceIdentifier | None, facts: Facts) -> BusinessUnit | None:
    """As `seen_unit`; None stays None."""
    return None if identifier is None else seen_unit(identifier, facts)


def unit_of(reference: KeyReference | None, facts: Facts) -> BusinessUnit | None:
    """The unit that a cart or an order belongs to already; None stays None. Raises `ReferencedResourceNotFound`."""
    return None if reference is None else facts.get(TYPE_ID, reference, BusinessUnit)


def reference_to(unit: BusinessUnit | None) -> KeyReference | None:
    """The reference to a unit; None stays None."""
    return None if unit is None else unit.reference


def check_usable(unit: BusinessUnit | None, store: KeyReference | None) -> None:
    """Whether something may belong to a unit: it must be active, and what belongs to it is in one of its stores, or in none if it
    has none. Raises `InvalidOperation`."""
    if unit is None:
        return
    check_active(unit)
    stores = stores_of(unit)
    if stores and store not in stores:
        raise invalid_operation(f"What belongs to the business unit '{unit.key}' must belong to one of its stores.")
    if not stores and store is not None:
        raise invalid_operation(f"The business unit '{unit.key}' has no stores, so that nothing of it belongs to one.")


def check_active(unit: BusinessUnit) -> None:
    """Raises `InvalidOperation`."""
    if unit.status != "Active":
        raise invalid_operation(f"The business unit '{unit.key}' is not active.")


def wherever_it_buys(unit: BusinessUnit, customer_id: str | None) -> KeyReference:
    """The reference to a unit for what another system made, to which the stores of units are nothing. Raises `InvalidOperation`
    for a unit that is not active, and as `check_member` does."""
    check_active(unit)
    check_member(unit, customer_id)
    return unit.reference


def check_member(unit: BusinessUnit | None, customer_id: str | None) -> None:
    """Raises `InvalidOperation` for a customer who is no associate of the unit, neither its own nor an inherited one."""
    if unit is not None and customer_id is not None and customer_id.lower() not in members_of(unit):
        raise invalid_operation(f"The customer '{customer_id}' is no associate of the business unit '{unit.key}'.")
