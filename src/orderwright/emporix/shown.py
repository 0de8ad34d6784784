"""What this dialect answers of an order, as structs: for those who describe it, and for tests that hold `rendered` against them.

Members that an answer always has are required. What came with an order and is in no schema is shown besides.
"""

from __future__ import annotations

from typing import Any, Literal

from orderwright.emporix.statuses import Status
from orderwright.engine.model import Value
from orderwright.engine.scalars import CurrencyCode, DateTime, Number


class Figures(Value):
    """Net, gross and tax; a rate is in per cent."""

    net_value: Number
    gross_value: Number
    tax_value: Number
    tax_code: str | None = None
    tax_rate: Number | None = None


class MatchedFigures(Figures):
    """The figures of a unit, with the country of its tax."""

    tax_country: str | None = None


class TaxAggregate(Value):
    """The whole by its rates."""

    lines: tuple[Figures, ...]


class FinalFigures(Figures):
    """What is to be paid."""

    tax_aggregate: TaxAggregate | None = None


class AppliedDiscount(Value):
    """One discount."""

    id: str | None = None
    value: Number | None = None
    price: Figures | None = None
    discount_type: Literal["PERCENT", "ABSOLUTE", "FREE_SHIPPING"] | None = None
    origin: Literal["INTERNAL", "EXTERNAL"] | None = None


class DiscountedFigures(Figures):
    """Figures with the discounts that are taken off them already."""

    applied_discounts: tuple[AppliedDiscount, ...] | None = None


class TotalDiscount(Value):
    """All discounts together."""

    calculation_type: Literal["ApplyDiscountBeforeTax", "ApplyDiscountAfterTax"] | None = None
    value: Number | None = None
    price: Figures | None = None
    applied_discounts: tuple[AppliedDiscount, ...] | None = None


class EntryFigures(Value):
    """What an entry costs."""

    final_price: Figures
    price: Figures | None = None
    uplift_value: Figures | None = None
    discounted_price: DiscountedFigures | None = None
    fees: tuple[dict[str, Any], ...] | None = None
    total_fee: DiscountedFigures | None = None
    total_discount: TotalDiscount | None = None


class OrderFigures(Value):
    """What an order costs: discounted items, fees and shipping are the final price."""

    final_price: FinalFigures | None = None
    price: Figures | None = None
    uplift_value: Figures | None = None
    discounted_price: DiscountedFigures | None = None
    payment_fees: tuple[dict[str, Any], ...] | None = None
    fees: Figures | None = None
    total_fee: DiscountedFigures | None = None
    total_discount: TotalDiscount | None = None
    shipping: Figures | None = None
    total_shipping: DiscountedFigures | None = None


class AmountShown(Value):
    """An amount with its currency."""

    amount: Number
    currency: CurrencyCode


class TaxLineShown(Value):
    """A tax; a rate is in per cent."""

    amount: Number
    currency: CurrencyCode
    sequence_id: int
    inclusive: bool
    code: str | None = None
    name: str | None = None
    rate: Number | None = None
    taxable: Number | None = None


class TaxTotalShown(AmountShown):
    """All taxes together."""

    inclusive: bool


class TaxShown(Value):
    """Taxes; `rate` is told of shipping."""

    total: TaxTotalShown
    lines: tuple[TaxLineShown, ...] | None = None
    rate: Number | None = None


class ImageShown(Value):
    """A picture."""

    url: str
    id: str | None = None
    stored: bool | None = None


class ProductShown(Value):
    """What was bought."""

    images: tuple[ImageShown, ...]
    id: str | None = None
    sku: str | None = None
    name: str | None = None
    localized_name: dict[str, str] | None = None
    published: bool | None = None
    product_type: Literal["BASIC", "VARIANT", "BUNDLE", "DYNAMIC_VARIANT"] | None = None
    metadata: dict[str, Any] | None = None
    mixins: dict[str, Any] | None = None


class PriceShown(Value):
    """The price of a unit."""

    original_amount: Number
    effective_amount: Number
    currency: CurrencyCode
    price_id: str
    price_list_id: str | None = None


