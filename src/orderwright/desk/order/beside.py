"""What is written beside an order: a note about it, and deliveries of its Messages that are to be sent again."""

from __future__ import annotations

from orderwright.desk.order import reading, refusing
from orderwright.desk.order.forms.fields import nothing, quantities, text, version
from orderwright.desk.order.kept_notes import CONTAINER, Notes, kept_notes, with_note
from orderwright.desk.order.since import since
from orderwright.desk.visit import Visit
from orderwright.engine.clock import now
from orderwright.errors import ApiError
from orderwright.http.wire.exchange import Answer


async def note(visit: Visit, id: str) -> Answer:
    """Add a note, at the version of the notes that were shown. Raises 404 for an order that is not there for this visitor."""
    order = await reading.read(visit, id)
    kept = await kept_notes(visit, order["id"]) or Notes(0)
    try:
        value = with_note(
            kept, text(visit.form, "text").replace("\r\n", "\n"), str(now()), visit.session.name or visit.session.client_id
        )
        draft = {"container": CONTAINER, "key": order["id"], "value": value, "version": version(visit.form)}
        await visit.calls.post("custom-objects", document=draft)
    except ApiError as error:
        refused = await refusing.of_other(visit, "note", error, "custom-objects", CONTAINER, order["id"])
        return await reading.shown(visit, order["id"], refused)
    return visit.see("orders", order["id"], done="note")


async def replay(visit: Visit, id: str) -> Answer:
    """Have a subscription sent again what tells of the chosen changes (`change.VERSION`). Raises 404 as a note does."""
    order = await reading.read(visit, id)
    try:
        chosen = {place for place, _ in quantities(visit.form, "change.")}
        entries = await since(visit, order["id"], 0)
        messages = [message for entry in entries if str(entry.version) in chosen for message in entry.messages]
        subscription = text(visit.form, "subscription")
        if not messages or not subscription:
            raise nothing()
        path = ("subscriptions", subscription, "deliveries", "replay")
        sent = await visit.calls.post(*path, document={"messageIds": messages})
    except ApiError as error:
        return await reading.shown(visit, order["id"], await refusing.of_order(visit, "replay", error, order["id"], None))
    return visit.see("orders", order["id"], done="replay", queued=str(sent["queued"]))
