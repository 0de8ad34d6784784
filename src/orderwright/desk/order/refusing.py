"""A form that was refused comes again: with what was typed, why, and what others did meanwhile."""

from __future__ import annotations

from typing import Any, NamedTuple

from orderwright.desk.order.since import Entry, since, who_of
from orderwright.desk.visit import Fields, Visit
from orderwright.errors import ApiError

Part = tuple[str, str] | None
"""Of several forms of one name the one that is meant: a hidden field of it, and its value."""


class Refusal(NamedTuple):
    """A form that was refused: its name, why, the fields as they were typed, and what happened meanwhile, if that was why."""

    form: str
    error: ApiError
    fields: Fields
    since: tuple[Entry, ...] = ()

    @property
    def late(self) -> bool:
        """Whether somebody else was quicker."""
        return is_late(self.error)


class Typed:
    """The values of the fields of forms: what was typed into the one that was refused, else what the page has for it."""

    def __init__(self, refused: Refusal | None) -> None:
        self._refused = refused

    def __call__(self, form: str, field: str, otherwise: Any = "", part: Part = None) -> Any:
        """The value of a field."""
        refused = self.wrong(form, part)
        return otherwise or "" if refused is None else refused.fields.get(field, ("",))[0]

    def wrong(self, form: str, part: Part = None) -> Refusal | None:
        """Why a form was refused; None where it was not."""
        refused = self._refused
        if refused is None or refused.form != form:
            return None
        return refused if part is None or refused.fields.get(part[0], ("",))[0] == part[1] else None


async def of_order(visit: Visit, form: str, error: ApiError, order_id: str, version: int | None) -> Refusal:
    """A form about an order that the API has refused. Raises the error itself where the form is not what was wrong."""
    told = tuple(await since(visit, order_id, version)) if is_late(error) and version is not None else ()
    return Refusal(form, _form_is_wrong(error), visit.form, told)


async def of_other(visit: Visit, form: str, error: ApiError, *words: str) -> Refusal:
    """The same about another document, such as a payment: who changed it last is all that it tells."""
    found = await visit.calls.found(*words) if is_late(error) else None
    told: tuple[Entry, ...] = ()
    if found is not None:
        who = who_of(found.get("lastModifiedBy") or {}, visit.words)
        told = (Entry(found["version"], found["lastModifiedAt"], who, (visit.words("Changed"),)),)
    return Refusal(form, _form_is_wrong(error), visit.form, told)


def is_late(error: ApiError) -> bool:
    """Whether what was refused was of an older version."""
    return error.status == 409 and error.code == "ConcurrentModification"


def _form_is_wrong(error: ApiError) -> ApiError:
    if error.status == 401 or error.status >= 500:
        raise error
    return error
