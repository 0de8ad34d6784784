"""What the second dialect refuses in its own words. The mount puts them, and those of the house, into its form of an error."""

from __future__ import annotations

from orderwright.errors import ApiError


def forbidden_move(status: str, to: str) -> ApiError:
    """403 for a move that is not the caller's to make."""
    return ApiError(403, "Unauthorized", f"The status {status} may not be changed to {to} by a customer.", field="status")


def impossible_move(status: str, to: str, reason: str | None) -> ApiError:
    """400 for a move that nobody makes."""
    message = f"An order is not moved from the status {status} to {to}."
    return ApiError(400, "InvalidOperation", f"{message} {reason}" if reason else message, field="status")


def out_of_range(parameter: str, value: str, least: int, most: int) -> ApiError:
    """400 for a parameter of paging."""
    text = f"Malformed parameter: {parameter}: '{value[:40]}' is no whole number from {least} to {most}."
    return ApiError(400, "InvalidInput", text, field=parameter)
