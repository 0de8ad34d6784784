"""The bounded prefetch: everything a change needs is read before the domain runs, in at most three rounds of one statement."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.engine.access import Access, Visible
from orderwright.engine.actions import wanted_on
from orderwright.engine.facts import Catalogue, Facts, Found
from orderwright.engine.json.codec import decoder
from orderwright.engine.model import Action
from orderwright.engine.references import Wanted, wanted_by, wanted_by_each
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError
from orderwright.storage.documents.documents import Documents, Loaded, Lookup
from orderwright.verbs.catalogues import Catalogues
from orderwright.verbs.slices import LARGE, breathe

MAX_ROUNDS = 3
More = Callable[[Found], Iterable[Wanted]]
"""What is wanted besides, knowing what was found so far."""


class Read(NamedTuple):
    """What was asked for together with the document that is to be changed, and the rows that were found."""

    asked: Collection[Wanted] = ()
    rows: Sequence[tuple[Wanted, str]] = ()


def nothing_more(_found: Found) -> Iterable[Wanted]:
    """Where all that is wanted is known from the start."""
    return ()


class Besides(NamedTuple):
    """What is done to a document of a type besides what the request asks for, once that is done."""

    resource: ResourceType
    document: Any
    actions: Sequence[Action]

    def named(self) -> list[Wanted]:
        """What the actions name, and what they want of the document."""
        return [*wanted_by_each("actions", self.actions), *wanted_on(self.actions, self.document)]

    def after(self, wants: More) -> More:
        """What is wanted, and what every update of the document needs."""
        return lambda found: (*wants(found), *self.resource.wants(self.document, found))


class Prefetch:
    """Makes Facts. `rows` decodes what is not a resource, such as a product variant."""

    def __init__(
        self,
        documents: Documents,
        types: Mapping[str, ResourceType],
        rows: Mapping[str, Any],
        clock: Callable[[], DateTime],
        new_id: Callable[[], str],
    ) -> None:
        self._documents = documents
        self._catalogues = Catalogues(documents, types, rows)
        # Of a type that is only partly in the catalogue, what is named may not be there.
        self._fetched = {**{name: kind.model for name, kind in types.items() if kind.catalogue is not True}, **rows}
        self._owned = [kind for kind in types.values() if kind.owned]
        self._clock = clock
        self._new_id = new_id

    async def for_draft(self, access: Access, draft: Any, unread: Sequence[Wanted] = (), besides: Besides | None = None) -> Facts:
        """What a draft names, and what it wants once that is known (`wants_on(found)`), as an order its cart's variants; what
        turned out to be `unread`, and what is done `besides`.

        Raises 404 for an unknown project.
        """
        named = [*wanted_by(draft), *(besides.named() if besides is not None else ())]
        # What is made at an owner's door is stamped with her, and may depend on who she is.
        owner = [Wanted("customer", "id", access.customer_id)] if access.customer_id is not None else []
        wants_on: More = getattr(draft, "wants_on", nothing_more)
        more = wants_on if besides is None else besides.after(wants_on)
        return await self._read(access, named, [*named, *owner, *unread], more, tells=True)

    async def for_question(self, access: Access, wanted: Sequence[Wanted], more: More, *, tells: bool = False) -> Facts:
        """What is wanted, and what `more` wants knowing that. Who `tells` what was not read can have it read, too. Raises 404 for
        an unknown project."""
        return await self._read(access, wanted, wanted, more, tells=tells)

    async def load(
        self, access: Access, resource: ResourceType, lookup: Lookup, actions: Sequence[Action]
    ) -> tuple[Loaded | None, Read]:
        """The document that actions are to change, and in the same statement what they name by themselves."""
        try:
            named = {name for name in wanted_by_each("actions", actions) if name.type_id in self._fetched}
        except ApiError:
            named = set()  # `for_update` raises it, once it is known that the document is there
        visible = resource.visible(access)
        if not named:
            return await self._documents.load(access.shard, resource.type_id, lookup, visible), Read()
        there = confined(self._owned, access)
        loaded, rows = await self._documents.load_with(access.shard, resource.type_id, lookup, visible, named, there)
        return loaded, Read(named, rows)

    async def for_update(
        self,
        access: Access,
        resource: ResourceType,
        document: Any,
        actions: Sequence[Action],
        version: int,
        read: Read,
        unread: Sequence[Wanted] = (),
        besides: Besides | None = None,
    ) -> Facts:
        """What actions name, what they want of the loaded document, what every update of such a document needs
        (`ResourceType.wants`), what turned out to be `unread`, and what is done `besides`. The document was read with the
        catalogue's `version`, and with what was `read`."""
        named = [*wanted_by_each("actions", actions), *wanted_on(actions, document)]
        wants: More = functools.partial(resource.wants, document)
        if besides is not None:
            named += besides.named()
            wants = besides.after(wants)
        found = Found(await self._decoded(read.rows))
        found.catalogue = await self._catalogues.at(access.shard, version)
        wanted = [*named, *wants(found), *unread]
        return await self._read(access, named, wanted, wants, version, found, {*read.asked, *found}, tells=True)

    async def for_deletion(self, access: Access, resource: ResourceType, document: Any, version: int) -> Facts:
        """What a deletion wants of the loaded document, which was read together with the catalogue's `version`."""
        wanted = list(resource.deletion_wants(document)) if resource.deletion_wants else []
        return await self._read(access, wanted, wanted, nothing_more, version)

    async def _read(
        self,
        access: Access,
        named: Sequence[Wanted],
        wanted: Sequence[Wanted],
        more: More,
        version: int | None = None,
        found: Found | None = None,
        asked: set[Wanted] | None = None,
        *,
        tells: bool = False,
    ) -> Facts:
        """Round by round: what is wanted first, then what `more` wants of what was found, until it wants nothing new. Some may
        have been asked for and found before. Who `tells` what was not read can have it read, too."""
        found, asked = Found() if found is None else found, asked or set()
        for _ in range(MAX_ROUNDS):
            new = {name for name in wanted if name.type_id in self._fetched} - asked
            if not new and version is not None:
                break
            version, rows = await self._found(access, new)
            found.update(rows)
            asked |= new
            found.catalogue = await self._catalogues.at(access.shard, version)
            wanted = list(more(found))
        return self._facts(access, await self._catalogues.at(access.shard, version), found, named, asked if tells else None)

    async def _found(self, access: Access, asked: set[Wanted]) -> tuple[int | None, dict[Wanted, Any]]:
        version, rows = await self._documents.wanted(access.shard, asked, confined(self._owned, access))
        return version, await self._decoded(rows)

    async def _decoded(self, rows: Iterable[tuple[Wanted, str]]) -> dict[Wanted, Any]:
        found: dict[Wanted, Any] = {}
        read = 0
        for name, body in rows:
            read += len(body)
            if read > LARGE:  # many may be read at once, such as all that is below a unit
                await breathe(read)
                read = 0
            document = decoder(self._fetched[name.type_id]).decode(body)
            # Several may stand under one product or ancestor, or under one SKU beside its variant, which is one.
            several = name.by in ("product", "under") or (name.by == "sku" and name.type_id != "variant")
            found[name] = (*found.get(name, ()), document) if several else document
        return found

    def _facts(
        self,
        access: Access,
        catalogue: Catalogue,
        found: Mapping[Wanted, Any],
        named: Sequence[Wanted],
        asked: Collection[Wanted] | None,
    ) -> Facts:
        return Facts(
            now=self._clock(),
            new_id=self._new_id,
            who=access.who,
            catalogue=catalogue,
            found=found,
            asked=asked,
            named=named,
            store_key=access.store_key,
            customer_id=access.customer_id,
            anonymous_id=access.anonymous_id,
            manages=access.manages,
            require=access.require,
        )


def confined(types: Iterable[ResourceType], access: Access) -> dict[Visible, list[str]]:
    """The types that a door confines, by their filter."""
    found: dict[Visible, list[str]] = {}
    if next(access.bounds, None) is None:
        return found  # the project's own door, where most requests come in
    for kind in types:
        visible = kind.referable(access)
        if visible:
            found.setdefault(visible, []).append(kind.type_id)
    return found
