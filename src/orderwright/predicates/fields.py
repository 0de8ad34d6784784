"""Which JSON fields a type has, seen from a predicate or a sort path: names as they are served, arrays opened."""

import functools
from typing import Any, Literal

import msgspec.inspect as model
from msgspec import Struct

from orderwright.engine.languages import canonical_language, is_language, is_localized
from orderwright.engine.scalars import DateTime, ExactNumber

Kind = Literal["string", "number", "boolean", "date-time", "object", "any"]

_KINDS: dict[type[model.Type], tuple[Kind, ...]] = {
    model.StrType: ("string",),
    model.UUIDType: ("string",),
    model.DateType: ("string",),
    model.TimeType: ("string",),
    model.IntType: ("number",),
    model.FloatType: ("number",),
    model.DecimalType: ("number",),
    model.BoolType: ("boolean",),
    model.DateTimeType: ("date-time",),
    model.StructType: ("object",),
    model.DictType: ("object",),
}


class Place(Struct, frozen=True):
    """What may stand at one place of a document: the alternatives of a union, or of an array's elements."""

    alternatives: tuple[model.Type, ...]
    in_array: bool = False

    @property
    def kinds(self) -> frozenset[Kind]:
        """What a value here may be; `any` where the type leaves it open."""
        return frozenset(kind for alternative in self.alternatives for kind in _kinds(alternative))

    @property
    def of_languages(self) -> bool:
        """Whether a text here is a language tag."""
        return any(map(is_language, self.alternatives))

    @property
    def localized(self) -> bool:
        """Whether the fields here are named by language tags."""
        return any(map(is_localized, self.alternatives))

    def spelled(self, name: str) -> str:
        """A field's name as documents spell it. Where names are language tags, their case does not matter."""
        return canonical_language(name) if self.localized else name

    def field(self, name: str) -> "Place | None":
        """The place of a field; None if no alternative has it. Below an open value every field may be there."""
        found: list[model.Type] = []
        for alternative in self.alternatives:
            found.extend(_fields(alternative, name))
        return _place(tuple(found)) if found else None

    def names(self) -> list[str]:
        """The fields that are known by name, sorted."""
        structs = (alternative for alternative in self.alternatives if isinstance(alternative, model.StructType))
        return sorted({name for struct in structs for name in _of_struct(struct)})


@functools.cache
def root(expected: Any) -> Place:
    """The place of a whole document of a type: a Struct, a union of them, or Any."""
    return _place((model.type_info(expected),))


def _place(types: tuple[model.Type, ...]) -> Place:
    alternatives: list[model.Type] = []
    in_array = False
    waiting = list(types)
    while waiting:
        match waiting.pop():
            case model.UnionType(types=types):
                waiting.extend(types)
            case model.ListType(item_type=item) | model.VarTupleType(item_type=item) | model.CollectionType(item_type=item):
                in_array = True
                waiting.append(item)
            case model.TupleType(item_types=types):
                in_array = True
                waiting.extend(types)
            case model.Metadata(type=inner):  # an annotation that no check of a value follows from
                waiting.append(inner)
            case model.NoneType():
                pass
            case other:
                alternatives.append(other)
    return Place(tuple(alternatives), in_array)


def _kinds(alternative: model.Type) -> tuple[Kind, ...]:
    match alternative:
        case model.CustomType(cls=cls) if issubclass(cls, DateTime):
            return ("date-time",)
        case model.CustomType(cls=cls) if issubclass(cls, str):
            return ("string",)
        case model.CustomType(cls=cls) if cls is ExactNumber:
            return ("number",)
        case model.EnumType(cls=cls):
            return tuple(_literal_kind(member.value) for member in cls)
        case model.LiteralType(values=values):
            return tuple(_literal_kind(value) for value in values)
    return _KINDS.get(type(alternative), ("any",))


def _literal_kind(value: object) -> Kind:
    return "number" if isinstance(value, int) else "string"


def _fields(alternative: model.Type, name: str) -> list[model.Type]:
    match alternative:
        case model.StructType():
            field = _of_struct(alternative).get(name)
            return [field] if field is not None else []
        case model.DictType(value_type=value):
            return [value]
    return [alternative] if "any" in _kinds(alternative) else []


def _of_struct(struct: model.StructType) -> dict[str, model.Type]:
    fields = {field.encode_name: field.type for field in struct.fields}
    # The tag of a union's member is a field of the JSON, though not of the class.
    return {struct.tag_field: model.StrType(), **fields} if struct.tag_field else fields
