"""The update actions of a product, by what they are about. Importing this package fills `actions`."""

from orderwright.domain.goods.product.model import Product
from orderwright.engine.actions import ActionSet

actions: ActionSet[Product] = ActionSet(Product)

from orderwright.domain.goods.product.actions import (  # noqa: E402  # each of them adds its handlers to the set above
    assets,
    attributes,
    categories,
    descriptions,
    images,
    prices,
    publishing,
    variants,
)

__all__ = ["actions", "assets", "attributes", "categories", "descriptions", "images", "prices", "publishing", "variants"]
