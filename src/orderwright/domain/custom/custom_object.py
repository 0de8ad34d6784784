"""Custom objects: any JSON under a container and a key, replaced whole and changed in no other way."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Raw
from msgspec.structs import replace

from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import as_written, encode
from orderwright.engine.model import Action, Resource, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import whole
from orderwright.errors import invalid_json_input, required_field

MAX_DEPTH = 50
Name = Annotated[str, Meta(pattern=whole("[-_~.a-zA-Z0-9]+"), min_length=1, max_length=256)]


class CustomObject(Resource):
    """A JSON value by container and key. The value is kept as text: its numbers are never turned into floats."""

    container: Name
    key: Name
    value: Raw


class CustomObjectDraft(Value):
    """A custom object as it is sent. `version` is that of the object it replaces, 0 where there is none; without one it
    replaces any."""

    container: Name
    key: Name
    value: Raw
    version: int | None = None


class SetValue(Action):
    """What a draft does to the object that is there already. It is not an action of the API."""

    sent: ClassVar[bool] = False
    value: Raw


actions = ActionSet(CustomObject)


@actions.handles
def set_value(document: CustomObject, action: SetValue, _facts: Facts) -> CustomObject:
    """Raises what `saved` raises."""
    return replace(document, value=saved(action.value))


def from_draft(draft: CustomObjectDraft, facts: Facts) -> CustomObject:
    """A new custom object. Its first version is 1, whatever the draft says. Raises what `saved` raises."""
    return CustomObject(
        **facts.born(),
        container=draft.container,
        key=draft.key,
        value=saved(draft.value),
    )


def saved(sent: Raw) -> Raw:
    """The value as it is stored: without the members that are null, with every number as it was written.

    Raises `RequiredField` for null, and `InvalidJsonInput` for what PostgreSQL could not hold or nobody could read again: more
    than 50 levels, a number of more than 400 digits, a null character, half a surrogate pair.
    """
    try:
        value = as_written(bytes(sent))
    except (ValueError, RecursionError) as error:
        raise _refused(str(error)) from None
    if value is None:
        raise required_field("value")
    return Raw(encode(_saved(value, MAX_DEPTH)))


def _saved(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        raise _refused(f"The value is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, list):
        return [_saved(item, levels - 1) for item in value]
    return {_text(name): _saved(member, levels - 1) for name, member in value.items() if member is not None}


def _text(text: str) -> str:
    if "\x00" in text:
        raise _refused("A text must not hold null characters.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refused("A text must not hold half a surrogate pair.") from None
    return text


def _refused(reason: str) -> Exception:
    return invalid_json_input(f"value: {reason}")


def _claims(document: CustomObject) -> Iterator[tuple[str, str]]:
    """The pair: neither name can hold a slash."""
    yield "key", f"{document.container}/{document.key}"


def _identifiers(document: CustomObject) -> dict[str, Any]:
    """commercetools: Messages, UserProvidedIdentifiers."""
    return {"containerAndKey": {"container": document.container, "key": document.key}}


RESOURCE = ResourceType(
    type_id="key-value-document",
    path="custom-objects",
    personal=True,
    model=CustomObject,
    draft=CustomObjectDraft,
    actions=ActionSet(CustomObject),
    create=from_draft,
    claims=_claims,
    identifiers=_identifiers,
    verbs=("create", "query"),
)
# The same with the one change it knows, for the endpoint that replaces an object which is there already.
REPLACING = dataclasses.replace(RESOURCE, actions=actions)
