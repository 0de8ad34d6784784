"""Product projections: one description of a product, with the price a buyer would pay and the languages that are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from orderwright.domain.goods.inventory.model import ENTRY, InventoryEntry, availability, wanted_entries
from orderwright.domain.goods.price import Price, select_price
from orderwright.domain.goods.product.model import Product, ProductData, ProductProjection, projection
from orderwright.domain.goods.product.variant import Attribute, ProductVariant
from orderwright.domain.goods.product_type.model import (
    AttributeType,
    LocalizableTextType,
    LocalizedEnumType,
    NestedType,
    ProductType,
    SetType,
)
from orderwright.domain.goods.standalone_price.model import selectable
from orderwright.domain.shop.store.model import Store
from orderwright.engine.facts import Facts
from orderwright.engine.model import KeyReference, Value, always
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import LocalizedString
from orderwright.predicates.sort import Sort
from orderwright.predicates.tree import And, Nested, Not, Or, Predicate

# What a predicate asks of a product itself and what of its catalogue data; all else stands in one of the two descriptions.
_OF_PRODUCT: Final = frozenset(Product.__struct_encode_fields__) - {"masterData"}
_OF_CATALOGUE_DATA: Final = frozenset({"published", "hasStagedChanges"})

_LOCALIZED: Final = (
    "name",
    "slug",
    "description",
    "meta_title",
    "meta_description",
    "meta_keywords",
    "search_keywords",
)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How products are to be shown: staged or current, in which languages, with which attributes, and as in which store. With a
    `currency`, the price that a buyer pays is shown too; her customer groups and her channel are ids."""

    staged: bool = False
    currency: str | None = None
    country: str | None = None
    customer_groups: tuple[str, ...] = ()
    channel: str | None = None
    locales: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    store_key: str | None = None


class _Context(msgspec.Struct, frozen=True):
    """A view with what it names: no `locales` and no `attributes` are all of them."""

    view: View
    facts: Facts
    store: Store | None
    locales: frozenset[str]

    def texts(self, value: Any) -> Any:
        """A localized value in the languages that are shown; None stays None."""
        if value is None or not self.locales:
            return value
        return {locale: text for locale, text in value.items() if locale in self.locales}

    def prices(self, prices: tuple[Price, ...]) -> tuple[Price, ...]:
        """The prices that hold in the store: a store with countries or distribution channels has no others."""
        if self.store is None:
            return prices
        countries, channels = {country.code for country in self.store.countries}, self.store.distribution_channels
        return tuple(
            price
            for price in prices
            if (price.country is None or not countries or price.country in countries)
            and (price.channel is None or not channels or price.channel in channels)
        )

    def entries(self, sku: str | None) -> Iterator[InventoryEntry]:
        """The inventory entries that supply the store: one with supply channels has no others, but for those without one."""
        supplied = {channel.id for channel in self.store.supply_channels} if self.store else set()
        for entry in self.facts.look_up(Wanted(ENTRY, "sku", sku)) or () if sku is not None else ():
            channel = entry.supply_channel
            if channel is None or not supplied or channel.id in supplied:
                yield entry

    def attributes(self, attributes: tuple[Attribute, ...], product_type: ProductType) -> tuple[Attribute, ...]:
        """The attributes that are asked for, their texts in the shown languages alone."""
        wanted = self.view.attributes
        kept = tuple(each for each in attributes if not wanted or each.name in wanted)
        if not self.locales:
            return kept
        return tuple(replace(each, value=self._value(each.name, each.value, product_type)) for each in kept)

    def _value(self, name: str, value: Any, product_type: ProductType) -> Any:
        definition = product_type.definition(name)
        return value if definition is None else self._of_type(definition.type, value)

    def _of_type(self, type: AttributeType, value: Any) -> Any:
        match type:
            case LocalizableTextType():
                return self.texts(value)
            case LocalizedEnumType():
                return {**value, "label": self.texts(value["label"])}
            case SetType():
                return [self._of_type(type.element_type, each) for each in value]
            case NestedType():
                inner = self.facts.get("product-type", type.type_reference, ProductType)
                return [{**each, "value": self._value(each["name"], each["value"], inner)} for each in value]
        return value


class VariantAttributesAttributeMetadata(Value):
    """An attribute that was asked for; `type` is the name of its type."""

    name: str
    label: LocalizedString
    type: str


class VariantAttributesVariant(Value):
    """A variant with the attributes that were asked for."""

    id: str
    sku: str | None = None
    key: str | None = None
    attributes: tuple[Attribute, ...] = always(())


