"""What a discount does, as it is sent: its value and its target, and which of them go together.

commercetools: Cart Discounts, CartDiscountValueDraft and CartDiscountTarget; Carts, DirectDiscountDraft.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from orderwright.domain.goods.product.model import Product
from orderwright.domain.laws.discounting import Amounts, amounts_from
from orderwright.domain.laws.rules import rule_of
from orderwright.domain.sale.discounts.model import (
    AbsoluteValue,
    ApplicationMode,
    CartDiscountTarget,
    CartDiscountValue,
    FixedValue,
    GiftLineItemValue,
    MultiBuyCustomLineItemsTarget,
    MultiBuyLineItemsTarget,
    Pattern,
    PatternTarget,
    RelativeValue,
)
from orderwright.domain.sale.discounts.targets import check_length, choosers
from orderwright.domain.sale.predicates import CUSTOM_LINE_ITEM, LINE_ITEM
from orderwright.domain.shop.channel.roles import channel_in_role
from orderwright.domain.shop.store.channels import DISTRIBUTION, SUPPLY
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import ChannelIdentifier, ProductIdentifier
from orderwright.errors import invalid_field, invalid_input, invalid_operation, required_field
from orderwright.predicates import Rule

SHARED: Final = ("ProportionateDistribution", "EvenDistribution")
"""The modes that share one amount out among units."""
_VOCABULARIES: Final = {"line": LINE_ITEM, "custom": CUSTOM_LINE_ITEM}
MULTI_BUY: Final = (MultiBuyLineItemsTarget, MultiBuyCustomLineItemsTarget)


class AbsoluteValueDraft(Value, tag_field="type", tag="absolute"):
    """An amount off a price, one a currency."""

    money: Amounts
    application_mode: ApplicationMode | None = None


class FixedValueDraft(Value, tag_field="type", tag="fixed"):
    """The price of a unit, one a currency, also in high precision."""

    money: Amounts
    application_mode: ApplicationMode | None = None


class GiftLineItemValueDraft(Value, tag_field="type", tag="giftLineItem"):
    """A unit of a variant for nothing."""

    product: ProductIdentifier
    variant_id: int
    supply_channel: ChannelIdentifier | None = None
    distribution_channel: ChannelIdentifier | None = None


CartDiscountValueDraft: TypeAlias = RelativeValue | AbsoluteValueDraft | FixedValueDraft | GiftLineItemValueDraft


def value_from(draft: CartDiscountValueDraft, facts: Facts, field: str = "value") -> CartDiscountValue:
    """The value that a draft means; `field` is its path in the request, for the errors.

    Raises `InvalidOperation` for no amount or two of a currency, `InvalidField` for one below zero, what `typed` raises, and
    for a gift `ReferencedResourceNotFound`, `MissingRoleOnChannel`, or `InvalidField` for a variant that is not there.
    """
    if isinstance(draft, AbsoluteValueDraft):
        return AbsoluteValue(money=amounts_from(draft.money, f"{field}.money"), application_mode=draft.application_mode)
    if isinstance(draft, FixedValueDraft):
        return FixedValue(money=amounts_from(draft.money, f"{field}.money", fine=True), application_mode=draft.application_mode)
    if isinstance(draft, GiftLineItemValueDraft):
        return _gift(draft, facts, field)
    return draft


def _gift(draft: GiftLineItemValueDraft, facts: Facts, field: str) -> GiftLineItemValue:
    product = facts.get("product", draft.product, Product)
    data = product.master_data
    if all(variant.id != draft.variant_id for each in (data.current, data.staged) for variant in each.all_variants):
        raise invalid_field(f"{field}.variantId", draft.variant_id)
    return GiftLineItemValue(
        product=Reference(type_id="product", id=product.id),
        variant_id=draft.variant_id,
        supply_channel=channel_in_role(draft.supply_channel, SUPPLY.role, facts),
        distribution_channel=channel_in_role(draft.distribution_channel, DISTRIBUTION.role, facts),
    )


def rules_of(target: CartDiscountTarget | None, field: str = "target") -> tuple[Rule, ...]:
    """The rules of a target, by which it chooses its items; `field` is its path in the request, for the errors.

    Raises `SyntaxError` and `SemanticError`, and `InvalidInput` for counts that no units can satisfy and as `check_length` does.
    """
    if isinstance(target, PatternTarget):
        if not target.target_pattern:
            raise invalid_input(f"'{field}.targetPattern' must not be empty.")
        if any(component.exclude_count for component in target.trigger_pattern):
            raise invalid_input(f"'{field}.triggerPattern' must not have an 'excludeCount'.")
        _check_counts(target.trigger_pattern, f"{field}.triggerPattern")
        _check_counts(target.target_pattern, f"{field}.targetPattern")
    if isinstance(target, MULTI_BUY) and target.discounted_quantity > target.trigger_quantity:
        raise invalid_input(f"'{field}.discountedQuantity' must not be greater than 'triggerQuantity'.")
    check_length((target,))
    return tuple(rule_of(each.text, _VOCABULARIES[each.of], f"{field}.{each.path}") for each in choosers(target))


def _check_counts(pattern: Pattern, field: str) -> None:
    for component in pattern:
        least = 1 if component.min_count is None else component.min_count
        if component.max_count is not None and component.max_count < least:
            raise invalid_input(f"'{field}.maxCount' must not be less than 'minCount'.")


def check_effect(value: CartDiscountValue, target: CartDiscountTarget | None, field: str = "") -> None:
    """Whether a value can be taken off a target; `field` is the path to the two in the request, with its dot.

    Raises `InvalidInput` for a gift with a target, `RequiredField` for anything else without one, and `InvalidOperation` where
    the two, or the application mode and the target, do not go together.
    commercetools: Cart Discounts, CartDiscountValueRelativeDraft, Change Target.
    """
    if isinstance(value, GiftLineItemValue):
        if target is not None:
            raise invalid_input(f"'{field}target' must not be set for a gift.")
        return
    if target is None:
        raise required_field(f"{field}target")
    if isinstance(value, AbsoluteValue) and isinstance(target, MULTI_BUY):
        raise invalid_operation("An absolute value can not be taken off a multi-buy target.")
    _check_mode(value, target)


def _check_mode(value: RelativeValue | AbsoluteValue | FixedValue, target: CartDiscountTarget) -> None:
    mode = value.application_mode
    if mode is None or isinstance(value, AbsoluteValue):
        return  # one amount can be shared out wherever it is taken off
    in_pattern = isinstance(target, PatternTarget)
    if isinstance(value, RelativeValue) and not in_pattern:
        raise invalid_operation("A relative value has an application mode only with a pattern target.")
    if mode in SHARED and not in_pattern:
        raise invalid_operation(f"A fixed value has the application mode {mode} only with a pattern target.")
    if mode in SHARED and isinstance(value, RelativeValue) and isinstance(target, PatternTarget) and not target.trigger_pattern:
        raise invalid_operation(f"A relative value has the application mode {mode} only with a trigger pattern.")
