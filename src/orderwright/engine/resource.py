"""ResourceType: the declaration of one resource. For a simple resource nothing else exists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orderwright.engine.access import EVERYTHING, Access, Bound, Visible
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Resource, snake
from orderwright.engine.numbering import Numbering
from orderwright.engine.references import Wanted

VERBS = ("create", "get", "query", "head", "update", "delete")


def same(document: Any, *_facts: Facts) -> Any:
    """The document as it is: the default of the hooks that shape one."""
    return document


def _nothing(_document: Any) -> Iterable[tuple[str, str]]:
    return ()


def _wants_nothing(_document: Any, _found: Mapping[Wanted, Any]) -> Iterable[Wanted]:
    return ()


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One type of the API. The hooks are pure.

    The scopes that open it are a row of `auth/scopes.py` under its `path`. `unique` are fields that at most one document may
    hold; `claims` adds what is not a plain field, such as every SKU of a product, and `holds` what no document of any type may
    hold besides, by a kind that the types share, such as a payment in use. `lookups` are path forms beside the
    id (`key`, `order-number`), each with the column that holds it. `columns` are the JSON fields, dotted (`store.key`), that
    have a typed column, and its name. `queryable` is what predicates are checked against where it is not the model.
    `counted` types show counters that live in columns alone: `lean` is what is stored of them, and storage writes the counters
    into what it reads. `lean` drops from the queried copy what is bulk (the paths `bulk`). `catalogue` types are kept in memory
    and priced from. `owned` says for each bound of a door (`store`, `customer`, `anonymous`) which column a document must have
    it in to be seen there; a function makes the pair of column and value where that is more than the bound itself.
    `personal` types may hold somebody's data, which a deletion erases everywhere if it is asked to.
    `referenced_by` are (type, jsonpath with `{id}`) pairs that forbid a deletion; so may `deleting`, by what it raises.
    `deleting` says what else happens when a document goes, knowing what `deletion_wants` asked for.
    `rows` makes the rows of the variant table that are written with the document. `shown` makes what is answered of the stored
    bytes where a door shows less, and `embedded` what an expanded reference shows. `numbering` says what number a new document
    is to get, if any. The writes of a `repeatable` type may be sent again under an Idempotency-Key.
    """

    type_id: str
    path: str
    model: type[Resource]
    draft: Any
    actions: ActionSet[Any]
    create: Callable[[Any, Facts], Any]
    finish: Callable[[Any, Facts], Any] = same
    unique: tuple[str, ...] = ()
    claims: Callable[[Any], Iterable[tuple[str, str]]] = _nothing
    holds: Callable[[Any], Iterable[tuple[str, str]]] = _nothing
    lookups: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    table: str = "document"
    queryable: Any = None
    lean: Callable[[Any], Any] = same
    bulk: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ("key",)
    created: Callable[[Any], Message] | None = None
    deleted: Callable[[Any], Message] | None = None
    catalogue: bool = False
    counted: bool = False
    owned: Mapping[Bound, str | Callable[[str], tuple[str, str]]] = field(default_factory=dict)
    verbs: tuple[str, ...] = VERBS
    personal: bool = False
    referenced_by: tuple[tuple[str, str], ...] = ()
    rows: Callable[[Any], Iterable[Any]] | None = None
    wants: Callable[[Any, Mapping[Wanted, Any]], Iterable[Wanted]] = _wants_nothing
    deletion_wants: Callable[[Any], Iterable[Wanted]] | None = None
    deleting: Callable[[Any, Facts], Change[Any]] | None = None
    shown: Callable[[bytes], bytes] = same
    embedded: Callable[[bytes], bytes] = same
    numbering: Callable[[Any, Facts], Numbering | None] | None = None
    repeatable: bool = False

    def visible(self, access: Access) -> Visible:
        """The door's filter, which holds for what belongs to a store or an owner."""
        if not self.owned:
            return EVERYTHING
        held = ((self.owned[bound], value) for bound, value in access.bounds if bound in self.owned)
        return tuple((by, value) if isinstance(by, str) else by(value) for by, value in held)

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
        named = ((name, getattr(document, snake(name), None)) for name in self.identifiers)
        return {name: value for name, value in named if value is not None}


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
