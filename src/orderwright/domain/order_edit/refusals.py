"""Errors that only order edits have."""

from __future__ import annotations

from orderwright.domain.order_edit.model import OrderEditPreviewFailure
from orderwright.errors import ApiError


def edit_preview_failed(result: OrderEditPreviewFailure) -> ApiError:
    """The order cannot be previewed with the edit, so that nobody knows what to ship; `result` says why."""
    message = "Error while applying staged actions. ShippingMethods could not be determined."
    return ApiError(400, "EditPreviewFailed", message, result=result)
