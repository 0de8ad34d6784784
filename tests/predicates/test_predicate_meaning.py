"""What predicates mean: a table worked out by hand, and random ones, asked of PostgreSQL and of the function alike."""

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwright.predicates import Predicate, PredicateError, check, compile, parse, to_jsonpath
from orderwright.predicates.patterns import read_pattern
from orderwright.predicates.tree import And, Compare, ContainsAll, In, IsDefined, IsEmpty, Matches, Nested, Not, Or

LINES = {"lineItems": [{"quantity": 1, "variant": {"sku": "x"}}, {"quantity": 5, "variant": {"sku": "y"}}]}

MEANINGS: list[tuple[str, Any, bool]] = [
    # Whole values, and types that never mix.
    ('key = "a"', {"key": "a"}, True),
    ('key = "a"', {"key": "ab"}, False),
    ('key = "a"', {"key": "A"}, False),
    ("n = 1", {"n": 1.0}, True),
    ("n = 1", {"n": "1"}, False),
    ("n = 1", {"n": True}, False),
    ("n = 0.1", {"n": 0.1}, True),
    ("n = 1e2", {"n": 100}, True),
    ("n = -5", {"n": -5}, True),
    ("n > 9", {"n": 10}, True),
    ("n > 10", {"n": 10}, False),
    ("n >= 10", {"n": 10}, True),
    ("n <= 10", {"n": 10}, True),
    ("n < 10", {"n": 10}, False),
    ('n > "9"', {"n": "10"}, False),
    ("n > 0", {"n": "10"}, False),
    ("b = true", {"b": True}, True),
    ("b = true", {"b": 1}, False),
    # Text is in the order of its characters' numbers.
    ('s < "a"', {"s": "Z"}, True),
    ('s > "z"', {"s": "\u00e9"}, True),
    ('s < "\U0001f600"', {"s": "\uffee"}, True),
    ('s >= "2017-01-04T00:00:00.000Z"', {"s": "2017-01-04T19:54:49.797Z"}, True),
    # Missing and null.
    ('key = "a"', {}, False),
    ('key != "a"', {}, False),
    ('key != "a"', {"key": None}, False),
    ('key != "a"', {"key": "b"}, True),
    ('key != "a"', {"key": 5}, True),
    ('key not in ("a", "b")', {}, False),
    ('key not in ("a", "b")', {"key": "c"}, True),
    ('key not in ("a", "b")', {"key": "b"}, False),
    ('not (key = "a")', {}, True),
    ('not (key = "a")', {"key": 5}, True),
    ('not (key != "a")', {}, True),
    ("not (n > 5)", {"n": "text"}, True),
    ("key is defined", {"key": None}, False),
    ("key is defined", {"key": []}, True),
    ("key is defined", {"key": False}, True),
    ("key is not defined", {}, True),
    ("key is not defined", {"key": ""}, False),
    # Arrays of values.
    ('tags = "a"', {"tags": ["b", "a"]}, True),
    ('tags != "a"', {"tags": ["b", "a"]}, False),
    ('tags != "a"', {"tags": ["b"]}, True),
    ('tags contains any ("a", "z")', {"tags": ["b", "a"]}, True),
    ('tags contains any ("z")', {"tags": ["b", "a"]}, False),
    ('tags contains all ("a", "b")', {"tags": ["b", "a", "c"]}, True),
    ('tags contains all ("a", "z")', {"tags": ["b", "a", "c"]}, False),
    ('tags contains all ("a")', {}, False),
    ("tags is empty", {"tags": []}, True),
    ("tags is empty", {"tags": ["a"]}, False),
    ("tags is empty", {}, True),
    ("tags is not empty", {"tags": ["a"]}, True),
    ("tags is not empty", {}, False),
    ('tags = "a"', {"tags": [["b", "a"]]}, True),
    ("a(b = 1)", {"a": [[{"b": 0}, {"b": 1}]]}, True),
    # Objects, and one element that satisfies all of it.
    ('a(b(c = "x"))', {"a": {"b": {"c": "x"}}}, True),
    ('a(b = "x" and c = "y")', {"a": {"b": "x"}}, False),
    ("a(b is not defined)", {}, False),
    ("not a(b is defined)", {}, True),
    ('lineItems(variant(sku = "x") and quantity = 1)', LINES, True),
    ('lineItems(variant(sku = "x") and quantity > 1)', LINES, False),
    ('lineItems(variant(sku = "x")) and lineItems(quantity > 1)', LINES, True),
    ('lineItems(variant(sku = "z") or quantity >= 5)', LINES, True),
    ('lineItems(variant(sku != "x"))', LINES, True),
    ('not lineItems(variant(sku = "x"))', LINES, False),
    ("lineItems(quantity in (5, 6))", LINES, True),
    ("lineItems is not empty", LINES, True),
    # Names and values that a careless writer of a path would let out of their quotes.
    ('`we"ird\\` = "x"', {'we"ird\\': "x"}, True),
    (r'key = "\" || true || \""', {"key": "a"}, False),
    (r'key = "a\"b\\c\u0007\n"', {"key": 'a"b\\c\u0007\n'}, True),
    ('`$x` = "$y"', {"$x": "$y"}, True),
    ("`a.b` = 1", {"a": {"b": 1}}, False),
]
"""Predicate, document, and whether it holds, by the rules on top of `predicates.tree`."""


def fit(text: str) -> Predicate:
    return check(parse(text, {}), Any)


