"""An extension as it is stored, with its secrets, and as it is shown, without them.

commercetools: API Extensions, Extension, ExtensionDestination and ExtensionTrigger.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta
from msgspec.structs import replace

from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.scalars import Key

MASK = "****"
_SHOWN = 4
_LONG = 12  # of what is shorter, four characters would tell too much
DEFAULT_TIMEOUT_MS = 2_000

ExtensionAction = Literal["Create", "Update"]
TimeoutInMs = Annotated[int, Meta(ge=1, le=10_000)]
ExpansionPaths = Annotated[tuple[str, ...], Meta(max_length=3)]


class AuthorizationHeaderAuthentication(Value, tag_field="type", tag="AuthorizationHeader"):
    """What stands in the header Authorization, its scheme included, such as `Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==`."""

    header_value: str


class AzureFunctionsAuthentication(Value, tag_field="type", tag="AzureFunctions"):
    """What stands in the header x-functions-key."""

    key: str


HttpDestinationAuthentication: TypeAlias = AuthorizationHeaderAuthentication | AzureFunctionsAuthentication


class HttpDestination(Value, tag_field="type", tag="HTTP"):
    """A server that is called by HTTP."""

    url: str
    authentication: HttpDestinationAuthentication | None = None


class ExtensionTrigger(Value):
    """What an extension is called for: writes of a type, and of these the ones that satisfy the condition."""

    resource_type_id: str
    actions: tuple[ExtensionAction, ...]
    condition: str | None = None


class ExtensionAdditionalContext(Value):
    """What is sent beside the document: the one before the update, if it is asked for."""

    include_old_resource: bool = always(False)


class Extension(Resource):
    """An extension. `timeout_in_ms` is in milliseconds, 2,000 where it is not given."""

    key: Key | None = None
    destination: HttpDestination
    triggers: tuple[ExtensionTrigger, ...]
    timeout_in_ms: TimeoutInMs | None = None
    dependencies: tuple[Reference, ...] = ()
    expansion_paths: ExpansionPaths = ()
    additional_context: ExtensionAdditionalContext | None = None

    @property
    def timeout_s(self) -> float:
        """How many seconds it may take to answer."""
        return (self.timeout_in_ms or DEFAULT_TIMEOUT_MS) / 1000

    @property
    def called(self) -> str:
        """What users know it by."""
        return self.key or self.id

    @property
    def sees_old(self) -> bool:
        """Whether an update's document is sent as it was before, too."""
        return self.additional_context is not None and self.additional_context.include_old_resource

    @property
    def headers(self) -> dict[str, str]:
        """What shows its server who calls."""
        match self.destination.authentication:
            case AuthorizationHeaderAuthentication(header_value=value):
                return {"Authorization": value}
            case AzureFunctionsAuthentication(key=key):
                return {"x-functions-key": key}
        return {}


def masked(extension: Extension) -> Extension:
    """The extension with its secrets partially hidden, as everybody is shown it; queries look at this, too."""
    match extension.destination.authentication:
        case AuthorizationHeaderAuthentication(header_value=value) as found:
            hidden: HttpDestinationAuthentication = replace(found, header_value=_masked(value))
        case AzureFunctionsAuthentication(key=key) as found:
            hidden = replace(found, key=_masked(key))
        case None:
            return extension
    return replace(extension, destination=replace(extension.destination, authentication=hidden))


def shown(body: bytes) -> bytes:
    """The stored bytes as they are answered."""
    return encode(masked(decoder(Extension).decode(body)))


def _masked(secret: str) -> str:
    return MASK + secret[-_SHOWN:] if len(secret) >= _LONG else MASK
