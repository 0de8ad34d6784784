"""Predicates of discounts as they are sent: read by a vocabulary, or refused with the place where they are wrong."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.engine.model import Reference
from orderwright.errors import semantic_error, syntax_error
from orderwright.predicates import PredicateError, Rule, Vocabulary, read_rule


def rule_of(text: str, vocabulary: Vocabulary, field: str) -> Rule:
    """The rule that a text spells; `field` is its path in the request, for the errors.

    Raises `SyntaxError` for what is no predicate, `SemanticError` for one that asks for what is not there or compares what can
    not be, both with the line and the column.
    """
    try:
        return read_rule(text, vocabulary, field)
    except PredicateError as error:
        raise (syntax_error if error.syntax else semantic_error)(error.reason) from None


def references_of(rules: Iterable[Rule]) -> tuple[Reference, ...]:
    """What the rules compare ids with, each once, in the order in which they stand there.

    commercetools: Cart Discounts, CartDiscount (`references`).
    """
    found = dict.fromkeys(pair for rule in rules for pair in rule.references)
    return tuple(Reference(type_id=type_id, id=id) for type_id, id in found)
