"""What a cart is given by hand: discount codes, if they are of now and of its store, and direct discounts, which are its own.

commercetools: Carts, Add DiscountCode; Carts, DirectDiscountDraft; Carts, Set DirectDiscounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, TypeAlias

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.sale.discounts.candidates import is_for, is_valid
from orderwright.domain.sale.discounts.codes import CODE, MAX_CODES, active_discounts, in_time, untimely
from orderwright.domain.sale.discounts.drafts import CartDiscountValueDraft, check_effect, rules_of, value_from
from orderwright.domain.sale.discounts.model import CartDiscountTarget, DirectDiscount, DiscountCode
from orderwright.domain.sale.discounts.portions import DiscountCodeInfo
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.refusals import discount_code_non_applicable
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference, Value
from orderwright.engine.references import Wanted
from orderwright.errors import invalid_operation

MAX_DIRECT: Final = 100
CodeText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
CodeTexts: TypeAlias = Annotated[tuple[CodeText, ...], Meta(max_length=MAX_CODES)]


def wanted_named(codes: Iterable[str]) -> Iterator[Wanted]:
    """What must be read to know codes that are named."""
    return (Wanted(CODE, "code", code) for code in codes)


def with_code(sale: S, text: str, facts: Facts) -> S:
    """The cart with a code; whether that matches, its state says once the discounts are applied. A code is there once.

    Raises `DiscountCodeNonApplicable` for a code that there is not, that is not active or not of this time, or all of whose
    discounts are not, or are another store's; `InvalidOperation` for the eleventh code, and what `check_together` raises.
    """
    code = facts.look_up(Wanted(CODE, "code", text))
    if not isinstance(code, DiscountCode):
        raise discount_code_non_applicable(text, reason="DoesNotExist")
    if any(info.discount_code.id == code.id for info in sale.discount_codes):
        return sale
    _check_applicable(code, sale, facts)
    if len(sale.discount_codes) >= MAX_CODES:
        raise invalid_operation(f"A cart has at most {MAX_CODES} discount codes.")
    info = DiscountCodeInfo(discount_code=Reference(type_id=CODE, id=code.id), state="DoesNotMatchCart")
    after = replace(sale, discount_codes=(*sale.discount_codes, info))
    check_together(after)
    return after


def without_code(sale: S, reference: Reference) -> S:
    """The cart without a code. Raises `InvalidOperation` for one that it does not have."""
    kept = tuple(info for info in sale.discount_codes if info.discount_code.id != reference.id)
    if len(kept) == len(sale.discount_codes):
        raise invalid_operation(f"The cart does not have the discount code '{reference.id}'.")
    return replace(sale, discount_codes=kept)


def _check_applicable(code: DiscountCode, sale: Sale, facts: Facts) -> None:
    if not code.is_active:
        raise discount_code_non_applicable(code.code, id=code.id)
    if not in_time(code, facts.now):
        raise untimely(code, facts.now, own=True)
    active = active_discounts(code, facts)
    valid = [discount for discount in active if is_valid(discount, facts.now)]
    if active and not valid:
        raise untimely(code, facts.now, own=False)
    if not any(is_for(discount, sale) for discount in valid):
        raise discount_code_non_applicable(code.code, id=code.id)


class DirectDiscountDraft(Value):
    """A discount of one cart or order, as it is sent."""

    value: CartDiscountValueDraft
    target: CartDiscountTarget | None = None
    participate_in_best_deal_selection: bool | None = None


DirectDiscountDrafts: TypeAlias = Annotated[tuple[DirectDiscountDraft, ...], Meta(max_length=MAX_DIRECT)]


def direct_discount(draft: DirectDiscountDraft, field: str, facts: Facts) -> DirectDiscount:
    """The discount that a draft means; `field` is its path in the request. Raises what `value_from`, `check_effect` and
    `rules_of` raise."""
    value = value_from(draft.value, facts, f"{field}.value")
    check_effect(value, draft.target, f"{field}.")
    rules_of(draft.target, f"{field}.target")
    return DirectDiscount(
        id=facts.new_id(),
        value=value,
        target=draft.target,
        participate_in_best_deal_selection=draft.participate_in_best_deal_selection,
    )


def ignores(sale: Sale) -> bool:
    """Whether the cart has direct discounts in the place of all others, as it has if it does not say otherwise."""
    return bool(sale.direct_discounts) and sale.direct_discounts_ignore_cart_discounts is not False


def check_together(sale: Sale) -> None:
    """Raises `InvalidOperation` for a cart with both discount codes and direct discounts in their place."""
    if sale.discount_codes and ignores(sale):
        raise invalid_operation(
            "A cart has either discount codes or direct discounts, unless directDiscountsIgnoreCartDiscounts is false."
        )
