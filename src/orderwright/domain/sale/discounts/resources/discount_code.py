"""Discount codes: words that bring cart discounts into a cart.

commercetools: Discount Codes, DiscountCodeDraft and the update actions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_changes
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.laws.rules import references_of, rule_of
from orderwright.domain.sale.discounts.model import Applications, CartDiscount, Code, DiscountCode
from orderwright.domain.sale.discounts.resources.renewal import code_renewal, stores_of
from orderwright.domain.sale.discounts.resources.stores import of_store
from orderwright.domain.sale.discounts.resources.validity import checked, validity_rows
from orderwright.domain.sale.predicates import CART
from orderwright.engine.actions import ActionSet
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Value
from orderwright.engine.references import CartDiscountIdentifier, ResourceIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime, Key, LocalizedString

CartDiscounts = Annotated[tuple[CartDiscountIdentifier, ...], Meta(min_length=1, max_length=10)]
Groups = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=256)], ...], Meta(max_length=100)]


class DiscountCodeDraft(Value):
    """A discount code as it is sent. Its word never changes."""

    code: Code
    cart_discounts: CartDiscounts
    key: Key | None = None
    name: LocalizedString | None = None
    description: LocalizedString | None = None
    cart_predicate: str | None = None
    is_active: bool = True
    max_applications: Applications | None = None
    max_applications_per_customer: Applications | None = None
    custom: CustomFieldsDraft | None = None
    groups: Groups = ()
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None


class DiscountCodeCreated(Message):
    """A discount code was made."""

    discount_code: DiscountCode


class DiscountCodeDeleted(Message):
    """A discount code was deleted."""


class DiscountCodeKeySet(Message):
    """The key changed."""

    key: str | None = None
    old_key: str | None = None


class ChangeCartDiscounts(Action):
    """The cart discounts that the code brings."""

    cart_discounts: CartDiscounts


class ChangeGroups(Action):
    """The groups of codes that this one belongs to."""

    groups: Groups


class SetCartPredicate(Action):
    """Which carts the code can be applied to; all of them without one."""

    cart_predicate: str | None = None


actions = ActionSet(DiscountCode)
actions.setters("setName", "setDescription", "setMaxApplications", "setMaxApplicationsPerCustomer", "changeIsActive")
actions.setters("setKey", tells=lambda before, after: DiscountCodeKeySet(key=after.key, old_key=before.key))
custom_field_rows(actions, root("discount-code"))
validity_rows(actions)


@actions.handles
def change_cart_discounts(code: DiscountCode, action: ChangeCartDiscounts, facts: Facts) -> DiscountCode:
    """Raises `ReferencedResourceNotFound`."""
    return _bringing(code, action.cart_discounts, facts)


@actions.handles
def change_groups(code: DiscountCode, action: ChangeGroups, _facts: Facts) -> DiscountCode:
    """Each group once, in the order in which they are sent."""
    return replace(code, groups=tuple(dict.fromkeys(action.groups)))


@actions.handles
def set_cart_predicate(code: DiscountCode, action: SetCartPredicate, _facts: Facts) -> DiscountCode:
    """Raises `SyntaxError` and `SemanticError`."""
    return _referring(replace(code, cart_predicate=action.cart_predicate))


def from_draft(draft: DiscountCodeDraft, facts: Facts) -> DiscountCode:
    """A new discount code. Raises what the actions raise that change the same."""
    made = DiscountCode(
        **facts.born(),
        code=draft.code,
        cart_discounts=(),
        is_active=draft.is_active,
        key=draft.key,
        name=draft.name,
        description=draft.description,
        cart_predicate=draft.cart_predicate,
        max_applications=draft.max_applications,
        max_applications_per_customer=draft.max_applications_per_customer,
        groups=tuple(dict.fromkeys(draft.groups)),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        custom=custom_from(draft.custom, "discount-code", facts),
    )
    return checked(_referring(_bringing(made, draft.cart_discounts, facts)))


def _bringing(code: DiscountCode, identifiers: Sequence[ResourceIdentifier], facts: Facts) -> DiscountCode:
    """The code with these cart discounts, each once, and with their stores."""
    found = [facts.get("cart-discount", identifier, CartDiscount) for identifier in identifiers]
    references = dict.fromkeys(each.reference for each in found)
    return replace(code, cart_discounts=tuple(references), stores=stores_of(found))


def _referring(code: DiscountCode) -> DiscountCode:
    """The code with what its predicate compares ids with."""
    rules = () if code.cart_predicate is None else (rule_of(code.cart_predicate, CART, "cartPredicate"),)
    return replace(code, references=references_of(rules))


RESOURCE = ResourceType(
    type_id="discount-code",
    path="discount-codes",
    model=DiscountCode,
    draft=DiscountCodeDraft,
    actions=actions,
    create=from_draft,
    owned={"store": of_store},
    unique=("key", "code"),
    lookups={"key": "key"},
    created=lambda code: DiscountCodeCreated(discount_code=code),
    deleted=lambda _code: DiscountCodeDeleted(),
    personal=True,
)
# At the door of a store codes are only seen.
SEEN_IN_STORE = with_changes(RESOURCE, verbs=("query", "get", "head"))
RENEWAL = with_changes(RESOURCE, actions=code_renewal)
