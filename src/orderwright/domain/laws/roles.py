"""The roles of states and channels: a list in which each stands once, and the refusals that both share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from orderwright.domain.laws.changes import check_changed

R = TypeVar("R", bound=str)


def with_roles(roles: tuple[R, ...], added: Sequence[R]) -> tuple[R, ...]:
    """The roles and those that are added. Raises `InvalidOperation` where that adds none."""
    after = tuple(dict.fromkeys((*roles, *added)))
    check_changed(roles, after, "roles")
    return after


def without_roles(roles: tuple[R, ...], gone: Sequence[R]) -> tuple[R, ...]:
    """The roles that are left. Raises `InvalidOperation` where none of those to go is there."""
    after = tuple(role for role in roles if role not in gone)
    check_changed(roles, after, "roles")
    return after


def other_roles(roles: tuple[R, ...], wanted: Sequence[R]) -> tuple[R, ...]:
    """The wanted roles, each once. Raises `InvalidOperation` where they are the present ones in any order."""
    after = tuple(dict.fromkeys(wanted))
    check_changed(set(roles), set(after), "roles")
    return after
