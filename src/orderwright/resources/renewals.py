"""What products are written anew for: by the kind of entry that `domain/products/renewal.py` puts into the queue."""

from __future__ import annotations

from orderwright.domain.products.renaming import ForgetFormer
from orderwright.domain.products.renewal import Renew
from orderwright.engine.renewals import Rule
from orderwright.resources import product, product_type

_IN_CATEGORY = " || ".join(f'@.masterData.{data}.categories[*].id == "{{id}}"' for data in ("current", "staged"))
RULES = {
    "product-type": Rule(
        product.RENEWAL,
        '$ ? (@.productType.id == "{id}")',
        lambda _id: Renew(),
        last=(product_type.RENEWAL, ForgetFormer()),
    ),
    "category": Rule(product.RENEWAL, f"$ ? ({_IN_CATEGORY})", lambda id: Renew(category=id)),
}
