"""From what was decided to the one write that stores it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.messages import About, Message, Posted, post
from orderwright.engine.model import Resource
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType, same
from orderwright.engine.steps import drained
from orderwright.engine.unit.decision import Decided, Deed
from orderwright.engine.unit.effects import (
    Effect,
    EraseAnswers,
    EraseMessages,
    EraseTokenMessages,
    Post,
    RaiseCatalogue,
    Telling,
    Unreferenced,
)
from orderwright.engine.unit.projection import MAX_TOLD, claims_of, projected, too_much_told, variants_of
from orderwright.engine.unit.recording import NOBODY, Audience, Recorder
from orderwright.engine.unit.rows import (
    Claim,
    Insertion,
    Kept,
    Recorded,
    Referenced,
    Removal,
    Replacement,
    Unchanged,
    Unit,
)
from orderwright.errors import reference_exists


class UnitMaker:
    """Makes units of decisions; `types` are all resource types by id, `audience` who is told of what they write."""

    def __init__(self, types: Mapping[str, ResourceType], audience: Audience = NOBODY) -> None:
        self._types = types
        self._audience = audience
        # For each type, the types that cannot be deleted while one of its documents refers to them.
        self._keeps: dict[str, set[str]] = {type_id: set() for type_id in types}
        for type_id, resource in types.items():
            for by, _ in resource.referenced_by:
                self._keeps[by].add(type_id)

    def unit(self, deed: Deed, decided: Decided, last: int = 0, stored: str = "") -> Generator[None, None, tuple[bytes, Unit]]:
        """What is answered, and all that is stored with it, in steps between which others may be served.

        `last` is the number of the document's last Message, `stored` its bytes, which a deletion answers. Raises
        `ResourceSizeLimitExceeded`.
        """
        if decided.after is None:
            return stored.encode(), (yield from self._deletion(deed, decided, last, stored))
        resource, facts, before, change = deed.resource, deed.facts, decided.before, decided.change
        after = stamped(decided, facts)
        body, row = projected(resource, after)
        yield
        signed = {"created_by": facts.who, "last_modified_by": facts.who}
        made = [(self._types[each.type_id], replace(each.document, **signed)) for each in change.inserted]
        others = [(self._types[each.type_id], each) for each in change.changed if each.after is not each.before]
        steady = [each.before for each in change.changed if each.after is each.before]
        held, holds = claims_of(resource, before) if before is not None else set[Claim](), claims_of(resource, after)
        held = held.union(*(claims_of(kind, each.before) for kind, each in others))
        holds = holds.union(*(claims_of(kind, each.after) for kind, each in others), *(claims_of(*each) for each in made))
        telling = [*(_announced(resource, after) if before is None else []), *change.messages]
        messages = yield from self._posted(deed, resource, after, telling, last)
        own_messages = [message for message in messages if message.resource_id == after.id]
        told, recorder = len(own_messages), Recorder(facts, self._audience)
        if not decided.keeps_version:
            recorder.document(resource, after, "created" if before is None else resource.updates, own_messages)
        for message, posted in zip(telling, messages, strict=False):  # where the project keeps none, none is posted
            recorder.about(message, posted)
        introduced = []
        for kind, document in made:
            announced = yield from self._posted(deed, kind, document, _announced(kind, document), 0)
            introduced.append((Insertion(row=projected(kind, document)[1], told=len(announced)), announced))
            recorder.document(kind, document, "created", announced)
        replaced = []
        for kind, each in others:
            raised = _raised(each.before, each.after, facts)
            replaced.append(Replacement(row=projected(kind, raised)[1], version=each.before.version))
            recorder.document(kind, raised, "updated", ())
            yield
        own = () if before is not None else (Insertion(row=row, told=told),)
        replacing = () if before is None else (Replacement(row=row, version=before.version, told=told),)
        return body, Unit(
            shard=deed.access.shard,
            write_id=facts.new_id(),
            visible=resource.visible(deed.access),
            inserts=(*own, *(insertion for insertion, _ in introduced)),
            replacements=(*replacing, *replaced),
            unchanged=_compared(steady),
            referenced=self._referenced(deed, decided, after.id),
            claims=tuple(holds - held),
            releases=tuple(held - holds),
            messages=(*messages, *itertools.chain.from_iterable(posted for _, posted in introduced)),
            changes=tuple(recorder.rows),
            variants=(*variants_of(resource, after), *itertools.chain.from_iterable(variants_of(*each) for each in made)),
            variants_of=after.id if resource.rows and before is not None else None,
            effects=(*change.effects, *_raising(resource, before, after)),
            post=self._posting(deed),
            kept=_kept(deed, 201 if before is None else 200, after, row.body if resource.kept is same else body.decode()),
            dry_run=deed.access.dry_run,
        )

    def _deletion(self, deed: Deed, decided: Decided, last: int, stored: str) -> Generator[None, None, Unit]:
        resource, document, change = deed.resource, decided.before, decided.change
        messages = [resource.deleted(document)] if resource.deleted and not deed.erase else []
        along = [(each.type_id, each.before) for each in change.changed]
        gone = [Removal(id=each.id, type=type_id, version=each.version) for type_id, each in along]
        released = set[Claim]().union(*(claims_of(self._types[type_id], each) for type_id, each in along))
        beside = (*unreferenced(resource, document), *change.effects, *_raising(resource, document))
        told = yield from self._posted(deed, resource, document, messages, last)
        recorder = Recorder(deed.facts, self._audience)
        recorder.document(resource, document, "erased" if deed.erase else "deleted", told)
        for type_id, each in along:
            recorder.document(self._types[type_id], each, "deleted", ())
        return Unit(
            shard=deed.access.shard,
            write_id=deed.facts.new_id(),
            visible=resource.visible(deed.access),
            removals=(Removal(id=document.id, type=resource.type_id, version=document.version), *gone),
            releases=tuple(claims_of(resource, document) | released),
            messages=told,
            changes=tuple(recorder.rows),
            variants_of=document.id if resource.rows else None,
            effects=(*beside, *(erasing(document.id) if deed.erase else ())),
            kept=None if deed.erase else _kept(deed, 200, document, stored),
            dry_run=deed.access.dry_run,
        )

    def unchanged(self, deed: Deed, document: Any, body: str) -> Unit:
        """The unit that keeps the answer where a change has changed nothing. The document must still stand at its version: if it
        was erased meanwhile, its answer may not be kept."""
        return Unit(
            shard=deed.access.shard,
            write_id=deed.facts.new_id(),
            visible=deed.resource.visible(deed.access),
            unchanged=Unchanged(id=document.id, version=document.version),
            kept=_kept(deed, 200, document, body),
        )

    def _referenced(self, deed: Deed, decided: Decided, id: str) -> tuple[Referenced, ...]:
        """The documents that this request names and the written ones will refer to. They are locked until the write is done, so
        that none of them can be deleted in between. What is only copied from a document compared in the same write needs no
        lock."""
        resource, facts, change = deed.resource, deed.facts, decided.change
        written = {resource.type_id, *(other.type_id for other in change.changed), *(new.type_id for new in change.inserted)}
        kept = set[str]().union(*(self._keeps[type_id] for type_id in written))
        named = [name for name in facts.named if name.type_id in kept and name.by in ("id", "key")]
        # What is made at a store's door is stamped with it; what is made of another document has that one's stamp.
        stamped = decided.before is None and "store" in resource.owned and not change.changed
        if stamped and "store" in kept and facts.store_key is not None:
            named.append(Wanted("store", "key", facts.store_key))
        found = {document.id: name for name in named if (document := facts.look_up(name)) is not None}
        # What names itself is compared: PostgreSQL locks no row for a statement that has just written it.
        compared = {id, *(each.before.id for each in change.changed)}
        return tuple(Referenced(id=each, named=name) for each, name in found.items() if each not in compared)

    def _posting(self, deed: Deed) -> Post | None:
        """What puts the Messages of an effect into their envelopes."""

        def post(telling: Telling, messages: Sequence[Message], version: int, last: int) -> tuple[tuple[Posted, ...], Recorded]:
            resource, document = self._types[telling.type_id], replace(telling.document, version=version)
            posted = drained(self._posted(deed, resource, document, messages, last))
            return posted, Recorder(deed.facts, self._audience).document(resource, document, "told", posted)

        return post if self._tells(deed.facts) else None

    def _tells(self, facts: Facts) -> bool:
        """Whether Messages are made: the project keeps them, or somebody is told of them."""
        return facts.project.messages.enabled or self._audience.wants_messages(facts.catalogue)

    def _posted(
        self, deed: Deed, resource: ResourceType, document: Any, messages: Sequence[Message | About], last: int
    ) -> Generator[None, None, tuple[Posted, ...]]:
        """The Messages in their envelopes, numbered from `last` on. None where the project keeps none and nobody is told."""
        facts = deed.facts
        if not self._tells(facts):
            return ()
        envelope = functools.partial(post, now=facts.now, correlation_id=deed.access.correlation_id)
        named = resource.user_identifiers(document)
        numbers = itertools.count(last + 1)
        posted, size = list[Posted](), 0
        # Their instants are equal: by rising ids, what is sorted by these comes in the order in which it happened.
        for message, id in zip(messages, sorted(facts.new_id() for _ in messages), strict=True):
            if isinstance(message, About):
                other = Resource(**{**facts.born(), "id": message.id})
                told = envelope(message.message, other, type_id=message.type_id, identifiers={}, sequence_number=1, id=id)
            else:
                number = next(numbers)
                told = envelope(message, document, type_id=resource.type_id, identifiers=named, sequence_number=number, id=id)
            posted.append(told)
            size += len(told.body)
            if size > MAX_TOLD:
                raise too_much_told(MAX_TOLD)
            yield
        return tuple(posted)


def stamped(decided: Decided, facts: Facts) -> Any:
    """What is written, as of now and by whom. An update raises the version."""
    if decided.before is None:
        return replace(decided.after, created_by=facts.who, last_modified_by=facts.who)
    return decided.after if decided.keeps_version else _raised(decided.before, decided.after, facts)


def _compared(steady: Sequence[Any]) -> Unchanged | None:
    """The document that must stand as it was found. A statement compares one at most. Raises ValueError."""
    if not steady:
        return None
    (one,) = steady
    return Unchanged(id=one.id, version=one.version)


def _announced(resource: ResourceType, document: Any) -> list[Message]:
    """The Message of its creation, where the type has one."""
    return [resource.created(document)] if resource.created else []


def _raised(before: Any, after: Any, facts: Facts) -> Any:
    return replace(after, version=before.version + 1, last_modified_at=facts.now, last_modified_by=facts.who)


def _kept(deed: Deed, status: int, document: Any, body: str) -> Kept | None:
    """What is answered to the same request again, if it may be sent again."""
    once = deed.access.once
    if once is None:
        return None
    return Kept(
        key=once.key,
        request=once.request,
        status=status,
        type=deed.resource.type_id,
        id=document.id,
        version=document.version,
        created_at=deed.facts.now.instant(),
        body=body,
    )


def _raising(resource: ResourceType, *documents: Any) -> tuple[Effect, ...]:
    """The effect where one of the documents, as it was and as it will be, is kept in memory."""
    held = any(document is not None and resource.in_catalogue(document) for document in documents)
    return (RaiseCatalogue(),) if held else ()


def unreferenced(resource: ResourceType, document: Any) -> list[Unreferenced]:
    """The effects that refuse a deletion while a document of another type refers to this one."""
    # Keys of some types are plain texts: they are escaped as a text of a jsonpath is, which is as one of JSON.
    key = encode(str(getattr(document, "key", None))).decode()[1:-1]
    return [
        Unreferenced(
            type_id=type_id,
            path=path.replace("{id}", document.id).replace("{key}", key),
            refused=reference_exists(resource.type_id, type_id),
        )
        for type_id, path in resource.referenced_by
    ]


def erasing(id: str) -> tuple[Effect, ...]:
    """The effects of an erasure: the document's Messages are deleted, and so are kept answers about it."""
    return EraseMessages(id=id), EraseTokenMessages(id=id), EraseAnswers(id=id)
