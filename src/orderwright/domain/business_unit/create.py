"""A new business unit from its draft."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.business_unit.associates import associates_from
from orderwright.domain.business_unit.drafts import BusinessUnitDraft
from orderwright.domain.business_unit.hierarchy import ancestry, inheriting, parent_from
from orderwright.domain.business_unit.model import BusinessUnit, stores_of, to_unit
from orderwright.domain.custom.address_book import with_drafted
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.customer.actions.groups import assignments_from
from orderwright.domain.shop.store.references import store_references
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.references import ResourceIdentifier
from orderwright.errors import ApiError, invalid_operation, required_field


def create(draft: BusinessUnitDraft, facts: Facts) -> Change[BusinessUnit]:
    """The unit a draft means; a division is below its parent, with what it inherits.

    Raises `RequiredField` for a division without a parent, `InvalidOperation` for what only a division can have, for stores of
    a unit that inherits them, for one level too many, and at the door of a store for a unit that does not buy there; and what
    associates, stores, groups, addresses and custom fields raise.
    """
    division = draft.unit_type == "Division"
    groups = draft.customer_group_assignments
    unit = BusinessUnit(
        **facts.born(),
        key=draft.key,
        status=draft.status,
        store_mode=draft.store_mode or ("FromParent" if division else "Explicit"),
        unit_type=draft.unit_type,
        name=draft.name,
        contact_email=draft.contact_email,
        custom=custom_from(draft.custom, "business-unit", facts),
        customer_group_assignments=None if groups is None else assignments_from(groups, facts),
        associate_mode=draft.associate_mode or ("ExplicitAndFromParent" if division else "Explicit"),
        associates=associates_from(draft.associates, facts),
        top_level_unit=to_unit(draft.key),
        approval_rule_mode=draft.approval_rule_mode or ("ExplicitAndFromParent" if division else "Explicit"),
    )
    unit = with_drafted(_with_stores(unit, draft, facts), draft, facts)
    if draft.parent_unit is None:
        if division:
            raise required_field("parentUnit")
        check_company(unit)
        return Change(_at_the_door(unit, facts))
    if not division:
        raise invalid_operation("A company is the top of its hierarchy and has no parent unit.")
    parent, way = parent_from(draft.parent_unit, facts)
    return Change(_at_the_door(inheriting(unit, parent), facts), effects=ancestry(way))


def check_company(unit: BusinessUnit) -> None:
    """Raises `InvalidOperation` for a unit without a parent that is to inherit something."""
    for mode in ("store_mode", "associate_mode", "approval_rule_mode"):
        if getattr(unit, mode) != "Explicit":
            raise invalid_operation(f"A company inherits nothing: its {mode.replace('_', ' ')} is always 'Explicit'.")


def _with_stores(unit: BusinessUnit, draft: BusinessUnitDraft, facts: Facts) -> BusinessUnit:
    """The unit with its own stores: those of the draft, or else the door's."""
    if unit.store_mode != "Explicit":
        if draft.stores is not None:
            raise inherits_stores()
        return unit
    stores = store_references(draft.stores or (), facts)
    if not stores and facts.store_key is not None:
        stores = store_references([ResourceIdentifier(key=facts.store_key)], facts)
    return replace(unit, stores=stores)


def _at_the_door(unit: BusinessUnit, facts: Facts) -> BusinessUnit:
    if facts.store_key is not None and all(store.key != facts.store_key for store in stores_of(unit)):
        raise invalid_operation(f"The business unit is created in store '{facts.store_key}' and must belong to it.")
    return unit


def inherits_stores() -> ApiError:
    """For stores that are given to a unit whose stores are its parent's."""
    return invalid_operation("The stores of the business unit are those of its parent: its store mode must be 'Explicit'.")