class VariantAttributes(Value):
    """What an attribute selector needs of a product: its variants, each with a few attributes."""

    product_id: str
    product_key: str | None = None
    attributes: tuple[VariantAttributesAttributeMetadata, ...] = always(())
    variants: tuple[VariantAttributesVariant, ...] = always(())


def home(field: str, staged: bool) -> tuple[str, ...]:
    """The fields of a product that lead to a field of its projection."""
    if field in _OF_PRODUCT:
        return ()
    return ("masterData",) if field in _OF_CATALOGUE_DATA else ("masterData", "staged" if staged else "current")


def on_products(tree: Predicate, staged: bool) -> Predicate:
    """The predicate on products that asks what `tree` asks of projections."""
    match tree:
        case And(terms):
            return And(tuple(on_products(term, staged) for term in terms))
        case Or(terms):
            return Or(tuple(on_products(term, staged) for term in terms))
        case Not(term):
            return Not(on_products(term, staged))
    for step in reversed(home(tree.field, staged)):
        tree = Nested(step, tree)
    return tree


def sorted_on_products(sort: Sort, staged: bool) -> Sort:
    """The order of products that is asked for of projections."""
    return Sort((*home(sort.path[0], staged), *sort.path), sort.descending)


def wanted_beside(product: Product, view: View) -> Iterator[Wanted]:
    """What stands beside a product: the stock of its variants, and the standalone prices to select from."""
    yield from wanted_entries(variant.sku for variant in _data(product, view).all_variants)
    if view.currency is not None and product.price_mode == "Standalone":
        for variant in _data(product, view).all_variants:
            if variant.sku is not None:
                yield Wanted("standalone-price", "sku", variant.sku)


def projected(product: Product, view: View, facts: Facts) -> ProductProjection:
    """The product as a view shows it. Raises `ReferencedResourceNotFound` for an unknown store."""
    shown, context = projection(product, staged=view.staged), _context(view, facts)
    product_type = facts.get("product-type", product.product_type, ProductType)

    def variant(each: ProductVariant) -> ProductVariant:
        return replace(
            each,
            prices=None if each.prices is None else context.prices(each.prices),
            price=_selected(each, product, context),
            availability=availability(context.entries(each.sku)),
            attributes=None if each.attributes is None else context.attributes(each.attributes, product_type),
        )

    return replace(
        shown,
        **{name: context.texts(getattr(shown, name)) for name in _LOCALIZED},
        master_variant=variant(shown.master_variant),
        variants=tuple(map(variant, shown.variants)),
        attributes=context.attributes(shown.attributes, product_type),
    )


def variant_attributes(product: Product, view: View, facts: Facts) -> VariantAttributes:
    """The variants with those attributes of variants that the view names. Raises `ReferencedResourceNotFound`."""
    context = _context(view, facts)
    product_type = facts.get("product-type", product.product_type, ProductType)
    of_variants = [each for each in product_type.attributes if each.level == "Variant" and each.name in view.attributes]
    return VariantAttributes(
        product_id=product.id,
        product_key=product.key,
        attributes=tuple(
            VariantAttributesAttributeMetadata(
                name=each.name, label=context.texts(each.label), type=str(each.type.__struct_config__.tag)
            )
            for each in of_variants
        ),
        variants=tuple(
            VariantAttributesVariant(
                id=str(each.id),
                sku=each.sku,
                key=each.key,
                attributes=context.attributes(each.attributes or (), product_type),
            )
            for each in _data(product, view).all_variants
        ),
    )


def _data(product: Product, view: View) -> ProductData:
    return product.master_data.staged if view.staged else product.master_data.current


def _context(view: View, facts: Facts) -> _Context:
    """Languages that are asked for go before those of the store."""
    key = view.store_key
    store = None if key is None else facts.get("store", KeyReference(type_id="store", key=key), Store)
    return _Context(view, facts, store, view.locales or frozenset(store.languages if store else ()))


def _selected(variant: ProductVariant, product: Product, context: _Context) -> Price | None:
    view = context.view
    if view.currency is None:
        return None
    prices = variant.prices or ()
    if product.price_mode == "Standalone":
        found = context.facts.look_up(Wanted("standalone-price", "sku", variant.sku)) if variant.sku is not None else ()
        prices = tuple(selectable(found or (), variant.sku))
    return select_price(
        context.prices(prices),
        currency=view.currency,
        country=view.country,
        customer_groups=view.customer_groups,
        channel=view.channel,
        now=context.facts.now,
    )
