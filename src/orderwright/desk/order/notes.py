"""Notes about an order, which are kept in a Custom Object: its key is the order's id."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from orderwright.desk.visit import Visit

CONTAINER: Final = "orderwright-notes"
MOST: Final = 200
"""Notes of one order."""
LONGEST: Final = 2_000
"""Characters of a note."""


class Notes(NamedTuple):
    """The notes of an order, oldest first, and the version of what they are kept in: 0 where there is none yet."""

    version: int
    notes: tuple[dict[str, Any], ...]


async def read(visit: Visit, order_id: str) -> Notes | None:
    """The notes; None where the token does not open them. What others have put there in another form is left out."""
    if not visit.calls.allows("custom-objects"):
        return None
    found = await visit.calls.found("custom-objects", CONTAINER, order_id)
    if found is None:
        return Notes(0, ())
    value = found["value"]
    notes = value.get("notes") if isinstance(value, dict) else None
    return Notes(found["version"], tuple(filter(_is_note, notes)) if isinstance(notes, list) else ())


def _is_note(note: Any) -> bool:
    return isinstance(note, dict) and all(isinstance(note.get(name), str) for name in ("text", "at", "by"))
