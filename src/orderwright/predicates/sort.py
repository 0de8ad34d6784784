"""The `sort` parameter: a dotted path, and which way."""

from typing import Any

from msgspec import Struct

from orderwright.predicates.fields import root
from orderwright.predicates.tree import Predicate, PredicateError

MAX_LENGTH = 1_000
MAX_STEPS = 20


class Sort(Struct, frozen=True):
    """One key of an order: the JSON names that lead to it from the document. Where nothing is there, it is the first of
    `otherwise` where something is. Where there are `cases`, it is which of these a document satisfies, the first ones first."""

    path: tuple[str, ...]
    descending: bool = False
    otherwise: tuple[tuple[str, ...], ...] = ()
    cases: tuple[Predicate, ...] = ()

    @property
    def of_path(self) -> bool:
        """Whether it is the value at the path, and nothing else."""
        return not self.otherwise and not self.cases


def parse_sort(text: str, model: Any, parameter: str = "sort") -> Sort:
    """Read `path`, `path asc` or `path desc`, where a step may stand in back ticks.

    Raises PredicateError for another form, for a path that `model` does not have, and for one into an array, whose
    elements are in no order of their own.
    """
    words = text.split()
    direction = words[1].lower() if len(words) == 2 else "asc"
    if len(text) > MAX_LENGTH or not 1 <= len(words) <= 2 or direction not in ("asc", "desc"):
        raise PredicateError(parameter, "Expected a field path, optionally followed by 'asc' or 'desc'.")
    path = tuple(step[1:-1] if len(step) > 2 and step[0] == step[-1] == "`" else step for step in words[0].split("."))
    if len(path) > MAX_STEPS or not all(step.isprintable() and step for step in path):
        raise PredicateError(parameter, f"Expected a path of up to {MAX_STEPS} field names.")
    return Sort(_sortable(path, model, parameter), descending=direction == "desc")


def _sortable(path: tuple[str, ...], model: Any, parameter: str) -> tuple[str, ...]:
    """The path with the names as documents have them."""
    at = root(model)
    spelled: list[str] = []
    for step in path:
        spelled.append(at.spelled(step))
        below = at.field(step)
        if below is None:
            names = ", ".join(f"`{name}`" for name in at.names())
            sortable = f" Sortable fields are: {names}." if names else ""
            raise PredicateError(parameter, f"Invalid query field '{step}' in sort path.{sortable}")
        if below.in_array:
            raise PredicateError(parameter, f"The field '{step}' is an array, which cannot be sorted by.")
        at = below
    return tuple(spelled)
