"""ActionSet: the update actions of one resource. Two thirds of all actions are rows; the rest are small pure functions."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_type_hints

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Resource, action_name, snake
from orderwright.engine.parts import WHOLE, Part, dated
from orderwright.engine.references import Wanted
from orderwright.engine.steps import drained
from orderwright.engine.unit.change import Change, Changed, Following, Gathered, Inserted, followed, is_sent
from orderwright.errors import ApiError

__all__ = [
    "MAX_ACTIONS",
    "ActionSet",
    "Change",
    "Changed",
    "Following",
    "Guard",
    "Handler",
    "Handling",
    "Inserted",
    "Kept",
    "Looking",
    "Told",
    "WantsOn",
    "is_sent",
    "setter",
    "setter_struct",
    "wanted_on",
]
MAX_ACTIONS = 500
R = TypeVar("R", bound=Resource)
Kept = Callable[[Any, Any, Facts], Any]
"""`(document, value, facts)`: what is stored of a value that was sent."""
Guard = Callable[[Any, Action, Facts], None]
"""`(document, action, facts)`: what looks at every action before it is handled. It raises for one that may not be."""
Looking = Callable[[Any, Facts], bool]
"""`(action, facts)`: whether an action looks at the whole document."""
Told = Callable[..., Message]
"""What makes the Message of a change, `(before, after)`, of a part with the members that name it."""


Handler = Callable[[Any, Any, Facts], "Resource | Change[Any]"]
Handling = Callable[[R, Any, Facts], "R | Change[R]"]
WantsOn = Iterable[Wanted] | Callable[[Any], Iterable[Wanted]]
"""What an action wants: by itself, or the function of the document that says what is wanted of all of it."""


class ActionSet(Generic[R]):
    """The actions a model accepts, by handler, setter or custom-field row. Names are checked when the module is imported."""

    def __init__(
        self,
        model: type[R],
        name: str = "",
        *,
        guard: Guard | None = None,
        sent_beside: Mapping[str, tuple[Any, Any]] | None = None,
    ) -> None:
        """`sent_beside` are members that an update has beside its version and its actions: their types and defaults."""
        self.model = model
        self._sent_beside = dict(sent_beside or {})
        self._guard = guard
        self.name = name or model.__name__
        self._handlers: dict[type[Action], Handler] = {}
        self._looking: dict[type[Action], Looking] = {}
        self._update_type: Any = None

    @property
    def types(self) -> tuple[type[Action], ...]:
        """The action structs, in the order of their declaration."""
        return tuple(self._handlers)

    def handles(self, function: Handling[R]) -> Handling[R]:
        """Register a function `(document, action, facts)`; its second parameter's annotation is the action it handles."""
        self.add(_handled(function), function)
        return function

    def looks(self, function: Handling[R]) -> Handling[R]:
        """As `handles`, for a function that looks at the whole document: what follows from earlier actions is done before it."""
        return self.looks_where(lambda _action, _facts: True)(function)

    def looks_where(self, looking: Looking) -> Callable[[Handling[R]], Handling[R]]:
        """As `looks`, for a function that looks at it for some actions only. For the others nothing is worked out once more."""

        def register(function: Handling[R]) -> Handling[R]:
            self._looking[_handled(function)] = looking
            return self.handles(function)

        return register

    def setters(self, *names: str, tells: Told | None = None) -> None:
        """Rows such as `setKey`: the field is the rest of the name, its type the model's; `set` may clear it, `change` not.

        `tells(before, after)` makes the Message of a change.
        """
        for name in names:
            action, field = setter_struct(self.model, name)
            self.add(action, setter(field, tells))

    def handler(self, action: type[Action]) -> Handler:
        """What handles an action of this set."""
        return self._handlers[action]

    def apply(self, document: R, actions: Sequence[Action], facts: Facts) -> Change[R]:
        """Run the actions in order, and then what follows from them. An error carries the action as the API echoes it, if a
        client has sent it."""
        return drained(self.steps(document, actions, facts))

    def steps(self, document: R, actions: Sequence[Action], facts: Facts) -> Generator[tuple[Action, R], None, Change[R]]:
        """As `apply`, with a pause after each step, which tells of the action and of the document after it."""
        gathered: Gathered = Gathered()
        owed: dict[Following, Action] = {}
        for action in actions:
            if owed and self._looks(action, facts):
                document = yield from followed(document, owed, facts, gathered)
            try:
                if self._guard is not None:
                    self._guard(document, action, facts)
                result: Any = self._handlers[type(action)](document, action, facts)
            except ApiError as error:
                if is_sent(action):
                    error.fields.setdefault("action", action)
                raise
            for following in result.then if isinstance(result, Change) else ():
                # It takes the place of its last asking, so that what stands behind it there still comes after it.
                owed.pop(following, None)
                owed[following] = action
            document = gathered.take(result)
            yield action, document
        if owed:
            document = yield from followed(document, owed, facts, gathered)
        return gathered.change(document)

    def _looks(self, action: Action, facts: Facts) -> bool:
        looking = self._looking.get(type(action))
        return looking is not None and looking(action, facts)

    def only(
        self,
        *names: str,
        name: str,
        withheld: Mapping[str, tuple[str, ...]] | None = None,
        checks: Mapping[str, Callable[[Any, Facts], None]] | None = None,
    ) -> ActionSet[R]:
        """The same actions as far as they are named, as the API names them, such as those of a customer herself.

        Structs and handlers are this set's own. `withheld` are members of an action that mean nothing in the new set, as if
        they were unknown; `checks` look at an action before its handler does. Raises TypeError for a name that this set has
        not.
        """
        by_name = {action_name(action.__name__): action for action in self.types}
        if missing := sorted(set(names) - set(by_name)):
            raise TypeError(f"{self.name} has no action {', '.join(missing)}")
        chosen: ActionSet[R] = ActionSet(self.model, name, guard=self._guard)
        for each in names:
            handler = self._handlers[by_name[each]]
            chosen.add(by_name[each], _narrowed(handler, (withheld or {}).get(each, ()), (checks or {}).get(each)))
        chosen._looking |= self._looking
        return chosen

    def include(self, other: ActionSet[Any], *, tells: Mapping[str, Told] | None = None, then: Sequence[Following] = ()) -> None:
        """Add the actions of a set whose model is a base of this one's.

        Structs and handlers are the other set's. What a change tells is a row of this set: `tells` has, by an action's name as
        the API names it, what makes the Message of the document before and after. `then` is what follows from each of them here.
        Raises TypeError for a name that the other set has not, or that this one has already.
        """
        told = dict(tells or {})
        for action, handler in other._handlers.items():
            tell = told.pop(action_name(action.__name__), None)
            here = handler if tell is None else _telling(handler, tell)
            self.add(action, _followed_by(here, tuple(then)) if then else here)
        self._looking |= other._looking
        if told:
            raise TypeError(f"{other.name} has no action {', '.join(sorted(told))}")

    def update_type(self) -> Any:
        """The struct of a request body: `version`, and at most 500 of these actions. All ask for the same one, since what is
        known of a type, such as its decoder, is kept by type."""
        if self._update_type is None:
            self._update_type = self._made_update_type()
        return self._update_type

    def _made_update_type(self) -> Any:
        union: Any = self.types[0]
        for action in self.types[1:]:
            union = union | action
        bounded = Annotated[list[union], Meta(max_length=MAX_ACTIONS)]
        beside = [(name, kind, default) for name, (kind, default) in self._sent_beside.items()]
        members: list[Any] = [("version", int), ("actions", bounded), *beside]
        return msgspec.defstruct(f"{self.name}Update", members, frozen=True, kw_only=True, rename="camel")

    def add(self, action: type[Action], handler: Handler) -> None:
        """Register a handler, such as one that was made by a table. Raises TypeError for a name that is taken."""
        if any(known.__name__ == action.__name__ for known in self._handlers):
            raise TypeError(f"{self.name} already has the action {action.__name__}")
        self._handlers[action] = handler
        self._update_type = None


