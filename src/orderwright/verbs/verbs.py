"""The five verbs, told once for every resource: load, read what is named, decide, make a unit of it, write."""

from __future__ import annotations

import copy
import functools
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from orderwright.engine.access import Access
from orderwright.engine.facts import Facts, UnreadError
from orderwright.engine.json.codec import decoder
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.engine.steps import drained
from orderwright.engine.unit.decision import Decided, Deed, decide, taking
from orderwright.engine.unit.making import UnitMaker, unreferenced
from orderwright.engine.unit.recording import NOBODY, Audience
from orderwright.engine.unit.rows import Unit
from orderwright.errors import (
    ApiError,
    CountersMovedError,
    MovedError,
    concurrent_modification,
    invalid_operation,
    reference_exists,
    resource_not_found,
)
from orderwright.storage.documents.documents import Documents, Loaded, Lookup
from orderwright.verbs.again import again
from orderwright.verbs.extensions import Added, Asked, Extender
from orderwright.verbs.numbers import Numbers
from orderwright.verbs.prefetch import Besides, More, Prefetch, nothing_more
from orderwright.verbs.slices import breathe, in_slices

PATIENCE_S = 5.0
Probe = Callable[[Deed, Decided], Awaitable[None]]
_ATTEMPTS = 10_000  # which nothing does in that time
T = TypeVar("T")
MAX_UNREAD = 10
"""How often a change may turn out to need more than was read."""
Reading = Callable[[Added | None, Sequence[Wanted]], Awaitable[Deed]]
"""Reads what a deed needs, with what extensions have added to it and with what turned out to be unread."""


