"""From a buyer's request to the seller's offer: what is copied, what is refused, and which states may follow which."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, not_made, refused, told
from domain.facts import uid
from domain.order.orders import ADA, VIP
from domain.quote.quotes import (
    ASKED,
    FIRST,
    OFFERED,
    asked,
    cheaper,
    custom,
    hers,
    made_change,
    named,
    offered,
    quoted,
    reading,
    staged,
)
from orderwright.domain.customer.model import Customer
from orderwright.domain.quote.offer.messages import QuoteCustomerChanged, QuoteRenegotiationRequested, QuoteStateChanged
from orderwright.domain.quote.offer.model import TRANSITIONS as OF_QUOTES
from orderwright.domain.quote.offer.resource import MINE as MY_QUOTES
from orderwright.domain.quote.offer.resource import RESOURCE as QUOTES
from orderwright.domain.quote.offer.resource import SERVED as SERVED_QUOTE
from orderwright.domain.quote.quote_request.messages import QuoteRequestCustomerChanged, QuoteRequestStateChanged
from orderwright.domain.quote.quote_request.model import TRANSITIONS as OF_REQUESTS
from orderwright.domain.quote.quote_request.resource import MINE as MY_REQUESTS
from orderwright.domain.quote.quote_request.resource import RESOURCE as REQUESTS
from orderwright.domain.quote.quote_request.resource import SERVED as SERVED_REQUEST
from orderwright.domain.quote.staged_quote.messages import (
    StagedQuoteSellerCommentSet,
    StagedQuoteStateChanged,
    StagedQuoteValidToSet,
)
from orderwright.domain.quote.staged_quote.model import TRANSITIONS as OF_STAGED
from orderwright.domain.quote.staged_quote.resource import RESOURCE as STAGED
from orderwright.domain.quote.terms import BESIDE, SHOWN
from orderwright.domain.sale.discounts.portions import DiscountCodeInfo
from orderwright.domain.sale.model import SHARED
from orderwright.engine.json.codec import encode, plain


def test_what_a_cart_has_is_shown_kept_or_the_same_for_every_quote() -> None:
    same = {"shipping_mode", "origin", "shipping", "discount_codes", "anonymous_id", "customer_id"}
    assert {*SHOWN, *BESIDE} | same == set(SHARED)
    assert not {*SHOWN}.intersection(BESIDE) and not same.intersection((*SHOWN, *BESIDE))


def test_a_request_is_the_cart_as_it_was() -> None:
    cart = hers()
    request = asked(cart, comment="Cheaper, please", custom=custom(note="a"))
    holds_to_specification("QuoteRequest", SERVED_REQUEST.document(request))
    assert (request.quote_request_state, request.comment, request.cart) == (
        "Submitted",
        "Cheaper, please",
        named("cart", cart.id),
    )
    assert (request.customer, request.customer_group) == (named("customer", ADA.id), VIP)
    assert {name: getattr(request, name) for name in SHOWN} == {name: getattr(cart, name) for name in SHOWN}
    assert (request.total_price.cent_amount, request.purchase_order_number) == (ASKED, "PO-cart")
    assert (request.rest.customer_email, request.rest.locale) == ("ada@example.com", "en")
    assert asked(purchaseOrderNumber="PO-2").purchase_order_number == "PO-2"


def test_what_stands_beside_the_terms_is_not_shown() -> None:
    for body, served in ((encode(asked()), SERVED_REQUEST.body), (encode(offered()), SERVED_QUOTE.body)):
        hidden = {"rest", "quotationCart"}
        assert plain(served(body)) == {name: value for name, value in plain(body).items() if name not in hidden} != plain(body)
    assert encode(SERVED_REQUEST.document(asked())) == SERVED_REQUEST.body(encode(asked()))
    assert encode(SERVED_QUOTE.document(offered())) == SERVED_QUOTE.body(encode(offered()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer_id": None},
        {"shipping_mode": "Multiple"},
        {"shipping_address": None},
        {"line_items": ()},
        {"cart_state": "Ordered"},
        {"cart_state": "Merged"},
        {"discount_codes": (DiscountCodeInfo(discount_code=named("discount-code", uid(5)), state="MatchesCart"),)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_for_some_carts_there_is_no_offer(wrong: dict[str, Any]) -> None:
    cart = replace(hers(), **wrong)
    draft = {"cart": {"id": cart.id}, "cartVersion": cart.version}
    not_made("InvalidOperation", REQUESTS, draft, reading(("cart", cart)))
    staging, made = staged()
    there = reading(("staged-quote", staging), ("cart", replace(made, **wrong)))
    not_made("InvalidOperation", QUOTES, {"stagedQuote": {"id": staging.id}, "stagedQuoteVersion": 1}, there)


def test_each_step_names_the_version_that_it_was_decided_on() -> None:
    cart, request, (staging, made) = hers(), asked(), staged()
    for resource, draft, known in (
        (REQUESTS, {"cart": {"id": cart.id}, "cartVersion": 2}, ("cart", cart)),
        (STAGED, {"quoteRequest": {"id": request.id}, "quoteRequestVersion": 2}, ("quote-request", request)),
        (QUOTES, {"stagedQuote": {"id": staging.id}, "stagedQuoteVersion": 2}, ("staged-quote", staging)),
    ):
        not_made("ConcurrentModification", resource, draft, reading(known, ("cart", made)))
        not_made("ReferencedResourceNotFound", resource, draft, reading())


def test_a_staged_quote_has_a_cart_of_its_own() -> None:
    request = asked(custom=custom(note="a", reason="b"))
    staging, cart = staged(request, custom=custom(reason="c"))
    holds_to_specification("StagedQuote", staging)
    holds_to_specification("Cart", cart)
    assert staging.custom is not None and staging.custom.fields == {"note": "a", "reason": "c"}
    assert (staging.staged_quote_state, staging.quotation_cart) == ("InProgress", named("cart", cart.id))
    assert (staging.purchase_order_number, staging.customer) == ("PO-cart", request.customer)
    assert (cart.origin, cart.cart_state, cart.customer_id, cart.key) == ("Quote", "Active", ADA.id, None)
    assert (cart.total_line_item_quantity, cart.delete_days_after_last_modification) == (3, None)
    source = hers()
    kept = set(SHARED) - {"origin"}
    assert {name: getattr(cart, name) for name in kept} == {name: getattr(source, name) for name in kept}


def test_a_request_is_accepted_with_its_staged_quote_where_that_is_asked_for() -> None:
    request = asked()
    draft = {"quoteRequest": {"id": request.id}, "quoteRequestVersion": 1}
    assert made_change(STAGED, draft, reading(("quote-request", request))).changed == ()
    change = made_change(STAGED, {**draft, "quoteRequestStateToAccepted": True}, reading(("quote-request", request)))
    (other,) = change.changed
    assert (other.type_id, other.before, other.after.quote_request_state) == ("quote-request", request, "Accepted")
    for ended in ("Closed", "Rejected", "Cancelled"):
        known = reading(("quote-request", replace(request, quote_request_state=ended)))
        not_made("InvalidOperation", STAGED, draft, known)


def test_an_offer_is_the_cart_that_it_was_prepared_in() -> None:
    staging, cart = staged()
    sold = cheaper(cart)
    assert sold.total_price.cent_amount == OFFERED
    quote = quoted(replace(staging, seller_comment="Ten percent"), sold, custom=custom(note="x"))
    holds_to_specification("Quote", SERVED_QUOTE.document(quote))
    assert (quote.quote_state, quote.total_price.cent_amount, quote.seller_comment) == ("Pending", OFFERED, "Ten percent")
    assert {name: getattr(quote, name) for name in SHOWN} == {name: getattr(sold, name) for name in SHOWN}
    assert (quote.quote_request, quote.staged_quote) == (staging.quote_request, named("staged-quote", staging.id))
    assert (quote.purchase_order_number, quote.quotation_cart) == ("PO-cart", cart.id)
    draft = {"stagedQuote": {"id": staging.id}, "stagedQuoteVersion": 1, "stagedQuoteStateToSent": True}
    (other,) = made_change(QUOTES, draft, reading(("staged-quote", staging), ("cart", cart))).changed
    assert (other.type_id, other.before, other.after.staged_quote_state) == ("staged-quote", staging, "Sent")
    closed = replace(staging, staged_quote_state="Closed")
    not_made("InvalidOperation", QUOTES, draft, reading(("staged-quote", closed), ("cart", cart)))


STATES = {
    "quoteRequestState": (REQUESTS, OF_REQUESTS, ("Submitted", "Accepted", "Closed", "Rejected", "Cancelled")),
    "stagedQuoteState": (STAGED, OF_STAGED, ("InProgress", "Sent", "Closed")),
    "quoteState": (
        QUOTES,
        OF_QUOTES,
        ("Pending", "Declined", "DeclinedForRenegotiation", "RenegotiationAddressed", "Accepted", "Withdrawn"),
    ),
}
# What may follow what, said once more: of each final state nothing.
ALLOWED = {
    "quoteRequestState": (
        "Submitted>Accepted Submitted>Rejected Submitted>Cancelled Accepted>Closed Accepted>Rejected Accepted>Cancelled"
    ),
    "stagedQuoteState": "InProgress>Sent InProgress>Closed Sent>InProgress Sent>Closed",
    "quoteState": (
        "Pending>Accepted Pending>Declined Pending>Withdrawn DeclinedForRenegotiation>RenegotiationAddressed"
        " DeclinedForRenegotiation>Declined DeclinedForRenegotiation>Withdrawn"
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_which_state_may_follow_which(name: str) -> None:
    resource, _, states = STATES[name]
    document = {"quoteRequestState": asked(), "stagedQuoteState": staged()[0], "quoteState": offered()}[name]
    member = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
    action = f"change{name[0].upper()}{name[1:]}"
    for before, after in itertools.product(states, states):
        there = replace(document, **{member: before})
        if before == after:
            assert told(resource, there, {"action": action, name: after}) == (there, [])
        elif f"{before}>{after}" in ALLOWED[name].split():
            assert getattr(changed(resource, there, {"action": action, name: after}), member) == after
        else:
            refused("InvalidOperation", resource, there, {"action": action, name: after})


def test_what_is_told_of_states_and_owners() -> None:
    eve = Customer(**{**{name: getattr(ADA, name) for name in ADA.__struct_fields__}, "id": uid(75), "email": "eve@example.com"})
    known = reading(("customer", eve))
    owner: dict[str, Any] = {"action": "changeCustomer", "customer": {"id": eve.id}}
    whose = {"customer": named("customer", eve.id), "previous_customer": named("customer", ADA.id)}
    request, messages = told(
        REQUESTS, asked(), owner, {"action": "changeQuoteRequestState", "quoteRequestState": "Accepted"}, facts=known
    )
    assert messages == [
        QuoteRequestCustomerChanged(**whose),
        QuoteRequestStateChanged(quote_request_state="Accepted", old_quote_request_state="Submitted"),
    ]
    assert (request.customer, request.customer_group) == (named("customer", eve.id), VIP)
    _, messages = told(QUOTES, offered(), owner, {"action": "changeQuoteState", "quoteState": "Withdrawn"}, facts=known)
    assert messages == [QuoteCustomerChanged(**whose), QuoteStateChanged(quote_state="Withdrawn", old_quote_state="Pending")]
    sent: list[dict[str, Any]] = [
        {"action": "setSellerComment", "sellerComment": "Ten percent"},
        {"action": "setValidTo", "validTo": "2024-06-01T00:00:00.000Z"},
        {"action": "changeStagedQuoteState", "stagedQuoteState": "Sent"},
    ]
    staging, messages = told(STAGED, staged()[0], *sent)
    assert messages == [
        StagedQuoteSellerCommentSet(seller_comment="Ten percent"),
        StagedQuoteValidToSet(valid_to=staging.valid_to),
        StagedQuoteStateChanged(staged_quote_state="Sent", old_staged_quote_state="InProgress"),
    ]
    without, messages = told(STAGED, staging, {"action": "setSellerComment"}, {"action": "setValidTo"})
    assert (without.seller_comment, without.valid_to) == (None, None)
    assert messages == [StagedQuoteSellerCommentSet(), StagedQuoteValidToSet()]


@pytest.mark.parametrize(
    ("resource", "kind"),
    [(REQUESTS, "QuoteRequestState"), (STAGED, "StagedQuoteState"), (QUOTES, "QuoteState")],
    ids=["request", "staged", "quote"],
)
def test_workflows_and_custom_fields(resource: Any, kind: str) -> None:
    document = {"QuoteRequestState": asked(), "StagedQuoteState": staged()[0], "QuoteState": offered()}[kind]
    move = {"action": "transitionState", "state": {"typeId": "state", "id": FIRST[kind].id}}
    after, (message,) = told(resource, document, move, facts=reading())
    assert (type(message).__name__, after.state) == (f"{kind}Transition", named("state", FIRST[kind].id))
    other = next(each for name, each in FIRST.items() if name != kind)
    refused("InvalidOperation", resource, document, {**move, "state": {"id": other.id}}, facts=reading())
    sent: list[dict[str, Any]] = [
        {"action": "setCustomType", **custom(note="a")},
        {"action": "setCustomField", "name": "reason", "value": "b"},
    ]
    assert changed(resource, document, *sent, facts=reading()).custom.fields == {"note": "a", "reason": "b"}


def test_what_a_buyer_may_do() -> None:
    gone, messages = told(MY_REQUESTS, asked(), {"action": "cancelQuoteRequest"})
    assert gone.quote_request_state == "Cancelled"
    assert messages == [QuoteRequestStateChanged(quote_request_state="Cancelled", old_quote_request_state="Submitted")]
    for state in ("Accepted", "Closed", "Rejected", "Cancelled"):
        refused("InvalidOperation", MY_REQUESTS, replace(asked(), quote_request_state=state), {"action": "cancelQuoteRequest"})
    quote = offered()
    for state in ("Accepted", "Declined"):
        mine: dict[str, Any] = {"action": "changeMyQuoteState", "quoteState": state}
        assert told(MY_QUOTES, quote, mine)[1] == [QuoteStateChanged(quote_state=state, old_quote_state="Pending")]  # type: ignore[arg-type]
        refused("InvalidOperation", MY_QUOTES, replace(quote, quote_state="Withdrawn"), mine)
    refused("InvalidJsonInput", MY_QUOTES, quote, {"action": "changeMyQuoteState", "quoteState": "Withdrawn"})
    again = {"action": "requestQuoteRenegotiation", "buyerComment": "Fifteen"}
    for resource in (QUOTES, MY_QUOTES):
        after, messages = told(resource, quote, again)
        assert (after.quote_state, after.buyer_comment) == ("DeclinedForRenegotiation", "Fifteen")
        assert messages == [QuoteRenegotiationRequested(buyer_comment="Fifteen")]
        refused("InvalidOperation", resource, after, again)
    refused("InvalidOperation", QUOTES, quote, {"action": "changeQuoteState", "quoteState": "DeclinedForRenegotiation"})


def test_the_cart_goes_with_its_staged_quote_unless_it_was_ordered() -> None:
    staging, cart = staged()
    assert STAGED.deletion_wants is not None and STAGED.deleting is not None
    (wanted,) = STAGED.deletion_wants(staging)
    assert wanted.value == cart.id
    (gone,) = STAGED.deleting(staging, reading(("cart", cart))).changed
    assert (gone.before, gone.after) == (cart, None)
    assert STAGED.deleting(staging, reading(("cart", replace(cart, cart_state="Ordered")))).changed == ()
    assert STAGED.deleting(staging, reading()).changed == ()
