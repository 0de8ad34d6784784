"""The set that the modules of this package register their actions in, with what carts and orders share."""

from orderwright.domain.cart.guard import check_allowed
from orderwright.domain.cart.messages import CartEstimatedDeliverySet, CartPurchaseOrderNumberSet
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.laws.telling import old_and_new
from orderwright.domain.sale.actions import edit_actions, shared_actions
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.several import tells_estimate
from orderwright.engine.actions import ActionSet

actions = ActionSet(Cart, guard=check_allowed)
actions.include(
    shared_actions,
    tells={
        "setEstimatedDelivery": tells_estimate(CartEstimatedDeliverySet),
        "setPurchaseOrderNumber": old_and_new(CartPurchaseOrderNumberSet, "purchase_order_number"),
    },
)
actions.include(edit_actions)
# No Message tells of them before there is an order.
custom_field_rows(actions, root("order"))
