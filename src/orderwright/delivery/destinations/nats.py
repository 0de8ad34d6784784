"""NATS JetStream: each note is published with its id as `Nats-Msg-Id`, by which the stream takes it once within its window. It is
taken when the stream has acknowledged it."""

from __future__ import annotations

import importlib
import re
from typing import Any

from orderwright.delivery.destinations.brokers import CONNECT_S, SEND_S, Connection, checked
from orderwright.delivery.interface import MisconfiguredError, Note, RejectedError, UnavailableError
from orderwright.domain.subscription.destinations import NatsDestination
from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

_SUBJECT = re.compile(r"[^\s.*>]+(\.[^\s.*>]+)*")
_HEADERS = 1024
"""As many bytes as the headers of a message have at most, which the server counts as well."""


class JetStream:
    """Publishes to one subject."""

    width = 64

    def __init__(self, library: Any, errors: tuple[Any, Any], uri: str, destination: NatsDestination) -> None:
        self._library = library
        self._errors, self._stream_errors = errors
        self._uri = uri
        self._destination = destination
        self._connection = Connection(self._connect, lambda connection: connection.close())

    async def send(self, note: Note) -> None:
        """Raises DeliveryError."""
        try:
            connection = await self._connection.get()
            if len(note.payload) + _HEADERS > connection.max_payload:
                # The server would close the connection, and take nothing of what comes behind this.
                raise RejectedError("The message is larger than this server of NATS takes.")
            stream = connection.jetstream(timeout=SEND_S)
            headers = {"Nats-Msg-Id": note.id, "content-type": note.content_type}
            await stream.publish(self._destination.subject, note.payload, headers=headers)
        except self._stream_errors.NoStreamResponseError:
            raise MisconfiguredError("No stream takes what is published to this subject.") from None
        except self._stream_errors.ServiceUnavailableError:
            raise UnavailableError("The stream takes nothing at the moment.") from None
        except self._stream_errors.APIError:
            raise RejectedError("The stream did not take the message.") from None
        except self._errors.AuthorizationError:
            raise MisconfiguredError("NATS does not allow it: the user, the password or the token is wrong.") from None
        except (self._errors.Error, OSError, TimeoutError) as error:
            if "authorization" in str(error).lower():
                text = "NATS does not allow it: the user, the password or the token is wrong."
                raise MisconfiguredError(text) from None
            raise UnavailableError("NATS cannot be reached, or does not acknowledge in time.") from None

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _connect(self) -> Any:
        to = self._destination

        async def heard(_error: Any) -> None:
            """What goes wrong is raised where something is sent."""

        return await self._library.connect(
            self._uri,
            user=to.user,
            password=to.password.reveal() if to.password else None,
            token=to.token.reveal() if to.token else None,
            connect_timeout=CONNECT_S,
            allow_reconnect=False,
            error_cb=heard,
        )


def opened(destination: NatsDestination, outside: GuardedHttp) -> JetStream:
    """Raises `InvalidInput` for a URI or a subject that can not be, and ModuleNotFoundError without the library."""
    library = importlib.import_module("nats")
    if _SUBJECT.fullmatch(destination.subject) is None:
        raise invalid_input("The subject must be words without spaces, '*' and '>', joined by dots.")
    errors = (importlib.import_module("nats.errors"), importlib.import_module("nats.js.errors"))
    return JetStream(library, errors, checked(destination.uri, ("nats", "tls"), 4222, outside), destination)
