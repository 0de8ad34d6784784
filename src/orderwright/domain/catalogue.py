"""The settings and rules a cart is priced from: project, stores, channels, customer groups, states, taxes, zones, shipping."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

from orderwright.domain.common.addresses import Address
from orderwright.domain.common.custom_fields import CustomFields
from orderwright.domain.money import RoundingMode
from orderwright.domain.shipping import ShippingRate
from orderwright.domain.tax import TaxRate
from orderwright.domain.types.model import CustomFieldLocalizedEnumValue
from orderwright.engine.model import ClientLogging, KeyReference, Reference, Resource, Value, always
from orderwright.engine.scalars import CountryCode, CurrencyCode, DateTime, Id, Key, Locale, LocalizedString

# Keys of states and channels have no pattern; an empty one is refused by the rules, not by the form.
PlainKey = Annotated[str, Meta(max_length=256)]


class TaxCategory(Resource):
    """Tax rates by country and state."""

    name: str
    rates: tuple[TaxRate, ...] = always(())
    key: Key | None = None
    description: str | None = None


class Location(Value):
    """A country, or a state of it."""

    country: CountryCode
    state: str | None = None


class Zone(Resource):
    """Places that shipping rates are made for."""

    name: str
    key: Key | None = None
    locations: tuple[Location, ...] = always(())
    description: str | None = None


class ZoneRate(Value):
    """What shipping into a zone costs, one rate a currency."""

    zone: Reference
    shipping_rates: tuple[ShippingRate, ...] = always(())


class ShippingMethod(Resource):
    """A way of shipping and its rates."""

    name: Annotated[str, Meta(min_length=1)]
    tax_category: Reference
    active: bool
    is_default: bool
    key: Key | None = None
    localized_name: LocalizedString | None = None
    localized_description: LocalizedString | None = None
    zone_rates: tuple[ZoneRate, ...] = always(())
    predicate: str | None = None
    custom: CustomFields | None = None
    stores: tuple[KeyReference, ...] = always(())
    carrier: str | None = None
    description: str | None = None


StateType = Literal[
    "OrderState",
    "RecurringOrderState",
    "LineItemState",
    "ProductState",
    "ReviewState",
    "PaymentState",
    "QuoteRequestState",
    "StagedQuoteState",
    "QuoteState",
]
StateRole = Literal["ReviewIncludedInStatistics", "Return"]


class State(Resource):
    """A step of a workflow. Without `transitions` any other state of its type may follow; an empty list makes it final."""

    key: PlainKey
    type: StateType
    initial: bool
    built_in: bool
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    roles: tuple[StateRole, ...] = always(())
    transitions: tuple[Reference, ...] | None = None


ChannelRole = Literal["InventorySupply", "ProductDistribution", "OrderExport", "OrderImport", "Primary"]


class GeoPoint(Value, tag_field="type", tag="Point"):
    """A place on Earth: longitude and latitude in degrees."""

    coordinates: tuple[float, ...]


class Channel(Resource):
    """Where goods come from or are sold: a warehouse, a shop, another system. It has at least one role."""

    key: PlainKey
    roles: tuple[ChannelRole, ...]
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    address: Address | None = None
    custom: CustomFields | None = None
    geo_location: GeoPoint | None = None


class CustomerGroup(Resource):
    """Customers who pay prices of their own."""

    name: str
    key: Key | None = None
    custom: CustomFields | None = None


class StoreCountry(Value):
    """A country a store sells to."""

    code: CountryCode


class ProductSelectionSetting(Value):
    """A product selection of a store; only active ones add to its assortment."""

    product_selection: Reference
    active: bool


class Storefront(Value):
    """Where a store's customers are sent: templates of RFC 6570 and absolute `https` addresses."""

    checkout_url_template: str | None = None
    order_url_template: str | None = None
    terms_of_service_url: str | None = None
    privacy_policy_url: str | None = None
    refund_policy_url: str | None = None
    shipping_policy_url: str | None = None
    cookie_policy_url: str | None = None
    imprint_url: str | None = None
    faq_url: str | None = None
    contact_url: str | None = None


class Store(Resource):
    """A shop of the project; a cart or order may belong to one."""

    key: Key
    name: LocalizedString | None = None
    languages: tuple[Locale, ...] = always(())
    countries: tuple[StoreCountry, ...] = always(())
    distribution_channels: tuple[Reference, ...] = always(())
    supply_channels: tuple[Reference, ...] = always(())
    product_selections: tuple[ProductSelectionSetting, ...] = always(())
    custom: CustomFields | None = None
    storefront: Storefront | None = None


class MessagesConfiguration(Value):
    """Whether and for how many days Messages can be queried."""

    enabled: bool
    delete_days_after_creation: Annotated[int, Meta(ge=1, le=90)] | None = None


class CartsConfiguration(Value):
    """Defaults of new carts."""

    delete_days_after_last_modification: Annotated[int, Meta(ge=1, le=365_250)]
    country_tax_rate_fallback_enabled: bool | None = None
    price_rounding_mode: RoundingMode | None = None
    tax_rounding_mode: RoundingMode | None = None


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
    my_business_unit_associate_role_on_creation: KeyReference | None = None


ProductCatalogModel = Literal["Classic", "Modular"]

# The row of a project's own document, within its shard.
PROJECT_ID: Final = "00000000-0000-7000-8000-000000000001"


class Project(Resource):
    """The settings of a project. The API shows no `id`: a project has one document of its kind, and a default is not written."""

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
