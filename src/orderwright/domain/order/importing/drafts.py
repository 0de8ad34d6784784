"""An order of another system, as it is imported: what it holds is said, not made by the rules of a cart."""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.domain.amounts.money import Money, RoundingMode
from orderwright.domain.amounts.tax import TaxCalculationMode, TaxPortionDraft, TaxRateDraft
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.goods.inventory.model import ENTRY
from orderwright.domain.goods.price import PriceDraft
from orderwright.domain.goods.product.variant import Attribute, Image, Prices, Sku
from orderwright.domain.order.model import OrderNumber, OrderState, ShipmentState
from orderwright.domain.sale.lines.item_shipping import ItemShippingDetailsDraft
from orderwright.domain.sale.lines.items import CustomLineItemPriceMode, InventoryMode, ItemState, Slug
from orderwright.domain.sale.model import CartOrigin, PaymentState
from orderwright.domain.sale.shipping.deliveries import DeliveryDraft
from orderwright.domain.sale.shipping.model import ShippingMethodState, ShippingRateDraft
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import (
    BusinessUnitIdentifier,
    ChannelIdentifier,
    CustomerGroupIdentifier,
    PaymentReference,
    ShippingMethodIdentifier,
    StateReference,
    StoreIdentifier,
    TaxCategoryIdentifier,
    Wanted,
)
from orderwright.engine.scalars import CountryCode, DateTime, Id, Key, LocalizedString, Quantity, Text


class ImportedTaxRate(TaxRateDraft):
    """A rate as the other system has it; its id may be of a rate that is here as well."""

    id: Text | None = None


class TaxedItemPriceDraft(Value):
    """Net, gross and tax of an item or of shipping, which are not checked against each other."""

    total_net: Money
    total_gross: Money
    tax_portions: tuple[TaxPortionDraft, ...] = ()
    total_tax: Money | None = None


class TaxedPriceDraft(Value):
    """Net, gross and tax of the whole order, which are not checked against each other."""

    total_net: Money
    total_gross: Money
    tax_portions: tuple[TaxPortionDraft, ...]
    total_tax: Money | None = None


class DiscountedLineItemPortionDraft(Value):
    """What one discount took off; it need not be here."""

    discount: Reference
    discounted_amount: Money


class DiscountedLineItemPriceDraft(Value):
    """A price after discounts."""

    value: Money
    included_discounts: tuple[DiscountedLineItemPortionDraft, ...]


class ProductVariantImportDraft(Value):
    """The variant of a line item, by SKU or, with the line's product, by id; and what it showed when it was bought."""

    id: int | None = None
    sku: Sku | None = None
    prices: Prices | None = None
    attributes: tuple[Attribute, ...] | None = None
    images: tuple[Image, ...] | None = None


class LineItemImportDraft(Value):
    """A line item as it was bought. Its price and its quantity may be negative; a taxed price needs the rate as well."""

    name: LocalizedString
    variant: ProductVariantImportDraft
    quantity: Quantity
    price: PriceDraft
    key: Key | None = None
    product_id: Id | None = None
    tax_rate: ImportedTaxRate | None = None
    taxed_price: TaxedItemPriceDraft | None = None
    distribution_channel: ChannelIdentifier | None = None
    supply_channel: ChannelIdentifier | None = None
    inventory_mode: InventoryMode | None = None
    shipping_details: ItemShippingDetailsDraft | None = None
    state: tuple[ItemState, ...] = ()
    custom: CustomFieldsDraft | None = None

    def wants(self) -> Iterator[Wanted]:
        """The variant, and its inventory entries for a line whose units are taken off the stock; by product those of all of its
        variants, since which is which is not known before."""
        for kind in ("variant", ENTRY):
            if self.variant.sku is not None:
                yield Wanted(kind, "sku", self.variant.sku)
            elif self.product_id is not None:
                yield Wanted(kind, "product", self.product_id)


class CustomLineItemImportDraft(Value):
    """A custom line item as it was bought. Its money and its quantity may be negative; a taxed price needs the rate as well."""

    name: LocalizedString
    slug: Slug
    quantity: Quantity
    money: Money
    key: Key | None = None
    tax_rate: ImportedTaxRate | None = None
    taxed_price: TaxedItemPriceDraft | None = None
    tax_category: TaxCategoryIdentifier | None = None
    price_mode: CustomLineItemPriceMode = "Standard"
    shipping_details: ItemShippingDetailsDraft | None = None
    state: tuple[ItemState, ...] = ()
    custom: CustomFieldsDraft | None = None


class ShippingInfoImportDraft(Value):
    """How the order was shipped. The items of its deliveries have the ids of the other system."""

    shipping_method_name: Text
    price: Money
    shipping_rate: ShippingRateDraft
    tax_rate: ImportedTaxRate | None = None
    taxed_price: TaxedItemPriceDraft | None = None
    tax_category: TaxCategoryIdentifier | None = None
    shipping_method: ShippingMethodIdentifier | None = None
    deliveries: tuple[DeliveryDraft, ...] = ()
    discounted_price: DiscountedLineItemPriceDraft | None = None
    shipping_method_state: ShippingMethodState = "MatchesCart"


class PaymentInfoDraft(Value):
    """Payments of this project that no other order or active cart has."""

    payments: tuple[PaymentReference, ...]


class OrderImportDraft(Value):
    """A whole order. Its total is as it says, whatever its items cost."""

    total_price: Money
    order_number: OrderNumber | None = None
    purchase_order_number: Text | None = None
    customer_id: Id | None = None
    customer_email: Text | None = None
    customer_group: CustomerGroupIdentifier | None = None
    business_unit: BusinessUnitIdentifier | None = None
    store: StoreIdentifier | None = None
    line_items: tuple[LineItemImportDraft, ...] = ()
    custom_line_items: tuple[CustomLineItemImportDraft, ...] = ()
    taxed_price: TaxedPriceDraft | None = None
    price_rounding_mode: RoundingMode = "HalfEven"
    tax_rounding_mode: RoundingMode = "HalfEven"
    tax_calculation_mode: TaxCalculationMode = "LineItemLevel"
    inventory_mode: InventoryMode = "None"
    billing_address: AddressDraft | None = None
    shipping_address: AddressDraft | None = None
    item_shipping_addresses: tuple[AddressDraft, ...] = ()
    shipping_info: ShippingInfoImportDraft | None = None
    payment_info: PaymentInfoDraft | None = None
    payment_state: PaymentState | None = None
    shipment_state: ShipmentState | None = None
    order_state: OrderState = "Open"
    state: StateReference | None = None
    country: CountryCode | None = None
    origin: CartOrigin = "Customer"
    completed_at: DateTime | None = None
    custom: CustomFieldsDraft | None = None

    def wants(self) -> Iterator[Wanted]:
        """The customer, who may belong to a group."""
        if self.customer_id is not None:
            yield Wanted("customer", "id", self.customer_id)
