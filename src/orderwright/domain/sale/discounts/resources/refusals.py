"""What cart discounts and their groups are refused with."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.engine.model import KeyReference
from orderwright.errors import ApiError


def max_cart_discounts_reached(most: int) -> ApiError:
    return ApiError(400, "MaxCartDiscountsReached", f"Maximum number of active cart discounts reached ({most}).")


def store_cart_discounts_limit_reached(stores: Sequence[KeyReference]) -> ApiError:
    named = ", ".join(store.key for store in stores)
    told = [{"typeId": "store", "key": store.key} for store in stores]
    message = f"Maximum number of active cart discounts reached for {named}."
    return ApiError(400, "StoreCartDiscountsLimitReached", message, stores=told)


def max_store_references_reached(most: int) -> ApiError:
    return ApiError(
        400, "MaxStoreReferencesReached", f"Maximum number of store discounts on a single cart discount reached {most}."
    )


def max_discount_groups_reached(most: int) -> ApiError:
    return ApiError(400, "MaxDiscountGroupsReached", f"Maximum number of active discount groups reached ({most}).")


def not_allowed_to_edit(stores: Sequence[str]) -> ApiError:
    """The caller has no right in these stores, by their keys."""
    return ApiError(403, "Unauthorized", "Not allowed to edit this CartDiscount.", storesWithoutPermission=list(stores))
