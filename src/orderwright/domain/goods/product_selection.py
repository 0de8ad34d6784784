"""Product selections of a product: there are none, since no version of Orderwright has product selections yet."""

from __future__ import annotations

from orderwright.engine.model import Reference, Value
from orderwright.engine.scalars import DateTime


class AssignedProductSelection(Value):
    """What predicates and sorting may name."""

    product_selection: Reference
    created_at: DateTime
