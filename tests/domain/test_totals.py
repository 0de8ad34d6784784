"""Totals, and the two rules on states that carts and orders share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from orderwright.domain.amounts.money import cents
from orderwright.domain.amounts.totals import total_price
from orderwright.domain.shop.project.model import (
    CartsConfiguration,
    DiscountsConfiguration,
    InventoryConfiguration,
    MessagesConfiguration,
    Project,
)
from orderwright.domain.shop.state.workflow import check_transition, initial_item_state
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError

NOW = DateTime("2024-05-01T10:00:00.000Z")
PROJECT = Project(
    id="00000000-0000-4000-8000-000000000001",
    version=1,
    created_at=NOW,
    last_modified_at=NOW,
    key="demo",
    name="Demo",
    countries=("DE",),
    currencies=("EUR",),
    languages=("en",),
    messages=MessagesConfiguration(enabled=True),
    carts=CartsConfiguration(delete_days_after_last_modification=90),
    inventory=InventoryConfiguration(release_expired_reservations=False),
    discounts=DiscountsConfiguration(discount_combination_mode="Stacking"),
)


def test_a_total_is_its_lines_and_shipping() -> None:
    assert total_price([1998, 324], 495, "EUR") == cents("EUR", 2817)
    assert total_price([1998, -500], None, "EUR") == cents("EUR", 1498)
    assert total_price([], None, "JPY") == cents("JPY", 0)


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.none() | st.integers(0, 2**63 - 1))
def test_a_total_fits_into_64_bits_or_is_refused(lines: list[int], shipping: int | None) -> None:
    whole = sum(lines) + (shipping or 0)
    if -(2**63) <= whole < 2**63:
        assert total_price(lines, shipping, "EUR").cent_amount == whole
        return
    with pytest.raises(ApiError) as refusal:
        total_price(lines, shipping, "EUR")
    assert (refusal.value.status, refusal.value.code) == (400, "MoneyOverflow")


def test_the_initial_state_is_the_same_for_ever_and_another_in_each_project() -> None:
    # Written out, so that nobody changes the id that stored orders refer to.
    assert initial_item_state(PROJECT).id == "1c42eaa0-06dd-5599-900d-ffdf223f1de1"
    assert initial_item_state(PROJECT).type_id == "state"
    assert initial_item_state(replace(PROJECT, name="Other")) == initial_item_state(PROJECT)
    assert initial_item_state(replace(PROJECT, key="other")) != initial_item_state(PROJECT)


TABLE = {"Advised": frozenset({"Returned"}), "Returned": frozenset({"BackInStock", "Unusable"}), "Unusable": frozenset[str]()}


@pytest.mark.parametrize(
    ("before", "after"), [("Advised", "Returned"), ("Returned", "Unusable"), ("Advised", "Advised"), ("Gone", "Gone")]
)
def test_a_change_that_the_table_allows(before: str, after: str) -> None:
    check_transition(TABLE, before, after, "shipmentState")


@pytest.mark.parametrize(
    ("before", "after"), [("Advised", "Unusable"), ("Returned", "Advised"), ("Unusable", "Returned"), ("Gone", "Advised")]
)
def test_a_change_that_the_table_does_not_know_is_refused(before: str, after: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_transition(TABLE, before, after, "shipmentState")
    assert refusal.value.code == "InvalidOperation"
    assert refusal.value.message == f"The shipmentState can not change from '{before}' to '{after}'."
