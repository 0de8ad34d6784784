"""Who acts for a unit. Divisions below inherit the roles that are to be inherited, in the same write."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.business_unit import messages
from orderwright.domain.business_unit.actions.registry import actions
from orderwright.domain.business_unit.associates import (
    associate_from,
    associate_named,
    associates_from,
    check_count,
    customer_reference,
    made_explicit,
)
from orderwright.domain.business_unit.create import check_company
from orderwright.domain.business_unit.drafts import AssociateDraft, AssociateDrafts
from orderwright.domain.business_unit.hierarchy import below, handed_down, inheriting_again, of_parent
from orderwright.domain.business_unit.model import Associate, AssociateMode, BusinessUnit
from orderwright.domain.laws.parts import instead, without
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action
from orderwright.engine.references import CustomerIdentifier, Wanted
from orderwright.errors import invalid_operation


class HandedDown(Action):
    """What the actions share whose outcome is inherited below."""

    def wants_on(self, unit: BusinessUnit) -> Iterator[Wanted]:
        """All that inherits."""
        yield below(unit)


class AddAssociate(HandedDown):
    """An associate more."""

    associate: AssociateDraft


class ChangeAssociate(HandedDown):
    """What holds of an associate from now on."""

    associate: AssociateDraft


class RemoveAssociate(HandedDown):
    """An associate less."""

    customer: CustomerIdentifier


class SetAssociates(HandedDown):
    """All the associates."""

    associates: AssociateDrafts


class ChangeAssociateMode(Action):
    """Whether associates are inherited. Those that were may become the unit's own where it inherits no longer."""

    associate_mode: AssociateMode
    make_inherited_associates_explicit: bool = False

    def wants_on(self, unit: BusinessUnit) -> Iterator[Wanted]:
        """The parent, and all that inherits."""
        yield from of_parent(unit)
        yield below(unit)


def _with(unit: BusinessUnit, associates: tuple[Associate, ...], told: Message) -> Change[BusinessUnit]:
    return Change(replace(unit, associates=associates), told, then=(handed_down,))


@actions.handles
def add_associate(unit: BusinessUnit, action: AddAssociate, facts: Facts) -> Change[BusinessUnit]:
    """Raises `InvalidOperation` for a customer who is one already and for more than 2,000, and as `associate_from` does."""
    added = associate_from(action.associate, facts)
    if any(each.customer == added.customer for each in unit.associates):
        raise invalid_operation(f"The customer '{added.customer.id}' is an associate of the business unit already.")
    associates = (*unit.associates, added)
    check_count(associates)
    return _with(unit, associates, messages.BusinessUnitAssociateAdded(associate=added))


@actions.handles
def change_associate(unit: BusinessUnit, action: ChangeAssociate, facts: Facts) -> Change[BusinessUnit]:
    """Raises `InvalidOperation` for a customer who is no associate, and as `associate_from` does."""
    after = associate_from(action.associate, facts)
    before = associate_named(unit, after.customer)
    if after == before:
        return Change(unit)
    return _with(unit, instead(unit.associates, before, after), messages.BusinessUnitAssociateChanged(associate=after))


@actions.handles
def remove_associate(unit: BusinessUnit, action: RemoveAssociate, facts: Facts) -> Change[BusinessUnit]:
    """Raises `ReferencedResourceNotFound`, `InvalidOperation` for a customer who is no associate."""
    gone = associate_named(unit, customer_reference(action.customer, facts))
    return _with(unit, without(unit.associates, gone), messages.BusinessUnitAssociateRemoved(associate=gone))


@actions.handles
def set_associates(unit: BusinessUnit, action: SetAssociates, facts: Facts) -> Change[BusinessUnit]:
    """Replaces the list. Raises as `associates_from` does."""
    wanted = associates_from(action.associates, facts)
    if wanted == unit.associates:
        return Change(unit)
    return _with(unit, wanted, messages.BusinessUnitAssociatesSet(associates=wanted))


@actions.handles
def change_associate_mode(unit: BusinessUnit, action: ChangeAssociateMode, facts: Facts) -> Change[BusinessUnit]:
    """Raises `InvalidOperation` for a company that is to inherit, for inherited associates that are to become the unit's own
    and stay inherited, and as `made_explicit` does."""
    mode = action.associate_mode
    if action.make_inherited_associates_explicit and mode != "Explicit":
        raise invalid_operation("Inherited associates become explicit only where the associate mode becomes 'Explicit'.")
    if mode == unit.associate_mode:
        return Change(unit)
    associates = made_explicit(unit) if action.make_inherited_associates_explicit else unit.associates
    after = replace(unit, associate_mode=mode, associates=associates)
    if unit.unit_type == "Company":
        check_company(after)
    told = messages.BusinessUnitAssociateModeChanged(associate_mode=mode, old_associate_mode=unit.associate_mode)
    return inheriting_again(after, facts).telling(told)
