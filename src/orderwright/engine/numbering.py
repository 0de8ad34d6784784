"""What the number of a new document looks like. The number itself only storage can give."""

from __future__ import annotations

import msgspec

from orderwright.errors import ApiError


class Numbering(msgspec.Struct, frozen=True, kw_only=True):
    """The text is `before`, the number with at least `width` digits, `after`.

    Numbers are counted from 1 in each `scope` and `period` of a project. `gap_free` ones are taken in the transaction of the
    write, the others from a block that the process has set aside. `generation` changes whenever the template of the scope is
    set again; numbers that were reserved under an older generation are abandoned. `member` is what they are put into, `field` its
    name in JSON.
    """

    scope: str
    period: str
    before: str
    width: int
    after: str
    gap_free: bool
    generation: int = 0
    member: str
    field: str

    def text(self, number: int) -> str:
        """The number as it is shown."""
        return f"{self.before}{number:0{self.width}d}{self.after}"

    def taken_as(self, error: ApiError, text: str) -> str | None:
        """The kind of the claim by which another document, such as one that was numbered by hand, holds this number. None if the
        write was refused for another reason."""
        kind, value = error.taken or ("", "")
        return kind if value == text and kind.endswith(f".{self.field}") else None
