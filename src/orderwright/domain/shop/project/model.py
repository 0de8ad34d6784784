"""The project: its countries, currencies and languages, and the defaults of what is made in it."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

from orderwright.domain.amounts.money import RoundingMode
from orderwright.domain.custom.model import CustomFieldLocalizedEnumValue
from orderwright.engine.model import ClientLogging, Resource, Value
from orderwright.engine.references import AssociateRoleReference
from orderwright.engine.scalars import CountryCode, CurrencyCode, DateTime, Id, Key, Locale, whole


class MessagesConfiguration(Value):
    """Whether and for how many days Messages can be queried."""

    enabled: bool
    delete_days_after_creation: Annotated[int, Meta(ge=1, le=90)] | None = None


class CartsConfiguration(Value):
    """Defaults of new carts, and what their owners may do."""

    delete_days_after_last_modification: Annotated[int, Meta(ge=1, le=365_250)]
    country_tax_rate_fallback_enabled: bool | None = None
    price_rounding_mode: RoundingMode | None = None
    tax_rounding_mode: RoundingMode | None = None
    # Not of the API, which has no word for it: without one it is so.
    custom_shipping_method_at_my_carts_enabled: bool | None = None


class ShoppingListsConfiguration(Value):
    """Defaults of new shopping lists."""

    delete_days_after_last_modification: Annotated[int, Meta(ge=1, le=365_250)]


ReservationMinutes = Annotated[int, Meta(ge=1, le=44_640)]


class InventoryConfiguration(Value):
    """How long reservations hold, in minutes, and whether they are given back after that."""

    release_expired_reservations: bool
    reservation_expiration_in_minutes: ReservationMinutes | None = None


class DiscountsConfiguration(Value):
    """How product and cart discounts combine."""

    discount_combination_mode: Literal["Stacking", "BestDeal"]


class CartValueType(Value, tag_field="type", tag="CartValue"):
    """The tiers of shipping rates go by the cart's value."""


class CartScoreType(Value, tag_field="type", tag="CartScore"):
    """The tiers of shipping rates go by a number that is set on the cart."""


class CartClassificationType(Value, tag_field="type", tag="CartClassification"):
    """The tiers of shipping rates go by one of these classes, which is set on the cart."""

    values: tuple[CustomFieldLocalizedEnumValue, ...]


ShippingRateInputType: TypeAlias = CartValueType | CartScoreType | CartClassificationType


class ExternalOAuth(Value):
    """A token introspection endpoint (RFC 7662). What is shown of its authorization header is its scheme alone."""

    url: str
    authorization_header: str


class SearchIndexingConfigurationValues(Value):
    """Whether a search is switched on, and who changed that last."""

    status: Literal["Activated", "Deactivated", "Indexing"] | None = None
    last_modified_at: DateTime | None = None
    last_modified_by: ClientLogging | None = None


class SearchIndexingConfiguration(Value):
    """What is searched apart from queries."""

    products: SearchIndexingConfigurationValues | None = None
    products_search: SearchIndexingConfigurationValues | None = None
    orders: SearchIndexingConfigurationValues | None = None
    customers: SearchIndexingConfigurationValues | None = None
    business_units: SearchIndexingConfigurationValues | None = None


BusinessUnitStatus = Literal["Active", "Inactive"]


class BusinessUnitConfiguration(Value):
    """What a business unit that an associate makes begins with."""

    my_business_unit_status_on_creation: BusinessUnitStatus
    my_business_unit_associate_role_on_creation: AssociateRoleReference | None = None


ProductCatalogModel = Literal["Classic", "Modular"]

Restriction = Annotated[str, Meta(pattern=whole("[A-Za-z0-9_-]+"), min_length=1, max_length=256)]


class RestrictionsConfiguration(Value):
    """The restrictions that orders may have, and how often they were set."""

    value: Annotated[tuple[Restriction, ...], Meta(max_length=1_000)]
    version: int = 1


class SwitchConfiguration(Value):
    """Whether something is so, and how often that was set."""

    value: bool
    version: int = 1


class TenantConfigurations(Value):
    """Settings of the second dialect. The API does not know them, and without one it is as if it had never been there."""

    restrictions: RestrictionsConfiguration | None = None
    enable_sync_between_restrictions_and_site_codes: SwitchConfiguration | None = None


# The row of a project's own document, within its shard.
PROJECT_ID: Final = "00000000-0000-7000-8000-000000000001"


class Project(Resource):
    """The settings of a project. The API shows no `id` of it: every project has just one such document, whose id is a default,
    and defaults are not written."""

    id: Id = PROJECT_ID
    key: Key
    name: Annotated[str, Meta(min_length=1)]
    countries: tuple[CountryCode, ...]
    currencies: tuple[CurrencyCode, ...]
    languages: tuple[Locale, ...]
    messages: MessagesConfiguration
    carts: CartsConfiguration
    inventory: InventoryConfiguration
    discounts: DiscountsConfiguration
    shopping_lists: ShoppingListsConfiguration | None = None
    shipping_rate_input_type: ShippingRateInputType | None = None
    external_o_auth: ExternalOAuth | None = None
    search_indexing: SearchIndexingConfiguration | None = None
    business_units: BusinessUnitConfiguration | None = None
    product_catalog_model: ProductCatalogModel | None = None
    tenant_configurations: TenantConfigurations | None = None
