"""An order with other amounts of its entries, for those orders that were made in this dialect.

What an entry costs is in proportion to its amount, fees as well, rounded; its unit costs what it did. The figures of the order
change by as much as those of its entries: shipping and the fee of the payment stay as they are. Discounts would have to be found
anew, and so would a fee that is the same for any amount: with these an order is not recalculated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from orderwright.domain.order.kept import MADE, PARTS, bound, in_force, kept
from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import CustomLineItem, ItemState, LineItem
from orderwright.emporix.amounts import EXACT, decimal, plainly, rounded
from orderwright.emporix.changing.splitting import VALUES, digits_of, discounted
from orderwright.emporix.drafts import Draft, create, read_draft
from orderwright.emporix.model import MAX_ENTRIES, Amount
from orderwright.emporix.statuses import status_of
from orderwright.emporix.table.sums import NOTHING
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import Action, Value
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Text
from orderwright.errors import ApiError, invalid_operation, required_field

Json = Mapping[str, Any]
Item = LineItem | CustomLineItem
_SCALED: Final = frozenset((*VALUES, "totalPrice", "authorizedAmount", "subTotal", "totalTax", "total"))
"""Members of an entry that are amounts of all of its units."""

_OF_UNIT: Final = ("calculatedUnitPrice", "price", "priceMatchDetails", "product", "mixins", "metadata")
"""Members that say the same of any amount."""


class Resizing(Struct, frozen=True, kw_only=True):
    """Other amounts by the ids of entries, which are told as those that were ordered if they are `ordered`; `pieces` and `units`
    beside them; and the entries that are `added`."""

    amounts: Mapping[str, int]
    ordered: bool = False
    pieces: Mapping[str, int] = {}
    units: Mapping[str, str] = {}
    added: tuple[Json, ...] = ()


class Wish(Value):
    """How much of an entry there is to be, of which nothing takes it away; or how much of a product is added."""

    quantity: Amount
    entry_id: Text | None = None
    product_id: Text | None = None


class Wishes(Value):
    """The body by which entries are changed."""

    entries: Annotated[tuple[Wish, ...], Meta(min_length=1, max_length=MAX_ENTRIES)]

    @property
    def products(self) -> tuple[tuple[str, int], ...]:
        """How much of which product is added."""
        return tuple((wish.product_id, wish.quantity) for wish in self.entries if wish.product_id is not None)

    def resizing(self, added: Sequence[Json]) -> Resizing:
        """What is wished, with the entries that are added. Raises 400 for an entry that is named by neither or both, and for
        nothing of a product."""
        for wish in self.entries:
            if wish.entry_id is None and wish.product_id is None:
                raise required_field("entries.entryId")
            if wish.entry_id is not None and wish.product_id is not None:
                message = "An entry is named by entryId or by productId, not by both."
                raise ApiError(400, "InvalidOperation", message, field="entries.productId")
            if wish.product_id is not None and not wish.quantity:
                raise ApiError(400, "InvalidOperation", "Nothing of a product can not be added.", field="entries.quantity")
        amounts = {wish.entry_id: wish.quantity for wish in self.entries if wish.entry_id is not None}
        return Resizing(amounts=amounts, ordered=True, added=tuple(added))


class Delivered(Value):
    """How much of an entry was delivered: in its unit, and in pieces, which are told as `packedAmountInPc`."""

    entry_id: Text
    delivered_amount: Amount
    delivered_amount_in_pc: Amount | None = None
    unit: Text | None = None


class Delivery(Value):
    """The body by which an order is calculated for what was delivered."""

    entries: Annotated[tuple[Delivered, ...], Meta(min_length=1, max_length=MAX_ENTRIES)]

    @property
    def resizing(self) -> Resizing:
        """What was delivered."""
        return Resizing(
            amounts={each.entry_id: each.delivered_amount for each in self.entries},
            pieces={
                each.entry_id: each.delivered_amount_in_pc for each in self.entries if each.delivered_amount_in_pc is not None
            },
            units={each.entry_id: each.unit for each in self.entries if each.unit is not None},
        )


class Recalculate(Action):
    """Put other items and figures into the order: those of a draft, whose entries are the order's with these places, and then
    those that are added."""

    sent: ClassVar[bool] = False
    made: Draft
    places: tuple[int, ...]

    def wants_on(self, _order: Order) -> Iterable[Wanted]:
        """What the draft names."""
        return self.made.wants()


def recalculate(order: Order, action: Recalculate, facts: Facts) -> Order:
    """Items keep their ids. Raises `InvalidOperation` for one whose units are in several States or go to several addresses."""
    made = create(action.made, facts).after
    keeps = {name: value for name, value in (kept(in_force(order)) or {}).items() if name != MADE}
    before = list(_items(order, keeps["entries"]))
    figures = kept(made) or {}
    after = _items(made, figures["entries"])
    items = [_same(before[place], item) for place, item in zip(action.places, after, strict=False)]
    items += islice(after, len(figures["entries"]) - len(items))
    fees = [*made.custom_line_items[_own(items) :]]
    for place, old in enumerate(order.custom_line_items[_own(before) :][: len(fees)]):
        fees[place] = replace(fees[place], id=old.id)
    changed = replace(
        order,
        line_items=tuple(item for item in items if isinstance(item, LineItem)),
        custom_line_items=(*(item for item in items if isinstance(item, CustomLineItem)), *fees),
        total_price=made.total_price,
        taxed_price=made.taxed_price,
    )
    parts = PARTS["figures"][1]
    left = {name: value for name, value in keeps.items() if name not in parts}
    return bound(changed, left | {name: value for name, value in figures.items() if name in parts})


def recalculated(order: Order, shown: Json, resizing: Resizing) -> Recalculate:
    """The action that gives entries of an order, which is shown so, other amounts: with none an entry is taken away, for the
    house has no item of no units.

    Raises `InvalidOperation` for an order that can not be recalculated, and for one of which nothing would be left; 400 for an
    entry that is not there or is counted in another unit.
    """
    _check(order, shown)
    _check_entries(shown, resizing)
    amounts, ordered = resizing.amounts, resizing.ordered
    digits = digits_of(shown["calculatedPrice"], shown["currency"])
    entries: list[Json] = []
    places: list[int] = []
    for place, entry in enumerate(shown["entries"]):
        amount = amounts.get(entry.get("id"), entry["amount"])
        if amount:
            pieces = {"packedAmountInPc": resizing.pieces[entry["id"]]} if entry.get("id") in resizing.pieces else {}
            entries.append({**_resized(entry, amount, digits, ordered=ordered), **pieces})
            places.append(place)
    entries += resizing.added
    if not entries:
        raise invalid_operation("An order has at least one entry.")
    sent = {"entries": entries, "calculatedPrice": _whole(shown, entries)}
    sent |= {name: shown[name] for name in ("currency", "countryCode", "shipping") if name in shown}
    return Recalculate(made=read_draft(encode(sent)), places=tuple(places))


def _check_entries(shown: Json, resizing: Resizing) -> None:
    known = {entry.get("id"): entry for entry in shown["entries"]}
    for id in resizing.amounts:
        if id not in known:
            raise ApiError(400, "InvalidOperation", f"The order has no entry '{id[:100]}'.", field="entries.entryId")
    for id, unit in resizing.units.items():
        measured = known[id].get("measurementUnit")
        own = measured.get("unit") if isinstance(measured, Mapping) else None
        if unit != own:
            message = f"The entry '{id[:100]}' is counted in {own or 'pieces'}, and not in '{unit[:40]}'."
            raise ApiError(400, "InvalidOperation", message, field="entries.unit")


def _check(order: Order, shown: Json) -> None:
    if status_of(order) in ("DECLINED", "COMPLETED") or "orderType" in shown:
        raise invalid_operation("An order that is declined, completed or split is not recalculated.")
    if "entries" not in (kept(in_force(order)) or {}):
        raise invalid_operation("Only an order that was made in this dialect, and whose figures are as then, is recalculated.")
    if shown.get("discounts") or any(map(discounted, shown["entries"])):
        raise invalid_operation("An order with discounts is not recalculated.")


def _resized(entry: Json, amount: int, digits: int, *, ordered: bool) -> Json:
    before = entry["amount"]
    if amount == before:
        return entry
    fees = (entry.get("calculatedPrice") or {}).get("fees")
    if isinstance(fees, list) and any(isinstance(fee, Mapping) and fee.get("type") == "ABSOLUTE" for fee in fees):
        raise invalid_operation(f"The entry '{entry['id']}' has a fee that is the same for any amount.")
    if not before:
        raise invalid_operation(f"What the entry '{entry['id']}' costs is not known: there is nothing of it.")
    found: dict[str, Any] = _scaled(entry, amount, before, digits)
    found |= {name: entry[name] for name in _OF_UNIT if name in entry}
    found |= {"amount": amount, "effectiveQuantity": amount, **({"orderedAmount": amount} if ordered else {})}
    # Its taxes are those of its price, by the same rates.
    tax = entry.get("tax")
    if isinstance(tax, Mapping):
        found["tax"] = {**tax, "lines": [_taxed(line, amount, before, digits) for line in tax.get("lines") or ()]}
        if "total" in tax:
            found["tax"]["total"] = _taxed(tax["total"], amount, before, digits)
    return found


def _taxed(tax: Any, amount: int, before: int, digits: int) -> Any:
    if not isinstance(tax, Mapping) or "amount" not in tax:
        return tax
    return {**tax, "amount": _times(tax["amount"], amount, before, digits)}


def _times(value: Any, amount: int, before: int, digits: int) -> Any:
    found = decimal(value)
    return value if found is None else plainly(rounded(EXACT.multiply(found, Decimal(amount)), Decimal(before), digits))


def _scaled(value: Any, amount: int, before: int, digits: int) -> Any:
    """A part of an entry with its amounts in proportion; net and tax are gross."""
    if isinstance(value, list):
        return [_scaled(each, amount, before, digits) for each in value]
    if not isinstance(value, Mapping):
        return value
    found = {
        name: _times(part, amount, before, digits)
        if name in _SCALED and decimal(part) is not None
        else _scaled(part, amount, before, digits)
        for name, part in value.items()
    }
    net, gross = decimal(found.get("netValue")), decimal(found.get("grossValue"))
    if net is not None and gross is not None:
        found["taxValue"] = plainly(EXACT.subtract(gross, net))
    return found


def _whole(shown: Json, entries: Sequence[Json]) -> dict[str, Any]:
    """The figures of the order, changed by as much as those of its entries."""
    found: dict[str, Any] = {name: part for name, part in shown["calculatedPrice"].items() if isinstance(part, Mapping)}
    found.pop("totalDiscount", None)
    for name in ("price", "discountedPrice", "totalFee", "upliftValue", "finalPrice"):
        if name in found:
            more = {each: _all(entries, name, each) - _all(shown["entries"], name, each) for each in VALUES}
            figures = {each: plainly((decimal(found[name].get(each)) or NOTHING) + more[each]) for each in VALUES}
            found[name] = {part: value for part, value in found[name].items() if part != "taxAggregate"} | figures
    return found


def _all(entries: Iterable[Json], name: str, value: str) -> Decimal:
    figures = ((entry.get("calculatedPrice") or {}).get(name) or {} for entry in entries)
    return sum((decimal(each.get(value)) or NOTHING for each in figures), NOTHING)


def _items(order: Order, entries: Sequence[Json]) -> Iterator[Item]:
    """The item of each entry."""
    lines, items = iter(order.line_items), iter(order.custom_line_items)
    skus = {line.variant.sku for line in order.line_items}
    for entry in entries:
        yield next(lines) if entry.get("product", {}).get("sku") in skus else next(items)


def _own(items: Iterable[Item]) -> int:
    """How many custom line items are entries; those behind them are the fees."""
    return sum(isinstance(item, CustomLineItem) for item in items)


def _same(before: Item, after: Item) -> Item:
    """The item as it is now, which is the one that it was."""
    if len(before.state) > 1 or before.shipping_details is not None:
        raise invalid_operation(f"The units of the item '{before.id}' are not all in one State, or go to several addresses.")
    states = tuple(ItemState(quantity=after.quantity, state=part.state) for part in before.state)
    if isinstance(before, LineItem) and isinstance(after, LineItem):
        return replace(after, id=before.id, key=before.key, custom=before.custom, added_at=before.added_at, state=states)
    if isinstance(before, CustomLineItem) and isinstance(after, CustomLineItem):
        return replace(after, id=before.id, key=before.key, custom=before.custom, state=states)
    return after
