"""Notes that follow a rule: the smallest type whose documents keep others from being deleted."""

from __future__ import annotations

import json
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from notes import Note, Notebook, NoteDraft, create, note_type, read
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import Action
from orderwright.engine.references import ResourceIdentifier
from orderwright.storage.documents.documents import Lookup

RuleIdentifier = Annotated[ResourceIdentifier, Meta(extra={"type_id": "rule"})]


class FollowerDraft(NoteDraft):
    """A note that has the key of its rule as its name, which is how rules are looked for."""

    rule: RuleIdentifier


class Follow(Action):
    """Follows another rule."""

    rule: RuleIdentifier


actions = ActionSet(Note)
actions.setters("setKey")


@actions.handles
def follow(note: Note, action: Follow, facts: Facts) -> Note:
    return replace(note, name=facts.get("rule", action.rule, Note).key or "")


def follower(draft: FollowerDraft, facts: Facts) -> Note:
    rule = facts.get("rule", draft.rule, Note)
    return create(NoteDraft(name=rule.key or "", key=draft.key), facts)


FOLLOWER = note_type(draft=FollowerDraft, actions=actions, create=follower)


async def followed(book: Notebook, rule: Note, key: str | None = None) -> Note:
    """A new note that follows a rule, which it names by its key."""
    draft = FollowerDraft(name="", key=key, rule=ResourceIdentifier(key=rule.key))
    return read(await book.verbs.create(FOLLOWER, draft, book.access()))


async def following(book: Notebook, note: Note, rule: Note) -> Note:
    """The note after it was told to follow a rule, which it names by its id."""
    told = [{"action": "follow", "rule": {"typeId": "rule", "id": rule.id}}]
    update = decode_body(actions.update_type(), json.dumps({"version": note.version, "actions": told}).encode())
    return read(await book.verbs.update(FOLLOWER, Lookup("id", note.id), update.version, update.actions, book.access()))
