"""Cart discounts, groups and codes as the domain finds them in its facts, and carts that they are in force for."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from domain.cart import buying
from domain.facts import NOW, PROJECT, catalogue, facts, uid
from orderwright.domain.sale.discounts.codes import uses_of
from orderwright.domain.sale.discounts.model import CartDiscount, DiscountCode, DiscountGroup
from orderwright.domain.sale.discounts.portions import DiscountCodeInfo
from orderwright.domain.sale.model import Cart
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decoder, encode, to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted

T = TypeVar("T")
ALL_LINES: dict[str, Any] = {"type": "lineItems", "predicate": "true"}
_BORN = {"version": 1, "createdAt": str(NOW), "lastModifiedAt": str(NOW)}


def discount(number: int, value: dict[str, Any], target: dict[str, Any] | None = ALL_LINES, **more: Any) -> CartDiscount:
    """An active cart discount without a code; its sort order is its number, if none is given."""
    plain = {
        "id": uid(number),
        "name": {"en": "A discount"},
        "cartPredicate": "1 = 1",
        "sortOrder": f"0.{number}1",
        "isActive": True,
        "requiresDiscountCode": False,
        "stackingMode": "Stacking",
        "recurringOrderScope": {"type": "NonRecurringOrdersOnly"},
        "value": value,
        **({"target": target} if target else {}),
    }
    return _read({**_BORN, **plain, **more}, CartDiscount)


def group(number: int, sort_order: str, *, active: bool = True) -> DiscountGroup:
    """A discount group."""
    return _read({**_BORN, "id": uid(number), "key": f"g{number}", "sortOrder": sort_order, "isActive": active}, DiscountGroup)


def in_group(of: DiscountGroup) -> dict[str, Any]:
    """The member by which a discount is in a group."""
    return {"discountGroup": {"typeId": "discount-group", "id": of.id}}


def code(number: int, *discounts: CartDiscount, **more: Any) -> DiscountCode:
    """An active code that brings discounts."""
    behind = [{"typeId": "cart-discount", "id": each.id} for each in discounts]
    plain = {"id": uid(number), "code": f"code-{number}", "cartDiscounts": behind, "isActive": True}
    return _read({**_BORN, **plain, **more}, DiscountCode)


def relative(permyriad: int) -> dict[str, Any]:
    return {"type": "relative", "permyriad": permyriad}


def absolute(cents: int) -> dict[str, Any]:
    return {"type": "absolute", "money": [_money(cents)]}


def fixed(cents: int) -> dict[str, Any]:
    return {"type": "fixed", "money": [_money(cents)]}


def lines(predicate: str) -> dict[str, Any]:
    return {"type": "lineItems", "predicate": predicate}


def known(
    *documents: CartDiscount | DiscountGroup | DiscountCode,
    mode: str = "Stacking",
    uses: Iterable[tuple[str, str, int]] = (),
    **more: Any,
) -> Facts:
    """Facts of a shop with these discounts: automatic ones stand in the catalogue, with the groups. `uses` are of codes."""
    project: Any = replace(PROJECT, discounts=replace(PROJECT.discounts, discount_combination_mode=mode))
    automatic = [
        each for each in documents if isinstance(each, CartDiscount) and each.is_active and not each.requires_discount_code
    ]
    groups = [each for each in documents if isinstance(each, DiscountGroup)]
    others = [*(("cart-discount", each) for each in automatic), *(("discount-group", each) for each in groups)]
    named: list[tuple[Wanted, Any]] = []
    for each in documents:
        if isinstance(each, CartDiscount):
            named.append((Wanted("cart-discount", "id", each.id), each))
        elif isinstance(each, DiscountCode):
            named += [(Wanted("discount-code", "id", each.id), each), (Wanted("discount-code", "code", each.code), each)]
    counted = [(uses_of(id, customer), count) for id, customer, count in uses]
    return facts(catalogue(project=project, others=others), found=[*named, *counted], **{"first_id": 5000, **more})


def bought(known: Facts, *codes: DiscountCode, **draft: Any) -> Cart:
    """A cart, made from a draft, with codes."""
    cart = buying.create(known, **draft)
    infos = tuple(
        DiscountCodeInfo(discount_code=Reference(type_id="discount-code", id=each.id), state="MatchesCart") for each in codes
    )
    return again(replace(cart, discount_codes=infos), known) if codes else cart


def again(cart: Cart, known: Facts) -> Cart:
    """The cart, recalculated with what is in force now."""
    return buying.update(cart, {"action": "recalculate"}, known=known)


def states(cart: Cart) -> list[str]:
    """The states of a cart's codes."""
    return [info.state for info in cart.discount_codes]


def buckets(item: Any) -> list[tuple[int, int, list[int]]]:
    """(quantity, price of a unit, what each discount took off it) of an item."""
    found = []
    for bucket in to_builtins(item)["discountedPricePerQuantity"]:
        price = bucket["discountedPrice"]
        off = [portion["discountedAmount"]["centAmount"] for portion in price["includedDiscounts"]]
        found.append((bucket["quantity"], price["value"]["centAmount"], off))
    return found


def _money(cents: int) -> dict[str, Any]:
    return {"type": "centPrecision", "currencyCode": "EUR", "centAmount": cents, "fractionDigits": 2}


def _read(plain: dict[str, Any], model: Callable[..., T]) -> T:
    read: T = decoder(model).decode(encode(plain))
    return read
