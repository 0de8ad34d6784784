"""Rows as one function: what is read at each of many dotted paths becomes one document, whose shape is known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from orderwright.emporix.table.places import Json, Reader


class Branch:
    """A member of a document: what finds it, and the members that are put into it."""

    def __init__(self) -> None:
        self.read: Reader | None = None
        self.members: dict[str, Branch] = {}


def grown(rows: Iterable[tuple[str, Reader]]) -> Branch:
    """The whole document of these rows."""
    whole = Branch()
    for path, read in rows:
        at = whole
        for step in path.split("."):
            at = at.members.setdefault(step, Branch())
        at.read = read
    return whole


def shaped(branch: Branch) -> Reader:
    """What makes the value of a branch, without members that there are not; None where there is nothing.

    What is found at the branch itself is completed by its members, which go before; what is no object is left as it is.
    """
    if not branch.members:
        assert branch.read is not None
        return branch.read
    make = _completed(branch)
    return lambda at: make(at, None)


def _completed(branch: Branch) -> Callable[[Json, Any], Any]:
    """The same, where the object around it may have a value already."""
    read = branch.read
    leaves = [(name, each.read) for name, each in branch.members.items() if each.read is not None and not each.members]
    branches = [(name, _completed(each)) for name, each in branch.members.items() if each.members]

    def make(at: Json, there: Any) -> Any:
        own = None if read is None else read(at)
        if own is None:
            own = there
        if own is not None and not isinstance(own, dict):
            return own
        found: dict[str, Any] = {} if own is None else dict(own)
        for name, leaf in leaves:
            value = leaf(at)
            if value is not None:
                found[name] = value
        for name, inner in branches:
            value = inner(at, found.get(name))
            if value is not None:
                found[name] = value
        return found if found or own is not None else None

    return make