class Verbs:
    """`types` are all resource types by id; `rows` are the types of what is not a resource, such as a product variant. Without an
    `extender` no write calls an extension."""

    def __init__(
        self,
        documents: Documents,
        types: Mapping[str, ResourceType],
        rows: Mapping[str, Any],
        clock: Callable[[], DateTime],
        new_id: Callable[[], str],
        audience: Audience = NOBODY,
        extender: Extender | None = None,
    ) -> None:
        self._extender = extender
        self._new_id = new_id
        self.documents = documents
        self.types = types
        self.clock = clock
        self._numbers = Numbers(documents)
        self._prefetch = Prefetch(documents, types, rows, lambda: self.clock(), new_id)  # noqa: PLW0108 - a clock may be set later
        self._making = UnitMaker(types, audience)
        self.probes: dict[str, Probe] = {}
        """By type, what is asked outside before a document is stored. It raises where that may not be."""

    @property
    def unattended(self) -> Verbs:
        """The same, with all that they hold, for writes that no client asks for: these call no extension."""
        quiet = copy.copy(self)
        quiet._extender = None
        return quiet

    async def create(self, resource: ResourceType, draft: Any, access: Access) -> bytes:
        """Make a document from a draft and answer its bytes."""
        asked = Asked(self._new_id)
        return await _settled_at_last(resource, lambda: self._create(resource, draft, access, asked))

    async def _create(self, resource: ResourceType, draft: Any, access: Access, asked: Asked) -> bytes:
        async def read(added: Added | None, unread: Sequence[Wanted]) -> Deed:
            besides = self._besides(resource, added)
            facts = await self._prefetch.for_draft(access, draft, unread, besides)
            return Deed(resource=resource, access=access, facts=facts, draft=draft, **_adding(besides))

        deed, decided = await self._decided(read, None, asked)
        numbering = resource.numbering(decided.after, deed.facts) if resource.numbering else None
        # Which number it would get, nobody knows before it gets it: a dry run is shown without one, and takes none.
        if numbering is None or access.dry_run:
            return await self._store(deed, decided)

        def made(number: str) -> tuple[bytes, Unit]:
            numbered = replace(decided.after, **{numbering.member: number})
            return drained(self._making.unit(deed, Decided(None, numbered, decided.change)))

        return await self._numbers.write(access.shard, numbering, made)

    async def facts(self, access: Access, wanted: Sequence[Wanted], more: More = nothing_more) -> Facts:
        """What is wanted, what `more` wants knowing that, and the catalogue, for a question that changes nothing. Raises 404 for
        an unknown project."""
        return await self._prefetch.for_question(access, wanted, more)

    async def answer(self, access: Access, wanted: Sequence[Wanted], ask: Callable[[Facts], T]) -> T:
        """What a pure function answers to a question that changes nothing, once all is read that it turns out to need."""

        async def attempt(unread: Sequence[Wanted]) -> T:
            return ask(await self._prefetch.for_question(access, [*wanted, *unread], nothing_more, tells=True))

        return await _once_read(attempt)

    async def worked_out(
        self, access: Access, wanted: Sequence[Wanted], more: More, steps: Callable[[Facts], Generator[Any, None, T]]
    ) -> T:
        """The same of what takes longer, in steps, and first needs what `more` wants."""

        async def attempt(unread: Sequence[Wanted]) -> T:
            return await in_slices(steps(await self._prefetch.for_question(access, [*wanted, *unread], more, tells=True)))

        return await _once_read(attempt)

    async def get(self, resource: ResourceType, lookup: Lookup, access: Access) -> bytes:
        """The stored bytes. Raises 404."""
        body = await self.documents.body(access.shard, resource.type_id, lookup, resource.visible(access))
        if body is None:
            raise not_found(lookup)
        return body.encode()

    async def update(self, resource: ResourceType, lookup: Lookup, version: int, actions: Sequence[Any], access: Access) -> bytes:
        """Run actions on a document and answer its bytes; if nothing changed, nothing is stored. Raises 404, 409."""
        asked = Asked(self._new_id)
        return await _settled_at_last(resource, lambda: self._update(resource, lookup, version, actions, access, asked))

    async def _update(
        self, resource: ResourceType, lookup: Lookup, version: int, actions: Sequence[Any], access: Access, asked: Asked
    ) -> bytes:
        loaded, before, read = await self._to_be_changed(resource, lookup, version, actions, access)
        deed, decided = await self._decided(read, before, asked, loaded.body)
        await breathe(len(loaded.body))
        if decided.stores_nothing(loaded.body):
            if access.once is not None:
                await self.documents.write(self._making.unchanged(deed, before, loaded.body))
            return loaded.body.encode()
        try:
            return await self._store(deed, decided, loaded)
        except ApiError as error:
            if error.taken is not None and (action := await in_slices(taking(error.taken, deed, before))) is not None:
                error.fields["action"] = action
            raise

    async def tried(self, resource: ResourceType, lookup: Lookup, actions: Sequence[Any], access: Access) -> Decided:
        """What actions would make of a document as it is now; nothing is stored. Raises 404, and what the domain refuses with."""
        _, before, read = await self._to_be_changed(resource, lookup, None, actions, access)
        _, decided = await _decided(functools.partial(read, None), before)
        return decided

    async def delete(self, resource: ResourceType, lookup: Lookup, version: int, access: Access, erase: bool = False) -> bytes:
        """Delete a document and answer the bytes it had; `erase` also deletes what else shows it, where it may be somebody's
        personal data. Raises 404, 409, `ReferenceExists`."""
        found = await self.documents.load(access.shard, resource.type_id, lookup, resource.visible(access))
        loaded, document = await self._loaded(resource, lookup, version, found)
        # The write asks again, when nobody can begin to refer to it any more. Asked before, what is in use is refused without
        # a lock for which those wait who use it.
        for effect in unreferenced(resource, document):
            if await self.documents.referenced(access.shard, effect.type_id, effect.path):
                raise reference_exists(resource.type_id, effect.type_id)
        facts = await self._prefetch.for_deletion(access, resource, document, loaded.catalogue_version)
        deed = Deed(resource=resource, access=access, facts=facts, erase=erase and resource.personal)
        return await self._store(deed, await in_slices(decide(deed, document)), loaded)

    async def _to_be_changed(
        self, resource: ResourceType, lookup: Lookup, version: int | None, actions: Sequence[Any], access: Access
    ) -> tuple[Loaded, Any, Reading]:
        """A document, and what reads all that its actions need, and more that they turn out to need. Raises 404, 409."""
        found, named = await self._prefetch.load(access, resource, lookup, actions)
        loaded, before = await self._loaded(resource, lookup, version, found)

        async def read(added: Added | None, unread: Sequence[Wanted]) -> Deed:
            at, besides = loaded.catalogue_version, self._besides(resource, added)
            facts = await self._prefetch.for_update(access, resource, before, actions, at, named, unread, besides)
            return Deed(resource=resource, access=access, facts=facts, actions=actions, **_adding(besides))

        return loaded, before, read

    async def _loaded(
        self, resource: ResourceType, lookup: Lookup, version: int | None, loaded: Loaded | None
    ) -> tuple[Loaded, Any]:
        """What was loaded, and the document that it is, at any version where none is given. Raises 404, 409."""
        if loaded is None:
            raise not_found(lookup)
        if version is not None and loaded.version != version:
            raise concurrent_modification(loaded.id, version, loaded.version)
        document = decoder(resource.model).decode(loaded.body)
        await breathe(len(loaded.body))
        return loaded, document

    async def _decided(self, read: Reading, before: Any, asked: Asked, old: str | None = None) -> tuple[Deed, Decided]:
        """What the domain decides, and the extensions that the write calls; `old` are the bytes of the document before it."""
        extender = self._extender
        if extender is None:
            return await _decided(functools.partial(read, None), before)

        async def reading(added: Added | None, unread: Sequence[Wanted]) -> Deed:
            deed = await read(added, unread)
            if extender.called(deed, before):
                deed.facts.new_id = asked.ids_from_the_first()
            return deed

        first = await _decided(functools.partial(reading, None), before)
        if not (layers := extender.called(first[0], before)):
            return first
        return await extender.extended(
            layers, first, lambda added: _decided(functools.partial(reading, added), before), old, asked
        )

    def _besides(self, resource: ResourceType, added: Added | None) -> Besides | None:
        """What extensions do: all that may be done to the type, whatever its face at the request's door allows."""
        return None if added is None else Besides(self.types[resource.type_id], added.document, added.actions)

    async def _store(self, deed: Deed, decided: Decided, loaded: Loaded | None = None) -> bytes:
        before = (loaded.message_sequence, loaded.body) if loaded is not None else ()
        body, unit = await in_slices(self._making.unit(deed, decided, *before))
        if (probe := self.probes.get(deed.resource.type_id)) is not None:
            await probe(deed, decided)
        await self.documents.write(unit)
        return body


