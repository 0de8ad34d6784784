"""Which tax rate each item takes: in the tax mode `Platform` that of its category for the address it is shipped to.

commercetools: Carts, TaxMode; Tax Categories, TaxRate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from orderwright.domain.amounts.tax import ExternalTaxRateDraft, MethodExternalTaxRateDraft, TaxRate, select_rate
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.lines.variants import current_variant
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.refusals import missing_tax_rate_for_country
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.several import each_sent, infos_of, with_infos
from orderwright.domain.sale.taxes.external import EXTERNAL, given_rate, given_rates
from orderwright.domain.sale.taxes.methods import ordered_rates, rates_by_method, with_rates_by_method
from orderwright.domain.shop.tax_category import TaxCategory
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.errors import invalid_field, invalid_operation


def rate_of(category: Reference | None, sale: Sale, facts: Facts) -> TaxRate | None:
    """The category's rate for the cart's shipping address; None without category or address, or if taxes are disabled.

    Raises `MissingTaxRateForCountry`. A state needs a rate of its own unless the project allows the country's.
    """
    address = sale.shipping_address
    if category is None or address is None or sale.tax_mode != "Platform":
        return None
    rates = facts.get("tax-category", category, TaxCategory).rates
    fallback = bool(facts.project.carts.country_tax_rate_fallback_enabled)
    rate = select_rate(rates, address.country, address.state, fallback)
    if rate is None:
        raise missing_tax_rate_for_country(category.id, address.country, address.state)
    return rate


def first_rates(
    category: Reference | None,
    given: ExternalTaxRateDraft | None,
    by_method: Sequence[MethodExternalTaxRateDraft],
    sale: Sale,
    facts: Facts,
) -> dict[str, Any]:
    """The rates of a new item, as members: the one that it has, or one under each of several shipping methods.

    Raises what `given_rates` and `first_rate` raise. In the mode `Multiple` the rate that would hold for all units means nothing.
    """
    if sale.shipping_mode == "Single":
        if by_method:
            raise invalid_field("perMethodExternalTaxRate", by_method)
        return {"tax_rate": first_rate(category, given, sale, facts)}
    rates: Mapping[str, TaxRate | None] = given_rates(by_method, sale)
    if not rates:
        rates = {str(seen.shipping_key): rate_of(category, seen, facts) for seen in each_sent(sale)}
    return {"per_method_tax_rate": ordered_rates(rates, sale)}


def first_rate(category: Reference | None, given: ExternalTaxRateDraft | None, sale: Sale, facts: Facts) -> TaxRate | None:
    """The rate of what is new: the one that is given with it, else as `rate_of`. Raises what `given_rate` and `rate_of` raise."""
    return given_rate(given, sale) or rate_of(category, sale, facts)


def with_rates(sale: S, facts: Facts) -> S:
    """With every rate as it is today; rates from outside stay. The lines' variants must have been read.

    Raises `MissingTaxRateForCountry`.
    """
    if sale.tax_mode in EXTERNAL:
        return sale
    sale = with_infos(sale, lambda info, seen: replace(info, tax_rate=rate_of(info.tax_category, seen, facts)))
    if sale.shipping_mode == "Multiple":
        return _with_rates_by_method(sale, facts)
    return replace(
        sale,
        line_items=tuple(
            replace(line, tax_rate=line_rate(line, line.tax_rate, sale, facts), per_method_tax_rate=())
            for line in sale.line_items
        ),
        custom_line_items=tuple(
            replace(item, tax_rate=rate_of(item.tax_category, sale, facts), per_method_tax_rate=())
            for item in sale.custom_line_items
        ),
    )


def _with_rates_by_method(sale: S, facts: Facts) -> S:
    """Each method sends to an address of its own, for which each item has a rate of its own, whether units go there or not."""
    by_key = {str(seen.shipping_key): seen for seen in each_sent(sale)}

    def of_line(line: LineItem) -> LineItem:
        last = rates_by_method(line)
        rates = {key: line_rate(line, last.get(key, line.tax_rate), seen, facts) for key, seen in by_key.items()}
        return with_rates_by_method(line, rates, sale)

    def of_custom_line(item: CustomLineItem) -> CustomLineItem:
        rates = {key: rate_of(item.tax_category, seen, facts) for key, seen in by_key.items()}
        return with_rates_by_method(item, rates, sale)

    return replace(
        sale,
        line_items=tuple(map(of_line, sale.line_items)),
        custom_line_items=tuple(map(of_custom_line, sale.custom_line_items)),
    )


def check_categories(sale: S, facts: Facts) -> S:
    """Itself. Raises `InvalidOperation` where something has no tax category to be taxed by in the mode `Platform`."""
    snapshots = [snapshot for line in sale.line_items if (snapshot := current_variant(line, facts)) is not None]
    taxable: list[VariantSnapshot | CustomLineItem | ShippingInfo] = [*snapshots, *sale.custom_line_items]
    taxable += infos_of(sale)
    if any(each.tax_category is None for each in taxable):
        raise invalid_operation("In the tax mode 'Platform' all items and the shipping method need a tax category.")
    return sale


def line_rate(line: LineItem, last: TaxRate | None, sale: Sale, facts: Facts) -> TaxRate | None:
    """The rate of the tax category of a line's product, where `last` is the one that it had. Raises `MissingTaxRateForCountry`.

    A line does not keep the category. For a product that is no longer published it is the one that the line's last rate came
    from; where that rate was replaced or deleted, the line keeps it as it keeps its price, if it is for the same place.
    """
    snapshot = current_variant(line, facts)
    if snapshot is not None:
        return rate_of(snapshot.tax_category, sale, facts)
    if last is None:
        return None
    for category in facts.catalogue.all("tax-category"):
        if any(rate.id == last.id for rate in category.rates):
            return rate_of(Reference(type_id="tax-category", id=category.id), sale, facts)
    address = sale.shipping_address
    same_place = address is not None and select_rate([last], address.country, address.state, last.state is None) is not None
    return last if same_place and sale.tax_mode == "Platform" else None
