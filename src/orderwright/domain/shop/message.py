"""Messages: what happened, kept to be read. They are written by the changes they tell of, never by a request."""

from __future__ import annotations

from typing import Any

from orderwright.engine.actions import ActionSet
from orderwright.engine.model import Reference, Resource
from orderwright.engine.resource import ResourceType, same


class Message(Resource):
    """The envelope that all Messages share. Each has fields of its own beside it, which only its `type` tells."""

    sequence_number: int
    resource: Reference
    resource_version: int
    type: str
    resource_user_provided_identifiers: dict[str, Any] | None = None
    correlation_id: str | None = None


# The own fields in which some Message holds a whole document. The queried copy leaves it out, so a predicate that reaches in
# reads the Message's bytes.
EMBEDDED = (
    "associateRole",
    "businessUnit",
    "cartDiscount",
    "category",
    "currentProjection",
    "customer",
    "discountCode",
    "discountGroup",
    "edit",
    "inventoryEntry",
    "order",
    "payment",
    "productProjection",
    "quote",
    "quoteRequest",
    "stagedQuote",
    "standalonePrice",
)

RESOURCE = ResourceType(
    type_id="message",
    path="messages",
    table="message",
    model=Message,
    # A predicate may name the own fields of any Message, also of one that this version never tells, so that a client may ask for
    # it: the field check has to let every name pass.
    queryable=Message | Any,
    draft=None,
    actions=ActionSet(Message),
    create=same,  # not among its verbs
    verbs=("get", "query", "head"),
    bulk=EMBEDDED,
    columns={"resource.id": "resource_id", "sequenceNumber": "sequence_number", "type": "type"},
)
