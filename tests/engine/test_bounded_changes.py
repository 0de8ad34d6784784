"""What one change may store and how long it may work: beyond it is refused whole, and what is refused leaves nothing behind."""

from __future__ import annotations

import pytest

from notes import Notebook, in_a_project, refused
from orderwright.engine.unit import making
from orderwright.verbs import slices

RENAMINGS = [{"action": "changeName", "name": f"name {number:04d}"} for number in range(500)]


@in_a_project
async def test_messages_of_more_bytes_than_one_change_stores_are_refused(book: Notebook) -> None:
    note = await book.make("plain")
    once = await book.change(note, RENAMINGS[0])
    size = next(bytes for number, bytes in await book.rows("message", "sequence_number, octet_length(body)") if number == 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "MAX_TOLD", 10 * size + 50)  # two numbers have a digit more
        error = await refused(book.change(once, *RENAMINGS[1:12]))
        assert (error.status, error.code) == (400, "ResourceSizeLimitExceeded")
        assert await book.see(note) == once
        assert (await book.change(once, *RENAMINGS[1:11])).version == 3
    assert len(await book.told(note)) == 1 + 1 + 10


@in_a_project
async def test_actions_that_take_too_long_are_refused(book: Notebook) -> None:
    note = await book.make("plain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE_S", 0.0)
        patch.setattr(slices, "MAX_WORK_S", 0.0)
        error = await refused(book.change(note, *RENAMINGS))
        assert (error.status, error.code) == (400, "InvalidOperation")
    assert await book.see(note) == note
    assert (await book.change(note, *RENAMINGS)).name == "name 0499"
