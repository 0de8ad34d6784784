"""What is kept of an Emporix order: all that it said which the order does not tell itself, and the figures that it left out.

A member that the order owns is not kept, or it would be true of the beginning only. An entry is completed, since what is kept of
entries stands for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import LineItem
from orderwright.emporix import model
from orderwright.emporix.amounts import EXACT, decimal, plainly
from orderwright.emporix.table.entries import LISTS, TENANT
from orderwright.emporix.table.fields import CODES, OF_ADDRESS
from orderwright.emporix.table.places import WHOLE
from orderwright.emporix.table.sums import NOTHING
from orderwright.engine.json.codec import to_builtins

OWNED: Final = (
    "id",
    "status",
    "created",
    "completed",
    "lastStatusChange",
    "createdBy",
    "shipments",
    "currency",
    "countryCode",
    "customer.email",
    "mixins.generalAttributes.orderNumber",
    "metadata.version",
    "metadata.createdAt",
    "metadata.modifiedAt",
)
"""What an order tells itself, whatever was sent; of addresses all that the house has a place for."""
_ADDRESSES: Final = ("billingAddress", "shippingAddress")
_EXTENDED: Final = "extendedOrderStatus"


def kept_of(
    sent: Mapping[str, Any], draft: model.SalesOrderCreation, order: Order, inclusive: bool, tenant: str
) -> dict[str, Any]:
    """The members that the order keeps. No member of another dialect begins with an `@`: what does is dropped."""
    kept: dict[str, Any] = without_owned(deepcopy(dict(sent)))
    for name in _ADDRESSES:
        if name in kept:
            kept[name] = {part: value for part, value in kept[name].items() if part not in OF_ADDRESS}
    kept["entries"] = list(_entries(kept["entries"], order, tenant))
    kept = _with_totals(_figures(draft, inclusive) | kept, order.total_price.currency_code, inclusive)
    empty: tuple[Any, ...] = ({}, None)
    # As it will be read again: what was computed here becomes the number that it is written as.
    found: dict[str, Any] = to_builtins(
        {name: value for name, value in kept.items() if value not in empty and not name.startswith("@")}
    )
    return found


def without_owned(document: dict[str, Any], *also: str) -> dict[str, Any]:
    """The document without what an order owns, and what stands at other paths `also`. An extended status goes where it is one
    that follows from the status; another system's own is kept."""
    found: dict[str, Any] = without(document, (*OWNED, *also))
    general = (found.get("mixins") or {}).get("generalAttributes")
    if isinstance(general, dict) and general.get(_EXTENDED) in CODES.values():
        del general[_EXTENDED]
    return found


def without(document: Any, paths: tuple[str, ...]) -> Any:
    """The document, from which what stands at these dotted paths is taken away."""
    for path in paths:
        *steps, last = path.split(".")
        at: Any = document
        for step in steps:
            at = at.get(step) if isinstance(at, dict) else None
        if isinstance(at, dict):
            at.pop(last, None)
    return document


def _entries(sent: list[dict[str, Any]], order: Order, tenant: str) -> list[dict[str, Any]]:
    whole = to_builtins(order) | {TENANT: tenant}
    lines, items = iter(order.line_items), iter(order.custom_line_items)
    skus = {line.variant.sku for line in order.line_items}
    of_lines, of_items = LISTS["entries"]
    found = []
    for entry in sent:
        item: Any = next(lines) if entry.get("product", {}).get("sku") in skus else next(items)
        source = of_lines if isinstance(item, LineItem) else of_items
        made = source.element({**to_builtins(item), WHOLE: whole})
        found.append(_completed(made, entry))
    return found


def _completed(made: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with what clients read of every one. Its calculated prices are taken whole: parts of two would not add up."""
    product = {"images": [], "published": True} | entry.get("product", {})
    price = made["price"] | entry.get("price", {})
    if "localizedName" not in product:
        product.setdefault("name", made["product"].get("name"))
    else:
        product.setdefault("name", next(iter(product["localizedName"].values()), ""))
    tax = made["tax"] | entry.get("tax", {})
    (of_item,) = made["tax"]["lines"]
    told = {name: of_item[name] for name in ("rate", "inclusive")}
    tax["lines"] = [told | line for line in tax["lines"] or (of_item,)]
    discount = made["totalDiscount"] | entry.get("totalDiscount", {})
    return made | entry | {"product": product, "price": price, "tax": tax, "totalDiscount": discount}


def _with_totals(kept: dict[str, Any], currency: str, inclusive: bool) -> dict[str, Any]:
    """What is kept, with the totals of shipping and taxes where these are told without: clients read them of every order."""
    told = {"shipping": {"amount": 0, "currency": currency}}
    told["tax"] = told["shipping"] | {"inclusive": inclusive}
    totals = {name: {**part, "total": told[name] | part.get("total", {})} for name in told if (part := kept.get(name))}
    return kept | totals


def _figures(draft: model.SalesOrderCreation, inclusive: bool) -> dict[str, Any]:
    """The figures of the whole that were left out, of those that were not."""
    calculated = draft.calculated_price
    if calculated is None or calculated.final_price is None:
        return {}
    final, currency = calculated.final_price, draft.currency
    gross = decimal(final.gross_value) or NOTHING
    uplift = decimal(calculated.uplift_value.gross_value) if calculated.uplift_value else None
    before = calculated.price or final
    found: dict[str, Any] = {
        "totalPrice": final.gross_value if inclusive else final.net_value,
        "subTotalPrice": before.gross_value if inclusive else before.net_value,
        "totalAuthorizedAmount": plainly(EXACT.add(gross, uplift or NOTHING)),
        "discounts": [],
    }
    if currency is not None:
        shipped = calculated.total_shipping.gross_value if calculated.total_shipping else 0
        found["shipping"] = {"total": {"amount": shipped, "currency": currency}, "lines": []}
        total = {"amount": final.tax_value, "currency": currency, "inclusive": inclusive}
        found["tax"] = {"lines": _tax_lines(final, currency, inclusive), "total": total}
    return found


def _tax_lines(final: model.Final, currency: str, inclusive: bool) -> list[dict[str, Any]]:
    lines = final.tax_aggregate.lines if final.tax_aggregate else ()
    return [
        {
            "amount": line.tax_value,
            "currency": currency,
            "code": line.tax_code or "",
            "name": line.tax_code or "",
            "rate": line.tax_rate or 0,
            "sequenceId": place,
            "inclusive": inclusive,
        }
        for place, line in enumerate(lines if isinstance(lines, tuple) else (lines,))
    ]
