"""What changes beside the documents, in the transaction of a write. Storage has a statement for each of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from orderwright.engine.messages import Message, Posted
from orderwright.engine.model import Resource
from orderwright.errors import ApiError


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A change beside the documents. Where its condition does not hold, nothing is stored and `refused` is raised. Without a
    `refused` that counts as a passing conflict."""

    refused: ApiError | None = None


class Telling(msgspec.Struct, frozen=True):
    """What an effect tells of another document: `told` makes the Messages of the number that the effect's statement returns, such
    as what is left of a stock, which only the database can say."""

    type_id: str
    document: Resource
    told: Callable[[int], Sequence[Message]]


Post = Callable[[Telling, Sequence[Message], int, int], tuple[tuple[Posted, ...], Any]]
"""Puts such Messages into their envelopes, given the version of the document and the number of its last one, and makes the row
(`Recorded`) that records them."""


class Unreferenced(Effect, frozen=True, kw_only=True):
    """The condition that no document of a type matches the jsonpath `path`, which looks for references to what this write
    removes."""

    type_id: str
    path: str


class CatalogueStays(Effect, frozen=True, kw_only=True):
    """The project's catalogue is at this version, and nobody else changes it until the write is done: what was counted in it is
    what there is."""

    version: int


class RaiseCatalogue(Effect, frozen=True, kw_only=True):
    """The project's catalogue has changed, and every process must read it anew."""


class SetSecret(Effect, frozen=True, kw_only=True):
    """The value of a setting that no answer shows; None takes it away. Of several the last one counts."""

    name: str
    value: str | None


class CategorySubtree(Effect, frozen=True, kw_only=True):
    """Exactly `size` categories are below one, once the write is done. `below` is what their queried copies contain, as JSON."""

    below: str
    size: int


class CategoryChildrenShare(Effect, frozen=True, kw_only=True):
    """No child of a category lacks all of these stores, by their keys. `children` is what the queried copy of a child contains,
    as JSON."""

    children: str
    stores: tuple[str, ...]


class CategoryStays(Effect, frozen=True, kw_only=True):
    """A category has these `ancestors` and `stores`, as JSON, and keeps them until the write is done."""

    id: str
    ancestors: str
    stores: str


class StaysAt(Effect, frozen=True, kw_only=True):
    """A document is at this version and keeps it until the write is done."""

    id: str
    version: int


class UnitsBelow(Effect, frozen=True, kw_only=True):
    """Exactly `size` business units have one of these `parents`, by their keys, once the write is done."""

    parents: tuple[str, ...]
    size: int


class TellOf(Effect, frozen=True, kw_only=True):
    """What is told of another document that changes in the same write."""

    id: str
    telling: Telling


class QueueRenewals(Effect, frozen=True, kw_only=True):
    """Documents that copy something are to be written anew, since it has changed at `since_ms`, in milliseconds, or will change
    then. Each of the values, which differ, is an entry of the queue."""

    kind: str
    values: tuple[str, ...]
    since_ms: int


class KeepImage(Effect, frozen=True, kw_only=True):
    """The bytes of an image that was uploaded for a product."""

    id: str
    product_id: str
    content_type: str
    created_at: datetime
    content: bytes


class DropImages(Effect, frozen=True, kw_only=True):
    """Images that their product shows no longer."""

    product_id: str
    ids: tuple[str, ...]


class DropAllImages(Effect, frozen=True, kw_only=True):
    """All images of a product."""

    product_id: str


class SetPassword(Effect, frozen=True, kw_only=True):
    """A customer's password, in the place of the one before; None takes it away. Of several the last one counts."""

    customer_id: str
    hash: str | None


class KeepDetails(Effect, frozen=True, kw_only=True):
    """What a customer has told of herself beside her document: members of a JSON object, to those that are there already. One of
    null is taken away, and None takes all of them away."""

    customer_id: str
    members: str | None


class EndSessions(Effect, frozen=True, kw_only=True):
    """Every token of a customer is void, so that whoever holds one must sign in again."""

    customer_id: str


class GuardPriceScope(Effect, frozen=True, kw_only=True):
    """No other price of the SKU and scope was written since the others were read, when their count was `version`."""

    sku: str
    scope: str
    version: int


class OpenStock(Effect, frozen=True, kw_only=True):
    """The counters of a new inventory entry."""

    entry: str
    pieces: int


class CloseStock(Effect, frozen=True, kw_only=True):
    """The counters of an inventory entry that goes."""

    entry: str


class MoveStock(Effect, frozen=True, kw_only=True):
    """More or fewer pieces. The counters must be as they were read, when what was reserved until `at` was available again."""

    entry: str
    by: int
    on_stock: int
    available: int
    at: datetime


class HoldStock(Effect, frozen=True, kw_only=True):
    """What a cart keeps of an entry from now on: new reservations in the place of old ones, which are named by their ids.

    `ids`, `versions`, `pieces` and `expire` belong together; `expire` has None for what is kept until it is given back. It is as
    if what was reserved until `at` had been given back before. More than before is only kept if it is available.
    """

    entry: str
    cart: str
    old: tuple[str, ...]
    at: datetime
    ids: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    pieces: tuple[int, ...] = ()
    expire: tuple[datetime | None, ...] = ()


class TakeStock(Effect, frozen=True, kw_only=True):
    """Pieces that an order takes, as long as at least `least` are left available. What it tells depends on how many are left.

    The cart's reservations end with it: all of those that are still `held` must be there, those that are `over` may be. It is as
    if what was reserved until `at` had been given back before.
    """

    entry: str
    pieces: int
    least: int
    at: datetime
    held: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    telling: Telling


class UseDiscountCode(Effect, frozen=True, kw_only=True):
    """One use more of a discount code by an order, of all orders or, with one, of a customer's; as long as there are fewer than
    `most`, where they are limited. Of one code those of all stand first."""

    code: str
    customer: str
    most: int | None


class ForgetUses(Effect, frozen=True, kw_only=True):
    """How often a customer has used discount codes is no longer known of her."""

    customer: str


class EraseMessages(Effect, frozen=True, kw_only=True):
    """Everything that tells of a document."""

    id: str


class EraseTokenMessages(Effect, frozen=True, kw_only=True):
    """What was told of a customer's tokens."""

    id: str


class EraseAnswers(Effect, frozen=True, kw_only=True):
    """What was answered about a document and is kept for repeated requests."""

    id: str


TokenKind = Literal["password", "email"]


class IssueCustomerToken(Effect, frozen=True, kw_only=True):
    """A token to reset a customer's password with, or to verify the email."""

    customer_id: str
    kind: TokenKind
    hash: str
    expires_at: datetime


class RedeemCustomerToken(Effect, frozen=True, kw_only=True):
    """The token is used up; it must be there, the customer's, and not expired `at` this time."""

    customer_id: str
    kind: TokenKind
    hash: str
    at: datetime


class VoidCustomerTokens(Effect, frozen=True, kw_only=True):
    """The customer's tokens of a kind are good for nothing, but for the one with the hash `but`."""

    customer_id: str
    kind: TokenKind
    but: str = ""
