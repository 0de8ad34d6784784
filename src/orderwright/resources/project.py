"""The project: the currencies, countries and languages of a shop, and the defaults of its carts and Messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.catalogue import CartsConfiguration, MessagesConfiguration, Project
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


actions = ActionSet(Project)
actions.setters("changeName", "setShippingRateInputType")


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


def _setting_default(field: str) -> Callable[[Project, Any, Facts], Project]:
    """A handler that puts the action's only field into the carts' defaults. Carts that are there already stay as they are."""

    def handle(project: Project, action: Any, _facts: Facts) -> Project:
        return replace(project, carts=replace(project.carts, **{field: getattr(action, field)}))

    return handle


for _action, _field in (
    (ChangeCountryTaxRateFallbackEnabled, "country_tax_rate_fallback_enabled"),
    (ChangePriceRoundingMode, "price_rounding_mode"),
    (ChangeTaxRoundingMode, "tax_rounding_mode"),
):
    actions.add(_action, _setting_default(_field))


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
