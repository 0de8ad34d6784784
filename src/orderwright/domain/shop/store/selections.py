"""The product selections of a store, each switched on or off. They are no resources here, so that none is ever found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.shop.store.model import ProductSelectionSetting, Store
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Reference, Value, always
from orderwright.engine.references import ProductSelectionIdentifier, ResourceIdentifier
from orderwright.errors import invalid_operation

MAX_SELECTIONS: Final = 100


class ProductSelectionSettingDraft(Value):
    """A product selection as it is sent, and whether it adds to the store's assortment."""

    product_selection: ProductSelectionIdentifier
    active: bool = False


Selections = Annotated[tuple[ProductSelectionSettingDraft, ...], Meta(max_length=MAX_SELECTIONS)]


class StoreProductSelectionsChanged(Message):
    """Which product selections came, went, and were switched on or off."""

    added_product_selections: tuple[ProductSelectionSetting, ...] = always(())
    removed_product_selections: tuple[ProductSelectionSetting, ...] = always(())
    updated_product_selections: tuple[ProductSelectionSetting, ...] = always(())


class SetProductSelections(Action):
    """All product selections."""

    product_selections: Selections = ()


class AddProductSelection(Action):
    """A product selection, switched on or off."""

    product_selection: ProductSelectionIdentifier
    active: bool = False


class ChangeProductSelectionActive(Action):
    """Whether a product selection of the store adds to its assortment."""

    product_selection: ProductSelectionIdentifier
    active: bool = False


class RemoveProductSelection(Action):
    """A product selection that is to go."""

    product_selection: ProductSelectionIdentifier


def set_product_selections(store: Store, action: SetProductSelections, facts: Facts) -> Store | Change[Store]:
    """Replaces the list."""
    return _with_selections(store, selections_from(action.product_selections, facts))


def add_product_selection(store: Store, action: AddProductSelection, facts: Facts) -> Store | Change[Store]:
    """One that is there already is switched as the action says."""
    reference = _reference(action.product_selection, facts)
    wanted = {setting.product_selection: setting.active for setting in store.product_selections} | {reference: action.active}
    return _with_selections(store, wanted)


def change_product_selection_active(store: Store, action: ChangeProductSelectionActive, facts: Facts) -> Store | Change[Store]:
    """Raises `InvalidOperation` for one that the store does not have."""
    reference = _reference(action.product_selection, facts)
    wanted = {setting.product_selection: setting.active for setting in store.product_selections}
    if reference not in wanted:
        raise invalid_operation(f"The store does not have the product selection '{reference.id}'.")
    return _with_selections(store, wanted | {reference: action.active})


def remove_product_selection(store: Store, action: RemoveProductSelection, facts: Facts) -> Store | Change[Store]:
    """One that is not there changes nothing."""
    gone = _reference(action.product_selection, facts)
    kept = (setting for setting in store.product_selections if setting.product_selection != gone)
    return _with_selections(store, {setting.product_selection: setting.active for setting in kept})


def selection_rows(actions: ActionSet[Store]) -> None:
    """Add the four actions to a store's."""
    for handler in (
        set_product_selections,
        add_product_selection,
        change_product_selection_active,
        remove_product_selection,
    ):
        actions.handles(handler)


def _reference(identifier: ResourceIdentifier, facts: Facts) -> Reference:
    reference = facts.reference("product-selection", identifier)
    assert reference is not None
    return reference


def selections_from(drafts: Sequence[ProductSelectionSettingDraft], facts: Facts) -> dict[Reference, bool]:
    """Whether each selection is active, by reference; of one that is sent twice the last counts."""
    return {_reference(draft.product_selection, facts): draft.active for draft in drafts}


def settings_of(selections: dict[Reference, bool]) -> tuple[ProductSelectionSetting, ...]:
    """The selections as a store shows them."""
    return tuple(ProductSelectionSetting(product_selection=each, active=active) for each, active in selections.items())


def _with_selections(store: Store, wanted: dict[Reference, bool]) -> Store | Change[Store]:
    before = {setting.product_selection: setting.active for setting in store.product_selections}
    if wanted == before:
        return store
    if len(wanted) > MAX_SELECTIONS:
        raise invalid_operation(f"A store can have at most {MAX_SELECTIONS} product selections.")
    settings = settings_of(wanted)
    told = StoreProductSelectionsChanged(
        added_product_selections=tuple(each for each in settings if each.product_selection not in before),
        removed_product_selections=tuple(each for each in store.product_selections if each.product_selection not in wanted),
        updated_product_selections=tuple(
            each for each in settings if before.get(each.product_selection, each.active) != each.active
        ),
    )
    return Change(replace(store, product_selections=settings), told)
