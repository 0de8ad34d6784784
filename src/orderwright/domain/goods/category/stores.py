"""Which stores a category is seen in. Its assortment and its discounts do not depend on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from orderwright.domain.goods.category.model import Category, below, check_shared, descendants_of, stays, subtree
from orderwright.domain.shop.store.references import store_references
from orderwright.engine.actions import Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import KeyReference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.unit.effects import CategoryChildrenShare, Effect
from orderwright.errors import invalid_input, invalid_operation, unauthorized

Stores = tuple[KeyReference, ...]


def parent_of(category: Category) -> Iterator[Wanted]:
    """The parent, whose stores bound those of the category."""
    if category.parent is not None:
        yield Wanted("category", "id", category.parent.id)


def stores_from(identifiers: Sequence[ResourceIdentifier], facts: Facts) -> Stores:
    """The stores of a new category: at the door of a store at least that one.

    Raises `ReferencedResourceNotFound`, `InvalidOperation` for stores without the door's own, and as `check_permitted` does.
    """
    if facts.store_key is None:
        return store_references(identifiers, facts)
    door = store_references([ResourceIdentifier(key=facts.store_key)], facts)
    stores = store_references(identifiers, facts) or door
    if door[0] not in stores:
        raise invalid_operation(f"The category is created in store '{facts.store_key}' and must belong to it.")
    check_permitted(stores, facts)
    return stores


def check_permitted(stores: Stores, facts: Facts) -> None:
    """Raises `InvalidInput` for a store that the caller has no right in."""
    for store in stores:
        if not facts.manages(store.key):
            raise invalid_input(f"There is no permission for the store '{store.key}'.")


def check_all_permitted(category: Category, facts: Facts) -> None:
    """Raises `Unauthorized` for a category that also belongs to a store in which the caller has no right."""
    if not all(facts.manages(store.key) for store in category.stores):
        raise unauthorized("Not allowed to edit this Category.")


def assigned(category: Category, stores: Stores, facts: Facts) -> Change[Category]:
    """The category in these stores. The write holds them against the stores of its parent and its children.

    Raises `InvalidOperation` where they do not, and at the door of a store where none would be left.
    """
    if facts.store_key is not None and not stores:
        raise invalid_operation("A category that is changed in a store must keep one.")
    if stores == category.stores:
        return Change(category)
    effects = [*_of_parent(category, stores, facts)]
    if stores and not (category.stores and set(category.stores) <= set(stores)):
        effects.append(_children_share(category, stores))
    return Change(replace(category, stores=stores), effects=effects)


def assigned_with_descendants(category: Category, change: Callable[[Stores], Stores], facts: Facts) -> Change[Category]:
    """The category and all below it, the stores of each changed by `change`, in one write.

    Raises `InvalidOperation` where a parent and a child would share no store, and as `descendants_of` does.
    """
    descendants = descendants_of(category, facts)
    after = {each.id: replace(each, stores=change(each.stores)) for each in (category, *descendants)}
    for each in descendants:
        if each.parent is not None and each.parent.id in after:
            check_shared(after[each.id].stores, after[each.parent.id])
    changed = [Changed("category", each, after[each.id]) for each in descendants if after[each.id] != each]
    root = after[category.id]
    if root == category and not changed:
        return Change(category)
    effects = (*_of_parent(category, root.stores, facts), subtree(category.id, len(descendants)))
    return Change(root, effects=effects, changed=changed)


def with_descendants(category: Category) -> Iterator[Wanted]:
    """What is below a category, and its parent."""
    yield below(category)
    yield from parent_of(category)


def _of_parent(category: Category, stores: Stores, facts: Facts) -> tuple[Effect, ...]:
    if category.parent is None:
        return ()
    parent = facts.get("category", category.parent, Category)
    check_shared(stores, parent)
    return (stays(parent),)


def _children_share(category: Category, stores: Stores) -> Effect:
    """The effect that refuses the write if it would leave a child without any of these stores, also a child added meanwhile."""
    return CategoryChildrenShare(
        children=encode({"parent": {"id": category.id}}).decode(),
        stores=tuple(store.key for store in stores),
        refused=invalid_operation("A category below this one has none of its stores."),
    )
