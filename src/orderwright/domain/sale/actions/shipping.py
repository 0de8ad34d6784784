"""The shipping method: one of the project's, or one of the cart's own; and what picks the tier of its rate."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.tax import ExternalTaxRateDraft
from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.recalculate import recalculate
from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.sale.shipping.methods import custom_shipping_info, looks_at_cart, shipping_info_from
from orderwright.domain.sale.shipping.model import EstimatedDelivery, ShippingRateDraft
from orderwright.domain.sale.shipping.rates import ShippingRateInputDraft, check_tiers, rate_input_from, shipping_rate_from
from orderwright.domain.sale.shipping.several import check_shipping_mode
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import ShippingMethodIdentifier, TaxCategoryIdentifier
from orderwright.engine.scalars import Text
from orderwright.errors import invalid_field


class SetShippingMethod(Action):
    """The method the cart takes; without one it has none, also none of its own."""

    shipping_method: ShippingMethodIdentifier | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None
    estimated_delivery: EstimatedDelivery | None = None


class SetCustomShippingMethod(Action):
    """A method of the cart's own, with its name and rate."""

    shipping_method_name: Text
    shipping_rate: ShippingRateDraft
    tax_category: TaxCategoryIdentifier | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None
    custom: CustomFieldsDraft | None = None
    estimated_delivery: EstimatedDelivery | None = None


class SetShippingRateInput(Action):
    """The class or score that picks the tier of the shipping rate; without one the rate's own price holds."""

    shipping_rate_input: ShippingRateInputDraft | None = None


@edit_actions.looks_where(looks_at_cart)
def set_shipping_method(sale: Sale, action: SetShippingMethod, facts: Facts) -> Sale:
    check_shipping_mode(sale, "Single")
    if action.shipping_method is None:
        if action.estimated_delivery is not None:
            raise invalid_field("estimatedDelivery", action.estimated_delivery)
        if action.external_tax_rate is not None:
            raise invalid_field("externalTaxRate", action.external_tax_rate)
        return replace(sale, shipping_info=None)
    method = facts.get("shipping-method", action.shipping_method, ShippingMethod)
    # The method's predicate may ask for totals, which earlier actions of the same request have changed.
    seen = recalculate(sale, facts) if method.predicate else sale
    info = shipping_info_from(method, seen, facts, action.estimated_delivery, action.external_tax_rate)
    return replace(sale, shipping_info=info)


@edit_actions.handles
def set_custom_shipping_method(sale: Sale, action: SetCustomShippingMethod, facts: Facts) -> Sale:
    check_shipping_mode(sale, "Single")
    rate = shipping_rate_from(action.shipping_rate, "shippingRate")
    check_tiers(rate, facts.project.shipping_rate_input_type)
    category = facts.reference("tax-category", action.tax_category)
    info = custom_shipping_info(
        sale, action.shipping_method_name, rate, category, facts, action.estimated_delivery, action.external_tax_rate
    )
    return replace(sale, shipping_info=info, shipping_custom_fields=custom_from(action.custom, "shipping", facts))


@edit_actions.handles
def set_shipping_rate_input(sale: Sale, action: SetShippingRateInput, facts: Facts) -> Sale:
    given = rate_input_from(action.shipping_rate_input, facts.project.shipping_rate_input_type)
    return replace(sale, shipping_rate_input=given)
