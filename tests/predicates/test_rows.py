"""Rules that are asked of many documents at once say of each what it says of itself, as a plain reading of them has it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwright.engine.model import Value
from orderwright.predicates import Function, Rows, Vocabulary, places, read_rule


class Part(Value):
    x: Any = None
    y: Any = None


class Whole(Value):
    parts: tuple[Part, ...] = ()


PART = Vocabulary(Part)
WHOLE = Vocabulary(
    Whole,
    functions={"partCount": Function("parts", "number", lambda _whole, _every, chosen: len(chosen))},
    inner={"parts": PART},
    items={"parts": lambda whole: whole.get("parts", ())},
)
Plain = dict[str, Any]
Holds = Callable[[Plain], bool]
Order = Callable[[Any, Any], bool]
ORDER: dict[str, Order] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def money(currency: str, cents: int) -> Plain:
    return {"centAmount": cents, "currencyCode": currency, "fractionDigits": 2}


# What is written, and what it is: its kind, and a value that compares within it.
LITERALS = {
    '"a"': ("text", "a"),
    '"b"': ("text", "b"),
    "1": ("number", 1),
    "1.5": ("number", Decimal("1.5")),
    "2": ("number", 2),
    "true": ("truth", True),
    "false": ("truth", False),
    '"1.00 EUR"': ("EUR", Decimal(1)),
    '"1.00 USD"': ("USD", Decimal(1)),
}
SCALARS = st.sampled_from(
    [None, "a", "b", "c", 0, 1, 1.5, 2.0, True, False, money("EUR", 100), money("EUR", 150), money("USD", 99)]
)
VALUES: st.SearchStrategy[Any] = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.just({}))
PARTS = st.lists(st.dictionaries(st.sampled_from("xy"), VALUES), max_size=7)


def kind_of(value: Any) -> tuple[str, Any]:
    match value:
        case bool():
            return "truth", value
        case str():
            return "text", value
        case {"currencyCode": currency, "centAmount": cents}:
            return currency, Decimal(cents) / 100
    return "number", value


def known(part: Plain, field: str) -> list[tuple[str, Any]]:
    """What can be compared at a field, an array opened."""
    value = part.get(field)
    return [kind_of(each) for each in (value if isinstance(value, list) else [value]) if each is not None and each != {}]


def compared(field: str, sign: str, literal: str) -> tuple[str, Holds]:
    kind, limit = LITERALS[literal]

    def holds(part: Plain) -> bool:
        found = known(part, field)
        if sign == "!=":
            return bool(found) and (kind, limit) not in found
        order: Order = ORDER.get(sign, operator.eq)
        return any(one == kind and order(value, limit) for one, value in found)

    return f"{field} {sign} {literal}", holds


def among(field: str, words: str, literals: list[str]) -> tuple[str, Holds]:
    wanted = [LITERALS[each] for each in literals]

    def holds(part: Plain) -> bool:
        found = known(part, field)
        match words:
            case "=":
                return bool(found) and all(each in wanted for each in found) and all(each in found for each in wanted)
            case "!=":
                return bool(found) and not (all(each in wanted for each in found) and all(each in found for each in wanted))
            case "not in":
                return bool(found) and not any(each in wanted for each in found)
            case "contains all":
                return all(each in found for each in wanted)
        return any(each in wanted for each in found)

    return f"{field} {words} ({', '.join(literals)})", holds


def both(sign: str) -> tuple[str, Holds]:
    def holds(part: Plain) -> bool:
        left, right = known(part, "x"), known(part, "y")
        if sign == "!=":
            return bool(left) and not any(each in right for each in left)
        order: Order = ORDER.get(sign, operator.eq)
        return any(one == other and order(value, limit) for one, value in left for other, limit in right)

    return f"x {sign} y", holds


def there(field: str, words: str) -> tuple[str, Holds]:
    def values(part: Plain) -> Iterator[Any]:
        value = part.get(field)
        yield from value if isinstance(value, list) else [value]

    def holds(part: Plain) -> bool:
        defined = [value for value in values(part) if value is not None]
        found = defined if words.endswith("defined") else [value for value in defined if value != {}]
        return bool(found) is (words in ("is defined", "is not empty"))

    return f"{field} {words}", holds


FIELDS, SIGNS, LITERAL = st.sampled_from("xy"), st.sampled_from(["=", "!=", *ORDER]), st.sampled_from(sorted(LITERALS))
WORDS = st.sampled_from(["=", "!=", "in", "not in", "contains any", "contains all"])
LEAVES = st.one_of(
    st.builds(compared, FIELDS, SIGNS, LITERAL),
    st.builds(among, FIELDS, WORDS, st.lists(LITERAL, min_size=1, max_size=3)),
    st.builds(both, SIGNS),
    st.builds(there, FIELDS, st.sampled_from(["is defined", "is not defined", "is empty", "is not empty"])),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]} and {two[1][0]})", lambda part: two[0][1](part) and two[1][1](part))
        ),
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]} or {two[1][0]})", lambda part: two[0][1](part) or two[1][1](part))
        ),
        inner.map(lambda one: (f"not ({one[0]})", lambda part: not one[1](part))),
    ),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(RULES, min_size=1, max_size=4), PARTS)
def test_each_rule_says_the_same_of_many_as_of_one(rules: list[tuple[str, Holds]], parts: list[Plain]) -> None:
    rows, around = Rows(parts), Rows([{"parts": parts}, {}])
    for text, holds in rules:
        rule = read_rule(text, PART)
        expected = [place for place, part in enumerate(parts) if holds(part)]
        assert places(rule.select(rows)) == expected, text
        assert [place for place, part in enumerate(parts) if rule.test(part)] == expected, text
        # In a function, and as the condition of what stands in an array.
        counting = read_rule(f"partCount({text}) = {len(expected)}", WHOLE)
        assert places(counting.select(around)) == ([0] if expected else [0, 1]), text
        assert places(read_rule(f"parts({text})", WHOLE).select(around)) == ([0] if expected else []), text


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("x > 1", [1, 2]),
        ("x >= 1 and x < 2", [0]),
        ("1 < x", [1, 2]),
        ('x = "1"', []),
        ("x = (2, 3)", [1]),
        ("not (x = 1)", [1, 2, 3]),
        ("x != 1", [1, 2]),
        ("1 != x", [1, 2, 3]),
        ("true", [0, 1, 2, 3]),
        ("2 = 3", []),
    ],
)
def test_worked(text: str, chosen: list[int]) -> None:
    rows = Rows([{"x": 1}, {"x": [3, 2]}, {"x": 2.5}, {}])
    rule = read_rule(text, PART)
    for _ in range(2):
        assert places(rule.select(rows)) == chosen


def test_what_is_read_of_a_document_is_read_once() -> None:
    reads: list[str] = []

    class Told(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            reads.append(name)
            return super().__getitem__(name)

    rows = Rows([Told(x=number) for number in range(3)])
    assert [read_rule(f"x = {number}", PART).select(rows) for number in range(3)] == [1, 2, 4]
    assert reads == ["x"] * 3
