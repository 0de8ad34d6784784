"""What a shopping list and its items are made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.goods.product.model import Name, Slug
from orderwright.domain.goods.variants import wanted_of
from orderwright.engine.model import Value
from orderwright.engine.references import BusinessUnitIdentifier, CustomerIdentifier, StoreIdentifier, Wanted
from orderwright.engine.scalars import DateTime, Id, Key, LocalizedString, Quantity, Text

DeleteDays = Annotated[int, Meta(ge=1, le=365_250)]


class ShoppingListLineItemDraft(Value):
    """A product as it is put on a list: by `sku`, or by `productId` and `variantId` (the master variant, whichever it is, if that
    is left out)."""

    key: Key | None = None
    product_id: Id | None = None
    variant_id: int | None = None
    sku: str | None = None
    added_at: DateTime | None = None
    quantity: Quantity = 1
    custom: CustomFieldsDraft | None = None

    def wants(self) -> Iterator[Wanted]:
        """The variant, or all of the product."""
        if self.sku is not None:
            yield Wanted("variant", "sku", self.sku)
        elif self.product_id is not None:
            yield wanted_of(self.product_id)


class TextLineItemDraft(Value):
    """A text as it is put on a list."""

    name: Name
    key: Key | None = None
    description: LocalizedString | None = None
    added_at: DateTime | None = None
    quantity: Quantity = 1
    custom: CustomFieldsDraft | None = None


class MyShoppingListDraft(Value):
    """A list as its owner sends it."""

    name: Name
    description: LocalizedString | None = None
    line_items: tuple[ShoppingListLineItemDraft, ...] = ()
    text_line_items: tuple[TextLineItemDraft, ...] = ()
    custom: CustomFieldsDraft | None = None
    delete_days_after_last_modification: DeleteDays | None = None
    store: StoreIdentifier | None = None
    business_unit: BusinessUnitIdentifier | None = None


class ShoppingListDraft(MyShoppingListDraft):
    """A list as a merchant sends it."""

    slug: Slug | None = None
    customer: CustomerIdentifier | None = None
    key: Key | None = None
    anonymous_id: Text | None = None
