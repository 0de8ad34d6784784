"""What the states of quote requests, staged quotes and quotes have in common: which may follow which, and whose they are.

The API lists the states and what each of them means. Which may follow which is read off that: what is final there stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orderwright.domain.shop.state.workflow import check_transition
from orderwright.engine.actions import Kept
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action, Reference
from orderwright.engine.references import CustomerIdentifier, StateIdentifier


class ChangeCustomer(Action):
    """The new owner; the customer group and all prices stay."""

    customer: CustomerIdentifier


class TransitionState(Action):
    """Another State of a workflow; `force` spares its rules."""

    state: StateIdentifier
    force: bool = False


def following(table: Mapping[str, frozenset[str]], member: str, named: str) -> Kept:
    """What a setter stores of a state: the state itself if it may follow the present one. It raises `InvalidOperation`."""

    def allowed(document: Any, value: str, _facts: Facts) -> str:
        check_transition(table, getattr(document, member), value, named)
        return value

    return allowed


def referenced(_document: Any, value: Any, facts: Facts) -> Reference | None:
    """What a setter stores of a customer's identifier. Raises `ReferencedResourceNotFound`."""
    return facts.reference("customer", value)


def tells_customers(message: Callable[..., Message]) -> Callable[..., Message]:
    """What makes the Message of another owner."""
    return lambda before, after: message(customer=after.customer, previous_customer=before.customer)
