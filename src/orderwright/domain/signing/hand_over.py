"""The types of documents that an anonymous session may own, with the actions by which a sign-in changes them. No client can send
these."""

from __future__ import annotations

from dataclasses import replace

from orderwright.domain.cart.resource import RESOURCE as CART
from orderwright.domain.order.ownership import hand_over as with_orders
from orderwright.domain.order.resource import RESOURCE as ORDER
from orderwright.domain.payment.ownership import hand_over as with_payments
from orderwright.domain.payment.resource import RESOURCE as PAYMENT
from orderwright.domain.shopping_list.ownership import hand_over as with_lists
from orderwright.domain.shopping_list.resource import RESOURCE as SHOPPING_LIST
from orderwright.domain.signing.merge import hand_over as with_carts
from orderwright.engine.resource import ResourceType, same

# A cart is closed or recalculated by the action itself, which knows which.
CARTS = replace(CART, actions=with_carts, finish=same)
ORDERS = replace(ORDER, actions=with_orders)
PAYMENTS = replace(PAYMENT, actions=with_payments)
SHOPPING_LISTS = replace(SHOPPING_LIST, actions=with_lists)
HAND_OVERS: dict[str, ResourceType] = {kind.type_id: kind for kind in (CARTS, ORDERS, PAYMENTS, SHOPPING_LISTS)}
