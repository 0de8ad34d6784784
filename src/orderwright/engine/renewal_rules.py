"""What is written anew after a change of something that many documents copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orderwright.engine.resource import ResourceType


@dataclass(frozen=True)
class Rule:
    """What a kind of entry asks for: `action(value)` on every document of `resource` that matches `path`, whose `{id}` is the
    entry's value; then, once all is settled, `last` on the document that the value itself names."""

    resource: ResourceType
    path: str
    action: Callable[[str], Any]
    last: tuple[ResourceType, Any] | None = None
