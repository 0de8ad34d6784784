"""What a database says about itself, for `orderwright doctor` and for the sentence when it cannot be used."""

import asyncpg
import msgspec

from orderwright.storage.server.binaries import OLDEST_MAJOR


class DatabaseStateError(Exception):
    """The database cannot be used; the text is one sentence without the URL, which may hold a password."""


class DatabaseState(msgspec.Struct, frozen=True):
    """The server's version, such as `18.4`, how many connections it takes, and the last migration, None before the first."""

    version: str
    connections: int
    schema: int | None


async def inspect(dsn: str) -> DatabaseState:
    """Connect once and look. Raises DatabaseStateError, also for a PostgreSQL that is too old."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseStateError(f"The database cannot be reached: {_sentence(error)}.") from error
    try:
        server = connection.get_server_version()
        version = f"{server.major}.{server.micro}"  # since 10, what asyncpg calls minor is always 0
        if server.major < OLDEST_MAJOR:
            raise DatabaseStateError(f"The database is PostgreSQL {version}, and {OLDEST_MAJOR} or later is needed.")
        known = await connection.fetchval("SELECT to_regclass('schema_version') IS NOT NULL")
        schema = await connection.fetchval("SELECT max(version) FROM schema_version") if known else None
        connections = int(await connection.fetchval("SHOW max_connections"))
        return DatabaseState(version=version, connections=connections, schema=schema)
    finally:
        await connection.close()


def _sentence(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer within 10 seconds"
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
