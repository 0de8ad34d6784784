"""Categories: a tree of them, in which each knows the way up to its root."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.goods.assets import Asset
from orderwright.domain.goods.product.model import Name, Slug
from orderwright.engine.actions import Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import KeyReference, Reference, Resource, always
from orderwright.engine.references import ResourceIdentifier, StoreReference, Wanted
from orderwright.engine.scalars import Key, LocalizedString, whole
from orderwright.engine.unit.effects import CategoryStays, CategorySubtree, Effect
from orderwright.errors import invalid_operation

# As many categories as one change moves or deletes: all of them are written in one statement.
MOST_BELOW = 1_000
# A decimal from 0 to 1, as text, so that no digit is lost.
OrderHint = Annotated[str, Meta(pattern=whole(r"(0?\.[0-9]+|0|1|1\.0+|0\.)"), max_length=256)]


class Category(Resource):
    """A category; `ancestors` are the way from the root down to its parent. Without `stores` it is seen in all of them.

    One with stores has only children that share a store with it.
    """

    name: Name
    slug: Slug
    ancestors: tuple[Reference, ...] = always(())
    parent: Reference | None = None
    order_hint: OrderHint
    key: Key | None = None
    description: LocalizedString | None = None
    external_id: str | None = None
    meta_title: LocalizedString | None = None
    meta_description: LocalizedString | None = None
    meta_keywords: LocalizedString | None = None
    assets: tuple[Asset, ...] = always(())
    custom: CustomFields | None = None
    stores: tuple[StoreReference, ...] = always(())

    @property
    def reference(self) -> Reference:
        """The reference to this category."""
        return Reference(type_id="category", id=self.id)


def below(category: Category) -> Wanted:
    """All categories below one, at any depth."""
    return Wanted("category", "under", category.id)


def placed(category: Category, identifier: ResourceIdentifier, facts: Facts) -> Change[Category]:
    """A new category below its parent, which must still stand where it stood when the new one is written.

    Raises `ReferencedResourceNotFound`, `InvalidOperation` for a parent in other stores.
    """
    parent = facts.get("category", identifier, Category)
    check_shared(category.stores, parent)
    return Change(_below(category, parent), effects=(stays(parent),))


def moved(category: Category, identifier: ResourceIdentifier, facts: Facts) -> Change[Category]:
    """The category below another parent, with all that is below itself: they change in the same write.

    Raises `ReferencedResourceNotFound`, `InvalidOperation` for a place below itself, for a parent in other stores, and as
    `descendants_of` does.
    """
    parent = facts.get("category", identifier, Category)
    if parent.id == category.id or any(ancestor.id == category.id for ancestor in parent.ancestors):
        raise invalid_operation("A category can not be moved below itself or one of its descendants.")
    check_shared(category.stores, parent)
    after = _below(category, parent)
    descendants = descendants_of(category, facts)
    changed = [Changed("category", each, _rerooted(each, after)) for each in descendants]
    return Change(after, effects=(stays(parent), subtree(category.id, len(changed))), changed=changed)


def descendants_of(category: Category, facts: Facts) -> Sequence[Category]:
    """The categories that were read as standing below one. Raises `InvalidOperation` for more than 1,000, and at the door of a
    store for one that is not seen there: it would go along unseen."""
    found: tuple[Category, ...] = facts.look_up(below(category)) or ()
    if len(found) > MOST_BELOW:
        raise invalid_operation(f"More than {MOST_BELOW} categories are below this one; change them in smaller parts.")
    if facts.store_key is not None:
        here = KeyReference(type_id="store", key=facts.store_key)
        if any(here not in each.stores for each in found):
            raise invalid_operation(f"A category below this one does not belong to the store '{facts.store_key}'.")
    return found


def check_shared(stores: tuple[KeyReference, ...], parent: Category) -> None:
    """Raises `InvalidOperation` where the parent has stores and none of these is among them."""
    if parent.stores and not set(stores).intersection(parent.stores):
        raise invalid_operation(f"A category needs one of the stores of its parent '{parent.id}'.")


def subtree(id: str, size: int) -> Effect:
    """The effect that refuses the write if the number of categories below one has changed since they were read."""
    return CategorySubtree(below=encode({"ancestors": [{"id": id}]}).decode(), size=size)


def claims(category: Category) -> Iterator[tuple[str, str]]:
    """Every slug in its language."""
    for locale, slug in category.slug.items():
        yield f"slug.{locale}", slug


def stays(parent: Category) -> Effect:
    """The effect that locks the parent as it was read until the write is done. It refuses the write if the parent is gone, or has
    other ancestors or stores by now."""
    return CategoryStays(id=parent.id, ancestors=encode(parent.ancestors).decode(), stores=encode(parent.stores).decode())


def _below(category: Category, parent: Category) -> Category:
    return replace(category, parent=parent.reference, ancestors=(*parent.ancestors, parent.reference))


def _rerooted(descendant: Category, category: Category) -> Category:
    """A descendant with its ancestors up to a category that has moved, and above that with those of the category."""
    ids = [ancestor.id for ancestor in descendant.ancestors]
    kept = descendant.ancestors[ids.index(category.id) :]
    return replace(descendant, ancestors=(*category.ancestors, *kept))
