"""Every resource type there is, by name. A resource that is not listed here does not exist."""

from orderwright.engine.resource import ResourceType
from orderwright.resources import (
    cart,
    category,
    channel,
    custom_object,
    customer,
    customer_group,
    inventory_entry,
    message,
    order,
    payment,
    product,
    product_type,
    project,
    shipping_method,
    standalone_price,
    state,
    store,
    tax_category,
    type,
    zone,
)

_CUSTOMIZABLE: tuple[ResourceType, ...] = (
    project.RESOURCE,
    state.RESOURCE,
    channel.RESOURCE,
    customer_group.RESOURCE,
    customer.RESOURCE,
    store.RESOURCE,
    tax_category.RESOURCE,
    zone.RESOURCE,
    shipping_method.RESOURCE,
    category.RESOURCE,
    product_type.RESOURCE,
    product.RESOURCE,
    standalone_price.RESOURCE,
    inventory_entry.RESOURCE,
    cart.RESOURCE,
    order.RESOURCE,
    payment.RESOURCE,
    message.RESOURCE,
    custom_object.RESOURCE,
)
# Which of them use a Type is read off their models.
RESOURCES: tuple[ResourceType, ...] = (*_CUSTOMIZABLE, type.used_in(_CUSTOMIZABLE))
# What stands behind the door of a store as well.
IN_STORES: tuple[ResourceType, ...] = (cart.RESOURCE, order.RESOURCE, customer.RESOURCE)
# What an owner has of her own, with less in her drafts and fewer actions.
OWN: tuple[ResourceType, ...] = (cart.MINE, order.MINE, payment.MINE)
# What is deleted when nobody has modified it for as many days as it says.
EXPIRING: tuple[ResourceType, ...] = (cart.RESOURCE,)
# What may belong to an anonymous session, as a sign-in changes it.
HAND_OVERS: dict[str, ResourceType] = {kind.type_id: kind for kind in (cart.HAND_OVER, order.HAND_OVER, payment.HAND_OVER)}
