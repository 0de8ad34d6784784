"""The OpenAPI document is valid, says no less than the decoders hold, and no other than what is answered.

That every answer is one that it allows is held by the client of the tests (`own_document.py`) and by `make fuzz`.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import orderwright
from orderwright import app
from orderwright.domain.amounts.tax import TaxRateDraft
from orderwright.domain.cart.drafts import CartDraft
from orderwright.engine.json.codec import decode_body, encode
from orderwright.errors import ApiError
from own_document import document, resolved, validator

METHODS = ("get", "head", "post", "delete")
SOURCE = Path(orderwright.__file__).parent
# Named in `errors.py` by keyword, and said of an error's own: its status, its code and its text.
OF_ITS_OWN = {"status", "code", "message"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation: its path, its method, and what the document says of it."""
    for path, item in document()["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def answer(path: str, method: str, status: int) -> dict[str, Any]:
    """The schema of an answer."""
    told, _ = resolved(document()["paths"][path][method]["responses"][str(status)], "")
    found: dict[str, Any] = told["content"]["application/json"]["schema"]
    return found


def parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from parts(member)
    elif isinstance(value, list):
        for member in value:
            yield from parts(member)


def fits(name: str, value: Any) -> bool:
    return bool(validator(f"/components/schemas/{name}").is_valid(value))


def test_the_document_is_valid_by_the_metaschemas_of_openapi_and_of_json_schema() -> None:
    from schemathesis.specs.openapi.definitions import OPENAPI_31  # takes long to import, and every process collects this file

    of_openapi = jsonschema_rs.Draft202012Validator(OPENAPI_31)
    assert [error.message for error in of_openapi.iter_errors(document())] == []
    broken = json.loads(json.dumps(document()))
    del broken["paths"]["/oauth/token"]["post"]["requestBody"]["content"]
    assert not of_openapi.is_valid(broken)
    for each in document()["components"]["schemas"].values():
        jsonschema_rs.meta.validate(each)
    assert not jsonschema_rs.meta.is_valid({"properties": {"a": {"type": "nonsense"}}})


def test_every_reference_of_the_document_leads_somewhere_and_nothing_is_left_over() -> None:
    referred = {part["$ref"] for part in parts(document()) if "$ref" in part}
    mapped = {target for part in parts(document()) for target in part.get("discriminator", {}).get("mapping", {}).values()}
    assert mapped <= referred
    kinds = ("schemas", "parameters", "responses")
    there = {f"#/components/{kind}/{name}" for kind in kinds for name in document()["components"][kind]}
    assert referred <= there
    assert there - referred <= {"#/components/responses/408OfHead"}


def test_operations_have_names_of_their_own() -> None:
    names = Counter(operation["operationId"] for _, _, operation in operations())
    assert names.total() > 350 and max(names.values()) == 1
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in names)


def test_schemas_are_named_without_the_modules_they_come_from() -> None:
    names = list(document()["components"]["schemas"])
    assert not [name for name in names if not re.fullmatch(r"[A-Za-z0-9]+", name)]
    assert max(Counter(name.casefold() for name in names).values()) == 1
    assert schema("TaxCategorySetKeyAction")["properties"]["action"] == {"enum": ["setKey"], "type": "string"}


def test_decimals_are_numbers_as_they_are_served() -> None:
    assert encode({"amount": Decimal("0.19")}) == b'{"amount":0.19}'
    assert schema("TaxRate")["properties"]["amount"] == {"type": "number"}
    assert not [part for part in parts(document()) if part.get("format") == "decimal"]


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("/{projectKey}/api-clients", "ApiClient"),
        ("/{projectKey}/products/{id}/product-selections", "AssignedProductSelection"),
        ("/{projectKey}/shipping-methods/matching-location", "ShippingMethod"),
        ("/{projectKey}/tax-categories", "TaxCategory"),
        ("/{projectKey}/me/payments", "MyPayment"),
    ],
)
def test_what_is_answered_as_a_list_is_described_as_a_list(path: str, item: str) -> None:
    page = schema(answer(path, "get", 200)["$ref"].rpartition("/")[2])
    assert page["properties"]["results"] == {"type": "array", "items": {"$ref": f"#/components/schemas/{item}"}}
    assert page["required"] == ["limit", "offset", "count", "results"]


def test_every_operation_tells_what_it_may_refuse_with() -> None:
    for path, method, operation in operations():
        statuses = {int(status) for status in operation["responses"]}
        assert {400, 401, 403, 500, 503} <= statuses and "default" not in operation["responses"], path
        assert ({408, 413} <= statuses) == (method == "post"), path
        for status in statuses:
            told, _ = resolved(operation["responses"][str(status)], "")
            if method == "head":
                assert "content" not in told
            elif status >= 400:
                assert told["content"]["application/json"]["schema"], (path, status)
    assert {409, 422} <= statuses_of("/{projectKey}/carts/{id}", "delete")
    assert statuses_of("/{projectKey}/zones/{id}", "post") & {409, 422} == {409}
    assert statuses_of("/{projectKey}/custom-objects", "post") & {200, 201} == {200, 201}
    assert 409 in statuses_of("/{projectKey}/customers/search", "head")
    assert answer("/{projectKey}/carts", "get", 401) == {"$ref": "#/components/schemas/AuthErrorResponse"}
    assert answer("/{projectKey}/carts", "get", 404) == {"$ref": "#/components/schemas/ErrorResponse"}


