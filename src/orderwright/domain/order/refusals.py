"""The refusals of an order where something has changed since its cart was filled."""

from __future__ import annotations

from orderwright.errors import ApiError


def price_changed(line_items: list[str], shipping: bool) -> ApiError:
    what, named = ("some line items", f": {', '.join(line_items)}") if line_items else ("the shipping", "")
    if not line_items and not shipping:
        what = "the total"
    message = f"The price or tax of {what} changed at the time of placing the order{named}."
    return ApiError(400, "PriceChanged", message, lineItems=line_items, shipping=shipping)


def shipping_method_does_not_match_cart() -> ApiError:
    return ApiError(400, "ShippingMethodDoesNotMatchCart", "The predicate does not match the cart.")
