"""What product discounts name by its key, and what is above a category, may change: prices are then written anew."""

from typing import Any

import pytest

from domain.changes import made
from domain.facts import facts as read
from domain.facts import uid
from domain.goods.discounting import decided, discount, shop_with
from domain.goods.shirts import SHIRT
from orderwright.domain.goods.category.resource import RESOURCE as CATEGORY
from orderwright.domain.goods.product_type.resource import RESOURCE as PRODUCT_TYPE
from orderwright.domain.shop.channel.resource import RESOURCE as CHANNEL
from orderwright.domain.shop.customer_group import RESOURCE as CUSTOMER_GROUP
from orderwright.engine.resource import ResourceType
from orderwright.engine.unit.effects import QueueRenewals

ALL = [("discounted-products", ("now",)), ("discounted-prices", ("now",))]


def queued(resource: ResourceType, before: Any, *actions: dict[str, Any], predicate: str | None = "true") -> list[Any]:
    """The prices that are put into the queue, where there is a discount with a predicate, or none."""
    facts = shop_with(*([discount(1, predicate=predicate)] if predicate else []))
    effects = decided(resource, before, facts, *actions).change.effects
    return [(each.kind, each.values) for each in effects if isinstance(each, QueueRenewals) and each.kind != "product-type"]


@pytest.mark.parametrize(
    ("resource", "before", "renamed", "other"),
    [
        (
            CUSTOMER_GROUP,
            made(CUSTOMER_GROUP, {"groupName": "Gold", "key": "gold"}, read(first_id=500)),
            {"action": "setKey", "key": "best"},
            {"action": "changeName", "name": "Best"},
        ),
        (
            CHANNEL,
            made(CHANNEL, {"key": "web"}, read(first_id=510)),
            {"action": "changeKey", "key": "shop"},
            {"action": "changeName", "name": {"en": "Shop"}},
        ),
        (
            PRODUCT_TYPE,
            SHIRT,
            {"action": "setKey", "key": "tops"},
            {"action": "changeDescription", "description": "Tops"},
        ),
    ],
    ids=["customer-group", "channel", "product-type"],
)
def test_another_key(resource: ResourceType, before: Any, renamed: dict[str, Any], other: dict[str, Any]) -> None:
    assert queued(resource, before, renamed) == ALL
    assert queued(resource, before, other) == []
    assert queued(resource, before, renamed, predicate=None) == []


def test_categories_count_only_where_predicates_ask_for_more_than_their_ids() -> None:
    drinks = made(CATEGORY, {"name": {"en": "D"}, "slug": {"en": "drinks"}, "key": "drinks"}, read(first_id=520))
    renamed = {"action": "setKey", "key": "beverages"}
    assert queued(CATEGORY, drinks, renamed, predicate='categories.key = ("drinks")') == ALL
    assert queued(CATEGORY, drinks, renamed, predicate=f'categoriesWithAncestors.id contains "{uid(1)}"') == ALL
    assert queued(CATEGORY, drinks, renamed, predicate=f'categories.id contains "{drinks.id}"') == []
    other = {"action": "changeName", "name": {"en": "Drinks"}}
    assert queued(CATEGORY, drinks, other, predicate='categories.key = ("drinks")') == []
