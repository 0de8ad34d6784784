"""The table as Python: what rows read in an order is written down as one function, and compiled once.

Every order that is shown is read by some hundred rows, and functions that call functions would cost more than all that they find.
Only literals of this house's own tables become source, never what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

NOTHING: Final[Mapping[str, Any]] = {}
"""What stands where an object should, and is none."""
_INDENT: Final = "    "


class Code:
    """The source of a function of one object, `at`, while it is written. Objects inside it are looked for once, at its head.

    Where nothing is `kept`, what only orders that came in this dialect have is not even looked for.
    """

    def __init__(self, kept: bool) -> None:
        self.kept = kept
        self._values: dict[str, Any] = {"NOTHING": NOTHING}
        self._names: dict[int, str] = {}
        self._objects: dict[str, str] = {"": "at"}
        self._shared: dict[int, str] = {}
        self._head: list[str] = []
        self._body: list[str] = []
        self._depth = 1
        self._count = 0

    def name(self) -> str:
        """A variable that nothing else has."""
        self._count += 1
        return f"v{self._count}"

    def value(self, value: Any) -> str:
        """An expression for a value, or a function, that exists already."""
        if value is None or isinstance(value, str | int | bool):
            return repr(value)
        if id(value) not in self._names:
            self._names[id(value)] = f"c{len(self._names)}"
            self._values[self._names[id(value)]] = value
        return self._names[id(value)]

    def object(self, path: str) -> str:
        """The object at a dotted path; one without members where there is none."""
        if path not in self._objects:
            around, _, step = path.rpartition(".")
            found, at = self.name(), self.object(around)
            self._head += [f"{found} = {at}.get({step!r})", f"if type({found}) is not dict: {found} = NOTHING"]
            self._objects[path] = found
        return self._objects[path]

    def at(self, path: str) -> str:
        """What is at a dotted path of objects, or None."""
        around, _, step = path.rpartition(".")
        return f"{self.object(around)}.get({step!r})"

    def called(self, function: Callable[..., Any], *arguments: str) -> str:
        """The result of a function."""
        return f"{self.value(function)}({', '.join(arguments)})"

    def shared(self, function: Callable[[Any], Any]) -> str:
        """The same of the whole object, where several need it: it is called when the first of them does."""
        if id(function) not in self._shared:
            self._shared[id(function)] = self.name()
            self._head.append(f"{self._shared[id(function)]} = None")
        found = self._shared[id(function)]
        return f"({found} if {found} is not None else ({found} := {self.called(function, 'at')}))"

    def otherwise(self, found: str, other: str | None, *, unless: str | None = None) -> str:
        """A value, or another one where there is none; not even that one where there is what `unless` says."""
        if other is None:
            return found
        name = self.name()
        least = other if unless is None else f"None if {unless} is not None else {other}"
        return f"({name} if ({name} := {found}) is not None else {least})"

    def write(self, *lines: str) -> None:
        """More statements."""
        self._body += [f"{_INDENT * self._depth}{line}" for line in lines]

    def deeper(self, steps: int) -> None:
        """Whether what follows stands in a block of the line before, or behind it again."""
        self._depth += steps

    def function(self, result: str) -> Callable[[Any], Any]:
        """The function that returns the value of an expression."""
        head = [f"{_INDENT}{line}" for line in self._head]
        source = "\n".join(["def made(at):", *head, *self._body, f"{_INDENT}return {result}"])
        exec(compile(source, "<table>", "exec"), self._values)  # noqa: S102 - all of it stands in this house's tables
        made: Callable[[Any], Any] = self._values["made"]
        return made
