"""What siblings count, each in a file of its own."""

from __future__ import annotations

from pathlib import Path

from orderwright.telemetry.cells import SPARE, WORDS, Cells, Record, all_of


def test_a_name_keeps_its_place() -> None:
    cells = Cells.private()
    first, second = cells.place("one", 2), cells.place("two é", 1)
    assert cells.place("one", 2) == first
    cells.words[first + 1] = 2.5
    cells.words[second] += 1
    assert list(all_of(cells, None)) == [[Record("one", [0.0, 2.5]), Record("two é", [1.0])]]


def test_each_process_has_a_file_and_reads_those_of_all(tmp_path: Path) -> None:
    one, other = Cells.shared(tmp_path), Cells.shared(tmp_path)
    one.words[one.place("orders", 1)] = 3
    other.words[other.place("carts", 1)] = 4
    other.words[other.place("orders", 1)] = 5
    told = [[Record("orders", [3.0])], [Record("carts", [4.0]), Record("orders", [5.0])]]
    assert list(all_of(one, tmp_path)) == list(all_of(other, tmp_path)) == told


def test_who_takes_a_place_over_goes_on_counting(tmp_path: Path) -> None:
    one, other = Cells.shared(tmp_path), Cells.shared(tmp_path)
    one.words[one.place("orders", 1)] = 3
    one.close()  # as the kernel does when its process ends
    heir = Cells.shared(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    heir.words[heir.place("orders", 1)] += 1
    heir.words[heir.place("carts", 1)] += 1
    assert list(all_of(other, tmp_path)) == [[Record("orders", [4.0]), Record("carts", [1.0])], []]


def test_what_has_no_room_is_counted_where_nobody_reads() -> None:
    cells = Cells.private()
    # Each takes 2 words for its sizes, 1 for its name and 60 for its numbers.
    places = {cells.place(f"n{number:05}", 60) for number in range(9_000)}
    room = (WORDS - SPARE - 1) // 63
    assert len(places) == room + 1
    assert WORDS - SPARE in places
    cells.words[WORDS - SPARE + 59] = 7
    assert len(next(iter(all_of(cells, None)))) == room
