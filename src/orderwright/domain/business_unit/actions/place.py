"""Where a unit stands: whether it is a company or a division, and below which unit."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.business_unit import messages
from orderwright.domain.business_unit.actions.registry import actions
from orderwright.domain.business_unit.create import check_company
from orderwright.domain.business_unit.hierarchy import (
    MOST_LEVELS,
    ancestry,
    below,
    handed_down,
    inheriting,
    levels_of,
    of_parent,
    parent_from,
    too_many_levels,
    top_level_unit_set,
)
from orderwright.domain.business_unit.model import TYPE_ID, BusinessUnit, UnitType, stores_of
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import BusinessUnitIdentifier, ResourceIdentifier, Wanted
from orderwright.errors import invalid_operation, required_field


class Moving(Action):
    """What the actions share that move a unit."""

    def wants_on(self, unit: BusinessUnit) -> Iterator[Wanted]:
        """The parent, and all that moves along."""
        yield from of_parent(unit)
        yield below(unit)


class ChangeParentUnit(Moving):
    """Another parent; all that is below the unit moves with it."""

    parent_unit: BusinessUnitIdentifier


class SetUnitType(Moving):
    """A company, or a division below a parent; all that is below the unit moves with it."""

    unit_type: UnitType
    parent_unit: BusinessUnitIdentifier | None = None


@actions.handles
def change_parent_unit(unit: BusinessUnit, action: ChangeParentUnit, facts: Facts) -> Change[BusinessUnit]:
    """Raises `InvalidOperation` for a company, for a place below itself or too deep, and for a parent in other stores than the
    one before; `ReferencedResourceNotFound`."""
    if unit.parent_unit is None:
        raise invalid_operation("A company has no parent unit: its unit type is to be set instead.")
    change = _below(unit, action.parent_unit, facts)
    new = change.after.parent_unit
    if new is None or new == unit.parent_unit:
        return Change(unit)
    old = facts.get(TYPE_ID, unit.parent_unit, BusinessUnit)
    if set(stores_of(old)) != set(stores_of(facts.get(TYPE_ID, action.parent_unit, BusinessUnit))):
        raise invalid_operation(f"The parent unit '{new.key}' is not associated with the same stores as '{old.key}'.")
    return change.telling(messages.BusinessUnitParentChanged(old_parent_unit=unit.parent_unit, new_parent_unit=new))


@actions.handles
def set_unit_type(unit: BusinessUnit, action: SetUnitType, facts: Facts) -> Change[BusinessUnit]:
    """Raises `RequiredField` for a division without a parent, `InvalidOperation` for a company with one or with a mode of
    inheriting, and for a place below itself or too deep; `ReferencedResourceNotFound`."""
    if action.unit_type == "Division":
        if action.parent_unit is None:
            raise required_field("parentUnit")
        change = _below(unit, action.parent_unit, facts)
    elif action.parent_unit is not None:
        raise invalid_operation("A company is the top of its hierarchy and has no parent unit.")
    else:
        change = _on_top(unit)
    after = change.after
    if (after.unit_type, after.parent_unit) == (unit.unit_type, unit.parent_unit):
        return Change(unit)
    told = messages.BusinessUnitTypeSet(
        parent_unit=after.parent_unit,
        old_parent_unit=unit.parent_unit,
        unit_type=after.unit_type,
        old_unit_type=unit.unit_type,
    )
    return change.telling(told)


def _below(unit: BusinessUnit, identifier: ResourceIdentifier, facts: Facts) -> Change[BusinessUnit]:
    parent, way = parent_from(identifier, facts)
    if any(each.id == unit.id for each in way):
        raise invalid_operation("A business unit can not be moved below itself or one of the units below it.")
    if len(way) + levels_of(unit, facts) > MOST_LEVELS:
        raise too_many_levels()
    after = inheriting(replace(unit, unit_type="Division"), parent)
    return Change(after, *top_level_unit_set(unit, after), effects=ancestry(way), then=(handed_down,))


def _on_top(unit: BusinessUnit) -> Change[BusinessUnit]:
    after = replace(unit, unit_type="Company", parent_unit=None, top_level_unit=unit.reference)
    check_company(after)
    return Change(after, *top_level_unit_set(unit, after), then=(handed_down,))
