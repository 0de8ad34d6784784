"""Shopping lists: wish lists, lists for later, of customers, of anonymous sessions and of merchants."""

from __future__ import annotations

from dataclasses import replace

from orderwright.domain.business_unit.naming import wanted_unit
from orderwright.domain.shopping_list.actions import actions
from orderwright.domain.shopping_list.create import from_draft, from_own_draft
from orderwright.domain.shopping_list.drafts import MyShoppingListDraft, ShoppingListDraft
from orderwright.domain.shopping_list.mine import MY_ACTIONS
from orderwright.domain.shopping_list.model import TYPE_ID, ShoppingList, claims
from orderwright.domain.shopping_list.shown import PRODUCTS
from orderwright.engine.resource import ResourceType

RESOURCE = ResourceType(
    type_id=TYPE_ID,
    path="shopping-lists",
    personal=True,
    model=ShoppingList,
    draft=ShoppingListDraft,
    actions=actions,
    create=from_draft,
    wants=lambda shopping_list, _found: wanted_unit(shopping_list.business_unit),
    owned={"store": "store_key", "customer": "customer_id", "anonymous": "anonymous_id"},
    unique=("key",),
    claims=claims,
    lookups={"key": "key"},
    columns={"customer.id": "customer_id", "anonymousId": "anonymous_id", "store.key": "store_key"},
    joined=PRODUCTS,
    repeatable=True,
)

# The owner's own lists.
MINE = replace(RESOURCE, draft=MyShoppingListDraft, actions=MY_ACTIONS, create=from_own_draft)
