"""Which product discount a price would have, if a variant had it.

commercetools: Product Discounts, Get Matching ProductDiscount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta

from orderwright.domain.amounts.money import Money, typed
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.goods.price import DiscountedPriceDraft, Price, PriceTierDraft, check_period, discounted_from, tiers_from
from orderwright.domain.goods.product.model import Product, ProductData
from orderwright.domain.goods.product_discount.best import InForce
from orderwright.domain.goods.product_discount.model import ProductDiscount
from orderwright.domain.goods.product_discount.of_products import candidates_of, wanted_categories
from orderwright.domain.goods.refusals import no_matching_product_discount_found
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import Value
from orderwright.engine.references import ChannelReference, CustomerGroupReference, Wanted
from orderwright.engine.scalars import UUID, CountryCode, DateTime

Named = Annotated[str, Meta(max_length=256)]
_ID: Final = re.compile(UUID)


class QueryPrice(Value):
    """A price that a variant might have. Its Custom Fields, its tiers and its time are nothing that discounts ask for."""

    value: Money
    id: Named | None = None
    country: CountryCode | None = None
    customer_group: CustomerGroupReference | None = None
    channel: ChannelReference | None = None
    valid_from: DateTime | None = None
    valid_until: DateTime | None = None
    discounted: DiscountedPriceDraft | None = None
    custom: CustomFields | None = None
    tiers: tuple[PriceTierDraft, ...] | None = None


class ProductDiscountMatchQuery(Value):
    """The variant, in the current or in the staged description of its product, and the price."""

    product_id: Named
    variant_id: int
    staged: bool
    price: QueryPrice

    def wants(self) -> Iterator[Wanted]:
        """The product. What is no id at all is not there either."""
        if _ID.fullmatch(self.product_id):
            yield Wanted("product", "id", self.product_id.lower())

    def product(self, facts: Facts) -> Product | None:
        """The product as it was read; None where there is none."""
        return next((facts.look_up(wanted) for wanted in self.wants()), None)

    def wanted(self, facts: Facts) -> list[Wanted]:
        """What discounts ask of the product's categories, and of those above as soon as these were read."""
        product = self.product(facts)
        return [] if product is None else wanted_categories(_described(product, self).categories, facts)


def matching(query: ProductDiscountMatchQuery, facts: Facts) -> ProductDiscount:
    """The discount that the price would have. Raises `NoMatchingProductDiscountFound`, also for a variant that is not there,
    `InvalidField` and what `typed` raises for a price that can not be, `ReferencedResourceNotFound`."""
    price = _price(query.price, facts)
    product = query.product(facts)
    if product is not None:
        data = _described(product, query)
        for variant in data.all_variants:
            if variant.id == query.variant_id:
                best = candidates_of(product, data, variant, InForce(facts)).best(price)
                if best is not None:
                    return best
    raise no_matching_product_discount_found(query.product_id, query.variant_id, encode(query.price).decode())


def _described(product: Product, query: ProductDiscountMatchQuery) -> ProductData:
    return product.master_data.staged if query.staged else product.master_data.current


def _price(draft: QueryPrice, facts: Facts) -> Price:
    check_period(draft.valid_from, draft.valid_until)
    value = typed(draft.value, "price.value")
    return Price(
        id=draft.id or "",
        value=value,
        country=draft.country,
        customer_group=draft.customer_group,
        channel=draft.channel,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        discounted=discounted_from(draft.discounted, value.currency_code, facts),
        custom=draft.custom,
        tiers=tiers_from(draft.tiers or (), value.currency_code) or None,
    )
