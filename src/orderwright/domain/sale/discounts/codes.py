"""The discount codes of a cart: which discounts they bring, and in which state each of them is.

commercetools: Carts, DiscountCodeState; Discount Codes, DiscountCode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from orderwright.domain.sale.discounts.asking import Asked
from orderwright.domain.sale.discounts.candidates import is_for, is_valid, offer_of
from orderwright.domain.sale.discounts.combining import Combined
from orderwright.domain.sale.discounts.model import CartDiscount, DiscountCode
from orderwright.domain.sale.discounts.portions import DiscountCodeInfo, DiscountCodeState
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.refusals import discount_code_non_applicable
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import DateTime
from orderwright.engine.unit.effects import UseDiscountCode
from orderwright.errors import ApiError

CODE: Final = "discount-code"
USES: Final = "discount-code-use"
MAX_CODES: Final = 10


class Coded(NamedTuple):
    """A code of a cart with those of its discounts that are active and valid, and for the cart's store. `state` is why it brings
    none of them, or nothing where it does."""

    id: str
    discounts: tuple[CartDiscount, ...]
    state: DiscountCodeState | None


def wanted_codes(sale: Sale) -> Iterator[Wanted]:
    """What must be read to know the codes of a cart."""
    return (Wanted(CODE, "id", info.discount_code.id) for info in sale.discount_codes)


def wanted_behind(found: Mapping[Wanted, Any], customer_id: str | None) -> Iterator[Wanted]:
    """What must be read to know what the codes that were found bring, and how often they were used. One that was found by its
    word is read by its id, too, by which the cart then knows it."""
    for code in found.values():
        if isinstance(code, DiscountCode):
            yield Wanted(CODE, "id", code.id)
            yield from (Wanted("cart-discount", "id", each.id) for each in code.cart_discounts)
            yield from (wanted for wanted, _limit in limits(code, customer_id))


def limits(code: DiscountCode, customer_id: str | None) -> Iterator[tuple[Wanted, int]]:
    """Where the uses of a code are counted, and how many there may be. Those of a customer are limited only if there is one."""
    if code.max_applications is not None:
        yield uses_of(code.id), code.max_applications
    if code.max_applications_per_customer is not None and customer_id is not None:
        yield uses_of(code.id, customer_id), code.max_applications_per_customer


def uses_of(code_id: str, customer_id: str = "") -> Wanted:
    """How many orders have used a code: all of them, or those of a customer."""
    return Wanted(USES, "uses", f"{code_id}/{customer_id}")


def coded(sale: Sale, asked: Asked, facts: Facts) -> list[Coded]:
    """The codes of a cart, in their order. Raises `UnreadError` where it is not known yet whether they fit."""
    ids = [info.discount_code.id for info in sale.discount_codes]
    found = [code for code in (facts.look_up(Wanted(CODE, "id", id)) for id in ids) if isinstance(code, DiscountCode)]
    asked.read((code.cart_predicate, "cart") for code in found if code.cart_predicate is not None)
    asked.read((each.cart_predicate, "cart") for code in found for each in active_discounts(code, facts))
    return [_coded(info.discount_code.id, sale, asked, facts) for info in sale.discount_codes]


def _coded(id: str, sale: Sale, asked: Asked, facts: Facts) -> Coded:
    code = facts.look_up(Wanted(CODE, "id", id))
    if not isinstance(code, DiscountCode) or not code.is_active:
        return Coded(id, (), "NotActive")
    active = active_discounts(code, facts)
    if not active:
        return Coded(id, (), "NotActive")
    valid = tuple(discount for discount in active if is_valid(discount, facts.now))
    if not valid or not in_time(code, facts.now):
        return Coded(id, (), "NotValid")
    if used_up(code, sale.customer_id, facts):
        return Coded(id, (), "MaxApplicationReached")
    fitting = tuple(discount for discount in valid if is_for(discount, sale))
    fits = code.cart_predicate is None or asked.holds(code.cart_predicate)
    if not fits or not any(asked.holds(discount.cart_predicate) for discount in fitting):
        return Coded(id, (), "DoesNotMatchCart")
    return Coded(id, fitting, None)


def active_discounts(code: DiscountCode, facts: Facts) -> tuple[CartDiscount, ...]:
    """The discounts behind a code that are active, as their groups are."""
    found = (facts.look_up(Wanted("cart-discount", "id", each.id)) for each in code.cart_discounts)
    return tuple(
        each for each in found if isinstance(each, CartDiscount) and each.is_active and offer_of(each, facts) is not None
    )


def in_time(code: DiscountCode, now: DateTime) -> bool:
    """Whether the code is between its dates."""
    return (code.valid_from is None or code.valid_from <= now) and (code.valid_until is None or now < code.valid_until)


def untimely(code: DiscountCode, now: DateTime, *, own: bool) -> ApiError:
    """The error for a code that is not of this time: its `own` dates say so, or those of all its discounts."""
    times = {"validFrom": code.valid_from, "validUntil": code.valid_until} if own else {}
    reason = "TimeRangeNonApplicable"
    return discount_code_non_applicable(code.code, id=code.id, reason=reason, validityCheckTime=now, **times)


def unordered(info: DiscountCodeInfo, facts: Facts) -> ApiError:
    """The error for a code that does not apply to the cart that is to be ordered. Raises `UnreadError` where it was not read."""
    id = info.discount_code.id
    wanted = Wanted(CODE, "id", id)
    facts.need((wanted,))
    code = facts.look_up(wanted)
    if not isinstance(code, DiscountCode):
        return discount_code_non_applicable(id=id, reason="DoesNotExist")
    own = not in_time(code, facts.now)
    if own or info.state == "NotValid":
        return untimely(code, facts.now, own=own)
    return discount_code_non_applicable(code.code, id=id)


def used_up(code: DiscountCode, customer_id: str | None, facts: Facts) -> bool:
    """Whether as many orders have used the code as may, in all or of this customer."""
    facts.need(wanted for wanted, _limit in limits(code, customer_id))
    return any((facts.look_up(wanted) or 0) >= limit for wanted, limit in limits(code, customer_id))


def uses_by(order: Sale, facts: Facts) -> list[UseDiscountCode]:
    """What counts the codes that an order is bought with, in all and of its customer; one that gave way to a better one was not
    used. The write refuses with `DiscountCodeNonApplicable` what would be more than may."""
    effects = []
    for info in order.discount_codes:
        code = facts.look_up(Wanted(CODE, "id", info.discount_code.id))
        if info.state != "MatchesCart" or not isinstance(code, DiscountCode):
            continue
        refused = discount_code_non_applicable(code.code, id=code.id)
        counted = [("", code.max_applications)]
        if order.customer_id is not None:
            counted.append((order.customer_id, code.max_applications_per_customer))
        effects += [UseDiscountCode(customer=of, code=code.id, most=most, refused=refused) for of, most in counted]
    return effects


def behind(codes: Sequence[Coded]) -> dict[str, tuple[CartDiscount, tuple[str, ...]]]:
    """The discounts that the codes bring, by their id, each with the ids of its codes."""
    found: dict[str, tuple[CartDiscount, tuple[str, ...]]] = {}
    for code in codes:
        if code.state is None:
            for discount in code.discounts:
                known = found.get(discount.id, (discount, ()))
                found[discount.id] = (discount, (*known[1], code.id))
    return found


def infos(codes: Sequence[Coded], result: Combined) -> tuple[DiscountCodeInfo, ...]:
    """The codes as a cart shows them, once its discounts have been applied."""
    return tuple(
        DiscountCodeInfo(discount_code=Reference(type_id=CODE, id=code.id), state=code.state or _state(code, result))
        for code in codes
    )


def _state(code: Coded, result: Combined) -> DiscountCodeState:
    """What became of the discounts of a code that fits. One that was tried, and had nothing to take off, was not stopped."""
    verdicts = {result.verdicts.get(discount.id, "DoesNotMatch") for discount in code.discounts}
    if verdicts & {"Applied", "HitsNothing"}:
        return "MatchesCart"
    if "Stopped" in verdicts:
        return "ApplicationStoppedByPreviousDiscount"
    return "ApplicationStoppedByGroupBestDeal" if "NotTheBest" in verdicts else "DoesNotMatchCart"
