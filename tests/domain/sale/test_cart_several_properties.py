"""What holds for every cart with several shippings: the parts of each item, and of the cart, add up to the whole."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cart.buying import total, update
from domain.sale.several import IN_GERMANY, SHIPPING, going, several
from domain.sale.test_cart_properties import modes
from orderwright.domain.amounts.tax import TaxedItemPrice
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.lines.shares import all_sent, shares_of
from orderwright.domain.sale.model import Cart

METHODS = ("slow", "fast")
# To France there are rates of the category `standard` alone.
WORLD = (SHIPPING, ("mug-blue", "mug-red"), ("standard",))
GERMANY = (IN_GERMANY, ("mug-blue", "mug-red", "book", "pencil"), ("standard", "net", "reduced"))
units = st.fixed_dictionaries({key: st.integers(0, 15) for key in METHODS})


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    """A cart of which some items go whole, some in part, some nowhere, and of some more units would go than there are."""
    shipping, skus, categories = draw(st.sampled_from((WORLD, GERMANY)))
    lines = [{"sku": sku, **draw(sending())} for sku in draw(st.lists(st.sampled_from(skus), max_size=4, unique=True))]
    custom = []
    for slug in draw(st.lists(st.sampled_from(("one", "two", "three")), max_size=3, unique=True)):
        money = {"type": "highPrecision", "currencyCode": "EUR", "fractionDigits": 4}
        mills = draw(st.integers(-100_000, 1_000_000))
        item = {"name": {"en": slug}, "slug": slug, "money": {**money, "preciseAmount": mills}, **draw(sending())}
        custom.append({**item, "taxCategory": {"key": draw(st.sampled_from(categories))}})
    return several(shipping=shipping, lineItems=lines, customLineItems=custom, **draw(modes))


@st.composite
def sending(draw: st.DrawFn) -> dict[str, Any]:
    """How many units an item has, and how many of them go with which method."""
    sent = draw(units)
    short = draw(st.sampled_from((0, 0, 0, 1, -1)))
    return {"quantity": max(1, sum(sent.values()) + short), "shippingDetails": going(**sent)}


def check_price(price: TaxedItemPrice | None, parts: list[TaxedItemPrice]) -> None:
    assert price is not None
    assert price.total_net.cent_amount == sum(part.total_net.cent_amount for part in parts)
    assert price.total_gross.cent_amount == sum(part.total_gross.cent_amount for part in parts)
    tax = price.total_gross.cent_amount - price.total_net.cent_amount
    assert price.total_tax is not None
    assert price.total_tax.cent_amount == tax == sum(portion.amount.cent_amount for portion in price.tax_portions)
    kinds = [(portion.name, portion.rate) for portion in price.tax_portions]
    assert len(kinds) == len(set(kinds))


def check_item(item: LineItem | CustomLineItem, cart: Cart) -> bool:
    """Whether all units of the item go somewhere."""
    shares, whole = shares_of(item, cart), item.total_price.cent_amount
    sent = sum(share.cents for share in shares.values())
    complete = all_sent(item, shares)
    # What goes with no method is the rest, of the whole's sign.
    assert sent == whole if complete else abs(sent) <= abs(whole)
    assert complete == bool(item.shipping_details and item.shipping_details.valid)
    parts = [each.taxed_price for each in item.taxed_price_portions if each.taxed_price is not None]
    if sum(share.units for share in shares.values()) > item.quantity:
        assert parts == []
    else:
        assert [each.shipping_method_key for each in item.taxed_price_portions] == list(shares)
        untaxed = [share.cents for share in shares.values()]
        assert all(
            cents in (part.total_net.cent_amount, part.total_gross.cent_amount)
            for cents, part in zip(untaxed, parts, strict=True)
        )
    if complete:
        check_price(item.taxed_price, parts)
    else:
        assert item.taxed_price is None
    return complete


@settings(deadline=None, max_examples=60)
@given(cart=carts())
def test_sums(cart: Cart) -> None:
    items: list[LineItem | CustomLineItem] = [*cart.line_items, *cart.custom_line_items]
    infos = [shipping.shipping_info for shipping in cart.shipping]
    assert total(cart) == sum(item.total_price.cent_amount for item in items) + sum(info.price.cent_amount for info in infos)
    complete = [check_item(item, cart) for item in items]
    of_shipping = [info.taxed_price for info in infos if info.taxed_price is not None]
    assert len(of_shipping) == len(METHODS)
    assert cart.taxed_shipping_price is not None
    check_price(TaxedItemPrice(**as_members(cart.taxed_shipping_price)), of_shipping)
    if all(complete):
        assert cart.taxed_price is not None
        taxed = [item.taxed_price for item in items if item.taxed_price is not None]
        check_price(TaxedItemPrice(**as_members(cart.taxed_price)), [*taxed, *of_shipping])
    else:
        assert cart.taxed_price is None
    assert update(cart) == cart
    assert update(cart, {"action": "recalculate"}) == cart


def as_members(price: Any) -> dict[str, Any]:
    return {name: getattr(price, name) for name in price.__struct_fields__}
