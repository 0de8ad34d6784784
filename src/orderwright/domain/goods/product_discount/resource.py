"""Product discounts: made and changed; what follows in the prices is done in the background.

commercetools: Product Discounts, ProductDiscountDraft and update actions.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec.structs import replace

from orderwright.domain.goods.price import check_period
from orderwright.domain.goods.product_discount.model import (
    Name,
    ProductDiscount,
    ProductDiscountValue,
    ProductDiscountValueAbsolute,
    ProductDiscountValueExternal,
    ProductDiscountValueRelative,
)
from orderwright.domain.goods.product_discount.predicate import PRODUCT_PRICE
from orderwright.domain.laws.discounting import Amounts, amounts_from, as_counted
from orderwright.domain.laws.renewing import discounted_anew
from orderwright.domain.laws.rules import references_of, rule_of
from orderwright.domain.laws.sort_orders import SortOrder
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference, Value
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, Key, LocalizedString
from orderwright.errors import max_resource_limit_exceeded

MOST_ACTIVE = 500


class ProductDiscountValueAbsoluteDraft(Value, tag_field="type", tag="absolute"):
    """An amount off a price, one a currency."""

    money: Amounts


ProductDiscountValueDraft: TypeAlias = (
    ProductDiscountValueRelative | ProductDiscountValueAbsoluteDraft | ProductDiscountValueExternal
)


class ProductDiscountDraft(Value):
    """A product discount as it is sent."""

    name: Name
    value: ProductDiscountValueDraft
    predicate: str
    sort_order: SortOrder
    is_active: bool
    key: Key | None = None
    description: LocalizedString | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None


class ChangeValue(Action):
    """What is taken off."""

    value: ProductDiscountValueDraft


class ChangePredicate(Action):
    """Of which prices."""

    predicate: str


class SetValidFromAndUntil(Action):
    """From when on and until when the discount holds; none is from ever, or for ever."""

    valid_from: DateTime | None = None
    valid_until: DateTime | None = None


actions = ActionSet(ProductDiscount)
actions.setters("setKey", "changeName", "setDescription", "changeSortOrder", "changeIsActive", "setValidFrom", "setValidUntil")


@actions.handles
def change_value(discount: ProductDiscount, action: ChangeValue, facts: Facts) -> ProductDiscount:
    """Raises `InvalidOperation` for no amount or two of a currency, `InvalidField` for one below zero."""
    return replace(discount, value=_value(action.value))


@actions.handles
def change_predicate(discount: ProductDiscount, action: ChangePredicate, facts: Facts) -> ProductDiscount:
    """Raises `SyntaxError` or `SemanticError`."""
    return replace(discount, predicate=action.predicate, references=_references(action.predicate))


@actions.handles
def set_valid_from_and_until(discount: ProductDiscount, action: SetValidFromAndUntil, facts: Facts) -> ProductDiscount:
    """That the period is not empty is checked when all actions have run."""
    return replace(discount, valid_from=action.valid_from, valid_until=action.valid_until)


def from_draft(draft: ProductDiscountDraft, facts: Facts) -> ProductDiscount:
    """A new product discount. Raises as the actions do."""
    return ProductDiscount(
        **facts.born(),
        key=draft.key,
        name=draft.name,
        description=draft.description,
        value=_value(draft.value),
        predicate=draft.predicate,
        references=_references(draft.predicate),
        sort_order=draft.sort_order,
        is_active=draft.is_active,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
    )


def _value(draft: ProductDiscountValueDraft) -> ProductDiscountValue:
    if isinstance(draft, ProductDiscountValueAbsoluteDraft):
        return ProductDiscountValueAbsolute(money=amounts_from(draft.money, "value.money"))
    return draft


def _references(predicate: str) -> tuple[Reference, ...]:
    return references_of([rule_of(predicate, PRODUCT_PRICE, "predicate")])


def finished(discount: ProductDiscount, facts: Facts) -> ProductDiscount:
    """The discount itself. Raises `InvalidField` for an empty period."""
    check_period(discount.valid_from, discount.valid_until)
    return discount


def settled(before: ProductDiscount | None, change: Change[ProductDiscount], facts: Facts) -> Change[ProductDiscount]:
    """The prices follow: at once, and when the discount's time comes and when it is over. Raises `MaxResourceLimitExceeded` where
    500 are active."""
    after = change.after
    if after.is_active and not (before is not None and before.is_active):
        if sum(each.is_active for each in facts.catalogue.all("product-discount")) >= MOST_ACTIVE:
            raise max_resource_limit_exceeded("product-discount", MOST_ACTIVE)
        change = change.going_on(after, (as_counted(facts),))
    if before is not None and _does(before) == _does(after):
        return change
    effects = discounted_anew(facts.now)
    for instant in {after.valid_from, after.valid_until}:
        if instant is not None and after.is_active and instant > facts.now:
            effects += discounted_anew(instant, str(instant))
    return change.going_on(after, effects)


def _does(discount: ProductDiscount) -> object:
    """What prices depend on; one that is not active does nothing."""
    if not discount.is_active:
        return None
    return (discount.value, discount.predicate, discount.sort_order, discount.valid_from, discount.valid_until)


def _deleting(discount: ProductDiscount, facts: Facts) -> Change[ProductDiscount]:
    """The prices lose it soon after."""
    return Change(discount, effects=discounted_anew(facts.now) if discount.is_active else ())


RESOURCE = ResourceType(
    type_id="product-discount",
    path="product-discounts",
    model=ProductDiscount,
    draft=ProductDiscountDraft,
    actions=actions,
    create=from_draft,
    finish=finished,
    settles=settled,
    unique=("key", "sortOrder"),
    lookups={"key": "key"},
    # Of those that are over there may be many.
    catalogue=lambda discount: discount.is_active,
    deleting=_deleting,
)
