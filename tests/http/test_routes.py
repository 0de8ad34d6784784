"""The rows of the API: one for each path and method, in any order, and found by their words."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from orderwright import app
from orderwright.auth.principal import Principal
from orderwright.errors import ApiError
from orderwright.http.api import endpoints
from orderwright.http.api.doors import IN_STORE, PROJECT
from orderwright.http.api.routes import Asked, Route, Routes
from orderwright.http.special import rows
from orderwright.http.wire.exchange import Answer, Request

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


async def shown(asked: Asked) -> Answer:
    """What the request names, as the endpoint is told it."""
    lookup = None if asked.lookup is None else (asked.lookup.column, asked.lookup.value)
    return Answer(200, repr((lookup, asked.names)).encode())


async def other(_asked: Asked) -> Answer:
    return Answer(200, b"other")


def row(at: str, method: str = "GET", **more: object) -> Route:
    return replace(Route(at=at, method=method, verb="get", endpoint=shown, family="carts"), **more)  # type: ignore[arg-type]  # of a test


async def guard(_authorization: str | None, project_key: str) -> Principal:
    return Principal.of("client", project_key, f"manage_project:{project_key}")


def asked(routes: Routes, path: str, method: str = "GET") -> str:
    request = Request(method=method, segments=tuple(path.split("/")), query=(), headers={}, correlation_id="test")
    return asyncio.run(routes.answer(request, guard)).whole.decode()


def test_a_second_row_must_say_that_it_stands_instead() -> None:
    first, second = row("carts", "GET"), row("carts", "GET", endpoint=other)
    with pytest.raises(ValueError, match="The row GET 'carts' at the door 'project' is the second one there"):
        Routes([first, second])
    with pytest.raises(ValueError, match="is the second one there"):
        Routes([row("carts/id"), row("carts/*")])  # the same words
    with pytest.raises(ValueError, match="takes the place of none"):
        Routes([row("carts", "POST"), replace(second, instead=True)])
    with pytest.raises(ValueError, match="takes the place of none"):
        Routes([first, replace(second, instead=True, doors=(PROJECT, IN_STORE))])
    for both in ([first, replace(second, instead=True)], [replace(second, instead=True), first]):
        assert asked(Routes(both), "shop/carts") == "other"


def test_the_order_of_the_rows_says_nothing() -> None:
    house = app.empty_house()
    every = [
        *(each for kind, doors in app.GENERIC for each in endpoints.routes(house.verbs, kind, doors)),
        *rows.routes(house),
    ]
    # Making and changing customers (by id and by key), custom objects, queries of carts and products, all of order edits.
    assert sum(each.instead for each in every) == 3 + 1 + 2 + 11
    table = Routes(every).table
    for seed in range(3):
        random.Random(seed).shuffle(every)  # noqa: S311 - any order does
        assert Routes(every).table == table


def test_every_file_of_special_paths_is_listed() -> None:
    folder = Path(rows.__file__).parent
    files = {path.stem for path in folder.rglob("*.py")} - {"__init__", "house", "rows"}
    assert {file.__name__.rpartition(".")[2] for file in rows.FILES} == files


def test_a_path_is_found_by_its_words() -> None:
    routes = Routes(
        [
            row("", "GET"),
            row("carts/id"),
            row("carts/key=", column="key"),
            row("carts/id/images"),
            row("carts/replicate"),
            row("carts/customer-id=/merge", column="customer_id"),
            row("objects/*/*"),
        ]
    )
    assert asked(routes, "shop") == repr((("key", "shop"), ()))
    assert asked(routes, f"shop/carts/{ID}") == repr((("id", ID), (ID,)))
    assert asked(routes, "shop/carts/key=a=b") == repr((("key", "a=b"), ("a=b",)))
    assert asked(routes, f"shop/carts/{ID}/images") == repr((("id", ID), (ID,)))
    assert asked(routes, "shop/carts/replicate") == repr((None, ()))
    assert asked(routes, "shop/carts/customer-id=c/merge") == repr((("customer_id", "c"), ("c",)))
    assert asked(routes, "shop/objects/a/b") == repr((None, ("a", "b")))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("shop/carts/none", "ID 'none'"),
        ("shop/carts/id", "ID 'id'"),
        ("shop/carts/*", "ID '*'"),
        ("shop/carts/no=name", "ID 'no=name'"),
        ("shop/carts/key=a/images", "path '/shop/carts/key=a/images'"),
        (f"shop/carts/{ID}/none", f"path '/shop/carts/{ID}/none'"),
        (f"shop/carts/{ID}/images/more", f"path '/shop/carts/{ID}/images/more'"),
        ("shop/carts", "path '/shop/carts'"),
        ("shop/none", "path '/shop/none'"),
        ("shop//carts", "path '/shop//carts'"),
        ("shop/me/carts/key=a", "path '/shop/me/carts/key=a'"),
    ],
)
def test_what_leads_nowhere(path: str, message: str) -> None:
    routes = Routes([row("carts/id"), row("carts/key=", column="key"), row("carts/id/images")])
    with pytest.raises(ApiError) as refused:
        asked(routes, path)
    assert (refused.value.status, refused.value.message) == (404, f"The Resource with {message} was not found.")
