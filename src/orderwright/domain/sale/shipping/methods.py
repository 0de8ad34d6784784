"""Which shipping methods a cart may take, and the rate it then pays."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import fields, replace

from orderwright.domain.amounts.money import in_currency
from orderwright.domain.amounts.record import SHIPPING, Step
from orderwright.domain.amounts.tax import ExternalTaxRateDraft
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.predicates import known_rule
from orderwright.domain.sale.shipping.deliveries import Delivery
from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.sale.shipping.model import EstimatedDelivery, ShippingInfo, ShippingRate
from orderwright.domain.sale.shipping.several import OWN, each_sent, with_infos
from orderwright.domain.sale.shipping.zones import rate_for
from orderwright.domain.sale.taxes.rates import first_rate
from orderwright.domain.sale.views import Names, beside, cart_view, need
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.errors import ApiError, invalid_operation

# What a sale as one of its shippings has it does not share with it, by name and by name in JSON.
_OWN: Final = {field.name: field.encode_name for field in fields(Sale) if field.name in OWN}


def shipping_info_from(
    method: ShippingMethod,
    sale: Sale,
    facts: Facts,
    estimated: EstimatedDelivery | None = None,
    external: ExternalTaxRateDraft | None = None,
) -> ShippingInfo:
    """What a cart or order carries once it takes the method, with the deliveries that there are.

    Its price follows in the recalculation; for a method's predicate it must have been recalculated before.

    Raises `InvalidOperation` where the cart may not take the method, and what `first_rate` raises.
    """
    refused = refusal(method, sale, Plain(facts))
    if refused is not None:
        raise refused
    return untested_info(method, sale, facts, estimated, external)


def untested_info(
    method: ShippingMethod,
    sale: Sale,
    facts: Facts,
    estimated: EstimatedDelivery | None = None,
    external: ExternalTaxRateDraft | None = None,
) -> ShippingInfo:
    """As `shipping_info_from` for a cart that is not complete yet: whether it may take the method, `check_methods` says then."""
    rate = _rate(method, sale, facts)
    return ShippingInfo(
        shipping_method_name=method.name,
        price=rate.price,
        shipping_rate=rate,
        tax_rate=first_rate(method.tax_category, external, sale, facts),
        tax_category=method.tax_category,
        shipping_method=Reference(type_id="shipping-method", id=method.id),
        deliveries=_deliveries(sale),
        shipping_method_state="MatchesCart",
        estimated_delivery=estimated,
    )


def custom_shipping_info(
    sale: Sale,
    name: str,
    rate: ShippingRate,
    tax_category: Reference | None,
    facts: Facts,
    estimated: EstimatedDelivery | None = None,
    external: ExternalTaxRateDraft | None = None,
) -> ShippingInfo:
    """What a recalculated cart carries once it is shipped in a way of its own, which no shipping method describes.

    Raises `InvalidOperation` without a shipping address, `InvalidField` for a rate in another currency, and what `first_rate`
    raises.
    """
    if sale.shipping_address is None:
        raise _no_address()
    in_currency(rate.price, sale.total_price.currency_code, "shippingRate.price")
    return ShippingInfo(
        shipping_method_name=name,
        price=rate.price,
        shipping_rate=rate,
        tax_rate=first_rate(tax_category, external, sale, facts),
        tax_category=tax_category,
        deliveries=_deliveries(sale),
        shipping_method_state="MatchesCart",
        estimated_delivery=estimated,
    )


def _deliveries(sale: Sale) -> tuple[Delivery, ...]:
    """What has left already: another way of shipping changes nothing of that."""
    return (sale.shipping_info.deliveries or ()) if sale.shipping_info else ()


def _no_address() -> ApiError:
    return invalid_operation("The shipping address is not set: a shipping method needs one.")


def refusal(method: ShippingMethod, sale: Sale, plain: Plain) -> ApiError | None:
    """Why the cart may not take the method: no address, inactive, another store's, or its predicate does not match."""
    return _no_address() if sale.shipping_address is None else unavailable(method, sale, plain)


def check_methods(sale: Sale, facts: Facts) -> None:
    """Raises `InvalidOperation` where a recalculated cart may not take one of its methods; one that was deleted is taken."""
    plain = Plain(facts)
    for seen in each_sent(sale):
        method = None if seen.shipping_info is None else method_of(seen.shipping_info, facts)
        refused = None if method is None else refusal(method, seen, plain)
        if refused is not None:
            raise refused


def unavailable(method: ShippingMethod, sale: Sale, plain: Plain) -> ApiError | None:
    """Why the cart may not take the method wherever it is sent: inactive, another store's, or the predicate does not match."""
    if not method.active:
        return invalid_operation(f"Shipping method '{method.id}' is not active.")
    if method.stores and (sale.store is None or sale.store.key not in {store.key for store in method.stores}):
        return invalid_operation(f"Shipping method '{method.id}' is not available in the store of the cart.")
    if not matches(method, sale, plain):
        return invalid_operation(f"The predicate of shipping method '{method.id}' does not match the cart.")
    return None


