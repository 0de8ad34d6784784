"""More than sixty worked discounts, each to the cent: half of them by hand, thirty by a script of fractions."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from domain.sale.discounts.golden import by_hand, by_script, unit_by_unit
from domain.sale.discounts.golden.reading import figures

BY_HAND = by_hand.CASES
BY_SCRIPT: list[dict[str, Any]] = [json.loads(line) for line in by_script.FILE.read_text().splitlines()]
# What the script may know: how to calculate and to write, and its own rules; nothing of what it is held against.
KNOWN = {"__future__", "collections", "fractions", "itertools", "json", "pathlib", "typing"}


@pytest.mark.parametrize("case", [*BY_HAND, *BY_SCRIPT], ids=lambda case: case["name"])
def test_a_worked_discount(case: dict[str, Any]) -> None:
    assert figures(case) == case["figures"]


@pytest.mark.parametrize("case", BY_HAND, ids=lambda case: case["name"])
def test_what_is_worked_by_hand_is_so_unit_by_unit(case: dict[str, Any]) -> None:
    assert unit_by_unit.Case(case).figures() == case["figures"]


def test_they_are_of_every_kind() -> None:
    assert len(BY_SCRIPT) == 30
    assert len(BY_HAND) >= 30
    assert len({case["name"] for case in [*BY_HAND, *BY_SCRIPT]}) == len(BY_HAND) + len(BY_SCRIPT)
    applied = set()
    for case in BY_SCRIPT:
        *items, (_, _, off_total) = case["figures"]
        numbers = {number for item in items for _, _, taken in item for number, _ in taken} | {number for number, _ in off_total}
        for number in numbers:
            value, target = (case["discounts"][number - 1][name] for name in ("value", "target"))
            applied.add((target["type"], value["type"], value.get("applicationMode")))
    assert applied == set(by_script.PAIRS)
    assert {case["currency"] for case in BY_SCRIPT} == set(by_script.CURRENCIES)
    assert {case["rounding"] for case in BY_SCRIPT} == set(by_script.ROUNDINGS)
    assert {len(case["discounts"]) for case in BY_SCRIPT} == {2, 3}


def test_the_file_is_what_the_script_writes() -> None:
    assert by_script.FILE.read_text() == "".join(by_script.lines())


@pytest.mark.parametrize("script", [by_script, unit_by_unit], ids=["by_script", "unit_by_unit"])
def test_the_script_knows_nothing_of_what_it_is_held_against(script: Any) -> None:
    text = Path(script.__file__).read_text()
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported - {"domain.sale.discounts.golden.unit_by_unit"}} <= KNOWN
    assert "__import__" not in text
