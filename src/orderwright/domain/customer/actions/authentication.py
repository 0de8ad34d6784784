"""How a customer shows who she is: by a password that is kept here, or elsewhere."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.customer.actions.registry import actions
from orderwright.domain.customer.model import MASKED_PASSWORD, AuthenticationMode, Customer
from orderwright.domain.customer.tokens import forget_password, store_password, void_tokens
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.scalars import Secret
from orderwright.errors import invalid_input, required_field


class SetAuthenticationMode(Action):
    """Where the password is kept. When the handler sees it, the password is a hash."""

    auth_mode: AuthenticationMode
    password: Secret | None = None


@actions.handles
def set_authentication_mode(customer: Customer, action: SetAuthenticationMode, _facts: Facts) -> Change[Customer]:
    """A new password for `Password`; for `ExternalAuth` there is none any more.

    Raises `InvalidInput` for the mode that is set already, since it would change a password without the old one, and
    `RequiredField`.
    """
    if action.auth_mode == customer.authentication_mode:
        raise invalid_input(f"The customer is already using the '{action.auth_mode}' authentication mode.")
    if action.auth_mode == "Password":
        if action.password is None:
            raise required_field("password")
        after = replace(customer, authentication_mode="Password", password=MASKED_PASSWORD)
        return Change(after, effects=[store_password(customer.id, action.password)])
    after = replace(customer, authentication_mode="ExternalAuth", password=None)
    return Change(after, effects=[forget_password(customer.id), void_tokens("password", customer.id)])
