"""What a cart is made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from orderwright.domain.amounts.money import RoundingMode
from orderwright.domain.amounts.tax import ExternalTaxRateDraft, TaxCalculationMode, TaxMode
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.sale.discounts.asking import named_by_all
from orderwright.domain.sale.discounts.codes import wanted_behind
from orderwright.domain.sale.discounts.giving import CodeTexts, wanted_named
from orderwright.domain.sale.lines.items import CustomLineItemDraft, InventoryMode, LineItemDraft
from orderwright.domain.sale.model import CartOrigin
from orderwright.domain.sale.shipping.adding import CustomShippingDraft, ShippingDraft
from orderwright.domain.sale.shipping.model import ShippingMode
from orderwright.domain.sale.shipping.rates import ShippingRateInputDraft
from orderwright.domain.sale.views import wanted_by_rules
from orderwright.engine.facts import Found
from orderwright.engine.model import Value
from orderwright.engine.references import (
    BusinessUnitIdentifier,
    CustomerGroupIdentifier,
    ShippingMethodIdentifier,
    StoreIdentifier,
    Wanted,
)
from orderwright.engine.scalars import CountryCode, CurrencyCode, Id, Key, Locale, Text

DeleteDays = Annotated[int, Meta(ge=1, le=365_250)]


class CartDraft(Value):
    """A cart as it is sent. Modes that are left out take the project's settings or the API's defaults."""

    currency: CurrencyCode
    key: Key | None = None
    customer_id: Id | None = None
    customer_email: Text | None = None
    customer_group: CustomerGroupIdentifier | None = None
    anonymous_id: Text | None = None
    business_unit: BusinessUnitIdentifier | None = None
    store: StoreIdentifier | None = None
    line_items: tuple[LineItemDraft, ...] = ()
    custom_line_items: tuple[CustomLineItemDraft, ...] = ()
    tax_mode: TaxMode = "Platform"
    external_tax_rate_for_shipping_method: ExternalTaxRateDraft | None = None
    price_rounding_mode: RoundingMode | None = None
    tax_rounding_mode: RoundingMode | None = None
    tax_calculation_mode: TaxCalculationMode = "LineItemLevel"
    inventory_mode: InventoryMode = "None"
    billing_address: AddressDraft | None = None
    shipping_address: AddressDraft | None = None
    shipping_method: ShippingMethodIdentifier | None = None
    shipping_rate_input: ShippingRateInputDraft | None = None
    shipping_mode: ShippingMode = "Single"
    custom_shipping: tuple[CustomShippingDraft, ...] = ()
    shipping: tuple[ShippingDraft, ...] = ()
    item_shipping_addresses: tuple[AddressDraft, ...] = ()
    discount_codes: CodeTexts = ()
    direct_discounts_ignore_cart_discounts: bool | None = None
    country: CountryCode | None = None
    locale: Locale | None = None
    origin: CartOrigin = "Customer"
    delete_days_after_last_modification: DeleteDays | None = None
    custom: CustomFieldsDraft | None = None
    purchase_order_number: Text | None = None

    def wants(self) -> Iterator[Wanted]:
        """The customer, who may belong to a group, and the codes."""
        if self.customer_id is not None:
            yield Wanted("customer", "id", self.customer_id)
        yield from wanted_named(self.discount_codes)

    def wants_on(self, found: Found) -> Iterator[Wanted]:
        """What the codes bring, and what the discounts of all carts ask for."""
        yield from wanted_behind(found, self.customer_id)
        yield from wanted_by_rules(found.catalogue.derived(named_by_all), self.customer_id, (), found)
