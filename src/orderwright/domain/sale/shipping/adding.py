"""How one of several shippings comes into a cart of the shipping mode `Multiple`.

commercetools: Carts, Add ShippingMethod; Carts, Add CustomShippingMethod; Carts, ShippingDraft; Carts, CustomShippingDraft.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from orderwright.domain.amounts.tax import ExternalTaxRateDraft
from orderwright.domain.custom.addresses import AddressDraft, address_from
from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.laws.parts import without
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.deliveries import DeliveryDraft
from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.sale.shipping.methods import custom_shipping_info, untested_info
from orderwright.domain.sale.shipping.model import Shipping, ShippingInfo, ShippingKey, ShippingRateDraft
from orderwright.domain.sale.shipping.rates import ShippingRateInputDraft, check_tiers, rate_input_from, shipping_rate_from
from orderwright.domain.sale.shipping.several import check_parts, check_shipping_mode, deliveries_from, named_shipping
from orderwright.domain.sale.taxes.methods import rates_by_method, with_rates_by_method
from orderwright.engine.facts import Facts
from orderwright.engine.model import Value
from orderwright.engine.references import ShippingMethodReference, TaxCategoryIdentifier
from orderwright.engine.scalars import Text
from orderwright.errors import duplicate_field, required_field


class AnyShipping(Value):
    """What all shippings that are sent have in common."""

    shipping_address: AddressDraft | None = None
    shipping_rate_input: ShippingRateInputDraft | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None
    deliveries: tuple[DeliveryDraft, ...] = ()
    custom: CustomFieldsDraft | None = None


class ShippingDraft(AnyShipping):
    """A shipping of a cart's draft, by one of the project's methods."""

    key: ShippingKey
    shipping_address: AddressDraft
    shipping_method: ShippingMethodReference | None = None


class CustomMethod(AnyShipping):
    """A method of the cart's own."""

    shipping_method_name: Text
    shipping_rate: ShippingRateDraft
    tax_category: TaxCategoryIdentifier | None = None


class CustomShippingDraft(CustomMethod):
    """A shipping of a cart's draft, by a method of its own. Without an address it goes to that of the cart."""

    key: ShippingKey


def with_drafted(sale: S, draft: ShippingDraft, facts: Facts) -> S:
    """With a shipping of a cart's draft. Whether the cart may take the method, `check_methods` says once its lines are there.

    Raises `RequiredField` without a method, `ReferencedResourceNotFound`, and what `with_shipping_of` raises.
    """
    if draft.shipping_method is None:
        raise required_field("shippingMethod")
    method = facts.get("shipping-method", draft.shipping_method, ShippingMethod)
    return with_shipping_of(
        sale, draft.key, draft, facts, lambda seen: untested_info(method, seen, facts, external=draft.external_tax_rate)
    )


def with_custom_method(sale: S, key: str, sent: CustomMethod, facts: Facts) -> S:
    """With a shipping by a method of its own. Raises what `custom_shipping_info` and `with_shipping_of` raise."""

    def made(seen: Sale) -> ShippingInfo:
        rate = shipping_rate_from(sent.shipping_rate, "shippingRate")
        check_tiers(rate, facts.project.shipping_rate_input_type)
        category = facts.reference("tax-category", sent.tax_category)
        return custom_shipping_info(seen, sent.shipping_method_name, rate, category, facts, external=sent.external_tax_rate)

    return with_shipping_of(sale, key, sent, facts, made)


def with_shipping_of(sale: S, key: str, sent: AnyShipping, facts: Facts, made: Callable[[Sale], ShippingInfo]) -> S:
    """With one shipping more, which is `made` for the sale as it would be with this one alone.

    Raises `InvalidOperation` in the mode `Single`, `DuplicateField` for a key in use, `RequiredField` without any address, what
    `check_parts`, `rate_input_from`, `deliveries_from`, `address_from` and `custom_from` raise, and what it is made by.
    """
    check_shipping_mode(sale, "Multiple")
    if any(shipping.shipping_key == key for shipping in sale.shipping):
        raise duplicate_field("shippingKey", key)
    check_parts(len(sale.line_items) + len(sale.custom_line_items), len(sale.shipping) + 1)
    address = sale.shipping_address if sent.shipping_address is None else address_from(sent.shipping_address, facts)
    if address is None:
        raise required_field("shippingAddress")
    given = rate_input_from(sent.shipping_rate_input, facts.project.shipping_rate_input_type)
    seen = replace(
        sale,
        shipping_key=key,
        shipping_address=address,
        shipping_rate_input=given or sale.shipping_rate_input,
        shipping_info=None,
    )
    new = Shipping(
        shipping_key=key,
        shipping_info=replace(made(seen), deliveries=deliveries_from(sent.deliveries, sale, facts)),
        shipping_address=address,
        shipping_rate_input=given,
        shipping_custom_fields=custom_from(sent.custom, "shipping", facts),
    )
    return replace(sale, shipping=(*sale.shipping, new))


def without_shipping(sale: S, key: str) -> S:
    """Without the shipping of a key, and without any rate under it. Raises `InvalidField` for an unknown key.

    Items go on saying which of their units go with it: they go with the next one of that key.
    """
    gone = named_shipping(sale, key)
    after = replace(sale, shipping=without(sale.shipping, gone))
    return replace(
        after,
        line_items=tuple(with_rates_by_method(line, rates_by_method(line), after) for line in after.line_items),
        custom_line_items=tuple(with_rates_by_method(item, rates_by_method(item), after) for item in after.custom_line_items),
    )
