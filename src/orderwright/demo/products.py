"""The sixty products of the demo project, as tables, and the drafts that they become."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from orderwright.demo.places import money
from orderwright.engine.scalars import DateTime

# What a euro is in other currencies, in percent. Dollar prices are without tax, but the shop wants more for the longer way.
RATES = {"USD": 112, "GBP": 86}
# How much more a hardcover costs than a paperback, in cents of EUR.
HARDCOVER = 900
# Code, English and German name, cents in EUR, colours, sizes, materials, whether organic.
CLOTHING = (
    ("TEE", "Everyday T-shirt", "T-Shirt Alltag", 1990, "black white navy", "S M L XL", "cotton", True),
    ("STRIPE", "Striped long sleeve", "Langarmshirt Streifen", 2990, "navy rust", "S M L", "cotton", True),
    ("POLO", "Piqué polo shirt", "Poloshirt Piqué", 3490, "white moss", "S M L", "cotton elastane", False),
    ("OXFORD", "Oxford shirt", "Oxfordhemd", 4990, "white navy", "S M L XL", "cotton", False),
    ("LINEN", "Linen shirt", "Leinenhemd", 5990, "sand white", "S M L", "linen", True),
    ("HOODIE", "Heavy hoodie", "Schwerer Kapuzenpullover", 6490, "black moss", "S M L XL", "cotton", True),
    ("MERINO", "Merino jumper", "Merinopullover", 8990, "navy rust", "XS S M L", "merino", False),
    ("CARDI", "Lambswool cardigan", "Strickjacke Lammwolle", 9990, "sand moss", "S M L", "lambswool", False),
    ("CHINO", "Slim chinos", "Chinohose schmal", 5490, "sand navy", "S M L XL", "cotton elastane", False),
    ("JEANS", "Straight jeans", "Jeans gerade", 7990, "navy black", "S M L XL", "cotton", True),
    ("SKIRT", "Pleated skirt", "Plisseerock", 4490, "rust black", "XS S M L", "polyester", False),
    ("DRESS", "Jersey dress", "Jerseykleid", 6990, "navy moss", "XS S M L", "viscose elastane", False),
    ("PARKA", "Waxed parka", "Gewachster Parka", 18900, "moss sand", "S M L", "cotton wax", False),
    ("RAIN", "Rain jacket", "Regenjacke", 12900, "rust navy", "S M L XL", "nylon", False),
    ("DOWN", "Quilted vest", "Steppweste", 7490, "black moss", "S M L", "nylon down", False),
    ("SCARF", "Wool scarf", "Wollschal", 3990, "rust navy", "M", "wool", False),
    ("BEANIE", "Ribbed beanie", "Rippstrickmütze", 2490, "black moss", "M", "merino", True),
    ("SOCKS", "Three pairs of socks", "Drei Paar Socken", 1490, "black sand", "M L", "cotton elastane", True),
)
# Code, English and German title, cents in EUR of the paperback, authors, pages, day of publication.
BOOKS = (
    ("HARBOUR", "The Harbour at Low Tide", "Der Hafen bei Ebbe", 1400, "Ida Lorenz", 312, "2021-03-15"),
    ("ORCHARD", "An Orchard in November", "Ein Obstgarten im November", 1300, "Tomas Reuter", 256, "2019-10-01"),
    ("SIGNAL", "Signal and Snow", "Signal und Schnee", 1600, "Mara Lindqvist", 448, "2023-01-20"),
    ("CARTO", "The Cartographer's Daughter", "Die Tochter des Kartografen", 1500, "Helen Ashby", 384, "2018-05-08"),
    ("NIGHT", "Night Trains", "Nachtzüge", 1200, "Ida Lorenz", 208, "2016-09-12"),
    ("BREAD", "Bread, Salt, Time", "Brot, Salz, Zeit", 2400, "Jonas Brandt;Lucie Meier", 240, "2022-11-03"),
    ("ROAST", "The Small Roastery", "Die kleine Rösterei", 2200, "Pia Castell", 192, "2020-02-27"),
    ("GARDEN", "A Garden for Lazy People", "Ein Garten für Faule", 1900, "Tessa Holm", 176, "2021-04-06"),
    ("STITCH", "Mend It", "Flick es", 1800, "Nora Vogel", 144, "2023-08-24"),
    ("QUEUES", "Queues, Carts and Ledgers", "Schlangen, Karren und Bücher", 3900, "Arun Mehta;Eva Sander", 520, "2024-02-13"),
    ("PROOF", "Proof by Coffee", "Beweis durch Kaffee", 2900, "Arun Mehta", 288, "2022-06-30"),
    ("CITY", "The City on Foot", "Die Stadt zu Fuß", 1700, "Helen Ashby", 320, "2017-07-18"),
    ("RIVER", "Upriver", "Flussaufwärts", 1400, "Mara Lindqvist", 368, "2020-10-09"),
    ("CLOCK", "The Clockmaker's Year", "Das Jahr der Uhrmacherin", 1500, "Tomas Reuter", 336, "2015-03-23"),
    ("FOX", "Fox Builds a House", "Fuchs baut ein Haus", 1100, "Lene Ahrens", 40, "2024-09-05"),
    ("WHALE", "Whale Goes Home", "Wal geht heim", 1100, "Lene Ahrens", 40, "2023-09-07"),
)
# Code, English and German name, cents in EUR and weight of the small pack, origin, roast, whether organic, allergens.
FOOD = (
    ("SIDAMO", "Sidamo filter coffee", "Filterkaffee Sidamo", 990, 250, "Ethiopia", "light", True, ""),
    ("HUILA", "Huila filter coffee", "Filterkaffee Huila", 950, 250, "Colombia", "medium", False, ""),
    ("NAPOLI", "Espresso Napoli", "Espresso Napoli", 890, 250, "Brazil", "dark", False, ""),
    ("CREMA", "House crema", "Hauscrema", 790, 250, "Peru", "medium", True, ""),
    ("DECAF", "Decaffeinated espresso", "Espresso entkoffeiniert", 1050, 250, "Mexico", "dark", False, ""),
    ("ASSAM", "Assam black tea", "Schwarztee Assam", 690, 100, "India", "", True, ""),
    ("SENCHA", "Sencha green tea", "Grüntee Sencha", 890, 100, "Japan", "", True, ""),
    ("ROOIBOS", "Rooibos with vanilla", "Rooibos mit Vanille", 590, 100, "South Africa", "", False, ""),
    ("CHOC70", "Dark chocolate 70 %", "Zartbitterschokolade 70 %", 349, 80, "Ecuador", "", True, "soy"),
    ("CHOCM", "Milk chocolate with hazelnut", "Milchschokolade mit Haselnuss", 329, 80, "Ghana", "", False, "milk nuts soy"),
    ("COOKIE", "Oat biscuits", "Haferkekse", 449, 200, "Germany", "", True, "gluten milk"),
    ("GRANOLA", "Nut granola", "Nussmüsli", 690, 400, "Germany", "", True, "gluten nuts"),
    ("HONEY", "Lime blossom honey", "Lindenblütenhonig", 750, 250, "Germany", "", False, ""),
    ("OIL", "Olive oil, early harvest", "Olivenöl, frühe Ernte", 1290, 500, "Italy", "", True, ""),
)
# Code, English and German name, cents in EUR, colours, watts, ports, months of warranty, on sale since, millimetres.
ELECTRONICS = (
    ("GRINDER", "Burr coffee grinder", "Kaffeemühle mit Mahlscheiben", 14900, "black silver", 150, "", 24, 2022, (150, 340, 220)),
    ("KETTLE", "Gooseneck kettle", "Schwanenhalskessel", 7990, "black white", 1200, "", 24, 2021, (290, 210, 150)),
    ("SCALE", "Coffee scale", "Kaffeewaage", 4990, "black", 2, "USB-C", 24, 2023, (130, 25, 130)),
    ("ESPRESSO", "Espresso machine", "Espressomaschine", 64900, "silver", 1500, "", 36, 2020, (280, 380, 410)),
    ("TAMPER", "Levelling tamper", "Tamper mit Ausgleich", 3490, "silver", 0, "", 24, 2020, (58, 60, 58)),
    ("SPEAKER", "Shelf speaker", "Regallautsprecher", 19900, "black white", 60, "AUX USB-C", 24, 2022, (180, 290, 240)),
    ("HEADSET", "Over-ear headphones", "Bügelkopfhörer", 12900, "black sand", 5, "USB-C AUX", 24, 2023, (170, 190, 80)),
    ("READER", "Reading light", "Leselampe", 3990, "white black", 6, "USB-C", 24, 2021, (60, 320, 60)),
    ("DOCK", "Laptop dock", "Laptop-Dockingstation", 15900, "silver", 100, "USB-C HDMI Ethernet", 36, 2024, (220, 30, 85)),
    ("CABLE", "Braided cable, two metres", "Textilkabel, zwei Meter", 1990, "black white", 100, "USB-C", 12, 2022, (12, 7, 2000)),
    ("CHARGER", "Travel charger", "Reiseladegerät", 3990, "white", 65, "USB-C", 24, 2023, (65, 30, 60)),
    ("RADIO", "Kitchen radio", "Küchenradio", 8990, "moss rust", 10, "USB-C AUX", 24, 2021, (240, 150, 110)),
)  # fmt: skip
ACCESSORY_OF = {"SCALE": "KETTLE", "TAMPER": "ESPRESSO", "CABLE": "DOCK", "CHARGER": "DOCK"}
Draft = dict[str, Any]
Prices = Callable[[int], list[Draft]]


def products(today: datetime, id_of: Callable[[str], str]) -> Iterator[Draft]:
    """The drafts, the first of them one that everybody can buy.

    `today` is where prices with dates are counted from. `id_of` answers the id of a product that was made already, by its
    key: accessories come after what they belong to, so each draft must be made before the next one is asked for.
    """
    rows: list[tuple[Callable[..., Draft], tuple[Any, ...]]] = [
        *((_clothing, row) for row in CLOTHING),
        *((_book, row) for row in BOOKS),
        *((_food, row) for row in FOOD),
        *((_device, (id_of, *row)) for row in ELECTRONICS),
    ]
    for number, (draft, row) in enumerate(rows):
        yield draft(lambda cents, number=number: _prices(number, cents, today), *row)


def skus(draft: Draft) -> list[str]:
    """What the variants of a product are ordered by."""
    return [variant["sku"] for variant in (draft["masterVariant"], *draft["variants"])]


def _clothing(
    prices: Prices, code: str, english: str, german: str, cents: int, colours: str, sizes: str, materials: str, organic: bool
) -> Draft:
    attributes = {
        "materials": materials.split(),
        "care": {"en": "Wash at 30 degrees.", "de": "Bei 30 Grad waschen."},
        "organic": organic,
    }
    variants = [
        _variant(f"{code}-{colour.upper()}-{size}", prices(cents), {"size": size, "colour": colour})
        for colour in colours.split()
        for size in sizes.split()
    ]
    return _product("clothing", "standard", code, english, german, attributes, variants)


def _book(prices: Prices, code: str, english: str, german: str, cents: int, authors: str, pages: int, published: str) -> Draft:
    number = next(place for place, row in enumerate(BOOKS) if row[0] == code)
    variants = [
        _variant(
            f"{code}-{binding[:2].upper()}",
            prices(cents + more),
            {"isbn": isbn(2 * number + place), "binding": binding, "pages": pages},
        )
        for place, (binding, more) in enumerate((("paperback", 0), ("hardcover", HARDCOVER)))
    ]
    attributes = {"authors": authors.split(";"), "published": published}
    return _product("book", "books", code, english, german, attributes, variants)


def _food(
    prices: Prices, code: str, english: str, german: str, cents: int, grams: int, origin: str, roast: str, organic: bool,
    allergens: str,
) -> Draft:  # fmt: skip
    attributes: Draft = {"origin": origin, "organic": organic, "allergens": allergens.split()}
    if roast:
        attributes |= {"roast": roast, "roastedDailyAt": "06:30:00.000"}
    variants = [
        _variant(
            f"{code}-{weight}G",
            [_with_tiers(price) for price in prices(price)],
            {"weight": weight, "pricePerKilogram": money("EUR", price * 1000 // weight)},
        )
        for weight, price in ((grams, cents), (4 * grams, charming(cents * 36 // 10)))
    ]
    return _product("food", "food", code, english, german, attributes, variants)


def _device(
    prices: Prices, id_of: Callable[[str], str], code: str, english: str, german: str, cents: int, colours: str, watts: int,
    ports: str, months: int, year: int, millimetres: tuple[int, int, int],
) -> Draft:  # fmt: skip
    attributes: Draft = {
        "power": watts,
        "ports": ports.split(),
        "warrantyMonths": months,
        "availableSince": f"{year}-09-01T08:00:00.000Z",
        "dimensions": _attributes(dict(zip(("width", "height", "depth"), millimetres, strict=True))),
    }
    if code in ACCESSORY_OF:
        attributes["accessoryOf"] = {"typeId": "product", "id": id_of(ACCESSORY_OF[code].lower())}
    variants = [_variant(f"{code}-{colour.upper()}", prices(cents), {"colour": colour}) for colour in colours.split()]
    return _product("electronics", "standard", code, english, german, attributes, variants)


def _product(
    type_key: str, tax_key: str, code: str, english: str, german: str, attributes: Draft, variants: list[Draft]
) -> Draft:
    return {
        "key": code.lower(),
        "productType": {"key": type_key},
        "taxCategory": {"key": tax_key},
        "name": {"en": english, "de": german},
        "slug": {"en": slug(english), "de": slug(german)},
        "attributes": _attributes(attributes),
        "masterVariant": variants[0],
        "variants": variants[1:],
        "publish": True,
    }


def _variant(sku: str, prices: list[Draft], attributes: Draft) -> Draft:
    return {"sku": sku, "key": sku.lower(), "prices": prices, "attributes": _attributes(attributes)}


def _attributes(values: Draft) -> list[Draft]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _prices(number: int, cents: int, today: datetime) -> list[Draft]:
    """What a variant costs everywhere. Some products also have a price in one country, in a past sale or in a running one."""
    found: list[Draft] = [{"value": money("EUR", cents)}]
    found += [{"value": money(currency, charming(cents * rate // 100))} for currency, rate in RATES.items()]
    if number % 3 == 0:
        found.append({"value": money("EUR", charming(cents * 105 // 100)), "country": "FR"})
    if number % 5 == 2:
        found.append({"value": money("EUR", charming(cents * 80 // 100)), "country": "DE", **_dates(today, -60, -30)})
    if number % 7 == 3:
        found.append({"value": money("EUR", charming(cents * 85 // 100)), **_dates(today, -14, 365)})
    return found


def _dates(today: datetime, first: int, last: int) -> Draft:
    days = {"validFrom": first, "validUntil": last}
    return {name: DateTime.of(today + timedelta(days=number)) for name, number in days.items()}


def _with_tiers(price: Draft) -> Draft:
    """Groceries cost less by the carton."""
    currency, cents = price["value"]["currencyCode"], price["value"]["centAmount"]
    tiers = [
        {"minimumQuantity": quantity, "value": money(currency, charming(cents * percent // 100))}
        for quantity, percent in ((4, 92), (10, 85))
    ]
    return {**price, "tiers": tiers}


def charming(cents: int) -> int:
    """The nearest amount that ends in 9, from 20.00 on in 99."""
    step = 100 if cents >= 2000 else 10
    return (cents + step // 2) // step * step - 1


def isbn(number: int) -> str:
    """An ISBN-13 with its check digit, from a block of numbers that no publisher has."""
    digits = f"97899999{number:04d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def slug(name: str) -> str:
    """A name as a part of a URL."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
