"""Payments: what is to be paid, and the transactions that a payment service told of."""

from __future__ import annotations

from dataclasses import replace

from orderwright.domain.payment.actions import actions
from orderwright.domain.payment.create import from_draft, from_own_draft
from orderwright.domain.payment.drafts import MyPaymentDraft, PaymentDraft
from orderwright.domain.payment.messages import PaymentCreated
from orderwright.domain.payment.mine import MY_ACTIONS, deleted_by_owner
from orderwright.domain.payment.model import MyPayment, Payment, as_owned, claims, with_masked_token
from orderwright.engine.json.codec import decoder, encode
from orderwright.engine.resource import ResourceType

RESOURCE = ResourceType(
    type_id="payment",
    path="payments",
    personal=True,
    model=Payment,
    draft=PaymentDraft,
    actions=actions,
    create=from_draft,
    owned={"customer": "customer_id", "anonymous": "anonymous_id"},
    unique=("key",),
    claims=claims,
    lookups={"key": "key"},
    columns={"customer.id": "customer_id", "anonymousId": "anonymous_id"},
    repeatable=True,
    created=lambda payment: PaymentCreated(payment=with_masked_token(payment)),
    embedded=lambda body: encode(with_masked_token(decoder(Payment).decode(body))),
)

# The owner's own payments: less of them, and closed to her once there is a transaction.
MINE = replace(
    RESOURCE,
    draft=MyPaymentDraft,
    actions=MY_ACTIONS,
    create=from_own_draft,
    lookups={},
    queryable=MyPayment,
    shown=lambda body: encode(with_masked_token(decoder(MyPayment).decode(body))),
    embedded=lambda body: encode(as_owned(decoder(Payment).decode(body))),
    shown_as=MyPayment,
    deleting=deleted_by_owner,
)
