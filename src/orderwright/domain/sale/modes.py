"""Modes of carts and orders that are served with some of their values only."""

from __future__ import annotations

from orderwright.errors import invalid_field

# The values of these fields that the specification knows and this version does not serve are refused, never ignored.
SERVED = {
    "inventoryMode": ("None", "TrackOnly", "ReserveOnOrder"),
}


def check_served(field: str, value: str) -> None:
    """Raises `InvalidField`, which lists the served values, for a mode that this version does not serve."""
    if value not in SERVED[field]:
        raise invalid_field(field, value, list(SERVED[field]))
