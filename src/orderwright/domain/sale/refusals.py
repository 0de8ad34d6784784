"""What a cart or an order is refused with for its prices, taxes and stock."""

from __future__ import annotations

from typing import Any

from orderwright.errors import ApiError


def matching_price_not_found(
    *, product_id: str, variant_id: int, currency: str, country: str | None, customer_group: str | None, channel: str | None
) -> ApiError:
    scope = [f"currency '{currency}'"]
    scope += [
        f"{name} '{value}'"
        for name, value in (("country", country), ("customer group", customer_group), ("channel", channel))
        if value
    ]
    message = f"The variant '{variant_id}' of product '{product_id}' does not contain a price for {', '.join(scope)}."
    return ApiError(
        400,
        "MatchingPriceNotFound",
        message,
        productId=product_id,
        variantId=variant_id,
        currency=currency,
        country=country,
        customerGroup={"typeId": "customer-group", "id": customer_group} if customer_group else None,
        channel={"typeId": "channel", "id": channel} if channel else None,
    )


def missing_tax_rate_for_country(tax_category_id: str, country: str | None, state: str | None) -> ApiError:
    place = f"{country or ''}{' - ' + state if state else ''}"
    message = f"Tax category '{tax_category_id}' is missing a tax rate for country '{place}'."
    return ApiError(400, "MissingTaxRateForCountry", message, taxCategoryId=tax_category_id, country=country, state=state)


def out_of_stock(line_items: list[str], skus: list[str]) -> ApiError:
    named = ", ".join(skus or line_items)  # a line of an import need not have a SKU
    message = f"Some line items are out of stock at the time of placing the order: {named}."
    return ApiError(400, "OutOfStock", message, lineItems=line_items, skus=skus)


def discount_code_non_applicable(text: str | None = None, *, id: str | None = None, **more: Any) -> ApiError:
    """A code that a cart does not get, or is not ordered with: by its text, its id and, where they matter, its times."""
    message = f"The discountCode {id or text} cannot be applied to the cart."
    return ApiError(400, "DiscountCodeNonApplicable", message, discountCode=text, discountCodeId=id, **more)


def line_item_quantity_above_limit(quantity: int, most: int, line_item: str | None) -> ApiError:
    message = f"Quantity '{quantity}' greater than maximum '{most}'."
    return ApiError(400, "LineItemQuantityAboveLimit", message, quantity=quantity, maxCartQuantity=most, lineItem=line_item)


def line_item_quantity_below_limit(quantity: int, least: int, line_item: str | None) -> ApiError:
    message = f"Quantity '{quantity}' less than minimum '{least}'."
    return ApiError(400, "LineItemQuantityBelowLimit", message, quantity=quantity, minCartQuantity=least, lineItem=line_item)
