"""The order as the API has it, in both dialects."""

from __future__ import annotations

import json
from typing import Any

from orderwright.desk.order.reading import Json, payments_of, pretty, read
from orderwright.desk.visit import Visit
from orderwright.domain.order.resource import RESOURCE
from orderwright.domain.payment.model import Payment
from orderwright.emporix.render import Beside, in_force_json, rendered_json
from orderwright.engine.access import shard_of
from orderwright.engine.json.codec import decoder, encode
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.slices import LARGE


async def page(visit: Visit, id: str) -> Answer:
    """The order as it is answered in the first dialect, and as the second one shows it."""
    order = await read(visit, id)
    first, second = await visit.calls.text("orders", order["id"]), await _second(visit, order)
    here = visit.at("orders", order["id"])
    return visit.page("order_raw.html", order=order, here=here, first=_laid_out(first), second=second)


def _laid_out(text: str) -> str:
    """A document with its members on lines of their own; a very large one as it is, since that cannot be done in parts."""
    return pretty(json.loads(text)) if len(text) <= LARGE else text


async def _second(visit: Visit, order: Json) -> str | None:
    """What the visitor has just read, as the second dialect has it: with what only that keeps, and with those payments alone that
    the token opens."""
    shard = shard_of(visit.session.project_key)
    body = await visit.house.verbs.documents.body(shard, RESOURCE.type_id, Lookup("id", order["id"]), ())
    if body is None:
        return None
    payments = await payments_of(visit, order)
    paid = tuple(decoder(Payment).decode(encode(each)) for each in payments if "transactions" in each)
    shown: dict[str, Any] = rendered_json(in_force_json(body), Beside(tenant=visit.session.project_key, payments=paid))
    return _laid_out(encode(shown).decode())
