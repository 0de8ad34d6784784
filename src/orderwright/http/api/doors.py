"""The doors: under which paths the same resources stand. What each shows follows from the store and the owner it names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    """`in_store` names a store in its path; `own` shows a caller only what is hers, and stamps what she makes as hers."""

    name: str
    template: str
    in_store: bool = False
    own: bool = False


PROJECT = Door("project", "/{projectKey}")
IN_STORE = Door("in-store", "/{projectKey}/in-store/key={storeKey}", in_store=True)
ME = Door("me", "/{projectKey}/me", own=True)
IN_STORE_ME = Door("in-store/me", "/{projectKey}/in-store/key={storeKey}/me", in_store=True, own=True)
DOORS = (PROJECT, IN_STORE, ME, IN_STORE_ME)
_BY_KIND = {(door.in_store, door.own): door for door in DOORS}


def enter(words: tuple[str, ...]) -> tuple[Door, str | None, tuple[str, ...]]:
    """The door a path goes through, the store it names, and the words behind it."""
    store_key = None
    if len(words) >= 2 and words[0] == "in-store" and words[1].startswith("key="):
        store_key, words = words[1][4:], words[2:]
    own = words[:1] == ("me",)
    return _BY_KIND[store_key is not None, own], store_key, words[1:] if own else words
