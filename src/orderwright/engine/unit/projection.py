"""A document as the rows that stand for it: its own, its claims and its variants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from orderwright.engine.json.codec import encode
from orderwright.engine.resource import ResourceType, member
from orderwright.engine.unit.rows import TYPED, Claim, Row, Variant, catalogue_kind, kind_of, place_of
from orderwright.errors import ApiError, size_limit_exceeded

MAX_DOCUMENT = 16 * 1024 * 1024
MAX_TOLD = 32 * 1024 * 1024
"""Characters of the Messages that one change stores. A Message may hold a whole document, and an update may tell 500 of them."""


def projected(resource: ResourceType, document: Any) -> tuple[bytes, Row]:
    """The bytes to be served, and the row that holds them. Raises `ResourceSizeLimitExceeded`."""
    body = encode(document)
    if len(body) > MAX_DOCUMENT:
        raise size_limit_exceeded()
    kept = resource.kept(document)
    stored = body if kept is document else encode(kept)
    lean = resource.lean(kept)
    query = (stored if lean is kept else encode(lean)).decode()
    return body, row_of(resource, document, query if resource.counted else stored.decode(), query)


def row_of(resource: ResourceType, document: Any, body: str, query: str) -> Row:
    """Project a document into its row."""
    values = {column: member(document, dotted) for dotted, column in resource.columns.items()}
    values.setdefault("key", getattr(document, "key", None))
    return Row(
        id=document.id,
        type=resource.type_id,
        version=document.version,
        created_at=document.created_at.instant(),
        last_modified_at=document.last_modified_at.instant(),
        typed=tuple(values.get(name) for name in TYPED),
        body=body,
        query=query,
    )


def claims_of(resource: ResourceType, document: Any) -> set[Claim]:
    """What a document holds that no other of its type may, and no other of any type, and its places in lists."""
    own = {Claim(f"{resource.type_id}.{name}", value, document.id) for name, value in resource.all_claims(document)}
    held = {Claim(kind, value, document.id) for kind, value in resource.holds(document)}
    return own | held | set(_places(resource, document)) if resource.listed or callable(resource.catalogue) else own | held


def _places(resource: ResourceType, document: Any) -> Iterator[Claim]:
    """Its places in the lists of what stands inside it, from which storage answers pages."""
    for path, values in resource.listed.items():
        for value in values(document):
            yield Claim(kind_of(resource.type_id, path, value), place_of(document.created_at, document.id), document.id)
    if callable(resource.catalogue) and resource.catalogue(document):
        yield Claim(catalogue_kind(resource.type_id), place_of(document.created_at, document.id), document.id)


def variants_of(resource: ResourceType, document: Any) -> tuple[Variant, ...]:
    """The rows of the variant table that are written with a document."""
    rows = resource.rows(document) if resource.rows else ()
    return tuple(Variant(**{**msgspec.structs.asdict(row), "body": encode(row.body).decode()}) for row in rows)


def too_much_told(most: int) -> ApiError:
    """The error for Messages of one update that are too large together to be stored at once."""
    text = f"The Messages of the update hold more than {most // (1024 * 1024)} MB: send its actions in several updates."
    return ApiError(400, "ResourceSizeLimitExceeded", text)
