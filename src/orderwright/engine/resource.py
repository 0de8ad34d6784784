"""ResourceType: the declaration of one resource. For a simple resource nothing else exists."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from orderwright.engine.access import EVERYTHING, Access, Bound, Visible
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts, Found
from orderwright.engine.messages import Message
from orderwright.engine.model import Resource, snake
from orderwright.engine.numbering import Numbering
from orderwright.engine.references import Wanted, held_places

VERBS = ("create", "get", "query", "head", "update", "delete")


def same(document: Any, *_facts: Facts) -> Any:
    """The document as it is: the default of the hooks that shape one."""
    return document


def _nothing(_document: Any) -> Iterable[tuple[str, str]]:
    return ()


def _wants_nothing(_document: Any, _found: Found) -> Iterable[Wanted]:
    return ()


@dataclass(frozen=True)
class Joined:
    """Members that an answer has only where a request expands them, made of what stands in other documents.

    `members` are the names on the way to each, places left out: (`lineItems`, `variant`) is `lineItems[*].variant`.
    `wants(document)` is what they are made of; `shown(document, members, facts)` has those that are asked for, as far as the
    facts go.
    """

    members: frozenset[tuple[str, ...]]
    wants: Callable[[Any], Iterable[Wanted]]
    shown: Callable[[Any, frozenset[tuple[str, ...]], Facts], Any]


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One type of the API: what it is, which of its fields are found and how, and what happens when one is written.

    The hooks are pure. The scopes that open the type are a row of `auth/scopes.py` under its `path`.
    """

    # What it is, and where.
    type_id: str
    path: str
    model: type[Resource]
    draft: Any
    actions: ActionSet[Any]
    verbs: tuple[str, ...] = VERBS

    # What is made of a draft, and what follows each change.
    create: Callable[[Any, Facts], Any]
    """`(draft, facts)`: the document, or a Change; a generator that returns it where it may take long."""
    finish: Callable[[Any, Facts], Any] = same
    """`(document, facts)`: what follows all actions of an update, such as a recalculation; a generator where it may take long."""
    settles: Callable[[Any, Change[Any], Facts], Change[Any] | Generator[Any, None, Change[Any]]] | None = None
    """`(before, change, facts)`: what else must happen, once the document is as it will be; `before` is None for a new one. Long
    work is done in steps, between which others may be served."""
    wants: Callable[[Any, Found], Iterable[Wanted]] = _wants_nothing
    """`(document, found)`: what every update needs beside what its actions name. Asked again while it wants more, three times."""
    created: Callable[[Any], Message] | None = None
    """The Message of a creation."""
    updates: Literal["updated", "edited"] = "updated"
    """What an update is recorded as: of one that is edited, Messages alone tell."""
    rows: Callable[[Any], Iterable[Any]] | None = None
    """The rows of the variant table that are written with the document."""
    numbering: Callable[[Any, Facts], Numbering | None] | None = None
    """What number a new document is to get, if any."""
    repeatable: bool = False
    """Its writes may be sent again under an Idempotency-Key."""
    dry_runs: bool = False
    """What a creation or an update would store may be asked for without storing it."""

    # What only one document may hold, and by what it is found.
    unique: tuple[str, ...] = ()
    """Fields whose value at most one document of the type may hold."""
    claims: Callable[[Any], Iterable[tuple[str, str]]] = _nothing
    """The same for what is not a plain field, such as every SKU of a product."""
    holds: Callable[[Any], Iterable[tuple[str, str]]] = _nothing
    """Values that only one document may hold, whatever its type, by a kind that the types share, such as a payment in use."""
    lookups: Mapping[str, str] = field(default_factory=dict)
    """Path forms beside the id (`key`, `order-number`), each with the column that holds it."""
    identifiers: tuple[str, ...] | Callable[[Any], dict[str, Any]] = ("key",)
    """The fields that stand in the envelope of its Messages as what the user calls it, or what makes these of it."""

    # How it is stored and queried.
    table: str = "document"
    columns: Mapping[str, str] = field(default_factory=dict)
    """JSON fields, dotted (`store.key`), that have a typed column, and its name."""
    listed: Mapping[str, Callable[[Any], Iterable[str]]] = field(default_factory=dict)
    """Dotted paths into the document, each with the function that gives the values there. Each value has a list of its documents,
    because it is often asked for."""
    queryable: Any = None
    """What predicates are checked against, where it is not the model."""
    joined: Joined | None = None
    """What an answer shows beside what is stored, where it is asked for."""
    kept: Callable[[Any], Any] = same
    """What is stored of a document that is answered."""
    lean: Callable[[Any], Any] = same
    """The copy that queries search; it leaves out the paths in `bulk`."""
    bulk: tuple[str, ...] = ()
    """The dotted paths that `lean` leaves out."""
    counted: bool = False
    """It has counters that are kept in columns only. Its stored body is the lean copy, and reading inserts the counters."""
    catalogue: bool | Callable[[Any], bool] = False
    """Its documents are kept in memory and priced from; a function says which of them, where there may be many others."""

    # What doors and references show of it.
    owned: Mapping[Bound, str | Callable[[str], tuple[str, str]]] = field(default_factory=dict)
    """For each bound of a door (`store`, `customer`, `anonymous`) the column that must hold it; a function makes the pair of
    column and value where that is more than the bound itself."""
    only: Visible = EVERYTHING
    """Columns and values that a document must have at every door, for a face that shows only some documents."""
    shown: Callable[[bytes], bytes] = same
    """Makes the answer from the stored bytes, where a door shows less."""
    shown_as: type | None = None
    """The struct of that, where it is not the model."""
    embedded: Callable[[bytes], bytes] = same
    """Makes from the stored bytes what an expanded reference shows."""

    # What happens when one is deleted.
    referenced_by: tuple[tuple[str, str], ...] = ()
    """(type, jsonpath with `{id}` or `{key}`) pairs: a document that one of them finds forbids the deletion. What models say by
    their references, `holding` adds."""
    deletion_wants: Callable[[Any], Iterable[Wanted]] | None = None
    """What `deleting` needs to know."""
    deleting: Callable[[Any, Facts], Change[Any]] | None = None
    """`(document, facts)`: what else a deletion changes. It raises where the deletion is forbidden."""
    deleted: Callable[[Any], Message] | None = None
    """The Message of a deletion."""
    personal: bool = False
    """It may hold somebody's data, which a deletion erases everywhere if it is asked to."""

    def in_catalogue(self, document: Any) -> bool:
        """Whether a document is kept in memory."""
        return self.catalogue(document) if callable(self.catalogue) else self.catalogue

    @property
    def answered(self) -> type:
        """The struct of what is answered."""
        return self.shown_as or self.model

    def visible(self, access: Access) -> Visible:
        """The door's filter, which holds for what belongs to a store or an owner, and the face's own."""
        if not self.owned:
            return self.only
        held = ((self.owned[bound], value) for bound, value in access.bounds if bound in self.owned)
        return (*self.only, *((by, value) if isinstance(by, str) else by(value) for by, value in held))

    def referable(self, access: Access) -> Visible:
        """What may be referred to at a door: as `visible`, but for the filters that are more than a column's value."""
        held = ((self.owned[bound], value) for bound, value in access.bounds if bound in self.owned)
        return tuple((by, value) for by, value in held if isinstance(by, str))

    def all_claims(self, document: Any) -> set[tuple[str, str]]:
        """(field, value) pairs that no other document of this type may hold."""
        plain = ((name, getattr(document, snake(name))) for name in self.unique)
        return {(name, value) for name, value in plain if value is not None} | set(self.claims(document))

    def user_identifiers(self, document: Any) -> dict[str, Any]:
        """What the user calls this document, for the envelope of its Messages."""
        if callable(self.identifiers):
            return self.identifiers(document)
        named = ((name, getattr(document, snake(name), None)) for name in self.identifiers)
        return {name: value for name, value in named if value is not None}


