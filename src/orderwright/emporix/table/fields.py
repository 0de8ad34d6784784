"""The one table of the second dialect: each field of an Emporix order, and where it lives in an order of the house.

What shows an order, searches, sorts and projects reads it here and nowhere else. A field belongs to the order where both dialects
may change it or tell it of one another's orders; to what is kept (`Kept`) where it came with an Emporix order and has no place
besides. Figures that were given are shown as they were given, and are made of the order's own where none were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from orderwright.domain.order.kept import MEMBER
from orderwright.emporix.q.grammar import Known, OneOf, Term, Word
from orderwright.emporix.statuses import WHERE, where_any
from orderwright.emporix.table import sums
from orderwright.emporix.table.code import Code
from orderwright.emporix.table.entries import ASKED_ONLY, LISTS, TENANT, Rows
from orderwright.emporix.table.places import (
    Computed,
    Figure,
    Json,
    Kept,
    Place,
    Plain,
    Question,
    StandIn,
    first,
    one_of,
    walked,
)
from orderwright.emporix.table.written import Amount, Choice, Localized, Names
from orderwright.predicates.tree import And, IsDefined, Not, Or, Predicate


@dataclass(frozen=True)
class _Needed(Place):
    """A value that clients always read of an object, as a text without characters where the object lacks it."""

    member: str
    place: Place

    def code(self, code: Code) -> str | None:
        found, there = self.place.code(code), code.object(self.member)
        return found and code.otherwise(found, f"('' if {there} else None)")

    def ask(self, question: Question) -> Predicate:
        return self.place.ask(question)

    @property
    def sorts(self) -> tuple[str, ...]:
        return self.place.sorts


@dataclass(frozen=True)
class _Some(Place):
    """A text, of which one without characters is none."""

    place: Place

    def code(self, code: Code) -> str | None:
        found = self.place.code(code)
        return found and f"({found} or None)"

    def ask(self, question: Question) -> Predicate:
        found = self.place.ask(question)
        if not isinstance(question.term.condition, Known):
            return found
        empty = Term(question.term.path, OneOf((Word("", quoted=True, position=question.term.position),)), question.term.position)
        return And((found, Not(self.place.ask(replace(question, term=empty)))))

    @property
    def sorts(self) -> tuple[str, ...]:
        return self.place.sorts


# How an address writes what both dialects have. Names and the lines that are left over go where they come back from unchanged.
_ADDRESS: Final[Mapping[str, tuple[str, ...]]] = {
    "companyName": ("company",),
    "street": ("streetName",),
    "streetNumber": ("streetNumber",),
    "streetAppendix": ("additionalStreetInfo",),
    "extraLine1": ("additionalAddressInfo",),
    "extraLine2": ("building",),
    "extraLine3": ("apartment",),
    "extraLine4": ("department",),
    "zipCode": ("postalCode",),
    "city": ("city",),
    "state": ("state", "region"),
    "country": ("country",),
    "contactPhone": ("phone", "mobile"),
}
NEEDED: Final = frozenset(("contactName", "street", "zipCode", "city"))
OF_ADDRESS: Final = frozenset(("contactName", *_ADDRESS))
"""What an address of the house holds."""


def _address(member: str) -> dict[str, Place]:
    names: dict[str, Place] = {"contactName": Names(f"{member}.firstName", f"{member}.lastName")}
    plain = {name: first(*(Plain(f"{member}.{path}") for path in paths)) for name, paths in _ADDRESS.items()}
    found = {f"{member}.{name}": _Needed(member, place) if name in NEEDED else place for name, place in (names | plain).items()}
    return {member: Kept(member, member), **found}


def _buyer(name: str, *places: Place) -> Place:
    """Of the customer: as kept, else as the addresses have it."""
    return first(Kept(f"customer.{name}", f"customer.{name}", "text"), *places, StandIn(""))


def _figures(part: str, name: str, *totals: str) -> Place:
    return first(Kept(f"calculatedPrice.{part}.{name}", "calculatedPrice"), *map(Amount, totals))


def _computed(name: str) -> Figure:
    return Figure(sums.of_order, name)


LAST_CHANGE: Final = "@lastStatusChange"
PAYMENTS: Final = "@payments"
"""Under which names the whole order knows what is not told by itself, while it is read."""
_STATES: Final = ("orderState", "paymentState", "shipmentState")
STATUS: Final = Choice(WHERE, any_of=where_any, by=_STATES)
CODES: Final[Mapping[str, str]] = {"CREATED": "10", "IN_CHECKOUT": "05"}
"""The codes of statuses that are known of `extendedOrderStatus`; a code that another system gave stands for itself."""
_EXTENDED: Final = "mixins.generalAttributes.extendedOrderStatus"
GENERAL: Final = "https://res.cloudinary.com/saas-ag/raw/upload/emporix-docs/orderGeneralAttributesMixIn.v9.json"
"""The published schema of the mixin `generalAttributes`."""


def _schemas(order: Json) -> dict[str, Any]:
    """Of each mixin that is shown the address of its schema."""
    found = {"generalAttributes": GENERAL}
    type = walked(order, "custom.type.id")
    if type is not None:
        found["custom"] = f"/{order.get(TENANT) or ''}/types/{type}"
    return found | (walked(order, f"{MEMBER}.metadata.mixins") or {})


_SHIPPED: Final = ("shippingInfo.discountedPrice.value", "shippingInfo.price")

ROWS: Final[Rows] = {
    "id": first(Plain("orderNumber"), Plain("id", "id")),
    "status": STATUS,
    "created": Plain("createdAt", "date"),
    "completed": Plain("completedAt", "date"),
    "lastStatusChange": Computed(lambda order: order.get(LAST_CHANGE) or order.get("completedAt") or order["createdAt"]),
    "createdBy": first(Plain("createdBy.customer.id"), Kept("customer.id", "customer.id", "text"), Plain("customerId")),
    "quoteId": first(Plain("quote.id"), Kept("quoteId", "quoteId", "text")),
    "checkout": first(
        Kept("checkout", "checkout", "boolean"),
        Choice({"true": IsDefined("cart"), "false": Not(IsDefined("cart"))}, boolean=True),
    ),
    "cartId": first(Plain("cart.id"), Kept("cartId", "cartId", "text")),
    "restriction": _Some(first(Kept("restriction", "restriction", "text"), Plain("store.key"))),
    "siteCode": first(Plain("store.key"), Kept("siteCode", "siteCode", "text")),
    "countryCode": first(Plain("country"), Plain("shippingAddress.country")),
    # Where a business unit is known by its key; one of another system is kept.
    "legalEntityId": first(Plain("businessUnit.key"), Kept("legalEntityId", "legalEntityId", "text")),
    "currency": Plain("totalPrice.currencyCode"),
    "subTotalPrice": first(Kept("subTotalPrice", "subTotalPrice"), _computed("subTotalPrice")),
    "totalPrice": first(Kept("totalPrice", "totalPrice"), Amount("totalPrice")),
    "totalAuthorizedAmount": first(
        Kept("totalAuthorizedAmount", "totalAuthorizedAmount"), Amount("taxedPrice.totalGross"), Amount("totalPrice")
    ),
    # As it came, which may be her number.
    "customer.id": first(Kept("customer.id", "customer.id", "text"), Plain("customerId"), StandIn("ANONYMOUS")),
    "customer.email": first(Plain("customerEmail"), StandIn("")),
    "customer.name": _buyer(
        "name", *(Names(f"{each}.firstName", f"{each}.lastName") for each in ("billingAddress", "shippingAddress"))
    ),
    "customer.firstName": _buyer("firstName", Plain("billingAddress.firstName"), Plain("shippingAddress.firstName")),
    "customer.lastName": _buyer("lastName", Plain("billingAddress.lastName"), Plain("shippingAddress.lastName")),
    "customer.company": first(Kept("customer.company", "customer.company", "text"), Plain("billingAddress.company")),
    "customer": Kept("customer", "customer"),
    **_address("billingAddress"),
    **_address("shippingAddress"),
    "payments": Computed(lambda order: [*(order.get(PAYMENTS) or ()), *(walked(order, f"{MEMBER}.payments") or ())]),
    "discounts": first(Kept("discounts", "discounts"), _computed("discounts")),
    "shipping": Kept("shipping", "shipping"),
    "shipping.total.amount": first(
        Kept("shipping.total.amount", "shipping"),
        Amount("taxedShippingPrice.totalGross"),
        *map(Amount, _SHIPPED),
        StandIn(0),
    ),
    "shipping.total.currency": first(Kept("shipping.total.currency", "shipping"), Plain("totalPrice.currencyCode")),
    "tax": Kept("tax", "tax"),
    "tax.total.amount": first(Kept("tax.total.amount", "tax"), Amount("taxedPrice.totalTax"), StandIn(0)),
    "tax.total.currency": first(Kept("tax.total.currency", "tax"), Plain("totalPrice.currencyCode")),
    "tax.total.inclusive": first(Kept("tax.total.inclusive", "tax"), _computed("tax.total.inclusive")),
    "feeYrnAggregate": first(
        Kept("feeYrnAggregate", "feeYrnAggregate"), StandIn({"total": {"subTotal": 0, "totalTax": 0, "total": 0}})
    ),
    "calculatedPrice.finalPrice.netValue": _figures("finalPrice", "netValue", "taxedPrice.totalNet", "totalPrice"),
    "calculatedPrice.finalPrice.grossValue": _figures("finalPrice", "grossValue", "taxedPrice.totalGross", "totalPrice"),
    "calculatedPrice.finalPrice.taxValue": first(
        Kept("calculatedPrice.finalPrice.taxValue", "calculatedPrice"), Amount("taxedPrice.totalTax"), StandIn(0)
    ),
    "calculatedPrice": first(Kept("calculatedPrice", "calculatedPrice"), _computed("calculatedPrice")),
    "mixins.generalAttributes.orderNumber": first(Plain("orderNumber"), Plain("id")),
    _EXTENDED: first(
        Kept(_EXTENDED, _EXTENDED), Choice({code: WHERE[status] for status, code in CODES.items()}, closed=False, by=_STATES)
    ),
    "mixins.custom": first(Kept("mixins.custom", "mixins.custom"), Plain("custom.fields", "open")),
    "mixins": Kept("mixins", "mixins"),
    "metadata": Kept("metadata", "metadata"),
    "metadata.version": Plain("version", "number"),
    "metadata.createdAt": Plain("createdAt", "date"),
    "metadata.modifiedAt": Plain("lastModifiedAt", "date"),
    "metadata.mixins": Computed(_schemas),
}
"""By dotted path, in the order in which they are shown; a list's fields stand in `LISTS`."""

