"""What a shopping list shows of its products where that is asked for: variants and slugs, as they are published today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from orderwright.domain.goods.variants import copied, variant_of, wanted_of
from orderwright.domain.shopping_list.model import ShoppingList, ShoppingListLineItem
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted
from orderwright.engine.resource import Joined

_VARIANT: Final = ("lineItems", "variant")
_SLUG: Final = ("lineItems", "productSlug")


def _wanted(shopping_list: ShoppingList) -> Iterator[Wanted]:
    return (wanted_of(line.product_id) for line in shopping_list.line_items)


def _shown(shopping_list: ShoppingList, members: frozenset[tuple[str, ...]], facts: Facts) -> ShoppingList:
    lines = tuple(_with_product(line, members, facts) for line in shopping_list.line_items)
    return replace(shopping_list, line_items=lines)


def _with_product(line: ShoppingListLineItem, members: frozenset[tuple[str, ...]], facts: Facts) -> ShoppingListLineItem:
    snapshot = variant_of(line.product_id, line.variant_id, facts)
    if snapshot is None:
        return line  # not published any more, or read with another portion
    return replace(
        line,
        variant=copied(snapshot) if _VARIANT in members else line.variant,
        product_slug=snapshot.slug if _SLUG in members else line.product_slug,
    )


PRODUCTS: Final = Joined(frozenset({_VARIANT, _SLUG}), _wanted, _shown)
