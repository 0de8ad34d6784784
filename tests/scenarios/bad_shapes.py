"""Bodies made from the structs that requests are decoded with: good ones, and each with one thing wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec.inspect as model

from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.scalars import Credential, DateTime, ExactNumber, NotServed, Secret

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
# A text for each pattern of the API's scalars, by how the pattern begins; the first that fits is taken.
FITTING = [("^[0-9a-fA-F]{8}", UUID), ("^[A-Z]{2}$", "DE"), ("^[A-Z]{3}", "EUR"), ("^[A-Za-z]{1,8}", "en"), ("^[", "a-key")]
# The order hints of products and categories.
FITTING += [("^0", "0.5"), ("^(", "0.5")]
SCALARS: dict[type, Any] = {DateTime: "2026-01-02T03:04:05.678Z", Secret: "secret", Credential: "secret", ExactNumber: 0.5}
Place = tuple[str, ...]
# Where something is wrong, as the answer names it, and the body.
Mutant = tuple[Place, Any]


def fitting(pattern: str | None) -> str:
    """A text that a pattern accepts."""
    return next(text for start, text in FITTING if pattern.startswith(start)) if pattern else "text"


def served(struct: model.StructType) -> list[model.Field]:
    """The fields that take values."""
    return [field for field in struct.fields if not is_unserved(field.type)]


def is_unserved(kind: model.Type) -> bool:
    """Whether a field is one that this version refuses."""
    return any(isinstance(part, model.CustomType) and part.cls is NotServed for part in parts(kind))


def parts(kind: model.Type) -> list[model.Type]:
    """The alternatives of a type but null; `Metadata` is taken off."""
    if isinstance(kind, model.Metadata):
        return parts(kind.type)
    if isinstance(kind, model.UnionType):
        return [part for each in kind.types for part in parts(each)]
    return [] if isinstance(kind, model.NoneType) else [kind]


def example(kind: model.Type) -> Any:
    """A value of a type, with every served field filled."""
    match parts(kind)[0]:
        case model.StructType(cls=cls) if cls is ResourceIdentifier:
            return {"key": "a-key"}
        case model.StructType() as struct:
            tag = {struct.tag_field: struct.tag} if struct.tag_field else {}
            return {**tag, **{field.encode_name: example(field.type) for field in served(struct)}}
        case model.StrType(pattern=pattern):
            return fitting(pattern)
        case model.IntType(ge=least):
            return max(least or 0, 2)
        case model.DecimalType() | model.FloatType():
            return 0.5
        case model.BoolType():
            return False
        case model.LiteralType(values=values):
            return values[0]
        case model.VarTupleType(item_type=item) | model.ListType(item_type=item):
            return [example(item)]
        case model.DictType(key_type=key, value_type=value):
            return {example(key): example(value)}
        case model.CustomType(cls=cls) if cls in SCALARS:
            return SCALARS[cls]
        case model.DateType():
            return "1990-12-31"
        case model.AnyType():
            return "anything"
    raise TypeError(f"no example of {kind}")


def mutants(kind: model.Type, value: Any, seen: set[type]) -> Iterator[Mutant]:
    """The value with one thing wrong, each in turn. The fields of a nested struct are gone through once for each `seen`."""
    chosen = parts(kind)
    for wrong in wrong_values(chosen):
        yield (), wrong
    if len(chosen) > 1 and isinstance(chosen[0], model.StructType) and chosen[0].tag_field:
        yield (chosen[0].tag_field,), {**value, chosen[0].tag_field: "noSuchThing"}
    match chosen[0]:
        case model.StructType(cls=cls) as struct if cls not in seen:
            seen.add(cls)
            yield from of_struct(struct, value, seen)
        case model.VarTupleType(item_type=item) | model.ListType(item_type=item):
            for place, wrong in mutants(item, value[0], seen):
                yield place, [wrong]
        case model.DictType(value_type=inner):
            ((key, held),) = value.items()
            for place, wrong in mutants(inner, held, seen):
                yield place, {key: wrong}


def of_struct(struct: model.StructType, value: dict[str, Any], seen: set[type]) -> Iterator[Mutant]:
    """Each required field dropped, each unserved one filled, and each served one wrong."""
    if struct.cls is ResourceIdentifier:
        yield (), {}
        yield (), {"id": UUID, "key": "a-key"}
        yield ("id",), {"id": "62921"}
        yield ("key",), {"key": ""}
        return
    for field in struct.fields:
        name = field.encode_name
        if field.required:
            yield (name,), {key: held for key, held in value.items() if key != name}
        if is_unserved(field.type):
            yield (name,), {**value, name: {"id": UUID}}
            continue
        for place, wrong in mutants(field.type, value[name], seen):
            yield (name, *place), {**value, name: wrong}


def wrong_values(kinds: list[model.Type]) -> list[Any]:
    """Values that none of the alternatives accepts."""
    match kinds[0]:
        case model.StrType(pattern=pattern, min_length=shortest, max_length=longest):
            wrong: list[Any] = [7, True, {}, ["a"]]
            wrong += ["white space!", fitting(pattern) + "\n"] if pattern else []
            wrong += ["a" * (longest + 1)] if longest is not None else []
            return wrong + ([""] if shortest or pattern else [])
        case model.IntType(ge=least, le=most):
            wrong = ["7", 1.5, True, []]
            return wrong + [bound for bound in (least and least - 1, most and most + 1) if bound]
        case model.DecimalType() | model.FloatType():
            return ["a tenth", True, {}]
        case model.BoolType():
            return ["true", 1]
        case model.LiteralType():
            return ["noSuchThing", 7]
        case model.VarTupleType() | model.ListType():
            return [{}, "text", 7]
        case model.StructType() | model.DictType():
            return ["text", 7, [7]]
        case model.CustomType(cls=cls) if cls in (Secret, Credential):
            return ["", 7, {}]
        case model.CustomType(cls=cls) if cls is ExactNumber:
            return ["a tenth", "0.5", True, {}]
        case model.CustomType() | model.DateType():
            return ["yesterday", 20260102, {}]
    return []


ODD_TEXTS = ("", "\u0000", "a" * 3_000, "\U0001f4a5 '\"`\\ \u202e %s $1 {0}", " \n ")
ODD_NUMBERS = (0, -1, 2**31, 2**53, 2**63, 10**30)
ODD_INSTANTS = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01",
    "9999-12-31T23:59:59.999-14:00",
    "9999-12-31T23:59:59.999Z",
    "2026-W01-1T03:04:05.678Z",
    "2026-02-30T00:00:00.000Z",
    "",
    "\u0000",
)
ODD_SHARES = ("NaN", "-Infinity", "sNaN", 0, -1, 1e-300, 1e300, 0.123456789012345678901)
ODD_ANYTHING: tuple[Any, ...] = (
    None,
    [],
    {},
    {"\u0000": 1},
    {"": None},
    10**400,
    1.5e300,
    [[[["deep"]]]],
    "\u0000",
    True,
    {"id": 7},
)


ODD: dict[type[model.Type], tuple[Any, ...]] = {
    model.BoolType: (True,),
    model.IntType: ODD_NUMBERS,
    model.DecimalType: ODD_SHARES,
    model.CustomType: ODD_INSTANTS,
    model.DateType: ("0001-01-01", "9999-12-31", "2026-02-30", "2024-02-29", "\u0000"),
    model.AnyType: ODD_ANYTHING,
}


def extremes(kind: model.Type, value: Any, seen: set[type]) -> Iterator[Any]:
    """The value with one part of it replaced by something of the right type that nobody expects."""
    chosen = parts(kind)[0]
    match chosen:
        case model.StructType(cls=cls) if cls not in seen and cls is not ResourceIdentifier:
            seen.add(cls)
            for field in served(chosen):
                name = field.encode_name
                if not field.required:
                    yield {key: held for key, held in value.items() if key != name}
                for odd in extremes(field.type, value[name], seen):
                    yield {**value, name: odd}
        case model.VarTupleType(item_type=item) | model.ListType(item_type=item):
            yield from ([], value * 2, value * 200)
            yield from ([odd] for odd in extremes(item, value[0], seen))
        case model.DictType(value_type=inner):
            ((key, held),) = value.items()
            yield from ({}, {key: held, "de": held})
            yield from ({key: odd} for odd in extremes(inner, held, seen))
        case model.LiteralType(values=values):
            yield from values
        case model.StrType(pattern=None):
            yield from ODD_TEXTS
        case _:
            yield from ODD.get(type(chosen), ())
