"""A small shop, as facts: what a request would have read beforehand, so that the domain's functions are tested pure.

Prices: a mug is 9.99 EUR (8.99 from 10 on, 10.49 in France, 11.00 USD), a book 20.00 EUR, a pencil 1.08 EUR, a sticker 1.00 EUR.
Taxes: standard is 19 % in DE and 20 % in FR, included in the price, and 8.875 % in the state NY of the US, not included;
reduced is 7 % in DE; net is 19 % in DE, not included in the price. The sticker has no tax category.
Shipping: standard costs 4.95 EUR in Europe, free above 50.00, and 9.90 USD in the US; express costs 12.90 EUR, from a cart of
100.00 on 6.00; each is taxed as standard.
Custom fields: the Type `extra` is for carts, orders and their parts, with a text `note`, a number `count` and an enum `size`.
"""

from collections.abc import Iterable
from decimal import Decimal
from itertools import count
from typing import Any

from orderwright.domain.amounts.money import Money, TypedMoney
from orderwright.domain.amounts.tax import TaxRate
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.model import (
    CustomFieldEnumType,
    CustomFieldEnumValue,
    CustomFieldNumberType,
    CustomFieldStringType,
    FieldDefinition,
    FieldType,
    Type,
)
from orderwright.domain.goods.price import Price, PriceTier
from orderwright.domain.goods.product.variant import Attribute, ProductVariant, VariantSnapshot
from orderwright.domain.sale.shipping.method import ShippingMethod, ZoneRate
from orderwright.domain.sale.shipping.model import CartValueTier, ShippingRate
from orderwright.domain.shop.project.model import (
    CartsConfiguration,
    DiscountsConfiguration,
    InventoryConfiguration,
    MessagesConfiguration,
    Project,
)
from orderwright.domain.shop.store.model import Store, StoreCountry
from orderwright.domain.shop.tax_category import TaxCategory
from orderwright.domain.shop.zone import Location, Zone
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.model import ClientLogging, KeyReference, Reference
from orderwright.engine.references import Wanted
from orderwright.engine.scalars import DateTime

NOW = DateTime("2024-05-01T10:00:00.000Z")
LATER = DateTime("2024-05-02T10:00:00.000Z")


def uid(number: int) -> str:
    """A valid id that is easy to recognise."""
    return f"00000000-0000-4000-8000-{number:012d}"


def eur(cents: int) -> TypedMoney:
    return TypedMoney(type="centPrecision", currency_code="EUR", cent_amount=cents, fraction_digits=2)


def usd(cents: int) -> TypedMoney:
    return TypedMoney(type="centPrecision", currency_code="USD", cent_amount=cents, fraction_digits=2)


def _born(number: int) -> dict[str, Any]:
    return {"id": uid(number), "version": 1, "created_at": NOW, "last_modified_at": NOW}


def _rate(number: int, country: str, amount: str, *, included: bool = True, state: str | None = None) -> TaxRate:
    return TaxRate(
        id=uid(number),
        name=f"{country} {amount}",
        amount=Decimal(amount),
        included_in_price=included,
        sub_rates=(),
        country=country,
        state=state,
        tax_rounding_target="Net",
    )


PROJECT = Project(
    **_born(1),
    key="demo",
    name="Demo",
    countries=("DE", "FR", "US"),
    currencies=("EUR", "USD"),
    languages=("en", "de", "fr"),
    messages=MessagesConfiguration(enabled=True, delete_days_after_creation=15),
    carts=CartsConfiguration(delete_days_after_last_modification=30, country_tax_rate_fallback_enabled=False),
    inventory=InventoryConfiguration(release_expired_reservations=False),
    discounts=DiscountsConfiguration(discount_combination_mode="Stacking"),
)
STANDARD_RATES = (
    _rate(201, "DE", "0.19"),
    _rate(202, "FR", "0.2"),
    _rate(203, "US", "0.08875", included=False, state="NY"),
)
STANDARD = TaxCategory(**_born(2), key="standard", name="Standard", rates=STANDARD_RATES)
REDUCED = TaxCategory(**_born(3), key="reduced", name="Reduced", rates=(_rate(301, "DE", "0.07"),))
NET = TaxCategory(**_born(4), key="net", name="Net", rates=(_rate(401, "DE", "0.19", included=False),))
EUROPE = Zone(**_born(5), key="europe", name="Europe", locations=(Location(country="DE"), Location(country="FR")))
STATES = Zone(**_born(6), key="states", name="States", locations=(Location(country="US"),))
BERLIN = Store(**_born(7), key="berlin", countries=(StoreCountry(code="DE"),), languages=("de", "en"))
PARIS = Store(**_born(8), key="paris", languages=("fr",))


def custom_field(name: str, type: FieldType, *, required: bool = False) -> FieldDefinition:
    """A field that is labelled as it is named."""
    return FieldDefinition(name=name, type=type, label={"en": name}, required=required, input_hint="SingleLine")


EXTRA = Type(
    **_born(10),
    key="extra",
    name={"en": "Extra"},
    resource_type_ids=(
        "order",
        "line-item",
        "custom-line-item",
        "address",
        "shipping",
        "order-delivery",
        "order-parcel",
        "order-return-item",
    ),
    field_definitions=(
        custom_field("note", CustomFieldStringType()),
        custom_field("count", CustomFieldNumberType()),
        custom_field(
            "size",
            CustomFieldEnumType(
                values=(CustomFieldEnumValue(key="s", label="Small"), CustomFieldEnumValue(key="l", label="Large"))
            ),
        ),
    ),
)