def holding(types: Iterable[ResourceType]) -> tuple[ResourceType, ...]:
    """The types, each with those whose documents hold its own by a reference of their model. What the queried copy of a document
    leaves out can not be found there."""
    found = tuple(types)
    holders: dict[str, list[tuple[str, str]]] = {}
    for holder in found:
        left_out = tuple(f"{path}." for path in holder.bulk)
        tests: dict[str, list[str]] = {}
        for type_id, path in held_places(holder.model):
            if not path.replace("[*]", "").startswith(left_out):
                named = "{key}" if path.endswith(".key") else "{id}"
                tests.setdefault(type_id, []).append(f'@.{path} == "{named}"')
        for type_id, alternatives in tests.items():
            holders.setdefault(type_id, []).append((holder.type_id, f"$ ? ({' || '.join(alternatives)})"))
    return tuple(
        replace(each, referenced_by=(*holders[each.type_id], *each.referenced_by)) if each.type_id in holders else each
        for each in found
    )


@dataclass(frozen=True)
class RenewalRule:
    """What is written anew, after a change of something that many documents copy, for one kind of queue entry.

    Every document of `resource` that matches the jsonpath `path`, with the entry's value for `{id}`, gets `action(value)`;
    after that, the document with the id `value` gets `last`. Without a path, all documents of the project do.
    """

    resource: ResourceType
    path: str | None
    action: Callable[[str], Any]
    last: tuple[ResourceType, Any] | None = None


def member(document: Any, dotted: str) -> Any:
    """The value at a dotted JSON path of structs, None where the path breaks off."""
    for step in dotted.split("."):
        document = getattr(document, snake(step), None)
        if document is None:
            return None
    return document


def as_change(result: Any) -> Change[Any]:
    """A hook may return a document or a Change."""
    return result if isinstance(result, Change) else Change(result)
