"""Extensions: made and changed. Every server process knows a change with the next write that it begins.

commercetools: API Extensions, ExtensionDraft and update actions.
"""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from msgspec import Meta
from msgspec.structs import replace

from orderwright.domain.extension.dependencies import check_dependencies, check_unneeded, resolved
from orderwright.domain.extension.model import (
    AuthorizationHeaderAuthentication,
    AzureFunctionsAuthentication,
    ExpansionPaths,
    Extension,
    ExtensionAdditionalContext,
    ExtensionTrigger,
    HttpDestination,
    HttpDestinationAuthentication,
    TimeoutInMs,
    masked,
    shown,
)
from orderwright.domain.extension.triggers import checked_triggers
from orderwright.domain.laws.forms import url
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.json.paths import path_of
from orderwright.engine.model import Action, Value
from orderwright.engine.references import ExtensionIdentifier
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import Key, Secret
from orderwright.engine.unit.effects import CatalogueStays
from orderwright.errors import CountersMovedError, invalid_field, max_resource_limit_exceeded

MOST = 25
_HEADER = re.compile(r"[!-~]([ -~]{0,8190}[!-~])?")
Triggers = Annotated[tuple[ExtensionTrigger, ...], Meta(max_length=25)]


class AuthorizationHeaderAuthenticationDraft(Value, tag_field="type", tag="AuthorizationHeader"):
    """What is to stand in the header Authorization."""

    header_value: Secret


class AzureFunctionsAuthenticationDraft(Value, tag_field="type", tag="AzureFunctions"):
    """What is to stand in the header x-functions-key."""

    key: Secret


class HttpDestinationDraft(Value, tag_field="type", tag="HTTP"):
    """A server that is to be called by HTTP."""

    url: str
    authentication: AuthorizationHeaderAuthenticationDraft | AzureFunctionsAuthenticationDraft | None = None


class AWSLambdaDestination(Value, tag_field="type", tag="AWSLambda"):
    """A function of AWS. None is called; a function's own URL may be, as a destination of HTTP."""

    arn: str
    access_key: Secret
    access_secret: Secret


class GoogleCloudFunctionDestination(Value, tag_field="type", tag="GoogleCloudFunction"):
    """A function of Google, which knows its caller by an account that nobody here has. None is called."""

    url: str


ExtensionDestination: TypeAlias = HttpDestinationDraft | AWSLambdaDestination | GoogleCloudFunctionDestination


class ExtensionAdditionalContextDraft(Value):
    """What is to be sent beside the document."""

    include_old_resource: bool = False


class ExtensionDraft(Value):
    """An extension as it is sent."""

    destination: ExtensionDestination
    triggers: Triggers
    key: Key | None = None
    timeout_in_ms: TimeoutInMs | None = None
    dependencies: tuple[ExtensionIdentifier, ...] = ()
    expansion_paths: ExpansionPaths = ()
    additional_context: ExtensionAdditionalContextDraft | None = None


class ChangeDestination(Action):
    """Where the extension is reached."""

    destination: ExtensionDestination


class ChangeTriggers(Action):
    """What it is called for."""

    triggers: Triggers


class SetDependencies(Action):
    """Whom it waits for; an empty list is nobody."""

    dependencies: tuple[ExtensionIdentifier, ...]


class SetExpansionPaths(Action):
    """What is embedded in what it is sent."""

    expansion_paths: ExpansionPaths


class SetAdditionalContext(Action):
    """What it is sent besides."""

    additional_context: ExtensionAdditionalContextDraft


actions = ActionSet(Extension)
actions.setters("setKey", "setTimeoutInMs")


@actions.handles
def change_destination(extension: Extension, action: ChangeDestination, facts: Facts) -> Extension:
    """Raises `InvalidField`."""
    return replace(extension, destination=_destination(action.destination))


@actions.handles
def change_triggers(extension: Extension, action: ChangeTriggers, facts: Facts) -> Extension:
    """Raises `InvalidField`, `SyntaxError`, `SemanticError`."""
    return replace(extension, triggers=checked_triggers(action.triggers))


