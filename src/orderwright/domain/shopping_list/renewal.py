"""What shopping lists copy of their products follows them soon after: names, types, and whether they can be bought at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_changes
from typing import ClassVar, Final

from msgspec.structs import replace

from orderwright.domain.goods.variants import variant_of, wanted_of
from orderwright.domain.laws.renewing import LISTS_OF_PRODUCT
from orderwright.domain.shopping_list.model import ShoppingList, ShoppingListLineItem
from orderwright.domain.shopping_list.resource import RESOURCE
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import Wanted
from orderwright.engine.resource import RenewalRule
from orderwright.engine.scalars import Id


class RenewProduct(Action):
    """Writes the lines of a product as it is published now."""

    sent: ClassVar[bool] = False
    product: Id

    def wants(self) -> Iterator[Wanted]:
        """Its variants."""
        yield wanted_of(self.product)


renewal_actions: Final[ActionSet[ShoppingList]] = ActionSet(ShoppingList, "ShoppingListRenewal")


@renewal_actions.handles
def renew(shopping_list: ShoppingList, action: RenewProduct, facts: Facts) -> ShoppingList:
    """What can not be bought any more is dated; what can be again is not."""
    lines = tuple(_renewed(line, facts) if line.product_id == action.product else line for line in shopping_list.line_items)
    return replace(shopping_list, line_items=lines)


def _renewed(line: ShoppingListLineItem, facts: Facts) -> ShoppingListLineItem:
    snapshot = variant_of(line.product_id, line.variant_id, facts)
    if snapshot is None or not snapshot.published:
        published = any(each.published for each in facts.look_up(wanted_of(line.product_id)) or ())
        return replace(line, published=published, deactivated_at=line.deactivated_at or facts.now)
    return replace(line, name=snapshot.name, product_type=snapshot.product_type, published=True, deactivated_at=None)


RENEWAL: Final = with_changes(RESOURCE, actions=renewal_actions)
RULES: Final = {
    LISTS_OF_PRODUCT: RenewalRule(RENEWAL, '$ ? (@.lineItems[*].productId == "{id}")', lambda id: RenewProduct(product=id)),
}
