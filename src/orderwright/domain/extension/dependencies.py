"""Which extensions wait for which others: no cycle, at most three layers, at most five direct ones.

commercetools: API Extensions, Dependencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orderwright.domain.extension.model import Extension
from orderwright.domain.extension.refusals import (
    chain_too_deep,
    chain_too_wide,
    circular_dependency,
    dependency_exists,
    missing_dependency,
)
from orderwright.domain.extension.triggers import pairs_of
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier, Wanted

MOST_LAYERS = 3
MOST_DIRECT = 5


def resolved(identifiers: Sequence[ResourceIdentifier], facts: Facts) -> tuple[Reference, ...]:
    """The references that stand for the identifiers, each once. Raises `ExtensionChainTooWide`, `MissingDependency`."""
    if len(identifiers) > MOST_DIRECT:
        raise chain_too_wide(MOST_DIRECT)
    ids: dict[str, None] = {}
    missing = []
    for each in identifiers:
        extension = facts.look_up(_wanted(each))
        if extension is None:
            missing.append(each.key or str(each.id))
        else:
            ids[extension.id] = None
    if missing:
        raise missing_dependency(missing)
    return tuple(Reference(type_id="extension", id=id) for id in ids)


def _wanted(identifier: ResourceIdentifier) -> Wanted:
    if identifier.id is not None:
        return Wanted("extension", "id", identifier.id)
    return Wanted("extension", "key", str(identifier.key))


def check_dependencies(extension: Extension, all_: Iterable[Extension]) -> None:
    """Raises `CircularDependency`, `MissingDependency` for one that no write calls together with this, and
    `ExtensionChainTooDeep`."""
    by_id = {**{each.id: each for each in all_}, extension.id: extension}
    circle = _way_back(extension, extension, by_id, [])
    if circle:
        raise circular_dependency([*(each.called for each in circle), extension.called])
    apart = [each for each in _direct(extension, by_id) if not pairs_of(each) & pairs_of(extension)]
    if apart:
        raise missing_dependency([each.called for each in apart])
    before: dict[str, int] = {}
    deepest = max(_layers(each, by_id, before) for each in by_id.values())
    if deepest > MOST_LAYERS:
        raise chain_too_deep(deepest, MOST_LAYERS)


def check_unneeded(extension: Extension, all_: Iterable[Extension]) -> None:
    """Raises `ExtensionDependencyExists` where others wait for it."""
    waiting = [each for each in all_ if any(reference.id == extension.id for reference in each.dependencies)]
    if waiting:
        raise dependency_exists(each.called for each in waiting)


def _direct(extension: Extension, by_id: Mapping[str, Extension]) -> list[Extension]:
    return [by_id[reference.id] for reference in extension.dependencies if reference.id in by_id]


def _way_back(at: Extension, to: Extension, by_id: Mapping[str, Extension], passed: list[str]) -> list[Extension]:
    """The extensions from `at` on that lead to `to`, none where nothing does; what has been passed is not entered again."""
    for each in _direct(at, by_id):
        if each.id == to.id:
            return [at]
        if each.id not in passed:
            passed.append(each.id)
            rest = _way_back(each, to, by_id, passed)
            if rest:
                return [at, *rest]
    return []


def _layers(extension: Extension, by_id: Mapping[str, Extension], known: dict[str, int]) -> int:
    if extension.id not in known:
        known[extension.id] = 1 + max((_layers(each, by_id, known) for each in _direct(extension, by_id)), default=0)
    return known[extension.id]
