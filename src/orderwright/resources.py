"""Every resource type there is, by name. A resource that is not listed here does not exist."""

from collections.abc import Mapping
from typing import Any

from orderwright.domain.business_unit import associate_role
from orderwright.domain.business_unit import resource as business_unit
from orderwright.domain.cart import resource as cart
from orderwright.domain.custom import custom_object
from orderwright.domain.custom import resource as type
from orderwright.domain.customer import resource as customer
from orderwright.domain.extension import resource as extension
from orderwright.domain.goods import renewals as of_goods
from orderwright.domain.goods.category import resource as category
from orderwright.domain.goods.inventory import resource as inventory_entry
from orderwright.domain.goods.product import resource as product
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.goods.product_discount import resource as product_discount
from orderwright.domain.goods.product_type import resource as product_type
from orderwright.domain.goods.standalone_price import resource as standalone_price
from orderwright.domain.goods.standalone_price.model import PriceScope
from orderwright.domain.order import resource as order
from orderwright.domain.order.numbering import OrderNumberTemplate
from orderwright.domain.order_edit import resource as order_edit
from orderwright.domain.payment import resource as payment
from orderwright.domain.quote.offer import resource as quote
from orderwright.domain.quote.quote_request import resource as quote_request
from orderwright.domain.quote.staged_quote import resource as staged_quote
from orderwright.domain.sale.discounts.resources import cart_discount, discount_code, discount_group, renewals
from orderwright.domain.sale.shipping import resource as shipping_method
from orderwright.domain.shop import customer_group, message, tax_category, zone
from orderwright.domain.shop.channel import resource as channel
from orderwright.domain.shop.project import resource as project
from orderwright.domain.shop.state import resource as state
from orderwright.domain.shop.store import resource as store
from orderwright.domain.shopping_list import renewal as of_lists
from orderwright.domain.shopping_list import resource as shopping_list
from orderwright.domain.subscription import resource as subscription
from orderwright.engine.resource import RenewalRule, ResourceType, holding

# Which of them hold others by references is read off their models.
RESOURCES: tuple[ResourceType, ...] = holding(
    (
        project.RESOURCE,
        state.RESOURCE,
        channel.RESOURCE,
        customer_group.RESOURCE,
        customer.RESOURCE,
        associate_role.RESOURCE,
        business_unit.RESOURCE,
        store.RESOURCE,
        tax_category.RESOURCE,
        zone.RESOURCE,
        shipping_method.RESOURCE,
        discount_group.RESOURCE,
        cart_discount.RESOURCE,
        discount_code.RESOURCE,
        category.RESOURCE,
        product_type.RESOURCE,
        product_discount.RESOURCE,
        product.RESOURCE,
        standalone_price.RESOURCE,
        inventory_entry.RESOURCE,
        cart.RESOURCE,
        order.RESOURCE,
        order_edit.RESOURCE,
        payment.RESOURCE,
        quote_request.RESOURCE,
        staged_quote.RESOURCE,
        quote.RESOURCE,
        shopping_list.RESOURCE,
        subscription.RESOURCE,
        message.RESOURCE,
        custom_object.RESOURCE,
        type.RESOURCE,
        extension.RESOURCE,
    )
)
# What stands behind the door of a store as well.
IN_STORES: tuple[ResourceType, ...] = tuple(
    kind
    for kind in RESOURCES
    if kind.path
    in (
        "business-units",
        "cart-discounts",
        "carts",
        "customers",
        "orders",
        "quote-requests",
        "quotes",
        "shopping-lists",
        "staged-quotes",
    )
)
# What is another at that door than at the project's: more is seen than can be changed.
SHOWN_IN_STORES: tuple[ResourceType, ...] = (category.SEEN_IN_STORE, category.OF_STORE, discount_code.SEEN_IN_STORE)
# What an owner has of her own at /me alone, in whichever store it is.
AT_ME_ALONE: tuple[ResourceType, ...] = (quote_request.MINE, quote.MINE)
# What an owner has of her own, with less in her drafts and fewer actions.
OWN: tuple[ResourceType, ...] = (cart.MINE, order.MINE, payment.MINE, shopping_list.MINE, business_unit.MINE, *AT_ME_ALONE)
# What owners see of what is theirs inside other documents, and what everybody sees of products there.
SHOWN_TO_OWNERS: tuple[ResourceType, ...] = (*OWN, customer.MINE)
SHOWN_TO_ALL: tuple[ResourceType, ...] = (product.PUBLISHED,)
# What is read beside resources, by what it is wanted as.
ROWS: Mapping[str, Any] = {
    "variant": VariantSnapshot,
    "price-scope": PriceScope,
    "order-number-template": OrderNumberTemplate,
    # How many orders have used a code.
    "discount-code-use": int,
}
# What follows a change in documents that copy something, by the kind of the queue's entry.
RENEWALS: Mapping[str, RenewalRule] = {**of_goods.RULES, **renewals.RULES, **of_lists.RULES}
# What is deleted when nobody has modified it for as many days as it says.
EXPIRING: tuple[ResourceType, ...] = (cart.RESOURCE, shopping_list.RESOURCE)
