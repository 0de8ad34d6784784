"""The stores that a unit buys in, its own or its parent's. Divisions below inherit them in the same write."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.business_unit import messages
from orderwright.domain.business_unit.actions.associates import HandedDown
from orderwright.domain.business_unit.actions.registry import actions
from orderwright.domain.business_unit.create import check_company, inherits_stores
from orderwright.domain.business_unit.hierarchy import below, handed_down, inheriting_again, of_parent
from orderwright.domain.business_unit.model import BusinessUnit, StoreMode, Stores
from orderwright.domain.shop.store.references import store_reference, store_references, without_store
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action
from orderwright.engine.references import StoreIdentifier, Wanted


class AddStore(HandedDown):
    """A store more."""

    store: StoreIdentifier


class RemoveStore(HandedDown):
    """A store less. Orders in it stay as they are; carts in it can not be ordered any more."""

    store: StoreIdentifier


class SetStores(HandedDown):
    """All the stores."""

    stores: tuple[StoreIdentifier, ...]


class SetStoreMode(Action):
    """Whether stores are inherited; `stores` are the unit's own."""

    store_mode: StoreMode
    stores: tuple[StoreIdentifier, ...] | None = None

    def wants_on(self, unit: BusinessUnit) -> Iterator[Wanted]:
        """The parent, and all that inherits."""
        yield from of_parent(unit)
        yield below(unit)


def _with(unit: BusinessUnit, stores: Stores, told: Message) -> Change[BusinessUnit]:
    if stores == unit.stores:
        return Change(unit)
    return Change(replace(unit, stores=stores), told, then=(handed_down,))


def _own(unit: BusinessUnit) -> Stores:
    """Raises `InvalidOperation` where the stores are the parent's."""
    if unit.store_mode != "Explicit":
        raise inherits_stores()
    return unit.stores or ()


@actions.handles
def add_store(unit: BusinessUnit, action: AddStore, facts: Facts) -> Change[BusinessUnit]:
    """A store that is there already changes nothing. Raises as `_own` does, and `ReferencedResourceNotFound`."""
    added = store_reference(action.store, facts)
    after = tuple(dict.fromkeys((*_own(unit), added)))
    return _with(unit, after, messages.BusinessUnitStoreAdded(store=added))


@actions.handles
def remove_store(unit: BusinessUnit, action: RemoveStore, facts: Facts) -> Change[BusinessUnit]:
    """A store that is not there changes nothing. Raises as `_own` does, and `ReferencedResourceNotFound`."""
    gone = store_reference(action.store, facts)
    return _with(unit, without_store(_own(unit), gone), messages.BusinessUnitStoreRemoved(store=gone))


@actions.handles
def set_stores(unit: BusinessUnit, action: SetStores, facts: Facts) -> Change[BusinessUnit]:
    """Replaces the list. Raises as `_own` does, and `ReferencedResourceNotFound`."""
    _own(unit)
    wanted = store_references(action.stores, facts)
    return _with(unit, wanted, messages.BusinessUnitStoresSet(stores=wanted))


@actions.handles
def set_store_mode(unit: BusinessUnit, action: SetStoreMode, facts: Facts) -> Change[BusinessUnit]:
    """Raises `InvalidOperation` for a company that is to inherit and for own stores of a unit that is."""
    if action.store_mode == "FromParent":
        if action.stores is not None:
            raise inherits_stores()
        stores = None
    else:
        stores = unit.stores or () if action.stores is None else store_references(action.stores, facts)
    after = replace(unit, store_mode=action.store_mode, stores=stores)
    if after == unit:
        return Change(unit)
    if unit.unit_type == "Company":
        check_company(after)
    told = messages.BusinessUnitStoreModeChanged(
        stores=after.stores or (),
        store_mode=after.store_mode,
        old_stores=unit.stores or (),
        old_store_mode=unit.store_mode,
    )
    return inheriting_again(after, facts).telling(told)
