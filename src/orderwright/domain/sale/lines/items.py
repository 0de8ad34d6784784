"""Line items and custom line items, as carts and orders hold them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeVar

from msgspec import Meta

from orderwright.domain.amounts.money import Money, TypedMoney
from orderwright.domain.amounts.tax import (
    ExternalTaxRateDraft,
    MethodExternalTaxRateDraft,
    MethodTaxedPrice,
    MethodTaxRate,
    TaxedItemPrice,
    TaxRate,
)
from orderwright.domain.custom.fields import CustomFields, CustomFieldsDraft
from orderwright.domain.goods.inventory.model import ENTRY
from orderwright.domain.goods.price import Price
from orderwright.domain.goods.product.variant import ProductVariant
from orderwright.domain.sale.discounts.portions import DiscountedLineItemPriceForQuantity
from orderwright.domain.sale.lines.item_shipping import ItemShippingDetails, ItemShippingDetailsDraft
from orderwright.domain.sale.reserve.model import ReservationReference
from orderwright.engine.model import Reference, Value, always
from orderwright.engine.references import ChannelIdentifier, ChannelReference, StateReference, TaxCategoryIdentifier, Wanted
from orderwright.engine.scalars import DateTime, Id, Key, LocalizedString, NotServed, Quantity, whole

InventoryMode = Annotated[Literal["TrackOnly", "ReserveOnOrder", "ReserveOnCart", "None"], Meta(title="InventoryMode")]
LineItemMode = Literal["Standard", "GiftLineItem"]
LineItemPriceMode = Literal["Platform", "ExternalPrice", "ExternalTotal"]
CustomLineItemPriceMode = Literal["Standard", "External"]
Slug = Annotated[str, Meta(pattern=whole("[a-zA-Z0-9_-]{2,256}"))]


class ItemState(Value):
    """How many units of an item are in a workflow state."""

    quantity: Quantity
    state: StateReference


class LineItem(Value):
    """A product variant in a cart or order; a snapshot of the time it was added."""

    id: Id
    product_id: Id
    name: LocalizedString
    product_type: Reference
    variant: ProductVariant
    price: Price
    quantity: Quantity
    total_price: TypedMoney
    price_mode: LineItemPriceMode
    line_item_mode: LineItemMode
    key: Key | None = None
    product_key: str | None = None
    product_slug: LocalizedString | None = None
    discounted_price_per_quantity: tuple[DiscountedLineItemPriceForQuantity, ...] = always(())
    taxed_price: TaxedItemPrice | None = None
    taxed_price_portions: tuple[MethodTaxedPrice, ...] = always(())
    state: tuple[ItemState, ...] = always(())
    tax_rate: TaxRate | None = None
    per_method_tax_rate: tuple[MethodTaxRate, ...] = always(())
    supply_channel: ChannelReference | None = None
    distribution_channel: ChannelReference | None = None
    inventory_mode: InventoryMode | None = None
    reservation: ReservationReference | None = None
    shipping_details: ItemShippingDetails | None = None
    custom: CustomFields | None = None
    added_at: DateTime | None = None
    last_modified_at: DateTime | None = None

    @property
    def is_gift(self) -> bool:
        """Whether a discount has given it."""
        return self.line_item_mode == "GiftLineItem"


class CustomLineItem(Value):
    """An item of its own, not bound to a product."""

    id: Id
    name: LocalizedString
    money: TypedMoney
    total_price: TypedMoney
    slug: str
    quantity: Quantity
    price_mode: CustomLineItemPriceMode
    key: Key | None = None
    taxed_price: TaxedItemPrice | None = None
    taxed_price_portions: tuple[MethodTaxedPrice, ...] = always(())
    state: tuple[ItemState, ...] = always(())
    tax_category: Reference | None = None
    tax_rate: TaxRate | None = None
    per_method_tax_rate: tuple[MethodTaxRate, ...] = always(())
    discounted_price_per_quantity: tuple[DiscountedLineItemPriceForQuantity, ...] = always(())
    custom: CustomFields | None = None
    shipping_details: ItemShippingDetails | None = None


class ExternalLineItemTotalPrice(Value):
    """What a unit and the whole line cost, said by the merchant; only the total counts."""

    price: Money
    total_price: Money


class LineItemDraft(Value):
    """A line item as it is sent. Either `sku`, or `productId` and `variantId` (the master variant if left out)."""

    key: Key | None = None
    product_id: Id | None = None
    variant_id: int | None = None
    sku: str | None = None
    quantity: Quantity = 1
    added_at: DateTime | None = None
    distribution_channel: ChannelIdentifier | None = None
    supply_channel: ChannelIdentifier | None = None
    external_price: Money | None = None
    external_total_price: ExternalLineItemTotalPrice | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None
    per_method_external_tax_rate: tuple[MethodExternalTaxRateDraft, ...] | None = None
    inventory_mode: InventoryMode | None = None
    shipping_details: ItemShippingDetailsDraft | None = None
    custom: CustomFieldsDraft | None = None
    recurrence_info: NotServed | None = None

    def wants(self) -> Iterator[Wanted]:
        """The variant's row, standalone prices and inventory entries, which may limit the quantity; by product all of them,
        since which is the master is not known before."""
        if self.sku is not None:
            yield from priced("sku", self.sku)
            yield Wanted(ENTRY, "sku", self.sku)
        elif self.product_id is not None:
            yield from priced("product", self.product_id)
            yield Wanted(ENTRY, "product", self.product_id)


class CustomLineItemDraft(Value):
    """A custom line item as it is sent."""

    name: LocalizedString
    money: Money
    slug: Slug
    key: Key | None = None
    quantity: Quantity = 1
    tax_category: TaxCategoryIdentifier | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None
    custom: CustomFieldsDraft | None = None
    shipping_details: ItemShippingDetailsDraft | None = None
    price_mode: CustomLineItemPriceMode | None = None
    recurrence_info: NotServed | None = None


def priced(by: Literal["sku", "product"], value: str) -> Iterator[Wanted]:
    """The variants of a SKU or product, and the standalone prices beside them."""
    yield Wanted("variant", by, value)
    yield Wanted("standalone-price", by, value)


Item = TypeVar("Item", LineItem, CustomLineItem)
