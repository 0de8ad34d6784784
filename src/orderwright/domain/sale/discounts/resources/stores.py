"""The stores that a cart discount is for, and who may say so at the door of one of them.

commercetools: Cart Discounts, Update CartDiscount in Store, Set Stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from orderwright.domain.sale.discounts.model import CartDiscount
from orderwright.domain.sale.discounts.resources.refusals import max_store_references_reached, not_allowed_to_edit
from orderwright.domain.shop.store.references import AddStore, RemoveStore, store_reference, store_references, without_store
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, KeyReference, always
from orderwright.engine.references import ResourceIdentifier, StoreIdentifier
from orderwright.errors import invalid_operation

MAX_STORES: Final = 500
Stores = tuple[KeyReference, ...]


class CartDiscountStoreAdded(Message):
    """A store was added."""

    store: KeyReference


class CartDiscountStoreRemoved(Message):
    """A store was taken away."""

    store: KeyReference


class CartDiscountStoresSet(Message):
    """The stores are others."""

    stores: Stores = always(())


class SetStores(Action):
    """All the stores; none means every store."""

    stores: tuple[StoreIdentifier, ...]


def stores_from(identifiers: Sequence[ResourceIdentifier], facts: Facts) -> Stores:
    """The stores of a new discount: that of the door first, then those that are sent.

    Raises `ReferencedResourceNotFound`, `MaxStoreReferencesReached`, `Unauthorized` for one that the caller has no right in.
    """
    door = () if facts.store_key is None else (ResourceIdentifier(key=facts.store_key),)
    stores = store_references((*door, *identifiers), facts)
    check_permitted(stores, facts)
    return _bounded(stores)


def check_permitted(stores: Iterable[KeyReference], facts: Facts) -> None:
    """Raises `Unauthorized`, with their keys, for stores that the caller has no right in."""
    missing = [store.key for store in stores if not facts.manages(store.key)]
    if missing:
        raise not_allowed_to_edit(missing)


def guard(discount: CartDiscount, action: Action, facts: Facts) -> None:
    """Raises `Unauthorized` at the door of a store for who has no right in all stores of the discount, but to remove one."""
    if not isinstance(action, RemoveStore):
        check_permitted(discount.stores, facts)


def store_rows(actions: ActionSet[CartDiscount]) -> None:
    """Add the three actions to those of a discount."""
    for handler in (add_store, remove_store, set_stores):
        actions.handles(handler)


def add_store(discount: CartDiscount, action: AddStore, facts: Facts) -> CartDiscount | Change[CartDiscount]:
    """A store that is there already stays once. Raises as `stores_from` does."""
    store = store_reference(action.store, facts)
    check_permitted((store,), facts)
    stores = _bounded(tuple(dict.fromkeys((*discount.stores, store))))
    return _with(discount, stores, CartDiscountStoreAdded(store=store))


def remove_store(discount: CartDiscount, action: RemoveStore, facts: Facts) -> CartDiscount | Change[CartDiscount]:
    """A store that is not there changes nothing. Raises `Unauthorized`, and `InvalidOperation` at the door of a store where none
    would be left: the discount would be for all."""
    store = store_reference(action.store, facts)
    check_permitted((store,), facts)
    stores = _kept(without_store(discount.stores, store), facts)
    return _with(discount, stores, CartDiscountStoreRemoved(store=store))


def set_stores(discount: CartDiscount, action: SetStores, facts: Facts) -> CartDiscount | Change[CartDiscount]:
    """The stores in the order in which they are sent, each once. Raises as the other two do."""
    stores = store_references(action.stores, facts)
    check_permitted(stores, facts)
    return _with(discount, _kept(_bounded(stores), facts), CartDiscountStoresSet(stores=stores))


def _with(discount: CartDiscount, stores: Stores, told: Message) -> CartDiscount | Change[CartDiscount]:
    return discount if stores == discount.stores else Change(replace(discount, stores=stores), told)


def _kept(stores: Stores, facts: Facts) -> Stores:
    if facts.store_key is not None and not stores:
        raise invalid_operation("A cart discount that is changed in a store must keep one.")
    return stores


def _bounded(stores: Stores) -> Stores:
    if len(stores) > MAX_STORES:
        raise max_store_references_reached(MAX_STORES)
    return stores


def of_store(store_key: str) -> tuple[str, str]:
    """What is seen at the door of a store: what names it."""
    return "query", encode({"stores": [{"key": store_key}]}).decode()
