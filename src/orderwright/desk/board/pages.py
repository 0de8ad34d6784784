"""The page of the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from orderwright.desk.board import asking
from orderwright.desk.board.figures import Drawing
from orderwright.desk.orders import filters
from orderwright.desk.visit import Row, Visit
from orderwright.domain.cart.resource import RESOURCE as CARTS
from orderwright.domain.order.resource import RESOURCE as ORDERS
from orderwright.engine.access import Access, shard_of
from orderwright.engine.model import ClientLogging
from orderwright.engine.resource import ResourceType
from orderwright.http.api import query
from orderwright.http.api.endpoints import collection_of
from orderwright.http.wire.exchange import Answer
from orderwright.storage.delivery import log
from orderwright.storage.desk import board

MOST_LOW: Final = 50
MOST_SUBSCRIPTIONS: Final = 50
"""Inventory entries and subscriptions that are shown, the newest."""


async def page(visit: Visit) -> Answer:
    """The figures that the token opens. Raises `insufficient_scope` for one that does not open the orders."""
    visit.calls.require("orders", "query")
    asked = asking.read(visit)
    currency = asked.filter.currency or None
    found = await _sales(visit, ORDERS, asked.terms, board.ORDERS_BY, currency)
    left = await _sales(visit, CARTS, asked.left, board.CARTS_BY, currency or found.currency)
    database, shard = visit.house.database, shard_of(visit.session.project_key)
    low = await board.low(database, shard, asked.below, MOST_LOW) if visit.calls.allows("inventory", "query") else None
    lags = await log.lags(database, shard, MOST_SUBSCRIPTIONS) if visit.calls.allows("subscriptions", "query") else None
    return visit.page(
        "board.html",
        asked=asked,
        filter=asked.filter,
        filters=filters,
        orders=Drawing(visit, asked, found.currency).orders(found),
        carts=Drawing(visit, asked, left.currency).carts(left),
        low=low,
        lags=lags,
    )


async def _sales(
    visit: Visit, resource: ResourceType, terms: Iterable[str], by: Mapping[str, str], currency: str | None
) -> board.Sales:
    """What satisfies the terms, of what is seen at the door that the token opens."""
    session = visit.session
    where = query.where(tuple(("where", term) for term in terms), resource.queryable or resource.model)
    store = session.store_key if session.door(resource.path) else None
    access = Access(shard=shard_of(session.project_key), who=ClientLogging(), store_key=store)
    asked = board.sales_sql(collection_of(resource), access.shard, where, resource.visible(access), by, currency)
    return await board.sales(visit.house.database, asked, by, currency)


PAGES: Final = (Row("board", "GET", page),)
