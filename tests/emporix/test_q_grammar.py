"""The language of `q`: what each form says, and where an error stands."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.emporix.asking import where
from orderwright.emporix.q.grammar import Known, Like, OneOf, Within, Word, read_q
from orderwright.errors import ApiError
from orderwright.predicates.patterns import Pattern, PatternError, read_pattern
from orderwright.predicates.tree import PredicateError


def said(text: str) -> list[tuple[str, Any]]:
    """The terms, each as its path and what is asked, with the texts of its values."""

    def plainly(word: Word) -> str:
        return repr(word.text) if word.quoted else word.text

    found: list[tuple[str, Any]] = []
    for term in read_q(text):
        match term.condition:
            case OneOf(words):
                what: Any = [plainly(word) for word in words]
            case Within(limits):
                what = [f"{limit} {plainly(word)}" for limit, word in limits]
            case Like(pattern):
                what = pattern
            case Known(there):
                what = there
        found.append((".".join(term.path), what))
    return found


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("  ", []),
        ("currency:USD", [("currency", ["USD"])]),
        ("tax.total.amount:20", [("tax.total.amount", ["20"])]),
        ("tax.total.amount:>20", [("tax.total.amount", ["> 20"])]),
        ("tax.total.amount:<=20", [("tax.total.amount", ["<= 20"])]),
        ("a:(>=10 AND <=20)", [("a", [">= 10", "<= 20"])]),
        ("a:( >10 AND <20 AND >=12 )", [("a", ["> 10", "< 20", ">= 12"])]),
        ('created:(>="2021-05-18" AND <"2021-05-20")', [("created", [">= '2021-05-18'", "< '2021-05-20'"])]),
        ("a:null", [("a", False)]),
        ("a:missing", [("a", False)]),
        ("mixins.mixinName:exists", [("mixins.mixinName", True)]),
        ('a:"null"', [("a", ["'null'"])]),
        ("a:nullable", [("a", ["nullable"])]),
        ("id:(order_id1,order_id2)", [("id", ["order_id1", "order_id2"])]),
        ('id:( a , "b c" )', [("id", ["a", "'b c'"])]),
        ("status:(SHIPPED OR CONFIRMED OR CREATED)", [("status", ["SHIPPED", "CONFIRMED", "CREATED"])]),
        ("a:(ORDER OR ANDROID)", [("a", ["ORDER", "ANDROID"])]),
        ("id:x  status:COMPLETED ", [("id", ["x"]), ("status", ["COMPLETED"])]),
        ("customer.email:a@b.c", [("customer.email", ["a@b.c"])]),
        ("entries.itemYrn:urn:x;1", [("entries.itemYrn", ["urn:x;1"])]),
        ("a:b,c", [("a", ["b,c"])]),
        (r'a:"say \"x\" \u00e9"', [("a", ["'say \"x\" é'"])]),
        ("code:~ABC b:1", [("code", Pattern("ABC")), ("b", ["1"])]),
        ("code:(~AB CD)", [("code", Pattern("AB CD"))]),
        ("name.en:~(AB CD) b:1", [("name.en", Pattern("(?:AB CD)")), ("b", ["1"])]),
        ("code:~^Pa", [("code", Pattern("^Pa"))]),
        (r"code:(~a\) [)] (b))", [("code", Pattern(r"a\) [\)] (?:b)"))]),
    ],
)
def test_what_a_text_says(text: str, terms: list[tuple[str, Any]]) -> None:
    assert said(text) == terms


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("currency", 9, "expected '.' or ':'"),
        ("currency USD", 9, "expected '.' or ':'"),
        (":USD", 1, "expected the name of a field"),
        ("a..b:1", 3, "expected the name of a field"),
        ("a:", 3, "expected a value"),
        ("a: 1", 3, "expected a value"),
        ("a:(", 4, "expected a value"),
        ("a:()", 4, "expected a value"),
        ("a:(b c)", 6, "expected ',', 'OR' or ')'"),
        ("a:(b,c OR d)", 8, "expected ',' or ')'"),
        ("a:(b OR c,d)", 10, "expected 'OR' or ')'"),
        ("a:(>1 OR <2)", 7, "expected 'AND' or ')'"),
        ("a:(>1 AND 2)", 11, "expected '>=', '<=', '>' or '<'"),
        ("a:>", 4, "expected a value"),
        ('a:"b', 5, "expected '\"'"),
        ('a:"b"c:1', 6, "expected a space or the end of input"),
        ("a:b)", 4, "expected a space or the end of input"),
        ("a:~", 4, "expected a pattern"),
        ("a:(~b", 6, "expected ')'"),
        ("a:~(b", 6, "expected ')' (of the pattern)"),
        (r"a:~(b)\1", 8, "expected one of d, w, s, t, n, r, f, v or a sign behind the backslash (of the pattern)"),
        ("a:~(b+)+", 8, "expected no repetition of what is repeated (of the pattern)"),
        ("a:1 b:~(?=c)", 9, "expected a plain group (of the pattern)"),
        ("a:\x00", 3, "expected text without null characters and halves of surrogate pairs"),
    ],
)
def test_an_error_tells_its_place(text: str, column: int, expected: str) -> None:
    with pytest.raises(PredicateError) as caught:
        read_q(text)
    assert caught.value.message.endswith(f"{expected} (line 1, column {column})"), caught.value.message
    assert caught.value.message.startswith("Malformed parameter: q: Syntax error while parsing 'q'. ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a:" + "b" * 9_999, "longer than 10000 characters"),
        (" ".join(["a:1"] * 51), "more than 50 terms"),
        ("a:(" + ",".join(["1"] * 501) + ")", "more than 500 values"),
        ("a:(" + ",".join(["1"] * 300) + ") b:(" + ",".join(["1"] * 201) + ")", "more than 500 values"),
        (".".join(["a"] * 21) + ":1", "up to 20 field names"),
        ("compoundLogicalQuery:((a:1) OR (b:2))", "not searched by logical compounds"),
    ],
)
def test_what_is_too_much(text: str, reason: str) -> None:
    with pytest.raises(PredicateError, match=reason):
        read_q(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nothing:1", "The field 'nothing' does not exist."),
        ("cartId.nothing:1", "The field 'cartId.nothing' does not exist."),
        ("subTotalPrice:>20", "The field 'subTotalPrice' is computed where it is shown"),
        ("payments.status:PENDING", "The field 'payments.status' is computed where it is shown"),
        ("entries:x", "The field 'entries' is a list of objects"),
        ("status:OPEN", "expected one of IN_CHECKOUT, CREATED, CONFIRMED, DECLINED, SHIPPED, COMPLETED for the field 'status'"),
        ("totalPrice:x", "expected a number for the field 'totalPrice' (line 1, column 12)"),
        ("totalPrice:~1", "The field 'totalPrice' is no text"),
        ("created:yesterday", "expected a date and time"),
        ("checkout:1", "expected one of true, false for the field 'checkout' (line 1, column 10)"),
        ('customer.name:"' + "a " * 100 + 'b"', "is compared with at most 100 words"),
        ("shippingAddress.contactName:~A", "is made of two names"),
    ],
)
def test_what_a_field_cannot_be_asked(text: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        where(text)
    assert (caught.value.status, caught.value.code) == (400, "InvalidInput")
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("text", "written", "finds", "not_"),
    [
        ("a.c", "a.c", "xabcx", "a\nc"),
        ("^a$", "^a$", "a", "a\n"),
        ("a{2}|b?c", "a{2}|b?c", "aa", "a"),
        (r"\d\s\w", "[0-9][ \t\r\n\f\v][A-Za-z0-9_]", "1 _", "1_"),
        (r"\D", "[^0-9]", "a", "1\n"),
        (r"[a-c\d.-]", r"[a-c0-9\.\-]", "-", "d"),
        (r"[^a\]]", r"[^a\]]", "b", "a]\n"),
        (r"a\.b\$", r"a\.b\$", "a.b$", "axb$"),
        ("(a|b)c", "(?:a|b)c", "bc", "ab"),
        ("ü&", "ü\\&", "xü&", "u&"),
        ("x{0,3}y", "x{0,3}y", "y", "x"),
    ],
)
def test_a_pattern_means_what_it_always_means(text: str, written: str, finds: str, not_: str) -> None:
    pattern = read_pattern(text)
    assert pattern.text == written
    assert pattern.compiled().search(finds)
    assert not pattern.compiled().search(not_)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("*a", 0),
        ("a**", 2),
        ("a+?", 2),
        ("(a*)*", 4),
        ("(ab?){2}", 5),
        ("^*", 1),
        (")", 0),
        ("(a", 2),
        ("()", 1),
        ("[a", 2),
        ("[]", 1),
        ("[[:alpha:]]", 1),
        ("[b-a]", 3),
        (r"[a-\d]", 3),
        (r"[\D]", 2),
        (r"\1", 1),
        (r"\b", 1),
        ("a{51}", 2),
        ("a{3,2}", 2),
        ("a{", 2),
        ("a]", 1),
        ("(?i)a", 1),
        ("a\\", 2),
        ("x" * 201, 200),
        ("(" * 21 + "a" + ")" * 21, 21),
        (("(" + "a" * 30 + "){40}") * 2, 36),
    ],
)
def test_what_is_no_pattern_or_more_than_one(text: str, position: int) -> None:
    with pytest.raises(PatternError) as caught:
        read_pattern(text)
    assert caught.value.position == position, caught.value.expected
