"""What a destination is to those who send: something that takes one note after the other, or says why it does not."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Note(msgspec.Struct, frozen=True):
    """A notification as it is sent. The `id` is the same whenever it is sent, so that who takes it may know it again."""

    id: str
    resource_id: str
    payload: bytes
    kind: str
    """What happened: the type of a Message, or such as `ResourceCreated`."""
    content_type: str = "application/json"


class DeliveryError(Exception):
    """The note was not taken, as far as is known. The text may be shown to whoever manages subscriptions: it has no secrets."""


class RejectedError(DeliveryError):
    """This note was not taken; another may be."""


class UnavailableError(DeliveryError):
    """Nothing is taken at the moment: the service is away, busy or does not answer in time."""


class MisconfiguredError(DeliveryError):
    """Nothing is taken before somebody has changed something, such as the credentials."""


class GoneError(MisconfiguredError):
    """Nothing will ever be taken again: the service says that it is to be asked no more."""


class Destination(Protocol):
    """A service that is open. Notes about different resources may be sent at the same time, `width` of them."""

    width: int

    async def send(self, note: Note) -> None:
        """Returns when the service has it. Raises DeliveryError."""
        ...

    async def close(self) -> None:
        """Let its connections go."""
        ...
