"""Every resource type there is, by name. A resource that is not listed here does not exist."""

from orderwright.engine.resource import ResourceType
from orderwright.resources import (
    cart,
    message,
    order,
    product,
    product_type,
    project,
    shipping_method,
    store,
    tax_category,
    zone,
)

RESOURCES: tuple[ResourceType, ...] = (
    project.RESOURCE,
    store.RESOURCE,
    tax_category.RESOURCE,
    zone.RESOURCE,
    shipping_method.RESOURCE,
    product_type.RESOURCE,
    product.RESOURCE,
    cart.RESOURCE,
    order.RESOURCE,
    message.RESOURCE,
)
