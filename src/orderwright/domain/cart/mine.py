"""My Carts: what an owner herself may send and do. Whose the cart is, her token says."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.amounts.tax import TaxMode
from orderwright.domain.cart.actions import actions
from orderwright.domain.cart.create import from_draft
from orderwright.domain.cart.drafts import CartDraft, DeleteDays
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.order.replicate import ReplicaCartDraft, from_replica
from orderwright.domain.sale.discounts.asking import named_by_all
from orderwright.domain.sale.discounts.codes import wanted_behind
from orderwright.domain.sale.discounts.giving import CodeTexts, wanted_named
from orderwright.domain.sale.lines.items import InventoryMode, LineItemDraft
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.model import ShippingMode
from orderwright.domain.sale.views import wanted_by_rules
from orderwright.engine.facts import Facts, Found
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import BusinessUnitIdentifier, ShippingMethodIdentifier, StoreIdentifier, Wanted
from orderwright.engine.scalars import CountryCode, CurrencyCode, Locale, Text
from orderwright.errors import invalid_field, invalid_operation

# The owner says neither what things cost nor how a line is tracked: these members mean something to a merchant only, and are
# ignored here.
_PRICES: Final = ("external_price", "external_total_price")
_WITHHELD: Final = {
    "addLineItem": (*_PRICES, "external_tax_rate", "per_method_external_tax_rate", "inventory_mode"),
    "changeLineItemQuantity": _PRICES,
    "removeLineItem": _PRICES,
    "setCustomShippingMethod": ("external_tax_rate",),
    "setShippingMethod": ("external_tax_rate",),
}


class MyCartDraft(Value):
    """A cart as its owner sends it."""

    currency: CurrencyCode
    customer_email: Text | None = None
    business_unit: BusinessUnitIdentifier | None = None
    store: StoreIdentifier | None = None
    line_items: tuple[LineItemDraft, ...] = ()
    tax_mode: TaxMode = "Platform"
    inventory_mode: InventoryMode = "None"
    billing_address: AddressDraft | None = None
    shipping_address: AddressDraft | None = None
    shipping_method: ShippingMethodIdentifier | None = None
    item_shipping_addresses: tuple[AddressDraft, ...] = ()
    shipping_mode: ShippingMode = "Single"
    discount_codes: CodeTexts = ()
    country: CountryCode | None = None
    locale: Locale | None = None
    delete_days_after_last_modification: DeleteDays | None = None
    custom: CustomFieldsDraft | None = None

    def wants(self) -> Iterator[Wanted]:
        """The codes."""
        return wanted_named(self.discount_codes)

    def wants_on(self, found: Found) -> Iterator[Wanted]:
        """What the codes bring, how often their owner has used them, and what the discounts of all carts ask for."""
        owner = next((each.id for wanted, each in found.items() if wanted.type_id == "customer"), None)
        yield from wanted_behind(found, owner)
        yield from wanted_by_rules(found.catalogue.derived(named_by_all), owner, (), found)


class ReplicaMyCartDraft(Value):
    """Which of the owner's carts or orders is copied into a new cart of hers."""

    reference: Reference

    def wants_on(self, found: Found) -> Iterator[Wanted]:
        """The variants of the source's lines."""
        return ReplicaCartDraft(reference=self.reference).wants_on(found)


def from_my_draft(draft: MyCartDraft, facts: Facts) -> Cart:
    """The owner's new cart. Raises `InvalidField` for the tax mode `Disabled`, and what any cart's draft raises."""
    check_tax_mode(draft.tax_mode)
    members: dict[str, Any] = {name: getattr(draft, name) for name in draft.__struct_fields__}
    lines = tuple(replace(line, **dict.fromkeys(_WITHHELD["addLineItem"])) for line in draft.line_items)
    owner = {"customer_id": facts.customer_id, "anonymous_id": facts.anonymous_id}
    return from_draft(CartDraft(**{**members, "line_items": lines, **owner}), facts)


def from_my_replica(draft: ReplicaMyCartDraft, facts: Facts) -> Generator[None, None, Cart]:
    """The owner's copy of a cart or order of hers, in steps. Raises `ReferencedResourceNotFound`."""
    return from_replica(ReplicaCartDraft(reference=draft.reference), facts)


def check_tax_mode(mode: TaxMode) -> None:
    """Nobody frees herself of taxes. Raises `InvalidField`."""
    if mode == "Disabled":
        raise invalid_field("taxMode", mode, ["Platform", "External", "ExternalAmount"])


def _check_custom_shipping(facts: Facts) -> None:
    """An owner says herself what her shipping costs only where the project lets her. Raises `InvalidOperation`."""
    if facts.project.carts.custom_shipping_method_at_my_carts_enabled is False:
        raise invalid_operation("In this project owners of carts do not set custom shipping methods.")


MY_ACTIONS = actions.only(
    "addDiscountCode",
    "addItemShippingAddress",
    "addLineItem",
    "addPayment",
    "applyDeltaToLineItemShippingDetailsTargets",
    "changeLineItemQuantity",
    "changeLineItemsOrder",
    "changeTaxMode",
    "recalculate",
    "removeDiscountCode",
    "removeItemShippingAddress",
    "removeLineItem",
    "removePayment",
    "setBillingAddress",
    "setBusinessUnit",
    "setCountry",
    "setCustomField",
    "setCustomShippingMethod",
    "setCustomType",
    "setCustomerEmail",
    "setDeleteDaysAfterLastModification",
    "setLineItemCustomField",
    "setLineItemCustomType",
    "setLineItemDistributionChannel",
    "setLineItemShippingDetails",
    "setLineItemSupplyChannel",
    "setLocale",
    "setShippingAddress",
    "setShippingMethod",
    "updateItemShippingAddress",
    name="MyCart",
    withheld=_WITHHELD,
    checks={
        "changeTaxMode": lambda action, _facts: check_tax_mode(action.tax_mode),
        "setCustomShippingMethod": lambda _action, facts: _check_custom_shipping(facts),
    },
)
