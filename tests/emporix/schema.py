"""The published schema of orders, with the patches that `patches.md` tells of."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema

HERE = Path(__file__).parent
EXAMPLES: dict[str, Any] = json.loads((HERE / "examples.json").read_text())


@functools.cache
def _definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = json.loads((HERE / "order-v2.schema.json").read_text())["$defs"]
    final = definitions["orderCalculatedPrice"]["properties"]["finalPrice"]["allOf"][1]["properties"]
    del final["taxAggregate"]
    text = {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
    for fee in (definitions["calculatedFee"], definitions["calculatedPaymentFee"]):
        fee["properties"]["name"] = text
    aggregate = definitions["aggregateFee"]["properties"]["elements"]["items"]["properties"]
    aggregate["name"] = text
    (of_entry,) = [
        part for part in definitions["orderEntryCalculatedPrice"]["properties"]["fees"]["items"]["allOf"] if "properties" in part
    ]
    of_entry["properties"]["name"] = text
    return definitions


def problems(name: str, document: Any, lenient: bool = False) -> list[str]:
    """What is wrong with a document, by its path. `lenient` is the schema of what is sent."""
    definitions = json.loads(json.dumps(_definitions()))
    if lenient:
        definitions["orderEntry"]["required"] = ["amount"]
        definitions["orderCommonDto"]["required"] = ["entries"]
    schema = {"$ref": f"#/$defs/{name}", "$defs": definitions}
    found = jsonschema.Draft202012Validator(schema).iter_errors(document)
    return sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found)
