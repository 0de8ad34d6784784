"""Categories: the tree that products are filed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.goods.assets import AssetDraft, Edit, asset_actions, assets_from
from orderwright.domain.goods.category.model import Category, OrderHint, below, claims, descendants_of, moved, placed, subtree
from orderwright.domain.goods.product.model import Name, Slug
from orderwright.domain.goods.product.renewal import renewed_after_category
from orderwright.domain.laws.telling import old_and_new
from orderwright.engine.actions import ActionSet, Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Value
from orderwright.engine.references import CategoryIdentifier, Wanted
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
    )
    return category if draft.parent is None else placed(category, draft.parent, facts)


def _by_chance(id: str) -> str:
    # The end of an id is random, and chance comes only from there.
    return f"0.{int(id[-12:], 16):015d}1"


def _deletion(category: Category, facts: Facts) -> Change[Category]:
    """All that is below a category goes with it, and products lose them."""
    descendants = descendants_of(category, facts)
    effects = [renewed_after_category(gone, facts.now) for gone in (category, *descendants)]
    changed = [Changed("category", descendant) for descendant in descendants]
    return Change(category, effects=(subtree(category.id, 0), *effects), changed=changed)


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
    deleting=_deletion,
    deletion_wants=lambda category: [below(category)],
)
