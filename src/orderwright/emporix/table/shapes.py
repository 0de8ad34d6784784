"""Rows as one function: what is read at each of many dotted paths becomes one document, whose shape is known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from orderwright.emporix.table.code import Code
from orderwright.emporix.table.places import Reader

Written = Callable[[Code], str | None]
"""What writes the expression of a value; None where there is never one."""


class Branch:
    """A member of a document: what finds it, and the members that are put into it."""

    def __init__(self) -> None:
        self.value: Written | None = None
        self.members: dict[str, Branch] = {}


def grown(rows: Iterable[tuple[str, Written]]) -> Branch:
    """The whole document of these rows."""
    whole = Branch()
    for path, value in rows:
        at = whole
        for step in path.split("."):
            at = at.members.setdefault(step, Branch())
        at.value = value
    return whole


def shaped(branch: Branch, kept: bool = True) -> Reader:
    """What makes the value of a branch, without members that there are not; None where there is nothing.

    What is found at the branch itself is completed by its members, which go before; what is no object is left as it is.
    """
    code = Code(kept)
    return code.function(_written(code, branch, None) or "None")


def _written(code: Code, branch: Branch, there: str | None) -> str | None:
    """The expression of a branch's value, where the object around it may have one already, `there`."""
    own = None if branch.value is None else branch.value(code)
    if not branch.members:
        return None if own is None else code.otherwise(own, there)
    own = code.otherwise(own, there) if own is not None else there
    found = code.name()
    if own is None:
        code.write(f"{found} = {{}}")
        _members(code, branch, found, empty=True)
        return f"({found} or None)"
    result = code.name()
    code.write(f"{result} = {own}", f"if {result} is None or isinstance({result}, dict):")
    code.deeper(1)
    code.write(f"{found} = {{}} if {result} is None else dict({result})")
    _members(code, branch, found, empty=False)
    code.write(f"if {found} or {result} is not None: {result} = {found}")
    code.deeper(-1)
    return result


def _members(code: Code, branch: Branch, found: str, *, empty: bool) -> None:
    """The statements that put members into the object of a branch; one that is `empty` has none of them before."""
    for name, inner in branch.members.items():
        there = None if empty or not inner.members else f"{found}.get({name!r})"
        value = _written(code, inner, there)
        if value is not None:
            one = code.name()
            code.write(f"if ({one} := {value}) is not None: {found}[{name!r}] = {one}")
