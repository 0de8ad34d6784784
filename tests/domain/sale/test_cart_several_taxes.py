"""Taxes from outside for units that go with several shipping methods: a rate or an amount under each of them."""

from typing import Any

import pytest

from domain.cart.buying import create, taxed, update
from domain.facts import facts
from domain.order.orders import placed
from domain.sale.several import BERLIN, NOT_ALLOWED, amounts, going, mugs, portions, rates, refused, refused_draft, several
from orderwright.domain.order.replicate import ReplicaCartDraft, replicating
from orderwright.domain.sale.model import Cart
from orderwright.engine.model import Reference
from orderwright.engine.steps import drained

TEN = {"name": "ten", "amount": 0.1, "country": "DE", "includedInPrice": True}
TWENTY = {"name": "twenty", "amount": 0.2, "country": "FR", "includedInPrice": True}
ON_MUGS = {"lineItemKey": "mugs"}
WRAP = {"name": {"en": "Wrapping"}, "slug": "wrap", "key": "wrap", "money": {"currencyCode": "EUR", "centAmount": 100}}


def gross(cents: int, rate: dict[str, Any] = TEN) -> dict[str, Any]:
    return {"totalGross": {"currencyCode": "EUR", "centAmount": cents}, "taxRate": rate}


def by_method(*rates: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"shippingMethodKey": key, "taxRate": rate} for key, rate in rates]


def shipping_rates(cart: Cart) -> Cart:
    return update(
        cart,
        {"action": "setShippingMethodTaxRate", "shippingKey": "slow", "externalTaxRate": TEN},
        {"action": "setShippingMethodTaxRate", "shippingKey": "fast", "externalTaxRate": TWENTY},
    )


def external(**draft: Any) -> Cart:
    """Three mugs, one with slow at 10 % and two with fast at 20 %."""
    given = {"perMethodExternalTaxRate": by_method(("fast", TWENTY), ("slow", TEN))}
    return several({**mugs(slow=1, fast=2), **given}, taxMode="External", **draft)


def test_a_rate_is_given_under_each_method() -> None:
    cart = external()
    assert rates(cart.line_items[0]) == {"slow": "ten", "fast": "twenty"}
    # 9.99 / 1.1 = 9.0818; 19.98 / 1.2 = 16.65.
    assert portions(cart.line_items[0]) == {"slow": (908, 91, 999), "fast": (1665, 333, 1998)}
    assert taxed(cart) is None
    whole = shipping_rates(cart)
    # 4.95 / 1.1 = 4.5; 12.90 / 1.2 = 10.75.
    assert amounts(whole.taxed_shipping_price) == (450 + 1075, 45 + 215, 1785)
    assert taxed(whole) == (2573 + 1525, 424 + 260, 4782)
    assert placed(whole).taxed_price == whole.taxed_price
    copy = drained(replicating(whole, ReplicaCartDraft(reference=Reference(type_id="cart", id=whole.id)), facts(first_id=7000)))
    assert (taxed(copy), rates(copy.line_items[0])) == (taxed(whole), rates(whole.line_items[0]))


def test_a_rate_is_set_and_removed_by_the_key_of_a_method() -> None:
    cart = shipping_rates(several(customLineItems=[{**WRAP, "shippingDetails": going(slow=1)}], taxMode="External"))
    action = {"action": "setLineItemTaxRate", **ON_MUGS}
    wrap = {"action": "setCustomLineItemTaxRate", "customLineItemKey": "wrap", "shippingKey": "slow", "externalTaxRate": TEN}
    given = update(
        cart,
        {**action, "shippingKey": "fast", "externalTaxRate": TWENTY},
        {**action, "shippingKey": "slow", "externalTaxRate": TEN},
        wrap,
    )
    # A wrapping at 1.00 more: 1.00 / 1.1 = 0.9091.
    assert taxed(given) == (2573 + 1525 + 91, 424 + 260 + 9, 4882)
    fewer = update(given, {**action, "shippingKey": "fast"})
    assert (rates(fewer.line_items[0]), taxed(fewer)) == ({"slow": "ten"}, None)
    assert refused(cart, {**action, "externalTaxRate": TEN}) == NOT_ALLOWED
    assert refused(cart, {**action, "shippingKey": "air", "externalTaxRate": TEN})["code"] == "InvalidField"
    single = create(lineItems=[{"sku": "mug-blue", "key": "mugs"}], taxMode="External", shippingAddress=BERLIN)
    assert refused(single, {**action, "shippingKey": "slow", "externalTaxRate": TEN}) == NOT_ALLOWED
    shipping = {"action": "setShippingMethodTaxRate", "externalTaxRate": TEN}
    assert refused(cart, shipping) == NOT_ALLOWED


