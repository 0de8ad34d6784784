"""An order is split by vendors: into a sub order for each of them, and one for the entries that have none.

A part has its entries with their prices and fees. What the order has beside them, shipping and the fee of the payment, is shared
in proportion to what the entries cost after discounts, gross, and rounded; the last part gets what is left, so that the parts
add up to the order. Payments stay with the order that was split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal

from orderwright.domain.amounts.money import fraction_digits
from orderwright.domain.order.kept import MADE, bound, in_force, kept
from orderwright.domain.order.model import Order
from orderwright.emporix.amounts import EXACT, SCALE, decimal, plainly, rounded
from orderwright.emporix.drafts import Draft, create, read_draft
from orderwright.emporix.keeping import OWNED, without
from orderwright.emporix.statuses import status_of
from orderwright.emporix.table.sums import NOTHING
from orderwright.engine.actions import Change, Inserted
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode, plain
from orderwright.engine.model import Action, Value
from orderwright.engine.references import Wanted
from orderwright.errors import invalid_operation

Json = Mapping[str, Any]
Figures = dict[str, Decimal]
BY: Final = "VENDOR_ID"
VALUES: Final = ("netValue", "grossValue", "taxValue")
COPIED: Final = (
    "customer", "currency", "countryCode", "siteCode", "legalEntityId", "restriction", "cartId", "quoteId", "billingAddress",
    "shippingAddress", "channel", "deliveryWindow", "deliveryWindowId", "orderCycle", "mixins", "metadata",
)  # fmt: skip
"""What each part has of the order; the rest is its own."""

# The number of the order is taken, and what it is at a time or a version is not the part's.
_NOT_COPIED: Final = tuple(path for path in OWNED if path.startswith(("mixins.", "metadata.")))


class SplitBy(Value):
    """By what an order is to be split."""

    split_by: Literal["VENDOR_ID"] = "VENDOR_ID"


class Split(Action):
    """Make the sub orders, in the write that makes the order their master."""

    sent: ClassVar[bool] = False
    parts: tuple[Draft, ...]

    def wants_on(self, order: Order) -> Iterable[Wanted]:
        """What the parts name, and the customer, whom they may name by her number."""
        buyer = [] if order.customer_id is None else [Wanted("customer", "id", order.customer_id)]
        return [*buyer, *(wanted for part in self.parts for wanted in part.wants())]


def split(order: Order, action: Split, facts: Facts) -> Change[Order]:
    """The order as the master of the parts, which are made beside it."""
    made = [create(part, facts) for part in action.parts]
    keeps = {name: value for name, value in (kept(in_force(order)) or {}).items() if name != MADE}
    keeps |= {"orderType": "MASTER_ORDER", "splitInfo": {"splitBy": BY}, "subOrders": [each.after.id for each in made]}
    effects = [effect for each in made for effect in each.effects]
    return Change(bound(order, keeps), effects=effects, inserted=[Inserted("order", each.after) for each in made])


def parts_of(order: Order, shown: Json) -> tuple[Draft, ...]:
    """The drafts of the parts of an order that is shown so, by their first entries.

    Raises `InvalidOperation` for one that is not CREATED, is split or part of a split one, has discounts, has no final price,
    or no vendor.
    """
    if status_of(order) != "CREATED":
        raise invalid_operation("Only an order with the status CREATED is split.")
    if "orderType" in shown:
        raise invalid_operation("The order has been split already, or is a part of one.")
    if shown.get("discounts") or any(discounted(entry) for entry in shown["entries"]):
        raise invalid_operation("An order with discounts is not split.")
    if not isinstance(shown["calculatedPrice"].get("finalPrice"), Mapping):
        raise invalid_operation("An order whose final price is not known is not split.")
    groups: dict[str | None, list[Json]] = {}
    for entry in shown["entries"]:
        groups.setdefault(_vendor(entry).get("id"), []).append(entry)
    if not any(groups):
        raise invalid_operation("No entry of the order has a vendor.")
    prices = _prices(shown, list(groups.values()))
    return tuple(_part(shown, entries, price) for entries, price in zip(groups.values(), prices, strict=True))


def _part(shown: Json, entries: Sequence[Json], price: Json) -> Draft:
    vendor = _vendor(entries[0])
    unique = {"uniqueValue": vendor["id"]} if "id" in vendor else {}
    found = {name: shown[name] for name in COPIED if name in shown}
    found |= {"entries": entries, "calculatedPrice": price, "status": "CREATED"}
    found |= {"orderType": "SUB_ORDER", "masterOrder": shown["id"], "splitInfo": {"splitBy": BY, **unique}}
    if vendor:
        found["vendor"] = {name: vendor[name] for name in ("id", "name") if name in vendor}
    return read_draft(encode(without(plain(encode(found)), _NOT_COPIED)))


def _vendor(entry: Json) -> Json:
    found = (entry.get("product") or {}).get("vendor")
    return found if isinstance(found, Mapping) and isinstance(found.get("id"), str) else {}


def discounted(entry: Json) -> bool:
    """Whether something was taken off an entry."""
    total = entry.get("totalDiscount")
    return isinstance(total, Mapping) and bool(total.get("amount"))


def _prices(shown: Json, groups: Sequence[Sequence[Json]]) -> list[dict[str, Any]]:
    """What the parts cost."""
    whole = shown["calculatedPrice"]
    digits = digits_of(whole, shown["currency"])
    costs = [_sum(_figures(entry, "discountedPrice", "price", "finalPrice") for entry in entries) for entries in groups]
    weights = [cost["grossValue"] for cost in costs]

    def shared(of_order: Figures, own: Sequence[Figures]) -> list[Figures]:
        left = [(name, of_order[name] - sum((each[name] for each in own), NOTHING)) for name in ("netValue", "grossValue")]
        shares = {name: _shares(rest, weights, digits) for name, rest in left}
        found = [{name: each[name] + shares[name][place] for name in shares} for place, each in enumerate(own)]
        return [{**each, "taxValue": each["grossValue"] - each["netValue"]} for each in found]

    def own(name: str, *instead: str) -> list[Figures]:
        return [_sum(_figures(entry, name, *instead) for entry in entries) for entries in groups]

    nothing = [_sum(()) for _ in groups]
    final = _read(whole["finalPrice"])
    found: dict[str, list[Figures]] = {}
    for name, of_entries in (
        ("price", own("price", "finalPrice")),
        ("discountedPrice", costs),
        ("totalFee", own("totalFee")),
        ("totalShipping", nothing),
    ):
        if name in whole:
            found[name] = shared(_read(whole[name]), of_entries)
    parts = [name for name in found if name != "price"]
    # What the order costs beside its parts is shared as well: then it is they that are not complete.
    finals = shared(final, [_sum(found[name][place] for name in parts) for place in range(len(groups))])
    return [
        {name: _written(of_name[place]) for name, of_name in {**found, "finalPrice": finals}.items()}
        for place in range(len(groups))
    ]


def _shares(rest: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """An amount by weights, rounded; the last one has what is left. Where there is no weight, it has all."""
    total = sum(weights, NOTHING)
    first = [rounded(EXACT.multiply(rest, weight), total, digits) if total else NOTHING for weight in weights[:-1]]
    return [*first, rest - sum(first, NOTHING)]


def digits_of(whole: Json, currency: str) -> int:
    """The decimals of a share: those of the currency, or more where the order's own figures have more."""
    parts = [part for part in whole.values() if isinstance(part, Mapping) and "grossValue" in part]
    figures = [value for part in parts for value in _read(part).values()]
    usual = fraction_digits(currency)
    return usual if all(value == round(value, usual) for value in figures) else max(usual, SCALE)


def _figures(entry: Json, *names: str) -> Figures:
    """The first of some prices that an entry has."""
    calculated = entry.get("calculatedPrice") or {}
    found = next((calculated[name] for name in names if isinstance(calculated.get(name), Mapping)), None)
    return _sum(()) if found is None else _read(found)


def _read(figures: Json) -> Figures:
    return {name: decimal(figures.get(name)) or NOTHING for name in VALUES}


def _sum(each: Iterable[Figures] | Iterator[Figures]) -> Figures:
    found = dict.fromkeys(VALUES, NOTHING)
    for figures in each:
        found = {name: EXACT.add(found[name], figures[name]) for name in VALUES}
    return found


def _written(figures: Figures) -> dict[str, Any]:
    return {name: plainly(value) for name, value in figures.items()}
