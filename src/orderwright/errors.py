"""The catalogue of API errors: each with its status, its fixed text and its fields, as the specification words them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec


class ApiError(Exception):
    """A refusal as the API answers it. `fields` stand in the error object beside `code` and `message`.

    `taken` is the kind and value of the claim that another document has, where that is the reason.
    """

    taken: tuple[str, str] | None = None

    def __init__(self, status: int, code: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.fields = {name: value for name, value in fields.items() if value is not None}

    def body(self) -> dict[str, Any]:
        """The JSON body: the first error's message stands at the top as well."""
        return {
            "statusCode": self.status,
            "message": self.message,
            "errors": [{"code": self.code, "message": self.message, **self.fields}],
        }


class AuthError(ApiError):
    """A refusal of RFC 6749 or 6750, which also carries `error` and `error_description`."""

    def __init__(self, status: int, error: str, description: str, code: str | None = None) -> None:
        super().__init__(status, code or error, description)
        self.error = error

    def body(self) -> dict[str, Any]:
        """The API's body with the OAuth members beside it."""
        return {**super().body(), "error": self.error, "error_description": self.message}


class MethodNotAllowedError(ApiError):
    """The path is served, but not with this method; `allowed` are those it is served with."""

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(405, "MethodNotAllowed", f"The method {method} is not served here.")
        self.allowed = allowed


class InvalidCredentialsError(ApiError):
    """No customer has this e-mail address and password; which of the two is wrong is not told."""

    def __init__(self) -> None:
        super().__init__(400, "InvalidCredentials", "Account with the given credentials not found.")


class OverCapacityError(ApiError):
    """The server cannot take the request now; the client may send it again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(503, "OverCapacity", message)
        self.retry_after = retry_after


def invalid_json_input(detail: str) -> ApiError:
    return ApiError(400, "InvalidJsonInput", "Request body does not contain valid JSON.", detailedErrorMessage=detail)


def invalid_input(message: str) -> ApiError:
    return ApiError(400, "InvalidInput", message)


def invalid_operation(message: str) -> ApiError:
    return ApiError(400, "InvalidOperation", message)


def required_field(field: str) -> ApiError:
    return ApiError(400, "RequiredField", f"A value is required for field {field}.", field=field)


def _shown(value: Any) -> str:
    # As JSON has it: not False, but false. Texts stand without quotes.
    return str(value) if isinstance(value, str | Decimal) else msgspec.json.encode(value, enc_hook=str).decode()


def invalid_field(field: str, value: Any, allowed: list[Any] | None = None) -> ApiError:
    message = f"The value {_shown(value)} is not valid for field {field}."
    return ApiError(400, "InvalidField", message, field=field, invalidValue=value, allowedValues=allowed)


def duplicate_field(field: str, value: Any, conflicting: dict[str, str] | None = None) -> ApiError:
    message = f"A duplicate value {_shown(value)} exists for field {field}."
    return ApiError(400, "DuplicateField", message, field=field, duplicateValue=value, conflictingResource=conflicting)


def referenced_resource_not_found(type_id: str, *, id: str | None = None, key: str | None = None) -> ApiError:
    named = f"with id '{id}'" if id is not None else f"with key '{key}'"
    message = (
        f"The referenced object of type '{type_id}' {named} was not found. It either doesn't exist, or it can't be accessed "
        "from this endpoint (e.g., if the endpoint filters by store or customer account)."
    )
    return ApiError(400, "ReferencedResourceNotFound", message, typeId=type_id, id=id, key=key)


def reference_exists(resource: str, type_id: str) -> ApiError:
    message = f"Can not delete a {resource} while it is referenced by at least one {type_id}."
    return ApiError(400, "ReferenceExists", message, referencedBy=type_id)


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


def language_used_in_stores() -> ApiError:
    message = "Language(s) in use by a store cannot be deleted. Remove them in all the stores of this project first."
    return ApiError(400, "LanguageUsedInStores", message)


def country_not_configured_in_store(country: str, store_key: str, store_countries: list[str]) -> ApiError:
    message = f"The country {country} is not configured for the store {store_key}."
    return ApiError(400, "CountryNotConfiguredInStore", message, country=country, storeCountries=store_countries)


def project_not_configured_for_languages(languages: list[str]) -> ApiError:
    message = "The project is not configured for given languages."
    return ApiError(400, "ProjectNotConfiguredForLanguages", message, languages=languages)


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


def duplicate_enum_values(keys: list[str]) -> ApiError:
    message = f"The enum values contain duplicate keys: {', '.join(keys)}."
    return ApiError(400, "DuplicateEnumValues", message, duplicates=keys)


def enum_key_already_exists(key: str, attribute_name: str) -> ApiError:
    message = f"The {attribute_name} attribute definition already contains an enum value with the key {key}."
    return ApiError(
        400, "EnumKeyAlreadyExists", message, conflictingEnumKey=key, conflictingAttributeName=attribute_name
    )


def enum_key_does_not_exist(key: str, attribute_name: str) -> ApiError:
    message = f"The {attribute_name} field definition does not contain an enum value with the key {key}."
    return ApiError(400, "EnumKeyDoesNotExist", message, conflictingEnumKey=key, conflictingAttributeName=attribute_name)


def enum_value_is_used(keys: list[str], attribute_name: str) -> ApiError:
    used = f"{', '.join(keys)} is used by some products"
    message = f"{used} and cannot be deleted because the {attribute_name} attribute is required."
    return ApiError(400, "EnumValueIsUsed", message)


def enum_values_must_match() -> ApiError:
    return ApiError(400, "EnumValuesMustMatch", "The given values must be equal to the existing enum values.")


def missing_tax_rate_for_country(tax_category_id: str, country: str | None, state: str | None) -> ApiError:
    place = f"{country or ''}{' - ' + state if state else ''}"
    message = f"Tax category '{tax_category_id}' is missing a tax rate for country '{place}'."
    return ApiError(400, "MissingTaxRateForCountry", message, taxCategoryId=tax_category_id, country=country, state=state)


def payment_in_use(id: str) -> ApiError:
    return invalid_operation(f"The payment '{id}' is already assigned to another order or active cart.")


def price_changed(line_items: list[str], shipping: bool) -> ApiError:
    what, named = ("some line items", f": {', '.join(line_items)}") if line_items else ("the shipping", "")
    message = f"The price or tax of {what} changed at the time of placing the order{named}."
    return ApiError(400, "PriceChanged", message, lineItems=line_items, shipping=shipping)


def shipping_method_does_not_match_cart() -> ApiError:
    return ApiError(400, "ShippingMethodDoesNotMatchCart", "The predicate does not match the cart.")


def money_overflow() -> ApiError:
    return ApiError(400, "MoneyOverflow", "A Money operation resulted in an overflow.")


def resource_not_found(*, id: str | None = None, key: str | None = None, named: str | None = None) -> ApiError:
    """404 by id, by key, or by another name such as `order number 'A-1'`."""
    what = named or (f"ID '{id}'" if id is not None else f"key '{key}'")
    return ApiError(404, "ResourceNotFound", f"The Resource with {what} was not found.")


def concurrent_modification(id: str, expected: int, actual: int) -> ApiError:
    message = f"Object {id} has a different version than expected. Expected: {expected} - Actual: {actual}."
    return ApiError(409, "ConcurrentModification", message, currentVersion=actual)


def size_limit_exceeded() -> ApiError:
    return ApiError(400, "ResourceSizeLimitExceeded", "The resource size exceeds the maximal allowed size of 16 MB.")


def query_timed_out() -> ApiError:
    return ApiError(503, "QueryTimedOut", "The query took longer than its time limit; narrow it by an indexed field.")


def invalid_token() -> AuthError:
    return AuthError(401, "invalid_token", "invalid_token")


def insufficient_scope(any_of: list[str]) -> AuthError:
    text = "Insufficient scope. One of the following scopes is missing: " + ", ".join(any_of) + "."
    return AuthError(403, "insufficient_scope", text)


def missing_role_on_channel(named: str, channel: Any, role: str) -> ApiError:
    """`named` is the id or key by which the request named the channel, `channel` the identifier itself."""
    message = f"Given channel with {named} does not have the required role {role}."
    identifier = {"typeId": "channel", **({"id": channel.id} if channel.id is not None else {"key": channel.key})}
    return ApiError(400, "MissingRoleOnChannel", message, channel=identifier, missingRole=role)


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


def validity_lock_conflict(sku: str, scope: dict[str, Any]) -> ApiError:
    """Another price of the same SKU and scope was written between this one's reading and its writing."""
    message = (
        "Modification already in progress for the combination of SKU, price scope fields (but potentially different validity "
        "period). Please retry after the current operation completes."
    )
    return ApiError(409, "ValidityLockConflict", message, sku=sku, **scope)


