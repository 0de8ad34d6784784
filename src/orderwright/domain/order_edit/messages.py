"""What an order tells of an edit, beside what it tells of any other change."""

from __future__ import annotations

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.amounts.tax import MethodTaxedPrice, TaxedItemPrice
from orderwright.domain.goods.price import Price
from orderwright.domain.order_edit import model
from orderwright.domain.sale.discounts.portions import DiscountedLineItemPriceForQuantity
from orderwright.domain.sale.lines.item_shipping import ItemShippingDetails
from orderwright.domain.sale.lines.items import CustomLineItem, ItemState, LineItem
from orderwright.domain.sale.shipping.model import ShippingInfo, ShippingRateInput
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference, always
from orderwright.engine.scalars import Id, Key, Quantity


class OrderEditApplied(Message):
    """An edit was applied."""

    edit: model.OrderEdit
    result: model.OrderEditApplied


class OrderCustomerGroupSet(Message):
    """The customer group that prices are selected for."""

    customer_group: Reference | None = None
    old_customer_group: Reference | None = None


class OrderShippingInfoSet(Message):
    """Another shipping method, or none."""

    shipping_info: ShippingInfo | None = None
    old_shipping_info: ShippingInfo | None = None


class OrderShippingRateInputSet(Message):
    """What picks the tier of the shipping rate."""

    shipping_rate_input: ShippingRateInput | None = None
    old_shipping_rate_input: ShippingRateInput | None = None


class OrderDiscountCodeAdded(Message):
    """The order has a code more."""

    discount_code: Reference


class OrderDiscountCodeRemoved(Message):
    """The order has a code less."""

    discount_code: Reference


class OrderLineItemAdded(Message):
    """Units of a product were added; the line as it is now."""

    line_item: LineItem
    added_quantity: Quantity


class OrderLineItemRemoved(Message):
    """Units of a product were removed; what is left of the line, or of one that is gone what it was."""

    line_item_id: Id
    removed_quantity: Quantity
    new_quantity: Quantity
    new_total_price: TypedMoney
    new_state: tuple[ItemState, ...] = always(())
    line_item_key: Key | None = None
    new_taxed_price: TaxedItemPrice | None = None
    new_price: Price | None = None
    new_shipping_detail: ItemShippingDetails | None = None


class OrderLineItemDistributionChannelSet(Message):
    """The channel that a line's price is selected for."""

    line_item_id: Id
    line_item_key: Key | None = None
    distribution_channel: Reference | None = None


class OrderLineItemDiscountSet(Message):
    """What discounts leave of a line's price."""

    line_item_id: Id
    total_price: TypedMoney
    discounted_price_per_quantity: tuple[DiscountedLineItemPriceForQuantity, ...] = always(())
    taxed_price_portions: tuple[MethodTaxedPrice, ...] = always(())
    line_item_key: Key | None = None
    taxed_price: TaxedItemPrice | None = None


class OrderCustomLineItemAdded(Message):
    """A custom line item was added."""

    custom_line_item: CustomLineItem


class OrderCustomLineItemRemoved(Message):
    """A custom line item was removed; the item as it was."""

    custom_line_item_id: Id
    custom_line_item: CustomLineItem
    custom_line_item_key: Key | None = None


class OrderCustomLineItemQuantityChanged(Message):
    """How many of a custom line item there are."""

    custom_line_item_id: Id
    quantity: Quantity
    old_quantity: Quantity
    custom_line_item_key: Key | None = None


class OrderCustomLineItemDiscountSet(Message):
    """What discounts leave of a custom line item's price."""

    custom_line_item_id: Id
    discounted_price_per_quantity: tuple[DiscountedLineItemPriceForQuantity, ...] = always(())
    custom_line_item_key: Key | None = None
    taxed_price: TaxedItemPrice | None = None
