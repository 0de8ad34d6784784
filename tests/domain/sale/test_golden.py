"""Sixty worked carts, each to the cent: thirty by hand, thirty by a script of fractions."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from domain.sale.golden import by_hand, by_hand_outside, by_hand_several, by_script
from domain.sale.golden.reading import figures, made

BY_HAND = [*by_hand.CARTS, *by_hand_outside.CARTS, *by_hand_several.CARTS]
BY_SCRIPT = [json.loads(line) for line in by_script.FILE.read_text().splitlines()]
# What the script may know: how to calculate and to write, nothing of what it is held against.
KNOWN = {"__future__", "collections", "fractions", "json", "pathlib", "typing"}


@pytest.mark.parametrize("worked", [*BY_HAND, *BY_SCRIPT], ids=lambda worked: worked["name"])
def test_a_worked_cart(worked: dict[str, Any]) -> None:
    assert figures(made(worked)) == worked["figures"]


def test_the_script_and_the_calculator_agree_on_hundreds_more() -> None:
    """Those that are not in the file; an index names the cart."""
    for index in range(by_script.CARTS, by_script.CARTS + 400):
        worked = by_script.one(index)
        assert figures(made(worked)) == worked["figures"], worked["name"]


def test_they_are_sixty_of_every_kind() -> None:
    assert (len(BY_HAND), len(BY_SCRIPT)) == (30, 30)
    assert len({worked["name"] for worked in [*BY_HAND, *BY_SCRIPT]}) == 60
    drafts = [worked["draft"] for worked in BY_SCRIPT]
    modes = ("Platform", "External", "ExternalAmount", "Disabled")
    names = ("taxMode", "taxCalculationMode", "shippingMode")
    assert {tuple(draft[name] for name in names) for draft in drafts} == {
        (tax, level, shipping)
        for tax in modes
        for level in ("LineItemLevel", "UnitPriceLevel")
        for shipping in ("Single", "Multiple")
    }
    for name in ("priceRoundingMode", "taxRoundingMode"):
        assert {draft[name] for draft in drafts} == {"HalfEven", "HalfUp", "HalfDown"}
    assert {draft["currency"] for draft in drafts} == set(by_script.CURRENCIES)
    assert {draft.get("currency", "EUR") for draft in (worked["draft"] for worked in BY_HAND)} == set(by_script.CURRENCIES)


def test_the_file_is_what_the_script_writes() -> None:
    assert by_script.FILE.read_text() == "".join(by_script.lines())


def test_the_script_knows_nothing_of_what_it_is_held_against() -> None:
    tree = ast.parse(Path(by_script.__file__).read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= KNOWN
    assert "__import__" not in Path(by_script.__file__).read_text()
