"""What is made without an account belongs to an anonymous session, until its owner signs in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from orderwright.engine.model import Action
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import Id


class TakeOver(Action):
    """Makes a document of an anonymous session a customer's. No client sends it: a sign-in does."""

    sent: ClassVar[bool] = False
    customer_id: Id

    def wants(self) -> Iterator[Wanted]:
        """The customer, who may bring a group along."""
        yield Wanted("customer", "id", self.customer_id)