def matches(method: ShippingMethod, sale: Sale, plain: Plain) -> bool:
    """Whether the method's predicate holds for the cart, of which `plain` is; one that cannot be read holds for none."""
    if not method.predicate:
        return True
    rule = known_rule(method.predicate)
    return rule is not None and rule.test(plain.of(sale, beside(rule.names)))


def looks_at_cart(action: Any, facts: Facts) -> bool:
    """Whether the method that an action names has a predicate, which may ask for totals; one that is not there asks nothing."""
    named: ResourceIdentifier | None = action.shipping_method
    if named is None:
        return False
    wanted = Wanted("shipping-method", "key", str(named.key)) if named.id is None else Wanted("shipping-method", "id", named.id)
    return bool(getattr(facts.look_up(wanted), "predicate", None))


class Plain:
    """A sale as plain JSON, which predicates are asked of: made when it is first needed, and once for all of its shippings."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._shared: dict[str, Any] | None = None

    def of(self, seen: Sale, names: Names = ()) -> dict[str, Any]:
        """The sale as one of its shippings has it, with what rules of these names ask beside it. It must be the one sale each
        time. Raises `UnreadError` where that was not read."""
        need(names, seen.customer_id, seen.line_items, self._facts)
        if self._shared is None:
            self._shared = to_builtins(seen)
        return cart_view(self._of_one(self._shared, seen), seen, names, self._facts)

    def _of_one(self, shared: dict[str, Any], seen: Sale) -> dict[str, Any]:
        if seen.shipping_mode == "Single":
            return shared
        plain = {name: value for name, value in shared.items() if name not in _OWN.values()}
        own = ((json_name, getattr(seen, name)) for name, json_name in _OWN.items())
        return {**plain, **{json_name: to_builtins(value) for json_name, value in own if value is not None}}


def with_rate_of_today(sale: S, facts: Facts) -> S:
    """The cart with each method's rate for the present address, and its tax category, which `with_rates` then taxes by.

    Raises `InvalidOperation` if the method has no rate for the address. A method that no longer exists keeps the rate it
    had, so that the cart can still be ordered; a cart that is frozen hard keeps it too.
    """
    return sale if sale.keeps_all else with_infos(sale, lambda info, seen: info_of_today(info, seen, facts))


def info_of_today(info: ShippingInfo, seen: Sale, facts: Facts) -> ShippingInfo:
    """What is known of a shipping, with its method's rate of today. Raises `InvalidOperation` if the method has none."""
    notes, method = facts.record and facts.record.at(SHIPPING, seen.shipping_key), method_of(info, facts)
    if method is None:
        if notes is not None:
            custom = "It is a custom method" if info.shipping_method is None else "The shipping method does not exist any more"
            notes.append(Step(kind="ShippingRate", reason=f"{custom}: it keeps its rate.", after=info.shipping_rate.price))
        return info
    rate = _rate(method, seen, facts)
    if notes is not None and seen.shipping_address is not None:
        place = " - ".join(part for part in (seen.shipping_address.country, seen.shipping_address.state) if part)
        reason = f"It is the rate of the shipping method '{method.name}' in the zone of {place}."
        notes.append(Step(kind="ShippingRate", reason=reason, after=rate.price))
    return replace(info, shipping_rate=rate, tax_category=method.tax_category)


def method_of(info: ShippingInfo, facts: Facts) -> ShippingMethod | None:
    """The method behind a cart's shipping, if it still exists."""
    if info.shipping_method is None:
        return None
    found = facts.look_up(Wanted("shipping-method", "id", info.shipping_method.id))
    return found if isinstance(found, ShippingMethod) else None


def offered_rate(method: ShippingMethod, sale: Sale, facts: Facts) -> ShippingRate | None:
    """The method's rate for the cart's address and currency, if there are both."""
    address = sale.shipping_address
    if address is None:
        return None
    zones, currency = facts.catalogue.all("zone"), sale.total_price.currency_code
    return rate_for(method, zones, country=address.country, state=address.state, currency=currency)


def _rate(method: ShippingMethod, sale: Sale, facts: Facts) -> ShippingRate:
    rate, address = offered_rate(method, sale, facts), sale.shipping_address
    if rate is None:
        place = " - ".join(part for part in (address.country, address.state) if part) if address else "nowhere"
        raise invalid_operation(
            f"Shipping method '{method.id}' does not contain a shipping rate for location '{place}' "
            f"and currency '{sale.total_price.currency_code}'."
        )
    return rate
