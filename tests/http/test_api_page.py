"""What the API page shows: words, examples and codes of errors, held against the decoders and the source that they tell of."""

from __future__ import annotations

import ast
import asyncio
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import orderwright
from orderwright import app
from orderwright.engine.json.codec import decode_body, encode
from orderwright.http.api.routes import Route
from orderwright.http.docs import refusals
from orderwright.http.docs.irregular import IRREGULAR
from orderwright.http.docs.second_rows import OPERATIONS_TOLD
from orderwright.http.docs.serving import FIRST, SECOND, Described
from orderwright.http.emporix import mount as emporix
from own_document import document

METHODS = ("get", "head", "post", "put", "patch", "delete")
SOURCE = Path(orderwright.__file__).parent
JSON = "application/json"
# What is refused before a path is looked at, so that it is no operation's; and what only the second dialect and the desk say.
OF_NO_OPERATION = {(501, "NotImplemented"), (505, "HttpVersionNotSupported")}
OF_SECOND = ("emporix/", "http/emporix/", "desk/")


@functools.cache
def shown(dialect: str = FIRST) -> dict[str, Any]:
    """A document as the page reads it."""
    house = app.empty_house()
    made = asyncio.run(Described(house, app.openapi_bytes, app.openapi, app.declared).answer(dialect))
    read: dict[str, Any] = json.loads(made.whole)
    return read