def _adding(besides: Besides | None) -> dict[str, Any]:
    return {} if besides is None else {"added": besides.actions, "adding": besides.resource.actions}


async def _decided(read: Callable[[Sequence[Wanted]], Awaitable[Deed]], before: Any) -> tuple[Deed, Decided]:
    """What the domain decides of what is read."""

    async def attempt(unread: Sequence[Wanted]) -> tuple[Deed, Decided]:
        deed = await read(unread)
        return deed, await in_slices(decide(deed, before))

    return await _once_read(attempt)


async def _once_read(attempt: Callable[[Sequence[Wanted]], Awaitable[T]]) -> T:
    """What an attempt comes to. Where it turns out to need what was not read, as the variant of a gift that a cart has just
    earned, that is read as well, and it is made anew; all of one round is asked for, and there are few."""
    unread: tuple[Wanted, ...] = ()
    for _ in range(MAX_UNREAD):
        try:
            return await attempt(unread)
        except UnreadError as error:
            unread = (*unread, *error.wanted)
    raise invalid_operation(f"The request needs more than can be read in {MAX_UNREAD} rounds.")


async def _settled_at_last(resource: ResourceType, once: Callable[[], Awaitable[bytes]]) -> bytes:
    """What is answered by a change that others do not get ahead of: the stock that it has read moves without a new version of
    anything, and is read anew then; so are the Messages of what has counters. Raises 503 where they move all the time."""
    moved = MovedError if resource.counted else CountersMovedError
    return await again(once, lambda error: isinstance(error, moved), _ATTEMPTS, PATIENCE_S)


def not_found(lookup: Lookup) -> ApiError:
    """The 404 that names the resource as the request did."""
    if lookup.column == "id":
        return resource_not_found(id=lookup.value)
    if lookup.column == "key":
        return resource_not_found(key=lookup.value)
    return resource_not_found(named=f"{lookup.column.replace('_', ' ')} '{lookup.value}'")
