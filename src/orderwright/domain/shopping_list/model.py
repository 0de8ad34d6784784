"""The shopping list: what somebody may want to buy, products and plain texts, without prices.

commercetools: Shopping Lists, ShoppingList.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.goods.product.model import Slug
from orderwright.domain.goods.product.variant import ProductVariant
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import BusinessUnitReference, StoreReference
from orderwright.engine.scalars import DateTime, Id, Key, LocalizedString, Quantity

TYPE_ID = "shopping-list"


class ShoppingListLineItem(Value):
    """A product on a list. Without a `variant_id` it is whichever is the master variant; `deactivated_at` is since when (UTC) the
    product or variant can not be bought any more. `variant` and `product_slug` are shown where they are asked for."""

    id: Id
    added_at: DateTime
    name: LocalizedString
    product_id: Id
    product_type: Reference
    published: bool
    quantity: Quantity
    key: Key | None = None
    variant_id: int | None = None
    deactivated_at: DateTime | None = None
    custom: CustomFields | None = None
    variant: ProductVariant | None = None
    product_slug: LocalizedString | None = None


class TextLineItem(Value):
    """A text on a list."""

    id: Id
    added_at: DateTime
    name: LocalizedString
    quantity: Quantity
    key: Key | None = None
    description: LocalizedString | None = None
    custom: CustomFields | None = None


ListItem = TypeVar("ListItem", ShoppingListLineItem, TextLineItem)


class ShoppingList(Resource):
    """A list of a customer, of an anonymous session, or of nobody. It goes by itself so many days after its last modification."""

    name: LocalizedString
    key: Key | None = None
    customer: Reference | None = None
    slug: Slug | None = None
    description: LocalizedString | None = None
    line_items: tuple[ShoppingListLineItem, ...] = always(())
    text_line_items: tuple[TextLineItem, ...] = always(())
    delete_days_after_last_modification: int | None = None
    anonymous_id: str | None = None
    store: StoreReference | None = None
    business_unit: BusinessUnitReference | None = None
    custom: CustomFields | None = None


def claims(shopping_list: ShoppingList) -> Iterator[tuple[str, str]]:
    """Every slug in its language."""
    for locale, slug in (shopping_list.slug or {}).items():
        yield f"slug.{locale}", slug
