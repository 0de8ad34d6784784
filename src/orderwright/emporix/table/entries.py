"""The parts of an Emporix order that are lists: its entries, shipping lines, taxes and shipments, each the rows of a table.

An entry is a line item or a custom line item; a shipment is a parcel, or a delivery without parcels.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from orderwright.domain.order.kept import MEMBER
from orderwright.emporix.q.grammar import Known, OneOf
from orderwright.emporix.table import sums
from orderwright.emporix.table.code import Code
from orderwright.emporix.table.places import (
    NEVER,
    WHOLE,
    Computed,
    Figure,
    Place,
    Plain,
    Question,
    Reader,
    StandIn,
    first,
    getter,
    inside,
    one_of,
    walked,
)
from orderwright.emporix.table.shapes import grown, shaped
from orderwright.emporix.table.written import Amount, Choice, Localized, Percent, always
from orderwright.predicates import compile
from orderwright.predicates.tree import And, Compare, IsEmpty, Nested, Predicate

Rows = Mapping[str, Place]
EXPECTED: Final = "@expected"
"""Under which name an order keeps the days on which its parcels are expected, by the ids of these; no client sends the name."""
NUMBER: Final = "@number"
"""Under which name an element knows its place in the list, from 0."""
TENANT: Final = "@tenant"
"""Under which name the whole order knows whose it is, while it is read."""


@dataclass(frozen=True)
class Source:
    """Where the elements of a list come from: the objects at a dotted path through arrays, or those that satisfy `only`."""

    path: str
    rows: Rows
    only: Predicate | None = None

    def elements(self, order: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The elements, each of which knows the whole order."""
        first, *others = self._steps
        there = order.get(first)
        if not there:
            return []
        found = there if isinstance(there, list) else [there]
        for step in others:
            members = [at.get(step) for at in found if isinstance(at, dict)]
            found = [one for member in members if member for one in (member if isinstance(member, list) else (member,))]
            if not found:
                return []
        return [
            {**element, WHOLE: order, NUMBER: place}
            for place, element in enumerate(found)
            if isinstance(element, dict) and (self._test is None or self._test(element))
        ]

    @functools.cached_property
    def _steps(self) -> tuple[str, ...]:
        return tuple(self.path.split("."))

    @functools.cached_property
    def _test(self) -> Callable[[Any], bool] | None:
        return None if self.only is None else compile(self.only)

    @functools.cached_property
    def element(self) -> Reader:
        """What makes one element of the list."""
        return shaped(grown((path, place.code) for path, place in self.rows.items()), kept=False)

    def asks(self, place: Place, question: Question) -> Predicate:
        """Whether one element satisfies the term."""
        tree = place.ask(question)
        inner = tree if self.only is None else And((self.only, tree))
        return inside(self.path, lambda field: Nested(field, inner))


@dataclass(frozen=True)
class Variant(Place):
    """A variant as a product of its own: the master by the product's id, others by it, two hyphens and their number."""

    def code(self, code: Code) -> str | None:
        return code.called(_product, code.at("productId"), code.at("variant.id"))

    def ask(self, question: Question) -> Predicate:
        condition = question.term.condition
        if isinstance(condition, Known):
            return Plain("productId").ask(question)
        if not isinstance(condition, OneOf):
            raise question.refuse("is made of two values: it is searched for as a whole only.")
        return one_of(_named(word.text) for word in condition.words)


def _product(product: str, variant: Any) -> str:
    return product if variant == 1 else f"{product}--{variant}"


def _named(text: str) -> Predicate:
    product, hyphens, number = text.partition("--")
    wanted = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 1
    if hyphens and (str(wanted) != number or wanted == 1):
        return NEVER
    return And((Compare("productId", "=", product), Nested("variant", Compare("id", "=", wanted))))


def _figure(name: str) -> Figure:
    return Figure(sums.of_item, name)


@dataclass(frozen=True)
class _Yrn(Computed):
    """The name of a product that tells whose it is, too."""

    product: Place

    def code(self, code: Code) -> str | None:
        return code.called(self.make, code.at(f"{WHOLE}.{TENANT}"), str(self.product.code(code)))


def _of_tenant(tenant: str | None, product: str) -> str:
    return f"urn:yaas:saasag:caasproduct:product:{tenant or ''};{product}"