@pytest.fixture(scope="module")
def ask(database_url: str) -> Iterator[Any]:
    """Asks PostgreSQL of each document and each jsonpath whether they match: one list of answers a document."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(database_url))

        def answers(documents: list[Any], paths: list[str]) -> list[list[bool]]:
            rows = runner.run(
                connection.fetch(
                    "SELECT array(SELECT d::jsonb @? p::jsonpath FROM unnest($2::text[]) WITH ORDINALITY AS q(p, m) ORDER BY m)"
                    " FROM unnest($1::text[]) WITH ORDINALITY AS a(d, n) ORDER BY n",
                    [json.dumps(document) for document in documents],
                    paths,
                )
            )
            return [list(row[0]) for row in rows]

        yield answers
        runner.run(connection.close())


@pytest.mark.parametrize(("text", "document", "holds"), MEANINGS)
def test_the_function_means_it(text: str, document: Any, holds: bool) -> None:
    assert compile(fit(text))(document) is holds


def test_the_jsonpath_means_it(ask: Any) -> None:
    found = ask([document for _, document, _ in MEANINGS], [to_jsonpath(fit(text)) for text, _, _ in MEANINGS])
    told = [(text, document, row[number]) for number, ((text, document, _), row) in enumerate(zip(MEANINGS, found, strict=True))]
    assert told == MEANINGS


def test_the_longest_and_the_deepest_predicates_fit_into_postgresql(ask: Any) -> None:
    document: Any = 1
    for _ in range(50):
        document = {"a": document}
    long_list = "b in (" + ",".join("1" for _ in range(9_990)) + ")"
    chain = " or ".join("b=1" for _ in range(2_000)) + " or a is defined"
    nested = "a(" * 49 + "a = 1" + ")" * 49
    texts = [long_list, chain, nested]
    assert ask([document], [to_jsonpath(fit(text)) for text in texts]) == [[False, True, True]]
    assert [compile(fit(text))(document) for text in texts] == [False, True, True]


def test_circles_are_measured_along_the_surface() -> None:
    # One degree of latitude is 6371 km * pi / 180 = 111.195 km; one of longitude at 60 degrees north is close to half of that.
    north = {"geoLocation": {"type": "Point", "coordinates": [10.0, 61.0]}}
    east = {"geoLocation": {"type": "Point", "coordinates": [11.0, 60.0]}}
    assert compile(fit("geoLocation within circle(10, 60, 111196)"))(north)
    assert not compile(fit("geoLocation within circle(10, 60, 111194)"))(north)
    assert compile(fit("geoLocation within circle(10, 60, 55600)"))(east)
    assert not compile(fit("geoLocation within circle(10, 60, 55590)"))(east)
    # Over the date line, and antipodes: half of the circumference, 20015.087 km.
    assert compile(fit("geoLocation within circle(179.5, 0, 111196)"))({"geoLocation": {"coordinates": [-179.5, 0]}})
    assert compile(fit("geoLocation within circle(0, 90, 20015087)"))({"geoLocation": {"coordinates": [0, -90]}})
    for nowhere in ({}, {"geoLocation": None}, {"geoLocation": {"coordinates": ["a", "b"]}}, {"geoLocation": [1, 2]}):
        assert not compile(fit("geoLocation within circle(0, 0, 30000000)"))(nowhere)


def test_jsonpath_refuses_a_circle() -> None:
    with pytest.raises(PredicateError, match="Malformed parameter: where: 'within circle' applies to a field of the resource"):
        to_jsonpath(fit("a(p within circle(0, 0, 1))"))


@pytest.mark.parametrize("read", [to_jsonpath, compile])
def test_a_bare_variable_has_no_meaning_before_it_is_checked(read: Any) -> None:
    for text in ("a = :x", "a in (:x, 1)", "a > :x"):
        with pytest.raises(TypeError, match="no type before check"):
            read(parse(text, {"x": ["1"]}))


NAMES = st.sampled_from(["a", "b", "c", 'q"'])
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.0, 2.0, 1e-7, 1e30]),
    st.sampled_from(["", "a", "b", "B", "1", "true", "\u00e9", "\U0001f600", 'x"\\', "\x01\n"]),
)
DOCUMENTS = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
LITERALS = SCALARS.map(lambda value: Decimal(repr(value)) if isinstance(value, float) else value)
LISTS = st.lists(LITERALS, min_size=1, max_size=3).map(tuple)
PREDICATES: st.SearchStrategy[Predicate] = st.recursive(
    st.one_of(
        st.builds(Compare, NAMES, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), LITERALS),
        st.builds(In, NAMES, LISTS, st.booleans()),
        st.builds(ContainsAll, NAMES, LISTS),
        st.builds(IsEmpty, NAMES, st.booleans()),
        st.builds(IsDefined, NAMES, st.booleans()),
        st.builds(Matches, NAMES, st.sampled_from(["a", "^.$", "[^a]", r"\d|B", "x.?", "é$"]).map(read_pattern)),
    ),
    lambda inner: st.one_of(
        st.builds(Nested, NAMES, inner),
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.dictionaries(NAMES, DOCUMENTS, max_size=4), min_size=1, max_size=12),
    st.lists(PREDICATES, min_size=1, max_size=12),
)
def test_jsonpath_and_function_agree(ask: Any, documents: list[Any], predicates: list[Predicate]) -> None:
    functions = [compile(predicate) for predicate in predicates]
    told = [[function(document) for function in functions] for document in documents]
    assert ask(documents, [to_jsonpath(predicate) for predicate in predicates]) == told
