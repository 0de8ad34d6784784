"""An order as this dialect shows it: every field of the table that the order has, and those that clients read without asking."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from orderwright.domain.order.kept import MEMBER, in_force, untrue
from orderwright.domain.order.model import Order
from orderwright.domain.payment.model import Payment
from orderwright.emporix.payments import payment_shown
from orderwright.emporix.table import lines, parts
from orderwright.emporix.table.code import Code
from orderwright.emporix.table.entries import LINES, LISTS, TENANT, Source
from orderwright.emporix.table.fields import KEPT_LISTS, KEPT_ONLY, LAST_CHANGE, PAYMENTS, ROWS
from orderwright.emporix.table.places import Json, Kept, Reader
from orderwright.emporix.table.shapes import Written, grown, shaped
from orderwright.engine.json.codec import decoder, to_builtins
from orderwright.engine.scalars import DateTime

NOT_FOR_CUSTOMERS: Final = frozenset(("checkout",))


class Beside(Struct, frozen=True):
    """What an order does not tell by itself: whose it is, its payments, and when its status changed last, where that is known."""

    tenant: str
    payments: tuple[Payment, ...] = ()
    last_status_change: DateTime | None = None
    for_customer: bool = False


def rendered(order: Order, beside: Beside, fields: Iterable[str] = ()) -> dict[str, Any]:
    """The order as plain JSON; only the `fields` (dotted, through arrays) where any are named.

    It is no struct: what came with an Emporix order and is in no schema is shown again as it came.
    """
    return rendered_json(to_builtins(in_force(order)), beside, fields)


def in_force_json(body: bytes | str) -> dict[str, Any]:
    """The stored bytes of an order as the plain JSON that is read of it, with as much of what it keeps as is still true."""
    at = parts.read(body)
    if MEMBER not in at:
        return at
    keeps = at[MEMBER]
    gone = untrue(decoder(Order).decode(body), keeps)
    return at | {MEMBER: {name: part for name, part in keeps.items() if name not in gone}}


def rendered_json(order: Json, beside: Beside, fields: Iterable[str] = ()) -> dict[str, Any]:
    """The same of an order that is plain JSON already. Entries may be JSON that was encoded before, where no fields are named."""
    at = {
        **order,
        TENANT: beside.tenant,
        PAYMENTS: [payment_shown(payment) for payment in beside.payments],
        LAST_CHANGE: beside.last_status_change,
    }
    wanted = tuple(fields)
    if wanted:
        at = parts.opened(at)
    keeps = at.get(MEMBER) or {}
    heads = {field.split(".")[0] for field in wanted}
    found: dict[str, Any] = _some(at, heads, bool(keeps)) if heads else _whole(bool(keeps))(at)
    # What nobody knows is shown as it came.
    unknown = ((name, value) for name, value in keeps.items() if name not in _KNOWN and name[:1] != "@")
    found |= {name: value for name, value in unknown if value is not None and (not heads or name in heads)}
    if beside.for_customer:
        for name in NOT_FOR_CUSTOMERS:
            found.pop(name, None)
    return projected(found, wanted) if wanted else found


def payment_ids(order: Json) -> tuple[str, ...]:
    """The payments of an order that is plain JSON, in the order in which they were added."""
    return tuple(each["id"] for each in (order.get("paymentInfo") or {}).get("payments") or ())


def projected(document: Json, fields: Iterable[str]) -> dict[str, Any]:
    """As much of a document as the dotted fields name; what it does not have is left out."""
    tree: dict[str, Any] = {}
    for field in fields:
        at = tree
        for step in field.split("."):
            at = at.setdefault(step, {})
    # A field and one inside of it: the whole is shown.
    whole = set(fields)
    return {name: value for name, value in _projected(document, tree, whole, "").items() if value is not None}


def _projected(value: Any, tree: Mapping[str, Any], whole: set[str], prefix: str) -> Any:
    if isinstance(value, list):
        found = [_projected(element, tree, whole, prefix) for element in value]
        return [element for element in found if element is not None]
    if not isinstance(value, Mapping):
        return None
    shown: dict[str, Any] = {}
    for name, inner in tree.items():
        if name not in value:
            continue
        path = f"{prefix}{name}"
        part = value[name] if path in whole else _projected(value[name], inner, whole, f"{path}.")
        if part is not None:
            shown[name] = part
    return shown


def _elements(name: str, sources: tuple[Source, ...]) -> Written:
    """What writes a list: as it is kept, or of the order's own elements. Entries of lines are known where these are."""

    def made(at: Json) -> Any:
        known, left = at.get(parts.LINES), sources
        found: list[Any] = []
        if known is not None and sources[0] is LINES:
            found, left = [lines.entry(line, at[TENANT], at.get("locale")) for line in known], sources[1:]
        found += [source.element(each) for source in left for each in source.elements(at)]
        return found if found or name != "shipments" else None

    def written(code: Code) -> str:
        part, own = KEPT_LISTS[name], code.called(made, "at")
        if part is None or not code.kept:
            return own
        return f"({code.at(f'{MEMBER}.{name}')} if {code.at(f'{MEMBER}.{part}')} is not None else {own})"

    return written


_TABLE: Final = grown(
    [
        *((path, place.code) for path, place in ROWS.items()),
        *((name, _elements(name, sources)) for name, sources in LISTS.items()),
        *((name, Kept(name, name).code) for name in KEPT_ONLY),
    ]
)
_KNOWN: Final = frozenset(_TABLE.members)


@functools.cache
def _whole(kept: bool) -> Reader:
    """What makes an order as a whole, one that keeps something or one that does not."""
    return shaped(_TABLE, kept)


@functools.cache
def _member(name: str, kept: bool) -> Reader:
    return shaped(_TABLE.members[name], kept)


def _some(at: Json, names: Collection[str], kept: bool) -> dict[str, Any]:
    """Only those members of an order that are named."""
    made = ((name, _member(name, kept)(at)) for name in _TABLE.members if name in names)
    return {name: value for name, value in made if value is not None}
