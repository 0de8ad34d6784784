"""The product types of the demo project, with attributes of every kind there is."""

from __future__ import annotations

from typing import Any

COLOURS = {
    "black": ("Black", "Schwarz"),
    "white": ("White", "Weiß"),
    "navy": ("Navy", "Marineblau"),
    "sand": ("Sand", "Sand"),
    "moss": ("Moss", "Moosgrün"),
    "rust": ("Rust", "Rostrot"),
    "silver": ("Silver", "Silber"),
}
BINDINGS = {"hardcover": ("Hardcover", "Gebunden"), "paperback": ("Paperback", "Taschenbuch")}
ALLERGENS = {"milk": ("Milk", "Milch"), "nuts": ("Nuts", "Nüsse"), "gluten": ("Gluten", "Gluten"), "soy": ("Soy", "Soja")}
SIZES = ("XS", "S", "M", "L", "XL")
ROASTS = ("light", "medium", "dark")
PORTS = ("USB-C", "HDMI", "Ethernet", "AUX")


def _enum(*keys: str) -> dict[str, Any]:
    return {"name": "enum", "values": [{"key": key, "label": key} for key in keys]}


def _labelled(choices: dict[str, tuple[str, str]]) -> dict[str, Any]:
    values = [{"key": key, "label": {"en": english, "de": german}} for key, (english, german) in choices.items()]
    return {"name": "lenum", "values": values}


def _plain(name: str) -> dict[str, Any]:
    return {"name": name}


def _set(element: dict[str, Any]) -> dict[str, Any]:
    return {"name": "set", "elementType": element}


COLOUR, NUMBER, BOOLEAN, TEXT = _labelled(COLOURS), _plain("number"), _plain("boolean"), _plain("text")
# Name, English and German label, type, level, constraint, and whether it is required.
Rows = tuple[tuple[str, str, str, dict[str, Any], str, str, bool], ...]
DIMENSIONS: Rows = (
    ("width", "Width (mm)", "Breite (mm)", NUMBER, "Product", "None", True),
    ("height", "Height (mm)", "Höhe (mm)", NUMBER, "Product", "None", True),
    ("depth", "Depth (mm)", "Tiefe (mm)", NUMBER, "Product", "None", True),
)
CLOTHING: Rows = (
    ("size", "Size", "Größe", _enum(*SIZES), "Variant", "CombinationUnique", True),
    ("colour", "Colour", "Farbe", COLOUR, "Variant", "CombinationUnique", True),
    ("materials", "Materials", "Materialien", _set(TEXT), "Product", "None", False),
    ("care", "Care", "Pflege", _plain("ltext"), "Product", "None", False),
    ("organic", "Organic", "Bio", BOOLEAN, "Product", "None", True),
)
BOOK: Rows = (
    ("isbn", "ISBN", "ISBN", TEXT, "Variant", "Unique", True),
    ("binding", "Binding", "Einband", _labelled(BINDINGS), "Variant", "None", True),
    ("pages", "Pages", "Seiten", NUMBER, "Variant", "SameForAll", False),
    ("authors", "Authors", "Autorinnen und Autoren", _set(TEXT), "Product", "None", False),
    ("published", "Published", "Erschienen", _plain("date"), "Product", "None", False),
)
FOOD: Rows = (
    ("weight", "Weight (g)", "Gewicht (g)", NUMBER, "Variant", "Unique", True),
    ("pricePerKilogram", "Price per kilogram", "Grundpreis je Kilogramm", _plain("money"), "Variant", "None", False),
    ("origin", "Origin", "Herkunft", TEXT, "Product", "None", False),
    ("organic", "Organic", "Bio", BOOLEAN, "Product", "None", True),
    ("roast", "Roast", "Röstung", _enum(*ROASTS), "Product", "None", False),
    ("roastedDailyAt", "Roasted daily at", "Täglich geröstet um", _plain("time"), "Product", "None", False),
    ("allergens", "Allergens", "Allergene", _set(_labelled(ALLERGENS)), "Product", "None", False),
)


def _electronics(dimensions_id: str) -> Rows:
    nested = {"name": "nested", "typeReference": {"typeId": "product-type", "id": dimensions_id}}
    accessory = {"name": "reference", "referenceTypeId": "product"}
    return (
        ("colour", "Colour", "Farbe", COLOUR, "Variant", "CombinationUnique", True),
        ("power", "Power (W)", "Leistung (W)", NUMBER, "Product", "None", False),
        ("ports", "Ports", "Anschlüsse", _set(_enum(*PORTS)), "Product", "None", False),
        ("warrantyMonths", "Warranty (months)", "Garantie (Monate)", NUMBER, "Product", "None", True),
        ("availableSince", "Available since", "Erhältlich seit", _plain("datetime"), "Product", "None", False),
        ("dimensions", "Dimensions", "Maße", nested, "Product", "None", False),
        ("accessoryOf", "Accessory of", "Zubehör zu", accessory, "Product", "None", False),
    )


def dimensions() -> dict[str, Any]:
    """The draft of the type that is only nested in another: no product is of it."""
    return _draft("dimensions", "Dimensions", "Width, height and depth.", DIMENSIONS)


def product_types(dimensions_id: str) -> list[dict[str, Any]]:
    """The drafts of the types that products have; `dimensions_id` is the id of the nested one."""
    return [
        _draft("clothing", "Clothing", "What is worn, by size and colour.", CLOTHING),
        _draft("book", "Book", "Printed books, by binding.", BOOK),
        _draft("food", "Food", "Coffee, tea and groceries, by weight.", FOOD),
        _draft("electronics", "Electronics", "Devices and what belongs to them.", _electronics(dimensions_id)),
    ]


def _draft(key: str, name: str, description: str, rows: Rows) -> dict[str, Any]:
    attributes = [
        {
            "name": attribute,
            "label": {"en": english, "de": german},
            "type": type,
            "level": level,
            "attributeConstraint": constraint,
            "isRequired": required,
        }
        for attribute, english, german, type, level, constraint, required in rows
    ]
    return {"key": key, "name": name, "description": description, "attributes": attributes}
