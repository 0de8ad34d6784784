"""States: where a line item begins, and the one function that holds a change of state against its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

from orderwright.domain.catalogue import Project
from orderwright.engine.model import Reference
from orderwright.errors import invalid_operation

# Fixed for ever: stored orders refer to the ids made from it.
_INITIAL_ITEM_STATES: Final = UUID("3b0c1d52-8f0e-4b1c-9a57-0f6f6d1f2a64")


def initial_item_state(project: Project) -> Reference:
    """The built-in state that the units of an item start in: the same id at any time, another in each project."""
    return Reference(type_id="state", id=str(uuid5(_INITIAL_ITEM_STATES, project.key)))


def check_transition(table: Mapping[str, frozenset[str]], before: str, after: str, field: str) -> None:
    """Hold a change of `field` against the table of what may follow what. Raises `InvalidOperation`.

    A state that the table does not name is final. Staying where one is needs no permission.
    """
    if after != before and after not in table.get(before, frozenset()):
        raise invalid_operation(f"The {field} can not change from '{before}' to '{after}'.")