def invalid_current_password() -> ApiError:
    return ApiError(400, "InvalidCurrentPassword", "The given current password does not match.")


def expired_customer_token(kind: str) -> ApiError:
    """A token for the `password` or the `email` of a customer."""
    return ApiError(400, f"ExpiredCustomer{kind.capitalize()}Token", f"The given {kind} token has expired.")


class MovedError(OverCapacityError):
    """What was read has moved on, without a new version: to be read again where that helps."""


class StockMovedError(MovedError):
    """The counters of an inventory entry have changed since they were read: to be read again, not to be answered."""

    def __init__(self, id: str) -> None:
        super().__init__(f"The stock of the inventory entry '{id}' is in motion; send the request again.")


def out_of_stock(line_items: list[str], skus: list[str]) -> ApiError:
    named = ", ".join(skus or line_items)  # a line of an import need not have a SKU
    message = f"Some line items are out of stock at the time of placing the order: {named}."
    return ApiError(400, "OutOfStock", message, lineItems=line_items, skus=skus)


def line_item_quantity_above_limit(quantity: int, most: int, line_item: str | None) -> ApiError:
    message = f"Quantity '{quantity}' greater than maximum '{most}'."
    return ApiError(400, "LineItemQuantityAboveLimit", message, quantity=quantity, maxCartQuantity=most, lineItem=line_item)


def line_item_quantity_below_limit(quantity: int, least: int, line_item: str | None) -> ApiError:
    message = f"Quantity '{quantity}' less than minimum '{least}'."
    return ApiError(400, "LineItemQuantityBelowLimit", message, quantity=quantity, minCartQuantity=least, lineItem=line_item)
