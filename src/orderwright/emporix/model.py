"""The body by which an order is made in this dialect, as far as the house reads it. What it does not read is kept as it came.

Required is what the published schema requires, but for three members that its own examples lack: a customer, and the calculated
prices of an order and of an entry.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta

from orderwright.emporix.statuses import Status
from orderwright.engine.model import Value
from orderwright.engine.scalars import CountryCode, CurrencyCode, Number, Text

MAX_ENTRIES = 500
Amount = Annotated[int, Meta(ge=0, le=2**53)]
Line = Annotated[str, Meta(max_length=2_000)]
Mixins = dict[str, dict[str, Any]]
FeeType = Literal["PERCENT", "ABSOLUTE", "ABSOLUTE_MULTIPLY_ITEMQUANTITY"]
PaymentStatus = Literal[
    "PENDING",
    "AUTHORIZATION_SUCCESS",
    "AUTHORIZATION_FAILURE",
    "CAPTURE_SUCCESS",
    "CAPTURE_FAILURE",
    "SUCCESS",
    "FAILURE",
    "CANCELLATION_SUCCESS",
    "CANCELLATION_FAILURE",
    "REFUND_SUCCESS",
    "REFUND_FAILURE",
]


class Metadata(Value):
    """The address of the schema of each mixin, by the mixin's key."""

    mixins: dict[str, Any] | None = None
    version: int | None = None


class Calculated(Value):
    """Net, gross and tax; a rate is in per cent."""

    net_value: Number
    gross_value: Number
    tax_value: Number
    tax_code: Text | None = None
    tax_rate: Number | None = None


class TaxAggregate(Value):
    """What is taxed alike; the published schema has one object where its examples have a list."""

    lines: tuple[Calculated, ...] | Calculated = ()


class Final(Calculated):
    """The price of the whole."""

    tax_aggregate: TaxAggregate | None = None


class EntryPrice(Value):
    """What an entry costs: before discounts, after them, and with fees."""

    final_price: Calculated
    price: Calculated | None = None
    discounted_price: Calculated | None = None
    total_fee: Calculated | None = None
    uplift_value: Calculated | None = None


class OrderPrice(Value):
    """What an order costs."""

    price: Calculated | None = None
    uplift_value: Calculated | None = None
    discounted_price: Calculated | None = None
    total_fee: Calculated | None = None
    total_shipping: Calculated | None = None
    final_price: Final | None = None


class Product(Value):
    """What was bought."""

    id: Text | None = None
    sku: Text | None = None
    name: Text | None = None
    localized_name: dict[str, Text] | None = None


class Price(Value):
    """The price that was found for a unit."""

    currency: CurrencyCode | None = None
    original_amount: Number | None = None
    effective_amount: Number | None = None


class ExternalDiscount(Value):
    """A discount that was found elsewhere, in per cent or as an amount."""

    id: Text
    discount_type: Literal["PERCENT", "ABSOLUTE"]
    value: Number
    include_fees: bool | None = None
    sequence: int | None = None


class FeeAmount(Value):
    """A fee that is an amount."""

    currency: CurrencyCode
    amount: Number


class ExternalFee(Value):
    """A fee that was found elsewhere."""

    fee_type: FeeType
    id: Text | None = None
    name: Text | dict[str, Text] | None = None
    fee_percentage: Number | None = None
    fee_absolute: FeeAmount | None = None
    taxable: bool | None = None
    tax_code: Text | None = None


class TaxLine(Value):
    """A tax of an entry; a rate is in per cent."""

    amount: Number = 0
    rate: Number = 0
    inclusive: bool = False
    code: Text | None = None


class Tax(Value):
    """The taxes of an entry."""

    lines: tuple[TaxLine, ...] = ()


class Matched(Value):
    """How the price of a unit was matched, exactly."""

    tax_country: Text | None = None


class Entry(Value):
    """One kind of goods."""

    amount: Amount
    id: Text | None = None
    item_yrn: Annotated[str, Meta(min_length=1, max_length=10_000)] | None = None
    ordered_amount: int | None = None
    packed_amount_in_pc: int | None = None
    effective_quantity: Number | None = None
    original_amount: Number | None = None
    original_price: Number | None = None
    unit_price: Number | None = None
    total_price: Number | None = None
    authorized_amount: Number | None = None
    external_discounts: tuple[ExternalDiscount, ...] = ()
    external_fees: tuple[ExternalFee, ...] = ()
    calculated_unit_price: Calculated | None = None
    calculated_price: EntryPrice | None = None
    product: Product | None = None
    price: Price | None = None
    tax: Tax | None = None
    price_match_details: Matched | None = None
    metadata: Metadata | None = None
    mixins: Mixins | None = None


