"""An entry that is added to an order: a product of the house, at the price and with the tax that it has today.

A product is named by the id that it is shown with (`table/entries.py`), or by its SKU.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from orderwright.domain.amounts.money import fraction_digits
from orderwright.domain.goods.price import unit_price
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.order.model import Order
from orderwright.domain.sale.lines.items import priced
from orderwright.domain.sale.lines.variants import price_of, wanted_groups
from orderwright.domain.sale.taxes.rates import rate_of
from orderwright.emporix.amounts import EXACT, SCALE, amount_of, decimal, plainly, with_tax, without_tax
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import UUID
from orderwright.errors import ApiError


def wanted_product(product: str, order: Order) -> Iterator[Wanted]:
    """What must be read to sell a product to the customer of an order."""
    if len(product) > 256 or not product.isprintable():
        return
    named = _by_id(product)
    yield from priced("product", named[0]) if named else priced("sku", product)
    yield from wanted_groups(order.customer_id)


def added_entry(product: str, quantity: int, order: Order, facts: Facts) -> dict[str, Any]:
    """The entry, as this dialect sends one.

    Raises 400 for a product that is not sold here, `MatchingPriceNotFound`, and `MissingTaxRateForCountry`.
    """
    snapshot = _variant(product, facts)
    if snapshot is None:
        message = f"There is no product '{product[:100]}'."
        raise ApiError(400, "InvalidOperation", message, field="entries.productId")
    currency = order.total_price.currency_code
    unit = amount_of(to_builtins(unit_price(price_of(snapshot, order, None, facts), quantity))) or Decimal(0)
    # An order that came with its taxes has those; what is added is taxed as the house does.
    rate = rate_of(snapshot.tax_category, replace(order, tax_mode="Platform"), facts)
    share = Decimal(0) if rate is None else decimal(rate.amount) or Decimal(0)
    inclusive = rate is None or rate.included_in_price
    named = {} if rate is None else {"taxCode": rate.name, "taxRate": plainly(share.scaleb(2, EXACT))}

    def figures(price: Decimal, digits: int) -> dict[str, Any]:
        net = without_tax(price, share, digits) if inclusive else price
        gross = price if inclusive else with_tax(price, share, digits)
        values = {"netValue": net, "grossValue": gross, "taxValue": EXACT.subtract(gross, net)}
        return {name: plainly(value) for name, value in values.items()} | named

    total, digits = EXACT.multiply(unit, Decimal(quantity)), fraction_digits(currency)
    whole = figures(total, digits)
    tax = {"amount": whole["taxValue"], "currency": currency, "inclusive": inclusive}
    line = {"code": named.get("taxCode", ""), "name": named.get("taxCode", ""), "rate": named.get("taxRate", 0), "sequenceId": 0}
    number = snapshot.variant.id
    return {
        "id": facts.new_id(),
        "amount": quantity,
        "orderedAmount": quantity,
        "product": {
            "id": snapshot.product_id if number == 1 else f"{snapshot.product_id}--{number}",
            "localizedName": dict(snapshot.name),
            **({} if snapshot.variant.sku is None else {"sku": snapshot.variant.sku}),
        },
        "price": {"currency": currency, "originalAmount": plainly(unit), "effectiveAmount": plainly(unit)},
        "unitPrice": plainly(unit),
        "totalPrice": plainly(total),
        "calculatedUnitPrice": figures(unit, max(SCALE, digits)),
        "calculatedPrice": {"price": whole, "discountedPrice": whole, "finalPrice": whole},
        "tax": {"lines": [tax | line], "total": tax},
    }


def _by_id(text: str) -> tuple[str, int] | None:
    """The product and the number of its variant, where the text is an id as it is shown."""
    product, hyphens, number = text.partition("--")
    if not re.fullmatch(UUID, product) or (hyphens and not re.fullmatch("[1-9][0-9]{0,8}", number)):
        return None
    return product.lower(), int(number or 1)


def _variant(product: str, facts: Facts) -> VariantSnapshot | None:
    named = _by_id(product)
    if named is None:
        by_sku = facts.look_up(Wanted("variant", "sku", product))
        return by_sku if isinstance(by_sku, VariantSnapshot) else None
    found = facts.look_up(Wanted("variant", "product", named[0])) or ()
    return next((each for each in found if isinstance(each, VariantSnapshot) and each.variant.id == named[1]), None)
