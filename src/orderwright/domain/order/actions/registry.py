"""The set that the modules of this package register their actions in, with what carts and orders share."""

from collections.abc import Mapping

from orderwright.domain.laws.telling import old_and_new
from orderwright.domain.order.messages import (
    OrderBillingAddressSet,
    OrderCustomerEmailSet,
    OrderEstimatedDeliverySet,
    OrderPaymentAdded,
    OrderPaymentRemoved,
    OrderPurchaseOrderNumberSet,
)
from orderwright.domain.order.model import Order
from orderwright.domain.sale.actions import shared_actions
from orderwright.domain.sale.payments import payments_of
from orderwright.domain.sale.shipping.several import tells_estimate
from orderwright.engine.actions import ActionSet, Told


def _added(before: Order, after: Order) -> OrderPaymentAdded:
    return OrderPaymentAdded(payment_ref=next(each for each in payments_of(after) if each not in payments_of(before)))


def _removed(before: Order, after: Order) -> OrderPaymentRemoved:
    gone = next(each for each in payments_of(before) if each not in payments_of(after))
    return OrderPaymentRemoved(payment_ref=gone, removed_payment_info=after.payment_info is None)


# What an order tells of the actions that it shares with carts.
ORDER_TELLS: Mapping[str, Told] = {
    "addPayment": _added,
    "removePayment": _removed,
    "setBillingAddress": old_and_new(OrderBillingAddressSet, "billing_address", named="address"),
    "setCustomerEmail": old_and_new(OrderCustomerEmailSet, "customer_email", named="email"),
    "setEstimatedDelivery": tells_estimate(OrderEstimatedDeliverySet),
    "setPurchaseOrderNumber": old_and_new(OrderPurchaseOrderNumberSet, "purchase_order_number"),
}
actions = ActionSet(Order)
actions.include(shared_actions, tells=ORDER_TELLS)
