"""Tokens and passwords of a customer, as the write's effects: what is used up, what is ended, what is told."""

import pytest
from msgspec.structs import replace

from domain.customer.jane import JANE
from domain.facts import LATER, facts, uid
from orderwright.domain.customer.model import Customer
from orderwright.domain.customer.tokens import (
    INTERNAL_ACTIONS,
    IssueToken,
    ReplacePassword,
    ResetPassword,
    TokenKind,
    VerifyEmail,
    leave_nothing,
)
from orderwright.engine.actions import Change
from orderwright.engine.messages import About
from orderwright.engine.model import Action
from orderwright.engine.scalars import Secret
from orderwright.engine.unit.effects import Effect, IssueCustomerToken
from orderwright.errors import ApiError

SECRET = Secret("$argon2id$hash")


def run(action: Action, mode: str = "Password") -> Change[Customer]:
    return INTERNAL_ACTIONS.apply(replace(JANE, authentication_mode=mode), [action], facts())


def kinds(change: Change[Customer]) -> list[str]:
    return [shown(effect) for effect in change.effects]


def shown(effect: Effect) -> str:
    """Its name, and the kind of token it is about."""
    kind = getattr(effect, "kind", "")
    return f"{type(effect).__name__} {kind}".strip()


def issue(kind: TokenKind, minutes: int, *, alone: bool) -> IssueToken:
    return IssueToken(
        kind=kind,
        id=uid(9),
        hash="h",
        value=Secret("v"),
        expires_at=LATER,
        ttl_minutes=minutes,
        invalidate_older_tokens=alone,
    )


@pytest.mark.parametrize(("minutes", "value"), [(60, "v"), (61, None)])
def test_a_message_shows_the_token_only_if_it_lives_an_hour_at_most(minutes: int, value: str | None) -> None:
    change = run(issue("email", minutes, alone=False))
    (told,) = change.messages
    assert isinstance(told, About)
    assert (told.type_id, told.id, getattr(told.message, "value", "-")) == ("customer-email-token", uid(9), value)
    assert kinds(change) == ["IssueCustomerToken email"]
    # LATER is 2024-05-02 10:00 UTC.
    issued = change.effects[0]
    assert isinstance(issued, IssueCustomerToken)
    assert issued.expires_at.timestamp() == 1_714_644_000


def test_a_token_may_end_those_before_it() -> None:
    assert kinds(run(issue("password", 10, alone=True))) == ["IssueCustomerToken password", "VoidCustomerTokens password"]


def test_a_reset_uses_the_token_up_and_ends_every_session() -> None:
    change = run(ResetPassword(token_hash="h", password=SECRET))
    assert kinds(change) == [
        "RedeemCustomerToken password",
        "VoidCustomerTokens password",
        "SetPassword",
        "EndSessions",
    ]
    refused = change.effects[0].refused
    assert refused is not None and refused.status == 404
    assert [getattr(message, "reset", None) for message in change.messages] == [True]


def test_a_change_by_the_old_password_ends_no_session_but_what_could_reset_it() -> None:
    assert kinds(run(ReplacePassword(password=SECRET))) == ["SetPassword", "VoidCustomerTokens password"]


def test_a_token_is_made_for_the_address_that_the_customer_still_has() -> None:
    asked = issue("password", 10, alone=False)
    assert kinds(run(replace(asked, email=JANE.email.upper()))) == ["IssueCustomerToken password"]
    with pytest.raises(ApiError) as error:
        run(replace(asked, email="before@example.com"))
    assert (error.value.status, error.value.code) == (404, "ResourceNotFound")
    assert error.value.message == "The Resource with email 'before@example.com' was not found."


def test_an_email_is_verified_by_a_token_that_is_used_up() -> None:
    change = run(VerifyEmail(token_hash="h"))
    assert getattr(change.after, "is_email_verified", None) is True
    assert kinds(change) == ["RedeemCustomerToken email", "VoidCustomerTokens email"]


def test_where_others_keep_the_password_there_is_none_to_change() -> None:
    for action in (
        ResetPassword(token_hash="h", password=SECRET),
        ReplacePassword(password=SECRET),
        issue("password", 10, alone=False),
    ):
        with pytest.raises(ApiError) as refusal:
            run(action, "ExternalAuth")
        assert refusal.value.code == "InvalidOperation"


def test_a_customer_who_goes_leaves_no_way_in() -> None:
    left = [shown(effect) for effect in leave_nothing(JANE, facts()).effects]
    voided = ["VoidCustomerTokens email", "VoidCustomerTokens password"]
    assert sorted(left) == ["EndSessions", "ForgetUses", "KeepDetails", "SetPassword", *voided]
