"""Customers for the tests: how they sign up, what is told of them, and what the database keeps."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx

from live import Client

ADA = {"email": "Ada@Example.com", "password": "first secret"}
DOORS = ["", "in-store/key=berlin/"]
BERLIN_STORE = {"typeId": "store", "key": "berlin"}


def with_stores(shop: Client) -> Client:
    """The project with the stores `berlin` and `paris`."""
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    return shop


def signed_up(shop: Client, door: str = "", **more: Any) -> Any:
    """A new customer at a door."""
    return shop.create(f"{door}customers", {**ADA, **more})["customer"]


def post(shop: Client, path: str, body: Any) -> Any:
    """The answer of a POST that makes nothing."""
    answer = shop.send("POST", path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(shop: Client) -> list[Any]:
    """All Messages of the project, in their order."""
    found: list[Any] = shop.get("messages", params={"limit": 500, "sort": "createdAt asc"})["results"]
    return found


def run(database_url: str, statement: str, *arguments: Any) -> list[Any]:
    """Ask the database itself."""

    async def asked() -> list[Any]:
        connection = await asyncpg.connect(database_url)
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            await connection.close()

    return asyncio.run(asked())


def at_once(shop: Client, path: str, bodies: list[Any]) -> Counter[int]:
    """The statuses of requests that are sent at the same time."""

    def one(body: Any) -> int:
        headers = {"Authorization": f"Bearer {shop.token}"}
        return httpx.post(f"{shop.url}/{shop.project}/{path}", json=body, headers=headers, timeout=30, verify=False).status_code

    with ThreadPoolExecutor(len(bodies)) as pool:
        return Counter(pool.map(one, bodies))
