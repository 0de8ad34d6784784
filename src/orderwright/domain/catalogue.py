"""The settings and rules a cart is priced from: project, stores, tax categories, zones, shipping methods."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from orderwright.domain.common.custom_fields import CustomFields
from orderwright.domain.money import RoundingMode
from orderwright.domain.shipping import ShippingRate
from orderwright.domain.tax import TaxRate
from orderwright.engine.model import KeyReference, Reference, Resource, Value, always
from orderwright.engine.scalars import CountryCode, CurrencyCode, Id, Key, Locale, LocalizedString


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


class StoreCountry(Value):
    """A country a store sells to."""

    code: CountryCode


class ProductSelectionSetting(Value):
    """A product selection of a store; only active ones add to its assortment."""

    product_selection: Reference
    active: bool


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


class InventoryConfiguration(Value):
    """How long reservations hold, in minutes."""

    release_expired_reservations: bool
    reservation_expiration_in_minutes: int | None = None


class DiscountsConfiguration(Value):
    """How product and cart discounts combine."""

    discount_combination_mode: str


class CartValueType(Value, tag_field="type", tag="CartValue"):
    """The tiers of shipping rates go by the cart's value, as they always do in this version."""


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
    shipping_rate_input_type: CartValueType | None = None
    product_catalog_model: str | None = None
