"""What carts and orders share, and the cart. The order is in a room of its own."""

from __future__ import annotations

from typing import ClassVar, Final, Literal, TypeVar

from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, TypedMoney
from orderwright.domain.amounts.tax import TaxCalculationMode, TaxedPrice, TaxMode
from orderwright.domain.custom.addresses import Address
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.sale.discounts.model import DirectDiscount
from orderwright.domain.sale.discounts.portions import DiscountCodeInfo, DiscountOnTotalPrice, DiscountTypeCombination
from orderwright.domain.sale.lines.items import CustomLineItem, InventoryMode, ItemState, LineItem
from orderwright.domain.sale.reserve.model import ReservationWarning
from orderwright.domain.sale.shipping.model import Shipping, ShippingInfo, ShippingMode, ShippingRateInput
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import BusinessUnitReference, CustomerGroupReference, StoreReference
from orderwright.engine.scalars import CountryCode, DateTime, Id, Key, Locale, Text

CartState = Literal["Active", "Merged", "Ordered", "Frozen"]
FreezeStrategy = Literal["SoftFreeze", "HardFreeze"]
CartOrigin = Literal["Customer", "Merchant", "Quote", "RecurringOrder"]
PaymentState = Literal["BalanceDue", "Failed", "Pending", "CreditOwed", "Paid"]


class PaymentInfo(Value):
    """The payments of a cart or order."""

    payments: tuple[Reference, ...] = always(())


S = TypeVar("S", bound="Sale")


class Sale(Resource):
    """What carts and orders share: who buys what, at which prices and taxes, and where it goes.

    Amounts are in minor units of `total_price`'s currency.
    """

    total_price: TypedMoney
    tax_mode: TaxMode = always("Platform")
    price_rounding_mode: RoundingMode = always("HalfEven")
    tax_rounding_mode: RoundingMode = always("HalfEven")
    tax_calculation_mode: TaxCalculationMode = always("LineItemLevel")
    inventory_mode: InventoryMode = always("None")
    shipping_mode: ShippingMode
    origin: CartOrigin
    customer_id: Id | None = None
    customer_email: str | None = None
    customer_group: CustomerGroupReference | None = None
    anonymous_id: str | None = None
    business_unit: BusinessUnitReference | None = None
    store: StoreReference | None = None
    purchase_order_number: Text | None = None
    line_items: tuple[LineItem, ...] = always(())
    custom_line_items: tuple[CustomLineItem, ...] = always(())
    taxed_price: TaxedPrice | None = None
    taxed_shipping_price: TaxedPrice | None = None
    discount_on_total_price: DiscountOnTotalPrice | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    shipping_key: str | None = None
    shipping_info: ShippingInfo | None = None
    shipping_rate_input: ShippingRateInput | None = None
    shipping_custom_fields: CustomFields | None = None
    shipping: tuple[Shipping, ...] = always(())
    item_shipping_addresses: tuple[Address, ...] = always(())
    discount_codes: tuple[DiscountCodeInfo, ...] = always(())
    direct_discounts: tuple[DirectDiscount, ...] = always(())
    direct_discounts_ignore_cart_discounts: bool | None = None
    refused_gifts: tuple[Reference, ...] = always(())
    discount_type_combination: DiscountTypeCombination | None = None
    payment_info: PaymentInfo | None = None
    country: CountryCode | None = None
    locale: Locale | None = None
    custom: CustomFields | None = None

    # Whether it was ordered: all units of an item that is sent to several addresses go somewhere then.
    placed: ClassVar[bool] = False

    @property
    def keeps_prices(self) -> bool:
        """Whether lines keep the prices they have, whatever becomes of the catalogue."""
        return False

    @property
    def keeps_all(self) -> bool:
        """Whether what is to be paid stays as it is, shipping and discounts included."""
        return False

    def thawed(self: S) -> S:
        """As it would be if it kept nothing."""
        return self

    def states_of(self, item: LineItem | CustomLineItem, quantity: int, initial: Reference) -> tuple[ItemState, ...]:
        """The States of an item's units once there are so many: before an order all of them are in the `initial` one."""
        return (ItemState(quantity=quantity, state=initial),)


SHARED: Final = tuple(name for name in Sale.__struct_fields__ if name not in Resource.__struct_fields__)
"""The names of the members that carts and orders share."""


class CartLock(Value):
    """Since when a cart is locked, and by which API client."""

    created_at: DateTime
    client_id: str


class Cart(Sale, tag_field="type", tag="Cart"):
    """What somebody means to buy.

    Its JSON begins with `"type": "Cart"`, as an order's does with its own.
    """

    cart_state: CartState
    key: Key | None = None
    total_line_item_quantity: int | None = None
    delete_days_after_last_modification: int | None = None
    freeze_strategy: FreezeStrategy | None = None
    lock: CartLock | None = None
    # Of the request that is answered; it is not stored.
    warnings: tuple[ReservationWarning, ...] | None = None

    @property
    def keeps_prices(self) -> bool:
        """Whether it is frozen."""
        return self.cart_state == "Frozen"

    @property
    def keeps_all(self) -> bool:
        """Whether it is frozen hard."""
        return self.keeps_prices and self.freeze_strategy == "HardFreeze"

    def thawed(self) -> Cart:
        """As it would be if it were not frozen."""
        return replace(self, cart_state="Active") if self.keeps_prices else self
