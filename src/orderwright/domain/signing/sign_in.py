"""What a customer signs in with."""

from __future__ import annotations

from orderwright.domain.customer.model import Email
from orderwright.domain.signing.merge import MergeMode
from orderwright.engine.model import Value
from orderwright.engine.references import CartIdentifier
from orderwright.engine.scalars import Id, Secret, Text


class MyCustomerSignin(Value):
    """The caller herself; the anonymous session that she leaves is her token's."""

    email: Email
    password: Secret
    active_cart_sign_in_mode: MergeMode = "MergeWithExistingCustomerCart"
    update_product_data: bool = False


class CustomerSignin(Value):
    """A customer whom the shop signs in, and what she leaves behind as an anonymous visitor."""

    email: Email
    password: Secret
    anonymous_cart_id: Id | None = None
    anonymous_cart: CartIdentifier | None = None
    anonymous_cart_sign_in_mode: MergeMode = "MergeWithExistingCustomerCart"
    anonymous_id: Text | None = None
    update_product_data: bool = False
