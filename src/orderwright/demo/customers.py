"""The customers of the demo project: everybody who has ordered, with the addresses that she had things sent to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright.demo.orders import Plan

GUESTS = 3
"""One order in so many is a guest's: nobody was signed in."""


def customers(plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """The drafts. None has a password: whoever wants to sign in as one of them sets it."""
    addresses: dict[str, list[dict[str, Any]]] = {}
    for plan in plans:
        known, address = addresses.setdefault(plan.cart["customerEmail"], []), plan.cart["shippingAddress"]
        if address not in known:
            known.append(address)
    locales = {plan.cart["customerEmail"]: plan.cart["locale"] for plan in plans}
    return [
        {
            "key": email.partition("@")[0].replace(".", "-"),
            "email": email,
            "firstName": known[0]["firstName"],
            "lastName": known[0]["lastName"],
            "locale": locales[email],
            "authenticationMode": "ExternalAuth",
            "addresses": known,
            "defaultShippingAddress": 0,
            "defaultBillingAddress": 0,
        }
        for email, known in addresses.items()
    ]


def is_guest(number: int) -> bool:
    """Whether an order or a cart is a guest's, counted from the first one."""
    return number % GUESTS == 0
