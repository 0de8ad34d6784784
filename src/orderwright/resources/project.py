"""The project: the currencies, countries and languages of a shop, and the defaults of its carts and Messages."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.catalogue import CartsConfiguration, CartValueType, MessagesConfiguration, Project
from orderwright.domain.money import RoundingMode, fraction_digits
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Value
from orderwright.engine.resource import ResourceType, same
from orderwright.engine.scalars import CountryCode, CurrencyCode, Locale
from orderwright.errors import invalid_operation, language_used_in_stores


class MessagesConfigurationDraft(Value):
    """Whether, and for how many days, Messages can be queried."""

    enabled: bool
    delete_days_after_creation: Annotated[int, Meta(ge=1, le=90)]


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


class SetShippingRateInputType(Action):
    """What picks the tier of a shipping rate; only the cart's value does in this version."""

    shipping_rate_input_type: CartValueType | None = None


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
    configuration = MessagesConfiguration(
        enabled=draft.enabled, delete_days_after_creation=draft.delete_days_after_creation
    )
    return replace(project, messages=configuration)


@actions.handles
def change_carts_configuration(project: Project, action: ChangeCartsConfiguration, facts: Facts) -> Project:
    """Carts that are there already stay as they are."""
    return replace(project, carts=action.carts_configuration)


@actions.handles
def change_country_tax_rate_fallback_enabled(
    project: Project, action: ChangeCountryTaxRateFallbackEnabled, facts: Facts
) -> Project:
    """Set the fallback."""
    enabled = action.country_tax_rate_fallback_enabled
    return replace(project, carts=replace(project.carts, country_tax_rate_fallback_enabled=enabled))


@actions.handles
def change_price_rounding_mode(project: Project, action: ChangePriceRoundingMode, facts: Facts) -> Project:
    """Set the default of new carts."""
    return replace(project, carts=replace(project.carts, price_rounding_mode=action.price_rounding_mode))


@actions.handles
def change_tax_rounding_mode(project: Project, action: ChangeTaxRoundingMode, facts: Facts) -> Project:
    """Set the default of new carts."""
    return replace(project, carts=replace(project.carts, tax_rounding_mode=action.tax_rounding_mode))


@actions.handles
def set_shipping_rate_input_type(project: Project, action: SetShippingRateInputType, facts: Facts) -> Project:
    """Set or remove the type."""
    return replace(project, shipping_rate_input_type=action.shipping_rate_input_type)


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
