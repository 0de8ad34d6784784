"""How extensions refuse, and how they fail.

commercetools: API Extensions, Error cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from orderwright.domain.extension.model import Extension
from orderwright.errors import ApiError

_MOST_SHOWN = 2_000
"""Characters of an answer that a client is shown."""


def _who(extension: Extension) -> dict[str, str | None]:
    return {"extensionId": extension.id, "extensionKey": extension.key}


def circular_dependency(names: Iterable[str]) -> ApiError:
    return ApiError(400, "CircularDependency", f"Circular dependency detected: [{', '.join(names)}]")


def chain_too_deep(depth: int, most: int) -> ApiError:
    message = f"The dependency chain depth {depth} exceeds the maximum allowed depth of {most}"
    return ApiError(400, "ExtensionChainTooDeep", message)


def chain_too_wide(most: int) -> ApiError:
    message = f"Extension chain breadth exceeds the maximum allowed breadth of {most}"
    return ApiError(400, "ExtensionChainTooWide", message)


def dependency_exists(names: Iterable[str]) -> ApiError:
    message = f"The extension cannot be deleted because it is a prerequisite for: [{', '.join(names)}]."
    return ApiError(400, "ExtensionDependencyExists", message)


def missing_dependency(names: Iterable[str]) -> ApiError:
    message = f"The extensions '[{', '.join(names)}]' referenced in 'dependencies' do not exist."
    return ApiError(400, "MissingDependency", message)


def no_response(extension: Extension) -> ApiError:
    return ApiError(504, "ExtensionNoResponse", "Extension did not respond in time.", **_who(extension))


def bad_response(extension: Extension, message: str, status: int, body: bytes = b"") -> ApiError:
    """Its server answered what is no answer to the question."""
    return ApiError(
        502,
        "ExtensionBadResponse",
        message,
        extensionErrors=[],
        extensionBody=body.decode(errors="replace")[:_MOST_SHOWN],
        extensionStatusCode=status,
        **_who(extension),
    )


def predicate_failed(extension: Extension, field: str) -> ApiError:
    who = {name: value for name, value in (("id", extension.id), ("key", extension.key)) if value is not None}
    message = f"The compared field '{field}' is not present"
    return ApiError(400, "ExtensionPredicateEvaluationFailed", message, errorByExtension=who)


def update_actions_failed(extension: Extension, error: ApiError) -> ApiError:
    """What it wants done cannot be done: a client that sent the same would be told `error`."""
    told = {name: value for name, value in error.fields.items() if name != "action"}
    who = {name: value for name, value in _who(extension).items() if value is not None}
    failed = [{"code": error.code, "message": error.message, **who, **told}]
    message = "The extension returned update actions that could not be executed."
    return ApiError(400, "ExtensionUpdateActionsFailed", message, extensionErrors=failed)


def refused_by(extension: Extension, errors: Sequence[dict[str, Any]]) -> ApiError:
    """Its own refusal, passed on: each error as its server words it, with the extension that it comes from."""
    who = {name: value for name, value in (("id", extension.id), ("key", extension.key)) if value is not None}
    told = [{**error, "errorByExtension": who} for error in errors]
    first = {name: value for name, value in told[0].items() if name not in ("code", "message")}
    refusal = ApiError(400, told[0]["code"], told[0]["message"], **first)
    refusal.others = tuple(told[1:])
    return refusal
