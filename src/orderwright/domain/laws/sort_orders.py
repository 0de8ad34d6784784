"""In which order discounts are tried: a number between 0 and 1, as a text."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from orderwright.engine.scalars import whole

# No number has two texts, since none ends with 0. So texts are equal as the numbers are, and in the same order.
SortOrder = Annotated[str, Meta(pattern=whole(r"0\.[0-9]*[1-9]"), max_length=256)]
