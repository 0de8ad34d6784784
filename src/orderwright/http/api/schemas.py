"""The JSON Schemas of everything sent and answered, made from the structs that decode and encode it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.engine.actions import ActionSet
from orderwright.engine.json.codec import encode
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Credential, DateTime, ExactNumber, Id, Key, LocalizedString, NotServed, Quantity, Secret
from orderwright.http.api.routes import Route

REF = "#/components/schemas/{name}"
Schema = dict[str, Any]
_NULL = {"type": "null"}
# msgspec writes a Decimal as a text unless it is told otherwise, and says so; the codec tells it otherwise.
_DECIMAL = {"type": "string", "format": "decimal"}
_NO_LINE_BREAK = r"(?!\n)"
# What stands at a hundred places is said at one, by this name.
_EVERYWHERE: Mapping[str, Any] = {
    **{"Id": Id, "Key": Key, "Quantity": Quantity, "LocalizedString": LocalizedString},
    "LocalizedName": Annotated[LocalizedString, Meta(min_length=1)],
}


class Schemas:
    """The schemas of a route table, of `others` that are answered elsewhere, and of `shared` that are no structs' by their names.
    `components` are all of them.

    What is sent and what is answered differ in what null is: where a member may be left out, null may be sent and means the
    same, but is never answered. A schema that is only sent, or only answered, says so.
    """

    def __init__(self, routes: Sequence[Route], others: Sequence[Any], shared: Mapping[str, Schema]) -> None:
        resources = list({id(route.resource): route.resource for route in routes if route.resource is not None}.values())
        bodies = [route.body for route in routes if route.body is not None]
        drafts = [resource.draft for resource in resources if "create" in resource.verbs]
        updates = {resource.actions.name: resource.actions for resource in resources if resource.actions.types}
        actions = [kind for actions in updates.values() for kind in actions.types]
        answers = [kind for route in routes for kind in (route.answers, route.either) if kind is not None]
        answers += [each.answered for each in resources]
        types = list(dict.fromkeys((*bodies, *drafts, *actions, *answers, *others)))
        references, components = msgspec.json.schema_components(types, ref_template=REF, schema_hook=scalar)
        by_type = {kind: reference.get("$ref", "") for kind, reference in zip(types, references, strict=True)}
        names = _names_of(updates.values(), by_type)
        self._told = functools.partial(told, names={old: REF.format(name=new) for old, new in names.items()})
        self._by_type: dict[Any, Schema] = {kind: self._told(schema) for kind, schema in zip(types, references, strict=True)}
        self._once: dict[str, Schema] = {}
        self._everywhere = {encode(told(msgspec.json.schema(kind))): name for name, kind in _EVERYWHERE.items()}
        self.components: dict[str, Schema] = {
            names.get(REF.format(name=name), name): self._told(schema) for name, schema in components.items()
        }
        for name, each in updates.items():
            self.components[f"{name}Update"] = self._update(each)
        for kind in {_answered(route): None for route in routes if route.paged}:
            self._add_page(kind)
        self.components |= shared
        self.components = self._hoisted(self.components) | self._once
        sent = self._reached([*(self.of(kind) for kind in (*bodies, *drafts)), *(ref_to(f"{name}Update") for name in updates)])
        answered = self._reached(self.of(kind) for kind in answers)
        for name, schema in self.components.items():
            if name not in answered and name in sent:
                _take_null(schema)
            if name in answered and name not in sent:
                _never_null(schema)

    def of(self, kind: Any) -> Schema:
        """The reference to a type's schema."""
        return self._by_type[kind]

    def page_of(self, kind: Any) -> Schema:
        """The reference to a page of results of a type."""
        return ref_to(f"{kind.__name__}PagedQueryResponse")

    def update_of(self, resource: ResourceType) -> Schema:
        """The reference to the body of a resource's update."""
        return ref_to(f"{resource.actions.name}Update")

    def _update(self, actions: ActionSet[Any]) -> Schema:
        mapping = {str(kind.__struct_config__.tag): self.of(kind)["$ref"] for kind in actions.types}
        choices = [{"$ref": reference} for reference in mapping.values()]
        _, made = msgspec.json.schema_components([actions.update_type()], ref_template=REF, schema_hook=scalar)
        update: Schema = self._told(made[f"{actions.name}Update"])
        update["properties"]["actions"]["items"] = {
            "anyOf": choices,
            "discriminator": {"propertyName": "action", "mapping": mapping},
        }
        return update

    def _add_page(self, kind: Any) -> None:
        numbers = {field: {"type": "integer", "minimum": 0} for field in ("limit", "offset", "count", "total")}
        results = {"type": "array", "items": self.of(kind)}
        self.components[f"{kind.__name__}PagedQueryResponse"] = {
            "type": "object",
            "properties": {**numbers, "results": results},
            "required": ["limit", "offset", "count", "results"],
        }

    def _hoisted(self, schema: Any) -> Any:
        """A schema in which an enumeration or a choice that has a title is a reference, and so is what stands everywhere: the
        first may be long, and all stand at several places."""
        if isinstance(schema, list):
            return [self._hoisted(part) for part in schema]
        if not isinstance(schema, dict):
            return schema
        if ("enum" in schema or "anyOf" in schema) and isinstance(schema.get("title"), str):
            self._once[schema["title"]] = {name: value for name, value in schema.items() if name != "title"}
            return ref_to(schema["title"])
        name = self._everywhere.get(encode(schema)) if "type" in schema else None
        if name is not None:
            self._once[name] = schema
            return ref_to(name)
        hoisted = {name: self._hoisted(value) for name, value in schema.items()}
        match hoisted:
            case {"anyOf": [only, null], **more} if null == _NULL:
                return {**_or_null(only), **more}
        return hoisted

    def _reached(self, roots: Iterable[Schema]) -> set[str]:
        found: set[str] = set()
        waiting = [name for root in roots for name in _named(root)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += _named(self.components[name])
        return found


def ref_to(name: str) -> Schema:
    """A reference to a schema by its name."""
    return {"$ref": REF.format(name=name)}


def _names_of(updates: Iterable[ActionSet[Any]], by_type: Mapping[Any, str]) -> dict[str, str]:
    """What actions are called: with the first resource that has them, since most have a `setKey`."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for each in updates:
        for kind in each.types:
            if by_type[kind] in names:
                continue
            name = f"{each.name}{kind.__name__}Action"
            # Generated clients put each schema into a file, and not every file system knows `SetSKU` from `SetSku`.
            while name.casefold() in taken:
                name += "Too"
            taken.add(name.casefold())
            names[by_type[kind]] = name
    return names


def _answered(route: Route) -> Any:
    return route.answers if route.resource is None or route.answers is not None else route.resource.answered


def _named(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for member, value in schema.items():
            if member == "$ref":
                yield value.rpartition("/")[2]
            elif member != "discriminator":
                yield from _named(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _named(value)


def _take_null(schema: Schema) -> None:
    """What may be left out may be sent as null, too."""
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        if name not in required and member and not _takes_null(member):
            default = {"default": member.pop("default")} if "default" in member else {}
            schema["properties"][name] = {**_or_null(member), **default}


def _takes_null(schema: Schema) -> bool:
    return _NULL in schema.get("anyOf", ()) or schema.get("type", ())[-1:] == ["null"]


def _or_null(schema: Schema) -> Schema:
    """A schema that allows null, too. It is said in the type where there is one and no list of values, since that is short."""
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, _NULL]}


def _never_null(schema: Schema) -> None:
    """Null members are left out of answers."""
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        choices = member.get("anyOf", [])
        if name not in required and _NULL in choices:
            rest = [choice for choice in choices if choice != _NULL]
            schema["properties"][name] = rest[0] if len(rest) == 1 else {**member, "anyOf": rest}
        elif name not in required and _takes_null(member):
            schema["properties"][name] = {**member, "type": member["type"][0]}


def told(schema: Any, names: Mapping[str, str] = {}) -> Any:
    """A schema of msgspec's as the document has it: numbers are numbers, patterns are of any dialect, and nothing is said twice.

    `names` are references that are called otherwise here.
    """
    if isinstance(schema, list):
        return [told(part, names) for part in schema]
    if not isinstance(schema, dict):
        return names.get(schema, schema) if isinstance(schema, str) else schema
    said = {name: told(value, names) for name, value in schema.items()}
    if _DECIMAL.items() <= said.items():
        del said["format"]
        said["type"] = "number"
    if isinstance(said.get("pattern"), str):
        said["pattern"] = said["pattern"].removesuffix(_NO_LINE_BREAK)
    if isinstance(said.get("description"), str):
        said["description"] = inspect.cleandoc(said["description"])
    if isinstance(said.get("title"), str) and "properties" in said:
        del said["title"]  # it is the schema's name, cut short where two have the same
    if said.get("default", ...) is None:
        del said["default"]
    choices = said.get("enum")
    if isinstance(choices, list) and all(isinstance(choice, str) for choice in choices):
        said["type"] = "string"
    return said


def scalar(kind: type) -> Schema:
    if kind is DateTime:
        return {"type": "string", "format": "date-time"}
    if kind in (Secret, Credential):
        return {"type": "string", "format": "password", "minLength": 1}
    if kind is ExactNumber:
        return {"type": "number"}
    if kind is NotServed:
        empty = {"maxLength": 0, "items": {}, "maxItems": 0, "maxProperties": 0}
        return {"type": ["string", "array", "object"], **empty, "description": "Not served by this version."}
    raise NotImplementedError(kind)
