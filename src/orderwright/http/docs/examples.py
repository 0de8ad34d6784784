"""An example of anything that a schema of the document describes: what must be there, and what tells most of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from orderwright.http.api.schemas import Schema
from orderwright.http.docs.words import one, spoken
from orderwright.http.docs.worth_showing import NUMBERS, OF_SCHEMAS, TEXTS, TYPES, WHOLE

UUID: Final = "6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b"
_WITH_ALL: Final = 4
"""An action of no more members than these is shown with all of them."""
_DEEPEST: Final = 12
_OF_FORMATS: Final[Mapping[str, str]] = {
    "date-time": "2030-05-03T08:00:00.000Z",
    "date": "1990-05-03",
    "password": "correct horse battery",
}
# Where a time is the end of another one.
_LATER: Final[Mapping[str, str]] = dict.fromkeys(("validUntil", "until"), "2030-06-03T08:00:00.000Z")
# Where a pattern says more than the member's name does. The first that the pattern lets pass is taken.
_OF_PATTERNS: Final = ("DE", "EUR", "en", UUID, "mug", "0.5", "2030-05-03", "08:00:00.000")
_TYPE: Final = "typeId"


class Examples:
    """Makes examples of the schemas of some `components`. References are to resources of these `types`."""

    def __init__(self, components: Mapping[str, Schema], types: Iterable[str] = ()) -> None:
        self._components = components
        # A member is of the type that its name ends with, the longest one: `distributionChannel` is a channel.
        self._types = sorted(((spoken(name).replace(" ", ""), name) for name in types), key=lambda pair: -len(pair[0]))

    def of(self, schema: Schema, name: str = "", inside: int = 0) -> Any:
        """An example of a schema, which is the value of a member of this name."""
        if "$ref" in schema:
            return self._referred(schema["$ref"].rpartition("/")[2], name, inside)
        if "enum" in schema:
            said = TEXTS.get(name)
            return said if said in schema["enum"] else schema["enum"][0]
        choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
        if choices:
            return self.of(choices[0], name, inside)
        kind = schema.get("type", "")
        match kind[0] if isinstance(kind, list) else kind:
            case "string":
                return _text(schema, name)
            case "integer":
                return NUMBERS.get(name, min(max(schema.get("minimum", 1), 1), schema.get("maximum", 1)))
            case "number":
                return NUMBERS.get(name, 0.19)
            case "boolean":
                return True
            case "array":
                return [self.of(schema["items"], name.removesuffix("s"), inside + 1)] if schema.get("items") else []
            case "object":
                return self._object(schema, "", name, inside)
        return "Yes"

    def action(self, name: str) -> Any:
        """An example of an update action, which is the schema of this name."""
        return self._object(self._components[name], name, "", 0)

    def _referred(self, referred: str, name: str, inside: int) -> Any:
        if referred in WHOLE:
            return WHOLE[referred]
        schema = self._components[referred]
        if referred in ("Id", "Key"):
            return UUID if referred == "Id" else TEXTS.get(name, "mug")
        if schema.get("type") == "object" and "properties" in schema:
            return self._object(schema, referred, name, inside)
        return self.of(schema, name, inside)

    def _object(self, schema: Schema, called: str, name: str, inside: int) -> Any:
        members = schema.get("properties")
        if members is None:
            language = "propertyNames" in schema
            values = schema.get("additionalProperties")
            inner = values if isinstance(values, dict) else {}
            return {"en" if language else "mug": self.of(inner, name, inside + 1)} if values else {}
        if inside > _DEEPEST:
            return {}
        shown = _shown(schema, called, inside)
        made = {member: self.of(value, member, inside + 1) for member, value in members.items() if member in shown}
        if _TYPE in made and "enum" not in members[_TYPE]:
            made[_TYPE] = self._type(name, made[_TYPE])
        return made

    def _type(self, name: str, otherwise: Any) -> Any:
        if name in TYPES:
            return TYPES[name]
        said = spoken(name).replace(" ", "")
        return next((kind for word, kind in self._types if said.endswith((word, f"{word}s"))), otherwise)


def _shown(schema: Schema, called: str, inside: int) -> Iterable[str]:
    """The members of an object that its example has: those that must be there, and of the others those that are said to be worth
    it. Where nothing is said, an action of few members has all of them, and what would be empty has the first."""
    members, required = schema["properties"], schema.get("required", ())
    if called in OF_SCHEMAS:
        return {*required, *OF_SCHEMAS[called]}
    optional = [name for name, value in members.items() if name not in required and not _rather_not(name, value, members)]
    if inside == 0 and "action" in members:
        return {*required, *optional} if len(optional) <= _WITH_ALL else {*required, *optional[:2]}
    return required or optional[:1]


def _rather_not(name: str, value: Schema, members: Mapping[str, Schema]) -> bool:
    """Whether a member is left out: it is not served, names again what is named already, or is of a type that is the shop's."""
    if any("Not served" in each.get("description", "") for each in (value, *value.get("anyOf", ()))):
        return True
    named = name.endswith("Key") and f"{name.removesuffix('Key')}Id" in members
    return named or name == "custom" or (name in ("variantId", "productId") and "sku" in members)


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") in _OF_FORMATS:
        return _LATER.get(name, _OF_FORMATS[schema["format"]])
    said = TEXTS.get(name, _usual(name))
    pattern = schema.get("pattern")
    if pattern is None or re.search(pattern, said):
        return said[: schema.get("maxLength", len(said))]
    return next((text for text in _OF_PATTERNS if re.search(pattern, text)), said)


def _usual(name: str) -> str:
    """The text of a member of which nothing else is said: an id, an address on the web, or its name in words."""
    if name.endswith("Id"):
        return UUID
    if name.endswith(("Url", "UrlTemplate")):
        return f"https://shop.example.com/{spoken(name.partition('Url')[0]).replace(' ', '-')}"
    return one(spoken(name)).capitalize() if name else "A text"
