"""What follows from actions for the whole document: once an update, in the order in which it was last asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.facts import NOW, facts, uid
from orderwright.engine.actions import ActionSet, Change, Changed, WantsOn, wanted_on
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Resource
from orderwright.engine.references import Wanted
from orderwright.errors import ApiError, invalid_operation


class Shelf(Resource):
    """A resource that notes what is done to it."""

    done: tuple[str, ...] = ()


class Say(Action):
    """Notes a word; `then` names what follows."""

    word: str
    then: tuple[str, ...] = ()

    def wants_on(self, _shelf: Shelf) -> WantsOn:
        """All tins, or a single one."""
        return all_tins if self.then else (Wanted("tin", "key", self.word),)


class Look(Action):
    """Notes how much was done before it."""


class Glance(Action):
    """The same, but it looks only if it does so closely."""

    closely: bool


def all_tins(_shelf: Shelf) -> Iterator[Wanted]:
    ASKED.append("tins")
    yield Wanted("tin", "key", "all")


ASKED: list[str] = []
actions = ActionSet(Shelf)


def noted(shelf: Shelf, word: str) -> Shelf:
    return Shelf(id=shelf.id, version=1, created_at=NOW, last_modified_at=NOW, done=(*shelf.done, word))


def dusted(shelf: Shelf, _facts: Facts) -> Shelf:
    return noted(shelf, "dusted")


def sorted_out(shelf: Shelf, _facts: Facts) -> Shelf:
    if "rubbish" in shelf.done:
        raise invalid_operation("There is rubbish.")
    return noted(shelf, "sorted")


FOLLOWING = {"dust": dusted, "sort": sorted_out}


@actions.handles
def say(shelf: Shelf, action: Say, _facts: Facts) -> Change[Shelf]:
    return Change(noted(shelf, action.word), then=[FOLLOWING[name] for name in action.then])


@actions.looks
def look(shelf: Shelf, _action: Look, _facts: Facts) -> Shelf:
    return noted(shelf, f"saw {len(shelf.done)}")


@actions.looks_where(lambda action, _facts: action.closely)
def glance(shelf: Shelf, action: Glance, _facts: Facts) -> Shelf:
    return noted(shelf, f"saw {len(shelf.done)}")


def applied(*given: Any, of: ActionSet[Shelf] = actions) -> tuple[str, ...]:
    empty = Shelf(id=uid(1), version=1, created_at=NOW, last_modified_at=NOW)
    return of.apply(empty, given, facts()).after.done


def test_what_many_actions_ask_for_is_done_once_after_all_of_them() -> None:
    assert applied(*[Say(word=str(n), then=("dust",)) for n in range(3)]) == ("0", "1", "2", "dusted")


def test_it_is_done_in_the_order_of_the_last_asking() -> None:
    assert applied(Say(word="a", then=("dust", "sort")), Say(word="b", then=("dust",))) == ("a", "b", "sorted", "dusted")


def test_an_action_that_looks_at_the_whole_finds_it_done() -> None:
    assert applied(Say(word="a", then=("dust",)), Look(), Say(word="b")) == ("a", "dusted", "saw 2", "b")
    narrow = actions.only("say", "look", name="Narrow")
    assert applied(Say(word="a", then=("dust",)), Look(), of=narrow) == ("a", "dusted", "saw 2")


def test_where_an_action_does_not_look_nothing_is_done_before_it() -> None:
    said = Say(word="a", then=("dust",))
    assert applied(said, Glance(closely=True)) == ("a", "dusted", "saw 2")
    assert applied(said, Glance(closely=False)) == ("a", "saw 1", "dusted")
    assert applied(said, Glance(closely=False), of=actions.only("say", "glance", name="Narrow")) == ("a", "saw 1", "dusted")


def test_an_error_of_it_carries_the_action_that_asked_last() -> None:
    second = Say(word="b", then=("sort",))
    with pytest.raises(ApiError) as caught:
        applied(Say(word="rubbish", then=("sort",)), second, Say(word="c"))
    assert caught.value.fields["action"] == second


def test_a_step_is_told_of_with_its_action_and_the_document_after_it() -> None:
    given = [Say(word="a", then=("dust",)), Say(word="b")]
    empty = Shelf(id=uid(1), version=1, created_at=NOW, last_modified_at=NOW)
    told = [(action, document.done) for action, document in actions.steps(empty, given, facts())]
    assert told == [(given[0], ("a",)), (given[1], ("a", "b")), (given[0], ("a", "b", "dusted"))]


def test_what_is_wanted_of_the_whole_document_is_asked_for_once() -> None:
    ASKED.clear()
    empty = Shelf(id=uid(1), version=1, created_at=NOW, last_modified_at=NOW)
    wanted = wanted_on([Say(word=str(n), then=("dust",)) for n in range(500)] + [Say(word="own")], empty)
    assert wanted == [Wanted("tin", "key", "own"), Wanted("tin", "key", "all")]
    assert ASKED == ["tins"]


def test_what_follows_may_change_other_documents() -> None:
    other = noted(Shelf(id=uid(2), version=1, created_at=NOW, last_modified_at=NOW), "other")

    def carried_on(shelf: Shelf, _facts: Facts) -> Change[Shelf]:
        return Change(shelf, changed=[Changed("shelf", other, noted(other, f"after {len(shelf.done)}"))])

    class Carry(Action):
        """Changes another shelf, in the end."""

    carrying: ActionSet[Shelf] = ActionSet(Shelf, "CarryingShelf")
    carrying.add(Carry, lambda shelf, _action, _facts: Change(noted(shelf, "carried"), then=(carried_on,)))
    shelf = Shelf(id=uid(1), version=1, created_at=NOW, last_modified_at=NOW)
    change = carrying.apply(shelf, [Carry(), Carry()], facts())
    # Once, of what two actions have left.
    assert [each.after.done for each in change.changed] == [("other", "after 2")]
    assert change.after.done == ("carried", "carried")
