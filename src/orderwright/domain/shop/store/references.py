"""The stores that a resource belongs to, by their keys, and the three actions that change which they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from orderwright.domain.shop.store.model import Store
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, KeyReference
from orderwright.engine.references import ResourceIdentifier, StoreIdentifier
from orderwright.errors import invalid_operation

MAX_STORES = 100
"""As many stores as one resource can belong to."""
Stores = Annotated[tuple[StoreIdentifier, ...], Meta(max_length=MAX_STORES)]


class SetStores(Action):
    """All the stores; none means every store."""

    stores: Stores


class AddStore(Action):
    """A store more."""

    store: StoreIdentifier


class RemoveStore(Action):
    """A store less."""

    store: StoreIdentifier


def store_reference(store: ResourceIdentifier, facts: Facts) -> KeyReference:
    """Raises `ReferencedResourceNotFound`."""
    return KeyReference(type_id="store", key=facts.get("store", store, Store).key)


def store_references(stores: Iterable[ResourceIdentifier], facts: Facts) -> tuple[KeyReference, ...]:
    """Each store once, in the order in which they come. Raises `ReferencedResourceNotFound`."""
    return tuple(dict.fromkeys(store_reference(store, facts) for store in stores))


def with_store(stores: tuple[KeyReference, ...], store: KeyReference) -> tuple[KeyReference, ...]:
    """One that is there already stays once. Raises `InvalidOperation` above 100."""
    after = tuple(dict.fromkeys((*stores, store)))
    if len(after) > MAX_STORES:
        raise invalid_operation(f"At most {MAX_STORES} stores can be assigned.")
    return after


def without_store(stores: tuple[KeyReference, ...], store: KeyReference) -> tuple[KeyReference, ...]:
    """One that is not there changes nothing."""
    return tuple(each for each in stores if each != store)
