"""Many rows as one function: what a document of them has, and what it has not."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.emporix.table.places import Plain, getter
from orderwright.emporix.table.shapes import grown, shaped

ROWS = ("id", "a", "a.b", "a.b.c", "a.d", "x.y.z")


def document(at: dict[str, Any], rows: tuple[str, ...] = ROWS) -> Any:
    """Each row is found under its own path with underscores."""
    return shaped(grown((row, Plain(row.replace(".", "_")).code) for row in rows))(at)


@pytest.mark.parametrize(
    ("at", "made"),
    [
        ({}, None),
        ({"id": 1}, {"id": 1}),
        ({"a_b_c": 1}, {"a": {"b": {"c": 1}}}),
        ({"x_y_z": 0, "a_d": False}, {"x": {"y": {"z": 0}}, "a": {"d": False}}),
        # What is there is completed, and what is put into it goes before; also deeper down.
        ({"a": {"d": 1, "e": 2}, "a_d": 3}, {"a": {"d": 3, "e": 2}}),
        ({"a": {"b": {"c": 1, "f": 2}}, "a_b_c": 3}, {"a": {"b": {"c": 3, "f": 2}}}),
        ({"a": {"b": {"f": 1}}, "a_b": {"g": 2}, "a_b_c": 3}, {"a": {"b": {"g": 2, "c": 3}}}),
        # What is no object is left as it is; an empty one is there.
        ({"a": [1], "a_d": 3}, {"a": [1]}),
        ({"a": {"b": "text"}, "a_b_c": 3}, {"a": {"b": "text"}}),
        ({"a": {}}, {"a": {}}),
    ],
    ids=str,
)
def test_what_rows_make(at: dict[str, Any], made: Any) -> None:
    before = repr(at)
    assert document(at) == made
    # Nothing is put into what was read.
    assert repr(at) == before


def test_paths() -> None:
    at = {"a": {"b": {"c": 1}, "n": None}, "s": "text"}
    found = {"a.b.c": 1, "a.b": {"c": 1}, "a.n": None, "a.n.x": None, "s.x": None, "s": "text", "a.b.c.d": None, "z.z.z": None}
    assert {path: getter(path)(at) for path in found} == found
    assert [getter(path)(None) for path in ("a", "a.b", "a.b.c")] == [None, None, None]
