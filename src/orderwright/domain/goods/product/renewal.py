"""Products are written anew after a change of their product type, and after a deletion of one of their categories.

A product type may have more products than one transaction should write, so they follow the change in portions. Until then, and
whenever a product is written, `refreshed` brings its attributes to what the type says today.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace

from orderwright.domain.goods.product.editing import without_category
from orderwright.domain.goods.product.model import Product
from orderwright.domain.laws.renewing import LISTS_OF_PRODUCT, queued
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Resource
from orderwright.engine.scalars import DateTime, Id
from orderwright.engine.unit.effects import Effect


class Renew(Action):
    """Writes the product as its type says today, and without a deleted category where one is named."""

    sent: ClassVar[bool] = False
    category: Id | None = None


# No request can send these: they are no actions of the API.
renewal_actions: ActionSet[Product] = ActionSet(Product, "ProductRenewal")


@renewal_actions.handles
def renew(product: Product, action: Renew, facts: Facts) -> Product:
    """The attributes are brought up to date where every change of a product ends."""
    gone = action.category
    if gone is None:
        return product
    data = product.master_data
    after = replace(data, current=without_category(data.current, gone), staged=without_category(data.staged, gone))
    return replace(product, master_data=after)


def told_to_lists(before: Product | None, change: Change[Product], facts: Facts) -> Change[Product]:
    """The change, which shopping lists follow where it is of what they show of the product."""
    after = change.after
    if before is None or _listed(before) == _listed(after):
        return change
    return change.going_on(after, (queued(LISTS_OF_PRODUCT, (after.id,), facts.now),))


def _listed(product: Product) -> object:
    """What lists show: nothing of what is not published."""
    data = product.master_data
    return data.published and (data.current.name, product.product_type, {variant.id for variant in data.current.all_variants})


def renewed_after_categories(categories: Iterable[Resource], now: DateTime) -> Effect:
    """The effect of a deletion: products are to lose the categories."""
    return queued("category", (category.id for category in categories), now)


def renewed_after_type(product_type: Resource, now: DateTime) -> Effect:
    """The effect of a change of a product type: its products are to be written as it says now."""
    return queued("product-type", (product_type.id,), now)
