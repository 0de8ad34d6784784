"""Notes about an order, which are kept in a Custom Object: its key is the order's id."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from orderwright.desk.visit import Visit
from orderwright.errors import invalid_input

CONTAINER: Final = "orderwright-notes"
MOST: Final = 200
"""Notes of one order."""
LONGEST: Final = 2_000
"""Characters of a note."""
TOO_MANY: Final = "There are as many notes as an order may have."
TOO_LONG: Final = "A note has from 1 to 2,000 characters."
FOREIGN: Final = "Something else is kept where the notes of this order would be."
SAYINGS: Final = (TOO_MANY, TOO_LONG, FOREIGN)
Note = dict[str, Any]


class Notes(NamedTuple):
    """The notes of an order, oldest first, and the version of what they are kept in: 0 where there is none yet. What others have
    put there in another form is `foreign`."""

    version: int
    notes: tuple[Note, ...] = ()
    foreign: bool = False


async def kept_notes(visit: Visit, order_id: str) -> Notes | None:
    """The notes; None where the token does not open them."""
    if not visit.calls.allows("custom-objects"):
        return None
    found = await visit.calls.found("custom-objects", CONTAINER, order_id)
    return Notes(0) if found is None else read(found["version"], found["value"])


def read(version: int, value: Any) -> Notes:
    """The notes in what is kept at a version."""
    notes = value.get("notes") if isinstance(value, dict) else None
    if not isinstance(notes, list) or not all(map(_is_note, notes)):
        return Notes(version, foreign=True)
    return Notes(version, tuple(notes))


def with_note(kept: Notes, text: str, at: str, by: str) -> dict[str, Any]:
    """What is kept once there is one note more. Raises InvalidInput where there are too many, and for one that is empty or too
    long."""
    if kept.foreign:
        raise invalid_input(FOREIGN)
    if len(kept.notes) >= MOST:
        raise invalid_input(TOO_MANY)
    if not 1 <= len(text) <= LONGEST:
        raise invalid_input(TOO_LONG)
    return {"notes": [*kept.notes, {"text": text, "at": at, "by": by}]}


def _is_note(note: Any) -> bool:
    return isinstance(note, dict) and all(isinstance(note.get(name), str) for name in ("text", "at", "by"))
