"""The set that the modules of this package register their actions in."""

from orderwright.domain.goods.product.model import Product
from orderwright.engine.actions import ActionSet

actions = ActionSet(Product)
