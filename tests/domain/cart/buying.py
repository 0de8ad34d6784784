"""Carts made as requests make them: the draft decoded from JSON, the create and finish hooks, the actions, the recalculation."""

from typing import Any

from domain.facts import facts
from orderwright.domain.cart.finish import finish
from orderwright.domain.cart.resource import RESOURCE
from orderwright.domain.sale.model import Cart
from orderwright.engine.actions import wanted_on
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode, to_builtins
from orderwright.engine.resource import as_change


def body(document: Any) -> dict[str, Any]:
    """A document as it is answered."""
    answer: dict[str, Any] = to_builtins(document)
    return answer


def create(known: Facts | None = None, **draft: Any) -> Cart:
    """A cart from a JSON draft; its currency is EUR unless another is given."""
    known = known or facts()
    decoded = decode_body(RESOURCE.draft, encode({"currency": "EUR", **draft}))
    cart: Cart = finish(as_change(RESOURCE.create(decoded, known)).after, known)
    return cart


def update(cart: Cart, *actions: dict[str, Any], known: Facts | None = None) -> Cart:
    """The cart after JSON actions. Ids that this makes start at 2000, so that they differ from those of its creation."""
    known = known or facts(first_id=2000)
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": cart.version, "actions": actions}))
    changed = RESOURCE.actions.apply(cart, decoded.actions, known)
    after: Cart = finish(changed.after, known)
    return after


def wants(cart: Cart, *actions: dict[str, Any]) -> list[tuple[str, str]]:
    """What actions want once they know the cart: (by, value) of variants."""
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": cart.version, "actions": actions}))
    return [(wanted.by, wanted.value) for wanted in wanted_on(decoded.actions, cart) if wanted.type_id == "variant"]


def total(cart: Cart) -> int:
    return cart.total_price.cent_amount


def taxed(cart: Cart) -> tuple[int, int, int] | None:
    """(net, tax, gross) of the cart in minor units."""
    price = cart.taxed_price
    if price is None:
        return None
    assert price.total_tax is not None
    return price.total_net.cent_amount, price.total_tax.cent_amount, price.total_gross.cent_amount
