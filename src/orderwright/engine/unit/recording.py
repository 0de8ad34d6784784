"""What a write records of itself: one row for each document that it changes, and who is to hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.messages import About, Message, Posted
from orderwright.engine.resource import ResourceType
from orderwright.engine.unit.rows import ChangeKind, Recorded


class Audience(Protocol):
    """Who is told of changes, by a project's catalogue."""

    def wants_messages(self, catalogue: Catalogue) -> bool:
        """Whether somebody is told of Messages, so that they are made where the project itself keeps none."""
        ...

    def of(self, catalogue: Catalogue, type_id: str, kind: ChangeKind, messages: Sequence[str]) -> tuple[str, ...] | None:
        """The ids of those who are told of a change of a document of this type, with Messages of these types; None for nobody."""
        ...


class _Nobody:
    def wants_messages(self, catalogue: Catalogue) -> bool:
        return False

    def of(self, catalogue: Catalogue, type_id: str, kind: ChangeKind, messages: Sequence[str]) -> tuple[str, ...] | None:
        return None


NOBODY: Audience = _Nobody()


class Recorder:
    """Makes the rows of one write. All of them have its instant, and are by the same."""

    def __init__(self, facts: Facts, audience: Audience) -> None:
        self._facts = facts
        self._audience = audience
        self._who = encode(facts.who).decode()
        self._at = facts.now.instant()
        self.rows: list[Recorded] = []

    def document(self, resource: ResourceType, document: Any, kind: ChangeKind, told: Sequence[Posted]) -> Recorded:
        """That a document is now as it is here, and the Messages that tell of it."""
        identifiers = encode(resource.user_identifiers(document)).decode()
        return self._row(resource.type_id, document.id, document.version, kind, identifiers, told)

    def about(self, message: Message | About, told: Posted) -> None:
        """That something was made which is no stored document, where the Message is about such a thing."""
        if isinstance(message, About):
            self._row(message.type_id, message.id, 1, "created", "{}", (told,))

    def _row(self, type_id: str, id: str, version: int, kind: ChangeKind, identifiers: str, told: Sequence[Posted]) -> Recorded:
        row = Recorded(
            id=self._facts.new_id(),
            resource_type=type_id,
            resource_id=id,
            version=version,
            kind=kind,
            at=self._at,
            who=self._who,
            identifiers=identifiers,
            messages=tuple(message.id for message in told),
            subscribers=self._audience.of(self._facts.catalogue, type_id, kind, [message.type for message in told]),
        )
        self.rows.append(row)
        return row
