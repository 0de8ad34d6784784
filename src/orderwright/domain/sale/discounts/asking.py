"""What predicates of discounts are asked of: a cart as it is before any discount of carts, and its items.

Amounts in it are those without discounts, so that what a discount takes off cannot change whether it, or another one, holds. A
gift counts nothing. JSON is made only of what a predicate has to be asked of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from orderwright.domain.sale.discounts.arithmetic.lots import Item, ItemKind
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.predicates import CART, CUSTOM_LINE_ITEM, LINE_ITEM
from orderwright.engine.json.codec import to_builtins
from orderwright.predicates import PredicateError, compile_rule

_VOCABULARIES: Final = {"cart": CART, "line": LINE_ITEM, "custom": CUSTOM_LINE_ITEM}
_ALWAYS: Final = frozenset(("true", "1=1", "true=true"))
Test = Callable[[Any], bool]


@lru_cache(maxsize=8192)
def _test(text: str, kind: str) -> Test | bool:
    """What asks a predicate; True for one that holds for everything, False for one that cannot be read (any more)."""
    if "".join(text.split()).lower() in _ALWAYS:
        return True
    try:
        return compile_rule(text, _VOCABULARIES[kind])
    except PredicateError:
        return False


class Asked:
    """One cart, of which each predicate is asked once. `whole` makes what is asked of it, taxes included."""

    def __init__(self, whole: Callable[[], Sale], items: Mapping[ItemKind, Sequence[LineItem | CustomLineItem]]) -> None:
        self._whole = whole
        self._items = items
        self._cart: Any = None
        self._plain: dict[str, list[Any]] = {}
        self._held: dict[str, bool] = {}
        self._matching: dict[tuple[str, str], frozenset[str]] = {}

    def holds(self, text: str) -> bool:
        """Whether the cart satisfies a predicate."""
        test = _test(text, "cart")
        if isinstance(test, bool):
            return test
        held = self._held.get(text)
        if held is None:
            if self._cart is None:
                self._cart = to_builtins(self._whole())
            held = self._held[text] = test(self._cart)
        return held

    def matches(self, text: str, item: Item) -> bool:
        """Whether an item satisfies a predicate."""
        return item.id in self._matching_of(text, item.kind)

    def _matching_of(self, text: str, kind: ItemKind) -> frozenset[str]:
        found = self._matching.get((text, kind))
        if found is None:
            found = self._matching[text, kind] = frozenset(self._found(text, kind))
        return found

    def _found(self, text: str, kind: ItemKind) -> list[str]:
        test, items = _test(text, kind), self._items.get(kind, ())
        if isinstance(test, bool):
            return [item.id for item in items] if test else []
        plain = self._plain.get(kind)
        if plain is None:
            plain = self._plain[kind] = to_builtins(items)
        return [item.id for item, seen in zip(items, plain, strict=True) if test(seen)]
