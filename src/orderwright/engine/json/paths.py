"""Paths that lead to references to be expanded, such as `lineItems[*].state[*].state`."""

from __future__ import annotations

import re

MAX_STEPS = 10
STEP = r"([A-Za-z][A-Za-z0-9_-]{0,255})(\[(\*|[0-9]{1,4})\])?"
"""A step as an ECMAScript expression too, since the OpenAPI document tells it: without groups of Python's own."""
_STEP = re.compile(STEP)
# The name of a member and the place in its list; None is every place.
Step = tuple[str, int | None]
Path = tuple[Step, ...]


def path_of(text: str) -> Path | None:
    """The path that a text spells; None for what is no path, or has more than ten steps."""
    steps = text.split(".")
    matches = [_STEP.fullmatch(step) for step in steps]
    if len(steps) > MAX_STEPS or not all(matches):
        return None
    return tuple((match[1], None if match[3] in (None, "*") else int(match[3])) for match in matches if match)
