"""The paths of an expansion, read and merged: what is left of all of them at each place of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orderwright.engine.json.paths import Path, path_of
from orderwright.errors import invalid_input

MAX_PATHS = 50


def paths_of(texts: list[str]) -> list[Path]:
    """Read paths such as `lineItems[*].state[*].state`, each once. Raises 400 for one that is no path."""
    if len(texts) > MAX_PATHS:
        raise invalid_input(f"Malformed parameter: expand: At most {MAX_PATHS} paths are expanded.")
    return list(dict.fromkeys(map(_path, texts)))


def _path(text: str) -> Path:
    path = path_of(text)
    if path is None:
        raise invalid_input(f"Malformed parameter: expand: '{text[:200]}' is not a valid path.")
    return path


class Paths:
    """What is `left` of all paths that lead to one place. What follows is worked out where a document has something there."""

    __slots__ = ("_beyond", "_members", "left")

    def __init__(self, left: Iterable[Path]) -> None:
        self.left = frozenset(left)
        self._members: dict[str, Member] | None = None
        self._beyond: Paths | None = None

    @property
    def members(self) -> Mapping[str, Member]:
        """The members to which paths lead."""
        if self._members is None:
            found: dict[str, dict[int | None, set[Path]]] = {}
            for path in self.left:
                if path:
                    name, place = path[0]
                    found.setdefault(name, {}).setdefault(place, set()).add(path[1:])
            self._members = {name: Member(by_place) for name, by_place in found.items()}
        return self._members

    @property
    def beyond(self) -> Paths:
        """What is left behind a reference that stands here. Clients write the step `obj` or leave it out."""
        if self._beyond is None:
            explicit = any(path and path[0][0] == "obj" for path in self.left)
            left = (path[1:] if path and path[0][0] == "obj" else path for path in self.left)
            self._beyond = Paths(left) if explicit else self
        return self._beyond


class Member:
    """The rest of each path that leads into a member, by the place in its list."""

    __slots__ = ("_at", "_by_place", "_each", "_whole")

    def __init__(self, by_place: Mapping[int | None, set[Path]]) -> None:
        self._by_place = by_place
        self._whole: Paths | None = None
        every = by_place.get(None)
        self._each = None if every is None else Paths(every)
        self._at = {place: Paths(paths | (every or set())) for place, paths in by_place.items() if place is not None}

    @property
    def whole(self) -> Paths:
        """Where the member is no list, in which case no place is meant."""
        if self._whole is None:
            self._whole = Paths(path for paths in self._by_place.values() for path in paths)
        return self._whole

    def places(self, length: int) -> Iterable[tuple[int, Paths]]:
        """The places of a list of so many to which paths lead, and what is left there."""
        if self._each is None:
            return ((place, left) for place, left in self._at.items() if place < length)
        return ((place, self._at.get(place, self._each)) for place in range(length))
