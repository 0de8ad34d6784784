"""What is done to products and to standalone prices for each kind of entry in the queue of renewals."""

from __future__ import annotations

from orderwright.domain.goods.product import resource as product
from orderwright.domain.goods.product.renewal import Renew
from orderwright.domain.goods.product_type import resource as product_type
from orderwright.domain.goods.product_type.renaming import ForgetFormer
from orderwright.domain.goods.standalone_price import resource as standalone_price
from orderwright.domain.laws.renewing import DISCOUNTED_PRICES, DISCOUNTED_PRODUCTS, PRICES_OF_SKU
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
    # Discounts may concern any price of the project.
    DISCOUNTED_PRODUCTS: RenewalRule(product.RENEWAL, None, lambda _time: Renew()),
    DISCOUNTED_PRICES: RenewalRule(standalone_price.RENEWAL, None, lambda _time: standalone_price.Renew()),
    PRICES_OF_SKU: RenewalRule(standalone_price.RENEWAL, '$ ? (@.sku == "{id}")', lambda _sku: standalone_price.Renew()),
}
