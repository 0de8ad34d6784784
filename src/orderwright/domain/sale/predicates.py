"""The words of a cart predicate, by which shipping methods choose their carts: the names and functions of the API's dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.predicates import Function, PredicateError, Vocabulary, compile_rule, money_of

# `custom.note` is the field `note`; an alias that ends in `.*` holds where something follows.
_CUSTOM: Final = {"custom.*": "custom.fields", "custom.fields.*": "custom.fields", "custom.type.*": "custom.type"}


def _custom_in(*places: str) -> dict[str, str]:
    return {f"{place}.{name}": f"{place}.{real}" for place in places for name, real in _CUSTOM.items()}


LINE_ITEM: Final = Vocabulary(
    LineItem,
    aliases={
        **_CUSTOM,
        "product.id": "productId",
        "product.key": "productKey",
        "sku": "variant.sku",
        "price": "price.value",
        "price.centAmount": "price.value.centAmount",
        "price.currencyCode": "price.value.currencyCode",
        "price.currency": "price.value.currencyCode",
        "taxedPrice.net": "taxedPrice.totalNet",
        "taxedPrice.gross": "taxedPrice.totalGross",
    },
    named={"attributes": "variant.attributes"},
    ids={"product.id": "product"},
)
CUSTOM_LINE_ITEM: Final = Vocabulary(
    CustomLineItem,
    aliases={**_CUSTOM, "taxedPrice.net": "taxedPrice.totalNet", "taxedPrice.gross": "taxedPrice.totalGross"},
)


def _count(_sale: Any, _every: Sequence[Any], chosen: Sequence[Any]) -> int:
    """Units, not lines."""
    return sum(item["quantity"] for item in chosen)


def _total(*path: str) -> Callable[[Any, Sequence[Any], Sequence[Any]], Any]:
    """The sum of what stands at a path of the chosen items; nothing where one of them does not have it, as before taxation."""

    def total(sale: Any, _every: Sequence[Any], chosen: Sequence[Any]) -> Any:
        amount = Fraction(0)
        for item in chosen:
            money = item
            for step in path:
                money = money.get(step)
                if money is None:
                    return None
            amount += money_of(money)[1]
        return f"money {sale['totalPrice']['currencyCode']}", amount

    return total


def _exists(_sale: Any, _every: Sequence[Any], chosen: Sequence[Any]) -> bool:
    return bool(chosen)


def _all(_sale: Any, every: Sequence[Any], chosen: Sequence[Any]) -> bool:
    return len(chosen) == len(every)


def _functions(singular: str, plural: str, items: str) -> dict[str, Function]:
    return {
        f"{singular}Count": Function(items, "number", _count),
        f"{singular}Total": Function(items, "money", _total("totalPrice")),
        f"{singular}NetTotal": Function(items, "money", _total("taxedPrice", "totalNet")),
        f"{singular}GrossTotal": Function(items, "money", _total("taxedPrice", "totalGross")),
        f"{singular}Exists": Function(items, "boolean", _exists),
        f"forAll{plural}": Function(items, "boolean", _all),
    }


def _shipping_infos(sale: Any) -> list[Any]:
    infos = [sale.get("shippingInfo"), *(shipping.get("shippingInfo") for shipping in sale.get("shipping", ()))]
    return [info for info in infos if info is not None]


CART: Final = Vocabulary(
    Sale,
    aliases={
        **_CUSTOM,
        **_custom_in("shippingAddress", "billingAddress"),
        "currency": "totalPrice.currencyCode",
        "customer.id": "customerId",
        "customer.email": "customerEmail",
        "customer.customerGroup.id": "customerGroup.id",
        "taxedPrice.net": "taxedPrice.totalNet",
        "taxedPrice.gross": "taxedPrice.totalGross",
    },
    functions={
        **_functions("lineItem", "LineItems", "lineItems"),
        **_functions("customLineItem", "CustomLineItems", "customLineItems"),
        "shippingInfoExists": Function("shippingInfo", "boolean", _exists),
        "forAllShippingInfos": Function("shippingInfo", "boolean", _all),
    },
    inner={"lineItems": LINE_ITEM, "customLineItems": CUSTOM_LINE_ITEM, "shippingInfo": Vocabulary(ShippingInfo)},
    ids={"customer.id": "customer", "customer.customerGroup.id": "customer-group", "customerGroup.id": "customer-group"},
    items={
        "lineItems": lambda sale: sale.get("lineItems", ()),
        "customLineItems": lambda sale: sale.get("customLineItems", ()),
        "shippingInfo": _shipping_infos,
    },
)


def cart_predicate(text: str) -> Callable[[Any], bool]:
    """What tells whether a cart, as plain JSON, satisfies a predicate. Raises PredicateError where carts cannot be asked it."""
    return compile_rule(text, CART)


@lru_cache(maxsize=512)
def known_predicate(text: str) -> Callable[[Any], bool] | None:
    """The same for one that is stored; None where it cannot be read (any more)."""
    try:
        return cart_predicate(text)
    except PredicateError:
        return None