class Address(Value):
    """Where something goes."""

    contact_name: Line
    street: Line
    city: Line
    zip_code: Line
    country: CountryCode
    company_name: Line | None = None
    street_number: Line | None = None
    street_appendix: Line | None = None
    extra_line1: Line | None = None
    extra_line2: Line | None = None
    extra_line3: Line | None = None
    extra_line4: Line | None = None
    state: Line | None = None
    contact_phone: Line | None = None
    metadata: Metadata | None = None
    mixins: Mixins | None = None


class Customer(Value):
    """Who bought."""

    email: Text
    id: Text | None = None
    name: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    company: Text | None = None
    metadata: Metadata | None = None
    mixins: Mixins | None = None


class ShippingTotal(Value):
    """What shipping costs altogether, with its taxes."""

    amount: Number = 0
    currency: CurrencyCode | None = None


class ShippingLine(Value):
    """One way of shipping."""

    code: Text
    name: Text | None = None


class Shipping(Value):
    """How it is sent."""

    total: ShippingTotal
    lines: tuple[ShippingLine, ...] = ()


class Payment(Value):
    """How it is paid. It is no payment of the house, which nobody has made: it is kept."""

    method: Text
    paid_amount: Number
    currency: CurrencyCode
    status: PaymentStatus | None = None
    provider: Text | None = None
    refund_amount: Number | None = None
    authorized_amount: Number | None = None
    transaction_id: Text | None = None
    payment_response: Text | None = None
    redirect_url: Text | None = None


class Discount(Value):
    """What was taken off."""

    code: Text
    currency: CurrencyCode
    amount: Number | None = None


class Channel(Value):
    """Where it was bought."""

    name: Text | None = None
    source: Text | None = None


class Vendor(Value):
    """Who delivers it."""

    id: Text
    name: Text | None = None


class SplitInfo(Value):
    """By what an order was split."""

    split_by: Literal["VENDOR_ID"] | None = None
    unique_value: Text | None = None


class TimeRange(Value):
    """Hours of a day."""

    time_from: Text | None = None
    time_to: Text | None = None


class DeliveryWindow(Value):
    """When it is delivered."""

    id: Text | None = None
    delivery_date: date | None = None
    slot_id: Text | None = None
    delivery_time_range: TimeRange | None = None
    delivery_cycle: Text | None = None
    delivery_cycle_name: Text | None = None


class Assistance(Value):
    """What an employee did for the customer, and when."""

    employee_id: Text | None = None
    operation: Literal["CREATE", "UPDATE_STATUS"] | None = None
    timestamp: Line | None = None


class AssistedBuying(Value):
    """What employees did for the customer."""

    entries: tuple[Assistance, ...] = ()


class SalesOrderCreation(Value):
    """An order as it is sent."""

    entries: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=MAX_ENTRIES)]
    customer: Customer | None = None
    calculated_price: OrderPrice | None = None
    status: Status = "CREATED"
    checkout: bool | None = None
    quote_id: Text | None = None
    cart_id: Annotated[str, Meta(max_length=256)] | None = None
    site_code: Text | None = None
    country_code: CountryCode | None = None
    currency: CurrencyCode | None = None
    restriction: Text | None = None
    channel: Channel | None = None
    vendor: Vendor | None = None
    order_type: Literal["MASTER_ORDER", "SUB_ORDER"] | None = None
    master_order: Text | None = None
    sub_orders: tuple[Text, ...] = ()
    split_info: SplitInfo | None = None
    order_cycle: Text | None = None
    delivery_window_id: Text | None = None
    delivery_window: DeliveryWindow | None = None
    legal_entity_id: Text | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    payments: tuple[Payment, ...] = ()
    discounts: tuple[Discount, ...] = ()
    shipping: Shipping | None = None
    sub_total_price: Number | None = None
    total_price: Number | None = None
    total_authorized_amount: Number | None = None
    assisted_buying: AssistedBuying | None = None
    fee_yrn_aggregate: dict[str, Any] | None = None
    tax: Tax | None = None
    metadata: Metadata | None = None
    mixins: Mixins | None = None