def statuses_of(path: str, method: str) -> set[int]:
    return {int(status) for status in document()["paths"][path][method]["responses"]}


def test_the_schema_of_an_error_has_every_member_that_an_error_is_given() -> None:
    given: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ApiError":
                given |= {keyword.arg for keyword in node.keywords if keyword.arg}
    assert len(given) > 30
    assert given - OF_ITS_OWN <= set(schema("ErrorObject")["properties"])


def test_query_parameters_have_their_types_and_bounds() -> None:
    told = document()["components"]["parameters"]
    assert told["limit"]["schema"] == {"type": "integer", "minimum": 0, "maximum": 500, "default": 20}
    assert told["offset"]["schema"] == {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0}
    assert (told["sort"]["schema"]["type"], told["sort"]["schema"]["maxItems"]) == ("array", 10)
    assert (told["version"]["required"], told["version"]["schema"]["minimum"]) == (True, 0)
    path = re.compile(told["expand"]["schema"]["items"]["pattern"])
    assert path.match("lineItems[*].state[0].transitions") and not path.match("a..b") and not path.match(".".join("a" * 11))
    asked = document()["paths"]["/{projectKey}/shipping-methods/matching-location"]["get"]["parameters"]
    assert [each["$ref"].rpartition("/")[2] for each in asked] == ["country", "state", "currency", "sort", "expand"]


def test_a_body_has_the_bounds_that_the_decoder_holds_it_to() -> None:
    draft = {"currency": "EUR", "key": "a-cart", "lineItems": [{"sku": "mug", "quantity": 2}]}
    assert fits("CartDraft", draft) and decode_body(CartDraft, encode(draft)).key == "a-cart"
    wrong: tuple[dict[str, Any], ...] = ({"currency": "euro"}, {"key": "a"}, {"key": "ä" * 3}, {"lineItems": {}}, {"locale": ""})
    for change in wrong:
        assert not fits("CartDraft", draft | change)
        with pytest.raises(ApiError):
            decode_body(CartDraft, encode(draft | change))
    assert not fits("CartUpdate", {"version": 1, "actions": [{"action": "setKey"}] * 501})
    assert fits("CartUpdate", {"version": 1, "actions": [{"action": "setKey"}] * 500})
    assert not fits("CartUpdate", {"version": 1, "actions": [{"action": "setSomethingElse"}]})


def test_update_actions_are_told_apart_by_their_name() -> None:
    items = schema("TaxCategoryUpdate")["properties"]["actions"]["items"]
    assert items["discriminator"]["propertyName"] == "action"
    assert items["discriminator"]["mapping"]["addTaxRate"] == "#/components/schemas/TaxCategoryAddTaxRateAction"
    assert {"$ref": "#/components/schemas/TaxCategoryAddTaxRateAction"} in items["anyOf"]


def test_null_may_be_sent_where_nothing_may_and_is_never_answered() -> None:
    rate = {"name": "19%", "amount": 0.19, "includedInPrice": True, "country": "DE"}
    assert fits("TaxRateDraft", rate | {"key": None}) and decode_body(TaxRateDraft, encode(rate | {"key": None})).key is None
    assert not fits("TaxRateDraft", rate | {"name": None})
    assert fits("TaxRate", rate) and not fits("TaxRate", rate | {"key": None})
    # A default counts as left out, too.
    assert fits("CartDraft", {"currency": "EUR", "taxMode": None, "lineItems": None})
    assert decode_body(CartDraft, b'{"currency":"EUR","taxMode":null,"lineItems":null}').tax_mode == "Platform"


def test_members_that_are_not_known_are_allowed_and_those_that_are_not_served_must_be_empty() -> None:
    assert fits("CartDraft", {"currency": "EUR", "unheardOf": 1})
    assert decode_body(CartDraft, b'{"currency":"EUR","unheardOf":1}').currency == "EUR"
    empty: tuple[Any, ...] = (None, [], {}, "")

    def recurring(value: Any) -> dict[str, Any]:
        return {"currency": "EUR", "lineItems": [{"sku": "mug", "recurrenceInfo": value}]}

    for value in empty:
        assert fits("CartDraft", recurring(value))
        decode_body(CartDraft, encode(recurring(value)))
    assert not fits("CartDraft", recurring(["a"]))
    with pytest.raises(ApiError):
        decode_body(CartDraft, encode(recurring(["a"])))


def test_patterns_are_of_any_dialect() -> None:
    # The key of a discriminator's mapping may be called so, too.
    schemas = [part for part in parts(document()) if "pattern" in part and "type" in part]
    patterns = {part["pattern"] for part in schemas if isinstance(part["pattern"], str)}
    assert len(patterns) > 8
    assert not [pattern for pattern in patterns if "(?" in pattern or not pattern.startswith("^") or not pattern.endswith("$")]


def test_the_document_is_made_once() -> None:
    assert app.openapi_bytes() is app.openapi_bytes()


def test_the_document_says_nothing_over_and_over() -> None:
    # It grows with what is served, and no faster: with its actions, drafts and answers an operation has so many bytes.
    assert len(app.openapi_bytes()) < 1_760 * sum(1 for _ in operations())