def _reference(document: Any, type_id: str) -> Reference:
    return Reference(type_id=type_id, id=document.id)


def method(number: int, key: str, *rates: tuple[Zone, ShippingRate], **more: Any) -> ShippingMethod:
    """An active shipping method of the standard tax category, with one rate a zone unless zones repeat."""
    zone_rates = tuple(ZoneRate(zone=_reference(zone, "zone"), shipping_rates=(rate,)) for zone, rate in rates)
    plain = {"name": key.title(), "active": True, "is_default": False, "tax_category": _reference(STANDARD, "tax-category")}
    return ShippingMethod(**_born(number), key=key, zone_rates=zone_rates, **{**plain, **more})


FLAT = ShippingRate(price=eur(495), tiers=())
FREE_ABOVE_50 = ShippingRate(price=eur(495), free_above=eur(5000), tiers=())
TIERED = ShippingRate(
    price=eur(1290), tiers=(CartValueTier(minimum_cent_amount=10000, price=Money(currency_code="EUR", cent_amount=600)),)
)
STANDARD_SHIPPING = method(11, "standard", (EUROPE, FREE_ABOVE_50), (STATES, ShippingRate(price=usd(990), tiers=())))
EXPRESS = method(12, "express", (EUROPE, TIERED))
RETIRED = method(13, "retired", (EUROPE, FLAT), active=False)
COURIER = method(14, "courier", (EUROPE, FLAT), stores=(KeyReference(type_id="store", key="berlin"),))
PARCEL = method(15, "parcel", (EUROPE, FLAT), predicate='country = "DE"')
SHIPPING_METHODS = (STANDARD_SHIPPING, EXPRESS, RETIRED, COURIER, PARCEL)


def price(number: int, value: TypedMoney, country: str | None = None, tiers: tuple[tuple[int, TypedMoney], ...] = ()) -> Price:
    """An embedded price; `tiers` are (minimum quantity, value)."""
    steps = tuple(PriceTier(minimum_quantity=minimum, value=amount) for minimum, amount in tiers)
    return Price(id=uid(number), value=value, country=country, tiers=steps or None)


def product(
    number: int, sku: str, tax_category: TaxCategory | None, *prices: Price, variant_id: int = 1, **more: Any
) -> VariantSnapshot:
    """The row of one variant; its product is `uid(number)` and named after the part of the SKU before a dash."""
    name = sku.partition("-")[0]
    colour = (Attribute(name="colour", value=sku.partition("-")[2] or "plain"),)
    return VariantSnapshot(
        product_id=uid(number),
        product_key=name,
        product_type=Reference(type_id="product-type", id=uid(9)),
        name={"en": name.title()},
        slug={"en": name},
        variant=ProductVariant(id=variant_id, sku=sku, prices=prices, attributes=colour),
        master=variant_id == 1,
        published=True,
        tax_category=_reference(tax_category, "tax-category") if tax_category else None,
        price_mode="Embedded",
        **more,
    )


MUG_PRICES = (price(501, eur(999), tiers=((10, eur(899)),)), price(502, eur(1049), "FR"), price(503, usd(1100)))
MUG = product(50, "mug-blue", STANDARD, *MUG_PRICES)
RED_MUG = product(50, "mug-red", STANDARD, *MUG_PRICES, variant_id=2)
BOOK = product(51, "book", REDUCED, price(511, eur(2000)))
PENCIL = product(52, "pencil", NET, price(521, eur(108)))
STICKER = product(53, "sticker", None, price(531, eur(100)))
VARIANTS = (MUG, RED_MUG, BOOK, PENCIL, STICKER)

GERMAN = AddressDraft(country="DE", city="Berlin")
FRENCH = AddressDraft(country="FR", city="Paris")
NEW_YORKER = AddressDraft(country="US", state="NY")


def catalogue(
    project: Project = PROJECT,
    shipping_methods: Iterable[ShippingMethod] = SHIPPING_METHODS,
    tax_categories: Iterable[TaxCategory] = (STANDARD, REDUCED, NET),
    types: Iterable[Type] = (EXTRA,),
    others: Iterable[tuple[str, Any]] = (),
) -> Catalogue:
    """The shop's settings and rules, any of them replaced; `others` are of other types, which stand before their documents."""
    return Catalogue(
        1,
        [
            ("project", project),
            *(("tax-category", category) for category in tax_categories),
            *(("zone", zone) for zone in (EUROPE, STATES)),
            *(("shipping-method", each) for each in shipping_methods),
            *(("store", store) for store in (BERLIN, PARIS)),
            *(("type", each) for each in types),
            *others,
        ],
    )


def facts(
    rules: Catalogue | None = None,
    variants: Iterable[VariantSnapshot] = VARIANTS,
    *,
    found: Iterable[tuple[Wanted, Any]] = (),
    store_key: str | None = None,
    now: DateTime = NOW,
    first_id: int = 1000,
) -> Facts:
    """Facts in which the shop's rules and every variant, by SKU and by product, were read; ids count up from `first_id`."""
    by_product: dict[str, tuple[VariantSnapshot, ...]] = {}
    for each in variants:
        by_product[each.product_id] = (*by_product.get(each.product_id, ()), each)
    numbers = count(first_id)
    return Facts(
        now=now,
        new_id=lambda: uid(next(numbers)),
        who=ClientLogging(client_id="test"),
        catalogue=rules or catalogue(),
        found={
            **{Wanted("variant", "sku", each.variant.sku or ""): each for each in variants},
            **{Wanted("variant", "product", id): rows for id, rows in by_product.items()},
            **dict(found),
        },
        store_key=store_key,
    )