class EntryShown(Value):
    """One kind of goods."""

    id: str
    item_yrn: str
    type: str
    amount: int
    ordered_amount: int
    effective_quantity: Number
    original_amount: Number
    original_price: Number
    unit_price: Number
    total_price: Number
    authorized_amount: Number
    calculated_unit_price: Figures
    calculated_price: EntryFigures
    price_match_details: MatchedFigures
    total_discount: AmountShown
    product: ProductShown
    price: PriceShown
    tax: TaxShown
    fees: dict[str, Any]
    metadata: dict[str, Any] | None = None
    mixins: dict[str, Any] | None = None


class CustomerShown(Value):
    """Who bought."""

    id: str
    email: str
    name: str
    first_name: str
    last_name: str
    company: str | None = None
    metadata: dict[str, Any] | None = None
    mixins: dict[str, Any] | None = None


class AddressShown(Value):
    """Where something goes."""

    contact_name: str
    street: str
    zip_code: str
    city: str
    country: str
    company_name: str | None = None
    street_number: str | None = None
    street_appendix: str | None = None
    extra_line1: str | None = None
    extra_line2: str | None = None
    extra_line3: str | None = None
    extra_line4: str | None = None
    state: str | None = None
    contact_phone: str | None = None
    metadata: dict[str, Any] | None = None
    mixins: dict[str, Any] | None = None


class PaymentShown(Value):
    """How it is paid, and how much was."""

    method: str
    paid_amount: Number
    currency: CurrencyCode
    status: str | None = None
    provider: str | None = None
    refund_amount: Number | None = None
    authorized_amount: Number | None = None
    transaction_id: str | None = None
    payment_response: str | None = None
    redirect_url: str | None = None


class DiscountShown(Value):
    """What was taken off."""

    code: str
    currency: CurrencyCode
    amount: Number | None = None
    name: str | None = None
    calculation_type: str | None = None
    discount_calculation_type: str | None = None
    discount_type: str | None = None
    sequence_id: int | None = None
    category_restricted: bool | None = None


class ShippingLineShown(Value):
    """One way of shipping."""

    code: str
    amount: Number | None = None
    currency: CurrencyCode | None = None
    name: str | None = None
    localized_name: dict[str, str] | None = None
    tax: TaxShown | None = None
    shipping_tax_code: str | None = None


class ShippingShown(Value):
    """Shipping altogether, with its taxes."""

    total: AmountShown
    lines: tuple[ShippingLineShown, ...] | None = None


class ShipmentShown(Value):
    """What has left."""

    shipped_date: str
    carrier: str
    tracking_number: str | None = None
    expect_delivery_on: str | None = None


class MetadataShown(Value):
    """The version of an order, and the schemas of its mixins."""

    version: int
    created_at: DateTime
    modified_at: DateTime
    mixins: dict[str, Any]


class OrderShown(Value):
    """An order, as owners and legal entities see it."""

    id: str
    status: Status
    created: DateTime
    last_status_change: DateTime
    entries: tuple[EntryShown, ...]
    customer: CustomerShown
    payments: tuple[PaymentShown, ...]
    discounts: tuple[DiscountShown, ...]
    shipping: ShippingShown
    tax: TaxShown
    sub_total_price: Number
    total_price: Number
    total_authorized_amount: Number
    currency: CurrencyCode
    calculated_price: OrderFigures
    fee_yrn_aggregate: dict[str, Any]
    metadata: MetadataShown
    mixins: dict[str, Any]
    completed: DateTime | None = None
    shipments: tuple[ShipmentShown, ...] | None = None
    created_by: str | None = None
    quote_id: str | None = None
    cart_id: str | None = None
    site_code: str | None = None
    country_code: str | None = None
    restriction: str | None = None
    legal_entity_id: str | None = None
    billing_address: AddressShown | None = None
    shipping_address: AddressShown | None = None
    order_type: Literal["MASTER_ORDER", "SUB_ORDER"] | None = None
    master_order: str | None = None
    sub_orders: tuple[str, ...] | None = None
    split_info: dict[str, Any] | None = None
    vendor: dict[str, Any] | None = None
    channel: dict[str, Any] | None = None
    delivery_window: dict[str, Any] | None = None
    delivery_window_id: str | None = None
    order_cycle: str | None = None
    assisted_buying: dict[str, Any] | None = None


class SalesOrderShown(OrderShown):
    """An order, as the tenant sees it."""

    checkout: bool
