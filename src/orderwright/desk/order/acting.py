"""A form of an order is sent: one call of the API at the shown version, and the same page again where that is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from orderwright.desk.order import picking, reading, refusing
from orderwright.desk.order.forms.fields import Json, text, version
from orderwright.desk.order.forms.table import FORMS, UNKNOWN, Form
from orderwright.desk.order.refusing import Refusal
from orderwright.desk.visit import Visit
from orderwright.errors import ApiError, invalid_input
from orderwright.http.wire.exchange import Answer

Shown = Callable[[Visit, str, Refusal | None], Awaitable[Answer]]
PAGES: Final[Mapping[str, Shown]] = {
    "order": reading.shown,
    **{name: picking.pages(name) for name in picking.PAGES},
}
"""The pages on which forms stand."""


async def act(visit: Visit, id: str, *, name: str) -> Answer:
    """Do what a form says, and show the order. Raises 404 for an order that is not there for this visitor."""
    form, order = FORMS[name], await reading.read(visit, id)
    about: Any = order
    try:
        about = await _about(visit, form, order)
        shown = version(visit.form)
        # Of an older version the form can not be read any more, and the API has only to say so.
        actions = form.actions(visit.form, about) if shown == about["version"] else ()
        await visit.calls.post(form.about, about["id"], document={"version": shown, "actions": list(actions)})
    except ApiError as error:
        return await PAGES[form.page](visit, order["id"], await _refusal(visit, name, error, about))
    return visit.see("orders", order["id"], done=name)


async def back(visit: Visit, id: str) -> Answer:
    """Who asks for the address of a form by itself, as by a reload, sees the order."""
    return visit.see("orders", id)


async def _about(visit: Visit, form: Form, order: Json) -> Json:
    if form.about == "orders":
        return order
    id = text(visit.form, "payment")
    for payment in await reading.payments_of(visit, order):
        if payment["id"] == id and "transactions" in payment:
            return payment
    raise invalid_input(UNKNOWN)


async def _refusal(visit: Visit, name: str, error: ApiError, about: Json) -> Refusal:
    if FORMS[name].about != "orders" and "transactions" in about:
        return await refusing.of_other(visit, name, error, FORMS[name].about, about["id"])
    typed = text(visit.form, "version")
    shown = int(typed) if typed.isdecimal() and len(typed) <= 15 else None
    return await refusing.of_order(visit, name, error, about["id"], shown)
