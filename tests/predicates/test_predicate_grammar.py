"""What the predicate language reads, and how it says what it could not read."""

import time
from decimal import Decimal

import pytest

from orderwright.predicates import Predicate, PredicateError, parse
from orderwright.predicates.tree import (
    And,
    Compare,
    ContainsAll,
    In,
    IsDefined,
    IsEmpty,
    Loose,
    Nested,
    Not,
    Or,
    WithinCircle,
)

A = Compare("a", "=", 1)
B = Compare("b", "=", 2)
C = Compare("c", "=", 3)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('a = "x"', Compare("a", "=", "x")),
        ("a=1", A),
        ("a != 1", Compare("a", "!=", 1)),
        ("a <> 1", Compare("a", "!=", 1)),
        ("a < 1", Compare("a", "<", 1)),
        ("a <= -1", Compare("a", "<=", -1)),
        ("a > 1.50", Compare("a", ">", Decimal("1.50"))),
        ("a >= 12e-3", Compare("a", ">=", Decimal("0.012"))),
        ("a = true", Compare("a", "=", True)),
        ("a = false", Compare("a", "=", False)),
        (r'a = "say \"hi\" \\ \/ \u00e9 \ud83d\ude00 \n"', Compare("a", "=", 'say "hi" \\ / \u00e9 \U0001f600 \n')),
        ('a in ("x", "y")', In("a", ("x", "y"))),
        ("a not in (1)", In("a", (1,), negated=True)),
        ('a contains any ("x","y")', In("a", ("x", "y"))),
        ('a contains all ("x","y")', ContainsAll("a", ("x", "y"))),
        ("a is empty", IsEmpty("a")),
        ("a is not empty", IsEmpty("a", negated=True)),
        ("a is defined", IsDefined("a")),
        ("a is not defined", IsDefined("a", negated=True)),
        ("a within circle(13.37, -52.5, 1000)", WithinCircle("a", 13.37, -52.5, 1000.0)),
        ("a = 1 or b = 2 and c = 3", Or((A, And((B, C))))),
        ("(a = 1 or b = 2) and c = 3", And((Or((A, B)), C))),
        ("not a = 1 and b = 2", And((Not(A), B))),
        ("not(a = 1 and b = 2)", Not(And((A, B)))),
        ("not not a = 1", A),
        ("not a(b = 2)", Not(Nested("a", B))),
        ("a(b = 2 and not c = 3)", Nested("a", And((B, Not(C))))),
        ('slug(`en-US` = "x")', Nested("slug", Compare("en-US", "=", "x"))),
        ("`1st` is defined", IsDefined("1st")),
        ("A = 1 AND B = 2", And((Compare("A", "=", 1), Compare("B", "=", 2)))),
        # Key words are names where a field is expected: name(is = "...") asks for the Icelandic name.
        ('name(is = "x" and in = "y")', Nested("name", And((Compare("is", "=", "x"), Compare("in", "=", "y"))))),
        ("orders = 1 and android = 2", And((Compare("orders", "=", 1), Compare("android", "=", 2)))),
        (" \n\ta\n=\r\n1 ", A),
    ],
)
def test_reads(text: str, tree: Predicate) -> None:
    assert parse(text, {}) == tree


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Unexpected end of input, expected not or conditional expression (line 1, column 1)"),
        (
            'key in ("a", "b"-c)',
            "Invalid input '-', expected a field, a value or an operator (line 1, column 17)",
        ),
        ('key in ("a" "b")', "Invalid input '\"', expected comma or ')' (line 1, column 13)"),
        ("key in ()", "Invalid input ')', expected input parameter or primitive value (line 1, column 9)"),
        ("key in 5", "Invalid input '5', expected '(' or input parameter (line 1, column 8)"),
        ("key = nomatch", "Invalid input 'n', expected input parameter or primitive value (line 1, column 7)"),
        ("key =\n  ]", "Invalid input ']', expected a field, a value or an operator (line 2, column 3)"),
        (
            "invalid",
            "Unexpected end of input, expected comparison operator, not, in, contains, is, within or '(' (line 1, column 8)",
        ),
        ("key not 5", "Invalid input '5', expected in (line 1, column 9)"),
        ("key is nice", "Invalid input 'n', expected not, defined or empty (line 1, column 8)"),
        ("key is not nice", "Invalid input 'n', expected defined or empty (line 1, column 12)"),
        ('key contains ("a")', "Invalid input '(', expected all or any (line 1, column 14)"),
        ("a = 1 b = 2", "Invalid input 'b', expected 'and', 'or' or end of input (line 1, column 7)"),
        ("a = 1)", "Invalid input ')', expected 'and', 'or' or end of input (line 1, column 6)"),
        ("(a = 1", "Unexpected end of input, expected 'and', 'or' or ')' (line 1, column 7)"),
        ("a(b = 1", "Unexpected end of input, expected 'and', 'or' or ')' (line 1, column 8)"),
        ("a = 1 and", "Unexpected end of input, expected not or conditional expression (line 1, column 10)"),
        ('a = "x', "Unexpected end of input, expected '\"' (line 1, column 7)"),
        ("`a = 1", "Unexpected end of input, expected a name and '`' (line 1, column 7)"),
        (r'a = "\x"', "Invalid input '\\', expected an escape (line 1, column 6)"),
        (r'a = "\u0000"', "Invalid input '\"', expected a string without null characters (line 1, column 5)"),
        (r'a = "\ud800"', "Invalid input '\"', expected a string without half a surrogate pair (line 1, column 5)"),
        ("a within 5", "Invalid input '5', expected circle (line 1, column 10)"),
        ("a within circle(1, 2)", "Invalid input '(', expected longitude, latitude and metres (line 1, column 16)"),
        ('a within circle(1, "2", 3)', "Invalid input '(', expected longitude, latitude and metres (line 1, column 16)"),
        (
            "a within circle(181, 2, 3)",
            "Invalid input '(', expected a longitude up to 180, a latitude up to 90 degrees and a radius that is not negative"
            " (line 1, column 16)",
        ),
        ("a = " + "9" * 401, "Invalid input '9', expected a number of at most 400 digits (line 1, column 5)"),
        ("a = 1e999", "Invalid input '1', expected a number of at most 400 digits (line 1, column 5)"),
    ],
)
def test_tells_where_a_syntax_error_is(text: str, reason: str) -> None:
    with pytest.raises(PredicateError) as caught:
        parse(text, {})
    assert caught.value.message == f"Malformed parameter: where: Syntax error while parsing 'where'. {reason}"


