"""What a request makes of a document, before anything is stored: pure, and the same for creations, updates and deletions."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import msgspec

from orderwright.engine.access import Access
from orderwright.engine.actions import ActionSet, Change, is_sent
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.messages import About
from orderwright.engine.model import Action
from orderwright.engine.resource import ResourceType, as_change
from orderwright.engine.steps import stepping
from orderwright.engine.unit.projection import claims_of


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One request to one document: a draft makes it, actions change it, and with neither it is deleted.

    `erase` asks a deletion to take along what else shows the document. `added` is what is done after all of that, in the way of
    the set `adding`: another one than the request's own, which may do less at its door.
    """

    resource: ResourceType
    access: Access
    facts: Facts
    draft: Any = None
    actions: Sequence[Action] | None = None
    erase: bool = False
    added: Sequence[Action] = ()
    adding: ActionSet[Any] | None = None


class Decided(msgspec.Struct, frozen=True):
    """What follows: `before` is None for what is made, `after` for what is deleted; `change` is what must happen beside it."""

    before: Any
    after: Any
    change: Change[Any]

    def stores_nothing(self, body: str) -> bool:
        """Whether an update leaves the stored `body` as it is, and nothing else is to be stored."""
        # Equal is not yet the same: 1 and true, or 1 and 1.0, differ only in their bytes.
        return self.change.is_bare and self.after == self.before and encode(self.after).decode() == body

    @property
    def keeps_version(self) -> bool:
        """Whether the document stays at its version. A token that is made for a customer changes nothing that is seen of her, so
        clients go on with the version they have."""
        change = self.change
        only_of_others = bool(change.messages) and all(isinstance(message, About) for message in change.messages)
        return self.after == self.before and only_of_others and not change.changed and not change.inserted


def decide(deed: Deed, before: Any) -> Generator[Any, None, Decided]:
    """Run the domain, in steps between which others may be served. Raises what the domain refuses with."""
    resource, facts = deed.resource, deed.facts
    if deed.draft is not None:
        change = yield from _with_added(deed, as_change((yield from stepping(resource.create(deed.draft, facts)))))
        return (yield from _settled(deed, None, (yield from _finished(deed, change)), change))
    if deed.actions is None:
        change = resource.deleting(before, facts) if resource.deleting else Change(before)
        return Decided(before, None, change)
    change = yield from resource.actions.steps(before, deed.actions, facts)
    if not deed.actions:
        return Decided(before, change.after, change)
    change = yield from _with_added(deed, change)
    return (yield from _settled(deed, before, (yield from _finished(deed, change)), change))


def _finished(deed: Deed, change: Change[Any]) -> Generator[Any, None, Any]:
    return (yield from stepping(deed.resource.finish(change.after, deed.facts)))


def _with_added(deed: Deed, change: Change[Any]) -> Generator[Any, None, Change[Any]]:
    """The change, and what is added to it: that was wanted of the document as it is when all is finished."""
    if deed.adding is None:
        return change
    finished = yield from _finished(deed, change)
    return change.and_then((yield from deed.adding.steps(finished, deed.added, deed.facts)))


def _settled(deed: Deed, before: Any, after: Any, change: Change[Any]) -> Generator[Any, None, Decided]:
    if deed.resource.settles is not None:
        change = yield from stepping(deed.resource.settles(before, change.going_on(after, ()), deed.facts))
        after = change.after
    return Decided(before, after, change)


def taking(taken: tuple[str, str], deed: Deed, before: Any) -> Generator[None, None, Action | None]:
    """The action that took a value which another document holds, found once the write has refused it. The API echoes it if a
    client has sent it."""
    for action, document in deed.resource.actions.steps(before, deed.actions or (), deed.facts):
        if any((claim.kind, claim.value) == taken for claim in claims_of(deed.resource, document)):
            return action if is_sent(action) else None
        yield
    return None
