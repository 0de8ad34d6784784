"""What is said about a product as a whole."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.editing import Staged, edited
from orderwright.domain.goods.product.messages import ProductPriceModeSet, ProductSlugChanged, ProductStateTransition
from orderwright.domain.goods.product.model import Product, ProductData, Slug
from orderwright.domain.goods.product.variant import PriceMode
from orderwright.domain.shop.state.workflow import transition
from orderwright.engine.actions import Change, setter_struct
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import StateIdentifier, TaxCategoryIdentifier


class ChangeSlug(Staged):
    """Another slug, unique in the project for each of its languages."""

    slug: Slug


class SetTaxCategory(Action):
    """What the product is taxed by; both descriptions share it."""

    tax_category: TaxCategoryIdentifier | None = None


class SetPriceMode(Action):
    """Whether variants have the prices embedded in them or standalone ones."""

    price_mode: PriceMode = "Embedded"


class TransitionState(Action):
    """Another state; `force` spares the workflow."""

    state: StateIdentifier | None = None
    force: bool = False


actions.setters("setKey")


def _add_staged_setter(name: str) -> None:
    """A setter row for a field of ProductData, with the `staged` flag that all edits of a description have."""
    described: Any = ProductData
    struct, field = setter_struct(described, name)
    make: Any = type(struct)
    members = {"__annotations__": {"staged": bool}, "staged": True, "__module__": __name__}
    staged_struct = make(struct.__name__, (struct,), members)

    def handle(product: Product, action: Any, _facts: Facts) -> Product:
        return edited(product, action.staged, lambda data: replace(data, **{field: getattr(action, field)}))

    actions.add(staged_struct, handle)


for _name in (
    "changeName",
    "setDescription",
    "setMetaTitle",
    "setMetaDescription",
    "setMetaKeywords",
    "setSearchKeywords",
):
    _add_staged_setter(_name)


@actions.handles
def change_slug(product: Product, action: ChangeSlug, facts: Facts) -> Product | Change[Product]:
    """Set the slug; that it is unique is a claim."""
    old = product.master_data.staged.slug
    after = edited(product, action.staged, lambda data: replace(data, slug=action.slug))
    return product if after == product else Change(after, ProductSlugChanged(slug=action.slug, old_slug=old))


@actions.handles
def set_tax_category(product: Product, action: SetTaxCategory, facts: Facts) -> Product:
    """Lines take the new category when they are next recalculated from the product."""
    return replace(product, tax_category=facts.reference("tax-category", action.tax_category))


@actions.handles
def set_price_mode(product: Product, action: SetPriceMode, facts: Facts) -> Product | Change[Product]:
    """Both descriptions share the mode; lines are priced by it when they are next recalculated."""
    if action.price_mode == product.price_mode:
        return product
    return Change(replace(product, price_mode=action.price_mode), ProductPriceModeSet(to=action.price_mode))


actions.add(TransitionState, transition("ProductState", ProductStateTransition))
