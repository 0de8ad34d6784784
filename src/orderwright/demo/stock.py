"""What the demo project has in stock of each SKU: of most plenty, of some so little that somebody should look after it."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

SEED = "orderwright demo stock"


def entries(skus: Iterable[str]) -> list[dict[str, Any]]:
    """The drafts. Carts of the demo project do not reserve: to sell does not lower what there is."""
    random = Random(SEED)  # noqa: S311 - the point is that it is no secret
    return [{"key": f"stock-{sku}", "sku": sku, "quantityOnStock": _quantity(random)} for sku in skus]


def _quantity(random: Random) -> int:
    return random.randint(0, 4) if random.random() < 0.08 else random.randint(12, 160)
