"""Passwords, and the tokens that reset them and verify emails: what happens beside a customer's document.

The actions here are no part of the API. Its endpoints make them of requests of their own, so that a token is used up, a
password stored and a Message told in the one write that changes the customer.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec.structs import replace

from orderwright.domain.customer import messages
from orderwright.domain.customer.model import Customer
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.messages import About
from orderwright.engine.model import Action
from orderwright.engine.scalars import DateTime, Id, Secret
from orderwright.engine.unit.effects import (
    Effect,
    EndSessions,
    ForgetUses,
    IssueCustomerToken,
    KeepDetails,
    RedeemCustomerToken,
    SetPassword,
    VoidCustomerTokens,
)
from orderwright.errors import ApiError, invalid_operation, resource_not_found

TokenKind = Literal["password", "email"]
LONGEST_TOLD_MINUTES = 60
"""A token that is valid for longer is not told to all who read Messages."""
_TOLD = {"password": messages.CustomerPasswordTokenCreated, "email": messages.CustomerEmailTokenCreated}


class SecretAction(Action):
    """An action of this page."""

    sent: ClassVar[bool] = False


class IssueToken(SecretAction):
    """A new token. `value` goes into the Message where it may; only `hash` is stored. `email` is the address that the token was
    asked for by, where it was."""

    kind: TokenKind
    id: Id
    hash: str
    value: Secret
    expires_at: DateTime
    ttl_minutes: int
    invalidate_older_tokens: bool = False
    email: str | None = None


class ResetPassword(SecretAction):
    """A new password by a token. `password` is a hash."""

    token_hash: str
    password: Secret


class ReplacePassword(SecretAction):
    """A new password by the old one, which was compared before. `password` is a hash."""

    password: Secret


class VerifyEmail(SecretAction):
    """The email is the customer's own: she had the token that was sent to it."""

    token_hash: str


INTERNAL_ACTIONS = ActionSet(Customer, "CustomerSecrets")


def store_password(customer_id: str, hash: Secret) -> Effect:
    """The effect that stores a password, in the place of the one before if there was one."""
    return SetPassword(customer_id=customer_id, hash=hash.reveal())


def forget_password(customer_id: str) -> Effect:
    """The effect that removes the password."""
    return SetPassword(customer_id=customer_id, hash=None)


def void_tokens(kind: TokenKind, customer_id: str, but: str = "") -> Effect:
    """The effect that voids the customer's tokens of a kind, except the one with a hash."""
    return VoidCustomerTokens(customer_id=customer_id, kind=kind, but=but)


def _redeemed(kind: TokenKind, customer: Customer, hash: str, now: DateTime) -> list[Effect]:
    """The effects that use up the token and void all others. A second use is refused as if there had never been such a token."""
    used = RedeemCustomerToken(customer_id=customer.id, kind=kind, hash=hash, at=now.instant(), refused=no_such_token(kind))
    return [used, void_tokens(kind, customer.id, but=hash)]


def no_such_token(kind: TokenKind) -> ApiError:
    """404. It does not repeat the token, which may be another customer's."""
    return ApiError(404, "ResourceNotFound", f"The Resource with the given {kind} token was not found.")


def no_such_email(email: str) -> ApiError:
    """404 for an address that no customer has."""
    return resource_not_found(named=f"email '{email}'")


def leave_nothing(customer: Customer, _facts: Facts) -> Change[Customer]:
    """What goes with a customer who is deleted: her password, her sessions and tokens, and her details."""
    voided = [void_tokens("password", customer.id), void_tokens("email", customer.id)]
    gone = [
        forget_password(customer.id),
        EndSessions(customer_id=customer.id),
        KeepDetails(customer_id=customer.id, members=None),
        ForgetUses(customer=customer.id),
    ]
    return Change(customer, effects=[*gone, *voided])


@INTERNAL_ACTIONS.handles
def issue_token(customer: Customer, action: IssueToken, _facts: Facts) -> Change[Customer]:
    """The customer stays as she is. Raises `InvalidOperation` where there is no password to reset, and 404 where the address has
    been changed since she was found by it: whoever reads what is sent there must not get at her account."""
    if action.email is not None and action.email.casefold() != customer.email.casefold():
        raise no_such_email(action.email)
    if action.kind == "password":
        _check_password(customer)
    told = _TOLD[action.kind](
        customer_id=customer.id,
        expires_at=action.expires_at,
        value=action.value.reveal() if action.ttl_minutes <= LONGEST_TOLD_MINUTES else None,
        invalidate_older_tokens=action.invalidate_older_tokens,
    )
    until = action.expires_at.instant()
    effects: list[Effect] = [IssueCustomerToken(customer_id=customer.id, kind=action.kind, hash=action.hash, expires_at=until)]
    if action.invalidate_older_tokens:
        effects.append(void_tokens(action.kind, customer.id, but=action.hash))
    return Change(customer, About(f"customer-{action.kind}-token", action.id, told), effects=effects)


@INTERNAL_ACTIONS.handles
def reset_password(customer: Customer, action: ResetPassword, facts: Facts) -> Change[Customer]:
    """Who forgot the password may have lost it to others, so all sessions end. Raises `InvalidOperation` without a password."""
    _check_password(customer)
    effects = _redeemed("password", customer, action.token_hash, facts.now)
    effects += [store_password(customer.id, action.password), EndSessions(customer_id=customer.id)]
    return Change(customer, messages.CustomerPasswordUpdated(reset=True), effects=effects)


@INTERNAL_ACTIONS.handles
def replace_password(customer: Customer, action: ReplacePassword, _facts: Facts) -> Change[Customer]:
    """Tokens that could reset the old password are void now. Raises `InvalidOperation` for a customer without a password."""
    _check_password(customer)
    told = messages.CustomerPasswordUpdated(reset=False)
    effects = [store_password(customer.id, action.password), void_tokens("password", customer.id)]
    return Change(customer, told, effects=effects)


@INTERNAL_ACTIONS.handles
def verify_email(customer: Customer, action: VerifyEmail, facts: Facts) -> Change[Customer]:
    """An email that is verified already may be verified again: the token is used up, and the Message is told again."""
    effects = _redeemed("email", customer, action.token_hash, facts.now)
    return Change(replace(customer, is_email_verified=True), messages.CustomerEmailVerified(), effects=effects)


def _check_password(customer: Customer) -> None:
    if customer.authentication_mode != "Password":
        raise invalid_operation("The customer has no password here: the authentication mode is 'ExternalAuth'.")
