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
    type,
    zone,
)

_CUSTOMIZABLE: tuple[ResourceType, ...] = (
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
# Which of them use a Type is read off their models.
RESOURCES: tuple[ResourceType, ...] = (*_CUSTOMIZABLE, type.used_in(_CUSTOMIZABLE))
