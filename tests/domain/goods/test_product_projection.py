"""Product projections as functions: predicates that mean the same of the product, and what a view leaves of it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from domain.facts import NOW, eur, facts, uid
from orderwright.domain.goods.price import Price
from orderwright.domain.goods.product.model import (
    Product,
    ProductCatalogData,
    ProductData,
    ProductProjection,
    SearchKeyword,
    SearchKeywords,
    projection,
)
from orderwright.domain.goods.product.projection import View, on_products, projected, sorted_on_products, wanted_beside
from orderwright.domain.goods.product.variant import Attribute, ProductVariant
from orderwright.domain.goods.product_type.model import AttributeDefinition, LocalizableTextType, NestedType, ProductType, SetType
from orderwright.domain.shop.store.model import Store, StoreCountry
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.predicates import check, compile, parse, parse_sort

BORN: dict[str, Any] = {"version": 1, "created_at": NOW, "last_modified_at": NOW}


def definition(name: str, type: Any) -> AttributeDefinition:
    return AttributeDefinition(
        type=type,
        name=name,
        label={"en": name},
        is_required=False,
        level="Variant",
        attribute_constraint="None",
        input_hint="SingleLine",
        is_searchable=True,
    )


TEXTS = LocalizableTextType()
PART = ProductType(**BORN, id=uid(60), name="part", description="", attributes=(definition("finish", TEXTS),))
NESTED = NestedType(type_reference=Reference(type_id="product-type", id=PART.id))
LAMP = ProductType(
    **BORN, id=uid(61), name="lamp", description="", attributes=(definition("parts", SetType(element_type=NESTED)),)
)
BERLIN = Store(**BORN, id=uid(62), key="berlin", languages=("de",), countries=(StoreCountry(code="DE"),))
FINISH = [[{"name": "finish", "value": {"en": "matt", "de": "matt"}}], [{"name": "finish", "value": {"en": "gloss"}}]]


def described(name: str, **more: Any) -> ProductData:
    prices = (Price(id=uid(1), value=eur(100)), Price(id=uid(2), value=eur(90), country="FR"))
    variant = ProductVariant(id=1, sku=f"{name}-1", prices=prices, attributes=(Attribute(name="parts", value=FINISH),))
    keywords: SearchKeywords = {"en": (SearchKeyword(text="light"),), "de": (SearchKeyword(text="licht"),)}
    return ProductData(
        name={"en": name, "de": f"{name}-de"}, slug={"en": name}, master_variant=variant, search_keywords=keywords, **more
    )


PRODUCT = Product(
    **BORN,
    id=uid(63),
    key="lamp",
    product_type=Reference(type_id="product-type", id=LAMP.id),
    master_data=ProductCatalogData(
        published=True, has_staged_changes=True, current=described("old"), staged=described("new", description={"en": "d"})
    ),
)
PROJECT = facts().project


def standalone_wanted(product: Product, view: View) -> list[str]:
    """The SKUs whose standalone prices are read."""
    return [wanted.value for wanted in wanted_beside(product, view) if wanted.type_id == "standalone-price"]


def known(*found: tuple[Wanted, Any]) -> Facts:
    rules = [("project", PROJECT), ("product-type", PART), ("product-type", LAMP), ("store", BERLIN)]
    return facts(Catalogue(1, rules), found=found)


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        'key = "lamp"',
        'name(en = "old")',
        'name(en = "new" and de = "new-de")',
        'not (name(en = "old") and published = true)',
        'hasStagedChanges = true and (slug(en = "new") or masterVariant(sku = "old-1"))',
        "description is defined",
        "description is not defined and version < 2",
        'masterVariant(prices(country = "FR" and value(centAmount = 90)))',
        'id in ("x", "y") or productType(typeId = "product-type")',
        'variants is empty and priceMode <> "Standalone"',
        'taxCategory(id = "x")',
    ],
)
def test_a_predicate_says_the_same_of_the_product(text: str, staged: bool) -> None:
    tree = check(parse(text, {}), ProductProjection)
    of_projection = compile(tree)(to_builtins(projection(PRODUCT, staged=staged)))
    assert compile(on_products(tree, staged))(to_builtins(PRODUCT)) == of_projection


def test_where_it_is_sorted_by() -> None:
    for text, staged, path in (
        ("key desc", False, ("key",)),
        ("name.en", False, ("masterData", "current", "name", "en")),
        ("name.en", True, ("masterData", "staged", "name", "en")),
        ("published", True, ("masterData", "published")),
    ):
        sort = sorted_on_products(parse_sort(text, ProductProjection), staged)
        assert (sort.path, sort.descending) == (path, "desc" in text)


def test_a_view_of_nothing_in_particular_is_the_whole() -> None:
    for staged in (False, True):
        assert projected(PRODUCT, View(staged=staged), known()) == projection(PRODUCT, staged=staged)


def test_one_language_also_of_what_is_nested() -> None:
    shown = projected(PRODUCT, View(locales=frozenset({"de"})), known())
    assert (shown.name, shown.slug, shown.description) == ({"de": "old-de"}, {}, None)
    assert shown.search_keywords == {"de": (SearchKeyword(text="licht"),)}
    (parts,) = shown.master_variant.attributes or ()
    assert parts.value == [[{"name": "finish", "value": {"de": "matt"}}], [{"name": "finish", "value": {}}]]


def test_a_store_brings_its_languages_and_leaves_out_prices_of_elsewhere() -> None:
    shown = projected(PRODUCT, View(store_key="berlin", currency="EUR", country="FR"), known())
    assert shown.name == {"de": "old-de"}
    assert [price.id for price in shown.master_variant.prices or ()] == [uid(1)]
    assert shown.master_variant.price is not None and shown.master_variant.price.id == uid(1)
    elsewhere = projected(PRODUCT, View(currency="EUR", country="FR"), known())
    assert elsewhere.master_variant.price is not None and elsewhere.master_variant.price.id == uid(2)


def test_standalone_prices_are_wanted_only_to_select_one() -> None:
    alone = replace(PRODUCT, price_mode="Standalone")
    assert standalone_wanted(alone, View()) == []
    assert standalone_wanted(PRODUCT, View(currency="EUR")) == []
    assert standalone_wanted(alone, View(currency="EUR", staged=True)) == ["new-1"]
    shown = projected(alone, View(currency="EUR"), known())
    # Its embedded prices are shown, but none of them is selected.
    assert (shown.master_variant.price, len(shown.master_variant.prices or ())) == (None, 2)
