"""Locked carts: who may lock, change and unlock one, and what a sign-in does with it."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body, create
from domain.customer.jane import JANE
from domain.facts import NOW, facts, uid
from domain.signing.test_cart_merge import guests, hers, merged, run
from orderwright.domain.cart.messages import CartLocked, CartUnlocked
from orderwright.domain.cart.resource import RESOURCE
from orderwright.domain.sale.model import Cart, CartLock
from orderwright.domain.signing.merge import TakeOver
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import ClientLogging
from orderwright.errors import ApiError, AuthError

LOCK, UNLOCK, LOCALE = {"action": "lockCart"}, {"action": "unlockCart"}, {"action": "setLocale", "locale": "de"}
LOCKED = CartLock(created_at=NOW, client_id="agent")


def knowing(require: Callable[[str], None] | None) -> Facts:
    plain = facts()
    return Facts(
        now=NOW,
        new_id=lambda: uid(1),
        who=ClientLogging(client_id="agent"),
        catalogue=plain.catalogue,
        found={},
        require=require,
    )


def lacking(scope: str) -> None:
    raise AuthError(403, "insufficient_scope", f"Insufficient scope: {scope}.")


def apply(cart: Cart, *actions: dict[str, Any], require: Callable[[str], None] | None = None) -> Change[Cart]:
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": 1, "actions": actions}))
    return RESOURCE.actions.apply(cart, decoded.actions, knowing(require))


def test_it_is_told_and_shown() -> None:
    change = apply(create(), LOCK)
    assert (change.after.lock, change.messages) == (LOCKED, (CartLocked(),))
    assert body(change.after)["lock"] == {"createdAt": "2024-05-01T10:00:00.000Z", "clientId": "agent"}
    free = apply(change.after, UNLOCK)
    assert (free.after.lock, free.messages, "lock" in body(free.after)) == (None, (CartUnlocked(),), False)
    assert apply(create(), LOCK, LOCALE, UNLOCK).after.locale == "de"


def test_what_is_locked_or_not_already() -> None:
    for cart, action in ((create(), UNLOCK), (replace(create(), lock=LOCKED), LOCK)):
        with pytest.raises(ApiError) as caught:
            apply(cart, action)
        assert caught.value.code == "InvalidOperation"


@pytest.mark.parametrize("action", [LOCALE, UNLOCK, LOCK], ids=lambda action: action["action"])
def test_only_who_may_manage_locked_carts_changes_one(action: dict[str, Any]) -> None:
    asked: list[str] = []
    apply(replace(create(), lock=None if action is LOCK else LOCKED), action, require=asked.append)
    assert asked == ["manage_locked_carts"]
    with pytest.raises(AuthError) as caught:
        apply(replace(create(), lock=LOCKED), action, require=lacking)
    assert (caught.value.status, caught.value.message) == (403, "Insufficient scope: manage_locked_carts.")


def test_any_other_cart_needs_no_more_than_its_door() -> None:
    assert apply(create(), LOCALE, require=lacking).after.locale == "de"
    with pytest.raises(AuthError):
        apply(create(), LOCALE, LOCK, require=lacking)


def test_a_sign_in_leaves_a_locked_cart_as_it_is() -> None:
    own = hers(lineItems=[{"sku": "book"}])
    visit = guests(lineItems=[{"sku": "mug-blue"}])
    for cart, source in ((replace(own, lock=LOCKED), visit), (own, replace(visit, lock=LOCKED))):
        with pytest.raises(ApiError) as caught:
            merged(cart, source)
        assert caught.value.code == "InvalidOperation"


def test_a_locked_cart_gets_its_owner_and_no_new_prices() -> None:
    """10 mugs cost 8.99 each; a line that says 1.00 is not priced anew while somebody works on it."""
    visit = guests(lineItems=[{"sku": "mug-blue", "quantity": 10}])
    (line,) = visit.line_items
    stale = replace(visit, line_items=(replace(line, total_price=replace(line.total_price, cent_amount=100)),))
    after = run(replace(stale, lock=LOCKED), TakeOver(customer_id=JANE.id)).after
    assert (after.customer_id, after.anonymous_id, after.lock) == (JANE.id, None, LOCKED)
    assert after.line_items == stale.line_items
    assert run(stale, TakeOver(customer_id=JANE.id)).after.line_items[0].total_price.cent_amount == 8990
