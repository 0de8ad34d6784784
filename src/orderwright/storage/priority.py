"""Queries give way: in the embedded database their processes run where carts and orders leave the processor free."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from orderwright.storage.pool import Connection

NICE = 5
"""About a third of the share of a process that has not been told to give way: enough for checkout, and queries still answer."""


def give_way(connection: Connection) -> None:
    """Lower the priority of the process behind a connection, which must run on this machine. What the system does not allow
    is left as it is: this is a courtesy, and nothing relies on it."""
    pid = connection.get_server_pid()
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, NICE)
    # Linux may put each session into a group of its own, and then weighs groups: PostgreSQL's processes are sessions.
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICE))
