"""The database finds what the functions find: every line of the seed, on documents of both dialects."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emporix.orders import order
from emporix.test_drafts import ORDER, QUERIES
from emporix.test_q_meaning import LINES, PLACES
from orderwright.emporix.asking import where
from orderwright.engine.json.codec import encode
from orderwright.predicates import compile, to_jsonpath
from orderwright.predicates.patterns import Pattern, PatternError, read_pattern
from orderwright.predicates.tree import Matches, conjoined


async def _answers(dsn: str, documents: list[str], paths: list[str]) -> list[list[bool]]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT array(SELECT d::jsonb @? p::jsonpath FROM unnest($2::text[]) WITH ORDINALITY AS q(p, m) ORDER BY m)"
            " FROM unnest($1::text[]) WITH ORDINALITY AS a(d, n) ORDER BY n",
            documents,
            paths,
        )
        return [list(row[0]) for row in rows]
    finally:
        await connection.close()


def test_the_database_finds_what_the_functions_find(database_url: str) -> None:
    documents: list[Any] = [document for line in (*LINES, *PLACES) for document in line[1:]]
    documents += [json.loads(encode(order())), json.loads(encode(ORDER))]
    trees = [conjoined(where(q, ("en", "de"))) for q in dict.fromkeys([*(line[0] for line in (*LINES, *PLACES)), *QUERIES])]
    found = asyncio.run(_answers(database_url, [json.dumps(each) for each in documents], [to_jsonpath(tree) for tree in trees]))
    functions = [compile(tree) for tree in trees]
    assert found == [[function(document) for function in functions] for document in documents]


PATTERNS = [
    "a", "^a", "a$", "^$", "a.b", "[^a]", "[a-c]+$", r"\d{2,3}", r"\D", r"\s", r"\W", "(ab|c)?d", "a|", r"[\]\^\-\\]", r"\$\.",
    "ü", "^(a|b){2}c*$", "x|^b", "a^b", "a$b", r"[\w.]+@", "b?$", r"\n", "[&|~-]", "[--/]",
]  # fmt: skip
TEXTS = [
    "", "a", "ab", "abd", "d", "ba", "a\nb", "a\n", "\n", "12", "1234", "x y", "]", "^", "\\", "-", "$.", "über", "aabb", "bac",
    "a@b", "a^b", "a$b", "&", "|", "~", "_", "A", "é", "...", "/",
]  # fmt: skip


def test_the_database_and_python_take_a_pattern_for_the_same(database_url: str) -> None:
    trees = [Matches("t", read_pattern(pattern)) for pattern in PATTERNS]
    documents = [{"t": text} for text in TEXTS] + [{"t": ["x", "ab"]}, {"t": 1}, {"t": None}, {}]
    found = asyncio.run(_answers(database_url, [json.dumps(each) for each in documents], list(map(to_jsonpath, trees))))
    for document, row in zip(documents, found, strict=True):
        for tree, answer in zip(trees, row, strict=True):
            assert answer is compile(tree)(document), (tree.pattern.text, document)


def _read(text: str) -> Pattern | None:
    try:
        return read_pattern(text)
    except PatternError:
        return None


# Out of all signs that mean something; most of such texts are no pattern, and those that are one are taken.
SIGNS = st.sampled_from([*"ab1,.^$|?*+()[]{}- ", "{1}", "{0,2}", "[a-b]", "[^a]", r"\d", r"\W", r"\.", r"\s", "\n", "é"])
ANY_PATTERN = st.lists(SIGNS, min_size=1, max_size=8).map("".join).map(_read).filter(lambda found: found is not None)
ANY_TEXT = st.text(alphabet="ab1,.^$|?*+()[]{}- \n\té", max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.lists(ANY_PATTERN, min_size=1, max_size=10), st.lists(ANY_TEXT, min_size=1, max_size=10))
def test_they_take_any_pattern_for_the_same(database_url: str, patterns: list[Pattern], texts: list[str]) -> None:
    trees = [Matches("t", pattern) for pattern in patterns]
    found = asyncio.run(_answers(database_url, [json.dumps({"t": text}) for text in texts], list(map(to_jsonpath, trees))))
    assert found == [[compile(tree)({"t": text}) for tree in trees] for text in texts]


@pytest.mark.parametrize("text", ["a*a*a*a*a*a*a*a*b", "(a|aa){20}b", ".{50}.{50}x", "[a-z]+[a-z]+[a-z]+[0-9]$"])
def test_no_pattern_takes_long(database_url: str, text: str) -> None:
    async def timed() -> None:
        document = json.dumps({"t": "a" * 100_000})
        await asyncio.wait_for(_answers(database_url, [document], [to_jsonpath(Matches("t", read_pattern(text)))]), 5)

    asyncio.run(timed())
