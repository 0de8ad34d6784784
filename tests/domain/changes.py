"""Running a resource's JSON through its own decoders and hooks, as a request would, without a database."""

import json
from typing import Any

import pytest

from domain.facts import facts as read
from live import speccheck
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import decode_body, decoder, encode, to_builtins
from orderwright.engine.messages import Message
from orderwright.engine.resource import ResourceType, as_change
from orderwright.engine.steps import drained, stepping
from orderwright.errors import ApiError


def finished(resource: ResourceType, document: Any, facts: Facts) -> Any:
    """The document after its type's hook, which may be in steps."""
    return drained(stepping(resource.finish(document, facts)))


def made(resource: ResourceType, draft: dict[str, Any], facts: Facts | None = None) -> Any:
    """The document that a draft makes. That it survives being stored is checked on the way."""
    facts = facts or read()
    change = as_change(drained(stepping(resource.create(decode_body(resource.draft, json.dumps(draft).encode()), facts))))
    after = finished(resource, change.after, facts)
    assert decoder(resource.model).decode(encode(after)) == after
    return after


def changed(resource: ResourceType, document: Any, *actions: dict[str, Any], facts: Facts | None = None) -> Any:
    """The document after actions."""
    return told(resource, document, *actions, facts=facts)[0]


def told(
    resource: ResourceType, document: Any, *actions: dict[str, Any], facts: Facts | None = None
) -> tuple[Any, list[Message]]:
    """The document after actions, and the Messages of the change."""
    facts = facts or read()
    body = json.dumps({"version": document.version, "actions": actions}).encode()
    update = decode_body(resource.actions.update_type(), body)
    change = resource.actions.apply(document, update.actions, facts)
    after = finished(resource, change.after, facts)
    assert decoder(resource.model).decode(encode(after)) == after
    return after, [message for message in change.messages if isinstance(message, Message)]


def refused(code: str, resource: ResourceType, document: Any, *actions: dict[str, Any], facts: Facts | None = None) -> ApiError:
    """The refusal of actions, which must carry this code."""
    with pytest.raises(ApiError) as caught:
        changed(resource, document, *actions, facts=facts)
    assert caught.value.code == code, caught.value.message
    return caught.value


def not_made(code: str, resource: ResourceType, draft: dict[str, Any], facts: Facts | None = None) -> ApiError:
    """The refusal of a draft, which must carry this code."""
    with pytest.raises(ApiError) as caught:
        made(resource, draft, facts)
    assert caught.value.code == code, caught.value.message
    return caught.value


def shown(document: Any) -> Any:
    """The document as plain JSON."""
    return to_builtins(document)


def holds_to_specification(schema: str, document: Any) -> None:
    """The document is valid by the published schema; see live.py for checkouts that lack it."""
    checker = speccheck()
    if checker is None:
        pytest.skip("the published schema is not in this checkout")
    assert checker.problems(schema, shown(document)) == []


def with_documents(*documents: tuple[str, Any]) -> Facts:
    """The small shop with more documents in its catalogue."""
    known = ("project", "tax-category", "zone", "shipping-method", "store")
    base = read().catalogue
    old = [(type_id, document) for type_id in known for document in base.all(type_id)]
    new = {document.id for _, document in documents}
    return read(Catalogue(1, [*(pair for pair in old if pair[1].id not in new), *documents]))
