"""A negotiation, step by step, on the shop of `facts.py`: what a request would have read before each step, and what comes of it.

Ada's cart is that of `domain/order/orders.py`: two mugs at 9.99 and a book at 20.00 with shipping at 4.95: 44.93. The seller
takes a tenth off all items: a mug is 9.99 - 0.999 = 8.991, so 8.99, and the book 18.00; 17.98 + 18.00 + 4.95 = 40.93.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from domain.changes import changed, made
from domain.facts import NOW, catalogue, custom_field, facts, uid
from domain.order.orders import ADA, KNOWN, VIP, cart_of, state
from orderwright.domain.cart.resource import RESOURCE as CARTS
from orderwright.domain.custom.model import CustomFieldStringType, Type
from orderwright.domain.quote.offer.model import KeptQuote
from orderwright.domain.quote.offer.resource import RESOURCE as QUOTES
from orderwright.domain.quote.quote_request.model import KeptQuoteRequest
from orderwright.domain.quote.quote_request.resource import RESOURCE as REQUESTS
from orderwright.domain.quote.staged_quote.model import StagedQuote
from orderwright.domain.quote.staged_quote.resource import RESOURCE as STAGED
from orderwright.domain.sale.model import Cart
from orderwright.engine.actions import Change
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.resource import ResourceType, as_change

ASKED, OFFERED = 4493, 4093
TENTH_OFF: dict[str, Any] = {
    "action": "setDirectDiscounts",
    "discounts": [
        {"value": {"type": "relative", "permyriad": 1000}, "target": {"type": "lineItems", "predicate": "1 = 1"}},
    ],
}
QUOTED = Type(
    id=uid(60),
    version=1,
    created_at=NOW,
    last_modified_at=NOW,
    key="quoted",
    name={"en": "Quoted"},
    resource_type_ids=("quote",),
    field_definitions=(custom_field("note", CustomFieldStringType()), custom_field("reason", CustomFieldStringType())),
)
FIRST = {
    name: state(number, name, name, initial=True)  # type: ignore[arg-type]  # the names of three kinds of States
    for number, name in ((90, "QuoteRequestState"), (91, "StagedQuoteState"), (92, "QuoteState"))
}
RULES = catalogue(types=(QUOTED,))


def custom(**fields: str) -> dict[str, Any]:
    """Custom fields of all three."""
    return {"type": {"key": "quoted"}, "fields": fields}


def reading(*documents: tuple[str, Any], rules: Catalogue = RULES, first_id: int = 2000, now: Any = NOW) -> Facts:
    """Facts in which documents were found by their ids, beside the customer and the States."""
    found = [(Wanted(type_id, "id", each.id), each) for type_id, each in documents]
    states = [(Wanted("state", by, value), each) for each in FIRST.values() for by, value in (("id", each.id), ("key", each.key))]  # type: ignore[arg-type]  # two of the ways
    return facts(rules, found=[*KNOWN, *states, *found], first_id=first_id, now=now)


def hers(**more: Any) -> Cart:
    """Ada's cart at version 3. Her group came with her."""
    return replace(cart_of(), customer_id=ADA.id, customer_group=VIP, **more)


def asked(cart: Cart | None = None, **more: Any) -> KeptQuoteRequest:
    """Her request."""
    cart = cart or hers()
    draft = {"cart": {"typeId": "cart", "id": cart.id}, "cartVersion": cart.version, **more}
    found: KeptQuoteRequest = made(REQUESTS, draft, reading(("cart", cart), first_id=1100))
    return found


def made_change(resource: ResourceType, draft: dict[str, Any], known: Facts) -> Change[Any]:
    """What a draft makes, with all that changes beside it."""
    return as_change(resource.create(decode_body(resource.draft, encode(draft)), known))


def staged(request: KeptQuoteRequest | None = None, **more: Any) -> tuple[StagedQuote, Cart]:
    """The seller's draft of an offer, and its cart."""
    request = request or asked()
    draft = {"quoteRequest": {"typeId": "quote-request", "id": request.id}, "quoteRequestVersion": request.version, **more}
    change = made_change(STAGED, draft, reading(("quote-request", request), first_id=1200))
    (inserted,) = change.inserted
    return change.after, inserted.document


def cheaper(cart: Cart) -> Cart:
    """The cart with a tenth off."""
    after: Cart = changed(CARTS, cart, TENTH_OFF, facts=reading(first_id=1300))
    return after


def quoted(staging: StagedQuote, cart: Cart, **more: Any) -> KeptQuote:
    """The offer."""
    draft = {"stagedQuote": {"typeId": "staged-quote", "id": staging.id}, "stagedQuoteVersion": staging.version, **more}
    known = reading(("staged-quote", staging), ("cart", cart), first_id=1400)
    found: KeptQuote = made(QUOTES, draft, known)
    return found


def offered(**more: Any) -> KeptQuote:
    """An offer with a tenth off."""
    staging, cart = staged()
    return quoted(replace(staging, **more), cheaper(cart))


def named(type_id: str, id: str) -> Reference:
    """A reference."""
    return Reference(type_id=type_id, id=id)
