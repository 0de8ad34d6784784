"""Messages as they happen: all of them, whatever order they are stored in, and nobody else's."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest

from listening import listening, stored
from live import Client, Server
from orderwright.settings import Settings
from orderwright.storage.tables import live_messages
from shop_setup import eur

ITEM = {"name": {"en": "Old"}, "slug": "old", "quantity": 1, "money": {"currencyCode": "EUR", "centAmount": 1}}
NOBODY = "00000000-0000-4000-8000-000000000000"
DRAFT = {"totalPrice": eur(1), "customLineItems": [ITEM]}


def orders(shop: Client, count: int) -> None:
    for _ in range(count):
        shop.create("orders/import", DRAFT)


def test_none_is_missing_under_writes_side_by_side_and_after_a_break(server: Server, shop: Client) -> None:
    other = shop.project + "-other"
    server.project(other)
    foreign = server.client(other)
    with listening(shop) as first:
        writers = [threading.Thread(target=orders, args=(client, 15)) for client in (shop, shop, shop, foreign)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        first.until(45)
    assert set(first.ids) == set(stored(shop))
    assert len(first.ids) == 45  # one that listens without a break is told each once
    assert not set(first.ids) & set(stored(foreign))
    # What happens while nobody listens is told to who goes on from the 20th.
    orders(shop, 5)
    with listening(shop, after=first.marks[19]) as second:
        second.until(50)  # all are of the last minute, so that those before the break come again
    assert set(second.ids) == set(stored(shop))
    with listening(shop) as fresh:
        orders(shop, 1)
        fresh.until(1)


def test_what_is_stored_late_is_told_late(settings: Settings, shop: Client) -> None:
    """A change that began a while ago is stored behind one that was told already."""

    async def forget() -> None:
        """What is no whole Message is not left behind."""
        connection = await asyncpg.connect(settings.database_url)
        try:
            statement = "DELETE FROM message WHERE shard = $1 AND body = jsonb_build_object('id', 'late')::text"
            assert await connection.execute(statement, shop.project) == "DELETE 1"
        finally:
            await connection.close()

    async def late() -> str:
        connection = await asyncpg.connect(settings.database_url)
        try:
            row = await connection.fetchrow(
                "INSERT INTO message (shard, id, created_at, resource_id, sequence_number, type, body, query)"
                " SELECT shard, gen_random_uuid(), $2, gen_random_uuid(), 1, type,"
                " jsonb_build_object('id', 'late')::text, query FROM message WHERE shard = $1 LIMIT 1 RETURNING id",
                shop.project,
                datetime.now(UTC) - timedelta(seconds=0.6),
            )
            assert row is not None
            return str(row["id"])
        finally:
            await connection.close()

    with listening(shop) as made:
        time.sleep(1)
        orders(shop, 1)
        made.until(1)
        asyncio.run(late())
        made.until(2)
    asyncio.run(forget())
    assert made.ids[-1] == "late"


def test_what_is_asked_again_and_again_goes_by_the_index(settings: Settings, shop: Client) -> None:
    orders(shop, 1)

    async def plans() -> list[str]:
        connection = await asyncpg.connect(settings.database_url)
        tried = connection.transaction()
        await tried.start()
        try:
            await connection.execute(
                "INSERT INTO message (shard, id, created_at, resource_id, sequence_number, type, body, query)"
                " SELECT shard, gen_random_uuid(), created_at - n * interval '1 second', gen_random_uuid(), 1, type, body, query"
                " FROM message, generate_series(1, 5000) AS n WHERE shard = $1",
                shop.project,
            )
            await connection.execute("ANALYZE message")
            now = datetime.now(UTC)
            window = (shop.project, now - timedelta(minutes=1), live_messages.LAST, now, live_messages.LAST)
            return [
                "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}", *window, 10))
                for statement in (live_messages.AFTER, live_messages.LATE)
            ]
        finally:
            await tried.rollback()
            await connection.close()

    for plan in asyncio.run(plans()):
        assert "message_created" in plan
        assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    "given", ["x", "1-2-3", f"{'9' * 14}-00000000-0000-0000-0000-00000000000-{'9' * 14}", f"{'9' * 15}-{NOBODY}-1"]
)
def test_an_id_of_no_event_is_refused(shop: Client, given: str) -> None:
    answer = httpx.get(
        f"{shop.url}/{shop.project}/messages/stream",
        headers={"Authorization": f"Bearer {shop.token}", "Last-Event-ID": given},
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")


def test_it_takes_the_scope_of_messages_and_ends_with_the_token(server: Server, shop: Client) -> None:
    url = f"{shop.url}/{shop.project}/messages/stream"
    without = server.client(shop.project, f"manage_orders:{shop.project}")
    for token, status in ((without.token, 403), ("nothing", 401)):
        assert httpx.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == status
    for door in ("me/messages/stream", "in-store/key=berlin/messages/stream"):
        refused = httpx.get(f"{shop.url}/{shop.project}/{door}", headers={"Authorization": f"Bearer {shop.token}"})
        assert refused.status_code == 404
    viewer = server.client(shop.project, f"view_messages:{shop.project}")
    with listening(viewer) as made:
        revoked = {"token": viewer.token, "token_type_hint": "access_token"}
        auth = (viewer.client_id, viewer.client_secret)
        assert httpx.post(f"{shop.url}/oauth/token/revoke", data=revoked, auth=auth).status_code == 200
        deadline = time.monotonic() + 20
        while not made.ended and time.monotonic() < deadline:
            time.sleep(0.05)
        assert made.ended


def test_a_client_has_a_few_streams_and_the_end_of_the_process_ends_them(database_url: str) -> None:
    server = Server({"ORDERWRIGHT_DATABASE_URL": database_url})
    try:
        server.project("listened")
        shop = server.client("listened")
        headers = {"Authorization": f"Bearer {shop.token}"}
        url = f"{server.url}/listened/messages/stream"
        with httpx.Client() as held:
            streams = [held.send(held.build_request("GET", url, headers=headers), stream=True) for _ in range(8)]
            assert [stream.status_code for stream in streams] == [200] * 8
            assert httpx.get(url, headers=headers).status_code == 503
            streams[0].close()
            deadline = time.monotonic() + 5
            again = held.send(held.build_request("GET", url, headers=headers), stream=True)
            while again.status_code == 503 and time.monotonic() < deadline:
                again.close()
                time.sleep(0.05)
                again = held.send(held.build_request("GET", url, headers=headers), stream=True)
            assert again.status_code == 200
            began = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - began < 4  # not the 5 seconds that other requests have
    finally:
        if server.process.poll() is None:
            server.stop()
