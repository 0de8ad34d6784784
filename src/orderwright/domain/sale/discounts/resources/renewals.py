"""What is done to codes and cart discounts for each kind of entry that `renewal.py` puts into the queue."""

from __future__ import annotations

from orderwright.domain.sale.discounts.resources import cart_discount, discount_code
from orderwright.domain.sale.discounts.resources.renewal import RenewCode, RenewDiscount
from orderwright.engine.resource import RenewalRule

RULES = {
    "cart-discount": RenewalRule(discount_code.RENEWAL, '$ ? (@.cartDiscounts[*].id == "{id}")', lambda _id: RenewCode()),
    "discount-group": RenewalRule(cart_discount.RENEWAL, '$ ? (@.discountGroup.id == "{id}")', lambda _id: RenewDiscount()),
}
