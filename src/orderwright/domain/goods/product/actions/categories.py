"""The categories a product is in, and its place in each."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.goods.category.model import Category
from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.editing import Staged, edited, without_category
from orderwright.domain.goods.product.messages import ProductAddedToCategory, ProductRemovedFromCategory
from orderwright.domain.goods.product.model import OrderHint, Product, ProductData
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.references import CategoryIdentifier
from orderwright.engine.scalars import Id
from orderwright.errors import invalid_operation


class AddToCategory(Staged):
    """One more category, with an order hint or without."""

    category: CategoryIdentifier
    order_hint: OrderHint | None = None


class RemoveFromCategory(Staged):
    """A category the product is to leave."""

    category: CategoryIdentifier


class SetCategoryOrderHint(Staged):
    """The product's place in a category it is in; none removes it."""

    category_id: Id
    order_hint: OrderHint | None = None


@actions.handles
def add_to_category(product: Product, action: AddToCategory, facts: Facts) -> Product | Change[Product]:
    """In a category where it is already, the product only gets the order hint."""
    category = facts.get("category", action.category, Category).reference

    def added(data: ProductData) -> ProductData:
        categories = data.categories if category in data.categories else (*data.categories, category)
        return _hinted(replace(data, categories=categories), category.id, action.order_hint)

    after = edited(product, action.staged, added)
    return product if after == product else Change(after, ProductAddedToCategory(category=category, staged=action.staged))


@actions.handles
def remove_from_category(product: Product, action: RemoveFromCategory, facts: Facts) -> Product | Change[Product]:
    """Its order hint goes too. From a category where it is not, the product is not removed, and nothing is told."""
    category = facts.get("category", action.category, Category).reference
    after = edited(product, action.staged, lambda data: without_category(data, category.id))
    return product if after == product else Change(after, ProductRemovedFromCategory(category=category, staged=action.staged))


@actions.handles
def set_category_order_hint(product: Product, action: SetCategoryOrderHint, facts: Facts) -> Product:
    """Raises `InvalidOperation` for a category that the product is not in."""

    def hinted(data: ProductData) -> ProductData:
        if all(category.id != action.category_id for category in data.categories):
            raise invalid_operation(f"The product is not in the category '{action.category_id}'.")
        return _hinted(data, action.category_id, action.order_hint)

    return edited(product, action.staged, hinted)


def _hinted(data: ProductData, id: str, hint: str | None) -> ProductData:
    hints = {category: known for category, known in data.category_order_hints.items() if category != id}
    return replace(data, category_order_hints=hints if hint is None else {**hints, id: hint})
