"""Other amounts of entries: what the decimals say is what the minor units say, whatever amounts there are, and back again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import facts
from domain.order.orders import KNOWN
from emporix.test_drafts import made, shown
from orderwright.domain.order.kept import KeptOrder, in_force
from orderwright.domain.order.model import Order
from orderwright.emporix.changing.recalculating import Resizing, recalculated
from orderwright.emporix.resource import RESOURCE

FACTS = facts(found=KNOWN)


def cost(net: Decimal, gross: Decimal) -> dict[str, float]:
    return {"netValue": float(net), "grossValue": float(gross), "taxValue": float(gross - net)}


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """Entries at prices of up to three decimals, with 19 or 7 % included, and a fee of the payment."""
    entries = []
    nets, grosses = [], []
    for number in range(draw(st.integers(1, 4))):
        amount = draw(st.integers(1, 9))
        unit = Decimal(draw(st.integers(1, 500_000))).scaleb(-3)
        gross = unit * amount
        net = (gross / (1 + Decimal(draw(st.sampled_from((19, 7)))) / 100)).quantize(Decimal("0.001"))
        nets.append(net)
        grosses.append(gross)
        figures = cost(net, gross)
        entries.append(
            {
                "id": f"e-{number}",
                "amount": amount,
                "product": {"id": f"p-{number}", "sku": f"own-{number}", "name": f"P{number}"},
                "price": {"currency": "EUR", "originalAmount": float(unit)},
                "unitPrice": float(unit),
                "calculatedPrice": {"price": figures, "discountedPrice": figures, "finalPrice": figures},
                "tax": {"lines": [{"amount": float(gross - net), "rate": 19, "inclusive": True}]},
            }
        )
    fee = Decimal(draw(st.integers(0, 5_000))).scaleb(-3)
    price = cost(sum(nets, Decimal(0)), sum(grosses, Decimal(0)))
    final = cost(sum(nets, Decimal(0)) + fee, sum(grosses, Decimal(0)) + fee)
    return {
        "currency": "EUR",
        "entries": entries,
        "calculatedPrice": {"price": price, "discountedPrice": price, "totalFee": cost(fee, fee), "finalPrice": final},
    }


def resized(order: Order, amounts: dict[str, int]) -> Order:
    action = recalculated(order, shown(order), Resizing(amounts=amounts, ordered=True))
    after = RESOURCE.actions.apply(order, (action,), FACTS).after
    assert isinstance(after, KeptOrder)
    return after


def thousandths(value: Any) -> int:
    return round(Decimal(str(value)) * 1000)


@settings(max_examples=40, deadline=None)
@given(orders(), st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_decimals_and_minor_units_never_drift(body: dict[str, Any], amounts: list[int]) -> None:
    wanted = {entry["id"]: amount for entry, amount in zip(body["entries"], amounts, strict=False)}
    if not any(wanted.values()):
        wanted["e-0"] = 1
    order = resized(made(body), wanted)
    found = shown(order)
    assert [(entry["id"], entry["amount"]) for entry in found["entries"]] == [(id, n) for id, n in wanted.items() if n]
    whole = found["calculatedPrice"]
    # The parts add up to the last decimal, and gross less net is tax.
    for name in ("price", "discountedPrice"):
        of_entries = [thousandths(entry["calculatedPrice"][name]["grossValue"]) for entry in found["entries"]]
        assert thousandths(whole[name]["grossValue"]) == sum(of_entries)
    gross = thousandths(whole["discountedPrice"]["grossValue"]) + thousandths(whole["totalFee"]["grossValue"])
    assert thousandths(whole["finalPrice"]["grossValue"]) == gross
    for figures in (*whole.values(), *(entry["calculatedPrice"]["price"] for entry in found["entries"])):
        values = [thousandths(figures[name]) for name in ("netValue", "grossValue", "taxValue")]
        assert values[1] - values[0] == values[2]
    # Minor units are the nearest ones: to half of one.
    assert abs(order.total_price.cent_amount * 10 - thousandths(whole["finalPrice"]["grossValue"])) <= 5
    for item, entry in zip(order.custom_line_items, found["entries"], strict=False):
        assert item.quantity == entry["amount"]
        assert abs(item.total_price.cent_amount * 10 - thousandths(entry["calculatedPrice"]["price"]["grossValue"])) <= 5
    assert in_force(order) == order
