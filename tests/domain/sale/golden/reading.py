"""Worked carts: how one is written down, how it is made through the domain, and what is read off it.

A worked cart is plain JSON, so that a script can write it without knowing the domain:

    shop      taxes: by key the rates of a tax category, as they are sent; goods: by SKU [tax category, price, {from: price}];
              ways: by key a shipping method with `tax`, `price`, and `freeAbove` and `tiers` where it has them; by: the type of
              the project's shippingRateInputType; fallback: whether a country's rate stands in for a state's
    draft     the cart as it is sent
    updates   lists of actions, each a request of its own
    figures   what it comes to, as `figures` reads it

Amounts of the shop are minor units of the cart's currency, or "12.3456" for a price of high precision. What is taxed is
[net, tax, gross, [[name, rate, amount] of each portion]].
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from domain.cart.buying import body, create, update
from domain.facts import EUROPE, PROJECT, STATES, _born, catalogue, facts, method, product, uid
from orderwright.domain.amounts.money import Money, TypedMoney, fraction_digits, typed
from orderwright.domain.amounts.tax import TaxRateDraft, tax_rate_from
from orderwright.domain.goods.price import Price, PriceTier
from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.shipping.model import ShippingRateDraft
from orderwright.domain.sale.shipping.rates import shipping_rate_from
from orderwright.domain.shop.project.model import CartScoreType, CartValueType
from orderwright.domain.shop.tax_category import TaxCategory
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Reference

Worked = Mapping[str, Any]
BY = {"CartScore": CartScoreType(), "CartValue": CartValueType(), None: None}


def made(worked: Worked) -> Cart:
    """The cart, made and changed as requests would have it."""
    cart = create(_facts(worked, 1000), **worked["draft"])
    for number, actions in enumerate(worked.get("updates", ()), 2):
        cart = update(cart, *actions, known=_facts(worked, number * 1000))
    return cart


def figures(cart: Cart) -> dict[str, Any]:
    """All that a cart comes to, item by item; what is not there is left out."""
    seen = body(cart)
    items = [*seen["lineItems"], *seen["customLineItems"]]
    ways = [(each["shippingKey"], each["shippingInfo"]) for each in seen["shipping"]]
    if "shippingInfo" in seen:
        ways.append(("", seen["shippingInfo"]))
    whole = {
        "total": seen["totalPrice"]["centAmount"],
        "taxed": taxed(seen.get("taxedPrice")),
        "taxedShipping": taxed(seen.get("taxedShippingPrice")),
        "items": [_item(item) for item in items],
        "ways": {
            key: _known({"price": info["price"]["centAmount"], "taxed": taxed(info.get("taxedPrice"))}) for key, info in ways
        },
    }
    return _known(whole)


def taxed(price: Any) -> list[Any] | None:
    """[net, tax, gross, portions] of a taxed price as it is answered."""
    if price is None:
        return None
    portions = [
        [each.get("name"), str(Decimal(str(each["rate"])).normalize()), each["amount"]["centAmount"]]
        for each in price["taxPortions"]
    ]
    return [*(price[name]["centAmount"] for name in ("totalNet", "totalTax", "totalGross")), portions]


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    parts = {each["shippingMethodKey"]: taxed(each.get("taxedPrice")) for each in item["taxedPricePortions"]}
    return _known({"total": item["totalPrice"]["centAmount"], "taxed": taxed(item.get("taxedPrice")), "parts": parts or None})


def _known(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _facts(worked: Worked, first_id: int) -> Facts:
    shop, currency = worked["shop"], worked["draft"].get("currency", "EUR")
    taxes = {key: _category(number, key, rates) for number, (key, rates) in enumerate(shop["taxes"].items(), 21)}
    ways = [_way(number, key, way, taxes, currency) for number, (key, way) in enumerate(shop.get("ways", {}).items(), 41)]
    project = replace(
        PROJECT,
        shipping_rate_input_type=BY[shop.get("by")],
        carts=replace(PROJECT.carts, country_tax_rate_fallback_enabled=shop.get("fallback", False)),
    )
    goods = [_good(number, sku, good, taxes, currency) for number, (sku, good) in enumerate(shop["goods"].items(), 61)]
    return facts(catalogue(project, ways, taxes.values()), goods, first_id=first_id)


def _category(number: int, key: str, rates: list[Any]) -> TaxCategory:
    """Each rate has an id of its own."""
    made = (tax_rate_from(_decoded(TaxRateDraft, rate), uid(number * 100 + place)) for place, rate in enumerate(rates))
    return TaxCategory(**_born(number), key=key, name=key, rates=tuple(made))


def _way(number: int, key: str, way: Worked, taxes: Mapping[str, TaxCategory], currency: str) -> Any:
    cents = {name: {"currencyCode": currency, "centAmount": way[name]} for name in ("price", "freeAbove") if name in way}
    rate = shipping_rate_from(_decoded(ShippingRateDraft, {**cents, "tiers": way.get("tiers", [])}), "shippingRate")
    category = Reference(type_id="tax-category", id=taxes[way["tax"]].id)
    return method(number, key, (EUROPE, rate), (STATES, rate), tax_category=category)


def _good(number: int, sku: str, good: Any, taxes: Mapping[str, TaxCategory], currency: str) -> VariantSnapshot:
    tax, price, tiers = [*good, {}][:3]
    steps = tuple(PriceTier(minimum_quantity=int(least), value=_money(each, currency)) for least, each in tiers.items())
    value = Price(id=uid(number * 100), value=_money(price, currency), tiers=steps or None)
    return product(number, sku, None if tax is None else taxes[tax], value)


def _money(amount: int | str, currency: str) -> TypedMoney:
    if isinstance(amount, int):
        return typed(Money(currency_code=currency, cent_amount=amount), "value")
    digits = len(amount.partition(".")[2])
    assert digits > fraction_digits(currency)
    precise = int(amount.replace(".", ""))
    return typed(Money(currency_code=currency, type="highPrecision", fraction_digits=digits, precise_amount=precise), "value")


def _decoded(kind: Any, members: Any) -> Any:
    return decode_body(kind, encode(members))