KEPT_ONLY: Final = (
    "assistedBuying", "channel", "deliveryWindow", "deliveryWindowId", "masterOrder", "orderCycle", "orderType", "splitInfo",
    "subOrders", "vendor",
)  # fmt: skip
"""Members that only an Emporix order has."""
KEPT_LISTS: Final[Mapping[str, str | None]] = {
    "entries": "entries",
    "shipping.lines": "shipping",
    "tax.lines": "tax",
    "shipments": None,
}
"""What keeps the elements of a list that came with the order."""

LOCALIZED: Final = frozenset(
    f"{name}.{path}"
    for name, sources in LISTS.items()
    for source in sources
    for path, place in source.rows.items()
    if isinstance(place, Localized)
)
"""Fields that are looked for in each of the project's languages."""


def predicate(question: Question) -> Predicate:
    """A term of a query as a predicate on orders.

    Raises PredicateError for a field that no order has and for one that is computed where it is shown, for a value of another
    kind than the field's, and for a term that its place cannot be asked.
    """
    condition = question.term.condition
    if isinstance(condition, Known) and not condition.there:
        return Not(_positive(question.whether()))
    return _positive(question)


def sort_paths(path: str) -> tuple[str, ...]:
    """The dotted paths into an order that put orders in the order of a field; none where there are none."""
    place = _row(ROWS, path)
    if place is None or any(path == name or path.startswith(f"{name}.") for name in LISTS):
        return ()
    return place.sorts


