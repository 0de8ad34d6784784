"""What is shown of a document inside another one: what the caller's scopes open at its own path, as it is shown there."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from orderwright.auth.scopes import needed, needed_for_less
from orderwright.engine.access import Access, Bound, Visible
from orderwright.engine.resource import ResourceType

_DOORS = 256
# The scopes of which a caller must have one, and what is expanded then.
_Row = tuple[frozenset[str], ResourceType]


class Faces:
    """Which types a reference is expanded to. `own` are those that owners have at their doors, `lesser` those that show a part of
    a resource to scopes which open nothing else. What is in none of these is never expanded."""

    def __init__(
        self, whole: Iterable[ResourceType] = (), own: Iterable[ResourceType] = (), lesser: Iterable[ResourceType] = ()
    ) -> None:
        self._whole, self._own, self._lesser = tuple(whole), tuple(own), tuple(lesser)
        # Scopes are many, since they name owners; doors are few.
        self._rows = functools.lru_cache(maxsize=_DOORS)(self._rows_at)

    def seen(self, project_key: str, scopes: frozenset[str], access: Access) -> dict[str, ResourceType]:
        """What a caller with these scopes sees at this door, by `type_id`. The door's bounds still hold: see `filters`."""
        owner = next((bound for bound, _ in access.bounds if bound != "store"), None)
        rows = self._rows(project_key, access.store_key, owner)
        return {kind.type_id: kind for any_of, kind in rows if not scopes.isdisjoint(any_of)}

    def _rows_at(self, project_key: str, store_key: str | None, owner: Bound | None) -> tuple[_Row, ...]:
        """The more is shown, the later it comes: the last one that is open counts."""

        def bounded(kind: ResourceType) -> str | None:
            # The scopes of a store open what belongs to stores, and is bounded by its own one.
            return store_key if "store" in kind.owned else None

        def of(kind: ResourceType, own: bool = False) -> frozenset[str]:
            return frozenset(needed(project_key, kind.path or "project", "get", bounded(kind), own))

        lesser = [(frozenset(needed_for_less(project_key, kind.path)), kind) for kind in self._lesser]
        # Where the caller is of a kind that owns nothing of a type, no filter would keep others' documents from her.
        mine = [(of(kind, own=True), kind) for kind in self._own if owner in kind.owned]
        return (*lesser, *mine, *((of(kind), kind) for kind in self._whole))


def filters(types: Iterable[ResourceType], access: Access) -> dict[Visible, list[str]]:
    """The filters that are part of a query, by type, for the types of which a door shows only some documents."""
    found: dict[Visible, list[str]] = {}
    for kind in types:
        if visible := kind.visible(access):
            found.setdefault(visible, []).append(kind.type_id)
    return found
