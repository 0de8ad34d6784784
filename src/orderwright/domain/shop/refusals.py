"""What stores, channels and the project's languages are refused with."""

from __future__ import annotations

from typing import Any

from orderwright.errors import ApiError


def language_used_in_stores() -> ApiError:
    message = "Language(s) in use by a store cannot be deleted. Remove them in all the stores of this project first."
    return ApiError(400, "LanguageUsedInStores", message)


def country_not_configured_in_store(country: str, store_key: str, store_countries: list[str]) -> ApiError:
    message = f"The country {country} is not configured for the store {store_key}."
    return ApiError(400, "CountryNotConfiguredInStore", message, country=country, storeCountries=store_countries)


def project_not_configured_for_languages(languages: list[str]) -> ApiError:
    message = "The project is not configured for given languages."
    return ApiError(400, "ProjectNotConfiguredForLanguages", message, languages=languages)


def missing_role_on_channel(named: str, channel: Any, role: str) -> ApiError:
    """`named` is the id or key by which the request named the channel, `channel` the identifier itself."""
    message = f"Given channel with {named} does not have the required role {role}."
    identifier = {"typeId": "channel", **({"id": channel.id} if channel.id is not None else {"key": channel.key})}
    return ApiError(400, "MissingRoleOnChannel", message, channel=identifier, missingRole=role)