def sort_cases(path: str) -> tuple[Predicate, ...]:
    """What orders satisfy that have each value of a field, in the order of the values; none of a field that has others, too."""
    row = ROWS.get(path)
    return tuple(row.options[value] for value in sorted(row.options)) if isinstance(row, Choice) and row.closed else ()


def _positive(question: Question) -> Predicate:
    path = question.field
    for name in LISTS:
        if path == name or path.startswith(f"{name}."):
            return _of_list(name, path.removeprefix(name).removeprefix("."), question)
    if isinstance(question.term.condition, Known) and _beneath(ROWS, path):
        # An object is there where any of its fields is.
        inner = [place.ask(question) for place in _beneath(ROWS, path) if not isinstance(place, Computed)]
        return one_of([Kept(path, path.split(".")[0]).ask(question), *_of_lists(path, question), *inner])
    place = _row(ROWS, path)
    if place is None and path.split(".")[0] in KEPT_ONLY:
        place = Kept(path, path.split(".")[0])
    if place is None:
        raise question.refuse("does not exist.")
    return place.ask(question)


def _of_lists(path: str, question: Question) -> list[Predicate]:
    return [_of_list(name, "", question) for name in LISTS if name.startswith(f"{path}.")]


def _of_list(name: str, inner: str, question: Question) -> Predicate:
    part, known = KEPT_LISTS[name], isinstance(question.term.condition, Known)
    found: list[Predicate] = []
    for source in LISTS[name]:
        rows = {**source.rows, **ASKED_ONLY} if name == "entries" else source.rows
        places = [place] if (place := _row(rows, inner)) else []
        if not places and known:
            places = [place for place in _beneath(rows, inner) if not isinstance(place, Computed)]
        found += [source.asks(place, question) for place in places]
    if not found and part is None:
        raise question.refuse("does not exist.")
    if not inner and not known:
        raise question.refuse("is a list of objects: their fields are searched for.")
    own = one_of(found)
    if part is None:
        return own
    kept = Kept(f"{name}.{inner}" if inner else name, part)
    return Or((kept.ask(question), And((Not(kept.given(question)), own))))


def _row(rows: Rows, path: str) -> Place | None:
    """The row of a path, or the place within an open one."""
    if path in rows:
        return rows[path]
    steps = path.split(".")
    for end in range(len(steps) - 1, 0, -1):
        row = rows.get(".".join(steps[:end]))
        below = None if row is None else row.below(steps[end:])
        if below is not None:
            return below
    return None


def _beneath(rows: Rows, path: str) -> list[Place]:
    return [place for name, place in rows.items() if not path or name.startswith(f"{path}.")]
