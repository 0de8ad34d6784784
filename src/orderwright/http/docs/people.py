"""The OpenAPI document for people: what machines read, and beside it words, examples and the codes of errors.

It is several times as long, and nobody generates anything of it: it is made when the API page is opened first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orderwright.http.api.documented import REF as RESPONSE
from orderwright.http.api.doors import DOORS
from orderwright.http.api.openapi import template_at
from orderwright.http.api.routes import Route, Routes
from orderwright.http.api.schemas import Schema
from orderwright.http.docs import irregular, refusals, words
from orderwright.http.docs.answers import answer_of
from orderwright.http.docs.examples import Examples

EXAMPLE: Final = "#/components/examples/{name}"
_DOORS: Final = {door.name: door for door in DOORS}
_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


def described(document: Mapping[str, Any], routes: Routes) -> dict[str, Any]:
    """The document with all that people read. What machines read stays as it is."""
    types = {route.resource.type_id for route in routes.table.values() if route.resource is not None}
    told = _Told(document, Examples(document["components"]["schemas"], types))
    paths = {path: _by_operation(item) for path, item in document["paths"].items()}
    for (door, path, form, method), route in routes.table.items():
        item = paths[template_at(door, path, form)]
        item[method.lower()] = told.operation(item[method.lower()], route, door, method)
    for at, said in irregular.TOKENS.items():
        paths[f"/{at}"]["post"] = told.of_tokens(paths[f"/{at}"]["post"], said)
    components = document["components"]
    answers = {name: answered(answer) for name, answer in components["responses"].items()}
    more = {"examples": told.examples, "responses": {**answers, **told.responses}}
    return {**document, "paths": paths, "components": {**components, **more}}


def answered(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer with an example of it, where one is known; a refusal has its own."""
    told = answer.get("content", {}).get(_JSON, {})
    example = answer_of(told["schema"]) if "schema" in told else None
    return answer if example is None else {**answer, "content": {_JSON: {**told, "example": example}}}


def _by_operation(item: Mapping[str, Any]) -> dict[str, Any]:
    """A path whose operations say themselves what stands in it: Swagger UI follows no references beside them."""
    placed, operations = item["parameters"], {method: told for method, told in item.items() if method != "parameters"}
    return {method: {**told, "parameters": [*placed, *told.get("parameters", ())]} for method, told in operations.items()}


class _Told:
    """What operations say in common, collected as they are told one by one."""

    def __init__(self, document: Mapping[str, Any], examples: Examples) -> None:
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]
        self._responses: Mapping[str, Any] = document["components"]["responses"]
        self._of = examples
        self.examples: dict[str, Any] = {}
        self.responses: dict[str, Any] = {}
        self._named: dict[tuple[str, tuple[str, ...]], str] = {}

    def operation(self, operation: Mapping[str, Any], route: Route, door: str, method: str) -> dict[str, Any]:
        """One operation on a resource."""
        said = {
            "summary": words.summary(route, _DOORS[door], method),
            "description": words.description(route, _DOORS[door], method),
        }
        told = {**operation, **said, "responses": self._answers(operation["responses"], route, method)}
        if "requestBody" in operation:
            told["requestBody"] = self._asked(operation["requestBody"])
        return told

    def of_tokens(self, operation: Mapping[str, Any], said: irregular.Said) -> dict[str, Any]:
        """One of the operations that tokens are asked for with."""
        schema = operation["requestBody"]["content"][_FORM]["schema"]
        answers = {
            status: self._refused(status, refusals.OF_TOKENS, answered(answer))
            for status, answer in operation["responses"].items()
        }
        content = {_FORM: {"schema": schema, "example": self._of.of(schema)}}
        return {
            **operation,
            "summary": said.summary,
            "description": said.description,
            "responses": answers,
            "requestBody": {"required": True, "content": content},
        }

    def _asked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        content = dict(body["content"])
        asked = content.get(_JSON)
        if asked is not None:
            content[_JSON] = {**asked, "examples": self._examples(asked["schema"]["$ref"].rpartition("/")[2])}
        return {**body, "content": content}

    def _examples(self, name: str) -> dict[str, Any]:
        """References to the examples of a body: of an update one for each action, of anything else one."""
        match self._schemas[name]:
            case {"properties": {"actions": {"items": {"discriminator": {"mapping": mapping}}}}}:
                return {action: self._action(action, schema.rpartition("/")[2]) for action, schema in mapping.items()}
        if name not in self.examples:
            self.examples[name] = {"value": self._of.of({"$ref": name})}
        return {name: {"$ref": EXAMPLE.format(name=name)}}

    def _action(self, action: str, name: str) -> dict[str, Any]:
        if name not in self.examples:
            said = words.action_summary(action, self._schemas[name].get("description", ""))
            body = {"version": 1, "actions": [self._of.action(name)]}
            self.examples[name] = {"summary": f"{action}: {said}", "value": body}
        return {"$ref": EXAMPLE.format(name=name)}

    def _answers(self, answers: Mapping[str, Any], route: Route, method: str) -> dict[str, Any]:
        if method == "HEAD":
            return dict(answers)
        codes = refusals.codes(route, method)
        return {status: self._refused(status, codes, answered(answer)) for status, answer in answers.items()}

    def _refused(self, status: str, codes: Mapping[int, tuple[str, ...]], answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """A reference to a refusal that names its codes, if there are any."""
        found = codes.get(int(status), ())
        if not found or "$ref" not in answer:
            return answer
        usual = answer["$ref"].rpartition("/")[2]
        name = self._named.setdefault((usual, found), f"{usual}.{len(self._named) + 1}")
        if name not in self.responses:
            self.responses[name] = refusals.with_codes(self._responses[usual], int(status), found)
        return {"$ref": RESPONSE.format(name=name)}
