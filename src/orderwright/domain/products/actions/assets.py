"""The assets of variants."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.common.assets import Edit, asset_actions
from orderwright.domain.products.actions import actions
from orderwright.domain.products.editing import OfVariant, edited_variant
from orderwright.domain.products.model import Product


def _with_assets(product: Product, action: OfVariant, edit: Edit) -> Product:
    return edited_variant(product, action, lambda variant: replace(variant, assets=edit(variant.assets or ())))


asset_actions(actions, OfVariant, _with_assets)
