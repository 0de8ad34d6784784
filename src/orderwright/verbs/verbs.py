"""The five verbs, told once for every resource: read what is needed, let the domain decide, store the outcome in one write."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from orderwright.engine.access import Access
from orderwright.engine.actions import Change, Changed, Effect, Post, Telling, wanted_on
from orderwright.engine.codec import decoder, encode
from orderwright.engine.facts import Facts
from orderwright.engine.messages import About, Message, Posted, post
from orderwright.engine.model import Action, Resource
from orderwright.engine.references import Wanted, wanted_by, wanted_by_each
from orderwright.engine.resource import ResourceType, as_change
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError, concurrent_modification, reference_exists, resource_not_found, size_limit_exceeded
from orderwright.storage.documents.documents import Documents, Loaded, Lookup
from orderwright.storage.documents.rows import (
    Claim,
    Kept,
    Removal,
    Replacement,
    Row,
    Standing,
    Unchanged,
    Unit,
    claims_of,
    row_of,
    variants_of,
)
from orderwright.verbs.numbers import Numbers
from orderwright.verbs.prefetch import Prefetch

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
        self.clock = clock
        self._numbers = Numbers(documents)
        self._prefetch = Prefetch(documents, types, rows, clock, new_id)
        self._new_id = new_id
        # Of each type, what its documents keep from being deleted by referring to it.
        self._keeps: dict[str, set[str]] = {type_id: set() for type_id in types}
        for type_id, resource in types.items():
            for by, _ in resource.referenced_by:
                self._keeps[by].add(type_id)

    async def create(self, resource: ResourceType, draft: Any, access: Access) -> bytes:
        """Make a document from a draft and answer its bytes."""
        facts = await self._prefetch.for_draft(access, list(wanted_by(draft)), draft)
        change = as_change(resource.create(draft, facts))
        after = replace(resource.finish(change.after, facts), created_by=facts.who, last_modified_by=facts.who)
        numbering = resource.numbering(after, facts) if resource.numbering else None
        if numbering is None:
            return await self._store(resource, None, after, _announced(resource, after, change), facts, access)

        def made(number: str) -> tuple[bytes, Unit]:
            numbered = replace(after, **{numbering.member: number})
            return self._unit(resource, None, numbered, _announced(resource, numbered, change), facts, access)

        return await self._numbers.write(access.shard, numbering, made)

    async def facts(self, access: Access, wanted: Sequence[Wanted]) -> Facts:
        """What is wanted and the catalogue, for a question that changes nothing. Raises 404 for an unknown project."""
        return await self._prefetch.for_draft(access, list(wanted), None)

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
        wanted = [*wanted_by_each("actions", actions), *wanted_on(actions, before)]
        facts = await self._prefetch.for_document(access, wanted, loaded.catalogue_version)
        change = resource.actions.apply(before, actions, facts)
        after = resource.finish(change.after, facts) if actions else change.after
        # Equal is not yet the same: 1 and true, or 1 and 1.0, differ only in their bytes.
        if not _tells(change) and after == before and encode(after).decode() == loaded.body:
            if access.once is not None:
                await self._keep_unchanged(resource, loaded, before, access)
            return loaded.body.encode()
        # A token that is made for a customer changes nothing of hers: clients go on with the version they have.
        if after != before or not _tells_only_of_others(change):
            after = replace(after, version=loaded.version + 1, last_modified_at=facts.now, last_modified_by=facts.who)
        try:
            return await self._store(resource, (loaded, before), after, change, facts, access)
        except ApiError as error:
            if error.taken is not None and (action := _taking(error.taken, resource, before, actions, facts)) is not None:
                error.fields["action"] = action
            raise

    async def delete(self, resource: ResourceType, lookup: Lookup, version: int, access: Access, erase: bool = False) -> bytes:
        """Delete a document and answer the bytes it had; `erase` also deletes what else shows it, where it may be somebody's
        personal data. Raises 404, 409, `ReferenceExists`."""
        erase = erase and resource.personal
        loaded = await self._load(resource, lookup, version, access)
        document = decoder(resource.model).decode(loaded.body)
        unreferenced = _unreferenced(resource, document)
        # The write asks again, when nobody can begin to refer to it any more. Asked before, what is in use is refused without
        # a lock for which those wait who use it.
        for effect in unreferenced:
            if await self.documents.referenced(access.shard, effect.key, effect.text):
                raise reference_exists(resource.type_id, effect.key)
        wanted = list(resource.deletion_wants(document)) if resource.deletion_wants else []
        facts = await self._prefetch.for_document(access, wanted, loaded.catalogue_version)
        messages = [resource.deleted(document)] if resource.deleted and not erase else []
        change = resource.deleting(document, facts) if resource.deleting else Change(document)
        along = [(changed.type_id, changed.before) for changed in change.also]
        gone = [Removal(id=each.id, type=type_id, version=each.version) for type_id, each in along]
        released = set[Claim]().union(*(claims_of(self.types[type_id], each) for type_id, each in along))
        unit = Unit(
            shard=access.shard,
            write_id=self._new_id(),
            visible=resource.visible(access),
            removals=(Removal(id=loaded.id, type=resource.type_id, version=loaded.version), *gone),
            releases=tuple(claims_of(resource, document) | released),
            messages=self._posted(resource, document, messages, loaded.message_sequence, facts, access),
            variants_of=loaded.id if resource.rows else None,
            effects=(*unreferenced, *change.effects, *_raising(resource), *(erasing(loaded.id) if erase else ())),
            kept=None if erase else self._kept(200, resource, document, loaded.body, access),
        )
        await self.documents.write(unit)
        return loaded.body.encode()

    async def _keep_unchanged(self, resource: ResourceType, loaded: Loaded, document: Any, access: Access) -> None:
        """Keep the answer of a change that changed nothing. Raises 404 and 409 where the document has gone or changed since: of
        what was erased meanwhile nothing may be kept."""
        unit = Unit(
            shard=access.shard,
            write_id=self._new_id(),
            visible=resource.visible(access),
            unchanged=Unchanged(id=loaded.id, version=loaded.version),
            kept=self._kept(200, resource, document, loaded.body, access),
        )
        await self.documents.write(unit)

    def _kept(self, status: int, resource: ResourceType, document: Any, body: str, access: Access) -> Kept | None:
        if access.once is None:
            return None
        return Kept(
            key=access.once.key,
            request=access.once.request,
            status=status,
            type=resource.type_id,
            id=document.id,
            version=document.version,
            created_at=self.clock().instant(),
            body=body,
        )

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
        body, unit = self._unit(resource, standing, after, change, facts, access)
        await self.documents.write(unit)
        return body

    def _unit(
        self,
        resource: ResourceType,
        standing: tuple[Loaded, Any] | None,
        after: Any,
        change: Change[Any],
        facts: Facts,
        access: Access,
    ) -> tuple[bytes, Unit]:
        """What is answered, and all that is stored with it."""
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
            told = sum(message.resource_id == after.id for message in messages)
            replaced.insert(0, Replacement(row=row, version=loaded.version, told=told))
        unit = Unit(
            shard=access.shard,
            write_id=self._new_id(),
            visible=resource.visible(access),
            inserts=(row,) if standing is None else (),
            replacements=tuple(replaced),
            stands=self._stands(resource, None if standing is None else after.id, change, facts),
            claims=tuple(holds - held),
            releases=tuple(held - holds),
            messages=messages,
            variants=variants_of(resource, after),
            variants_of=after.id if resource.rows and standing is not None else None,
            effects=(*change.effects, *_raising(resource)),
            post=self._posting(facts, access),
            kept=self._kept(201 if standing is None else 200, resource, after, row.body, access),
        )
        return body, unit

    def _stands(self, resource: ResourceType, replaced: str | None, change: Change[Any], facts: Facts) -> tuple[Standing, ...]:
        """What is named of that which the written documents keep from being deleted, so that it is not deleted meanwhile.

        What they only copy from a document that is compared in the same write is kept by that one.
        """
        kept = set[str]().union(*(self._keeps[id] for id in (resource.type_id, *(changed.type_id for changed in change.also))))
        named = [name for name in facts.named if name.type_id in kept and name.by in ("id", "key")]
        # What is made at a store's door is stamped with it; what is made of another document has that one's stamp.
        stamped = replaced is None and "store" in resource.owned and not change.also
        if stamped and "store" in kept and facts.store_key is not None:
            named.append(Wanted("store", "key", facts.store_key))
        found = {document.id: name for name in named if (document := facts.look_up(name)) is not None}
        # What names itself is compared: PostgreSQL locks no row for a statement that has just written it.
        compared = {replaced, *(changed.before.id for changed in change.also)}
        return tuple(Standing(id=id, named=name) for id, name in found.items() if id not in compared)

    def _also(self, changed: Changed, facts: Facts) -> Replacement:
        resource = self.types[changed.type_id]
        after = replace(changed.after, version=changed.before.version + 1, last_modified_at=facts.now, last_modified_by=facts.who)
        return Replacement(row=_projected(resource, after)[1], version=changed.before.version)

    def _posting(self, facts: Facts, access: Access) -> Post | None:
        """What puts the Messages of an effect into their envelopes."""

        def post(telling: Telling, messages: Sequence[Message], version: int, last: int) -> tuple[Posted, ...]:
            document = replace(telling.document, version=version)
            return self._posted(self.types[telling.type_id], document, messages, last, facts, access)

        return post if facts.project.messages.enabled else None

    def _posted(
        self,
        resource: ResourceType,
        document: Any,
        messages: Sequence[Message | About],
        last: int,
        facts: Facts,
        access: Access,
    ) -> tuple[Posted, ...]:
        if not facts.project.messages.enabled:
            return ()
        numbers = itertools.count(last + 1)
        envelope = functools.partial(post, now=facts.now, correlation_id=access.correlation_id)
        named = resource.user_identifiers(document)
        posted = []
        # Their instants are equal: by rising ids, what is sorted by these comes in the order in which it happened.
        ids = sorted(self._new_id() for _ in messages)
        for message, id in zip(messages, ids, strict=True):
            if isinstance(message, About):
                other = Resource(id=message.id, version=1, created_at=facts.now, last_modified_at=facts.now)
                told = envelope(message.message, other, type_id=message.type_id, identifiers={}, sequence_number=1, id=id)
            else:
                number = next(numbers)
                told = envelope(message, document, type_id=resource.type_id, identifiers=named, sequence_number=number, id=id)
            posted.append(told)
        return tuple(posted)


def _unreferenced(resource: ResourceType, document: Any) -> list[Effect]:
    """The conditions that nothing refers to a document, of those types that forbid its deletion."""
    # Keys of some types are plain texts: they are escaped as a text of a jsonpath is, which is as one of JSON.
    key = encode(str(getattr(document, "key", None))).decode()[1:-1]
    return [
        Effect(
            kind="unreferenced",
            key=type_id,
            text=path.replace("{id}", document.id).replace("{key}", key),
            refused=reference_exists(resource.type_id, type_id),
        )
        for type_id, path in resource.referenced_by
    ]


def _announced(resource: ResourceType, after: Any, change: Change[Any]) -> Change[Any]:
    """The change that makes a document, with the Message of that."""
    told = [*([resource.created(after)] if resource.created else ()), *change.messages]
    return Change(change.after, *told, effects=change.effects, also=change.also)


def _taking(
    taken: tuple[str, str], resource: ResourceType, document: Any, actions: Sequence[Action], facts: Facts
) -> Action | None:
    """The action with which a document takes what another has: the write has refused it, and the API shows which one it was."""
    for action in actions:
        document = resource.actions.apply(document, [action], facts).after
        if any((claim.kind, claim.value) == taken for claim in claims_of(resource, document)):
            return action
    return None


def _tells(change: Change[Any]) -> bool:
    """Whether a change has to be stored even where the document stays as it was."""
    return bool(change.messages or change.effects or change.also)


def _raising(resource: ResourceType) -> tuple[Effect, ...]:
    return (RAISE_CATALOGUE,) if resource.catalogue else ()


def erasing(id: str) -> tuple[Effect, ...]:
    """What deletes the Messages that tell of a document, and the answers that are kept for repeated requests."""
    return tuple(Effect(kind, id) for kind in ("erase-messages", "erase-token-messages", "erase-answers"))


def _tells_only_of_others(change: Change[Any]) -> bool:
    return bool(change.messages) and not change.also and all(isinstance(message, About) for message in change.messages)


def _projected(resource: ResourceType, document: Any) -> tuple[bytes, Row]:
    """The bytes that are served, and the row that holds them. Raises `ResourceSizeLimitExceeded`."""
    body = encode(document)
    if len(body) > MAX_DOCUMENT:
        raise size_limit_exceeded()
    lean = resource.lean(document)
    query = (body if lean is document else encode(lean)).decode()
    return body, row_of(resource, document, query if resource.counted else body.decode(), query)


def not_found(lookup: Lookup) -> ApiError:
    """The 404 that names the resource as the request did."""
    if lookup.column == "id":
        return resource_not_found(id=lookup.value)
    if lookup.column == "key":
        return resource_not_found(key=lookup.value)
    return resource_not_found(named=f"{lookup.column.replace('_', ' ')} '{lookup.value}'")
