"""What the demo project takes off its prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from orderwright.engine.scalars import DateTime


def product_discounts(today: datetime) -> list[dict[str, Any]]:
    """The drafts: one sale, which has begun on the day the project was made. Its orders were placed before."""
    return [
        {
            "key": "listening-weeks",
            "name": {"en": "Listening weeks", "de": "Hörwochen"},
            "description": {"en": "15 % off headphones and speakers"},
            "value": {"type": "relative", "permyriad": 1500},
            "predicate": 'productType.key = "electronics" and product.key in ("headset", "speaker")',
            "sortOrder": "0.5",
            "isActive": True,
            "validFrom": DateTime.of(today),
            "validUntil": DateTime.of(today + timedelta(days=365)),
        }
    ]
