"""What can be subscribed to covers all that is told here."""

from __future__ import annotations

import orderwright.resources
from orderwright.domain.subscription.types import MESSAGE_TYPES
from orderwright.engine.messages import Message

# About these the API tells, and has nobody subscribe to it.
UNHEARD = ("Cart", "CartDiscount", "DiscountCode", "DiscountGroup", "Variant", "RecurringOrder")


def told(kind: type[Message] = Message) -> set[str]:
    """The Messages that this version may tell, by their types."""
    assert orderwright.resources.RESOURCES
    below = {name for each in kind.__subclasses__() for name in told(each)}
    ours = kind.__module__.startswith("orderwright.domain")
    return below | ({kind.__name__} if ours else set())


def test_each_message_belongs_to_one_resource() -> None:
    names = [name for types in MESSAGE_TYPES.values() for name in types]
    assert len(names) == len(set(names)) > 200


def test_all_that_is_told_can_be_subscribed_to() -> None:
    known = {name for types in MESSAGE_TYPES.values() for name in types}
    assert {name for name in told() if name not in known and not name.startswith(("_", *UNHEARD))} == set()
