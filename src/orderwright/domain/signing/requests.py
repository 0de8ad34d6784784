"""What is asked of a customer's passwords and tokens, and what is answered. Lifetimes are in minutes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from orderwright.domain.customer.model import Customer, Email
from orderwright.domain.sale.model import Cart
from orderwright.engine.model import Value, always
from orderwright.engine.scalars import DateTime, Id, Secret

Version = Annotated[int, Meta(ge=0)]
# The longest is some four thousand years, which an instant can still be told after.
Minutes = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class CustomerSignInResult(Value):
    """Who was signed up or in, and her cart."""

    customer: Customer
    cart: Cart | None = None


class CustomerToken(Value):
    """A token, told this once: only its hash is stored."""

    id: Id
    customer_id: Id
    value: str
    created_at: DateTime
    last_modified_at: DateTime
    expires_at: DateTime
    invalidate_older_tokens: bool = always(False)


class CustomerCreatePasswordResetToken(Value):
    """A token for whoever has the email, a day long unless told otherwise."""

    email: Email
    ttl_minutes: Minutes = 1440
    invalidate_older_tokens: bool = False


class CustomerCreateEmailToken(Value):
    """A token to verify a customer's email with."""

    id: Id
    version: Version | None = None
    ttl_minutes: Minutes
    invalidate_older_tokens: bool = False


class MyCustomerEmailVerify(Value):
    """The token that came by email."""

    token_value: str


class CustomerEmailVerify(MyCustomerEmailVerify):
    """The token that came by email."""

    version: Version | None = None


class MyCustomerResetPassword(Value):
    """The token, and the password from now on."""

    token_value: str
    new_password: Secret


class CustomerResetPassword(MyCustomerResetPassword):
    """The token, and the password from now on."""

    version: Version | None = None


class MyCustomerChangePassword(Value):
    """The password until now, and from now on."""

    version: Version
    current_password: Secret
    new_password: Secret


class CustomerChangePassword(MyCustomerChangePassword):
    """The password until now, and from now on."""

    id: Id
