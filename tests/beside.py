"""Databases of a run, and what tests do in one beside its server: on one event loop, with one open `Database` for each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg

from orderwright.settings import Settings
from orderwright.storage.database import Database

T = TypeVar("T")
GIVEN = "ORDERWRIGHT_TEST_DATABASE_URL"


class Beside:
    """Opening a database takes more time than most work on it, so those that last for the session stay open."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._kept: dict[str, Database | None] = {}

    @contextmanager
    def keeping(self, dsn: str) -> Iterator[None]:
        """Leave this database open after the first work on it, until the end. Every other one may be stopped, killed and started
        again by its test."""
        self._kept[dsn] = None
        try:
            yield
        finally:
            if (kept := self._kept.pop(dsn)) is not None:
                self._runner.run(kept.close())

    def keeps(self, dsn: str) -> bool:
        """Whether it is one of those that last."""
        return dsn in self._kept

    def run(self, dsn: str, work: Callable[[Database], Awaitable[T]]) -> T:
        """Do work on a database."""

        async def run() -> T:
            if (kept := self._kept.get(dsn)) is not None:
                return await work(kept)
            database = await Database.connect(dsn, Settings.from_environment({}))
            if dsn in self._kept:
                self._kept[dsn] = database
                return await work(database)
            try:
                return await work(database)
            finally:
                await database.close()

        return self._runner.run(run())

    def close(self) -> None:
        """Close the loop."""
        self._runner.close()


@contextmanager
def database_beside(url: str, name: str, **settings: str) -> Iterator[str]:
    """The address of a new database of that name on the same PostgreSQL, all of whose sessions have these settings. In a
    PostgreSQL that is not ours it is dropped in the end; ours goes as a whole, without a checkpoint for each database."""
    said = [f'CREATE DATABASE "{name}" TEMPLATE template0']
    said += [f"ALTER DATABASE \"{name}\" SET {setting} = '{value}'" for setting, value in settings.items()]
    dropped = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'

    async def run(*statements: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    theirs = [dropped] if os.environ.get(GIVEN) else []
    asyncio.run(run(*theirs, *said))  # one of a run that was killed may still be there
    yield urlsplit(url)._replace(path=f"/{name}").geturl()
    asyncio.run(run(*theirs))
