"""What a calculation tells of its steps: the form of a step, and the places that steps belong to.

Who calculates appends to `facts.record` where it happens, if there is one: `notes = record and record.at(LINE_ITEM, line.id)`
and then `if notes is not None: notes.append(Step(...))`. Nothing is worked out for a record that nobody asks for.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta
from msgspec.structs import asdict

from orderwright.domain.amounts.money import Rounding, TypedMoney
from orderwright.domain.amounts.tax import TaxedItemPrice, TaxedPrice, TaxRate
from orderwright.engine.model import Reference, Value
from orderwright.engine.scalars import CountryCode, DateTime, Id

LINE_ITEM: Final = "lineItem"
CUSTOM_LINE_ITEM: Final = "customLineItem"
SHIPPING: Final = "shipping"
"""One of several is named by its key, the only one by nothing."""
TOTAL: Final = "total"

StepKind = Annotated[
    Literal[
        "Price",
        "UnitPrice",
        "Total",
        "ShippingRate",
        "ShippingPrice",
        "Discount",
        "Share",
        "TaxRate",
        "Tax",
        "ShippingTax",
        "Sum",
    ],
    Meta(title="ExplainedStepKind"),
]
Lost = Annotated[
    Literal[
        "Currency",
        "Country",
        "CustomerGroup",
        "Channel",
        "RecurrencePolicy",
        "NotYetValid",
        "NoLongerValid",
        "Inactive",
        "LessSpecific",
        "NotDated",
        "NotLower",
    ],
    Meta(title="PriceLost"),
]
"""Why a price is not paid: what of its scope or time does not fit, or in what another price is ahead of it."""


MOST_CANDIDATES: Final = 50
"""Prices that are told of one line; how many more there are, its step says (`left_out`)."""


class PriceCandidate(Value):
    """A price of a variant, with its scope. `lost` is why it is not the one that is selected, which has none.

    `to` is the id of the price that was ahead of it, where its own scope fits too.
    """

    price_id: Id
    value: TypedMoney
    lost: Lost | None = None
    to: Id | None = None
    country: CountryCode | None = None
    customer_group: Reference | None = None
    channel: Reference | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None


class Step(Value):
    """One step of a calculation. `before` is the amount that it begins with, `after` or `taxed_price` what it leaves.

    A step that is `held` was not taken: it is what is held in spite of the one before it, as when prices have changed since.
    `shipping_key` says with which of several shipping methods the part of an item goes that the step is about.
    """

    kind: StepKind
    reason: str
    before: TypedMoney | None = None
    after: TypedMoney | None = None
    tax_rate: TaxRate | None = None
    taxed_price: TaxedPrice | None = None
    shipping_key: str | None = None
    discount: Reference | None = None
    roundings: tuple[Rounding, ...] = ()
    candidates: tuple[PriceCandidate, ...] = ()
    left_out: int = 0
    held: bool = False


Notes = list[Step]
"""The steps of one place, to be added to."""


def as_whole(taxed: TaxedItemPrice | TaxedPrice | None) -> TaxedPrice | None:
    """A taxed price in the form in which steps show that of an item and that of the whole."""
    return None if taxed is None else TaxedPrice(**asdict(taxed))
