"""What was read beforehand, so that the domain needs no I/O: the catalogue, the clock, the named resources."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar, final

from orderwright.engine.model import ClientLogging, KeyReference, Reference, Resource
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.scalars import DateTime
from orderwright.errors import referenced_resource_not_found

R = TypeVar("R")
T = TypeVar("T")


class UnreadError(Exception):
    """A change turned out to need what was not read. It is made again once that was."""

    def __init__(self, wanted: tuple[Wanted, ...]) -> None:
        super().__init__(*wanted)
        self.wanted = wanted


class Catalogue:
    """A project's settings and pricing rules at one `version`, by type, id and key. Shared between requests, never changed."""

    def __init__(self, version: int, documents: Iterable[tuple[str, Any]]) -> None:
        self.version = version
        self._by_id: dict[tuple[str, str], Any] = {}
        self._by_key: dict[tuple[str, str], Any] = {}
        self._by_type: dict[str, list[Any]] = {}
        self._derived: dict[Any, Any] = {}
        for type_id, document in documents:
            self._by_id[type_id, document.id] = document
            self._by_type.setdefault(type_id, []).append(document)
            if getattr(document, "key", None) is not None:
                self._by_key[type_id, document.key] = document

    def get(self, wanted: Wanted) -> Any | None:
        """The document that `wanted` names, if the catalogue holds its type. An id is the same in capital letters, as it
        is to the database."""
        if wanted.by == "id":
            return self._by_id.get((wanted.type_id, wanted.value.lower()))
        return self._by_key.get((wanted.type_id, wanted.value))

    def all(self, type_id: str) -> list[Any]:
        """Every document of a type, oldest first."""
        return self._by_type.get(type_id, [])

    def derived(self, of: Callable[[Catalogue], T]) -> T:
        """What a pure function makes of the catalogue, which is done once."""
        if of not in self._derived:
            self._derived[of] = of(self)
        made: T = self._derived[of]
        return made

    @property
    def project(self) -> Any:
        """The project's own document: its settings."""
        return self._by_type["project"][0]


@final
class Record:
    """What a calculation tells of its own steps, by the places that they belong to, in the order in which they were taken.

    The calculation appends to the list of a place; what it appends, and which places there are, the domain says.
    """

    def __init__(self) -> None:
        self.places: dict[tuple[str, str | None], list[Any]] = {}

    def at(self, kind: str, name: str | None = None) -> list[Any]:
        """The steps of one place so far, to be added to."""
        return self.places.setdefault((kind, name), [])


class Found(dict[Wanted, Any]):
    """What was read so far, and the catalogue at the time, for those who say what else they want."""

    catalogue: Catalogue


class Facts:
    """All that a handler may look at besides the document and the action. `now` is one instant for the whole change.

    The store and the owner (a customer or an anonymous session) are the door's; None where it names none. `named` is what the
    draft or the actions name, `asked` all that was looked for. `record` is there where somebody asks how it came to the
    amounts, and else None.
    """

    def __init__(
        self,
        *,
        now: DateTime,
        new_id: Callable[[], str],
        who: ClientLogging,
        catalogue: Catalogue,
        found: Mapping[Wanted, Any],
        asked: Collection[Wanted] | None = None,
        named: Sequence[Wanted] = (),
        store_key: str | None = None,
        customer_id: str | None = None,
        anonymous_id: str | None = None,
        manages: Callable[[str], bool] | None = None,
        require: Callable[[str], None] | None = None,
    ) -> None:
        self.now = now
        self.new_id = new_id
        self.who = who
        self.catalogue = catalogue
        self.named = named
        self.store_key = store_key
        self.customer_id = customer_id
        self.anonymous_id = anonymous_id
        self._found = found
        self._asked = asked
        self._manages = manages
        self._require = require
        self.record: Record | None = None

    def recording(self, record: Record | None) -> Facts:
        """The same facts, with a record that calculations tell their steps to, or without one."""
        if record is self.record:
            return self
        told = copy.copy(self)
        told.record = record
        return told

    def manages(self, store_key: str) -> bool:
        """Whether the caller may change in a store what she asks about."""
        return self._manages is None or self._manages(store_key)

    def require(self, scope: str) -> None:
        """Raises `insufficient_scope` for a caller who lacks what the scope of this name grants in the project."""
        if self._require is not None:
            self._require(scope)

    @property
    def project(self) -> Any:
        """The project's settings."""
        return self.catalogue.project

    def born(self) -> dict[str, Any]:
        """What every new resource begins with: an id, version 1, and this instant."""
        return {"id": self.new_id(), "version": 1, "created_at": self.now, "last_modified_at": self.now}

    def need(self, wanted: Iterable[Wanted]) -> None:
        """Raises `UnreadError` for what was not read, so that nobody knows whether it is there; where nothing more is read, it is
        not there."""
        unread = () if self._asked is None else tuple(each for each in wanted if each not in self._asked)
        if unread:
            raise UnreadError(unread)

    @property
    def found(self) -> Mapping[Wanted, Any]:
        """All that was read, beside the catalogue."""
        return self._found

    def look_up(self, wanted: Wanted) -> Any | None:
        """What was read for `wanted`: a document, for a variant its row; None when there is none."""
        return self.catalogue.get(wanted) or self._found.get(wanted)

    def get(self, type_id: str, identifier: ResourceIdentifier | Reference | KeyReference, model: type[R]) -> R:
        """The resource an identifier names. Raises `ReferencedResourceNotFound`."""
        id, key = getattr(identifier, "id", None), getattr(identifier, "key", None)
        found = self.look_up(Wanted(type_id, "id", id) if id is not None else Wanted(type_id, "key", str(key)))
        if not isinstance(found, model):
            raise referenced_resource_not_found(type_id, id=id, key=key)
        return found

    def reference(self, type_id: str, identifier: ResourceIdentifier | None) -> Reference | None:
        """The reference that stands for an identifier; None stays None. Raises `ReferencedResourceNotFound`."""
        if identifier is None:
            return None
        return Reference(type_id=type_id, id=self.get(type_id, identifier, Resource).id)
