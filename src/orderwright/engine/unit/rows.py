"""The rows a change is made of, before they become SQL: pure data, so that a write is one value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from orderwright.engine.access import EVERYTHING, Visible
from orderwright.engine.messages import Posted
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import Effect, Post

TYPED = (
    "key",
    "order_number",
    "customer_id",
    "customer_email",
    "anonymous_id",
    "store_key",
    "state",
    "shipment_state",
    "payment_state",
    "sku",
)
"""The columns that any type may keep a field in. `columns` of the type says which field."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A document's row. `typed` are the values of TYPED, in that order; `query` is the document less its bulk."""

    id: str
    type: str
    version: int
    created_at: datetime
    last_modified_at: datetime
    typed: tuple[str | None, ...]
    body: str
    query: str


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """A row that replaces the one at `version`; `told` is by how much its message sequence rises."""

    row: Row
    version: int
    told: int = 0


class Insertion(msgspec.Struct, frozen=True, kw_only=True):
    """A new row; `told` is the number of its last Message."""

    row: Row
    told: int = 0


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """A document to delete at `version`."""

    id: str
    type: str
    version: int


class Referenced(msgspec.Struct, frozen=True, kw_only=True):
    """A document that the write refers to: it must be there, and cannot be deleted until the write is done. `named` is how the
    request names it, for the refusal."""

    id: str
    named: Wanted


class Unchanged(msgspec.Struct, frozen=True, kw_only=True):
    """A document that must be there at `version`, and stays until the write is done, although nothing of it is written."""

    id: str
    version: int


class Claim(msgspec.Struct, frozen=True, order=True):
    """A value only one document may hold. `kind` is type and field, such as `order.orderNumber`."""

    kind: str
    value: str
    owner: str


def kind_of(type_id: str, path: str, value: str) -> str:
    """The kind of the claims by which documents have places in one list, such as that of the orders of a SKU."""
    return f"{type_id} {path}={value}"


def catalogue_kind(type_id: str) -> str:
    """The kind of the claims by which those documents of a type are listed that are kept in memory, where not all are."""
    return kind_of(type_id, "", "catalogue")


def place_of(created_at: str, id: str) -> str:
    """The place of a document in any list: the order of creation."""
    return f"{created_at} {id}"


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the `variant` table."""

    product_id: str
    staged: bool
    variant_id: int
    sku: str | None
    master: bool
    body: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request with an Idempotency-Key, kept for the same request when it comes again.

    `key` and `request` are hashes (`engine.access.Once`), `body` is the document as it is answered, at `version`.
    """

    key: bytes
    request: bytes
    status: int
    type: str
    id: str
    version: int
    created_at: datetime
    body: str


ChangeKind = Literal["created", "updated", "edited", "deleted", "erased", "told"]
"""What a change did to a document. One that is edited is updated, of which Messages alone tell, as of an order under an edit. One
that is erased is deleted with all that shows it. Of one that is only told of, a Message tells without a new version of it, as of
a stock that an order has taken from."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """That a document has changed: to which version, when, by whom, and the ids of the Messages that tell of it.

    `who` and `identifiers`, which are what the user calls it, are JSON. `subscribers` are the ids of the subscriptions that
    are to hear of it; None where there are none, or once they have it.
    """

    id: str
    resource_type: str
    resource_id: str
    version: int
    kind: ChangeKind
    at: datetime
    who: str
    identifiers: str
    messages: tuple[str, ...]
    subscribers: tuple[str, ...] | None = None


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """A number without gaps. The write's own transaction draws it before anything else, and `filled` makes the unit with it.
    Everything but what shows the number must be the same each time, the `write_id` too."""

    scope: str
    period: str
    filled: Callable[[int], Unit]


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One write: all of it happens, or nothing. `write_id` tells a retry whether the first attempt had happened.

    `post` is there for the Messages that effects tell; None where the project keeps none.

    A unit that `draws` a number is replaced by the one that is made of it. A `dry_run` is refused as any other, or else undone.
    """

    shard: str
    write_id: str
    visible: Visible = EVERYTHING
    inserts: tuple[Insertion, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    removals: tuple[Removal, ...] = ()
    referenced: tuple[Referenced, ...] = ()
    unchanged: Unchanged | None = None
    claims: tuple[Claim, ...] = ()
    releases: tuple[Claim, ...] = ()
    messages: tuple[Posted, ...] = ()
    changes: tuple[Recorded, ...] = ()
    variants: tuple[Variant, ...] = ()
    variants_of: str | None = None
    effects: tuple[Effect, ...] = ()
    post: Post | None = None
    kept: Kept | None = None
    draws: Draw | None = None
    dry_run: bool = False

    @property
    def witness(self) -> tuple[str, str | bytes]:
        """Table and id of the row that tells best whether this write happened.

        What is kept for a repetition says whose it is, whatever happened since. A Message or a document of its own exists
        only through this write; a document that it replaced may have changed again.
        """
        if self.kept is not None:
            return "idempotency", self.kept.key
        if self.messages and self.draws is None:  # with each number that is drawn come other Messages
            return "message", self.messages[0].id
        ids = [*(made.row.id for made in self.inserts), *(change.row.id for change in self.replacements)]
        return "document", (ids or [removal.id for removal in self.removals])[0]