def _telling(handler: Handler, tell: Told) -> Handler:
    """The handler, and the Message of what it changed."""

    def handle(document: Any, action: Any, facts: Facts) -> Any:
        result = handler(document, action, facts)
        change = result if isinstance(result, Change) else Change(result)
        return change if change.after == document else change.telling(tell(document, change.after))

    return handle


def _followed_by(handler: Handler, then: tuple[Following, ...]) -> Handler:
    """The handler, and what follows from it besides, unless it changes nothing."""

    def handle(document: Any, action: Any, facts: Facts) -> Any:
        result = handler(document, action, facts)
        change = result if isinstance(result, Change) else Change(result)
        return change if change.after is document and not change.then else change.followed_by(then)

    return handle


def _handled(function: Callable[..., Any]) -> type[Action]:
    action: type[Action] = list(get_type_hints(function).values())[1]
    return action


def _narrowed(handler: Handler, withheld: tuple[str, ...], check: Callable[[Any, Facts], None] | None) -> Handler:
    """The handler that sees an action only after a check, and without some of its members."""
    if not withheld and check is None:
        return handler

    def handle(document: Any, action: Any, facts: Facts) -> Any:
        if check is not None:
            check(action, facts)
        return handler(document, replace(action, **dict.fromkeys(withheld)), facts)

    return handle


