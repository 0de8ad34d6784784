"""Which tax rate each item of a cart takes for the address it is shipped to, in the tax mode `Platform`."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.model import Cart
from orderwright.domain.cart.variants import current_variant
from orderwright.domain.catalogue import TaxCategory
from orderwright.domain.common.items import LineItem
from orderwright.domain.tax import TaxRate, select_rate
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.errors import missing_tax_rate_for_country


def rate_of(category: Reference | None, cart: Cart, facts: Facts) -> TaxRate | None:
    """The category's rate for the cart's shipping address; None without category or address, or if taxes are disabled.

    Raises `MissingTaxRateForCountry`. A state needs a rate of its own unless the project allows the country's.
    """
    address = cart.shipping_address
    if category is None or address is None or cart.tax_mode != "Platform":
        return None
    rates = facts.get("tax-category", category, TaxCategory).rates
    fallback = bool(facts.project.carts.country_tax_rate_fallback_enabled)
    rate = select_rate(rates, address.country, address.state, fallback)
    if rate is None:
        raise missing_tax_rate_for_country(category.id, address.country, address.state)
    return rate


def with_rates(cart: Cart, facts: Facts) -> Cart:
    """The cart with every rate as it is today. The lines' variants must have been read. Raises `MissingTaxRateForCountry`."""
    info = cart.shipping_info
    return replace(
        cart,
        line_items=tuple(replace(line, tax_rate=rate_of(tax_category_of(line, facts), cart, facts)) for line in cart.line_items),
        custom_line_items=tuple(
            replace(item, tax_rate=rate_of(item.tax_category, cart, facts)) for item in cart.custom_line_items
        ),
        shipping_info=info and replace(info, tax_rate=rate_of(info.tax_category, cart, facts)),
    )


def tax_category_of(line: LineItem, facts: Facts) -> Reference | None:
    """The tax category of a line's product.

    A line does not keep it. For a product that is no longer published it is the one that the line's last rate came from.
    """
    snapshot = current_variant(line, facts)
    if snapshot is not None:
        return snapshot.tax_category
    if line.tax_rate is not None:
        for category in facts.catalogue.all("tax-category"):
            if any(rate.id == line.tax_rate.id for rate in category.rates):
                return Reference(type_id="tax-category", id=category.id)
    return None
