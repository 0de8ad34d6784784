"""What may follow the present value of a field."""

from __future__ import annotations

from orderwright.errors import invalid_operation


def check_changed(before: object, after: object, field: str) -> None:
    """Raises `InvalidOperation` for the value that a field has already. To some actions of the API this is an error, to the
    others no change."""
    if before == after:
        raise invalid_operation(f"The value of {field} is already the one that is to be set.")


def check_unset(field: str, before: str | None, after: str | None) -> None:
    """Raises `InvalidOperation` for a second value of a field that is set once and for all."""
    if before is not None and before != after:
        raise invalid_operation(f"The {field} is '{before}' and can not be changed once set.")