@actions.handles
def set_dependencies(extension: Extension, action: SetDependencies, facts: Facts) -> Extension:
    """Raises `ExtensionChainTooWide`, `MissingDependency`."""
    return replace(extension, dependencies=resolved(action.dependencies, facts))


@actions.handles
def set_expansion_paths(extension: Extension, action: SetExpansionPaths, facts: Facts) -> Extension:
    """Raises `InvalidField` for what is no path."""
    return replace(extension, expansion_paths=_paths(action.expansion_paths))


@actions.handles
def set_additional_context(extension: Extension, action: SetAdditionalContext, facts: Facts) -> Extension:
    """What is sent besides is told in one piece."""
    return replace(extension, additional_context=_context(action.additional_context))


def from_draft(draft: ExtensionDraft, facts: Facts) -> Extension:
    """A new extension. Raises as the actions do."""
    return Extension(
        **facts.born(),
        key=draft.key,
        destination=_destination(draft.destination),
        triggers=checked_triggers(draft.triggers),
        timeout_in_ms=draft.timeout_in_ms,
        dependencies=resolved(draft.dependencies, facts),
        expansion_paths=_paths(draft.expansion_paths),
        additional_context=_context(draft.additional_context),
    )


def _destination(draft: ExtensionDestination) -> HttpDestination:
    if not isinstance(draft, HttpDestinationDraft):
        kind = "AWSLambda" if isinstance(draft, AWSLambdaDestination) else "GoogleCloudFunction"
        raise invalid_field("destination.type", kind, ["HTTP"])
    try:
        return HttpDestination(url=url(draft.url), authentication=_authentication(draft))
    except ValueError:
        raise invalid_field("destination.url", draft.url) from None


def _authentication(draft: HttpDestinationDraft) -> HttpDestinationAuthentication | None:
    match draft.authentication:
        case AuthorizationHeaderAuthenticationDraft(header_value=value):
            return AuthorizationHeaderAuthentication(header_value=_header(value, "headerValue"))
        case AzureFunctionsAuthenticationDraft(key=key):
            return AzureFunctionsAuthentication(key=_header(key, "key"))
    return None


def _header(secret: Secret, field: str) -> str:
    """What may stand in a header: ASCII in one line, with no space around it. The refusal shows a mask."""
    if _HEADER.fullmatch(secret.reveal()) is None:
        raise invalid_field(f"destination.authentication.{field}", Secret.MASK)
    return secret.reveal()


def _paths(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        if path_of(text) is None:
            raise invalid_field("expansionPaths", text[:200])
    return tuple(dict.fromkeys(texts))


def _context(draft: ExtensionAdditionalContextDraft | None) -> ExtensionAdditionalContext | None:
    return None if draft is None else ExtensionAdditionalContext(include_old_resource=draft.include_old_resource)


def settled(before: Extension | None, change: Change[Extension], facts: Facts) -> Change[Extension]:
    """What holds for all extensions together: 25 of them, and who waits for whom. Raises `MaxResourceLimitExceeded` and what
    `check_dependencies` raises."""
    after = change.after
    others = [each for each in facts.catalogue.all("extension") if each.id != after.id]
    if before is None and len(others) >= MOST:
        raise max_resource_limit_exceeded("extension", MOST)
    if before is None or (before.dependencies, before.triggers) != (after.dependencies, after.triggers):
        check_dependencies(after, others)
        return change.going_on(after, (_as_seen(facts),))
    return change


def _deleting(extension: Extension, facts: Facts) -> Change[Extension]:
    check_unneeded(extension, facts.catalogue.all("extension"))
    return Change(extension, effects=(_as_seen(facts),))


def _as_seen(facts: Facts) -> CatalogueStays:
    moved = CountersMovedError("The extensions have changed since they were looked at; send the request again.")
    return CatalogueStays(version=facts.catalogue.version, refused=moved)


RESOURCE = ResourceType(
    type_id="extension",
    path="extensions",
    model=Extension,
    draft=ExtensionDraft,
    actions=actions,
    create=from_draft,
    settles=settled,
    deleting=_deleting,
    unique=("key",),
    lookups={"key": "key"},
    catalogue=True,
    lean=masked,
    shown=shown,
    embedded=shown,
)
