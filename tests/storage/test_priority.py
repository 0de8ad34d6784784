"""Queries give way: the process behind a connection gets a lower priority, and nothing is said where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import cast

from orderwright.storage.pool import Connection
from orderwright.storage.priority import NICE, give_way


class _To:
    def __init__(self, pid: int) -> None:
        self._pid = pid

    def get_server_pid(self) -> int:
        return self._pid


def _connection(pid: int) -> Connection:
    return cast(Connection, _To(pid))


def test_a_process_gives_way() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        give_way(_connection(process.pid))
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == NICE


def test_a_process_that_is_gone_is_left_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    give_way(_connection(process.pid))