def setter_struct(model: type[Resource], name: str) -> tuple[type[Action], str]:
    """The action struct of a setter row and the field it sets. Raises TypeError for a name that fits no field."""
    match = re.fullmatch(r"(set|change)([A-Z]\w*)", name)
    field = snake(match[2][:1].lower() + match[2][1:]) if match else ""
    hints = _hints(model)
    if match is None or field not in hints:
        raise TypeError(f"{model.__name__} has no field for the action {name}")
    hint = hints[field]
    required = match[1] == "change" or not _is_optional(hint)
    if required and _is_optional(hint):
        hint = Union[tuple(part for part in get_args(hint) if part is not type(None))]  # noqa: UP007 - made from a tuple
    members: dict[str, Any] = {
        "__annotations__": {field: hint},
        "__module__": model.__module__,
        "__qualname__": f"{model.__name__}.{name[:1].upper()}{name[1:]}",
    }
    if not required:
        members[field] = None
    make: Any = type(Action)
    struct = make(name[:1].upper() + name[1:], (Action,), members)
    return struct, field


@functools.cache
def _hints(model: type[Resource]) -> dict[str, Any]:
    # To resolve them takes a millisecond, and a model has dozens of setters.
    return get_type_hints(model, include_extras=True)


def setter(field: str, tells: Told | None = None, *, at: Part = WHOLE, member: str = "", kept: Kept | None = None) -> Handler:
    """A handler that puts the action's `member`, mostly named alike, into a field of the document, or of the part `at` it.

    What `kept` refuses, it raises.
    """

    def handle(document: Any, action: Any, facts: Facts) -> Any:
        part = at.read(document, action)
        value = getattr(action, member or field)
        if kept is not None:
            value = kept(document, value, facts)
        if value == getattr(part, field):
            return document
        changed = dated(replace(part, **{field: value}), facts)
        after = at.write(document, part, changed)
        return Change(after, tells(part, changed, **at.named(document, part))) if tells else after

    return handle


def wanted_on(actions: Sequence[Action], document: Resource) -> list[Wanted]:
    """What actions want once the document is known (`wants_on(document)`), such as the variant of a named line.

    What they want of the whole document they answer as a function of it, which is asked once for all of them.
    """
    found: list[Wanted] = []
    whole: dict[Callable[[Any], Iterable[Wanted]], None] = {}
    for action in actions:
        wants_on = getattr(action, "wants_on", None)
        if wants_on is not None:
            wanted = wants_on(document)
            if callable(wanted):
                whole[wanted] = None
            else:
                found.extend(wanted)
    for every in whole:
        found.extend(every(document))
    return found


def _is_optional(hint: Any) -> bool:
    return type(None) in get_args(hint)
