"""How a cart that is worked out by hand is written: short, and in the form of `reading`."""

from typing import Any

PLACES = {
    "DE": {"country": "DE"},
    "FR": {"country": "FR"},
    "NY": {"country": "US", "state": "NY"},
    "CA": {"country": "US", "state": "CA"},
}


def rate(name: str, amount: str, place: str = "DE", *, top: bool = False, target: str = "Net", **parts: str) -> dict[str, Any]:
    """A rate as it is sent, included in the price unless it comes on `top`; sub rates by their names."""
    made = {"name": name, "amount": float(amount), "includedInPrice": not top, "taxRoundingTarget": target}
    sub_rates = [{"name": part, "amount": float(share)} for part, share in parts.items()]
    where = PLACES[place] if len(place) == 2 and place in PLACES else {"country": place}
    return made | where | ({"subRates": sub_rates} if sub_rates else {})


def fine(currency: str, precise: int, digits: int) -> dict[str, Any]:
    """Money of high precision."""
    return {"type": "highPrecision", "currencyCode": currency, "fractionDigits": digits, "preciseAmount": precise}


def coins(currency: str, cents: int) -> dict[str, Any]:
    return {"currencyCode": currency, "centAmount": cents}


def line(key: str, quantity: int = 1, going: dict[str, int] | None = None, **more: Any) -> dict[str, Any]:
    """A line of the good that is called as its key, of which so many units go with which method."""
    return {"key": key, "sku": key, "quantity": quantity, **_sent(going), **more}


def custom(
    key: str, money: dict[str, Any], quantity: int = 1, going: dict[str, int] | None = None, **more: Any
) -> dict[str, Any]:
    tax = more.pop("tax", None)
    named = {"name": {"en": key}, "slug": f"{key}-slug", "key": key, "money": money, "quantity": quantity}
    return {**named, **({"taxCategory": {"key": tax}} if tax else {}), **_sent(going), **more}


def _sent(going: dict[str, int] | None) -> dict[str, Any]:
    if going is None:
        return {}
    targets = [{"addressKey": f"at-{key}", "quantity": units, "shippingMethodKey": key} for key, units in going.items()]
    return {"shippingDetails": {"targets": targets}}


def sent_by(**places: str) -> dict[str, Any]:
    """The draft's part that says where each of several methods sends to; a shop's methods have the ids of their order."""
    return {
        "shippingMode": "Multiple",
        "itemShippingAddresses": [{"key": f"at-{key}", **PLACES[place]} for key, place in places.items()],
        "shipping": [
            {
                "key": key,
                "shippingMethod": {"typeId": "shipping-method", "id": f"00000000-0000-4000-8000-0000000000{number}"},
                "shippingAddress": PLACES[place],
            }
            for number, (key, place) in enumerate(places.items(), 41)
        ],
    }


def of(net: int, tax: int, gross: int, *portions: tuple[str, str, int]) -> list[Any]:
    """What is taxed: three amounts, and the portions by name and rate."""
    return [net, tax, gross, [list(portion) for portion in portions]]


def item(total: int, taxed: list[Any] | None = None, **parts: list[Any]) -> dict[str, Any]:
    """An item's total, and its taxes; those of several methods as parts."""
    return {"total": total} | ({"taxed": taxed} if taxed else {}) | ({"parts": parts} if parts else {})


def way(price: int, taxed: list[Any] | None = None) -> dict[str, Any]:
    return {"price": price} | ({"taxed": taxed} if taxed else {})


def worked(
    name: str,
    *,
    shop: dict[str, Any],
    draft: dict[str, Any],
    total: int,
    items: list[dict[str, Any]],
    taxed: list[Any] | None = None,
    ways: dict[str, Any] | None = None,
    shipping: list[Any] | None = None,
    updates: list[list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """A worked cart; `shipping` is what all shipping comes to with its taxes."""
    figures = {"total": total, "items": items, "ways": ways or {}}
    figures |= {"taxed": taxed} if taxed else {}
    figures |= {"taxedShipping": shipping} if shipping else {}
    return {"name": name, "shop": shop, "draft": draft, "updates": updates or [], "figures": figures}
