"""Numbers that a process counts in memory which its siblings can read: whoever is asked for metrics tells those of all.

Several workers share one port, so a scrape reaches any of them. Each counts into a file of its own that is mapped into its
memory, at the cost of an item of a list. A file is locked by its worker for as long as that lives. One that takes the place of a
worker that died takes over its file, so that no count goes back and there are never more files than workers at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

WORDS: Final = 512 * 1024
"""Of 8 bytes each: 4 MB, of which only what is used takes memory."""
SPARE: Final = 64
"""Words at the end that are never told: where counts go for which no room is left."""
_BYTES: Final = WORDS * 8


class Record(NamedTuple):
    """A name, and the numbers that are counted under it."""

    name: str
    numbers: list[float]


class Cells:
    """The numbers of one process. `words[at]` may be written at any time; only this process does."""

    def __init__(self, memory: mmap.mmap, lock: int | None = None) -> None:
        self._memory = memory
        self._lock = lock  # held until the process ends, however it does
        self.words = memoryview(memory).cast("d")
        self._used = max(1, int(self.words[0]))
        self._at = {name: at for name, at, _size in _records(self.words)}

    @classmethod
    def private(cls) -> Cells:
        """Of a process that has no siblings."""
        return cls(mmap.mmap(-1, _BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))  # not shared with a fork

    @classmethod
    def shared(cls, directory: Path) -> Cells:
        """The first file of a directory that no living process has."""
        for number in itertools.count():
            lock = os.open(directory / f"{number}.cells", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
                continue
            os.ftruncate(lock, _BYTES)
            return cls(mmap.mmap(lock, _BYTES), lock)
        raise AssertionError("there is always a next number")

    def place(self, name: str, size: int) -> int:
        """Where the numbers of a name begin, made where there are none. With no room left, it is a place that nobody reads."""
        if name in self._at:
            return self._at[name]
        raw = name.encode()
        first = self._used + 2 + _words_of(len(raw))
        if first + size > WORDS - SPARE:
            return WORDS - SPARE
        self.words[self._used], self.words[self._used + 1] = float(len(raw)), float(size)
        self._memory[(self._used + 2) * 8 : (self._used + 2) * 8 + len(raw)] = raw
        self.words[0] = self._used = first + size  # last: who reads meanwhile sees whole records only
        self._at[name] = first
        return first

    def known(self) -> Iterator[tuple[str, int, int]]:
        """Every name, where its numbers begin, and how many they are."""
        return _records(self.words)

    def close(self) -> None:
        """Give the memory back."""
        self.words.release()
        self._memory.close()
        if self._lock is not None:
            os.close(self._lock)


def all_of(own: Cells, directory: Path | None) -> Iterator[list[Record]]:
    """The records of each process: of the own one, or of every file in the directory that they share."""
    if directory is None:
        yield _told(own.words)
        return
    for path in sorted(directory.glob("*.cells")):
        with contextlib.suppress(OSError, ValueError), path.open("rb") as file:  # one that was just made is still empty
            memory = mmap.mmap(file.fileno(), _BYTES, access=mmap.ACCESS_READ)
            with memory, memoryview(memory).cast("d") as words:
                yield _told(words)


def _told(words: memoryview[float]) -> list[Record]:
    return [Record(name, list(words[at : at + size])) for name, at, size in _records(words)]


def _records(words: memoryview[float]) -> Iterator[tuple[str, int, int]]:
    at, used = 1, int(words[0])
    while at < used:
        length, size = int(words[at]), int(words[at + 1])
        name = words[at + 2 : at + 2 + _words_of(length)].tobytes()[:length].decode()
        at += 2 + _words_of(length)
        yield name, at, size
        at += size


def _words_of(length: int) -> int:
    return -(-length // 8)
