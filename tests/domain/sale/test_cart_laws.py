"""Laws of a cart's changes: what is different commutes, what is taken back leaves nothing, two calculations are one."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cart.buying import body, create, update
from domain.sale.several import ADDRESSES, IN_GERMANY, going
from domain.sale.test_cart_properties import check_sums
from orderwright.domain.sale.model import Cart

KEYS = ("mugs", "books", "pencils")
SKUS = {"mugs": "mug-blue", "books": "book", "pencils": "pencil"}
RATES: list[dict[str, Any]] = [
    {"name": "nine", "amount": 0.09, "country": "DE", "includedInPrice": True},
    {"name": "top", "amount": 0.175, "country": "DE"},
    {"name": "two", "country": "DE", "subRates": [{"name": "one", "amount": 0.07}, {"name": "other", "amount": 0.055}]},
    {"name": "tax", "amount": 0.2, "country": "DE", "includedInPrice": True, "taxRoundingTarget": "Tax"},
]
LEVELS = ("LineItemLevel", "UnitPriceLevel")
MODES = ("HalfEven", "HalfUp", "HalfDown")
quantities = st.integers(1, 60)
amounts = st.integers(0, 100_000)
rates = st.sampled_from(RATES)


def euros(cents: int) -> dict[str, Any]:
    return {"currencyCode": "EUR", "centAmount": cents}


def fine(mills: int) -> dict[str, Any]:
    return {"type": "highPrecision", "currencyCode": "EUR", "fractionDigits": 4, "preciseAmount": mills}


modes = st.fixed_dictionaries(
    {
        "priceRoundingMode": st.sampled_from(MODES),
        "taxRoundingMode": st.sampled_from(MODES),
        "taxCalculationMode": st.sampled_from(LEVELS),
    }
)


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    """A cart of three lines and a custom line, taxed by the platform or from outside, sent with one method or two."""
    external, several = draw(st.booleans()), draw(st.booleans())
    lines = []
    for key in KEYS:
        line: dict[str, Any] = {"key": key, "sku": SKUS[key], "quantity": draw(quantities)}
        if several:
            first = draw(st.integers(0, line["quantity"]))
            line["shippingDetails"] = going(slow=first, fast=line["quantity"] - first)
            if external:
                line["perMethodExternalTaxRate"] = [
                    {"shippingMethodKey": key, "taxRate": draw(rates)} for key in ("slow", "fast")
                ]
        elif external:
            line["externalTaxRate"] = draw(rates)
        match draw(st.integers(0, 4)):
            case 0:
                line["externalPrice"] = fine(draw(st.integers(0, 1_000_000)))
            case 1:
                line["externalTotalPrice"] = {"price": euros(draw(amounts)), "totalPrice": euros(draw(amounts))}
        lines.append(line)
    wrap: dict[str, Any] = {
        "name": {"en": "wrap"},
        "slug": "wrap",
        "key": "wrap",
        "money": fine(draw(st.integers(-10_000, 1_000_000))),
    }
    wrap |= {"quantity": draw(quantities)} | ({} if external else {"taxCategory": {"key": "standard"}})
    if several:
        wrap["shippingDetails"] = going(slow=wrap["quantity"])
        sent: dict[str, Any] = {"shippingMode": "Multiple", "shipping": IN_GERMANY, "itemShippingAddresses": ADDRESSES}
    else:
        wrap |= {"externalTaxRate": draw(rates)} if external else {}
        sent = {"shippingAddress": {"country": "DE"}, "shippingMethod": {"key": "standard"}}
        sent |= {"externalTaxRateForShippingMethod": draw(rates)} if external else {}
    return {
        "taxMode": "External" if external else "Platform",
        "lineItems": lines,
        "customLineItems": [wrap],
        **sent,
        **draw(modes),
    }


def figures(cart: Cart) -> dict[str, Any]:
    """The cart as it is answered, less the times of its lines and the ids that were given on the way."""
    seen = body(cart)
    for line in seen["lineItems"]:
        del line["lastModifiedAt"]
        if line["priceMode"] != "Platform":
            del line["price"]["id"]
    return seen


# Each changes something else of a cart, whatever the others do; what looks at the whole, such as a tax mode, is not among them.
CHANGES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "units of a line": st.builds(
        lambda units: {
            "action": "changeLineItemQuantity",
            "lineItemKey": "pencils",
            "quantity": units,
            "externalPrice": euros(3),
        },
        quantities,
    ),
    "price of another": st.builds(
        lambda mills: {"action": "setLineItemPrice", "lineItemKey": "books", "externalPrice": fine(mills)},
        st.integers(0, 1_000_000),
    ),
    "total of a third": st.builds(
        lambda cents: {
            "action": "setLineItemTotalPrice",
            "lineItemKey": "mugs",
            "externalTotalPrice": {"price": euros(1), "totalPrice": euros(cents)},
        },
        amounts,
    ),
    "money": st.builds(
        lambda mills: {"action": "changeCustomLineItemMoney", "customLineItemKey": "wrap", "money": fine(mills)},
        st.integers(-100_000, 1_000_000),
    ),
    "units of a custom line": st.builds(
        lambda units: {"action": "changeCustomLineItemQuantity", "customLineItemKey": "wrap", "quantity": units}, quantities
    ),
    "rounding of prices": st.builds(
        lambda mode: {"action": "changePriceRoundingMode", "priceRoundingMode": mode}, st.sampled_from(MODES)
    ),
    "rounding of taxes": st.builds(
        lambda mode: {"action": "changeTaxRoundingMode", "taxRoundingMode": mode}, st.sampled_from(MODES)
    ),
    "level of taxes": st.builds(
        lambda level: {"action": "changeTaxCalculationMode", "taxCalculationMode": level},
        st.sampled_from(LEVELS),
    ),
    "locale": st.just({"action": "setLocale", "locale": "de"}),
}
changes = st.lists(st.sampled_from(sorted(CHANGES)), min_size=2, max_size=5, unique=True).flatmap(
    lambda names: st.tuples(*(CHANGES[name] for name in names))
)


@settings(deadline=None, max_examples=120)
@given(draft=drafts(), chosen=changes, order=st.randoms(use_true_random=False))
def test_changes_of_different_things_commute(draft: dict[str, Any], chosen: tuple[dict[str, Any], ...], order: Any) -> None:
    cart = create(**draft)
    shuffled = list(chosen)
    order.shuffle(shuffled)
    together = figures(update(cart, *chosen))
    assert figures(update(cart, *shuffled)) == together
    alone = cart
    for action in shuffled:
        alone = update(alone, action)
    assert figures(alone) == together


@settings(deadline=None, max_examples=120)
@given(draft=drafts(), chosen=changes)
def test_no_calculation_is_more_than_one(draft: dict[str, Any], chosen: tuple[dict[str, Any], ...]) -> None:
    """However it is rounded: six carts of each draft."""
    changed = update(create(**draft), *chosen)
    for mode, level in product(MODES, LEVELS):
        cart = update(
            changed,
            {"action": "changePriceRoundingMode", "priceRoundingMode": mode},
            {"action": "changeTaxRoundingMode", "taxRoundingMode": mode},
            {"action": "changeTaxCalculationMode", "taxCalculationMode": level},
        )
        assert update(cart) == cart
        assert update(cart, {"action": "recalculate"}) == cart
        check_taxes(body(cart))
        if cart.shipping_mode == "Single":
            check_sums(cart)


def check_taxes(seen: Any) -> None:
    """Wherever something is taxed, gross is net and tax, and the tax is its portions."""
    if isinstance(seen, list):
        for each in seen:
            check_taxes(each)
    elif isinstance(seen, dict):
        if "totalNet" in seen:
            net, gross, tax = (seen[name]["centAmount"] for name in ("totalNet", "totalGross", "totalTax"))
            assert gross == net + tax
            assert tax == sum(portion["amount"]["centAmount"] for portion in seen["taxPortions"])
        for each in seen.values():
            check_taxes(each)


added = st.one_of(
    st.builds(
        lambda units, cents: (
            {"action": "addLineItem", "sku": "mug-red", "key": "new", "quantity": units, "externalPrice": euros(cents)},
            {"action": "removeLineItem", "lineItemKey": "new"},
        ),
        quantities,
        amounts,
    ),
    st.builds(
        lambda units: (
            {"action": "addLineItem", "sku": "mug-red", "key": "new", "quantity": units},
            {"action": "changeLineItemQuantity", "lineItemKey": "new", "quantity": 0},
        ),
        quantities,
    ),
    st.builds(
        lambda units, mills: (
            {
                "action": "addCustomLineItem",
                "name": {"en": "new"},
                "slug": "new",
                "key": "new",
                "quantity": units,
                "money": fine(mills),
                "taxCategory": {"key": "net"},
            },
            {"action": "removeCustomLineItem", "customLineItemKey": "new"},
        ),
        quantities,
        st.integers(-100_000, 1_000_000),
    ),
)


@settings(deadline=None, max_examples=250)
@given(draft=drafts(), pair=added)
def test_what_is_added_and_removed_leaves_nothing(draft: dict[str, Any], pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    cart = create(**draft)
    there, back = pair
    between = update(cart, there)
    assert figures(between) != figures(cart)
    assert figures(update(between, back)) == figures(cart)
    assert figures(update(cart, there, back)) == figures(cart)


@settings(deadline=None, max_examples=150)
@given(draft=drafts(), units=quantities)
def test_units_that_are_added_to_a_line_and_removed_leave_nothing(draft: dict[str, Any], units: int) -> None:
    cart = create(**draft)
    (line,) = (line for line in cart.line_items if line.key == "pencils")
    if line.price_mode != "Platform":
        return
    more = update(cart, {"action": "addLineItem", "sku": "pencil", "quantity": units})
    assert [each.quantity for each in more.line_items if each.key == "pencils"] == [line.quantity + units]
    less = update(more, {"action": "removeLineItem", "lineItemKey": "pencils", "quantity": units})
    assert figures(less) == figures(cart)
