"""Which tax rate each item takes: in the tax mode `Platform` that of its category for the address it is shipped to.

commercetools: Carts, TaxMode; Tax Categories, TaxRate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, Notes, Step
from orderwright.domain.amounts.tax import ExternalTaxRateDraft, MethodExternalTaxRateDraft, TaxRate, select_rate
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
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

_WHOLE: Final = ""
"""Where there is one rate for all units of an item, it stands under this in the place of a method's key, which is never empty."""


def rate_of(category: Reference | None, sale: Sale, facts: Facts, notes: Notes | None = None) -> TaxRate | None:
    """The category's rate for the cart's shipping address; None without category or address, or if taxes are disabled.

    Raises `MissingTaxRateForCountry`. A state needs a rate of its own unless the project allows the country's.
    """
    address = sale.shipping_address
    if category is None or address is None or sale.tax_mode != "Platform":
        if notes is not None:
            notes.append(_chosen(None, _untaxed(sale, category), sale))
        return None
    found = facts.get("tax-category", category, TaxCategory)
    fallback = bool(facts.project.carts.country_tax_rate_fallback_enabled)
    rate = select_rate(found.rates, address.country, address.state, fallback)
    if notes is not None:
        notes.append(_chosen(rate, _why(found, rate, address.country, address.state), sale))
    if rate is None:
        raise missing_tax_rate_for_country(category.id, address.country, address.state)
    return rate


def _chosen(rate: TaxRate | None, reason: str, sale: Sale) -> Step:
    key = sale.shipping_key if sale.shipping_mode == "Multiple" else None
    return Step(kind="TaxRate", reason=reason, tax_rate=rate, shipping_key=key)


def _untaxed(sale: Sale, category: Reference | None) -> str:
    if sale.tax_mode != "Platform":
        return f"In the tax mode {sale.tax_mode} no tax category is asked for a rate."
    return "It has no tax category." if category is None else "The cart has no shipping address."


def _why(category: TaxCategory, rate: TaxRate | None, country: str, state: str | None) -> str:
    place = " - ".join(part for part in (country, state) if part)
    if rate is None:
        return f"The tax category '{category.name}' has no rate for {place}."
    if state and rate.state is None:
        return f"The tax category '{category.name}' has no rate for {place}; the project allows that of the country then."
    return f"It is the rate of the tax category '{category.name}' for {place}."


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
    sale, views = with_infos(sale, lambda info, seen: info_with_rate(info, seen, facts)), views_of(sale)
    return replace(
        sale,
        line_items=tuple(line_with_rates(line, views, sale, facts) for line in sale.line_items),
        custom_line_items=tuple(custom_line_with_rates(item, views, sale, facts) for item in sale.custom_line_items),
    )


def views_of(sale: S) -> dict[str, S]:
    """The sale as it is seen for each rate of an item: whole, or by each of several methods, by its key. Each method sends to an
    address of its own, for which each item has a rate of its own, whether units go there or not."""
    return {str(seen.shipping_key): seen for seen in each_sent(sale)} if sale.shipping_mode == "Multiple" else {_WHOLE: sale}


def info_with_rate(info: ShippingInfo, seen: Sale, facts: Facts) -> ShippingInfo:
    """What is known of a shipping, with its rate of today. Raises `MissingTaxRateForCountry`."""
    notes = facts.record and facts.record.at(SHIPPING, seen.shipping_key)
    return replace(info, tax_rate=rate_of(info.tax_category, seen, facts, notes))


def line_with_rates(line: LineItem, views: Mapping[str, Sale], sale: Sale, facts: Facts) -> LineItem:
    """A line with the rates of today, as these views of the sale have them. Raises `MissingTaxRateForCountry`."""
    notes = facts.record and facts.record.at(LINE_ITEM, line.id)
    last = rates_by_method(line)
    rates = {key: line_rate(line, last.get(key, line.tax_rate), seen, facts, notes) for key, seen in views.items()}
    return _with_found(line, rates, sale)


def custom_line_with_rates(item: CustomLineItem, views: Mapping[str, Sale], sale: Sale, facts: Facts) -> CustomLineItem:
    """As `line_with_rates`."""
    notes = facts.record and facts.record.at(CUSTOM_LINE_ITEM, item.id)
    rates = {key: rate_of(item.tax_category, seen, facts, notes) for key, seen in views.items()}
    return _with_found(item, rates, sale)


def _with_found(item: Item, rates: Mapping[str, TaxRate | None], sale: Sale) -> Item:
    if sale.shipping_mode == "Multiple":
        return with_rates_by_method(item, rates, sale)
    return replace(item, tax_rate=rates[_WHOLE], per_method_tax_rate=())


def check_categories(sale: S, facts: Facts) -> S:
    """Itself. Raises `InvalidOperation` where something has no tax category to be taxed by in the mode `Platform`."""
    snapshots = [snapshot for line in sale.line_items if (snapshot := current_variant(line, facts)) is not None]
    taxable: list[VariantSnapshot | CustomLineItem | ShippingInfo] = [*snapshots, *sale.custom_line_items]
    taxable += infos_of(sale)
    if any(each.tax_category is None for each in taxable):
        raise invalid_operation("In the tax mode 'Platform' all items and the shipping method need a tax category.")
    return sale


def line_rate(line: LineItem, last: TaxRate | None, sale: Sale, facts: Facts, notes: Notes | None = None) -> TaxRate | None:
    """The rate of the tax category of a line's product, where `last` is the one that it had. Raises `MissingTaxRateForCountry`.

    A line does not keep the category. For a product that is no longer published it is the one that the line's last rate came
    from; where that rate was replaced or deleted, the line keeps it as it keeps its price, if it is for the same place.
    """
    snapshot = current_variant(line, facts)
    if snapshot is not None:
        return rate_of(snapshot.tax_category, sale, facts, notes)
    if last is None:
        if notes is not None:
            notes.append(_chosen(None, "The variant is not published any more, and the line had no rate.", sale))
        return None
    for category in facts.catalogue.all("tax-category"):
        if any(rate.id == last.id for rate in category.rates):
            return rate_of(Reference(type_id="tax-category", id=category.id), sale, facts, notes)
    address = sale.shipping_address
    same_place = address is not None and select_rate([last], address.country, address.state, last.state is None) is not None
    kept = last if same_place and sale.tax_mode == "Platform" else None
    if notes is not None:
        reason = "Neither the variant is published any more nor is its rate in a tax category"
        notes.append(_chosen(kept, f"{reason}: {'it is kept' if kept else 'it holds for another place'}.", sale))
    return kept
