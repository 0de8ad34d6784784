"""An order as this dialect shows it: every field of the table that the order has, and those that clients read without asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from orderwright.domain.order.kept import MEMBER, in_force
from orderwright.domain.order.model import Order
from orderwright.domain.payment.model import Payment
from orderwright.emporix.payments import payment_shown
from orderwright.emporix.table.entries import LISTS, TENANT, Source, in_order
from orderwright.emporix.table.fields import KEPT_LISTS, KEPT_ONLY, LAST_CHANGE, PAYMENTS, ROWS, Json
from orderwright.emporix.table.places import walked
from orderwright.engine.json.codec import to_builtins
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
    at = to_builtins(in_force(order))
    at |= {
        TENANT: beside.tenant,
        PAYMENTS: [payment_shown(payment) for payment in beside.payments],
        LAST_CHANGE: beside.last_status_change,
    }
    wanted = tuple(fields)
    heads = {field.split(".")[0] for field in wanted}
    found: dict[str, Any] = {}
    for path, place in _IN_ORDER:
        head = path.split(".")[0]
        if (not heads or head in heads) and not (beside.for_customer and head in NOT_FOR_CUSTOMERS):
            _put(found, path, place.read(at))
    for name, sources in LISTS.items():
        if not heads or name.split(".")[0] in heads:
            _put(found, name, _list(at, name, sources))
    for name in (*KEPT_ONLY, *_unknown(at)):
        if not heads or name in heads:
            _put(found, name, walked(at, f"{MEMBER}.{name}"))
    return projected(found, wanted) if wanted else found


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


def element_of(source: Source, item: Json) -> dict[str, Any]:
    """One element of a list."""
    found: dict[str, Any] = {}
    for path, place in source.in_order:
        _put(found, path, place.read(item))
    return found


def _list(at: Json, name: str, sources: tuple[Source, ...]) -> list[Any] | None:
    part = KEPT_LISTS[name]
    if part is not None and walked(at, f"{MEMBER}.{part}") is not None:
        kept: list[Any] | None = walked(at, f"{MEMBER}.{name}")
        return kept
    found = [element_of(source, element) for source in sources for element in source.elements(at)]
    return found if found or name != "shipments" else None


_IN_ORDER: Final = in_order(ROWS)
_KNOWN: Final = frozenset(path.split(".")[0] for path in (*ROWS, *LISTS, *KEPT_ONLY))


def _unknown(at: Json) -> list[str]:
    return [name for name in at.get(MEMBER) or () if name not in _KNOWN and not name.startswith("@")]


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at a dotted path; nothing, for no value."""
    if value is None:
        return
    *steps, last = path.split(".")
    for step in steps:
        inner = document.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        document = inner
    # More may be put into an object than the order has there.
    document[last] = dict(value) if isinstance(value, dict) else value
