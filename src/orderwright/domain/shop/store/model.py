"""A store, and the countries it sells to."""

from __future__ import annotations

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.shop.refusals import country_not_configured_in_store
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Reference, Resource, Value, always
from orderwright.engine.references import ChannelReference, ResourceIdentifier
from orderwright.engine.scalars import CountryCode, Key, Locale, LocalizedString
from orderwright.errors import invalid_operation


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
    distribution_channels: tuple[ChannelReference, ...] = always(())
    supply_channels: tuple[ChannelReference, ...] = always(())
    product_selections: tuple[ProductSelectionSetting, ...] = always(())
    custom: CustomFields | None = None
    storefront: Storefront | None = None


def check_country(country: str | None, store: Store | None) -> None:
    """A store that lists countries sells to no other. Raises `CountryNotConfiguredInStore`."""
    if country is None or store is None or not store.countries:
        return
    countries = [listed.code for listed in store.countries]
    if country not in countries:
        raise country_not_configured_in_store(country, store.key, countries)


def store_named(key: str | None, facts: Facts) -> Store | None:
    """The store with a key; None stays None. Raises `ReferencedResourceNotFound`."""
    return None if key is None else facts.get("store", KeyReference(type_id="store", key=key), Store)


def store_of_door(drafted: ResourceIdentifier | None, facts: Facts, what: str) -> Store | None:
    """Where something new belongs: the store of the door if there is one, else that of its draft; `what` it is, for the error.

    Raises `InvalidOperation` where the two differ, `ReferencedResourceNotFound`.
    """
    store = None if drafted is None else facts.get("store", drafted, Store)
    if facts.store_key is None:
        return store
    if store is not None and store.key != facts.store_key:
        raise invalid_operation(f"The {what} is created in store '{facts.store_key}' and can not belong to '{store.key}'.")
    return store_named(facts.store_key, facts)
