"""Stores: the shops of a project, each with its languages and countries."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.shop.refusals import project_not_configured_for_languages
from orderwright.domain.shop.store.channels import DISTRIBUTION, SUPPLY, Channels, channel_rows
from orderwright.domain.shop.store.model import ProductSelectionSetting, Store, StoreCountry, Storefront
from orderwright.domain.shop.store.selections import Selections, selection_rows, selections_from, settings_of
from orderwright.domain.shop.store.storefront import checked, storefront_rows
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Reference, Value, always
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, Locale, LocalizedString


class StoreDraft(Value):
    """A store as it is sent. Its key never changes."""

    key: Key
    name: LocalizedString | None = None
    languages: tuple[Locale, ...] | None = None
    countries: tuple[StoreCountry, ...] | None = None
    distribution_channels: Channels = ()
    supply_channels: Channels = ()
    product_selections: Selections = ()
    custom: CustomFieldsDraft | None = None
    storefront: Storefront | None = None


class StoreCreated(Message):
    """A store was made."""

    name: LocalizedString | None = None
    languages: tuple[Locale, ...] = always(())
    countries: tuple[StoreCountry, ...] = always(())
    distribution_channels: tuple[Reference, ...] = always(())
    supply_channels: tuple[Reference, ...] = always(())
    product_selections: tuple[ProductSelectionSetting, ...] = always(())
    custom: CustomFields | None = None


class StoreDeleted(Message):
    """A store was deleted."""


class StoreNameSet(Message):
    """The name changed; `name_all_locales` has a text of each locale by itself."""

    name: LocalizedString | None = None
    name_all_locales: tuple[LocalizedString, ...] | None = None


class StoreLanguagesChanged(Message):
    """Which languages came and went."""

    added_languages: tuple[Locale, ...] = always(())
    removed_languages: tuple[Locale, ...] = always(())


class StoreCountriesChanged(Message):
    """Which countries came and went."""

    added_countries: tuple[StoreCountry, ...] = always(())
    removed_countries: tuple[StoreCountry, ...] = always(())


class SetLanguages(Action):
    """The store's languages, of those that the project has."""

    languages: tuple[Locale, ...] | None = None


class SetCountries(Action):
    """The countries the store sells to."""

    countries: tuple[StoreCountry, ...] | None = None


class AddCountry(Action):
    """A country the store sells to."""

    country: StoreCountry


class RemoveCountry(Action):
    """A country the store no longer sells to."""

    country: StoreCountry


def _name_set(_before: Store, after: Store) -> StoreNameSet:
    texts = tuple({locale: text} for locale, text in (after.name or {}).items())
    return StoreNameSet(name=after.name, name_all_locales=texts or None)


actions = ActionSet(Store)
actions.setters("setName", tells=_name_set)
custom_field_rows(actions, root("store"))
channel_rows(actions)
selection_rows(actions)
storefront_rows(actions)


@actions.handles
def set_languages(store: Store, action: SetLanguages, facts: Facts) -> Store | Change[Store]:
    """Raises `ProjectNotConfiguredForLanguages`."""
    languages = _languages(action.languages, facts)
    if languages == store.languages:
        return store
    added = tuple(locale for locale in languages if locale not in store.languages)
    removed = tuple(locale for locale in store.languages if locale not in languages)
    told = StoreLanguagesChanged(added_languages=added, removed_languages=removed)
    return Change(replace(store, languages=languages), told)


@actions.handles
def set_countries(store: Store, action: SetCountries, facts: Facts) -> Store | Change[Store]:
    """Replaces the list."""
    return _with_countries(store, action.countries or ())


@actions.handles
def add_country(store: Store, action: AddCountry, facts: Facts) -> Store | Change[Store]:
    """A country that is there already changes nothing."""
    return _with_countries(store, (*store.countries, action.country))


@actions.handles
def remove_country(store: Store, action: RemoveCountry, facts: Facts) -> Store | Change[Store]:
    """A country that is not there changes nothing."""
    return _with_countries(store, tuple(country for country in store.countries if country != action.country))


def from_draft(draft: StoreDraft, facts: Facts) -> Store:
    """A new store. Raises `ProjectNotConfiguredForLanguages`, `MissingRoleOnChannel`, `InvalidField` for an address of the
    storefront, and what custom fields raise."""
    return Store(
        **facts.born(),
        key=draft.key,
        name=draft.name,
        languages=_languages(draft.languages, facts),
        countries=tuple(dict.fromkeys(draft.countries or ())),
        distribution_channels=DISTRIBUTION.named(draft.distribution_channels, facts),
        supply_channels=SUPPLY.named(draft.supply_channels, facts),
        product_selections=settings_of(selections_from(draft.product_selections, facts)),
        custom=custom_from(draft.custom, "store", facts),
        storefront=checked(draft.storefront),
    )


def _languages(languages: tuple[Locale, ...] | None, facts: Facts) -> tuple[Locale, ...]:
    if set(languages or ()) - set(facts.project.languages):
        raise project_not_configured_for_languages(list(languages or ()))
    return tuple(dict.fromkeys(languages or ()))


def _with_countries(store: Store, countries: tuple[StoreCountry, ...]) -> Store | Change[Store]:
    wanted = tuple(dict.fromkeys(countries))
    if wanted == store.countries:
        return store
    added = tuple(country for country in wanted if country not in store.countries)
    removed = tuple(country for country in store.countries if country not in wanted)
    told = StoreCountriesChanged(added_countries=added, removed_countries=removed)
    return Change(replace(store, countries=wanted), told)


def _created(store: Store) -> StoreCreated:
    return StoreCreated(
        name=store.name,
        languages=store.languages,
        countries=store.countries,
        distribution_channels=store.distribution_channels,
        supply_channels=store.supply_channels,
        product_selections=store.product_selections,
        custom=store.custom,
    )


RESOURCE = ResourceType(
    type_id="store",
    path="stores",
    model=Store,
    draft=StoreDraft,
    actions=actions,
    create=from_draft,
    unique=("key",),
    lookups={"key": "key"},
    created=_created,
    deleted=lambda _store: StoreDeleted(),
    catalogue=True,
)
