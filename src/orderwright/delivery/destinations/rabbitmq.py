"""RabbitMQ: each note is a persistent message, taken when the broker has confirmed it. One that no queue takes is returned,
and counts as not taken."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

from orderwright.delivery.destinations.brokers import SEND_S, Connection, checked
from orderwright.delivery.interface import MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import RabbitMqDestination
from orderwright.outside.guarded_http import GuardedHttp


class RabbitMq:
    """Publishes to one exchange."""

    width = 64

    def __init__(self, library: Any, uri: str, destination: RabbitMqDestination) -> None:
        self._library = library
        self._uri = uri
        self._destination = destination
        self._link: Any = None
        self._channel = Connection(self._connect, self._close)

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        errors = self._library.exceptions
        message = self._library.Message(
            note.payload,
            message_id=note.id,
            content_type=note.content_type,
            delivery_mode=self._library.DeliveryMode.PERSISTENT,
        )
        try:
            exchange = await self._channel.get()
            async with asyncio.timeout(SEND_S):
                await exchange.publish(message, self._destination.routing_key, mandatory=True)
        except errors.PublishError:
            raise MisconfiguredError("No queue takes what is sent with this routing key.") from None
        except errors.DeliveryError:
            raise RejectedError("RabbitMQ did not confirm the message.") from None
        except (errors.AuthenticationError, errors.ProbableAuthenticationError):
            raise MisconfiguredError("RabbitMQ does not know the user, or the password is wrong.") from None
        except (errors.ChannelNotFoundEntity, importlib.import_module("aiormq.exceptions").ChannelAccessRefused):
            raise MisconfiguredError("There is no such exchange, or the user may not write to it.") from None
        except (errors.AMQPError, OSError, TimeoutError, RuntimeError):
            raise UnavailableError("RabbitMQ cannot be reached, or does not confirm in time.") from None

    async def close(self) -> None:
        """Close the connection."""
        await self._channel.close()
        if self._link is not None:
            await self._close(None)

    async def _connect(self) -> Any:
        to = self._destination
        login = {"login": to.user, "password": to.password.reveal() if to.password else ""} if to.user else {}
        self._link = await self._library.connect(_with(self._uri, login))
        channel = await self._link.channel(publisher_confirms=True, on_return_raises=True)
        return await channel.get_exchange(to.exchange, ensure=True) if to.exchange else channel.default_exchange

    async def _close(self, _exchange: Any) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()


def _with(uri: str, login: dict[str, str]) -> Any:
    """The URI with a user and a password, as the library wants them."""
    url = importlib.import_module("yarl").URL(uri)
    return url.with_user(login["login"]).with_password(login["password"]) if login else url


def opened(destination: RabbitMqDestination, outside: GuardedHttp) -> RabbitMq:
    """Raises `InvalidInput` for a URI that can not be, and ModuleNotFoundError without the library."""
    library = importlib.import_module("aio_pika")
    return RabbitMq(library, checked(destination.uri, ("amqp", "amqps"), 5672, outside), destination)
