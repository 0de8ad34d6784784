"""What a cart is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta

from orderwright.domain.cart.model import CartOrigin
from orderwright.domain.cart.variants import wanted_prices
from orderwright.domain.common.addresses import AddressDraft
from orderwright.domain.common.custom_fields import CustomFieldsDraft
from orderwright.domain.common.items import CustomLineItemDraft, InventoryMode, LineItemDraft
from orderwright.domain.money import RoundingMode
from orderwright.domain.shipping import ShippingMode
from orderwright.domain.shipping_rates import ShippingRateInputDraft
from orderwright.domain.tax import TaxCalculationMode, TaxMode
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import CustomerGroupIdentifier, ShippingMethodIdentifier, StoreIdentifier, Wanted
from orderwright.engine.scalars import CountryCode, CurrencyCode, Id, Key, Locale, NotServed, Text
from orderwright.errors import invalid_field

DeleteDays = Annotated[int, Meta(ge=1, le=365_250)]

# The values of these fields that the specification knows and this version does not serve are refused, never ignored.
SERVED = {
    "taxMode": ("Platform", "Disabled"),
    "inventoryMode": ("None", "TrackOnly", "ReserveOnOrder"),
    "shippingMode": ("Single",),
}


def check_served(field: str, value: str) -> None:
    """Raises `InvalidField`, which lists the served values, for a mode that this version does not serve."""
    if value not in SERVED[field]:
        raise invalid_field(field, value, list(SERVED[field]))


class CartDraft(Value):
    """A cart as it is sent. Modes that are left out take the project's settings or the API's defaults."""

    currency: CurrencyCode
    key: Key | None = None
    customer_id: Id | None = None
    customer_email: Text | None = None
    customer_group: CustomerGroupIdentifier | None = None
    anonymous_id: Text | None = None
    business_unit: NotServed | None = None
    store: StoreIdentifier | None = None
    line_items: tuple[LineItemDraft, ...] = ()
    custom_line_items: tuple[CustomLineItemDraft, ...] = ()
    tax_mode: TaxMode = "Platform"
    external_tax_rate_for_shipping_method: NotServed | None = None
    price_rounding_mode: RoundingMode | None = None
    tax_rounding_mode: RoundingMode | None = None
    tax_calculation_mode: TaxCalculationMode = "LineItemLevel"
    inventory_mode: InventoryMode = "None"
    billing_address: AddressDraft | None = None
    shipping_address: AddressDraft | None = None
    shipping_method: ShippingMethodIdentifier | None = None
    shipping_rate_input: ShippingRateInputDraft | None = None
    shipping_mode: ShippingMode = "Single"
    custom_shipping: NotServed | None = None
    shipping: NotServed | None = None
    item_shipping_addresses: tuple[AddressDraft, ...] = ()
    discount_codes: NotServed | None = None
    country: CountryCode | None = None
    locale: Locale | None = None
    origin: CartOrigin = "Customer"
    delete_days_after_last_modification: DeleteDays | None = None
    custom: CustomFieldsDraft | None = None
    purchase_order_number: Text | None = None

    def wants(self) -> Iterator[Wanted]:
        """The customer, who may belong to a group."""
        if self.customer_id is not None:
            yield Wanted("customer", "id", self.customer_id)


class ReplicaCartDraft(Value):
    """Which cart or order is copied into a new cart."""

    reference: Reference
    key: Key | None = None

    def wants_on(self, found: Mapping[Wanted, Any]) -> Iterator[Wanted]:
        """The variants of the source's lines, which the copy takes as they are now."""
        source = found.get(Wanted(self.reference.type_id, "id", self.reference.id))
        if source is not None:
            yield from wanted_prices(source.customer_id, source.line_items)
