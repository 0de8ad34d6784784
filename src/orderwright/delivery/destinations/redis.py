"""Redis Streams: each note is an entry with the fields `id` and `payload`. It is taken when Redis has answered with its id.
Whether that outlasts Redis is a matter of how Redis is run."""

from __future__ import annotations

import importlib
from typing import Any

from orderwright.delivery.destinations.brokers import CONNECT_S, SEND_S, checked
from orderwright.delivery.interface import MisconfiguredError, Note, UnavailableError
from orderwright.domain.subscription.destinations import RedisDestination
from orderwright.outside.guarded_http import GuardedHttp


class RedisStream:
    """Adds to one stream."""

    width = 64

    def __init__(self, client: Any, errors: Any, stream: str, max_length: int | None) -> None:
        self._client = client
        self._errors = errors
        self._stream = stream
        self._max_length = max_length

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        fields = {"id": note.id, "payload": note.payload}
        try:
            await self._client.xadd(self._stream, fields, maxlen=self._max_length, approximate=True)
        except (self._errors.AuthenticationError, self._errors.NoPermissionError):
            raise MisconfiguredError("Redis does not allow it: the user or the password is wrong, or lacks a right.") from None
        except (self._errors.ConnectionError, self._errors.TimeoutError, OSError):
            raise UnavailableError("Redis cannot be reached, or does not answer in time.") from None
        except (self._errors.ReadOnlyError, self._errors.OutOfMemoryError):
            raise UnavailableError("Redis takes nothing at the moment.") from None
        except self._errors.ResponseError:
            raise MisconfiguredError("Redis does not take it: what has the stream's name is perhaps no stream.") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def opened(destination: RedisDestination, outside: GuardedHttp) -> RedisStream:
    """Raises `InvalidInput` for a URI that can not be, and ModuleNotFoundError without the library."""
    redis: Any = importlib.import_module("redis.asyncio")
    errors: Any = importlib.import_module("redis.exceptions")
    client = redis.Redis.from_url(
        checked(destination.uri, ("redis", "rediss"), 6379, outside),
        username=destination.user,
        password=destination.password.reveal() if destination.password else None,
        socket_timeout=SEND_S,
        socket_connect_timeout=CONNECT_S,
    )
    return RedisStream(client, errors, destination.stream, destination.max_length)
