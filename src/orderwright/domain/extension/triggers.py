"""What extensions are called for: the types, the conditions, and which extensions a write calls, in which layers.

commercetools: API Extensions, Conditional triggers and Dependencies.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from orderwright.domain.business_unit import resource as business_unit
from orderwright.domain.cart import resource as cart
from orderwright.domain.customer import resource as customer
from orderwright.domain.extension.model import Extension, ExtensionAction, ExtensionTrigger
from orderwright.domain.goods.product import resource as product
from orderwright.domain.order import resource as order
from orderwright.domain.payment import resource as payment
from orderwright.domain.quote.offer import resource as quote
from orderwright.domain.quote.quote_request import resource as quote_request
from orderwright.domain.quote.staged_quote import resource as staged_quote
from orderwright.domain.shop import customer_group
from orderwright.domain.shopping_list import resource as shopping_list
from orderwright.engine.facts import Catalogue
from orderwright.engine.resource import ResourceType
from orderwright.errors import invalid_field, semantic_error, syntax_error
from orderwright.predicates import PredicateError, check, parse
from orderwright.predicates.strict import Test, strictly

_TYPES: tuple[ResourceType, ...] = (
    cart.RESOURCE,
    order.RESOURCE,
    payment.RESOURCE,
    customer.RESOURCE,
    customer_group.RESOURCE,
    business_unit.RESOURCE,
    shopping_list.RESOURCE,
    quote_request.RESOURCE,
    staged_quote.RESOURCE,
    quote.RESOURCE,
    product.RESOURCE,
)
EXTENSIBLE: Mapping[str, ResourceType] = {kind.type_id: kind for kind in _TYPES}
"""The types whose writes may call extensions."""


def checked_triggers(triggers: Sequence[ExtensionTrigger]) -> tuple[ExtensionTrigger, ...]:
    """The triggers. Raises `InvalidField` for none, for a type whose writes call nothing and for no actions; `SyntaxError` and
    `SemanticError` for a condition."""
    if not triggers:
        raise invalid_field("triggers", [])
    for trigger in triggers:
        if trigger.resource_type_id not in EXTENSIBLE:
            raise invalid_field("triggers.resourceTypeId", trigger.resource_type_id, sorted(EXTENSIBLE))
        if not trigger.actions:
            raise invalid_field("triggers.actions", [])
        if trigger.condition is not None:
            try:
                condition(trigger.condition, trigger.resource_type_id)
            except PredicateError as error:
                raise (syntax_error if error.syntax else semantic_error)(error.reason) from None
    return tuple(triggers)


@functools.lru_cache(maxsize=512)
def condition(text: str, type_id: str) -> Test:
    """What tells whether a document satisfies a condition; it raises `MissingFieldError`. Raises PredicateError."""
    return strictly(check(parse(text, {}, "condition"), EXTENSIBLE[type_id].answered, "condition"))


class Call(Struct, frozen=True):
    """An extension that a write may call. One of its `conditions` must hold, if there are any; before it come those of its
    `ancestors` (their ids) that the write calls as well, since it sees what they want done."""

    extension: Extension
    conditions: tuple[str, ...]
    ancestors: frozenset[str]


Layers = tuple[tuple[Call, ...], ...]
"""Who is called at the same time, and who after these."""
_NOBODY: Layers = ()


def called_by(catalogue: Catalogue, type_id: str, action: ExtensionAction) -> Layers:
    """Whom a write may call."""
    if not catalogue.all("extension"):  # as in most projects
        return _NOBODY
    return catalogue.derived(_calls).get((type_id, action), _NOBODY)


def _calls(catalogue: Catalogue) -> dict[tuple[str, ExtensionAction], Layers]:
    extensions: list[Extension] = catalogue.all("extension")
    pairs = {pair: None for extension in extensions for pair in pairs_of(extension)}
    return {pair: _layers(pair, [each for each in extensions if pair in pairs_of(each)], extensions) for pair in pairs}


def pairs_of(extension: Extension) -> set[tuple[str, ExtensionAction]]:
    """The types and actions that an extension is called for."""
    return {(trigger.resource_type_id, action) for trigger in extension.triggers for action in trigger.actions}


def _layers(pair: tuple[str, ExtensionAction], called: Sequence[Extension], all_: Iterable[Extension]) -> Layers:
    by_id = {each.id: each for each in all_}
    here = {each.id for each in called}
    depth: dict[str, int] = {}
    ancestors = {each.id: frozenset(_ancestors(each, by_id)) & here for each in called}

    def deep(id: str) -> int:
        if id not in depth:
            depth[id] = 0  # there is no cycle; were there one, it would end here
            depth[id] = 1 + max((deep(before) for before in ancestors[id]), default=-1)
        return depth[id]

    layers: dict[int, list[Call]] = {}
    for each in called:
        layers.setdefault(deep(each.id), []).append(Call(each, _conditions(each, pair), ancestors[each.id]))
    return tuple(tuple(layers[place]) for place in sorted(layers))


def _ancestors(extension: Extension, by_id: Mapping[str, Extension]) -> set[str]:
    found: set[str] = set()
    open_ = [extension]
    while open_:
        for reference in open_.pop().dependencies:
            if reference.id not in found and reference.id in by_id:
                found.add(reference.id)
                open_.append(by_id[reference.id])
    return found


def _conditions(extension: Extension, pair: tuple[str, ExtensionAction]) -> tuple[str, ...]:
    """The conditions for a write; none where one of the triggers has no condition."""
    triggers = [each for each in extension.triggers if each.resource_type_id == pair[0] and pair[1] in each.actions]
    found = [trigger.condition for trigger in triggers if trigger.condition is not None]
    return tuple(found) if len(found) == len(triggers) else ()
