"""Edits of an order: made with staged actions, looked at with what they would come to, and applied or discarded."""

from __future__ import annotations

from typing import Any, Final

from orderwright.desk.order import reading, refusing
from orderwright.desk.order.forms import choices, staged
from orderwright.desk.order.forms.fields import given, text, version
from orderwright.desk.order.refusing import Refusal, Typed
from orderwright.desk.visit import Visit
from orderwright.errors import ApiError, concurrent_modification, resource_not_found
from orderwright.http.wire.exchange import Answer

OPEN: Final = 10
"""Edits of an order that wait, the newest ones."""


async def page(visit: Visit, id: str) -> Answer:
    """The form of a new edit, and the edits that wait to be applied."""
    return await _form(visit, await reading.read(visit, id), None)


async def make(visit: Visit, id: str) -> Answer:
    """Stage an edit of the order at the version that was shown, and show what it would come to."""
    order = await reading.read(visit, id)
    try:
        shown = version(visit.form)
        if shown != order["version"]:
            raise concurrent_modification(order["id"], shown, order["version"])
        actions = staged.staged(visit.form, order)
        draft = {"resource": {"typeId": "order", "id": order["id"]}, "stagedActions": actions}
        edit = await visit.calls.post("orders", "edits", document={**draft, **given(comment=text(visit.form, "comment"))})
    except ApiError as error:
        return await _form(visit, order, await _refusal(visit, "edit", error, order))
    return visit.see("orders", order["id"], "edits", edit["id"])


async def preview(visit: Visit, id: str, edit_id: str) -> Answer:
    """An edit, with what it would come to for the order as it is now, or came to."""
    return await _preview(visit, await reading.read(visit, id), edit_id, None)


async def apply(visit: Visit, id: str, edit_id: str) -> Answer:
    """Apply an edit, at the versions of it and of its order that were shown."""
    order = await reading.read(visit, id)
    edit = await _edit(visit, order, edit_id)
    try:
        versions = {"editVersion": version(visit.form, "edit"), "resourceVersion": version(visit.form)}
        await visit.calls.post("orders", "edits", edit["id"], "apply", document=versions)
    except ApiError as error:
        return await _preview(visit, order, edit_id, await _refusal(visit, "apply", error, order))
    return visit.see("orders", order["id"], done="edit")


async def discard(visit: Visit, id: str, edit_id: str) -> Answer:
    """Delete an edit that was not applied, at the version that was shown."""
    order = await reading.read(visit, id)
    edit = await _edit(visit, order, edit_id)
    try:
        await visit.calls.delete("orders", "edits", edit["id"], version=version(visit.form, "edit"))
    except ApiError as error:
        return await _preview(visit, order, edit_id, await _refusal(visit, "discard", error, order))
    return visit.see("orders", order["id"], "edit")


async def back(visit: Visit, id: str, edit_id: str) -> Answer:
    """Who asks for the address of a form of an edit sees the edit."""
    return visit.see("orders", id, "edits", edit_id)


async def _refusal(visit: Visit, name: str, error: ApiError, order: Any) -> Refusal:
    shown = text(visit.form, "version")
    known = int(shown) if shown.isdecimal() and len(shown) <= 15 else None
    return await refusing.of_order(visit, name, error, order["id"], known)


async def _edit(visit: Visit, order: Any, edit_id: str) -> Any:
    edit = await visit.calls.get("orders", "edits", edit_id)
    if edit["resource"]["id"] != order["id"]:
        raise resource_not_found(named=f"id '{edit_id[:200]}'")
    return edit


async def _form(visit: Visit, order: Any, refused: Refusal | None) -> Answer:
    asked = [("where", f'resource(id = "{order["id"]}")'), ("sort", "createdAt desc"), ("limit", str(OPEN))]
    found = await visit.calls.found("orders", "edits", asked=[*asked, ("withTotal", "false")])
    return visit.page(
        "order_edit.html",
        refused.error.status if refused else 200,
        order=order,
        here=visit.at("orders", order["id"]),
        items=[*order["lineItems"], *order["customLineItems"]],
        edits=[edit for edit in (found["results"] if found else ()) if edit["result"]["type"] != "Applied"],
        added=range(1, staged.ADDED + 1),
        choices=choices,
        typed=Typed(refused),
        refused=refused,
    )


async def _preview(visit: Visit, order: Any, edit_id: str, refused: Refusal | None) -> Answer:
    edit = await _edit(visit, order, edit_id)
    after = edit["result"].get("preview")
    return visit.page(
        "order_preview.html",
        refused.error.status if refused else 200,
        order=order,
        here=visit.at("orders", order["id"]),
        edit=edit,
        result=edit["result"],
        amounts=staged.amounts(order, after) if after else (),
        lines=staged.changed_lines(order, after) if after else (),
        after=after,
        refused=refused,
        typed=Typed(refused),
    )
