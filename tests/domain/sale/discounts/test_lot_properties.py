"""What holds for any discounts of any items, and that lots of units come to what the walk from unit to unit does."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.sale.discounts.golden.reading import ended, figures, started
from domain.sale.discounts.golden.unit_by_unit import Case
from orderwright.domain.sale.discounts.arithmetic.lots import Item, Portions, per_quantity, total_of

PREDICATES = st.sampled_from(["all", "all", "a", "b", "c"])
MODES = st.sampled_from(["ProportionateDistribution", "EvenDistribution", "IndividualApplication"])
SELECTIONS = st.sampled_from(["Cheapest", "MostExpensive"])
PRICES = st.one_of(
    st.integers(0, 12).map(str), st.integers(0, 3000).map(str), st.integers(1, 90_000).map(lambda parts: f"{parts / 100:.2f}")
)


def money(most: int) -> st.SearchStrategy[Any]:
    return st.integers(0, most).map(lambda cents: [{"currencyCode": "EUR", "centAmount": cents}])


VALUES = st.one_of(
    st.fixed_dictionaries({"type": st.just("relative"), "permyriad": st.integers(0, 10_000), "applicationMode": MODES}),
    st.fixed_dictionaries({"type": st.just("absolute"), "money": money(6000), "applicationMode": MODES}),
    st.fixed_dictionaries({"type": st.just("fixed"), "money": money(2000), "applicationMode": MODES}),
)
COMPONENT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["CountOnLineItemUnits", "CountOnLineItemUnits", "CountOnCustomLineItemUnits"]),
        "predicate": PREDICATES,
    },
    optional={"minCount": st.integers(0, 3), "maxCount": st.integers(1, 3)},
)
EXCLUDING = st.tuples(COMPONENT, st.integers(0, 2)).map(lambda pair: {**pair[0], "excludeCount": pair[1]})
MULTI_BUY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["multiBuyLineItems", "multiBuyCustomLineItems"]),
        "predicate": PREDICATES,
        "triggerQuantity": st.integers(2, 5),
        "discountedQuantity": st.integers(1, 2),
        "selectionMode": SELECTIONS,
    },
    optional={"maxOccurrence": st.integers(1, 3)},
)
PATTERN = st.fixed_dictionaries(
    {
        "type": st.just("pattern"),
        "triggerPattern": st.lists(COMPONENT, max_size=2),
        "targetPattern": st.lists(st.one_of(COMPONENT, EXCLUDING), min_size=1, max_size=2),
        "selectionMode": SELECTIONS,
    },
    optional={"maxOccurrence": st.integers(1, 3)},
)
WHOLE = st.fixed_dictionaries({"type": st.sampled_from(["lineItems", "customLineItems"]), "predicate": PREDICATES})
TARGETS = st.one_of(WHOLE, WHOLE, MULTI_BUY, PATTERN, PATTERN, st.just({"type": "shipping"}))
ITEMS = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["line", "line", "line", "custom"]), "quantity": st.integers(1, 9), "price": PRICES}
    ),
    min_size=1,
    max_size=4,
).map(lambda items: [{**item, "id": "abcd"[place]} for place, item in enumerate(items)])
CASES = st.fixed_dictionaries(
    {
        "currency": st.just("EUR"),
        "rounding": st.sampled_from(["HalfEven", "HalfUp", "HalfDown"]),
        "items": ITEMS,
        "discounts": st.lists(st.fixed_dictionaries({"value": VALUES, "target": TARGETS}), min_size=1, max_size=4),
    }
)


@given(CASES)
@settings(max_examples=200, deadline=None)
def test_lots_come_to_what_single_units_do(case: dict[str, Any]) -> None:
    assert figures(case) == Case(case).figures()


def _costs(item: Item) -> Fraction:
    return sum((lot.quantity * (lot.price + Fraction(lot.part)) for lot in item.lots), Fraction(0))


@given(CASES)
def test_no_price_rises_or_falls_below_zero_and_what_was_taken_is_the_difference(case: dict[str, Any]) -> None:
    for before, after in zip(started(case), ended(case), strict=True):
        (whole,) = before.lots
        assert (before.id, before.kind) == (after.id, after.kind)
        assert sum(lot.quantity for lot in after.lots) == whole.quantity
        for lot in after.lots:
            amounts = [amount for _, amount in lot.taken]
            assert min([0, *amounts]) >= 0
            assert 0 <= lot.price + lot.part == whole.price + whole.part - sum(amounts)
        assert len({(lot.price + lot.part, lot.taken) for lot in after.lots}) == len(after.lots)
        # What is shown costs what the item does, rounded once.
        assert abs(total_of(after, "HalfEven") - _costs(after)) <= Fraction(1, 2)
        shown = per_quantity(after, Portions("EUR"))
        assert sum(bucket.quantity for bucket in shown) == (whole.quantity if after is not before and after != before else 0)


@given(CASES, st.integers(1, 10**9))
def test_a_distributed_amount_is_taken_to_the_cent(case: dict[str, Any], times: int) -> None:
    items = [{**item, "price": item["price"].partition(".")[0], "quantity": item["quantity"] * times} for item in case["items"]]
    for mode in ("ProportionateDistribution", "EvenDistribution"):
        value = {"type": "absolute", "applicationMode": mode, "money": [{"currencyCode": "EUR", "centAmount": 12_347}]}
        one = {**case, "items": items, "discounts": [{"value": value, "target": {"type": "lineItems", "predicate": "all"}}]}
        lines = [place for place, item in enumerate(items) if item["kind"] == "line"]
        had, has = ([_costs(item) for item in state] for state in (started(one), ended(one)))
        taken = sum(had[place] - has[place] for place in lines)
        assert taken == min(12_347, sum(had[place] for place in lines))


@given(CASES)
def test_the_same_again_is_the_same(case: dict[str, Any]) -> None:
    assert ended(case) == ended(case)
