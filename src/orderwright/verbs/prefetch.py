"""The bounded prefetch: everything a change names is read before the domain runs, in at most three statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from orderwright.engine.access import Access, Visible
from orderwright.engine.codec import decoder
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.storage.documents.documents import Documents
from orderwright.verbs.catalogues import Catalogues


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
        self._fetched = {**{name: kind.model for name, kind in types.items() if not kind.catalogue}, **rows}
        self._owned = [kind for kind in types.values() if kind.owned]
        self._clock = clock
        self._new_id = new_id

    async def for_draft(self, access: Access, wanted: list[Wanted], draft: Any) -> Facts:
        """Two rounds: some drafts want more (`wants_on(found)`) once their first wishes are known, as an order its cart's
        variants. Raises 404 for an unknown project."""
        # What is made at an owner's door is stamped with her, and may depend on who she is.
        owner = [Wanted("customer", "id", access.customer_id)] if access.customer_id is not None else []
        version, found = await self._found(access, [*wanted, *owner])
        wants_on = getattr(draft, "wants_on", None)
        if wants_on is not None:
            found |= (await self._found(access, list(wants_on(found)), version))[1]
        return self._facts(access, await self._catalogues.at(access.shard, version), found, wanted)

    async def for_document(self, access: Access, wanted: list[Wanted], version: int) -> Facts:
        """One round, for a document that was read together with the catalogue's `version`."""
        _, found = await self._found(access, wanted, version)
        return self._facts(access, await self._catalogues.at(access.shard, version), found, wanted)

    async def _found(
        self, access: Access, wanted: list[Wanted], known: int | None = None
    ) -> tuple[int | None, dict[Wanted, Any]]:
        asked = {name for name in wanted if name.type_id in self._fetched}
        if not asked and known is not None:
            return known, {}
        found: dict[Wanted, Any] = {}
        version, rows = await self._documents.wanted(access.shard, asked, confined(self._owned, access))
        for name, body in rows:
            document = decoder(self._fetched[name.type_id]).decode(body)
            # Several may stand under one product or ancestor, or under one SKU beside its variant, which is one.
            several = name.by in ("product", "under") or (name.by == "sku" and name.type_id != "variant")
            found[name] = (*found.get(name, ()), document) if several else document
        return version, found

    def _facts(self, access: Access, catalogue: Catalogue, found: Mapping[Wanted, Any], named: list[Wanted]) -> Facts:
        return Facts(
            now=self._clock(),
            new_id=self._new_id,
            who=access.who,
            catalogue=catalogue,
            found=found,
            named=named,
            store_key=access.store_key,
            customer_id=access.customer_id,
            anonymous_id=access.anonymous_id,
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
