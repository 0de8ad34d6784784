"""Discount codes are added to a cart and taken away again, as far as they are codes of now and of its store.

commercetools: Carts, Add DiscountCode.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, TypeAlias

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.sale.discounts.candidates import is_for, is_valid
from orderwright.domain.sale.discounts.codes import CODE, MAX_CODES, active_discounts, in_time
from orderwright.domain.sale.discounts.direct import check_together
from orderwright.domain.sale.discounts.model import DiscountCode
from orderwright.domain.sale.discounts.portions import DiscountCodeInfo
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.refusals import discount_code_non_applicable
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.errors import invalid_operation

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
        times = {"validFrom": code.valid_from, "validUntil": code.valid_until, "validityCheckTime": facts.now}
        raise discount_code_non_applicable(code.code, id=code.id, reason="TimeRangeNonApplicable", **times)
    active = active_discounts(code, facts)
    valid = [discount for discount in active if is_valid(discount, facts.now)]
    if active and not valid:
        raise discount_code_non_applicable(code.code, id=code.id, reason="TimeRangeNonApplicable", validityCheckTime=facts.now)
    if not any(is_for(discount, sale) for discount in valid):
        raise discount_code_non_applicable(code.code, id=code.id)
