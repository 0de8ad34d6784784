"""What predicates of discounts are asked of: a cart as it is before any discount of carts, and its items.

Amounts in it are those without discounts, so that what a discount takes off cannot change whether it, or another one, holds.
Gifts are not in it. JSON is made only of what a predicate has to be asked of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from orderwright.domain.sale.discounts.arithmetic.lots import ItemKind
from orderwright.domain.sale.discounts.candidates import Offer, automatic
from orderwright.domain.sale.discounts.targets import choosers
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.predicates import known_rule
from orderwright.domain.sale.views import beside, cart_view, custom_line_view, line_view, wanted_by_rules
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import to_builtins
from orderwright.predicates import Rows, Select

Of: TypeAlias = Literal["cart", "line", "custom"]
"""What a predicate is asked of: a cart, a line item, a custom line item."""
_ALWAYS: Final = frozenset(("true", "1=1", "true=true"))
_NOBODY: Final = frozenset[str]()


class _Asking(NamedTuple):
    """How a predicate is asked, and what it names that stands beside a cart."""

    select: Select
    beside: frozenset[str]


@lru_cache(maxsize=8192)
def _asking(text: str, of: Of) -> _Asking | bool:
    """How a predicate is asked; True for one that holds for everything, False for one that cannot be read (any more)."""
    if "".join(text.split()).lower() in _ALWAYS:
        return True
    rule = known_rule(text, of)
    return rule is not None and _Asking(rule.select, beside(rule.names))


class Asked:
    """One cart, of which each predicate is asked once. `whole` makes what is asked of it, taxes included."""

    def __init__(self, sale: Sale, whole: Callable[[], Sale], facts: Facts) -> None:
        self._sale = sale
        self._whole = whole
        self._facts = facts
        self._cart: Rows | None = None
        self._items: dict[str, Rows] = {}
        self._shown: dict[str, frozenset[str]] = {}
        self._held: dict[str, bool] = {}
        self._matching: dict[tuple[str, ItemKind], frozenset[str]] = {}

    def read(self, predicates: Iterable[tuple[str, Of]]) -> None:
        """Raises `UnreadError` where predicates, each with what it is asked of, name what was not read."""
        askings = (_asking(*each) for each in predicates)
        names = _NOBODY.union(*(asking.beside for asking in askings if not isinstance(asking, bool)))
        if names:
            sale = self._sale
            self._facts.need(wanted_by_rules(names, sale.customer_id, sale.line_items, self._facts.found))

    def holds(self, text: str) -> bool:
        """Whether the cart satisfies a predicate."""
        asking = _asking(text, "cart")
        if isinstance(asking, bool):
            return asking
        held = self._held.get(text)
        if held is None:
            if self._cart is None or self._is_new("cart", asking.beside):
                plain = to_builtins(self._whole()) if self._cart is None else self._cart.documents[0]
                self._cart = Rows((cart_view(plain, self._sale, asking.beside, self._facts),))
            held = self._held[text] = bool(asking.select(self._cart))
        return held

    def matching(self, text: str, kind: ItemKind) -> frozenset[str]:
        """The ids of the items that satisfy a predicate."""
        found = self._matching.get((text, kind))
        if found is None:
            found = self._matching[text, kind] = frozenset(self._found(text, kind))
        return found

    def _found(self, text: str, kind: ItemKind) -> list[str]:
        lines = kind == "line"
        asking, items = (
            _asking(text, "line" if lines else "custom"),
            (self._sale.line_items if lines else self._sale.custom_line_items),
        )
        if isinstance(asking, bool):
            return [item.id for item in items] if asking else []
        rows = self._items.get(kind)
        if rows is None or self._is_new(kind, asking.beside):
            plain = to_builtins(items) if rows is None else rows.documents
            self._show(plain, kind, asking.beside)
            rows = self._items[kind] = Rows(plain)
        return [each["id"] for each in rows.chosen(asking.select(rows))]

    def _show(self, plain: Sequence[Any], kind: ItemKind, names: frozenset[str]) -> None:
        if kind == "custom":
            for each in plain:
                custom_line_view(each, names, self._facts)
            return
        for each, line in zip(plain, self._sale.line_items, strict=True):
            line_view(each, line, names, self._facts)

    def _is_new(self, kind: str, names: frozenset[str]) -> bool:
        """Whether names of what stands beside were not asked for before."""
        known = self._shown.get(kind, _NOBODY)
        if names <= known:
            return False
        self._shown[kind] = known | names
        return True


def predicates_of(offer: Offer) -> Iterator[tuple[str, Of]]:
    """The predicates of a discount, each with what it is asked of."""
    yield offer.predicate, "cart"
    yield from ((chooser.text, chooser.of) for chooser in choosers(offer.target))


def named_by_all(catalogue: Catalogue) -> frozenset[str]:
    """What stands beside a cart and is named by the discounts that every cart is tried with, or by shipping methods."""
    predicates = [each for offer, _ in catalogue.derived(automatic) for each in predicates_of(offer)]
    methods = (method.predicate for method in catalogue.all("shipping-method"))
    predicates += [(predicate, "cart") for predicate in methods if predicate]
    askings = (_asking(*each) for each in predicates)
    return _NOBODY.union(*(asking.beside for asking in askings if not isinstance(asking, bool)))