def _images(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    images = walked(item, "variant.images") or ()
    return [{"id": image["url"], "url": image["url"], "stored": False} for image in images]


def _currency(path: str) -> Plain:
    return Plain(f"{path}.currencyCode")


_NO_FEES: Final = {"total": {"subTotal": 0, "totalTax": 0, "total": 0}}


def _figures(path: str, name: str, total: str) -> Place:
    """Net or gross as the house has found it, or the price itself, which has no tax."""
    return first(Amount(f"{path}.{name}"), Amount(total))


ASKED_ONLY: Final[Rows] = {
    "tax.lines.amount": Amount("taxedPrice.totalTax"),
    "tax.lines.currency": _currency("totalPrice"),
    "tax.lines.code": Plain("taxRate.name"),
    "tax.lines.name": Plain("taxRate.name"),
    "tax.lines.rate": Percent("taxRate.amount"),
    "tax.lines.inclusive": Plain("taxRate.includedInPrice", "boolean"),
    "calculatedPrice.finalPrice.netValue": _figures("taxedPrice", "totalNet", "totalPrice"),
    "calculatedPrice.finalPrice.grossValue": _figures("taxedPrice", "totalGross", "totalPrice"),
    "calculatedPrice.finalPrice.taxValue": Amount("taxedPrice.totalTax"),
    "calculatedPrice.finalPrice.taxCode": Plain("taxRate.name"),
    "calculatedPrice.finalPrice.taxRate": Percent("taxRate.amount"),
}
"""How the one tax of an entry and what it comes to are asked for; the rows `tax.lines` and `calculatedPrice` show them."""


def _schemas(item: Mapping[str, Any]) -> dict[str, Any]:
    """Under which type the custom fields of an item stand: in this dialect a mixin has the address of its schema."""
    type = walked(item, "custom.type.id")
    return {} if type is None else {"custom": f"/{walked(item, f'{WHOLE}.{TENANT}') or ''}/types/{type}"}


_ITEM: Final[Rows] = {
    "id": Plain("id"),
    "type": always("INTERNAL"),
    "amount": Plain("quantity", "number"),
    "orderedAmount": Plain("quantity", "number"),
    "effectiveQuantity": Plain("quantity", "number"),
    "unitPrice": _figure("unitPrice"),
    "price.effectiveAmount": _figure("unitPrice"),
    "price.currency": _currency("totalPrice"),
    "totalPrice": _figure("totalPrice"),
    "authorizedAmount": _figure("totalPrice"),
    "totalDiscount.amount": _figure("totalDiscount.amount"),
    "totalDiscount.currency": _currency("totalPrice"),
    "tax.lines": _figure("tax.lines"),
    "tax.total.amount": first(Amount("taxedPrice.totalTax"), StandIn(0)),
    "tax.total.currency": _currency("totalPrice"),
    "tax.total.inclusive": _figure("tax.total.inclusive"),
    "calculatedUnitPrice": _figure("calculatedUnitPrice"),
    "priceMatchDetails": _figure("priceMatchDetails"),
    "calculatedPrice": _figure("calculatedPrice"),
    "fees": StandIn(_NO_FEES),
    "product.published": always("true", boolean=True),
    "metadata.mixins": Computed(_schemas),
    "mixins.custom": Plain("custom.fields", "open"),
    "product.name": Localized("name"),
    "product.localizedName": Plain("name", "open"),
}


_VARIANT: Final = Variant()
_LINE: Final[Rows] = {
    **_ITEM,
    "itemYrn": _Yrn(_of_tenant, _VARIANT),
    "originalAmount": Amount("price.value", precise=True),
    "originalPrice": Amount("price.value", precise=True),
    "price.originalAmount": Amount("price.value", precise=True),
    "price.priceId": Plain("price.id"),
    "product.id": _VARIANT,
    "product.sku": first(Plain("variant.sku"), Plain("productKey")),
    "product.productType": Choice(
        {"BASIC": Nested("variant", Compare("id", "=", 1)), "VARIANT": Nested("variant", Compare("id", ">", 1))},
        closed=False,
        by=("variant.id",),
    ),
    "product.images": Computed(_images),
}
_SLUG: Final = Plain("slug")
_CUSTOM: Final[Rows] = {
    **_ITEM,
    "itemYrn": _Yrn(_of_tenant, _SLUG),
    "originalAmount": Amount("money", precise=True),
    "originalPrice": Amount("money", precise=True),
    "price.originalAmount": Amount("money", precise=True),
    "price.priceId": _SLUG,
    "product.id": _SLUG,
    "product.sku": _SLUG,
    "product.productType": always("BASIC"),
    "product.images": StandIn([]),
}

_SHIPPING: Final[Rows] = {
    "amount": first(Amount("discountedPrice.value"), Amount("price")),
    "currency": _currency("price"),
    "code": Plain("shippingMethodName"),
    "name": Plain("shippingMethodName"),
    "tax.total.amount": first(Amount("taxedPrice.totalTax"), StandIn(0)),
    "tax.total.currency": _currency("price"),
    "tax.total.inclusive": Computed(sums.included),
    "tax.lines": Computed(sums.tax_lines),
    "tax.rate": Percent("taxRate.amount"),
    "shippingTaxCode": Plain("taxRate.name"),
}

_TAX: Final[Rows] = {
    "amount": Amount("amount"),
    "currency": _currency("amount"),
    "code": first(Plain("name"), StandIn("")),
    "name": first(Plain("name"), StandIn("")),
    "rate": Percent("rate"),
    "sequenceId": Computed(lambda portion: portion[NUMBER]),
    "inclusive": Computed(lambda portion: sums.inclusive(portion[WHOLE])),
}

_EXPECTED: Final = getter(f"{WHOLE}.{MEMBER}.{EXPECTED}")
_PARCEL: Final[Rows] = {
    "shippedDate": Plain("createdAt", "date"),
    "carrier": first(Plain("trackingData.carrier"), Plain("trackingData.provider"), StandIn("")),
    "trackingNumber": Plain("trackingData.trackingId"),
    "expectDeliveryOn": Computed(lambda parcel: (_EXPECTED(parcel) or {}).get(parcel["id"])),
}
_DELIVERY: Final[Rows] = {"shippedDate": Plain("createdAt", "date"), "carrier": StandIn("")}
_NO_PARCELS: Final = IsEmpty("parcels")
_DELIVERIES: Final = ("shippingInfo.deliveries", "shipping.shippingInfo.deliveries")

LINES: Final = Source("lineItems", _LINE)
LISTS: Final[Mapping[str, tuple[Source, ...]]] = {
    "entries": (LINES, Source("customLineItems", _CUSTOM)),
    "shipping.lines": (Source("shippingInfo", _SHIPPING), Source("shipping.shippingInfo", _SHIPPING)),
    "tax.lines": (Source("taxedPrice.taxPortions", _TAX),),
    "shipments": (
        *(Source(f"{path}.parcels", _PARCEL) for path in _DELIVERIES),
        *(Source(path, _DELIVERY, _NO_PARCELS) for path in _DELIVERIES),
    ),
}
