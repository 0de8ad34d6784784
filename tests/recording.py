"""Every request that the tests send is written down in `traffic.jsonl`: a line for each, from which what is covered is counted.

Each process of tests writes a file of its own, since two that append to one would have to wait for each other.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parent.parent
TRAFFIC = ROOT / "traffic.jsonl"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


class Recorder:
    """The file of one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def write(self, method: str, path: str, status: int, actions: list[Any]) -> None:
        """Write one request down. What an action is called counts only where it is called anything."""
        if self._file is None:
            # Line by line, so that what a worker wrote is there even if the worker is killed.
            self._file = self._path.open("a", buffering=1)
        line = {"method": method, "path": path, "status": status, "actions": [name for name in actions if isinstance(name, str)]}
        self._file.write(json.dumps(line) + "\n")

    def close(self) -> None:
        """Write nothing any more."""
        if self._file is not None:
            self._file.close()
            self._file = None


def own_file() -> Path:
    """Where this process writes."""
    return TRAFFIC.with_name(f"traffic-{WORKER}.jsonl") if WORKER else TRAFFIC


def parts() -> list[Path]:
    """The files of all workers."""
    return sorted(ROOT.glob("traffic-*.jsonl"))


def begin() -> None:
    """Forget what was written before this run."""
    for path in (TRAFFIC, *parts()):
        path.unlink(missing_ok=True)


def merge() -> None:
    """Put the files of all workers behind each other."""
    found = parts()
    if found:
        with TRAFFIC.open("ab") as whole:
            for path in found:
                whole.write(path.read_bytes())
                path.unlink()
