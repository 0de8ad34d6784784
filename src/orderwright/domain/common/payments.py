"""References to payments."""

from __future__ import annotations

from typing import Literal

from orderwright.engine.model import Reference, Value, always

PaymentState = Literal["BalanceDue", "Failed", "Pending", "CreditOwed", "Paid"]


class PaymentInfo(Value):
    """The payments of a cart or order."""

    payments: tuple[Reference, ...] = always(())
