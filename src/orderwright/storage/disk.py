"""A full disk of the database: how it shows, that it is told as what it is, and when it is over."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from orderwright.engine.ids import new_id
from orderwright.errors import OverCapacityError
from orderwright.settings import Settings
from orderwright.storage.server import postmaster

if TYPE_CHECKING:
    from orderwright.storage.database import Database
    from orderwright.storage.pool import Connection

# 53100, and what is told as another failure: of a file (58030), or one of PostgreSQL's own for a quota that is used up (XX000).
MAY_BE_FULL = (asyncpg.DiskFullError, asyncpg.PostgresIOError, asyncpg.InternalServerError)
_NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)
LEAST_BYTES = 32 * 1024 * 1024
"""Room that PostgreSQL needs to start: it recovers into new files of its log, of 16 MB each."""
TRIED_BYTES = 256 * 1024
"""What is written, and taken back, to see whether there is room again: more than the free places of files that exist hold."""
TOLD_S = 60.0
"""Seconds between two lines in the log about a full disk."""
TEXT = "The database's disk is full, so nothing was stored; send the request again when there is room."
log = logging.getLogger("orderwright.database")


class Disk:
    """What this process knows of the database's disk. `directory` is the embedded database's, None for one elsewhere."""

    def __init__(self, directory: Path | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._monotonic = monotonic
        self._told = -TOLD_S
        self.full = False
        """Whether the last that was heard of it is that it is full."""

    @classmethod
    def of(cls, dsn: str, settings: Settings) -> Disk:
        """The disk of the database at `dsn`, which is the embedded one of the settings or another's."""
        data_dir = settings.data_dir.resolve()
        embedded = dsn == postmaster.dsn(postmaster.socket_directory(data_dir))
        return cls(data_dir / "postgres" if embedded else None)

    def refuses(self, error: Exception) -> bool:
        """Whether the database refused something because its disk is full; it is noted then."""
        if not isinstance(error, MAY_BE_FULL):
            return False
        if not isinstance(error, asyncpg.DiskFullError) and _NO_ROOM.search(str(error)) is None:
            return False
        self._note()
        return True

    def explains_silence(self) -> bool:
        """Whether the embedded database does not answer because it has no room to start. False for a database elsewhere, whose
        disk is not seen here."""
        if self._directory is None:
            return False
        try:
            found = [os.statvfs(path) for path in (self._directory, self._directory / "pg_wal")]
        except OSError:
            return False
        if all(each.f_bavail * each.f_frsize >= LEAST_BYTES for each in found):
            return False
        self._note()
        return True

    def takes(self) -> None:
        """Something was stored."""
        if self.full:
            self.full = False
            log.warning("The database's disk has room again.")

    def _note(self) -> None:
        now = self._monotonic()
        if not self.full and now - self._told >= TOLD_S:
            self._told = now
            log.error("The database's disk is full: nothing is stored until there is room.")
        self.full = True


def disk_full() -> OverCapacityError:
    return OverCapacityError(TEXT, retry_after=5)


def stopped_the_server(error: Exception) -> bool:
    """Whether the database stopped over it, so that nobody knows whether the statement was committed before."""
    return getattr(error, "severity_en", None) in ("PANIC", "FATAL")


async def has_room(database: Database) -> bool:
    """Whether the disk takes something again, which is tried by a write that is taken back.

    Raises as any statement does, but for a full disk.
    """
    text = "INSERT INTO image (shard, id, product_id, content_type, created_at, bytes) VALUES ($1, $2, $2, 'text/plain', $3, $4)"
    database.admit(text)

    async def attempt(connection: Connection) -> None:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(text, "@room", new_id(), datetime.now(UTC), os.urandom(TRIED_BYTES))
        finally:
            await transaction.rollback()

    try:
        await database.once(attempt)
    except MAY_BE_FULL as error:
        if not database.disk.refuses(error):
            raise
        return False
    database.disk.takes()
    return True
