"""Effects that name the same thing: they are applied in the order in which they came."""

from __future__ import annotations

import asyncpg

from notes import Notebook, in_a_project
from orderwright.engine.ids import new_id
from orderwright.engine.unit.effects import Effect, SetPassword, SetSecret
from orderwright.engine.unit.rows import Unit
from orderwright.storage.documents.effects import apply


async def applied(book: Notebook, *effects: Effect) -> None:
    connection = await asyncpg.connect(book.dsn)
    try:
        async with connection.transaction():
            await apply(book.database, connection, Unit(shard=book.shard, write_id=new_id(), effects=effects))
    finally:
        await connection.close()


@in_a_project
async def test_of_several_values_of_a_secret_the_last_one_counts(book: Notebook) -> None:
    await applied(book, SetSecret(name="header", value="a"), SetSecret(name="header", value=None))
    assert await book.rows("secret", "name, value") == []
    await applied(book, SetSecret(name="header", value=None), SetSecret(name="header", value="b"))
    assert await book.rows("secret", "name, value") == [("header", "b")]
    await applied(book, SetSecret(name="header", value=None))
    assert await book.rows("secret", "name, value") == []


@in_a_project
async def test_of_several_passwords_the_last_one_counts(book: Notebook) -> None:
    customer = new_id()
    values = ("one", None, "two")
    await applied(book, *(SetPassword(customer_id=customer, hash=value) for value in values))
    assert await book.rows("password", "hash") == [("two",)]
    await applied(book, SetPassword(customer_id=customer, hash=None))
    assert await book.rows("password", "hash") == []
