"""Order edits: what has not been applied is shown with what would come of it, and one is applied by the write of its order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from orderwright.domain.order.kept import served
from orderwright.domain.order_edit.applying import APPLIED, STAGED, Apply
from orderwright.domain.order_edit.drafts import OrderEditApply
from orderwright.domain.order_edit.model import (
    OrderEdit,
    OrderEditApplied,
    OrderEditPreviewFailure,
    OrderEditPreviewSuccess,
    ShownOrderEdit,
)
from orderwright.domain.order_edit.resource import RESOURCE
from orderwright.engine.access import Access
from orderwright.engine.json.codec import decode_body, decoder, encode, to_builtins
from orderwright.engine.json.paths import Path
from orderwright.engine.messages import Message
from orderwright.errors import ApiError
from orderwright.http.api import endpoints
from orderwright.http.api.doors import PROJECT
from orderwright.http.api.endpoints import Endpoints, expansions, named
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.storage.documents.documents import Lookup
from orderwright.verbs.verbs import Verbs


def routes(house: House) -> Iterator[Route]:
    """What all resources have, with previews in what is answered of one edit; and applying one."""
    made = Edits(house.verbs, RESOURCE)
    for row in endpoints.routes(house.verbs, RESOURCE, (PROJECT,), made):
        yield dataclasses.replace(row, instead=True)
    yield Route(
        at=f"{RESOURCE.path}/id/apply",
        method="POST",
        verb="apply",
        endpoint=made.apply,
        family=RESOURCE.path,
        resource=RESOURCE,
        body=OrderEditApply,
        queries=(),
    )


class Edits(Endpoints):
    """The endpoints of order edits."""

    async def create(self, asked: Asked) -> Answer:
        """POST: 201 with the edit and its preview, also of one that is only tried."""
        paths = expansions(asked)
        draft = decode_body(self.resource.draft, asked.request.body)
        asked = _tried(asked) if draft.dry_run else asked
        return await self.document(201, await self.verbs.create(self.resource, draft, asked.access), paths, asked)

    async def update(self, asked: Asked) -> Answer:
        """POST: the edit after its actions, with its preview, also where they are only tried."""
        paths = expansions(asked)
        update = decode_body(self._update, asked.request.body)
        asked = _tried(asked) if update.dry_run else asked
        body = await self.verbs.update(self.resource, named(asked), update.version, update.actions, asked.access)
        return await self.document(200, body, paths, asked)

    async def apply(self, asked: Asked) -> Answer:
        """POST: the edit as it is once its order was changed, in the same write.

        Raises 404, `ConcurrentModification` for another version of either, and what its actions raise.
        """
        versions = decode_body(OrderEditApply, asked.request.body)
        edit = _edit(await self.verbs.get(self.resource, named(asked), asked.access))
        actions = [Apply(edit=edit.id, version=versions.edit_version), *edit.staged_actions]
        order = Lookup("id", edit.resource.id)
        await self.verbs.update(APPLIED, order, versions.resource_version, actions, asked.access)
        return Answer(200, await self.verbs.get(self.resource, named(asked), asked.access))

    async def document(self, status: int, body: bytes, paths: list[Path], asked: Asked) -> Answer:
        """The edit as it is answered. One that is gone, or was applied, is shown as it was stored."""
        if asked.request.method != "DELETE":
            body = encode(await previewed(self.verbs, _edit(body), asked.access))
        return await super().document(status, body, paths, asked)


async def previewed(verbs: Verbs, edit: OrderEdit, access: Access) -> ShownOrderEdit | OrderEdit:
    """The edit with what would come of it if it were applied to its order as that is now."""
    if isinstance(edit.result, OrderEditApplied):
        return edit
    members: dict[str, Any] = {name: getattr(edit, name) for name in edit.__struct_fields__}
    return ShownOrderEdit(**members | {"result": await result_of(verbs, edit, access)})


async def result_of(verbs: Verbs, edit: OrderEdit, access: Access) -> OrderEditPreviewSuccess | OrderEditPreviewFailure:
    """What would come of an edit. Raises what is no fault of its actions, as that the database is away."""
    try:
        decided = await verbs.tried(STAGED, Lookup("id", edit.resource.id), edit.staged_actions, access)
    except ApiError as error:
        if error.status >= 500:
            raise
        # Of which action it is the schema of errors takes as a text alone.
        fields = {name: value for name, value in error.fields.items() if name != "action"}
        return OrderEditPreviewFailure(errors=({"code": error.code, "message": error.message, **fields},))
    payloads = (to_builtins(message) for message in decided.change.messages if isinstance(message, Message))
    return OrderEditPreviewSuccess(preview=served(decided.after), message_payloads=tuple(payloads))


def _edit(body: bytes) -> OrderEdit:
    edit: OrderEdit = decoder(OrderEdit).decode(body)
    return edit


def _tried(asked: Asked) -> Asked:
    return dataclasses.replace(asked, access=replace(asked.access, dry_run=True))
