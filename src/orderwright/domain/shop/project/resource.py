"""The project: the currencies, countries and languages of a shop, the defaults of its carts and Messages, and its switches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, fraction_digits
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.shop.project.model import (
    BusinessUnitConfiguration,
    BusinessUnitStatus,
    CartClassificationType,
    CartsConfiguration,
    DiscountsConfiguration,
    ExternalOAuth,
    MessagesConfiguration,
    ProductCatalogModel,
    Project,
    ReservationMinutes,
    SearchIndexingConfiguration,
    SearchIndexingConfigurationValues,
    ShippingRateInputType,
    ShoppingListsConfiguration,
)
from orderwright.domain.shop.refusals import language_used_in_stores
from orderwright.engine.actions import ActionSet, Change, Handler, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, KeyReference, Resource, Value
from orderwright.engine.parts import Part
from orderwright.engine.references import AssociateRoleIdentifier
from orderwright.engine.resource import ResourceType, same
from orderwright.engine.scalars import CountryCode, CurrencyCode, Locale, Secret
from orderwright.engine.unit.effects import SetSecret
from orderwright.errors import invalid_field, invalid_operation

SearchStatus = Literal["Activated", "Deactivated"]
# Under which name the header of the introspection endpoint is kept, which no answer shows.
EXTERNAL_OAUTH_HEADER: Final = "project.externalOAuth.authorizationHeader"


class MessagesConfigurationDraft(Value):
    """Whether, and for how many days, Messages can be queried."""

    enabled: bool
    delete_days_after_creation: Annotated[int, Meta(ge=1, le=90)]


class ExternalOAuthDraft(Value):
    """An introspection endpoint as it is sent, with all of its authorization header."""

    url: str
    authorization_header: Secret

    def __post_init__(self) -> None:
        header = self.authorization_header.reveal()
        if len(header) < 3 or header.strip(" ") != header:
            raise ValueError("The authorization header must have 3 characters and no space at its ends")


class ChangeCountries(Action):
    """The countries of the project."""

    countries: tuple[CountryCode, ...]


class ChangeCurrencies(Action):
    """The currencies of the project."""

    currencies: tuple[CurrencyCode, ...]


class ChangeLanguages(Action):
    """The languages of the project; those that a store uses must stay."""

    languages: tuple[Locale, ...]


class ChangeMessagesEnabled(Action):
    """Whether Messages are kept to be queried."""

    messages_enabled: bool


class ChangeMessagesConfiguration(Action):
    """Whether, and for how many days, Messages are kept to be queried."""

    messages_configuration: MessagesConfigurationDraft


class ChangeCartsConfiguration(Action):
    """All defaults of new carts."""

    carts_configuration: CartsConfiguration


class ChangeCountryTaxRateFallbackEnabled(Action):
    """Whether a country's tax rate holds in those of its states that have none."""

    country_tax_rate_fallback_enabled: bool


class ChangePriceRoundingMode(Action):
    """How new carts round prices."""

    price_rounding_mode: RoundingMode


class ChangeTaxRoundingMode(Action):
    """How new carts round taxes."""

    tax_rounding_mode: RoundingMode


class ChangeCustomShippingMethodAtMyCartsEnabled(Action):
    """Whether owners set custom shipping methods on their carts, and so say what shipping costs. The API does not have it."""

    custom_shipping_method_at_my_carts_enabled: bool


class ChangeShoppingListsConfiguration(Action):
    """All defaults of new shopping lists."""

    shopping_lists_configuration: ShoppingListsConfiguration


class SetDiscountsConfiguration(Action):
    """How product and cart discounts combine."""

    discounts_configuration: DiscountsConfiguration


class SetReleaseExpiredReservations(Action):
    """Whether what was reserved is given back when a reservation ends."""

    release_expired_reservations: bool


class SetReservationExpirationInMinutes(Action):
    """How long a reservation holds."""

    reservation_expiration_in_minutes: ReservationMinutes


class SetShippingRateInputType(Action):
    """What the tiers of shipping rates go by."""

    shipping_rate_input_type: ShippingRateInputType | None = None


class SetExternalOAuth(Action):
    """The introspection endpoint of another OAuth server; left out, it is removed."""

    external_o_auth: ExternalOAuthDraft | None = None


class ChangeProductSearchIndexingEnabled(Action):
    """Whether products are searched."""

    enabled: bool
    mode: Literal["ProductProjectionsSearch", "ProductsSearch"] = "ProductProjectionsSearch"


class ChangeOrderSearchStatus(Action):
    """Whether orders are searched."""

    status: SearchStatus


