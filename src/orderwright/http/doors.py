"""The doors: under which paths the same resources stand, and what a request sees through each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orderwright.engine.access import Visible


@dataclass(frozen=True)
class Door:
    """`prefix` are the path's words between project and resource; one ending in `=` takes a value. `visible` is the
    filter that goes into every read and write of an owned type. `paths` limits the door to some resources; empty is all."""

    name: str
    prefix: tuple[str, ...]
    visible: Callable[[str | None], Visible]
    paths: frozenset[str] = frozenset()


def everything(_store_key: str | None) -> Visible:
    """The project's own door filters nothing."""
    return ()


def of_store(store_key: str | None) -> Visible:
    """A store sees what belongs to it."""
    return (("store_key", str(store_key)),)


PROJECT = Door("project", (), everything)
IN_STORE = Door("in-store", ("in-store", "key="), of_store, frozenset({"carts", "orders"}))
DOORS = (PROJECT, IN_STORE)


def enter(words: tuple[str, ...]) -> tuple[Door, str | None, tuple[str, ...]]:
    """The door a path goes through, the store it names, and the words behind it."""
    if len(words) >= 2 and words[0] == "in-store" and words[1].startswith("key="):
        return IN_STORE, words[1][4:], words[2:]
    return PROJECT, None, words
