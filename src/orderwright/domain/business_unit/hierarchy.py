"""The hierarchy of business units: the way up to the company, and what is handed down.

What a division inherits stands in it. It follows from its parent alone, so that a change of a unit is carried on to all below it
in the same write; `ancestry` and `handed_down` say what must still hold of the others then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.business_unit.messages import BusinessUnitTopLevelUnitSet
from orderwright.domain.business_unit.model import (
    TYPE_ID,
    BusinessUnit,
    InheritedAssociate,
    InheritedAssociateRoleAssignment,
    stores_of,
)
from orderwright.domain.business_unit.naming import seen_unit
from orderwright.engine.actions import Change, Changed
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.unit.effects import Effect, StaysAt, Telling, TellOf, UnitsBelow
from orderwright.errors import ApiError, invalid_operation

MOST_LEVELS: Final = 5
"""The company is the first one."""
# As many units as one change moves or hands something down to: all of them are written in one statement.
MOST_BELOW: Final = 1_000
# And as many inherited associates as it writes in all of these together: some 20 MB.
MOST_HANDED_DOWN: Final = 50_000


def below(unit: BusinessUnit) -> Wanted:
    """All units below one, at any depth."""
    return Wanted(TYPE_ID, "under", unit.key)


def of_parent(unit: BusinessUnit) -> Iterator[Wanted]:
    """The parent, from which a division inherits."""
    if unit.parent_unit is not None:
        yield _by_key(unit.parent_unit.key)


def above(found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
    """The parent and the company of each unit that was read by a name of its own: asked again and again, the way up."""
    for name, unit in found.items():
        if not isinstance(unit, BusinessUnit):
            continue
        if name.by == "id":
            yield _by_key(unit.key)
        if unit.parent_unit is not None:
            yield _by_key(unit.parent_unit.key)
            yield _by_key(unit.top_level_unit.key)


def parent_from(identifier: ResourceIdentifier, facts: Facts) -> tuple[BusinessUnit, Sequence[BusinessUnit]]:
    """The unit that is to be a parent, and the way from it up to the company, itself first.

    Raises `ReferencedResourceNotFound`, and `InvalidOperation` where nothing can be below it.
    """
    parent = seen_unit(identifier, facts)
    way = [parent]
    while way[-1].parent_unit is not None:
        # From the lowest level that may have a division the company is reached in three rounds of reading, and no deeper.
        up = facts.look_up(_by_key(way[-1].parent_unit.key))
        if not isinstance(up, BusinessUnit) or len(way) >= MOST_LEVELS - 1:
            raise too_many_levels()
        way.append(up)
    return parent, way


def ancestry(way: Sequence[BusinessUnit]) -> tuple[Effect, ...]:
    """Refuses the write if a unit on the way up has changed since it was read, and holds them as they are until it is done.

    Of two changes that would make a circle together, each holds what the other moves.
    """
    return tuple(StaysAt(id=unit.id, version=unit.version) for unit in way)


def inheriting(unit: BusinessUnit, parent: BusinessUnit, heritage: tuple[InheritedAssociate, ...] | None = None) -> BusinessUnit:
    """The unit with what its parent hands down; `heritage` is that of the parent, if it is at hand."""
    associates = None
    if unit.associate_mode == "ExplicitAndFromParent":
        associates = heritage_of(parent) if heritage is None else heritage
    return replace(
        unit,
        parent_unit=parent.reference,
        top_level_unit=parent.top_level_unit,
        inherited_stores=stores_of(parent) if unit.store_mode == "FromParent" else None,
        inherited_associates=associates,
    )


def inheriting_again(unit: BusinessUnit, facts: Facts) -> Change[BusinessUnit]:
    """The unit with what its modes, which have changed, let it inherit now, and what follows for those below it."""
    if unit.parent_unit is None:
        return Change(unit, then=(handed_down,))
    parent = facts.get(TYPE_ID, unit.parent_unit, BusinessUnit)
    return Change(inheriting(unit, parent), effects=ancestry([parent]), then=(handed_down,))


def heritage_of(unit: BusinessUnit) -> tuple[InheritedAssociate, ...]:
    """The associates that a unit hands down: its own as far as they are to be inherited, and those that it inherits."""
    found: dict[Reference, list[InheritedAssociateRoleAssignment]] = {}
    for associate in unit.associates:
        own = [
            InheritedAssociateRoleAssignment(associate_role=assignment.associate_role, source=unit.reference)
            for assignment in associate.associate_role_assignments
            if assignment.inheritance == "Enabled"
        ]
        if own:
            found[associate.customer] = own
    for inherited in unit.inherited_associates or ():
        found.setdefault(inherited.customer, []).extend(inherited.associate_role_assignments)
    return tuple(
        InheritedAssociate(associate_role_assignments=tuple(assignments), customer=customer)
        for customer, assignments in found.items()
    )


def units_below(unit: BusinessUnit, facts: Facts) -> Sequence[BusinessUnit]:
    """Those that were read as being below a unit. Raises `InvalidOperation` for more than 1,000."""
    found: tuple[BusinessUnit, ...] = facts.look_up(below(unit)) or ()
    if len(found) > MOST_BELOW:
        raise invalid_operation(f"More than {MOST_BELOW} business units are below this one, and would have to change with it.")
    return found


def levels_of(unit: BusinessUnit, facts: Facts) -> int:
    """How many levels the unit and those below it fill."""
    children = _by_parent(units_below(unit, facts))
    levels, generation = 0, [unit]
    while generation:
        levels += 1
        generation = [child for parent in generation for child in children.get(parent.key, ())]
    return levels


def handed_down(unit: BusinessUnit, facts: Facts) -> Change[BusinessUnit]:
    """What follows from a unit for all below it: they change in the same write, if nothing has joined or left them meanwhile.

    Raises as `units_below` does, and `InvalidOperation` where too many associates would be inherited.
    """
    found = units_below(unit, facts)
    children = _by_parent(found)
    changed: list[Changed] = []
    handed, generation = 0, [unit]
    while generation:
        following: list[BusinessUnit] = []
        for parent in generation:
            heritage = heritage_of(parent) if parent.key in children else ()
            for child in children.get(parent.key, ()):
                after = inheriting(child, parent, heritage)
                if after != child:
                    handed += len(after.inherited_associates or ())
                    if handed > MOST_HANDED_DOWN:
                        raise invalid_operation(f"More than {MOST_HANDED_DOWN} associates would be inherited below this unit.")
                    changed.append(Changed(TYPE_ID, child, after))
                following.append(after)
        generation = following
    keys = tuple(each.key for each in (unit, *found))
    told = [_telling(each) for each in changed if each.after.top_level_unit != each.before.top_level_unit]
    return Change(unit, effects=(UnitsBelow(parents=keys, size=len(found)), *told), changed=changed)


def top_level_unit_set(before: BusinessUnit, after: BusinessUnit) -> tuple[Message, ...]:
    """What is told of a unit that belongs to another company now."""
    if after.top_level_unit == before.top_level_unit:
        return ()
    told = BusinessUnitTopLevelUnitSet(top_level_unit=after.top_level_unit, old_top_level_unit=before.top_level_unit)
    return (told,)


def too_many_levels() -> ApiError:
    """For a unit that would stand too deep."""
    return invalid_operation(f"Business units form a hierarchy of at most {MOST_LEVELS} levels.")


def _telling(changed: Changed) -> Effect:
    told = top_level_unit_set(changed.before, changed.after)
    return TellOf(id=changed.before.id, telling=Telling(TYPE_ID, changed.after, lambda _version: told))


def _by_parent(units: Sequence[BusinessUnit]) -> dict[str, list[BusinessUnit]]:
    children: dict[str, list[BusinessUnit]] = {}
    for each in units:
        if each.parent_unit is not None:
            children.setdefault(each.parent_unit.key, []).append(each)
    return children


def _by_key(key: str) -> Wanted:
    return Wanted(TYPE_ID, "key", key)
