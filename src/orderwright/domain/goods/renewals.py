"""What is done to products for each kind of entry that `domain/goods/product/renewal.py` puts into the queue."""

from __future__ import annotations

from orderwright.domain.goods.product import resource as product
from orderwright.domain.goods.product.renewal import Renew
from orderwright.domain.goods.product_type import resource as product_type
from orderwright.domain.goods.product_type.renaming import ForgetFormer
from orderwright.engine.resource import RenewalRule

_IN_CATEGORY = " || ".join(f'@.masterData.{data}.categories[*].id == "{{id}}"' for data in ("current", "staged"))
RULES = {
    "product-type": RenewalRule(
        product.RENEWAL,
        '$ ? (@.productType.id == "{id}")',
        lambda _id: Renew(),
        last=(product_type.RENEWAL, ForgetFormer()),
    ),
    "category": RenewalRule(product.RENEWAL, f"$ ? ({_IN_CATEGORY})", lambda id: Renew(category=id)),
}
