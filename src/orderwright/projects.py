"""Making projects. The API does not, so that the command line and the demo project come here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from orderwright.domain.catalogue import (
    CartsConfiguration,
    DiscountsConfiguration,
    InventoryConfiguration,
    MessagesConfiguration,
    Project,
    ShoppingListsConfiguration,
)
from orderwright.domain.currencies import FRACTION_DIGITS
from orderwright.engine.access import shard_of
from orderwright.engine.codec import encode
from orderwright.engine.ids import new_id, now
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError
from orderwright.resources.project import RESOURCE
from orderwright.storage.database import Database
from orderwright.storage.documents import Documents
from orderwright.storage.rows import Unit, claims_of, row_of

# The first words of paths that are no project's.
RESERVED_PROJECT_KEYS: Final = frozenset(
    {
        "customer",
        "customerlogin",
        "docs",
        "favicon.ico",
        "health",
        "metrics",
        "oauth",
        "openapi.json",
        "order-v2",
        "ready",
        "robots.txt",
    }
)
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{1,35}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)


class ProjectError(ApiError):
    """A project cannot be made; the text is one sentence that says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(400, "InvalidInput", sentence)


async def create_project(
    database: Database, key: str, currencies: Sequence[str], countries: Sequence[str], languages: Sequence[str]
) -> Project:
    """Make a project. Raises ProjectError for a key that is taken or reserved, and for settings that cannot be."""
    project = new_project(now(), key, currencies, countries, languages)
    body = encode(project).decode()
    unit = Unit(
        shard=shard_of(key),
        write_id=new_id(),
        inserts=(row_of(RESOURCE, project, body, body),),
        claims=tuple(claims_of(RESOURCE, project)),
    )
    try:
        await Documents(database).create_project(unit)
    except ApiError as error:
        if error.code == "DuplicateField":
            raise ProjectError(f"The project {key!r} exists already.") from None
        raise
    return project


def new_project(
    now: DateTime, key: str, currencies: Sequence[str], countries: Sequence[str], languages: Sequence[str]
) -> Project:
    """A project with the API's defaults. Raises ProjectError."""
    _check_key(key)
    return Project(
        version=1,
        created_at=now,
        last_modified_at=now,
        key=key,
        name=key,
        currencies=_checked("currency", currencies, lambda text: text in FRACTION_DIGITS, "ISO 4217, such as EUR"),
        countries=_checked("country", countries, _COUNTRY.fullmatch, "ISO 3166-1, such as DE"),
        languages=_checked("language", languages, _LANGUAGE.fullmatch, "IETF tags, such as en or de-AT"),
        messages=MessagesConfiguration(enabled=True, delete_days_after_creation=15),
        carts=CartsConfiguration(
            delete_days_after_last_modification=90,
            country_tax_rate_fallback_enabled=False,
            price_rounding_mode="HalfEven",
            tax_rounding_mode="HalfEven",
        ),
        shopping_lists=ShoppingListsConfiguration(delete_days_after_last_modification=360),
        inventory=InventoryConfiguration(release_expired_reservations=True),
        discounts=DiscountsConfiguration(discount_combination_mode="Stacking"),
    )


def _check_key(key: str) -> None:
    if key in RESERVED_PROJECT_KEYS:
        raise ProjectError(f"The project key {key!r} is reserved, because it is the first word of a path of the server's own.")
    if not _KEY.fullmatch(key):
        raise ProjectError(
            f"The project key {key!r} must have 2 to 36 lowercase letters, digits, hyphens and underscores, and start with a "
            "letter or digit."
        )


def _checked(what: str, values: Sequence[str], known: Callable[[str], object], form: str) -> tuple[str, ...]:
    """The values, each once, in their order."""
    if not values:
        raise ProjectError(f"A project needs at least one {what}.")
    for value in values:
        if not known(value):
            raise ProjectError(f"{value!r} is not a {what}; they are written as in {form}.")
    return tuple(dict.fromkeys(values))