class ChangeCustomerSearchStatus(Action):
    """Whether customers are searched."""

    status: SearchStatus


class ChangeBusinessUnitSearchStatus(Action):
    """Whether business units are searched."""

    status: SearchStatus


class ChangeMyBusinessUnitStatusOnCreation(Action):
    """The status that a business unit begins with when an associate makes it."""

    status: BusinessUnitStatus


class SetMyBusinessUnitAssociateRoleOnCreation(Action):
    """The role of the associate who makes a business unit."""

    associate_role: AssociateRoleIdentifier


class SetProductCatalogModel(Action):
    """Where the variants of products are kept."""

    product_catalog_model: ProductCatalogModel


actions = ActionSet(Project)
actions.setters("changeName")


@actions.handles
def change_countries(project: Project, action: ChangeCountries, facts: Facts) -> Project:
    """Raises `InvalidOperation` for an empty list."""
    return replace(project, countries=_some("countries", action.countries))


@actions.handles
def change_currencies(project: Project, action: ChangeCurrencies, facts: Facts) -> Project:
    """Raises `InvalidOperation` for an empty list, `InvalidField` for what is no currency."""
    for currency in action.currencies:
        fraction_digits(currency)
    return replace(project, currencies=_some("currencies", action.currencies))


@actions.handles
def change_languages(project: Project, action: ChangeLanguages, facts: Facts) -> Project:
    """Raises `InvalidOperation` for an empty list, `LanguageUsedInStores` for one that a store needs."""
    languages = _some("languages", action.languages)
    gone = set(project.languages) - set(languages)
    if any(gone.intersection(store.languages) for store in facts.catalogue.all("store")):
        raise language_used_in_stores()
    return replace(project, languages=languages)


@actions.handles
def change_messages_enabled(project: Project, action: ChangeMessagesEnabled, facts: Facts) -> Project:
    """Messages that are there already stay."""
    return replace(project, messages=replace(project.messages, enabled=action.messages_enabled))


@actions.handles
def change_messages_configuration(project: Project, action: ChangeMessagesConfiguration, facts: Facts) -> Project:
    """Set both at once."""
    draft = action.messages_configuration
    configuration = MessagesConfiguration(enabled=draft.enabled, delete_days_after_creation=draft.delete_days_after_creation)
    return replace(project, messages=configuration)


def _settings(part: str) -> Part:
    """A part of the settings. Carts that are there already stay as they are."""
    return Part(lambda project, _action: getattr(project, part), lambda project, _old, new: replace(project, **{part: new}))


def _search(part: str) -> Callable[[Project, Any, Facts], Project]:
    """A handler that switches a search on or off; the same status again changes nothing."""

    def handle(project: Project, action: Any, facts: Facts) -> Project:
        return _switched(project, part, action.status, facts)

    return handle


def _with_own(project: Project, configuration: CartsConfiguration, _facts: Facts) -> CartsConfiguration:
    """The defaults as they are sent. What the API does not know stays, since its clients do not send it."""
    if configuration.custom_shipping_method_at_my_carts_enabled is not None:
        return configuration
    own = project.carts.custom_shipping_method_at_my_carts_enabled
    return replace(configuration, custom_shipping_method_at_my_carts_enabled=own)


_CARTS: Final = _settings("carts")
_INVENTORY: Final = _settings("inventory")
_rows: tuple[tuple[type[Action], Handler], ...] = (
    (ChangeCartsConfiguration, setter("carts", member="carts_configuration", kept=_with_own)),
    (ChangeCustomShippingMethodAtMyCartsEnabled, setter("custom_shipping_method_at_my_carts_enabled", at=_CARTS)),
    (ChangeShoppingListsConfiguration, setter("shopping_lists", member="shopping_lists_configuration")),
    (SetDiscountsConfiguration, setter("discounts", member="discounts_configuration")),
    (ChangeCountryTaxRateFallbackEnabled, setter("country_tax_rate_fallback_enabled", at=_CARTS)),
    (ChangePriceRoundingMode, setter("price_rounding_mode", at=_CARTS)),
    (ChangeTaxRoundingMode, setter("tax_rounding_mode", at=_CARTS)),
    (SetReleaseExpiredReservations, setter("release_expired_reservations", at=_INVENTORY)),
    (SetReservationExpirationInMinutes, setter("reservation_expiration_in_minutes", at=_INVENTORY)),
    (ChangeOrderSearchStatus, _search("orders")),
    (ChangeCustomerSearchStatus, _search("customers")),
    (ChangeBusinessUnitSearchStatus, _search("business_units")),
)
for _action, _handler in _rows:
    actions.add(_action, _handler)


