"""The five verbs, told once for every resource: read what is needed, let the domain decide, store the outcome in one write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from orderwright.engine.access import Access
from orderwright.engine.actions import Change, Changed, Effect, wanted_on
from orderwright.engine.codec import decoder, encode
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message, Posted, post
from orderwright.engine.prefetch import Prefetch
from orderwright.engine.references import wanted_by
from orderwright.engine.resource import ResourceType, as_change
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError, concurrent_modification, reference_exists, resource_not_found, size_limit_exceeded
from orderwright.storage.documents import Documents, Loaded, Lookup
from orderwright.storage.rows import Claim, Removal, Replacement, Row, Unit, claims_of, row_of, variants_of

MAX_DOCUMENT = 16 * 1024 * 1024
RAISE_CATALOGUE = Effect(kind="raise-catalogue", key="", amount=1)


class Verbs:
    """`types` are all resource types by id; `rows` are the types of what is not a resource, such as a product variant."""

    def __init__(
        self,
        documents: Documents,
        types: Mapping[str, ResourceType],
        rows: Mapping[str, Any],
        clock: Callable[[], DateTime],
        new_id: Callable[[], str],
    ) -> None:
        self.documents = documents
        self.types = types
        self._prefetch = Prefetch(documents, types, rows, clock, new_id)
        self._new_id = new_id

    async def create(self, resource: ResourceType, draft: Any, access: Access) -> bytes:
        """Make a document from a draft and answer its bytes."""
        facts = await self._prefetch.for_draft(access, list(wanted_by(draft)), draft)
        change = as_change(resource.create(draft, facts))
        after = replace(resource.finish(change.after, facts), created_by=facts.who, last_modified_by=facts.who)
        told = [*([resource.created(after)] if resource.created else ()), *change.messages]
        return await self._store(resource, None, after, _told(change, told), facts, access)

    async def get(self, resource: ResourceType, lookup: Lookup, access: Access) -> bytes:
        """The stored bytes. Raises 404."""
        body = await self.documents.body(access.shard, resource.type_id, lookup, resource.visible(access))
        if body is None:
            raise not_found(lookup)
        return body.encode()

    async def update(self, resource: ResourceType, lookup: Lookup, version: int, actions: Sequence[Any], access: Access) -> bytes:
        """Run actions on a document and answer its bytes; if nothing changed, nothing is stored. Raises 404, 409."""
        loaded = await self._load(resource, lookup, version, access)
        before = decoder(resource.model).decode(loaded.body)
        wanted = [name for action in actions for name in wanted_by(action)] + wanted_on(actions, before)
        facts = await self._prefetch.for_document(access, wanted, loaded.catalogue_version)
        change = resource.actions.apply(before, actions, facts)
        after = resource.finish(change.after, facts) if actions else change.after
        # Equal is not yet the same: 1 and true, or 1 and 1.0, differ only in their bytes.
        if not _tells(change) and after == before and encode(after).decode() == loaded.body:
            return loaded.body.encode()
        after = replace(after, version=loaded.version + 1, last_modified_at=facts.now, last_modified_by=facts.who)
        return await self._store(resource, (loaded, before), after, change, facts, access)

    async def delete(self, resource: ResourceType, lookup: Lookup, version: int, access: Access) -> bytes:
        """Delete a document and answer the bytes it had. Raises 404, 409, `ReferenceExists`."""
        loaded = await self._load(resource, lookup, version, access)
        document = decoder(resource.model).decode(loaded.body)
        for type_id, path in resource.referenced_by:
            # Neither an id nor a key holds a character that a jsonpath would have to escape.
            named = path.replace("{id}", loaded.id).replace("{key}", str(getattr(document, "key", None)))
            if await self.documents.referenced(access.shard, type_id, named):
                raise reference_exists(resource.type_id, type_id)
        facts = await self._prefetch.for_document(access, [], loaded.catalogue_version)
        messages = [resource.deleted(document)] if resource.deleted else []
        unit = Unit(
            shard=access.shard,
            write_id=self._new_id(),
            visible=resource.visible(access),
            removals=(Removal(id=loaded.id, type=resource.type_id, version=loaded.version),),
            releases=tuple(claims_of(resource, document)),
            messages=self._posted(resource, document, messages, loaded.message_sequence, facts, access),
            variants_of=loaded.id if resource.rows else None,
            effects=(RAISE_CATALOGUE,) if resource.catalogue else (),
        )
        await self.documents.write(unit)
        return loaded.body.encode()

    async def _load(self, resource: ResourceType, lookup: Lookup, version: int, access: Access) -> Loaded:
        loaded = await self.documents.load(access.shard, resource.type_id, lookup, resource.visible(access))
        if loaded is None:
            raise not_found(lookup)
        if loaded.version != version:
            raise concurrent_modification(loaded.id, version, loaded.version)
        return loaded

    async def _store(
        self,
        resource: ResourceType,
        standing: tuple[Loaded, Any] | None,
        after: Any,
        change: Change[Any],
        facts: Facts,
        access: Access,
    ) -> bytes:
        body, row = _projected(resource, after)
        held: set[Claim] = set()
        holds = claims_of(resource, after)
        replaced = [self._also(changed, facts) for changed in change.also]
        for changed in change.also:
            held |= claims_of(self.types[changed.type_id], changed.before)
            holds |= claims_of(self.types[changed.type_id], changed.after)
        messages = self._posted(resource, after, change.messages, standing[0].message_sequence if standing else 0, facts, access)
        if standing is not None:
            loaded, before = standing
            held |= claims_of(resource, before)
            replaced.insert(0, Replacement(row=row, version=loaded.version, told=len(messages)))
        unit = Unit(
            shard=access.shard,
            write_id=self._new_id(),
            visible=resource.visible(access),
            inserts=(row,) if standing is None else (),
            replacements=tuple(replaced),
            claims=tuple(holds - held),
            releases=tuple(held - holds),
            messages=messages,
            variants=variants_of(resource, after),
            variants_of=after.id if resource.rows and standing is not None else None,
            effects=(*change.effects, *((RAISE_CATALOGUE,) if resource.catalogue else ())),
        )
        await self.documents.write(unit)
        return body

    def _also(self, changed: Changed, facts: Facts) -> Replacement:
        resource = self.types[changed.type_id]
        after = replace(changed.after, version=changed.before.version + 1, last_modified_at=facts.now, last_modified_by=facts.who)
        return Replacement(row=_projected(resource, after)[1], version=changed.before.version)

    def _posted(
        self, resource: ResourceType, document: Any, messages: Sequence[Message], last: int, facts: Facts, access: Access
    ) -> tuple[Posted, ...]:
        if not facts.project.messages.enabled:
            return ()
        named = resource.user_identifiers(document)
        return tuple(
            post(
                message,
                document,
                type_id=resource.type_id,
                identifiers=named,
                sequence_number=last + number,
                id=self._new_id(),
                now=facts.now,
                correlation_id=access.correlation_id,
            )
            for number, message in enumerate(messages, 1)
        )


def _told(change: Change[Any], messages: Sequence[Message]) -> Change[Any]:
    return Change(change.after, *messages, effects=change.effects, also=change.also)


def _tells(change: Change[Any]) -> bool:
    """Whether a change has to be stored even where the document stays as it was."""
    return bool(change.messages or change.effects or change.also)


def _projected(resource: ResourceType, document: Any) -> tuple[bytes, Row]:
    """The bytes that are served, and the row that holds them. Raises `ResourceSizeLimitExceeded`."""
    body = encode(document)
    if len(body) > MAX_DOCUMENT:
        raise size_limit_exceeded()
    lean = resource.lean(document)
    return body, row_of(resource, document, body.decode(), (body if lean is document else encode(lean)).decode())


def not_found(lookup: Lookup) -> ApiError:
    """The 404 that names the resource as the request did."""
    if lookup.column == "id":
        return resource_not_found(id=lookup.value)
    if lookup.column == "key":
        return resource_not_found(key=lookup.value)
    return resource_not_found(named=f"{lookup.column.replace('_', ' ')} '{lookup.value}'")
