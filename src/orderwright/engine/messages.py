"""Messages: what a change tells the world, numbered without gaps per resource."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.engine.json.codec import encode
from orderwright.engine.model import Resource, Value
from orderwright.engine.scalars import DateTime


class Message(Value, tag_field="type", tag=True):
    """The own fields of a Message; the class is named as the specification names the `type` tag."""


class About(msgspec.Struct, frozen=True):
    """A Message about something that is not a stored document, such as a customer's token. It has a type and an id, and this is
    its only Message (number 1)."""

    type_id: str
    id: str
    message: Message


class Envelope(Value):
    """The fields that every Message has, in front of its own."""

    id: str
    version: int
    created_at: DateTime
    last_modified_at: DateTime
    sequence_number: int
    resource: dict[str, str]
    resource_version: int
    resource_user_provided_identifiers: dict[str, Any] | None = None
    correlation_id: str | None = None


class Posted(msgspec.Struct, frozen=True):
    """A Message ready to be stored: its row's values."""

    id: str
    created_at: DateTime
    resource_id: str
    sequence_number: int
    type: str
    body: str
    query: str


def post(
    message: Message,
    document: Resource,
    *,
    type_id: str,
    identifiers: dict[str, Any],
    sequence_number: int,
    id: str,
    now: DateTime,
    correlation_id: str | None,
) -> Posted:
    """Put a Message into its envelope. `query` leaves out embedded resources: they are found by their own predicates."""
    envelope = encode(
        Envelope(
            id=id,
            version=1,
            created_at=now,
            last_modified_at=now,
            sequence_number=sequence_number,
            resource={"typeId": type_id, "id": document.id},
            resource_version=document.version,
            resource_user_provided_identifiers=identifiers or None,
            correlation_id=correlation_id,
        )
    )
    own = encode(message)
    lean = encode(_without_resources(message))
    return Posted(
        id=id,
        created_at=now,
        resource_id=document.id,
        sequence_number=sequence_number,
        type=type(message).__name__,
        body=_joined(envelope, own),
        query=_joined(envelope, lean),
    )


def _joined(envelope: bytes, own: bytes) -> str:
    # Two JSON objects become one by replacing the brace between them; neither is ever empty.
    return (envelope[:-1] + b"," + own[1:]).decode()


def _without_resources(message: Message) -> dict[str, Any]:
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    names = dict(zip(message.__struct_fields__, message.__struct_encode_fields__, strict=True))
    kept = {names[name]: value for name, value in fields.items() if value is not None and not isinstance(value, Resource)}
    return {"type": type(message).__name__, **kept}
