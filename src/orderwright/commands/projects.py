"""Making projects. The API does not, so that the command line and the demo project come here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.domain.order import numbering
from orderwright.domain.shop.project import resource as project_type
from orderwright.domain.shop.project.model import (
    CartsConfiguration,
    DiscountsConfiguration,
    InventoryConfiguration,
    MessagesConfiguration,
    Project,
    SearchIndexingConfiguration,
    SearchIndexingConfigurationValues,
    ShoppingListsConfiguration,
)
from orderwright.domain.shop.state import resource as state_type
from orderwright.domain.shop.state.workflow import built_in_states
from orderwright.engine.access import EVERYTHING, shard_of
from orderwright.engine.clock import now
from orderwright.engine.ids import new_id
from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.languages import canonical_language
from orderwright.engine.model import Resource
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.effects import RaiseCatalogue
from orderwright.engine.unit.projection import claims_of, row_of
from orderwright.engine.unit.rows import Insertion, Row, Unit
from orderwright.errors import ApiError
from orderwright.storage.database import Database
from orderwright.storage.documents.documents import Documents, Lookup
from orderwright.storage.tables import order_numbers

# First words of paths that are kept for what may come, beside those that something is served below.
_KEPT: Final = frozenset({"favicon.ico", "robots.txt"})
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
    """Make a project with the states that are built into each. Raises ProjectError for a key that is taken or reserved, and
    for settings that cannot be. A project that is there already gets what it lacks."""
    project = new_project(now(), key, currencies, countries, languages)
    unit = _unit(project, (project_type.RESOURCE, project), *((state_type.RESOURCE, state) for state in built_in_states(project)))
    try:
        await Documents(database).create_project(unit)
    except ApiError as error:
        if error.code == "DuplicateField":
            await complete_project(database, key)
            raise ProjectError(f"The project {key!r} exists already.") from None
        raise
    return project


async def complete_project(database: Database, key: str) -> None:
    """Make the built-in states that a project lacks, for example because an earlier version made it."""
    documents = Documents(database)
    found = await documents.catalogue(shard_of(key), ("project", "state"))
    bodies = found[1] if found else []
    states = [decoder(state_type.RESOURCE.model).decode(body) for type_id, body in bodies if type_id == "state"]
    there = {state.id for state in states}
    for body in (body for type_id, body in bodies if type_id == "project"):
        project = decoder(Project).decode(body)
        missing = [(state_type.RESOURCE, state) for state in built_in_states(project) if state.id not in there]
        if missing:
            try:
                await documents.write(replace(_unit(project, *missing), effects=(RaiseCatalogue(),)))
            except ApiError as error:
                # Another process may have made them meanwhile.
                if error.code != "DuplicateField":
                    raise


async def number_orders(
    database: Database, key: str, template: str | None, *, store: str | None = None, gap_free: bool = False, first: int = 1
) -> None:
    """Set the template that numbers the orders of a project or a store from now on, from `first` at least. No template ends the
    numbering. Raises ProjectError for what is not there or collides, `InvalidInput` for a template that makes no numbers."""
    documents, shard, scope = Documents(database), shard_of(key), numbering.scope_of(store)
    if await documents.catalogue_version(shard) is None:
        raise ProjectError(f"There is no project {key!r}.")
    if template is None:
        await order_numbers.drop_template(database, shard, scope)
        return
    numbering.check_template(template)
    if store is not None and await documents.body(shard, "store", Lookup("key", store), EVERYTHING) is None:
        raise ProjectError(f"There is no store {store!r} in the project {key!r}.")
    others = [(known, text) for known, text, _ in await order_numbers.templates(database, shard) if known != scope]
    alike = [known for known, text in others if numbering.made_alike(template, scope, text, known)]
    if alike:
        raise ProjectError(
            f"The template {template!r} numbers the orders of {alike[0] or 'the project'} already, and each counts for itself; "
            "tell the numbers apart by {store} or by a letter."
        )
    await order_numbers.go_on_from(database, shard, scope, numbering.period_of(template, now()), first)
    await order_numbers.set_template(database, shard, scope, template, gap_free)


def _unit(project: Project, *documents: tuple[ResourceType, Resource]) -> Unit:
    """One write that inserts new documents of a project."""
    return Unit(
        shard=shard_of(project.key),
        write_id=new_id(),
        inserts=tuple(Insertion(row=_row(resource, document)) for resource, document in documents),
        claims=tuple(claim for resource, document in documents for claim in claims_of(resource, document)),
    )


def _row(resource: ResourceType, document: Resource) -> Row:
    body = encode(document).decode()
    return row_of(resource, document, body, body)


def new_project(
    now: DateTime, key: str, currencies: Sequence[str], countries: Sequence[str], languages: Sequence[str]
) -> Project:
    """A project with the API's defaults. Raises ProjectError."""
    _check_key(key)
    searched = SearchIndexingConfigurationValues(status="Activated", last_modified_at=now)
    tags = [canonical_language(tag) for tag in languages]
    return Project(
        version=1,
        created_at=now,
        last_modified_at=now,
        key=key,
        name=key,
        currencies=_checked("currency", currencies, lambda text: text in FRACTION_DIGITS, "ISO 4217, such as EUR"),
        countries=_checked("country", countries, _COUNTRY.fullmatch, "ISO 3166-1, such as DE"),
        languages=_checked("language", tags, _LANGUAGE.fullmatch, "IETF tags, such as en or de-AT"),
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
        search_indexing=SearchIndexingConfiguration(orders=searched, customers=searched),
    )


def reserved_project_keys() -> frozenset[str]:
    """The first words of paths that are no project's."""
    from orderwright.app import empty_house, mounts_over

    return mounts_over(empty_house()).words - {""} | _KEPT


def _check_key(key: str) -> None:
    if key in reserved_project_keys():
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
