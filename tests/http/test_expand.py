"""Expansion: all paths are walked together and lead where each would lead by itself; what it makes is bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwright.engine.access import Access
from orderwright.engine.model import ClientLogging
from orderwright.http.api.expand import expand
from orderwright.http.api.expand_paths import paths_of
from orderwright.resources import RESOURCES
from orderwright.storage.refusals import AnswerTooLargeError

TYPES = {resource.type_id: resource for resource in RESOURCES}
MANY = 1_000_000
ACCESS = Access(shard="shop", who=ClientLogging())


def uid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def ref(number: int, type_id: str = "state") -> dict[str, Any]:
    return {"typeId": type_id, "id": uid(number)}


class Shelf:
    """Where bodies are read from; it notes in what portions."""

    def __init__(self, documents: Iterable[Any]) -> None:
        self.bodies = {document["id"]: ("state", json.dumps(document)) for document in documents}
        self.asked: list[set[str]] = []

    async def visible_bodies(self, _shard: str, ids: Iterable[str], _confined: Any, most: int) -> dict[str, tuple[str, str]]:
        self.asked.append(set(ids))
        found = {id: self.bodies[id] for id in ids if id in self.bodies}
        if sum(len(body) for _, body in found.values()) > most:
            raise AnswerTooLargeError(most)
        return found


def expanded(shelf: Shelf, documents: list[Any], *paths: str, most: int = MANY) -> list[Any]:
    bodies = [json.dumps(document).encode() for document in documents]
    store: Any = shelf
    return [json.loads(body) for body in asyncio.run(expand(bodies, paths_of(list(paths)), ACCESS, store, TYPES, most))]


def one_by_one(shelf: Shelf, value: Any, path: list[str]) -> None:
    """What one path means, said as plainly as can be."""
    if isinstance(value, dict) and "typeId" in value and "id" in value:
        if "obj" not in value:
            if value["id"] not in shelf.bodies or value["typeId"] != "state":
                return
            value["obj"] = json.loads(shelf.bodies[value["id"]][1])
        # Where there is no list, no place in one is meant: `obj[*]` is `obj`.
        one_by_one(shelf, value["obj"], path[1:] if path and path[0].partition("[")[0] == "obj" else path)
    elif isinstance(value, dict) and path:
        name, _, place = path[0].rstrip("]").partition("[")
        inner = value.get(name)
        if isinstance(inner, list):
            for item in inner if place in ("", "*") else inner[int(place) :][:1]:
                one_by_one(shelf, item, path[1:])
        else:
            one_by_one(shelf, inner, path[1:])


NAMES = ("a", "b", "c")
values = st.recursive(
    st.one_of(st.none(), st.integers(0, 3), st.integers(1, 6).map(ref), st.just(ref(99)), st.just(ref(1, "zone"))),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=3)
steps = st.tuples(st.sampled_from((*NAMES, "obj")), st.sampled_from(("", "[*]", "[0]", "[1]"))).map("".join)
paths = st.lists(st.lists(steps, min_size=1, max_size=5).map(".".join), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.lists(objects, min_size=6, max_size=6), st.lists(objects, min_size=1, max_size=3), paths)
def test_all_paths_together_lead_where_each_leads_by_itself(stored: list[Any], asked: list[Any], given_paths: list[str]) -> None:
    shelf = Shelf({"id": uid(number + 1), **document} for number, document in enumerate(stored))
    expected = json.loads(json.dumps(asked))
    for document in expected:
        for path in given_paths:
            if len(path) and path.split(".")[0].rstrip("[*]01") != "obj":
                one_by_one(shelf, document, path.split("."))
    assert expanded(shelf, asked, *given_paths) == expected


def test_each_is_read_once_in_a_round_however_many_paths_and_places_lead_there() -> None:
    shelf = Shelf([{"id": uid(1), "next": ref(2)}, {"id": uid(2)}])
    cart = {"lines": [{"state": [ref(1), ref(1)]}] * 3}
    (done,) = expanded(shelf, [cart], "lines[*].state[*].next", "lines[0].state[*]", "lines[*].state[1].obj.next", "lines")
    assert shelf.asked == [{uid(1)}, {uid(2)}]
    inner = {**ref(1), "obj": {"id": uid(1), "next": {**ref(2), "obj": {"id": uid(2)}}}}
    assert done == {"lines": [{"state": [inner, inner]}] * 3}


def test_what_is_not_on_a_path_stays_the_bytes_it_was() -> None:
    body = b'{"a": 1.50, "b": {"typeId":"state","id":"%s"}, "c": 1e400}' % uid(1).encode()
    shelf: Any = Shelf([{"id": uid(1)}])
    shelf.bodies[uid(1)] = ("state", '{"exact":0.10}')
    paths, access = paths_of(["b"]), ACCESS
    (done,) = asyncio.run(expand([body], paths, access, shelf, TYPES, MANY))
    assert done == b'{"a":1.50,"b":{"typeId":"state","id":"%s","obj":{"exact":0.10}},"c":1e400}' % uid(1).encode()
    (untouched,) = asyncio.run(expand([body], paths_of(["a.b.c", "nowhere[*].x"]), access, shelf, TYPES, MANY))
    assert untouched == body


def test_the_bytes_are_counted_as_often_as_they_are_embedded() -> None:
    """A state of 1,000 bytes in each of ten places, and one of 100 bytes inside each of these."""
    outer: dict[str, Any] = {"id": uid(1), "next": ref(2), "text": ""}
    inner: dict[str, Any] = {"id": uid(2), "text": ""}
    outer["text"] = "x" * (1000 - len(json.dumps(outer)))
    inner["text"] = "x" * (100 - len(json.dumps(inner)))
    cart = {"states": [ref(1)] * 10}
    whole = len(json.dumps(cart)) + 10 * (1000 + 100)
    assert len(expanded(Shelf([outer, inner]), [cart], "states[*].next", most=whole)) == 1
    with pytest.raises(AnswerTooLargeError):
        expanded(Shelf([outer, inner]), [cart], "states[*].next", most=whole - 1)


def test_a_value_that_only_looks_like_a_reference_is_left_alone() -> None:
    pairs = [("state", "no id"), (7, uid(1)), ("state", 7), ({}, uid(1)), ("", uid(1)), ("nothing", uid(1))]
    odd = {"value": [{"typeId": type_id, "id": id} for type_id, id in pairs]}
    assert expanded(Shelf([{"id": uid(1)}]), [odd], "value[*]") == [odd]
