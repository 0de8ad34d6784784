"""The assets of variants."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.goods.assets import Edit, asset_actions
from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.editing import OfVariant, edited_variant
from orderwright.domain.goods.product.model import Product


def _with_assets(product: Product, action: OfVariant, edit: Edit) -> Product:
    return edited_variant(product, action, lambda variant: replace(variant, assets=edit(variant.assets or ())))


asset_actions(actions, OfVariant, _with_assets)