@actions.handles
def change_product_search_indexing_enabled(project: Project, action: ChangeProductSearchIndexingEnabled, facts: Facts) -> Project:
    """There is no index to be built, so that a search is activated at once.

    Raises `InvalidOperation` for the search of product projections, which can only be switched off any more.
    """
    part = "products" if action.mode == "ProductProjectionsSearch" else "products_search"
    if action.enabled and part == "products" and _status(project, part) != "Activated":
        raise invalid_operation("Product Projection Search cannot be activated any more; activate 'ProductsSearch' instead.")
    return _switched(project, part, "Activated" if action.enabled else "Deactivated", facts)


@actions.handles
def change_my_business_unit_status_on_creation(
    project: Project, action: ChangeMyBusinessUnitStatusOnCreation, facts: Facts
) -> Project:
    """Business units that are there already stay as they are."""
    changed = replace(_business_units(project), my_business_unit_status_on_creation=action.status)
    return replace(project, business_units=changed)


@actions.handles
def set_my_business_unit_associate_role_on_creation(
    project: Project, action: SetMyBusinessUnitAssociateRoleOnCreation, facts: Facts
) -> Project:
    """Raises `ReferencedResourceNotFound`."""
    role: Any = facts.get("associate-role", action.associate_role, Resource)
    reference = KeyReference(type_id="associate-role", key=role.key)
    changed = replace(_business_units(project), my_business_unit_associate_role_on_creation=reference)
    return replace(project, business_units=changed)


@actions.handles
def set_shipping_rate_input_type(project: Project, action: SetShippingRateInputType, facts: Facts) -> Project:
    """Raises `DuplicateField` for a class that stands twice."""
    wanted = action.shipping_rate_input_type
    if isinstance(wanted, CartClassificationType):
        check_distinct("values.key", (value.key for value in wanted.values))
    return replace(project, shipping_rate_input_type=wanted)


@actions.handles
def set_product_catalog_model(project: Project, action: SetProductCatalogModel, facts: Facts) -> Project:
    """Raises `InvalidField` for `Modular`, since variants do not stand apart from their products here."""
    if action.product_catalog_model != "Classic":
        raise invalid_field("productCatalogModel", action.product_catalog_model, ["Classic"])
    return replace(project, product_catalog_model=action.product_catalog_model)


@actions.handles
def set_external_o_auth(project: Project, action: SetExternalOAuth, facts: Facts) -> Project | Change[Project]:
    """The header is kept apart from the document, which shows its scheme alone."""
    draft = action.external_o_auth
    if draft is None:
        if project.external_o_auth is None:
            return project
        return Change(replace(project, external_o_auth=None), effects=[SetSecret(name=EXTERNAL_OAUTH_HEADER, value=None)])
    header = draft.authorization_header.reveal()
    shown = ExternalOAuth(url=draft.url, authorization_header=_hidden(header))
    kept = SetSecret(name=EXTERNAL_OAUTH_HEADER, value=header)
    return Change(replace(project, external_o_auth=shown), effects=[kept])


def _business_units(project: Project) -> BusinessUnitConfiguration:
    return project.business_units or BusinessUnitConfiguration(my_business_unit_status_on_creation="Inactive")


def _hidden(header: str) -> str:
    scheme, space, _ = header.partition(" ")
    return f"{scheme} {Secret.MASK}" if space else Secret.MASK


def _status(project: Project, part: str) -> str | None:
    values: SearchIndexingConfigurationValues | None = getattr(project.search_indexing, part, None)
    return None if values is None else values.status


def _switched(project: Project, part: str, status: SearchStatus, facts: Facts) -> Project:
    if _status(project, part) == status:
        return project
    configuration = project.search_indexing or SearchIndexingConfiguration()
    after = SearchIndexingConfigurationValues(status=status, last_modified_at=facts.now, last_modified_by=facts.who)
    return replace(project, search_indexing=replace(configuration, **{part: after}))


def _some(field: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values, each once, in the order they are sent."""
    if not values:
        raise invalid_operation(f"The list of {field} must not be empty.")
    return tuple(dict.fromkeys(values))


RESOURCE = ResourceType(
    type_id="project",
    path="",
    model=Project,
    draft=None,
    actions=actions,
    create=same,  # not among its verbs: projects are made from the command line
    unique=("key",),
    lookups={"key": "key"},
    catalogue=True,
    verbs=("get", "head", "update"),
)
