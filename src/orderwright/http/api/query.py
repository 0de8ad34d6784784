"""The query parameters of the API: checked here, once, before anything reaches a statement."""

from __future__ import annotations

from typing import Any

from orderwright.engine.scalars import MAX_DIGITS
from orderwright.errors import ApiError, invalid_input
from orderwright.predicates import check, parse
from orderwright.predicates.sort import parse_sort
from orderwright.predicates.tree import Predicate, PredicateError
from orderwright.storage.queries.queries import PageRequest

Parameters = tuple[tuple[str, str], ...]
DEFAULT_LIMIT = 20
MAX_LIMIT = 500
MAX_OFFSET = 10_000
MAX_PARAMETERS = 1_000
MAX_SORTINGS = 10
RESERVED = frozenset({"where", "sort", "limit", "offset", "withTotal", "expand", "version", "dataErasure"})


def values(parameters: Parameters, name: str) -> list[str]:
    """Every value of a repeatable parameter; one without a value is 400."""
    found = [value for key, value in parameters if key == name]
    if "" in found:
        raise malformed(name, "A value is required.")
    return found


def single(parameters: Parameters, name: str) -> str | None:
    """The value of a parameter that may stand once; the last one counts, as with the API."""
    found = values(parameters, name)
    return found[-1] if found else None


def integer(parameters: Parameters, name: str, default: int, highest: int) -> int:
    """A whole number from 0 to `highest`, or the default. Raises 400."""
    text = single(parameters, name)
    if text is None:
        return default
    number = _whole(name, text)
    if not 0 <= number <= highest:
        raise malformed(name, f"The value {number} is not in the range [0..{highest}].")
    return number


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= MAX_DIGITS):
        raise malformed(name, f"'{text[:40]}' is not an integer.")
    return int(text)


def boolean(parameters: Parameters, name: str, default: bool) -> bool:
    """`true` or `false`, or the default. Raises 400."""
    text = single(parameters, name)
    if text not in (None, "true", "false"):
        raise malformed(name, f"'{str(text)[:40]}' is neither true nor false.")
    return default if text is None else text == "true"


def version(parameters: Parameters) -> int:
    """The `version` a deletion must carry. Raises 400 when it is absent or no whole number; any other is one that may differ."""
    text = single(parameters, "version")
    if text is None:
        raise malformed("version", "A value is required.")
    return _whole("version", text)


def where(parameters: Parameters, model: Any) -> tuple[Predicate, ...]:
    """The predicates of a request, checked against the type they ask about. Raises 400 `InvalidInput`."""
    variables: dict[str, list[str]] = {}
    for name, value in parameters:
        # Clients send variables as `var.name` and as plain `name`; both bind `:name`.
        if name.startswith("var.") or name not in RESERVED:
            variables.setdefault(name.removeprefix("var."), []).append(value)
    try:
        return tuple(check(parse(text, variables), model) for text in values(parameters, "where"))
    except PredicateError as error:
        raise invalid_input(str(error)) from None


def page(parameters: Parameters, model: Any) -> PageRequest:
    """Everything a page is made from. Raises 400 `InvalidInput`."""
    if len(parameters) > MAX_PARAMETERS:
        raise invalid_input(f"More than {MAX_PARAMETERS} query parameters.")
    keys = values(parameters, "sort")
    if len(keys) > MAX_SORTINGS:
        raise malformed("sort", f"More than {MAX_SORTINGS} sort expressions.")
    try:
        sort = tuple(parse_sort(text, model) for text in keys)
    except PredicateError as error:
        raise invalid_input(str(error)) from None
    return PageRequest(
        where=where(parameters, model),
        sort=sort,
        limit=integer(parameters, "limit", DEFAULT_LIMIT, MAX_LIMIT),
        offset=integer(parameters, "offset", 0, MAX_OFFSET),
        with_total=boolean(parameters, "withTotal", True),
    )


def malformed(name: str, reason: str) -> ApiError:
    """400 for a parameter."""
    return invalid_input(f"Malformed parameter: {name}: {reason}")
