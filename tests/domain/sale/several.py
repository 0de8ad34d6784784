"""A cart of the shipping mode `Multiple`: standard shipping to Berlin is `slow`, express to Paris is `fast`."""

from typing import Any

import pytest

from domain.cart.buying import create, update
from domain.order.orders import reason
from orderwright.domain.sale.model import Cart
from orderwright.errors import ApiError

ADDRESSES = [{"country": "DE", "key": "home"}, {"country": "FR", "key": "paris"}, {"country": "DE", "key": "work"}]
BERLIN = {"country": "DE", "city": "Berlin"}
PARIS = {"country": "FR", "city": "Paris"}
SLOW = {"key": "slow", "shippingMethod": {"typeId": "shipping-method", "id": "00000000-0000-4000-8000-000000000011"}}
FAST = {"key": "fast", "shippingMethod": {"typeId": "shipping-method", "id": "00000000-0000-4000-8000-000000000012"}}
SHIPPING = [{**SLOW, "shippingAddress": BERLIN}, {**FAST, "shippingAddress": PARIS}]
IN_GERMANY = [{**SLOW, "shippingAddress": BERLIN}, {**FAST, "shippingAddress": BERLIN}]
NOT_ALLOWED = {"status": 400, "code": "InvalidOperation"}
# Units go to these addresses with these methods.
PLACES = {"slow": "home", "fast": "paris", "odd": "work"}


def going(**units: int) -> dict[str, Any]:
    """Details in which so many units go with each method."""
    targets = [{"addressKey": PLACES[key], "quantity": each, "shippingMethodKey": key} for key, each in units.items()]
    return {"targets": targets}


def mugs(**units: int) -> dict[str, Any]:
    """A line of as many mugs as go with the methods."""
    return {"sku": "mug-blue", "key": "mugs", "quantity": sum(units.values()), "shippingDetails": going(**units)}


def several(*lines: dict[str, Any], **draft: Any) -> Cart:
    """A cart with lines, by default three mugs of which one goes with `slow` and two with `fast`."""
    plain = {"shippingMode": "Multiple", "shipping": SHIPPING, "itemShippingAddresses": ADDRESSES}
    return create(**{**plain, "lineItems": [*(lines or [mugs(slow=1, fast=2)])], **draft})


def refused(cart: Cart, *actions: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(ApiError) as caught:
        update(cart, *actions)
    return reason(caught.value)


def refused_draft(**draft: Any) -> dict[str, Any]:
    with pytest.raises(ApiError) as caught:
        several(**draft)
    return reason(caught.value)


def amounts(price: Any) -> tuple[int, int, int] | None:
    """(net, tax, gross) in minor units."""
    return price and (price.total_net.cent_amount, price.total_tax.cent_amount, price.total_gross.cent_amount)


def costs(cart: Cart) -> dict[str, int]:
    """What each shipping costs."""
    return {shipping.shipping_key: shipping.shipping_info.price.cent_amount for shipping in cart.shipping}


def portions(item: Any) -> dict[str, tuple[int, int, int] | None]:
    return {each.shipping_method_key: amounts(each.taxed_price) for each in item.taxed_price_portions}


def rates(item: Any) -> dict[str, str]:
    return {each.shipping_method_key: each.tax_rate.name for each in item.per_method_tax_rate}
