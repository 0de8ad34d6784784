"""What an extension is asked, and what its answer means.

commercetools: API Extensions, Input and Response.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from orderwright.domain.extension.model import Extension, ExtensionAction
from orderwright.domain.extension.refusals import bad_response, refused_by, update_actions_failed
from orderwright.engine.actions import ActionSet
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Action
from orderwright.errors import ApiError

MOST_ACTIONS = 100
_NONE = msgspec.Raw(b"[]")
_ERROR_MEMBERS = {"localizedMessage": dict, "extensionExtraInfo": dict}
"""What an error may carry beside its code and its message."""


def question(action: ExtensionAction, type_id: str, id: str, document: bytes, old: bytes | None) -> bytes:
    """The body that is sent: the action, and the documents as they are expanded."""
    parts = [b'{"action":"%s","resource":%s' % (action.encode(), _expanded(type_id, id, document))]
    if old is not None:
        parts.append(b',"oldResource":' + _expanded(type_id, id, old))
    return b"".join((*parts, b"}"))


def _expanded(type_id: str, id: str, document: bytes) -> bytes:
    return b'{"typeId":"%s","id":"%s","obj":%s}' % (type_id.encode(), id.encode(), document)


def answered(extension: Extension, status: int, body: bytes, accepted: ActionSet[Any]) -> Sequence[Action]:
    """The update actions that an answer asks for, at most 100, as the type's own actions.

    Raises the extension's own errors, `ExtensionUpdateActionsFailed` for actions that the type does not have, and
    `ExtensionBadResponse` for anything that is no answer.
    """
    if status in (200, 201):
        return _actions(extension, status, body, accepted) if body.strip() else ()
    if status == 400:
        errors = _read(extension, status, body).get("errors")
        if isinstance(errors, list) and errors and all(map(_is_error, errors)):
            raise refused_by(extension, [_told(error) for error in errors])
        raise bad_response(extension, "The extension did not return the expected JSON.", status, body)
    raise bad_response(extension, f"'{status}' is not an expected status code.", status, body)


def _read(extension: Extension, status: int, body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise bad_response(extension, "The extension did not return the expected JSON.", status, body)
    return found


def _actions(extension: Extension, status: int, body: bytes, accepted: ActionSet[Any]) -> Sequence[Action]:
    try:
        named = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        sent = named.get("actions", _NONE)
        sent = _NONE if bytes(sent) == b"null" else sent  # as a member that is absent
        number = len(msgspec.json.decode(sent, type=list[msgspec.Raw]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_response(extension, "The extension did not return the expected JSON.", status, body) from None
    if number > MOST_ACTIONS:
        message = f"The extension returned more than {MOST_ACTIONS} update actions."
        raise bad_response(extension, message, status, body)
    try:
        found = decode_body(accepted.update_type(), encode({"version": 0, "actions": sent}))
    except ApiError as error:
        raise update_actions_failed(extension, error) from None
    read: Sequence[Action] = found.actions
    return read


def _is_error(error: Any) -> bool:
    return isinstance(error, dict) and all(isinstance(error.get(name), str) and error[name] for name in ("code", "message"))


def _told(error: dict[str, Any]) -> dict[str, Any]:
    told = {name: error[name] for name, kind in _ERROR_MEMBERS.items() if isinstance(error.get(name), kind)}
    return {"code": error["code"], "message": error["message"], **told}
