"""The predicates by which a target chooses its items, and how much of them there may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from orderwright.domain.sale.discounts.model import (
    CartDiscountTarget,
    CountOnLineItemUnits,
    CustomLineItemsTarget,
    LineItemsTarget,
    MultiBuyCustomLineItemsTarget,
    MultiBuyLineItemsTarget,
    PatternTarget,
)
from orderwright.errors import invalid_input

MAX_LENGTH: Final = 20_000
"""Characters of all predicates of the discounts of one request together: to read so many takes 30 ms."""


class Chooser(NamedTuple):
    """A predicate of a target: its text, what it is asked of, and where it stands in the target."""

    text: str
    of: Literal["line", "custom"]
    path: str


def choosers(target: CartDiscountTarget | None) -> Iterator[Chooser]:
    """The predicates of a target, those of a pattern's trigger first."""
    if isinstance(target, LineItemsTarget | MultiBuyLineItemsTarget):
        yield Chooser(target.predicate, "line", "predicate")
    elif isinstance(target, CustomLineItemsTarget | MultiBuyCustomLineItemsTarget):
        yield Chooser(target.predicate, "custom", "predicate")
    elif isinstance(target, PatternTarget):
        for path, pattern in (("triggerPattern", target.trigger_pattern), ("targetPattern", target.target_pattern)):
            for component in pattern:
                of: Literal["line", "custom"] = "line" if isinstance(component, CountOnLineItemUnits) else "custom"
                yield Chooser(component.predicate, of, f"{path}.predicate")


def check_length(targets: Iterable[CartDiscountTarget | None]) -> None:
    """Raises `InvalidInput` where the predicates of targets are longer together than 20,000 characters."""
    if sum(len(chooser.text) for target in targets for chooser in choosers(target)) > MAX_LENGTH:
        raise invalid_input(f"The predicates of the targets are longer than {MAX_LENGTH} characters together.")
