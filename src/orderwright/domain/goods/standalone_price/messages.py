"""What is told of standalone prices."""

from __future__ import annotations

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.goods.price import DiscountedPrice, PriceTier
from orderwright.domain.goods.product.variant import Sku
from orderwright.domain.goods.standalone_price.model import StagedStandalonePrice, StandalonePrice
from orderwright.engine.messages import Message
from orderwright.engine.model import always
from orderwright.engine.scalars import DateTime, Key


class StandalonePriceCreated(Message):
    """A price was made."""

    standalone_price: StandalonePrice


class StandalonePriceDeleted(Message):
    """A price was deleted."""

    sku: Sku


class StandalonePriceKeySet(Message):
    """The key changed."""

    key: Key | None = None
    old_key: Key | None = None


class StandalonePriceActiveChanged(Message):
    """Whether the price may be selected changed."""

    active: bool
    old_active: bool


class StandalonePriceValueChanged(Message):
    """The value changed, or the one that is prepared."""

    value: TypedMoney
    staged: bool
    old_value: TypedMoney | None = None


class StandalonePriceDiscountSet(Message):
    """The price has another product discount, or none."""

    discounted: DiscountedPrice | None = None


class StandalonePriceExternalDiscountSet(Message):
    """A client has set the discounted price, or taken it away."""

    discounted: DiscountedPrice | None = None


class StandalonePriceStagedChangesApplied(Message):
    """What was prepared holds now."""

    staged_changes: StagedStandalonePrice


class StandalonePriceStagedChangesRemoved(Message):
    """What was prepared was given up."""

    staged_changes: StagedStandalonePrice


class StandalonePriceTierAdded(Message):
    """There is one more tier."""

    tier: PriceTier


class StandalonePriceTierRemoved(Message):
    """There is one tier less."""

    removed_tier: PriceTier


class StandalonePriceTiersSet(Message):
    """The tiers are these."""

    tiers: tuple[PriceTier, ...] = always(())
    previous_tiers: tuple[PriceTier, ...] = always(())


class StandalonePriceValidFromSet(Message):
    """The beginning of the validity changed."""

    valid_from: DateTime | None = None
    previous_valid_from: DateTime | None = None


class StandalonePriceValidUntilSet(Message):
    """The end of the validity changed."""

    valid_until: DateTime | None = None
    previous_valid_until: DateTime | None = None


class StandalonePriceValidFromAndUntilSet(Message):
    """The whole validity changed."""

    valid_from: DateTime | None = None
    previous_valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    previous_valid_until: DateTime | None = None
