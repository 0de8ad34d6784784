"""What products, their types and their prices are refused with."""

from __future__ import annotations

from typing import Any

from orderwright.errors import ApiError, CountersMovedError


def duplicate_price_key(price_key: str, conflicting_price: Any) -> ApiError:
    message = f"Duplicate price key: {price_key}. The price key must be unique per variant."
    return ApiError(400, "DuplicatePriceKey", message, conflictingPrice=conflicting_price)


def duplicate_price_scope(price_scope: str, conflicting_price: Any) -> ApiError:
    message = (
        f"Duplicate price scope: {price_scope}. The combination of currency, country, customerGroup and channel must be "
        "unique for each price of a product variant."
    )
    return ApiError(400, "DuplicatePriceScope", message, conflictingPrice=conflicting_price)


def overlapping_price_validity(
    *,
    conflicting_price: str,
    currency: str,
    country: str | None,
    customer_group: Any,
    channel: Any,
    valid_from: str | None,
    valid_until: str | None,
    conflicting_valid_from: str | None,
    conflicting_valid_until: str | None,
) -> ApiError:
    return ApiError(
        400,
        "OverlappingPriceValidity",
        "Two prices have overlapping validity periods.",
        conflictingPrice=conflicting_price,
        currency=currency,
        country=country,
        customerGroup=customer_group,
        channel=channel,
        validFrom=valid_from,
        validUntil=valid_until,
        conflictingValidFrom=conflicting_valid_from,
        conflictingValidUntil=conflicting_valid_until,
    )


def attribute_definition_already_exists(name: str, type_id: str, type_name: str) -> ApiError:
    message = f"An attribute definition with name {name} already exists on product type {type_name}."
    return _attribute_conflict("AttributeDefinitionAlreadyExists", message, name, type_id, type_name)


def attribute_definition_type_conflict(name: str, type_id: str, type_name: str) -> ApiError:
    message = f"The attribute with name {name} has a different type on product type {type_name}."
    return _attribute_conflict("AttributeDefinitionTypeConflict", message, name, type_id, type_name)


def _attribute_conflict(code: str, message: str, name: str, type_id: str, type_name: str) -> ApiError:
    return ApiError(
        400,
        code,
        message,
        conflictingProductTypeId=type_id,
        conflictingProductTypeName=type_name,
        conflictingAttributeName=name,
    )


def attribute_name_does_not_exist(name: str, type_name: str) -> ApiError:
    message = f"Attribute definition for {name} does not exist on type {type_name}."
    return ApiError(400, "AttributeNameDoesNotExist", message, invalidAttributeName=name)


def duplicate_attribute_value(attribute: Any) -> ApiError:
    message = "Attribute can't have the same value in a different variant."
    return ApiError(400, "DuplicateAttributeValue", message, attribute=attribute)


def duplicate_attribute_values(attributes: list[Any]) -> ApiError:
    message = "The set of attributes must be unique across all variants."
    return ApiError(400, "DuplicateAttributeValues", message, attributes=attributes)


def duplicate_variant_values(variant_values: Any) -> ApiError:
    message = "A duplicate combination of the variant values (sku, key, images, prices, attributes) exists."
    return ApiError(400, "DuplicateVariantValues", message, variantValues=variant_values)


def enum_key_already_exists(key: str, attribute_name: str) -> ApiError:
    message = f"The {attribute_name} attribute definition already contains an enum value with the key {key}."
    return ApiError(400, "EnumKeyAlreadyExists", message, conflictingEnumKey=key, conflictingAttributeName=attribute_name)


def enum_key_does_not_exist(key: str, attribute_name: str) -> ApiError:
    message = f"The {attribute_name} field definition does not contain an enum value with the key {key}."
    return ApiError(400, "EnumKeyDoesNotExist", message, conflictingEnumKey=key, conflictingAttributeName=attribute_name)


def enum_value_is_used(keys: list[str], attribute_name: str) -> ApiError:
    used = f"{', '.join(keys)} is used by some products"
    message = f"{used} and cannot be deleted because the {attribute_name} attribute is required."
    return ApiError(400, "EnumValueIsUsed", message)


def enum_values_must_match() -> ApiError:
    return ApiError(400, "EnumValuesMustMatch", "The given values must be equal to the existing enum values.")


def duplicate_standalone_price_scope(sku: str, conflicting_id: str, scope: dict[str, Any]) -> ApiError:
    """`scope` has the price's currency, country, customer group, channel and validity, as far as it has them."""
    message = (
        f"Duplicate standalone price scope for SKU: {sku}. The combination of SKU, currency, country, customerGroup, channel, "
        "validFrom and validUntil must be unique for each standalone price."
    )
    conflicting = {"typeId": "standalone-price", "id": conflicting_id}
    return ApiError(400, "DuplicateStandalonePriceScope", message, conflictingStandalonePrice=conflicting, sku=sku, **scope)


def overlapping_standalone_price_validity(
    sku: str, conflicting_id: str, scope: dict[str, Any], conflicting_from: str | None, conflicting_until: str | None
) -> ApiError:
    return ApiError(
        400,
        "OverlappingStandalonePriceValidity",
        "Two standalone prices have overlapping validity periods.",
        conflictingStandalonePrice={"typeId": "standalone-price", "id": conflicting_id},
        sku=sku,
        conflictingValidFrom=conflicting_from,
        conflictingValidUntil=conflicting_until,
        **scope,
    )


def no_matching_product_discount_found(product_id: str, variant_id: int, price: str) -> ApiError:
    message = f"Couldn't find a matching product discount for: productId={product_id}, variantId={variant_id}, price={price}."
    return ApiError(404, "NoMatchingProductDiscountFound", message)


def validity_lock_conflict(sku: str, scope: dict[str, Any]) -> ApiError:
    """Another price of the same SKU and scope was written between this one's reading and its writing."""
    message = (
        "Modification already in progress for the combination of SKU, price scope fields (but potentially different validity "
        "period). Please retry after the current operation completes."
    )
    return ApiError(409, "ValidityLockConflict", message, sku=sku, **scope)


class StockMovedError(CountersMovedError):
    """The counters of an inventory entry have changed since they were read."""

    def __init__(self, id: str) -> None:
        super().__init__(f"The stock of the inventory entry '{id}' is in motion; send the request again.")
