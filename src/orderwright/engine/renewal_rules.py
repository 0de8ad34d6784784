"""What is written anew after a change of something that many documents copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orderwright.engine.resource import ResourceType


@dataclass(frozen=True)
class Rule:
    """What to do for one kind of queue entry. Every document of `resource` that matches the jsonpath `path` (`{id}` stands for
    the entry's value) gets `action(value)`; after that, the document with the id `value` gets `last`."""

    resource: ResourceType
    path: str
    action: Callable[[str], Any]
    last: tuple[ResourceType, Any] | None = None
