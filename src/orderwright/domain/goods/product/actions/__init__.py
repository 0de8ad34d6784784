"""The update actions of a product. Importing this package registers every one of them in `actions`."""

from orderwright.domain.goods.product.actions import (
    assets,
    attributes,
    categories,
    descriptions,
    images,
    prices,
    publishing,
    variants,
)
from orderwright.domain.goods.product.actions.registry import actions

__all__ = ["actions"]