def test_names_the_parameter_that_is_wrong() -> None:
    with pytest.raises(PredicateError) as caught:
        parse("=", {}, "predicate")
    assert caught.value.message == (
        "Malformed parameter: predicate: Syntax error while parsing 'predicate'. "
        "Invalid input '=', expected not or conditional expression (line 1, column 1)"
    )


@pytest.mark.parametrize(
    ("text", "variables", "tree"),
    [
        ("a = :x", {"x": ["bare text"]}, Compare("a", "=", Loose("bare text"))),
        ("a = :x", {"x": ['"quoted \\" text"']}, Compare("a", "=", 'quoted " text')),
        ("a = :x", {"x": ["12"]}, Compare("a", "=", Loose("12"))),
        ("a = :x", {"x": ['"']}, Compare("a", "=", Loose('"'))),
        ("a in :list", {"list": ["x", '"y"']}, In("a", (Loose("x"), "y"))),
        ("a in (:list, 3)", {"list": ["x", "y"]}, In("a", (Loose("x"), Loose("y"), 3))),
        ("a contains all :list", {"list": ["x"]}, ContainsAll("a", (Loose("x"),))),
        ("a within circle(:lon, :lat, 5)", {"lon": ["1.5"], "lat": ["-2"]}, WithinCircle("a", 1.5, -2.0, 5.0)),
    ],
)
def test_variables_stand_for_values(text: str, variables: dict[str, list[str]], tree: Predicate) -> None:
    assert parse(text, variables) == tree


@pytest.mark.parametrize(
    ("text", "variables", "message"),
    [
        ("a = :x", {}, "Malformed parameter: where: The input parameter 'x' is not bound to a value."),
        ("a in :x", {"x": []}, "Malformed parameter: where: The input parameter 'x' is not bound to a value."),
        ("a = :x", {"x": ["1", "2"]}, "Malformed parameter: where: The input parameter 'x' has 2 values where one is compared."),
        (
            "a = :x",
            {"x": ['"a" or "b"']},
            "Malformed parameter: var.x: Syntax error while parsing 'var.x'. "
            "Invalid input 'o', expected one quoted string (line 1, column 5)",
        ),
        (
            "a = :x",
            {"x": ["\ud800"]},
            "Malformed parameter: var.x: Syntax error while parsing 'var.x'. "
            "Invalid input '\ud800', expected text without half a surrogate pair (line 1, column 1)",
        ),
        (
            "a = :x",
            {"x": ["a\x00"]},
            "Malformed parameter: var.x: Syntax error while parsing 'var.x'. "
            "Invalid input '\x00', expected text without null characters (line 1, column 2)",
        ),
    ],
)
def test_refuses_a_variable_that_is_no_value(text: str, variables: dict[str, list[str]], message: str) -> None:
    with pytest.raises(PredicateError) as caught:
        parse(text, variables)
    assert caught.value.message == message


def test_depth_is_bounded() -> None:
    # The outermost predicate is the first of the 50 levels.
    assert parse("(" * 49 + "a = 1" + ")" * 49, {}) == A
    for text in ("(" * 50 + "a = 1" + ")" * 50, "a(" * 50 + "b = 1" + ")" * 50, "(" * 20_000):
        with pytest.raises(PredicateError, match="nested deeper than 50 levels"):
            parse(text, {})


def test_length_is_bounded() -> None:
    padding = " " * (20_000 - len("a=1"))
    assert parse("a=1" + padding, {}) == A
    with pytest.raises(PredicateError, match="longer than 20000 characters"):
        parse("a=1 " + padding, {})


@pytest.mark.parametrize(
    "text", ['"' + "\\" * 19_000, '"' + 'a\\"' * 6_000, "`" * 19_999, "not " * 5_000, "1" * 20_000, ":" * 20_000]
)
def test_hostile_text_is_refused_in_no_time(text: str) -> None:
    started = time.thread_time()
    with pytest.raises(PredicateError):
        parse(text, {})
    assert time.thread_time() - started < 1
