"""The demo project: products with stock, customers and three hundred orders to try the API on, made by the API's own code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from orderwright.commands.projects import complete_project, create_project
from orderwright.demo import places, stock
from orderwright.demo.customers import customers, is_guest
from orderwright.demo.discounts import GIFT, cart_discounts, discount_codes, product_discounts
from orderwright.demo.loader import Loader
from orderwright.demo.orders import BEFORE, LEFT, Plan, Shelf, left, plans
from orderwright.demo.product_types import dimensions, product_types
from orderwright.demo.products import products, skus
from orderwright.domain.shop.project.model import Project
from orderwright.errors import ApiError
from orderwright.storage.database import Database

PROJECT = "demo"
# The project is given this name once all is there: as long as it is named by its key, the load is not complete.
NAME = "Orderwright Demo"
PRODUCTS, SKUS, CUSTOMERS, ORDERS = 60, 199, 32, 300
# Settings and name, four tax categories, four zones, two stores, three shipping methods, five product types, a sale,
# four cart discounts and a code.
TOTAL = 2 + 4 + 4 + 2 + 3 + 5 + 1 + 4 + 1 + PRODUCTS + SKUS + CUSTOMERS + ORDERS + LEFT
# The shop opened a little before its first order.
OPENED = timedelta(days=-90)
Progress = Callable[[int, int], None]


class DemoReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a load left behind: documents made or found, and how long it took."""

    products: int
    orders: int
    seconds: float


async def seed(database: Database, progress: Progress) -> DemoReport | None:
    """Load the project `demo`, or finish a load that was broken off; None if it is complete already.

    `progress(done, total)` is called after each document. All is dated within the 90 days before the day (UTC) the
    project was made. Raises what the API raises, which only a `demo` project that someone else began can cause.
    """
    started = time.monotonic()
    loader = Loader(database, PROJECT)
    project = await loader.find("project", "key", PROJECT) or await _new_project(database, loader)
    await complete_project(database, PROJECT)
    if project.name != PROJECT:
        return None
    await _Load(loader, project, progress).run()
    return DemoReport(products=PRODUCTS, orders=ORDERS, seconds=time.monotonic() - started)


async def _new_project(database: Database, loader: Loader) -> Project:
    try:
        return await create_project(database, PROJECT, places.CURRENCIES, places.COUNTRIES, places.LANGUAGES)
    except ApiError:
        project: Project | None = await loader.find("project", "key", PROJECT)
        # Another load that began at the same moment may have made it.
        if project is None:
            raise
        return project


class _Load:
    """One load, from the settings to the name."""

    def __init__(self, loader: Loader, project: Project, progress: Progress) -> None:
        self._loader = loader
        self._progress = progress
        self._done = 0
        # A load that is finished on another day goes on by the first one's calendar, or prices would change under its carts.
        self._today = project.created_at.instant().replace(hour=0, minute=0, second=0, microsecond=0)
        self._minutes = 0
        self._gift_id = ""

    async def run(self) -> None:
        await self._settle([
            {"action": "changeCurrencies", "currencies": places.CURRENCIES},
            {"action": "changeCountries", "countries": places.COUNTRIES},
            {"action": "changeLanguages", "languages": places.LANGUAGES},
            # The Messages of the oldest order are worth reading too.
            {
                "action": "changeMessagesConfiguration",
                "messagesConfiguration": {"enabled": True, "deleteDaysAfterCreation": 90},
            },
        ])  # fmt: skip
        for type_id, drafts in _rules():
            for draft in drafts:
                await self._make(type_id, draft)
        nested = await self._make("product-type", dimensions())
        for draft in product_types(nested.id):
            await self._make("product-type", draft)
        shelf = await self._products()
        for draft in stock.entries(sku for each in shelf for sku in each):
            await self._make("inventory-entry", draft)
        await self._buy(shelf)
        # After the orders: they are paid as the shop has charged them, also where a server that runs already follows the sale.
        for type_id, drafts in (
            ("product-discount", product_discounts(self._today)),
            ("cart-discount", cart_discounts(self._gift_id)),
            ("discount-code", discount_codes()),
        ):
            for draft in drafts:
                await self._loader.ensure(type_id, draft, self._today)
                self._step()
        await self._settle([{"action": "changeName", "name": NAME}])

    async def _buy(self, shelf: Shelf) -> None:
        """The customers, their orders, and the carts that were left."""
        planned = plans(self._today, shelf)
        ids = {draft["email"]: (await self._make("customer", draft)).id for draft in customers(planned)}
        for number, plan in enumerate(planned, 1):
            await self._order(plan._replace(cart=_owned(plan.cart, number, ids)))
            self._step()
        for number, each in enumerate(left(self._today, shelf), 1):
            await self._loader.ensure("cart", _owned(each.cart, number, ids), each.filled, store=each.store)
            self._step()

    async def _settle(self, actions: list[dict[str, Any]]) -> None:
        project = await self._loader.find("project", "key", PROJECT)
        await self._loader.update("project", project, actions, datetime.now(UTC))
        self._step()

    async def _products(self) -> list[list[str]]:
        """Make the products; answers the SKUs of each."""
        ids: dict[str, str] = {}
        found: list[list[str]] = []
        for draft in products(self._today, ids.__getitem__):
            product = await self._make("product", draft)
            ids[draft["key"]] = product.id
            found.append(skus(draft))
        self._gift_id = ids[GIFT]
        return found

    async def _make(self, type_id: str, draft: dict[str, Any]) -> Any:
        """A document of the opening day, a minute after the one before."""
        self._minutes += 1
        made = await self._loader.ensure(type_id, draft, self._today + OPENED + timedelta(minutes=self._minutes))
        self._step()
        return made

    async def _order(self, plan: Plan) -> None:
        """A cart, its order, and what follows. A new order has version 1 and each step adds one, which tells the steps to do."""
        order = await self._loader.find("order", "order_number", plan.number)
        if order is None:
            cart = await self._loader.ensure("cart", plan.cart, plan.placed - BEFORE, store=plan.store)
            draft = {
                "cart": {"typeId": "cart", "id": cart.id},
                "version": cart.version,
                "orderNumber": plan.number,
                **plan.begins,
            }
            order = await self._loader.ensure(
                "order", draft, plan.placed, column="order_number", value=plan.number, store=plan.store
            )
        while order.version <= len(plan.steps):
            moment, step = plan.steps[order.version - 1]
            order = await self._loader.update("order", order, step(order), moment)

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, TOTAL)


def _owned(cart: dict[str, Any], number: int, ids: Mapping[str, str]) -> dict[str, Any]:
    """The cart as that of its customer, unless it is a guest's."""
    return cart if is_guest(number) else {**cart, "customerId": ids[cart["customerEmail"]]}


def _rules() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What prices, taxes and shipping follow from, each after what it names."""
    yield "tax-category", places.tax_categories()
    yield "zone", places.zones()
    yield "store", places.stores()
    yield "shipping-method", places.shipping_methods()