def test_more_units_bring_their_rates_along() -> None:
    more = {"action": "addLineItem", "sku": "mug-blue", "shippingDetails": going(slow=1)}
    cart = update(external(), {**more, "perMethodExternalTaxRate": by_method(("slow", TWENTY))})
    assert rates(cart.line_items[0]) == {"slow": "twenty", "fast": "twenty"}
    # The rate for all units means nothing here.
    assert rates(update(external(), {**more, "externalTaxRate": TEN}).line_items[0]) == {"slow": "ten", "fast": "twenty"}
    given = {**more, "perMethodExternalTaxRate": by_method(("air", TEN))}
    assert refused(external(), given)["field"] == "shippingMethodKey"
    twice = {**more, "perMethodExternalTaxRate": by_method(("slow", TEN), ("slow", TEN))}
    assert refused(external(), twice)["code"] == "DuplicateField"
    assert refused(several(), {**more, "perMethodExternalTaxRate": by_method(("slow", TEN))}) == NOT_ALLOWED
    single = create(taxMode="External")
    alone = {"action": "addLineItem", "sku": "mug-blue", "perMethodExternalTaxRate": by_method(("slow", TEN))}
    assert refused(single, alone)["field"] == "perMethodExternalTaxRate"


def amounted() -> Cart:
    cart = several(taxMode="ExternalAmount")
    line = {"action": "setLineItemTaxAmount", **ON_MUGS}
    shipping = {"action": "setShippingMethodTaxAmount"}
    return update(
        cart,
        {**line, "shippingKey": "slow", "externalTaxAmount": gross(1100)},
        {**line, "shippingKey": "fast", "externalTaxAmount": gross(2400, TWENTY)},
        {**shipping, "shippingKey": "slow", "externalTaxAmount": gross(550)},
        {**shipping, "shippingKey": "fast", "externalTaxAmount": gross(1500, TWENTY)},
    )


def test_an_amount_is_given_under_each_method() -> None:
    cart = amounted()
    # What the units cost is net.
    assert portions(cart.line_items[0]) == {"slow": (999, 101, 1100), "fast": (1998, 402, 2400)}
    assert amounts(cart.line_items[0].taxed_price) == (2997, 503, 3500)
    assert [amounts(each.shipping_info.taxed_price) for each in cart.shipping] == [(495, 55, 550), (1290, 210, 1500)]
    whole = update(cart, {"action": "setCartTotalTax", "externalTotalGross": {"currencyCode": "EUR", "centAmount": 5550}})
    assert taxed(whole) == (4782, 768, 5550)
    assert placed(whole).taxed_price == whole.taxed_price


def test_an_amount_holds_as_long_as_what_it_is_for() -> None:
    cart = amounted()
    delta = {"action": "applyDeltaToLineItemShippingDetailsTargets", **ON_MUGS, "targetsDelta": going(slow=1)["targets"]}
    fewer = {**delta, "targetsDelta": going(fast=-1)["targets"]}
    # Two with slow and one with fast: neither costs what it did.
    moved = update(cart, delta, fewer)
    assert (portions(moved.line_items[0]), rates(moved.line_items[0])) == ({}, {})
    none = update(cart, {"action": "setLineItemTaxAmount", **ON_MUGS, "shippingKey": "slow"})
    assert (portions(none.line_items[0]), none.line_items[0].taxed_price) == ({"fast": (1998, 402, 2400)}, None)


@pytest.mark.parametrize(
    "action",
    [
        {"action": "setLineItemTaxAmount", **ON_MUGS, "externalTaxAmount": gross(1)},
        {"action": "setShippingMethodTaxAmount", "externalTaxAmount": gross(1)},
        # No unit goes with it.
        {"action": "setLineItemTaxAmount", **ON_MUGS, "shippingKey": "fast", "externalTaxAmount": gross(1)},
    ],
)
def test_an_amount_is_for_units_that_go_with_a_method(action: dict[str, Any]) -> None:
    assert refused(several(mugs(slow=1), taxMode="ExternalAmount"), action) == NOT_ALLOWED


def test_external_taxes_end_with_their_mode() -> None:
    cart = update(external(), {"action": "changeTaxMode", "taxMode": "ExternalAmount"})
    assert (rates(cart.line_items[0]), portions(cart.line_items[0])) == ({}, {})
    platform = update(shipping_rates(external()), {"action": "changeTaxMode", "taxMode": "Platform"})
    assert taxed(platform) == taxed(several())
    assert refused_draft(
        taxMode="Platform", lineItems=[{"sku": "mug-blue", "perMethodExternalTaxRate": by_method(("slow", TEN))}]
    ) == (NOT_ALLOWED)
