"""The words of predicates by which shipping methods and discounts choose carts and their items: names and functions of the API.

What no cart holds of them, such as the customer's number or the categories of a product, `views.py` puts beside it.
commercetools: Discount Predicate Field Identifiers, Cart Predicates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.engine.model import Value
from orderwright.engine.scalars import DateTime, Id
from orderwright.predicates import Function, PredicateError, Rule, Vocabulary, money_of, read_rule


class Named(Value):
    """What is asked of a document that is referred to."""

    id: Id
    key: str | None = None


class GroupAssignment(Value):
    """A customer group that the customer is assigned to."""

    customer_group: Named


class CustomerAsked(Value):
    """What is asked of the customer that the cart itself does not hold."""

    key: str | None = None
    customer_number: str | None = None
    external_id: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    salutation: str | None = None
    company_name: str | None = None
    vat_id: str | None = None
    date_of_birth: date | None = None
    locale: str | None = None
    is_email_verified: bool
    created_at: DateTime
    customer_group_assignments: tuple[GroupAssignment, ...] = ()
    custom: CustomFields | None = None


# `custom.note` is the field `note`; an alias that ends in `.*` holds where something follows.
_CUSTOM: Final = {"custom.*": "custom.fields", "custom.fields.*": "custom.fields", "custom.type.*": "custom.type"}


_TYPE_KEY: Final = {"custom.type.key": str}
_IN_TAX: Final = {
    **dict.fromkeys(("taxedPrice.net", "taxedPrice.net.*"), "taxedPrice.totalNet"),
    **dict.fromkeys(("taxedPrice.gross", "taxedPrice.gross.*"), "taxedPrice.totalGross"),
}


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
        "price.discount.*": "price.discounted.discount",
        **_IN_TAX,
    },
    named={"attributes": "variant.attributes"},
    ids={
        "product.id": "product",
        "productType.id": "product-type",
        "supplyChannel.id": "channel",
        "distributionChannel.id": "channel",
        "price.channel.id": "channel",
        "price.customerGroup.id": "customer-group",
        "price.discount.id": "product-discount",
        "categories.id": "category",
        "categoriesWithAncestors.id": "category",
        "custom.type.id": "type",
    },
    beside={
        **_TYPE_KEY,
        "productType.key": str,
        "supplyChannel.key": str,
        "distributionChannel.key": str,
        "price.channel.key": str,
        "price.customerGroup.key": str,
        "categories": tuple[Named, ...],
        "categoriesWithAncestors": tuple[Named, ...],
    },
)
CUSTOM_LINE_ITEM: Final = Vocabulary(
    CustomLineItem,
    aliases={**_CUSTOM, **_IN_TAX},
    ids={"taxCategory.id": "tax-category", "custom.type.id": "type"},
    beside={**_TYPE_KEY, "taxCategory.key": str},
)
_METHOD: Final = Vocabulary(
    ShippingInfo,
    aliases=_IN_TAX,
    ids={"shippingMethod.id": "shipping-method", "taxCategory.id": "tax-category"},
    beside={"shippingMethod.key": str, "taxCategory.key": str},
)


def _count(_sale: Any, _every: Sequence[Any], chosen: Sequence[Any]) -> int:
    """Units, not lines."""
    return sum(item["quantity"] for item in chosen)


def _total(items: str, path: str) -> Function:
    """The sum of what stands at a path of the chosen items; nothing where one of them does not have it, as before taxation."""
    steps = path.split(".")

    def total(sale: Any, _every: Sequence[Any], chosen: Sequence[Any]) -> Any:
        amounts = []
        for item in chosen:
            money = item
            for step in steps:
                money = money.get(step)
                if money is None:
                    return None
            # Totals are whole minor units, all of one currency.
            amounts.append(money["centAmount"])
        return money_of({**sale["totalPrice"], "centAmount": sum(amounts)})

    return Function(items, "money", total, path)


def _exists(_sale: Any, _every: Sequence[Any], chosen: Sequence[Any]) -> bool:
    return bool(chosen)


def _all(_sale: Any, every: Sequence[Any], chosen: Sequence[Any]) -> bool:
    return len(chosen) == len(every)


def _functions(singular: str, plural: str, items: str) -> dict[str, Function]:
    return {
        f"{singular}Count": Function(items, "number", _count, "quantity"),
        f"{singular}Total": _total(items, "totalPrice"),
        f"{singular}NetTotal": _total(items, "taxedPrice.totalNet"),
        f"{singular}GrossTotal": _total(items, "taxedPrice.totalGross"),
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
        **_custom_in("shippingAddress", "billingAddress", "customer"),
        "currency": "totalPrice.currencyCode",
        "customer.id": "customerId",
        "customer.email": "customerEmail",
        **dict.fromkeys(("customer.customerGroup", "customer.customerGroup.*"), "customerGroup"),
        **_IN_TAX,
    },
    functions={
        **_functions("lineItem", "LineItems", "lineItems"),
        **_functions("customLineItem", "CustomLineItems", "customLineItems"),
        "shippingInfoExists": Function("shippingInfo", "boolean", _exists),
        "forAllShippingInfos": Function("shippingInfo", "boolean", _all),
    },
    inner={"lineItems": LINE_ITEM, "customLineItems": CUSTOM_LINE_ITEM, "shippingInfo": _METHOD},
    ids={
        "customer.id": "customer",
        "customer.customerGroup.id": "customer-group",
        "customer.customerGroupAssignments.customerGroup.id": "customer-group",
        "customerGroup.id": "customer-group",
        "custom.type.id": "type",
    },
    beside={
        **_TYPE_KEY,
        "shippingAddress.custom.type.key": str,
        "billingAddress.custom.type.key": str,
        "customer": CustomerAsked,
        "customer.custom.type.key": str,
        "customerGroup.key": str,
        "shippingInfo.shippingMethod.key": str,
        "shippingInfo.taxCategory.key": str,
    },
    items={
        "lineItems": lambda sale: sale.get("lineItems", ()),
        "customLineItems": lambda sale: sale.get("customLineItems", ()),
        "shippingInfo": _shipping_infos,
    },
)


_VOCABULARIES: Final = {"cart": CART, "line": LINE_ITEM, "custom": CUSTOM_LINE_ITEM}


def cart_predicate(text: str) -> Callable[[Any], bool]:
    """What tells whether a cart, as plain JSON, satisfies a predicate. Raises PredicateError where carts cannot be asked it."""
    return read_rule(text, CART).test


@lru_cache(maxsize=8_192)
def known_rule(text: str, vocabulary: Literal["cart", "line", "custom"] = "cart") -> Rule | None:
    """The rule of a stored predicate, asked of carts, line items or custom line items; None where it cannot be read (any more).

    It is read once, whatever carts it is asked of.
    """
    try:
        return read_rule(text, _VOCABULARIES[vocabulary])
    except PredicateError:
        return None
