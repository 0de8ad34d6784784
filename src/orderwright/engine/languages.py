"""Language tags: BCP 47 ignores case, so each is put into one form where it comes in, and compared as text ever after.

A type tells where its tags are. What was decoded is walked along these places alone, and a type without any costs nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import msgspec.inspect as model
from msgspec.structs import replace

from orderwright.engine.scalars import Locale
from orderwright.errors import invalid_json_input

_LOCALE = model.type_info(Locale)
Form = Callable[[Any], Any]


@functools.lru_cache(maxsize=1024)
def canonical_language(tag: str) -> str:
    """The tag as RFC 5646 writes it (2.1.1), such as `de-AT` and `zh-Hans-SG`; an underscore stands for a hyphen, as it does
    to the API. What is no tag is only spelled in another way."""
    first, *rest = tag.replace("_", "-").lower().split("-")
    spelled = [first]
    # Behind a singleton, which begins an extension, everything is in small letters.
    extending = len(first) == 1
    for part in rest:
        extending = extending or len(part) == 1
        spelled.append(part if extending else _SPELLINGS.get(len(part), str)(part))
    return "-".join(spelled)


# By the length of a part: a region has two letters, a script four.
_SPELLINGS: dict[int, Callable[[str], str]] = {2: str.upper, 4: str.capitalize}


def by_language(texts: dict[str, Any]) -> dict[str, Any]:
    """Values under language tags, each tag in its one form. Raises ValueError for a language that stands there twice."""
    found = {canonical_language(tag): text for tag, text in texts.items()}
    if len(found) < len(texts):
        forms = [canonical_language(tag) for tag in texts]
        raise ValueError(next(form for form in forms if forms.count(form) > 1))
    return found


def is_language(place: model.Type) -> bool:
    """Whether a text of this type is a language tag."""
    return place == _LOCALE


def is_localized(place: model.Type) -> bool:
    """Whether this is an object whose members are named by languages."""
    return isinstance(place, model.DictType) and is_language(place.key_type)


def with_canonical_languages(expected: Any, value: Any) -> Any:
    """What was decoded as `expected`, with each language tag in its one form. Raises `InvalidJsonInput` for a language that
    stands twice in one localized value."""
    form = _form_of(expected)
    if form is None:
        return value
    try:
        return form(value)
    except ValueError as error:
        raise invalid_json_input(f"The language '{error}' stands twice in one localized value; case does not count.") from None


@functools.cache
def _form_of(expected: Any) -> Form | None:
    return _form(model.type_info(expected))


def _form(place: model.Type) -> Form | None:
    """What puts a value of a type into its form; None where no tag can be in it."""
    forms: dict[type, Form] = {}
    for each in _alternatives(place):
        kind, form = _form_of_one(each)
        if form is not None:
            forms[kind] = form
    if not forms:
        return None
    if forms.keys() == {msgspec.Struct}:
        return _struct  # which leaves alone what is none
    if len(forms) == 1:
        ((kind, form),) = forms.items()
        return lambda value: form(value) if type(value) is kind else value
    return lambda value: forms.get(msgspec.Struct if isinstance(value, msgspec.Struct) else type(value), _same)(value)


def _form_of_one(place: model.Type) -> tuple[type, Form | None]:
    """The Python type of the values, and their form."""
    match place:
        case model.DictType() if is_localized(place):
            return dict, by_language
        case model.DictType(value_type=inner):
            return dict, _within(inner, lambda form, found: {name: form(value) for name, value in found.items()})
        case model.ListType(item_type=inner):
            return list, _within(inner, lambda form, found: [form(value) for value in found])
        case model.VarTupleType(item_type=inner):
            return tuple, _within(inner, lambda form, found: tuple(form(value) for value in found))
        case model.StructType(cls=cls):
            return msgspec.Struct, _struct if _names_languages(cls) else None
    return str, canonical_language if is_language(place) else None


def _within(inner: model.Type, put: Callable[[Form, Any], Any]) -> Form | None:
    """The form of what holds values of a type, made anew with each of them in its form."""
    form = _form(inner)
    return None if form is None else lambda found: put(form, found)


def _same(value: Any) -> Any:
    return value


def _struct(value: Any) -> Any:
    changed = {}
    struct: Any = type(value)
    for name, form in _members(struct):
        before = getattr(value, name)
        after = form(before)
        if after != before:
            changed[name] = after
    return replace(value, **changed) if changed else value


@functools.cache
def _members(struct: type) -> tuple[tuple[str, Form], ...]:
    """The fields of a struct in which tags may be."""
    forms = ((field.name, _form(field.type)) for field in _fields(struct))
    return tuple((name, form) for name, form in forms if form is not None)


@functools.cache
def _names_languages(struct: type) -> bool:
    """Whether tags may be in a struct or in those that it holds, of which one may hold itself."""
    known, waiting = {struct}, [struct]
    while waiting:
        for part in (part for field in _fields(waiting.pop()) for part in _parts(field.type)):
            if is_language(part) or is_localized(part):
                return True
            if isinstance(part, model.StructType) and part.cls not in known:
                known.add(part.cls)
                waiting.append(part.cls)
    return False


@functools.cache
def _fields(struct: type) -> tuple[model.Field, ...]:
    info = model.type_info(struct)
    return info.fields if isinstance(info, model.StructType) else ()


def _parts(place: model.Type) -> Iterator[model.Type]:
    """A type and what it is made of, as far as the next struct."""
    for each in _alternatives(place):
        yield each
        match each:
            case model.DictType(value_type=inner):
                yield from _parts(inner)
            case model.ListType(item_type=inner) | model.VarTupleType(item_type=inner):
                yield from _parts(inner)


def _alternatives(place: model.Type) -> Iterator[model.Type]:
    match place:
        case model.UnionType(types=types):
            for each in types:
                yield from _alternatives(each)
        case model.Metadata(type=inner):
            yield from _alternatives(inner)
        case _:
            yield place
