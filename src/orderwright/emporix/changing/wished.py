"""A change of an order that recalculates it (`recalculate=true`): the entries that it says are those that there are to be.

They are named by their ids and say their amounts. One without an id names its product, which is added; one that is left out is
taken away. What amounts and prices come to is found here, so figures that are sent are passed over; anything else that an entry
would change is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from msgspec import Meta

from orderwright.domain.order.kept import PARTS
from orderwright.emporix import model
from orderwright.emporix.bodies import read_body
from orderwright.emporix.changing.recalculating import Json, Wish, Wishes
from orderwright.engine.json.codec import encode
from orderwright.engine.model import Value
from orderwright.engine.scalars import Text
from orderwright.errors import ApiError, required_field

_FOUND: Final = frozenset(
    (
        "amount", "orderedAmount", "effectiveQuantity", "originalAmount", "originalPrice", "unitPrice", "totalPrice",
        "authorizedAmount", "calculatedUnitPrice", "calculatedPrice", "price", "priceMatchDetails", "tax", "fees",
        "totalDiscount",
    )
)  # fmt: skip
"""Members of an entry that follow from its amount and its product."""


class _Entry(Value):
    amount: model.Amount
    id: Text | None = None
    product: model.Product | None = None


class _Sent(Value):
    entries: Annotated[tuple[_Entry, ...], Meta(min_length=1, max_length=model.MAX_ENTRIES)]


def without_figures(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A change as it is beside the entries and figures."""
    return {name: value for name, value in sent.items() if name not in PARTS["figures"][1]}


def wishes_of(sent: Mapping[str, Any], shown: Json) -> Wishes:
    """What a change wishes of the entries of an order, which is shown so; nothing where it does not say any.

    Raises `InvalidJsonInput`, `RequiredField` for an entry that names nothing, and 400 for a member that is not changed so.
    """
    if sent.get("entries") is None:
        return Wishes(entries=())
    found = read_body(_Sent, encode({"entries": sent["entries"]}))[0].entries
    known = {entry.get("id"): entry for entry in shown["entries"]}
    wishes: list[Wish] = []
    for entry, body in zip(found, sent["entries"], strict=True):
        product = entry.product or model.Product()
        named = product.id or product.sku
        if entry.id is None and named is None:
            raise required_field("entries.product.id")
        _check(body, known.get(entry.id) if entry.id is not None else {"product": body["product"]})
        one = {"entry_id": entry.id} if entry.id is not None else {"product_id": named}
        wishes.append(Wish(quantity=entry.amount, **one))
    left = {wish.entry_id for wish in wishes}
    return Wishes(entries=(*wishes, *(Wish(entry_id=id, quantity=0) for id in known if id is not None and id not in left)))


def _check(body: Mapping[str, Any], known: Json | None) -> None:
    if known is None:
        return  # That there is none is told where the amounts are taken.
    for name, value in body.items():
        if name not in _FOUND and name != "id" and value is not None and value != known.get(name):
            message = f"The member '{name[:100]}' of an entry is not changed in this way."
            raise ApiError(400, "InvalidOperation", message, field=f"entries.{name[:100]}")
