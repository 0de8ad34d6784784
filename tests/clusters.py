"""Clusters of PostgreSQL for tests: copies of one that is made once a run. To make one takes a second, to copy it a twentieth."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from orderwright.storage.server import binaries, postmaster
from orderwright.storage.server.postmaster import Cluster
from orderwright.storage.server.steps import waited

ROOM = "ORDERWRIGHT_TEST_CLUSTERS"
"""Names the directory where all processes of a run find the one that they copy."""


def begin() -> None:
    """Give this run and the processes that it starts a directory for the cluster that is copied."""
    path = Path(tempfile.mkdtemp(prefix="ow-cluster-"))
    path.chmod(0o755)  # PostgreSQL's user must enter it where root runs the tests
    os.environ[ROOM] = str(path)


def end() -> None:
    """Remove it."""
    if room := os.environ.pop(ROOM, None):
        shutil.rmtree(room)


def with_cluster(data_dir: Path) -> Path:
    """This data directory, made if absent, with what a first start would leave there: a cluster in which nothing has run yet."""
    if not data_dir.exists():
        data_dir.mkdir()
        data_dir.chmod(0o755)
    # Owner and mode of each file are kept; `shutil` would take three times as long for a thousand of them.
    subprocess.run(["cp", "-a", _original(), data_dir / "postgres"], check=True)
    return data_dir


def _original() -> Path:
    """The cluster that is copied, made by whichever process comes first."""
    room = Path(os.environ[ROOM])
    directory = room / "postgres"
    with (room / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            account, found = binaries.account_for(directory), binaries.find()
            if account is not None:
                found = binaries.reachable_copy(found)
            waited(postmaster.creating(Cluster(directory=directory, run=room / "run", binaries=found, account=account)))
    return directory
