"""What discounts make of a cart: its items first, then shipping, whose price may depend on what these cost, then the total.

commercetools: Carts, Cart (`discountOnTotalPrice`, `discountTypeCombination`), LineItem (`discountedPricePerQuantity`),
ShippingInfo (`discountedPrice`).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from fractions import Fraction

from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, cents, exact, zero
from orderwright.domain.sale.discounts.arithmetic.lots import Item as Discounted
from orderwright.domain.sale.discounts.arithmetic.lots import (
    ItemKind,
    Portions,
    item_of,
    per_quantity,
    price_of,
    total_of,
    touched,
)
from orderwright.domain.sale.discounts.arithmetic.table import taken_off
from orderwright.domain.sale.discounts.arithmetic.values import said_in
from orderwright.domain.sale.discounts.asking import Asked, Priced, predicates_of
from orderwright.domain.sale.discounts.best_deal import taking_part, with_combination
from orderwright.domain.sale.discounts.candidates import Offer, automatic, direct, in_order
from orderwright.domain.sale.discounts.codes import behind, coded, infos
from orderwright.domain.sale.discounts.combining import Working, combining
from orderwright.domain.sale.discounts.gifts import gift_of, wanted_gifts, with_gifts
from orderwright.domain.sale.discounts.giving import ignores
from orderwright.domain.sale.discounts.model import GiftLineItemValue, RelativeValue, ShippingTarget, TotalPriceTarget
from orderwright.domain.sale.discounts.portions import DiscountedTotalPricePortion, DiscountOnTotalPrice
from orderwright.domain.sale.discounts.telling import tell_shipping, told_of
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
from orderwright.domain.sale.lines.pricing import total_rounding, unit_of
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.several import infos_of, with_infos
from orderwright.engine.facts import Facts


def discounting(sale: S, facts: Facts, *, shipped: Priced, summed: Priced, taxed: Priced) -> Generator[None, None, S]:
    """The cart with the discounts of today, in steps. Totals of lines and the price of shipping come in whole.

    `shipped` prices shipping, `summed` makes the total and `taxed` the taxes too, as predicates may ask for them. Raises
    `UnreadError` where a gift is earned of which nothing was read.
    """
    cart = undiscounted(sale)
    own = direct(sale.direct_discounts)
    if not (own or sale.discount_codes or facts.catalogue.derived(automatic)):
        return cart
    asked = Asked(cart, facts.recording(None), summed=summed, taxed=taxed)
    codes = coded(cart, asked, facts)
    places = taking_part([*own, *(() if ignores(sale) else in_order(cart, behind(codes), facts))], cart)
    asked.read(each for place in places for offer in place for each in predicates_of(offer))
    facts.need(wanted_gifts(places, sale, asked))
    items = _items(cart)
    attempts = _Attempts(cart, sale, items, asked, facts)
    result = yield from combining(places, Working(items), attempts, asked, told_of(cart, facts))
    after = replace(cart, discount_codes=infos(codes, result)) if codes else cart
    if not result.applied():
        return after
    after = yield from _with_items(after, result.working.items)
    after = with_gifts(after, sale, result.working.gifts)
    if infos_of(after):
        after = _with_shipping(shipped(after, facts), result.working.shipping, facts)
    return with_combination(_with_total(after, result.working.total))


def undiscounted(sale: S) -> S:
    """The cart without what discounts have left on it, and without its gifts."""
    bare = with_infos(sale, lambda info, _seen: info if info.discounted_price is None else replace(info, discounted_price=None))
    return replace(
        bare,
        line_items=tuple(_bare(line) for line in sale.line_items if not line.is_gift),
        custom_line_items=tuple(map(_bare, sale.custom_line_items)),
        discount_on_total_price=None,
    )


def _bare(item: Item) -> Item:
    return replace(item, discounted_price_per_quantity=()) if item.discounted_price_per_quantity else item


def kept(sale: S) -> S:
    """The cart or order with what its discounts took off when they were last applied, whatever has become of them."""
    return replace(
        sale,
        line_items=tuple(map(_kept, sale.line_items)),
        custom_line_items=tuple(map(_kept, sale.custom_line_items)),
    )


def _kept(item: Item) -> Item:
    buckets = item.discounted_price_per_quantity
    if not buckets:
        return item
    values = ((bucket.quantity, exact(bucket.discounted_price.value)) for bucket in buckets)
    total = sum((Fraction(quantity * parts, per_unit) for quantity, (parts, per_unit) in values), Fraction(0))
    return replace(item, total_price=cents(item.total_price.currency_code, round(total)))


def _items(sale: Sale) -> tuple[Discounted, ...]:
    """What discounts may touch: neither what has its total from outside nor custom line items that say so, and no gifts."""
    lines = [
        item_of(line.id, "line", line.quantity, unit_of(line, sale))
        for line in sale.line_items
        if line.price_mode != "ExternalTotal"
    ]
    custom = [item_of(item.id, "custom", item.quantity, item.money) for item in sale.custom_line_items if is_discountable(item)]
    return (*lines, *custom)


def is_discountable(item: CustomLineItem) -> bool:
    """Whether discounts may touch a custom line item. One of less than nothing is a discount itself."""
    return item.price_mode == "Standard" and item.money.cent_amount >= 0


class _Attempts:
    """What each discount makes of one cart, of which `items` may be touched; `before` has the gifts that it was given."""

    def __init__(self, sale: Sale, before: Sale, items: Sequence[Discounted], asked: Asked, facts: Facts) -> None:
        self._sale = sale
        self._given = before
        self._facts = facts
        self._asked = asked
        place = {(item.kind, item.id): at for at, item in enumerate(items)}
        self._places: dict[ItemKind, list[int | None]] = {
            "line": [place.get(("line", line.id)) for line in sale.line_items],
            "custom": [place.get(("custom", item.id)) for item in sale.custom_line_items],
        }
        self._currency = sale.total_price.currency_code
        self._sent = bool(infos_of(sale))
        self._empty = not (sale.line_items or sale.custom_line_items or self._sent)

    def __call__(self, offer: Offer, working: Working) -> Working | None:
        value, target = offer.value, offer.target
        if isinstance(value, GiftLineItemValue):
            gift = gift_of(offer, value, self._given, self._facts)
            return None if gift is None else working._replace(gifts=(*working.gifts, gift))
        if target is None or not (
            isinstance(value, RelativeValue) or said_in(value.money, self._currency, self._sale.price_rounding_mode) is not None
        ):
            return None
        if isinstance(target, ShippingTarget):
            return working._replace(shipping=(*working.shipping, offer)) if self._sent else None
        if isinstance(target, TotalPriceTarget):
            return None if self._empty else working._replace(total=(*working.total, offer))
        items, hit = taken_off(
            value, target, offer.reference, working.items, self._matching, self._currency, self._sale.price_rounding_mode
        )
        return working._replace(items=tuple(items)) if hit else None

    def _matching(self, predicate: str, kind: ItemKind) -> Sequence[int]:
        places = self._places[kind]
        found = self._asked.matching(predicate, "line" if kind == "line" else "custom")
        return [place for place in [places[at] for at in found] if place is not None]


def _with_items(sale: S, items: Sequence[Discounted]) -> Generator[None, None, S]:
    """The cart with what discounts have left of its items, one a step."""
    found = {item.id: item for item in items if touched(item)}
    if not found:
        return sale
    currency, portions = sale.total_price.currency_code, Portions(sale.total_price.currency_code)

    def with_price(item: Item, mode: RoundingMode) -> Item:
        lots = found.get(item.id)
        if lots is None:
            return item
        total = cents(currency, total_of(lots, mode))
        return replace(item, total_price=total, discounted_price_per_quantity=per_quantity(lots, portions))

    lines: list[LineItem] = []
    for line in sale.line_items:
        lines.append(with_price(line, total_rounding(line, sale)))
        yield
    custom: list[CustomLineItem] = []
    for item in sale.custom_line_items:
        custom.append(with_price(item, sale.price_rounding_mode))
        yield
    return replace(sale, line_items=tuple(lines), custom_line_items=tuple(custom))


def _with_shipping(sale: S, offers: Sequence[Offer], facts: Facts) -> S:
    """Each shipping at what discounts leave of its price. What is taken off several at once is split among them."""
    if not offers:
        return sale
    currency, shippings = sale.total_price.currency_code, infos_of(sale)
    items: Sequence[Discounted] = [item_of(str(place), "shipping", 1, info.price) for place, info in enumerate(shippings)]
    keys: list[str | None] = [shipping.shipping_key for shipping in sale.shipping] or [sale.shipping_key]
    for offer in offers:
        assert not isinstance(offer.value, GiftLineItemValue)  # as they were attempted
        assert offer.target is not None
        before = items
        items, _ = taken_off(offer.value, offer.target, offer.reference, items, lambda *_: (), currency, sale.price_rounding_mode)
        for key, old, new in zip(keys, before, items, strict=True):
            tell_shipping(offer.reference, key, old.lots[0].price, new.lots[0].price, sale, facts)
    portions = Portions(currency)
    prices = iter([price_of(item.lots[0], portions) if touched(item) else None for item in items])
    return with_infos(sale, lambda info, _seen: replace(info, discounted_price=next(prices)))


def _with_total(sale: S, offers: Sequence[Offer]) -> S:
    """The cart with what is to be taken off its total, in order; how much that is, `off_total` knows once there is a total."""
    if not offers:
        return sale
    nothing = zero(sale.total_price.currency_code)
    portions = tuple(DiscountedTotalPricePortion(discount=offer.reference, discounted_amount=nothing) for offer in offers)
    return replace(sale, discount_on_total_price=DiscountOnTotalPrice(discounted_amount=nothing, included_discounts=portions))
