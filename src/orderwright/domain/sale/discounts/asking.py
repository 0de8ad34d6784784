"""What predicates of discounts are asked of: a cart as it is before any discount of carts, and its items.

Amounts in it are those without discounts, so that what a discount takes off cannot change whether it, or another one, holds.
Gifts are not in it. JSON is made only of what a predicate has to be asked of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from msgspec.structs import replace

from orderwright.domain.sale.discounts.candidates import Offer, automatic
from orderwright.domain.sale.discounts.targets import choosers
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.predicates import CART, known_rule
from orderwright.domain.sale.views import beside, cart_view, wanted_by_rules
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.json.pruned import pruned, tree_of
from orderwright.predicates import Rows, Select, places

Priced: TypeAlias = Callable[[Any, Facts], Any]
"""A step of the calculation."""
Of: TypeAlias = Literal["cart", "line", "custom"]
"""What a predicate is asked of: a cart, a line item, a custom line item."""
_ALWAYS: Final = frozenset(("true", "1=1", "true=true"))
_NOBODY: Final = frozenset[str]()
_ITEMS: Final = {"line": "lineItems", "custom": "customLineItems"}
_TAXES: Final = "taxed"
"""Is in each name that leads to taxes."""


Member: TypeAlias = tuple[str, tuple[str, ...]]
"""The name of the items, and the path to what is read of each."""


class _Asking(NamedTuple):
    """How a predicate is asked, what it names that stands beside a cart, and which parts of one it looks at: the cart's own
    members, its items, its taxes; of items, which of their members."""

    select: Select
    beside: frozenset[str]
    parts: frozenset[str]
    members: frozenset[Member]


@lru_cache(maxsize=8192)
def _asking(text: str, of: Of) -> _Asking | bool:
    """How a predicate is asked; True for one that holds for everything, False for one that cannot be read (any more)."""
    if "".join(text.split()).lower() in _ALWAYS:
        return True
    rule = known_rule(text, of)
    return rule is not None and _Asking(
        rule.select, beside(rule.names), _parts(rule.names, of), frozenset(_members(rule.names, of))
    )


def _parts(names: frozenset[str], of: Of) -> frozenset[str]:
    own = "cart" if of == "cart" else _ITEMS[of]
    named = {name.partition(".")[0] for name in names}.intersection(_ITEMS.values()) if of == "cart" else ()
    taxes = [_TAXES] if any(_TAXES in name for name in names) else []
    return frozenset((own, *named, *taxes))


def _members(names: frozenset[str], of: Of) -> Iterator[Member]:
    for name in names:
        items, _, below = name.partition(".") if of == "cart" else (_ITEMS[of], "", name)
        if below and items in CART.inner:
            yield items, CART.inner[items].member(below)
            yield items, tuple(below.split("."))  # a path of carts through their items has no other names for anything


class Asked:
    """One cart, of which each predicate is asked once. Only what predicates look at is made of it: its total by `summed`, and its
    taxes too by `taxed`."""

    def __init__(self, sale: Sale, facts: Facts, *, summed: Priced, taxed: Priced) -> None:
        self._sale = sale
        self._facts = facts
        self._summed = summed
        self._taxed = taxed
        self._plain: dict[str, Any] = {}
        self._rows = Rows((self._plain,))
        self._parts = _NOBODY
        self._beside = _NOBODY
        self._members = frozenset[Member]()
        self._to_come = frozenset[Member]()
        self._held: dict[str, bool] = {}
        self._matching: dict[tuple[str, Of], Sequence[int]] = {}

    def read(self, predicates: Iterable[tuple[str, Of]]) -> None:
        """Raises `UnreadError` where predicates, each with what it is asked of, name what was not read."""
        askings = [asking for each in predicates if not isinstance(asking := _asking(*each), bool)]
        self._to_come = self._to_come.union(*(asking.members for asking in askings))
        names = _NOBODY.union(*(asking.beside for asking in askings))
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
            held = self._held[text] = bool(asking.select(self._with(asking)))
        return held

    def matching(self, text: str, of: Of) -> Sequence[int]:
        """Which line items or custom line items satisfy a predicate: their places in the list of all, in order."""
        found = self._matching.get((text, of))
        if found is None:
            found = self._matching[text, of] = self._found(text, of)
        return found

    def _found(self, text: str, of: Of) -> Sequence[int]:
        asking, name = _asking(text, of), _ITEMS[of]
        if isinstance(asking, bool):
            return range(len(self._sale.line_items if of == "line" else self._sale.custom_line_items)) if asking else ()
        (rows,) = self._with(asking).below(name, itemgetter(name))
        return places(asking.select(rows))

    def _with(self, asking: _Asking) -> Rows:
        """The plain cart with all that was asked for until now."""
        if not (asking.parts <= self._parts and asking.beside <= self._beside and asking.members <= self._members):
            # What others will ask of the items is made at once.
            members = asking.members | self._to_come
            missing = (asking.parts - self._parts) | (self._parts & {items for items, _ in members - self._members})
            self._parts |= missing
            self._beside |= asking.beside
            self._members |= members
            if _TAXES in missing:
                self._sale, self._plain, missing = self._taxed(self._sale, self._facts), {}, self._parts
            for part in missing:
                self._put(part)
            self._rows = Rows((cart_view(self._plain, self._sale, self._beside, self._facts),))
        return self._rows

    def _put(self, part: str) -> None:
        sale = self._sale
        if part == "cart":
            if _TAXES not in self._parts:
                sale = self._summed(sale, self._facts)
            plain = to_builtins(replace(sale, line_items=(), custom_line_items=()))
            self._plain.update({name: value for name, value in plain.items() if name not in _ITEMS.values()})
        elif part != _TAXES:
            tree = tree_of([("id",), *(path for items, path in self._members if items == part)])
            self._plain[part] = pruned(sale.line_items if part == "lineItems" else sale.custom_line_items, tree)


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
