"""What a handler did, and what all of a request did together: the document, what it tells, and what must happen beside it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from orderwright.engine.facts import Facts
from orderwright.engine.messages import About, Message
from orderwright.engine.model import Action, Resource
from orderwright.engine.steps import stepping, telling
from orderwright.engine.unit.effects import Effect
from orderwright.errors import ApiError

R = TypeVar("R", bound=Resource)


class Changed(msgspec.Struct, frozen=True):
    """Another document that changes in the same write: `before` is compared and set, its type is `type_id`.

    Where `after` is `before` itself, it is compared and left as it is; one document may be. Without `after` it goes, where a
    deletion takes it along.
    """

    type_id: str
    before: Any
    after: Any = None


class Inserted(msgspec.Struct, frozen=True):
    """Another document that is made in the same write, as its type's `create` would have made it."""

    type_id: str
    document: Any


Following = Callable[[Any, Facts], Any]
"""What follows from an action for the whole document, such as new prices for all lines: a function `(document, facts)` that
returns the document, or a Change as a handler does; a generator that returns it where it may take long."""


class Change(Generic[R]):
    """What a handler did: the new document, what it tells, and what must happen beside it.

    `then` is what follows for the whole document. All actions have run before it does, once, however many asked for it.
    """

    __slots__ = ("after", "changed", "effects", "inserted", "messages", "then")

    def __init__(
        self,
        after: R,
        *messages: Message | About,
        effects: Sequence[Effect] = (),
        changed: Sequence[Changed] = (),
        inserted: Sequence[Inserted] = (),
        then: Sequence[Following] = (),
    ) -> None:
        self.after = after
        self.messages = messages
        self.effects = tuple(effects)
        self.changed = tuple(changed)
        self.inserted = tuple(inserted)
        self.then = then

    def telling(self, message: Message) -> Change[R]:
        """The change, which tells one Message more."""
        beside: Any = {name: getattr(self, name) for name in ("effects", "changed", "inserted", "then")}
        return Change(self.after, *self.messages, message, **beside)

    def followed_by(self, then: Sequence[Following]) -> Change[R]:
        """The change, from which more follows at the end."""
        beside: Any = {name: getattr(self, name) for name in ("effects", "changed", "inserted")}
        return Change(self.after, *self.messages, then=(*self.then, *then), **beside)

    def and_then(self, later: Change[R]) -> Change[R]:
        """Both changes, one after the other, with the document of the later one."""
        gathered = Gathered()
        gathered.take(self)
        return gathered.change(gathered.take(later))

    def going_on(self, after: R, effects: Sequence[Effect]) -> Change[R]:
        """The change with another document, and with more that must happen beside it."""
        beside: Any = {name: getattr(self, name) for name in ("changed", "inserted", "then")}
        return Change(after, *self.messages, effects=(*self.effects, *effects), **beside)

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing to store but the document itself."""
        return not (self.messages or self.effects or self.changed or self.inserted)


def is_sent(action: Any) -> bool:
    """Whether clients send an action: what only the server's own endpoints make is shown in no refusal."""
    return bool(getattr(action, "sent", True))


class Gathered:
    """What must happen beside a document, of all actions and of what follows from them."""

    def __init__(self) -> None:
        self._messages: list[Message | About] = []
        self._effects: list[Effect] = []
        self._changed: dict[str, Changed] = {}
        self._inserted: list[Inserted] = []

    def take(self, result: Any) -> Any:
        """The document of a result; what else it has is gathered."""
        if not isinstance(result, Change):
            return result
        self._messages += result.messages
        self._effects += result.effects
        # Several actions may change the same other document; each reports its final state, so the last one wins.
        self._changed |= {other.before.id: other for other in result.changed}
        self._inserted += result.inserted
        return result.after

    def change(self, document: Any) -> Change[Any]:
        """All of it, beside the document as it is in the end."""
        changed = list(self._changed.values())
        return Change(document, *self._messages, effects=self._effects, changed=changed, inserted=self._inserted)


def followed(
    document: R, owed: dict[Following, Action], facts: Facts, gathered: Gathered
) -> Generator[tuple[Action, R], None, R]:
    """The document after all that was owed to it. Of an error, the last action that asked is the cause."""
    for following, action in owed.items():
        try:
            document = gathered.take((yield from telling(stepping(following(document, facts)), (action, document))))
        except ApiError as error:
            if is_sent(action):
                error.fields.setdefault("action", action)
            raise
        yield action, document
    owed.clear()
    return document
