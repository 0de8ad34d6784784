"""What a rule may name in a document, and how the values it finds there compare: names in dots, exact money, arrays opened."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from orderwright.predicates.closure import typed
from orderwright.predicates.fields import Kind, Place, root
from orderwright.predicates.tree import PredicateError

_MONEY = re.compile(r"(-?[0-9]{1,20}(?:\.[0-9]{1,20})?) ([A-Z]{3}0?)")

Typed = tuple[str, Any]
Read = Callable[[Any], Sequence[Any]]


class Function(Struct, frozen=True):
    """`name(rule)`: asks the rule of each of the `items`, and answers by `compute(document, all items, those that satisfy it)`,
    which reads the name `reads` of them, if it says one."""

    items: str
    answers: Literal["number", "money", "boolean"]
    compute: Callable[[Any, Sequence[Any], Sequence[Any]], Any]
    reads: str | None = None


class Vocabulary(Struct, frozen=True):
    """What a rule may name in a document of a type.

    `aliases` are the names that differ from the document's fields, the longest that begins a name counts; `named` are arrays of
    `{name, value}` that are asked as `field.name`. `inner` are the vocabularies of the items that functions look at. `ids` are
    the names of ids, each with the type of what has it. `beside` are names that stand in no document of the type, and what may
    stand there: who asks a rule puts it into the plain document before.
    """

    model: Any
    aliases: Mapping[str, str] = {}
    named: Mapping[str, str] = {}
    functions: Mapping[str, Function] = {}
    inner: Mapping[str, "Vocabulary"] = {}
    items: Mapping[str, Read] = {}
    ids: Mapping[str, str] = {}
    beside: Mapping[str, Any] = {}

    def refers(self, name: str) -> str | None:
        """The type of what has the id that stands at a name; None where no id does."""
        found = self.ids.get(name)
        if found is None:
            items, _, rest = name.partition(".")
            inner = self.inner.get(items)
            return inner.refers(rest) if inner is not None and rest else None
        return found

    def real(self, steps: list[str]) -> list[str]:
        """The steps of a name as they stand in the document."""
        for length in range(len(steps), 0, -1):
            alias = self.aliases.get(".".join(steps[:length]) + ("" if length == len(steps) else ".*"))
            if alias is not None:
                return [*alias.split("."), *steps[length:]]
        return steps

    def member(self, name: str) -> tuple[str, ...]:
        """The member of the document that a name is read of; of what stands beside it, the one that this is put into."""
        steps = name.split(".")
        if steps[0] in self.named:
            return tuple(self.named[steps[0]].split("."))
        for length in range(len(steps), 0, -1):
            if ".".join(steps[:length]) in self.beside:
                return tuple(steps[: length - 1])
        return tuple(self.real(steps))


class Scope(Struct, frozen=True):
    """The kind of document that names are looked up in."""

    vocabulary: Vocabulary
    place: Place

    def path(self, steps: list[str], error: Callable[[str], PredicateError]) -> tuple[Read, Place]:
        """How a name is read, and what may stand there. Raises PredicateError for a name that the documents do not have."""
        listed = self.vocabulary.named.get(steps[0])
        if listed is not None and len(steps) > 1:
            return _by_name(_walk(listed.split(".")), steps[1], _walk(steps[2:])), root(Any)
        asked = ".".join(steps)
        steps = self.vocabulary.real(steps)
        place, below_it = self._beside(steps)
        for step in below_it:
            below = place.field(step)
            if below is None:
                raise error(f"The field '{asked}' does not exist.")
            place = below
        return _walk(steps), place

    def _beside(self, steps: list[str]) -> tuple[Place, list[str]]:
        """The place of the longest beginning of a name that stands beside the document, and the steps that follow; without one
        the document's own place and all steps."""
        for length in range(len(steps), 0, -1):
            found = self.vocabulary.beside.get(".".join(steps[:length]))
            if found is not None:
                return root(found), steps[length:]
        return self.place, steps


def kinds_at(place: Place) -> frozenset[str]:
    """What may stand at a place, as rules see it: an object with an amount and a currency is money."""
    kinds: frozenset[Kind] = place.kinds
    if "object" in kinds and {"centAmount", "currencyCode"} <= set(place.names()):
        return frozenset(kinds - {"object"}) | {"money"}
    # Money of a custom field or an attribute is told by its value alone.
    return kinds | {"money"} if "any" in kinds else kinds


def _walk(steps: Sequence[str]) -> Read:
    def read(at: Any) -> Sequence[Any]:
        values = _opened((at,))
        for step in steps:
            values = _opened([value[step] for value in values if isinstance(value, dict) and step in value])
        return values

    return read


def _opened(values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found.extend(_opened(value) if isinstance(value, list) else (value,))
    return found


def _by_name(entries: Read, name: str, inside: Read) -> Read:
    def read(at: Any) -> Sequence[Any]:
        values = [entry.get("value") for entry in entries(at) if isinstance(entry, dict) and entry.get("name") == name]
        return [found for value in values for found in inside(value)]

    return read


def scalars(values: Sequence[Any]) -> list[Typed]:
    """What can be compared, with its type: money with its currency, a choice of an enum by its key, a reference by its id."""
    found = []
    for value in values:
        if isinstance(value, tuple):
            found.append(value)
        elif isinstance(value, dict) and "centAmount" in value:
            found.append(money_of(value))
        elif isinstance(value, dict) and "typeId" in value and isinstance(value.get("id"), str):
            found.append(("string", value["id"]))
        elif isinstance(value, dict) and isinstance(value.get("key"), str):
            found.append(("string", value["key"]))
        elif value is not None and not isinstance(value, dict):
            found.append(typed(value))
    return found


def money_of(value: Mapping[str, Any]) -> Typed:
    """Money of a document, exactly: no amount has more digits than a Decimal keeps when its point is moved."""
    amount = Decimal(value.get("preciseAmount", value["centAmount"]))
    return f"money {value['currencyCode']}", amount.scaleb(-value.get("fractionDigits", 0))


def money_text(text: Any) -> Typed | None:
    """Money as a rule writes it, `"10.00 EUR"`; None for anything else."""
    found = _MONEY.fullmatch(text) if isinstance(text, str) else None
    return None if found is None else (f"money {found[2]}", Decimal(found[1]))


def among(found: Sequence[Typed], wanted: Sequence[Typed], negated: bool) -> bool:
    """Whether one of the values is wanted; negated, whether there are values and none of them is."""
    for value in found:
        if value in wanted:
            return not negated
    return negated and bool(found)


def in_order(order: Callable[[Any, Any], bool], found: Sequence[Typed], limits: Sequence[Typed]) -> bool:
    """Whether one of the values is of a limit's type, and in this order with it."""
    return any(kind == other and order(value, limit) for kind, value in found for other, limit in limits)
