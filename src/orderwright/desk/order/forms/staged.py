"""What an edit of an order is made of, and what it would come to: pure functions of a form and of two orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from orderwright.desk.order.forms.fields import Json, address, given, nothing, quantities, text, whole
from orderwright.desk.order.forms.table import Action, is_line, lines
from orderwright.desk.visit import Fields

ADDED: Final = 3
"""SKUs that one edit adds, at most."""
_AMOUNTS: Final = (
    ("Shipping", ("shippingInfo", "price")),
    ("Net", ("taxedPrice", "totalNet")),
    ("Tax", ("taxedPrice", "totalTax")),
    ("Gross", ("taxedPrice", "totalGross")),
    ("Total", ("totalPrice",)),
)


class Compared(NamedTuple):
    """An amount, or a line, before and after. The quantities are those of a line."""

    name: Any
    before: Json | None
    after: Json | None
    units_before: int | None = None
    units_after: int | None = None

    @property
    def difference(self) -> dict[str, Any] | None:
        """What it costs more; negative where it costs less."""
        known = self.after or self.before
        if known is None:
            return None
        cents = sum(sign * (each or {}).get("centAmount", 0) for sign, each in ((1, self.after), (-1, self.before)))
        return {"currencyCode": known["currencyCode"], "fractionDigits": known["fractionDigits"], "centAmount": cents}


def staged(form: Fields, order: Json) -> list[Action]:
    """The actions of an edit: quantities that are others now (`quantity.ITEM`, 0 takes the item away), SKUs that are added
    (`sku.1`, `units.1`), and where the order goes, if `moved` says so. Raises InvalidInput where nothing changes."""
    made = [*_quantities(form, order), *_added(form)]
    if text(form, "moved"):
        made.append({"action": "setShippingAddress", **given(address=address(form, order.get("shippingAddress")))})
    if not made:
        raise nothing()
    return made


def _quantities(form: Fields, order: Json) -> Iterator[Action]:
    items = lines(order)
    for id, quantity in quantities(form, "quantity."):
        kind, member = ("LineItem", "lineItemId") if is_line(order, id) else ("CustomLineItem", "customLineItemId")
        if quantity == 0:
            yield {"action": f"remove{kind}", member: id}
        elif quantity != items[id]["quantity"]:
            yield {"action": f"change{kind}Quantity", member: id, "quantity": quantity}


def _added(form: Fields) -> Iterator[Action]:
    for number in range(1, ADDED + 1):
        if sku := text(form, f"sku.{number}"):
            yield {"action": "addLineItem", "sku": sku, "quantity": whole(form, f"units.{number}") or 1}


def amounts(before: Json, after: Json) -> list[Compared]:
    """The sums of two orders, beside each other."""
    found = (Compared(name, _at(before, path), _at(after, path)) for name, path in _AMOUNTS)
    return [each for each in found if each.difference is not None]


def changed_lines(before: Json, after: Json) -> list[Compared]:
    """The items that the two orders have in another number or at another price."""
    olds, news = lines(before), lines(after)
    found = []
    for id in dict.fromkeys((*olds, *news)):
        old, new = olds.get(id), news.get(id)
        compared = Compared(
            (new or old or {})["name"],
            old and old["totalPrice"],
            new and new["totalPrice"],
            old["quantity"] if old else 0,
            new["quantity"] if new else 0,
        )
        if old is None or new is None or (old["quantity"], old["totalPrice"]) != (new["quantity"], new["totalPrice"]):
            found.append(compared)
    return found


def _at(order: Json, path: tuple[str, ...]) -> Any:
    value: Any = order
    for name in path:
        value = (value or {}).get(name)
    return value
