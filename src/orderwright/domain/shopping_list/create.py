"""A new shopping list from its draft."""

from __future__ import annotations

from typing import Any

from orderwright.domain.business_unit.naming import check_member, check_usable, reference_to, unit_named
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.shop.store.model import Store, store_of_door
from orderwright.domain.shopping_list.drafts import MyShoppingListDraft, ShoppingListDraft
from orderwright.domain.shopping_list.items import with_line, with_text
from orderwright.domain.shopping_list.model import ShoppingList
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Reference
from orderwright.errors import invalid_operation


def from_draft(draft: ShoppingListDraft, facts: Facts) -> ShoppingList:
    """The list a draft means. Raises `InvalidOperation` for two owners, and what items, unit and custom fields raise."""
    if draft.customer is not None and draft.anonymous_id is not None:
        raise invalid_operation("A shopping list belongs to a customer or to an anonymous session, not to both.")
    customer = facts.reference("customer", draft.customer)
    return _new(draft, customer, facts, key=draft.key, slug=draft.slug, anonymous_id=draft.anonymous_id)


def from_own_draft(draft: MyShoppingListDraft, facts: Facts) -> ShoppingList:
    """The list of the caller, whom the door names. Raises as `from_draft` does."""
    owner = None if facts.customer_id is None else Reference(type_id="customer", id=facts.customer_id)
    return _new(draft, owner, facts, anonymous_id=facts.anonymous_id if owner is None else None)


def days_of_project(facts: Facts) -> int | None:
    """After how many days without change a list goes that says nothing of it."""
    settings = facts.project.shopping_lists
    return None if settings is None else settings.delete_days_after_last_modification


def _new(draft: MyShoppingListDraft, customer: Reference | None, facts: Facts, **more: Any) -> ShoppingList:
    store = store_of_door(draft.store, facts, "shopping list")
    belongs = None if store is None else _key_of(store)
    unit = unit_named(draft.business_unit, facts)
    check_usable(unit, belongs)
    check_member(unit, None if customer is None else customer.id)
    made = ShoppingList(
        **facts.born(),
        name=draft.name,
        description=draft.description,
        customer=customer,
        store=belongs,
        business_unit=reference_to(unit),
        line_items=(),
        text_line_items=(),
        delete_days_after_last_modification=draft.delete_days_after_last_modification or days_of_project(facts),
        custom=custom_from(draft.custom, "shopping-list", facts),
        **more,
    )
    for line in draft.line_items:
        made, _ = with_line(made, line, facts)
    for text in draft.text_line_items:
        made = with_text(made, text, facts)
    return made


def _key_of(store: Store) -> KeyReference:
    return KeyReference(type_id="store", key=store.key)
