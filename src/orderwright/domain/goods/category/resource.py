"""Categories: the tree that products are filed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_changes
from typing import Any

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.goods.assets import AssetDraft, Edit, asset_actions, assets_from
from orderwright.domain.goods.category.model import Category, OrderHint, below, claims, descendants_of, moved, placed, subtree
from orderwright.domain.goods.category.stores import (
    assigned,
    assigned_with_descendants,
    check_all_permitted,
    check_permitted,
    parent_of,
    stores_from,
    with_descendants,
)
from orderwright.domain.goods.product.model import Name, Slug
from orderwright.domain.goods.product.renewal import renewed_after_categories
from orderwright.domain.goods.product_discount.best import discounts_of
from orderwright.domain.laws.renewing import discounted_anew
from orderwright.domain.laws.telling import old_and_new
from orderwright.domain.shop.store.references import Stores, store_reference, store_references, with_store, without_store
from orderwright.engine.actions import ActionSet, Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Value, action_name
from orderwright.engine.references import CategoryIdentifier, StoreIdentifier, Wanted
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, LocalizedString


class CategoryDraft(Value):
    """A category as it is sent; without an order hint it gets one by chance."""

    name: Name
    slug: Slug
    description: LocalizedString | None = None
    parent: CategoryIdentifier | None = None
    order_hint: OrderHint | None = None
    external_id: str | None = None
    meta_title: LocalizedString | None = None
    meta_description: LocalizedString | None = None
    meta_keywords: LocalizedString | None = None
    custom: CustomFieldsDraft | None = None
    stores: Stores = ()
    assets: tuple[AssetDraft, ...] = ()
    key: Key | None = None


class CategoryCreated(Message):
    """A category was made."""

    category: Category


class CategorySlugChanged(Message):
    """The slug changed."""

    slug: Slug
    old_slug: Slug | None = None


class ChangeParent(Action):
    """Another parent; all that is below the category moves with it. A parent can not be taken away."""

    parent: CategoryIdentifier

    def wants_on(self, category: Category) -> Iterator[Wanted]:
        """What moves with it."""
        yield below(category)


class OfOne(Action):
    """What the actions on the stores of one category share: they are bound by those of its parent."""

    def wants_on(self, category: Category) -> Iterator[Wanted]:
        """The parent."""
        return parent_of(category)


class OfAllBelow(Action):
    """What the actions on the stores of a category and of all below it share."""

    def wants_on(self, category: Category) -> Iterator[Wanted]:
        """All that changes, and the parent."""
        return with_descendants(category)


class SetStores(OfOne):
    """All the stores of the category; none makes it a global one. Its children must each have one of them."""

    stores: Stores


class AddStore(OfOne):
    """A store more, also for a global category, which is then seen in no other."""

    store: StoreIdentifier


class RemoveStore(OfOne):
    """A store less; without the last one the category is a global one."""

    store: StoreIdentifier


class SetStoresWithDescendants(OfAllBelow):
    """All the stores of the category and of every one below it."""

    stores: Stores


class AddStoreWithDescendants(OfAllBelow):
    """A store more for the category and for every one below it."""

    store: StoreIdentifier


class RemoveStoreWithDescendants(OfAllBelow):
    """A store less for the category and for every one below it."""

    store: StoreIdentifier


actions = ActionSet(Category)
actions.setters("changeName", "changeOrderHint", "setKey", "setDescription", "setExternalId")
actions.setters("setMetaTitle", "setMetaDescription", "setMetaKeywords")
# That the slug is unique in each language is a claim.
actions.setters("changeSlug", tells=old_and_new(CategorySlugChanged, "slug"))
custom_field_rows(actions, root("category"))


def _with_assets(category: Category, _action: Any, edit: Edit) -> Category:
    return replace(category, assets=edit(category.assets))


asset_actions(actions, Action, _with_assets)


@actions.handles
def change_parent(category: Category, action: ChangeParent, facts: Facts) -> Change[Category]:
    """Raises `InvalidOperation` for a place below itself."""
    return moved(category, action.parent, facts)


@actions.handles
def set_stores(category: Category, action: SetStores, facts: Facts) -> Change[Category]:
    """Raises as `assigned`, `check_all_permitted` and `check_permitted` do."""
    check_all_permitted(category, facts)
    stores = store_references(action.stores, facts)
    check_permitted(stores, facts)
    return assigned(category, stores, facts)


@actions.handles
def add_store(category: Category, action: AddStore, facts: Facts) -> Change[Category]:
    """Raises as `assigned` and `check_permitted` do."""
    store = store_reference(action.store, facts)
    check_permitted((store,), facts)
    return assigned(category, with_store(category.stores, store), facts)


@actions.handles
def remove_store(category: Category, action: RemoveStore, facts: Facts) -> Change[Category]:
    """A store that is not there changes nothing. Raises as `assigned` and `check_permitted` do."""
    store = store_reference(action.store, facts)
    check_permitted((store,), facts)
    return assigned(category, without_store(category.stores, store), facts)


@actions.handles
def set_stores_with_descendants(category: Category, action: SetStoresWithDescendants, facts: Facts) -> Change[Category]:
    """Raises as `assigned_with_descendants` does, and so do the next two."""
    stores = store_references(action.stores, facts)
    return assigned_with_descendants(category, lambda _before: stores, facts)


@actions.handles
def add_store_with_descendants(category: Category, action: AddStoreWithDescendants, facts: Facts) -> Change[Category]:
    """Those that have it already stay."""
    store = store_reference(action.store, facts)
    return assigned_with_descendants(category, lambda before: with_store(before, store), facts)


@actions.handles
def remove_store_with_descendants(category: Category, action: RemoveStoreWithDescendants, facts: Facts) -> Change[Category]:
    """Those that have it not stay."""
    store = store_reference(action.store, facts)
    return assigned_with_descendants(category, lambda before: without_store(before, store), facts)


def from_draft(draft: CategoryDraft, facts: Facts) -> Category | Change[Category]:
    """A new category."""
    born = facts.born()
    category = Category(
        **born,
        key=draft.key,
        name=draft.name,
        slug=draft.slug,
        description=draft.description,
        ancestors=(),
        order_hint=draft.order_hint or _by_chance(born["id"]),
        external_id=draft.external_id,
        meta_title=draft.meta_title,
        meta_description=draft.meta_description,
        meta_keywords=draft.meta_keywords,
        custom=custom_from(draft.custom, "category", facts),
        assets=assets_from(draft.assets, facts),
        stores=stores_from(draft.stores, facts),
    )
    return category if draft.parent is None else placed(category, draft.parent, facts)


def _by_chance(id: str) -> str:
    # The end of an id is random, and chance comes only from there.
    return f"0.{int(id[-12:], 16):015d}1"


def _deletion(category: Category, facts: Facts) -> Change[Category]:
    """All that is below a category goes with it, and products lose them. Raises as `check_all_permitted` does."""
    check_all_permitted(category, facts)
    descendants = descendants_of(category, facts)
    renewed = renewed_after_categories((category, *descendants), facts.now)
    changed = [Changed("category", descendant) for descendant in descendants]
    return Change(category, effects=(subtree(category.id, 0), renewed), changed=changed)


def _moved(before: Category | None, change: Change[Category], facts: Facts) -> Change[Category]:
    """Prices follow where predicates of product discounts ask for the keys of categories, or for those above them."""
    after = change.after
    asked = before is not None and discounts_of(facts.catalogue).of_category_documents
    if before is None or not asked or (before.key, before.ancestors) == (after.key, after.ancestors):
        return change
    return change.going_on(after, discounted_anew(facts.now))


def _of_store(store_key: str) -> tuple[str, str]:
    return "query", _belongs_to(store_key)


def _seen_in_store(store_key: str) -> tuple[str, str]:
    return "stores", _belongs_to(store_key)


def _belongs_to(store_key: str) -> str:
    return encode({"stores": [{"key": store_key}]}).decode()


RESOURCE = ResourceType(
    type_id="category",
    path="categories",
    model=Category,
    draft=CategoryDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    claims=claims,
    lookups={"key": "key"},
    created=lambda category: CategoryCreated(category=category),
    settles=_moved,
    deleting=_deletion,
    deletion_wants=lambda category: [below(category)],
)

# At the door of a store: what is of the store and what is global is seen, what is of the store is changed.
SEEN_IN_STORE = with_changes(RESOURCE, owned={"store": _seen_in_store}, verbs=("query", "get", "head"))
OF_STORE = with_changes(
    RESOURCE,
    owned={"store": _of_store},
    verbs=("create", "update", "delete"),
    actions=actions.only(
        *(action_name(action.__name__) for action in actions.types if not action.__name__.endswith("WithDescendants")),
        name="CategoryInStore",
    ),
)