def operations(dialect: str = FIRST) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in shown(dialect)["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def at(reference: str, dialect: str = FIRST) -> Any:
    found: Any = shown(dialect)
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def followed(part: dict[str, Any], dialect: str = FIRST) -> dict[str, Any]:
    found: dict[str, Any] = at(part["$ref"], dialect) if "$ref" in part else part
    return found


@functools.cache
def registry(dialect: str) -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([("urn:page", shown(dialect))], draft=jsonschema_rs.Draft202012)


def problems(schema: dict[str, Any], value: Any, dialect: str = FIRST) -> list[str]:
    placed = json.loads(json.dumps(schema).replace('"#/', '"urn:page#/'))
    validator = jsonschema_rs.Draft202012Validator(placed, registry=registry(dialect))
    return [error.message[:200] for error in validator.iter_errors(value)]


def parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from parts(member)
    elif isinstance(value, list):
        for member in value:
            yield from parts(member)


@pytest.mark.parametrize("dialect", [FIRST, SECOND])
def test_both_documents_are_valid_and_their_references_lead_somewhere(dialect: str) -> None:
    from schemathesis.specs.openapi.definitions import OPENAPI_31  # takes long to import, and every process collects this file

    problems = [error.message for error in jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(shown(dialect))]
    assert problems == []
    referred = {part["$ref"] for part in parts(shown(dialect)) if isinstance(part.get("$ref"), str)}
    assert len(referred) > 50
    for reference in referred:
        at(reference, dialect)


def test_people_are_told_of_the_very_operations_that_machines_are() -> None:
    told = {(path, method) for path, method, _ in operations()}
    assert told == {(path, method) for path, item in document()["paths"].items() for method in METHODS if method in item}
    assert shown()["components"]["schemas"] == document()["components"]["schemas"]
    assert "examples" not in document()["components"]
    for path, method, operation in operations():
        machine = document()["paths"][path][method]
        assert operation["operationId"] == machine["operationId"]
        assert operation["responses"].keys() == machine["responses"].keys()


@pytest.mark.parametrize("dialect", [FIRST, SECOND])
def test_every_operation_says_what_it_does(dialect: str) -> None:
    for path, method, operation in operations(dialect):
        assert operation["summary"][0].isupper(), path
        assert operation["description"], (path, method)
        # A path that is no resource's is told in words of its own, not by its steps.
        assert ":" not in operation["summary"] or dialect == SECOND, (path, operation["summary"])
        assert not operation["description"].startswith(("It needs", "Anybody")) or dialect == SECOND, path


def test_words_for_irregular_paths_are_of_paths_that_are_served() -> None:
    served = {f"{method} {route.at}" for (_, _, _, method), route in app.declared().table.items()}
    assert set(IRREGULAR) - served == set()


def answers(dialect: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What each operation answers in JSON where it is not refused."""
    for path, method, operation in operations(dialect):
        for status, answer in operation["responses"].items():
            told = followed(answer, dialect).get("content", {}).get(JSON) if status < "300" else None
            if told is not None:
                yield method, path, told


@pytest.mark.parametrize(("dialect", "most"), [(FIRST, 400), (SECOND, 30)])
def test_every_answer_has_an_example_which_its_schema_allows(dialect: str, most: int) -> None:
    seen = 0
    for method, path, told in answers(dialect):
        assert problems(told["schema"], told["example"], dialect) == [], (method, path)
        seen += 1
    assert seen > most


def test_an_answer_is_that_of_a_shop_and_not_made_up() -> None:
    cart = at("#/components/responses/Cart")["content"][JSON]["example"]
    assert cart["totalPrice"]["centAmount"] == cart["taxedPrice"]["totalGross"]["centAmount"] == 1799
    page = at("#/components/responses/OrderPagedQueryResponse")["content"][JSON]["example"]
    assert (page["count"], len(page["results"]), page["results"][0]["orderNumber"]) == (1, 1, "2030-1001")


@pytest.mark.parametrize(
    ("path", "method", "summary"),
    [
        ("/{projectKey}/carts", "post", "Create a cart"),
        ("/{projectKey}/in-store/key={storeKey}/orders/{id}", "get", "Read an order by id in a store"),
        ("/{projectKey}/tax-categories/key={key}", "post", "Change a tax category by key"),
        ("/{projectKey}/me/shopping-lists", "get", "List shopping lists of one's own"),
        ("/{projectKey}", "get", "Read the project"),
        ("/{projectKey}/orders/import", "post", "Import an order from elsewhere"),
        (
            "/{projectKey}/in-store/key={storeKey}/carts/{id}/explain",
            "get",
            "Explain how a cart comes to its amounts, in a store",
        ),
        ("/{projectKey}/in-store/key={storeKey}/me/password", "post", "Change one's own password, in a store"),
        ("/{projectKey}/orders/search", "head", "Ask whether orders can be searched"),
        ("/{projectKey}/carts/{id}", "head", "Ask whether there is a cart by id"),
    ],
)
def test_names_of_the_code_are_read_out_as_english(path: str, method: str, summary: str) -> None:
    told = shown()["paths"][path][method]
    assert told["summary"] == summary
    assert "scopes `" in told["description"]


def test_an_operation_names_the_scopes_that_open_it() -> None:
    told = shown()["paths"]["/{projectKey}/orders/{id}"]["delete"]["description"]
    assert "`manage_orders:{projectKey}`" in told
    assert "view_orders" not in told


def decoders() -> Iterator[tuple[dict[str, Any], Any, Route]]:
    """Of each body of JSON that an operation takes: what the page tells of it, and the type that it is decoded with."""
    from orderwright.http.api.openapi import template_at

    for (door, path, form, method), route in app.declared().table.items():
        if method == "POST" and JSON in route.media:
            told = shown()["paths"][template_at(door, path, form)]["post"]["requestBody"]["content"][JSON]
            kind = route.body
            if kind is None and route.resource is not None:
                kind = route.resource.draft if route.verb == "create" else route.resource.actions.update_type()
            yield told, kind, route


def test_every_body_has_examples_which_its_schema_allows_and_its_decoder_takes() -> None:
    seen: set[str] = set()
    for told, kind, route in decoders():
        assert told["examples"], route.at
        for example in told["examples"].values():
            if (name := example["$ref"]) in seen:
                continue
            seen.add(name)
            value = followed(example)["value"]
            assert problems(told["schema"], value) == [], name
            decode_body(kind, encode(value))
    assert len(seen) > 600


def test_every_action_has_an_example_that_says_what_it_does() -> None:
    for name, update in document()["components"]["schemas"].items():
        actions = update.get("properties", {}).get("actions", {}).get("items", {})
        for action, schema in actions.get("discriminator", {}).get("mapping", {}).items():
            example = shown()["components"]["examples"][schema.rpartition("/")[2]]
            assert [each["action"] for each in example["value"]["actions"]] == [action], name
            assert example["summary"].startswith(f"{action}: ")
            assert len(example["summary"]) > len(action) + 5
    told = shown()["components"]["examples"]["CartChangeTaxModeAction"]["value"]
    assert told == {"version": 1, "actions": [{"action": "changeTaxMode", "taxMode": "Platform"}]}


def test_every_code_that_the_source_refuses_with_is_told_at_its_status() -> None:
    told = set(refusals.all_codes()) | OF_NO_OPERATION
    found: set[tuple[int, str]] = set()
    for file in SOURCE.rglob("*.py"):
        if file.relative_to(SOURCE).as_posix().startswith(OF_SECOND):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="ApiError" | "AuthError"),
                    args=[ast.Constant(value=int(status)), ast.Constant(value=str(code)), *_],
                ):
                    found.add((status, code))
    assert len(found) > 60
    assert found - told == set()


def test_refusals_name_their_codes_and_show_the_form_of_an_error() -> None:
    answers = shown()["paths"]["/{projectKey}/carts/{id}"]["post"]["responses"]
    refused = followed(answers["409"])
    assert "`ConcurrentModification`" in refused["description"]
    example = refused["content"][JSON]["examples"]["ConcurrentModification"]["value"]
    assert (example["statusCode"], example["errors"][0]["currentVersion"]) == (409, 2)
    assert "`OutOfStock`" in followed(answers["400"])["description"]
    assert "OutOfStock" not in followed(shown()["paths"]["/{projectKey}/zones/{id}"]["post"]["responses"]["400"])["description"]
    shapes = 0
    for response in shown()["components"]["responses"].values():
        told = response.get("content", {}).get(JSON, {})
        for each in told.get("examples", {}).values():
            assert problems(told["schema"], each["value"]) == []
            shapes += 1
    assert shapes > 100


def test_the_second_dialect_tells_every_operation_that_is_served_there() -> None:
    served = {(row.method, row.at) for row in emporix.served(app.empty_house())}
    assert served == set(OPERATIONS_TOLD)
    assert served == {(method.upper(), path[1:]) for path, method, _ in operations(SECOND)}


def test_examples_of_the_second_dialect_are_allowed_by_their_schemas() -> None:
    bodies = [operation["requestBody"]["content"][JSON] for _, _, operation in operations(SECOND) if "requestBody" in operation]
    assert len(bodies) == 15
    for told in bodies:
        assert problems(told["schema"], told["example"], SECOND) == []
    for status, response in shown(SECOND)["components"]["responses"].items():
        told = response["content"][JSON]
        assert problems(told["schema"], told["example"], SECOND) == []
        assert ("fault" in told["example"]) is (status in ("401", "429"))


def test_who_asks_while_a_document_is_made_gets_the_same_one() -> None:
    made: list[int] = []

    def of_machine() -> dict[str, Any]:
        made.append(1)
        return app.openapi()

    async def both() -> tuple[Any, Any]:
        described = Described(app.empty_house(), app.openapi_bytes, of_machine, app.declared)
        one, other = await asyncio.gather(described.of(FIRST), described.of(FIRST))
        return one, other

    first, second = asyncio.run(both())
    assert first is second
    assert made == [1]
