"""What processes cost, read from /proc: CPU milliseconds and memory of the server and of the database, apart."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import msgspec

_PROC = Path("/proc")
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
# Places in /proc/PID/stat, counted from the state that follows the name: parent, own CPU and that of children that ended.
_PARENT, _USER, _SYSTEM, _ENDED_USER, _ENDED_SYSTEM = 1, 11, 12, 13, 14


class Memory(msgspec.Struct, frozen=True):
    """Megabytes of 10^6 bytes. `server` is its resident set; `together` counts server and database, shared pages once."""

    server_mb: float
    together_mb: float


def cpu_ms(pid: int) -> float:
    """What one process used since it began, without its children."""
    fields = _stat(pid)
    return (int(fields[_USER]) + int(fields[_SYSTEM])) * _TICK_MS


def family_cpu_ms(pid: int) -> float:
    """What a process and all below it used, with those that have ended: a backend's time goes to the postmaster then."""
    total = 0.0
    for member in family(pid):
        try:
            fields = _stat(member)
        except (FileNotFoundError, ProcessLookupError):  # ended meanwhile, and counted by its parent from now on
            continue
        total += sum(int(fields[place]) for place in (_USER, _SYSTEM, _ENDED_USER, _ENDED_SYSTEM)) * _TICK_MS
    return total


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                children[int(_stat(int(entry.name))[_PARENT])].append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = [pid]
    for member in found:
        found += children[member]
    return found


class Read(msgspec.Struct, frozen=True):
    """Bytes that processes have read, and how many of them came from a disk."""

    asked: int
    fetched: int


def family_read(pid: int) -> Read:
    """What a process and all below it have read until now."""
    asked = fetched = 0
    for member in family(pid):
        try:
            lines = (_PROC / str(member) / "io").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        numbers = {name: int(value) for name, value in (line.split(": ") for line in lines)}
        asked += numbers["rchar"]
        fetched += numbers["read_bytes"]
    return Read(asked, fetched)


def memory(server: int, postmaster: int) -> Memory:
    """What the server and its database take now."""
    together = _kilobytes(server, "smaps_rollup", "Pss") + sum(
        _kilobytes(member, "smaps_rollup", "Pss") for member in family(postmaster)
    )
    return Memory(_kilobytes(server, "status", "VmRSS") * 1024 / 1e6, together * 1024 / 1e6)


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        lines = (_PROC / str(pid) / file).read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _stat(pid: int) -> list[str]:
    # The name is in brackets and may hold spaces and brackets of its own.
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
