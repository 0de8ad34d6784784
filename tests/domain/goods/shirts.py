"""A product type and a product of it, for tests that change them."""

from typing import Any

from domain.changes import made, with_documents
from domain.facts import NOW, uid
from orderwright.domain.goods.product.model import Product
from orderwright.domain.goods.product.resource import RESOURCE
from orderwright.domain.goods.product_type.model import (
    AttributeDefinition,
    AttributeType,
    BooleanType,
    Constraint,
    DateTimeType,
    DateType,
    EnumType,
    Level,
    LocalizableTextType,
    LocalizedEnumType,
    LocalizedEnumValue,
    MoneyType,
    NestedType,
    NumberType,
    PlainEnumValue,
    ProductType,
    ReferenceType,
    SetType,
    TextType,
    TimeType,
)
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference

SIZES = EnumType(values=(PlainEnumValue(key="s", label="Small"), PlainEnumValue(key="l", label="Large")))
COLOURS = LocalizedEnumType(values=(LocalizedEnumValue(key="red", label={"en": "Red", "de": "Rot"}),))


def definition(
    name: str, type: AttributeType, constraint: Constraint = "None", level: Level = "Variant", *, required: bool = False
) -> AttributeDefinition:
    return AttributeDefinition(
        type=type,
        name=name,
        label={"en": name},
        is_required=required,
        level=level,
        attribute_constraint=constraint,
        input_hint="SingleLine",
        is_searchable=True,
    )


def product_type(number: int, name: str, *attributes: AttributeDefinition) -> ProductType:
    return ProductType(
        id=uid(number),
        version=1,
        created_at=NOW,
        last_modified_at=NOW,
        key=name,
        name=name,
        description=name,
        attributes=attributes,
    )


PART = product_type(91, "part", definition("weight", NumberType()), definition("material", TextType()))
SHIRT = product_type(
    90,
    "shirt",
    definition("size", SIZES, "CombinationUnique"),
    definition("colour", COLOURS, "CombinationUnique"),
    definition("gtin", TextType(), "Unique"),
    definition("brand", TextType(), "SameForAll"),
    definition("washable", BooleanType()),
    definition("note", LocalizableTextType()),
    definition("grams", NumberType()),
    definition("deposit", MoneyType()),
    definition("since", DateType()),
    definition("opens", TimeType()),
    definition("sold", DateTimeType()),
    definition("sibling", ReferenceType(reference_type_id="product")),
    definition("sizes", SetType(element_type=SIZES)),
    definition("parts", SetType(element_type=NestedType(type_reference=Reference(type_id="product-type", id=uid(91))))),
    definition("season", TextType(), level="Product"),
)


def shop(*documents: ProductType) -> Facts:
    """The small shop with the two product types, any of them replaced."""
    types = {each.id: each for each in (SHIRT, PART, *documents)}
    return with_documents(*(("product-type", each) for each in types.values()))


def euros(cents: int, **more: Any) -> dict[str, Any]:
    return {"value": {"currencyCode": "EUR", "centAmount": cents}, **more}


def attribute(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "value": value}


DRAFT: dict[str, Any] = {
    "productType": {"typeId": "product-type", "key": "shirt"},
    "name": {"en": "Shirt"},
    "slug": {"en": "shirt", "de": "hemd"},
    "key": "shirt 1",
    "taxCategory": {"typeId": "tax-category", "key": "standard"},
    "attributes": [attribute("season", "2024")],
    "masterVariant": {
        "sku": "shirt-s",
        "prices": [euros(1000), euros(1100, country="FR")],
        "attributes": [attribute("size", "s")],
        "images": [{"url": "https://example.com/s.jpg", "dimensions": {"w": 10, "h": 20}}],
    },
    "variants": [{"sku": "shirt-l", "key": "large", "prices": [euros(1200)], "attributes": [attribute("size", "l")]}],
}


def shirt(**changes: Any) -> Product:
    """A product of two variants, number 1 being the master; not published unless the changes say so."""
    product: Product = made(RESOURCE, {**DRAFT, **changes}, shop())
    return product
