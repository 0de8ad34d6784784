"""Tax categories: the rates a product or a shipping method is taxed by."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.tax import TaxRate, TaxRateDraft, tax_rate_from
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.laws.parts import instead, without
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Resource, Value, always
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key
from orderwright.errors import invalid_operation, required_field


class TaxCategory(Resource):
    """Tax rates by country and state."""

    name: str
    rates: tuple[TaxRate, ...] = always(())
    key: Key | None = None
    description: str | None = None


class TaxCategoryDraft(Value):
    """A tax category as it is sent."""

    name: str
    description: str | None = None
    rates: tuple[TaxRateDraft, ...] = ()
    key: Key | None = None


class ChangeName(Action):
    """Another name, unique in the project."""

    name: str


class AddTaxRate(Action):
    """A rate for a country or state that has none yet."""

    tax_rate: TaxRateDraft


class ReplaceTaxRate(Action):
    """Another rate in the place of one, which is named by id or key."""

    tax_rate: TaxRateDraft
    tax_rate_id: str | None = None
    tax_rate_key: Key | None = None


class RemoveTaxRate(Action):
    """A rate, named by id or key, that is to go."""

    tax_rate_id: str | None = None
    tax_rate_key: Key | None = None


actions = ActionSet(TaxCategory)
actions.setters("setKey", "setDescription")


@actions.handles
def change_name(category: TaxCategory, action: ChangeName, facts: Facts) -> TaxCategory:
    """Raises `InvalidOperation` for a name in use."""
    _check_name(action.name, facts, category.id)
    return replace(category, name=action.name)


@actions.handles
def add_tax_rate(category: TaxCategory, action: AddTaxRate, facts: Facts) -> TaxCategory:
    """Raises `DuplicateField` for a place or key that has a rate."""
    rate = tax_rate_from(action.tax_rate, facts.new_id())
    return replace(category, rates=_distinct((*category.rates, rate)))


@actions.handles
def replace_tax_rate(category: TaxCategory, action: ReplaceTaxRate, facts: Facts) -> TaxCategory:
    """The new rate stands where the old one stood, with an id of its own."""
    old = _named(category, action.tax_rate_id, action.tax_rate_key)
    new = tax_rate_from(action.tax_rate, facts.new_id())
    return replace(category, rates=_distinct(instead(category.rates, old, new)))


@actions.handles
def remove_tax_rate(category: TaxCategory, action: RemoveTaxRate, facts: Facts) -> TaxCategory:
    """Raises `InvalidOperation` for a rate that is not there."""
    return replace(category, rates=without(category.rates, _named(category, action.tax_rate_id, action.tax_rate_key)))


def from_draft(draft: TaxCategoryDraft, facts: Facts) -> TaxCategory:
    """A new tax category. Raises `InvalidOperation` for a name in use."""
    _check_name(draft.name, facts, None)
    return TaxCategory(
        **facts.born(),
        name=draft.name,
        description=draft.description,
        key=draft.key,
        rates=_distinct(tuple(tax_rate_from(rate, facts.new_id()) for rate in draft.rates)),
    )


def _check_name(name: str, facts: Facts, own_id: str | None) -> None:
    # The claim on the name would refuse it too, but as the wrong error.
    if any(other.name == name and other.id != own_id for other in facts.catalogue.all("tax-category")):
        raise invalid_operation(f"A tax category with the name '{name}' exists already.")


def _distinct(rates: tuple[TaxRate, ...]) -> tuple[TaxRate, ...]:
    """The rates as they are. Raises `DuplicateField` where two share their place or key."""
    check_distinct("rates.state", (rate.country + (f" - {rate.state}" if rate.state else "") for rate in rates))
    check_distinct("rates.key", (rate.key for rate in rates))
    return rates


def _named(category: TaxCategory, id: str | None, key: str | None) -> TaxRate:
    if id is None and key is None:
        raise required_field("taxRateId")
    for rate in category.rates:
        if id in (None, rate.id) and key in (None, rate.key):
            return rate
    raise invalid_operation(f"The tax category has no tax rate with {'id' if id else 'key'} '{id or key}'.")


RESOURCE = ResourceType(
    type_id="tax-category",
    path="tax-categories",
    model=TaxCategory,
    draft=TaxCategoryDraft,
    actions=actions,
    create=from_draft,
    unique=("key", "name"),
    lookups={"key": "key"},
    catalogue=True,
)
