"""Where the demo project sells: its taxes, zones, shipping methods, stores, and the addresses of its customers.

The rates are those of 2025 as far as a shop of this kind meets them; they show how the API works and are no tax advice.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

CURRENCIES = ("EUR", "USD", "GBP")
COUNTRIES = ("DE", "AT", "FR", "NL", "IT", "GB", "US")
LANGUAGES = ("en", "de")

TAX_CATEGORIES = (
    ("standard", "Standard", "What has no rate of its own."),
    ("books", "Books", "Printed books, which Europe taxes less and the United States do not."),
    ("food", "Food", "Coffee, tea and groceries."),
    ("shipping", "Shipping", "Taxed as goods are, except where shipping that is shown apart is free of tax."),
)
# Country, what its tax is called, and its rates for the categories above in their order; all included in the price.
VAT = (
    ("DE", "MwSt.", "0.19", "0.07", "0.07", "0.19"),
    ("AT", "USt.", "0.2", "0.1", "0.1", "0.2"),
    ("FR", "TVA", "0.2", "0.055", "0.055", "0.2"),
    ("NL", "BTW", "0.21", "0.09", "0.09", "0.21"),
    ("IT", "IVA", "0.22", "0.04", "0.1", "0.22"),
    ("GB", "VAT", "0.2", "0", "0", "0.2"),
)
# State, what its tax is called, the categories it falls on, and the shares of state, city and district: never in the price.
SALES_TAX = (
    (
        "NY",
        "New York City sales tax",
        ("standard", "books", "shipping"),
        (("New York State", "0.04"), ("New York City", "0.045"), ("Commuter district", "0.00375")),
    ),
    ("CA", "California sales tax", ("standard", "books"), (("California", "0.06"), ("Local", "0.0125"))),
)
ZONES = (
    ("germany", "Germany", (("DE", None),)),
    ("europe", "Europe", (("AT", None), ("FR", None), ("IT", None), ("NL", None))),
    ("great-britain", "Great Britain", (("GB", None),)),
    ("united-states", "New York and California", (("US", "NY"), ("US", "CA"))),
)
STORES = (
    ("berlin", {"en": "Berlin", "de": "Berlin"}, ("de", "en"), ("DE", "AT", "FR", "NL", "IT", "GB")),
    ("newyork", {"en": "New York"}, ("en",), ("US",)),
)
# Zone, then price and the cart value that makes it free, in cents of EUR, USD and GBP.
STANDARD_RATES = (
    ("germany", (495, 5000), (595, 6000), (450, 4500)),
    ("europe", (990, 12000), (1190, 14000), (890, 11000)),
    ("great-britain", (690, 7000), (790, 8000), (595, 6000)),
    ("united-states", (890, 9000), (795, 7500), (790, 8000)),
)
# Zone, then price and the price from a cart value of 150.00 on, in cents of EUR, USD and GBP.
EXPRESS_RATES = (
    ("germany", (1290, 690), (1490, 790), (1190, 590)),
    ("europe", (1990, 1190), (2290, 1390), (1790, 990)),
    ("great-britain", (1890, 1090), (2190, 1290), (1690, 890)),
    ("united-states", (2490, 1490), (1990, 1190), (2190, 1290)),
)
EXPRESS_TIER = 15_000


class Market(NamedTuple):
    """Customers of one place: how many of a hundred, what they pay in, where they live; `store` is the shop they may use."""

    share: int
    country: str
    state: str | None
    currency: str
    locale: str
    store: str
    names: tuple[str, ...]
    homes: tuple[tuple[str, str, str, str], ...]


# A home is street, number, postal code and city.
MARKETS = (
    Market(
        40, "DE", None, "EUR", "de", "berlin",
        ("Anna Schmidt", "Jonas Weber", "Lea Müller", "Finn Becker", "Mia Schäfer", "Emil Koch", "Clara Wolf", "Paul Krüger"),
        (
            ("Lindenweg", "12", "10969", "Berlin"),
            ("Gartenstraße", "4a", "10115", "Berlin"),
            ("Hafenstraße", "27", "20457", "Hamburg"),
            ("Am Markt", "3", "80331", "München"),
            ("Schillerstraße", "58", "04109", "Leipzig"),
        ),
    ),
    Market(
        8, "AT", None, "EUR", "de", "berlin",
        ("Lukas Gruber", "Sophie Huber", "Marie Steiner"),
        (("Rosengasse", "9", "1070", "Wien"), ("Mühlweg", "14", "5020", "Salzburg")),
    ),
    Market(
        12, "FR", None, "EUR", "en", "berlin",
        ("Chloé Martin", "Hugo Bernard", "Camille Petit", "Louis Moreau"),
        (("Rue des Lilas", "18", "75011", "Paris"), ("Quai du Port", "6", "13002", "Marseille")),
    ),
    Market(
        8, "NL", None, "EUR", "en", "berlin",
        ("Sanne de Vries", "Daan Jansen", "Lotte Bakker"),
        (("Tulpstraat", "31", "1015 AB", "Amsterdam"), ("Molenweg", "2", "3512 CD", "Utrecht")),
    ),
    Market(
        7, "IT", None, "EUR", "en", "berlin",
        ("Giulia Rossi", "Marco Bianchi", "Elena Ricci"),
        (("Via dei Fiori", "22", "20121", "Milano"), ("Via del Mare", "7", "00184", "Roma")),
    ),
    Market(
        10, "GB", None, "GBP", "en", "berlin",
        ("Oliver Brown", "Amelia Jones", "Harry Evans", "Isla Walker"),
        (("Orchard Lane", "5", "M1 4AB", "Manchester"), ("Mill Road", "41", "SE1 2CD", "London")),
    ),
    Market(
        9, "US", "NY", "USD", "en", "newyork",
        ("Emma Johnson", "Noah Davis", "Olivia Clark", "Liam Lewis"),
        (("Maple Street", "120", "10013", "New York"), ("Park Place", "77", "11217", "New York")),
    ),
    Market(
        6, "US", "CA", "USD", "en", "newyork",
        ("Ava Miller", "Ethan Scott", "Grace Turner"),
        (("Ocean Drive", "900", "91360", "Thousand Oaks"), ("Hillcrest Avenue", "15", "93063", "Simi Valley")),
    ),
)  # fmt: skip


def tax_categories() -> list[dict[str, Any]]:
    """The drafts, each with a rate for every country and state."""
    return [
        {"key": key, "name": name, "description": description, "rates": [*_vat(place), *_sales_tax(key)]}
        for place, (key, name, description) in enumerate(TAX_CATEGORIES)
    ]


def _vat(place: int) -> list[dict[str, Any]]:
    rates = []
    for country, name, *amounts in VAT:
        amount = Decimal(amounts[place])
        rates.append({
            "name": f"{name} {(amount * 100).normalize():f} %",
            "amount": amount,
            "includedInPrice": True,
            "country": country,
        })  # fmt: skip
    return rates


def _sales_tax(category: str) -> list[dict[str, Any]]:
    rates = []
    for state, name, taxed, shares in SALES_TAX:
        rate: dict[str, Any] = {"name": name, "includedInPrice": False, "country": "US", "state": state}
        if category in taxed:
            rate["subRates"] = [{"name": share, "amount": Decimal(amount)} for share, amount in shares]
        else:
            rate |= {"name": f"{name}: exempt", "amount": Decimal(0)}
        rates.append(rate)
    return rates


def zones() -> list[dict[str, Any]]:
    """The drafts. A zone of states leaves the others of their country out: there is no tax rate for them."""
    return [
        {"key": key, "name": name, "locations": [{"country": country, "state": state or ""} for country, state in locations]}
        for key, name, locations in ZONES
    ]


def stores() -> list[dict[str, Any]]:
    """The drafts."""
    return [
        {"key": key, "name": name, "languages": languages, "countries": [{"code": code} for code in countries]}
        for key, name, languages, countries in STORES
    ]


def shipping_methods() -> list[dict[str, Any]]:
    """The drafts: the default one, a fast one that is cheaper for big carts, and a courier for one city and store."""
    courier = [{"zone": {"key": "germany"}, "shippingRates": [{"price": money("EUR", 790)}]}]
    return [
        _method("standard", "Standard", "Standardversand", "DHL", isDefault=True, zoneRates=_zone_rates(STANDARD_RATES, _free)),
        _method("express", "Express", "Expressversand", "UPS", zoneRates=_zone_rates(EXPRESS_RATES, _tiered)),
        _method(
            "courier", "Bicycle courier", "Fahrradkurier", "Velo", zoneRates=courier,
            predicate='shippingAddress(city = "Berlin")', stores=[{"typeId": "store", "key": "berlin"}],
        ),
    ]  # fmt: skip


def _method(key: str, english: str, german: str, carrier: str, **more: Any) -> dict[str, Any]:
    names = {"name": english, "localizedName": {"en": english, "de": german}}
    return {"key": key, **names, "taxCategory": {"key": "shipping"}, "isDefault": False, "carrier": carrier, **more}


def _zone_rates(rows: Any, rate: Any) -> list[dict[str, Any]]:
    return [
        {
            "zone": {"key": zone},
            "shippingRates": [rate(currency, *pair) for currency, pair in zip(CURRENCIES, pairs, strict=True)],
        }
        for zone, *pairs in rows
    ]


def _free(currency: str, price: int, free_above: int) -> dict[str, Any]:
    return {"price": money(currency, price), "freeAbove": money(currency, free_above)}


def _tiered(currency: str, price: int, reduced: int) -> dict[str, Any]:
    tier = {"type": "CartValue", "minimumCentAmount": EXPRESS_TIER, "price": money(currency, reduced)}
    return {"price": money(currency, price), "tiers": [tier]}


def money(currency: str, cents: int) -> dict[str, Any]:
    """An amount of minor units as a draft sends it."""
    return {"currencyCode": currency, "centAmount": cents}
