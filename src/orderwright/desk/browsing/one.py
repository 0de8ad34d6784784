"""The pages of one cart, one customer and one product, each with what belongs to it and the token opens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orderwright.desk.browsing import listed
from orderwright.desk.paging import quoted
from orderwright.desk.visit import Visit
from orderwright.http.wire.exchange import Answer

NEWEST: Final = 10
"""Orders and carts of a customer that are shown."""
MOST: Final = 500
"""Prices and inventory entries of a product that are shown."""
_PARTS: Final = ("current", "staged")
_SCOPES: Final = ("channel", "customerGroup")


async def cart(visit: Visit, id: str) -> Answer:
    """A cart, its customer, and the order that it became."""
    found = await visit.calls.get("carts", id)
    customer = None
    if found.get("customerId") and visit.offers("customers"):
        customer = await visit.calls.found("customers", found["customerId"])
    orders = await _newest(visit, "orders", f"cart(id = {quoted(id)})", 1) if found["cartState"] == "Ordered" else ()
    order, name = next(iter(orders or ()), None), customer and listed.called(customer)
    return visit.page("cart.html", cart=found, customer=customer, customer_name=name, order=order)


async def customer(visit: Visit, id: str) -> Answer:
    """A customer, with her newest orders and carts."""
    groups = ("customerGroup", "customerGroupAssignments[*].customerGroup")
    found = await visit.calls.get("customers", id, asked=[("expand", path) for path in groups])
    hers = f"customerId = {quoted(found['id'])}"
    orders, carts = [await _newest(visit, place, hers, NEWEST + 1) for place in ("orders", "carts")]
    return visit.page("customer.html", customer=found, name=listed.called(found), orders=orders, carts=carts, most=NEWEST)


async def product(visit: Visit, id: str) -> Answer:
    """A product as shops see it or as it is being prepared, with its prices and its stock."""
    found = await visit.calls.get("products", id, asked=[("expand", path) for path in _expanded()])
    parts = found["masterData"]
    usual = "current" if parts["published"] else "staged"
    part = visit.parameter("part") if visit.parameter("part") in _PARTS else usual
    variants = [parts[part]["masterVariant"], *parts[part].get("variants", ())]
    skus = [variant["sku"] for variant in variants if variant.get("sku")]
    return visit.page(
        "product.html",
        product=found,
        data=parts[part],
        part=part,
        variants=variants,
        standing=await _of_skus(visit, "standalone-prices", skus, _SCOPES),
        stock=await _of_skus(visit, "inventory", skus, ("supplyChannel",)),
        most=MOST,
    )


def _expanded() -> Iterator[str]:
    yield from ("productType", "taxCategory")
    for part in _PARTS:
        yield f"masterData.{part}.categories[*]"
        for variant in ("masterVariant", "variants[*]"):
            yield from (f"masterData.{part}.{variant}.prices[*].{scope}" for scope in _SCOPES)


async def _newest(visit: Visit, place: str, where: str, limit: int) -> tuple[Any, ...] | None:
    """The newest documents of a list; None where the token does not open it."""
    asked = (("where", where), ("sort", "createdAt desc"), ("limit", str(limit)), ("withTotal", "false"))
    return await listed.of(visit, place, asked) if visit.calls.allows(place, "query") else None


async def _of_skus(visit: Visit, place: str, skus: list[str], expanded: tuple[str, ...]) -> list[Mapping[str, Any]] | None:
    """What a list has of some SKUs, in their order; None where the token does not open it."""
    if not visit.calls.allows(place, "query"):
        return None
    if not skus:
        return []
    # As variables: a hundred long SKUs are more than a predicate may have characters.
    asked = [("where", "sku in :skus"), *(("var.skus", quoted(sku)) for sku in skus)]
    asked += [("limit", str(MOST)), ("withTotal", "false"), *(("expand", name) for name in expanded)]
    found = await visit.calls.found(place, asked=asked)
    places = {sku: place for place, sku in enumerate(skus)}
    return None if found is None else sorted(found["results"], key=lambda each: places[each["sku"]])
