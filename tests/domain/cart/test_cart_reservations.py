"""What carts reserve of the stock: which pieces, until when, what is given back and what is only warned of."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import body
from domain.facts import NOW, PROJECT, catalogue, facts, uid
from orderwright.domain.cart.finish import finish
from orderwright.domain.cart.resource import RESOURCE
from orderwright.domain.goods.inventory.model import ENTRY, FURTHEST, InventoryEntry
from orderwright.domain.goods.refusals import StockMovedError
from orderwright.domain.order.replicate import ReplicaCartDraft, replicating
from orderwright.domain.sale.lifecycle import merged_away, ordered
from orderwright.domain.sale.lines.items import LineItem
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.reserve.settle import given_back, left_elsewhere, settled
from orderwright.domain.sale.stock import takes
from orderwright.domain.shop.project.model import InventoryConfiguration
from orderwright.domain.signing.merge import Merge
from orderwright.engine.actions import Change, Changed, wanted_on
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.resource import as_change
from orderwright.engine.scalars import DateTime
from orderwright.engine.steps import drained
from orderwright.engine.unit.effects import HoldStock
from orderwright.errors import ApiError

MUGS, BOOKS = uid(70), uid(71)
# The project keeps reservations for 20 minutes from 10:00 on.
TEN_PAST, TWENTY_PAST, HALF_PAST = (DateTime(f"2024-05-01T10:{minutes}:00.000Z") for minutes in (10, 20, 30))


def entry(id: str, sku: str, available: int, **more: Any) -> InventoryEntry:
    born: dict[str, Any] = {"id": id, "version": 1, "created_at": NOW, "last_modified_at": NOW}
    return InventoryEntry(**born, sku=sku, quantity_on_stock=available, available_quantity=available, **more)


def knowing(
    mugs: int = 10,
    books: int = 10,
    *,
    now: DateTime = NOW,
    minutes: int | None = 20,
    releasing: bool = True,
    first_id: int = 1000,
    entries: Iterable[InventoryEntry] | None = None,
) -> Facts:
    inventory = InventoryConfiguration(release_expired_reservations=releasing, reservation_expiration_in_minutes=minutes)
    there = entries or (entry(MUGS, "mug-blue", mugs), entry(BOOKS, "book", books))
    return facts(
        catalogue(replace(PROJECT, inventory=inventory)),
        found=[(Wanted(ENTRY, "sku", each.sku), (each,)) for each in there],
        now=now,
        first_id=first_id,
    )


def make(known: Facts, *lines: dict[str, Any], mode: str = "ReserveOnCart") -> Change[Cart]:
    draft = decode_body(RESOURCE.draft, encode({"currency": "EUR", "inventoryMode": mode, "lineItems": lines}))
    change = as_change(RESOURCE.create(draft, known))
    return settled(None, change.going_on(finish(change.after, known), ()), known)


def act(cart: Cart, known: Facts, *actions: dict[str, Any]) -> Change[Cart]:
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": cart.version, "actions": actions}))
    change = RESOURCE.actions.apply(cart, decoded.actions, known)
    return settled(cart, change.going_on(finish(change.after, known), ()), known)


def holding(change: Change[Cart]) -> dict[str, tuple[int, tuple[int, ...]]]:
    """By entry: how many reservations go, and how many pieces each new one has."""
    return {each.entry: (len(each.old), each.pieces) for each in change.effects if isinstance(each, HoldStock)}


def warned(change: Change[Cart]) -> list[str]:
    return [warning["code"] for warning in body(change.after).get("warnings", [])]


def kept(cart: Cart) -> list[int | None]:
    """What each line keeps."""
    return [line.reservation.obj.quantity if line.reservation else None for line in cart.line_items]


def mugs(quantity: int = 2, **more: Any) -> dict[str, Any]:
    return {"sku": "mug-blue", "key": "mug", "quantity": quantity, **more}


def amount(quantity: int) -> dict[str, Any]:
    return {"action": "changeLineItemQuantity", "lineItemKey": "mug", "quantity": quantity}


def first(cart: Cart) -> LineItem:
    return cart.line_items[0]


def test_a_line_reserves_what_it_holds() -> None:
    change = make(knowing(), mugs(), {"sku": "book", "quantity": 3})
    assert (kept(change.after), holding(change)) == ([2, 3], {MUGS: (0, (2,)), BOOKS: (0, (3,))})
    cart, line = change.after, first(change.after)
    assert body(cart)["lineItems"][0]["reservation"] == {
        "typeId": "reservation",
        "id": line.reservation.id if line.reservation else None,
        "obj": {
            "id": line.reservation.id if line.reservation else None,
            "version": 1,
            "createdAt": NOW,
            "lastModifiedAt": NOW,
            "expiresAt": TWENTY_PAST,
            "inventoryEntry": {"typeId": "inventory-entry", "id": MUGS},
            "quantity": 2,
            "owner": {"typeId": "cart", "id": cart.id},
            "lineItemId": line.id,
            "state": "Created",
        },
    }
    (effect, _) = change.effects
    assert isinstance(effect, HoldStock)
    assert (effect.cart, effect.at, effect.expire) == (cart.id, NOW.instant(), (TWENTY_PAST.instant(),))
    assert isinstance(effect.refused, StockMovedError)


def test_other_modes_reserve_nothing() -> None:
    for mode in ("None", "TrackOnly", "ReserveOnOrder"):
        change = make(knowing(), mugs(), mode=mode)
        assert (kept(change.after), change.effects) == ([None], ())
    one = make(knowing(), mugs(inventoryMode="ReserveOnCart"), {"sku": "book"}, mode="None")
    assert kept(one.after) == [2, None]


def test_a_project_must_say_how_long() -> None:
    for lines, mode in (((), "ReserveOnCart"), ((mugs(inventoryMode="ReserveOnCart"),), "None")):
        with pytest.raises(ApiError) as caught:
            make(knowing(minutes=None), *lines, mode=mode)
        assert caught.value.code == "InvalidOperation"
    own = [entry(MUGS, "mug-blue", 5, reservation_expiration_in_minutes=30)]
    (line,) = make(knowing(entries=own), mugs()).after.line_items
    assert line.reservation is not None
    assert line.reservation.obj.expires_at == HALF_PAST
    kept_open = make(knowing(releasing=False), mugs())
    assert [effect.expire for effect in kept_open.effects if isinstance(effect, HoldStock)] == [(None,)]


def test_what_is_not_there_is_warned_of() -> None:
    change = make(knowing(mugs=1), mugs())
    assert (kept(change.after), holding(change)) == ([None], {})
    assert body(change.after)["warnings"] == [
        {
            "code": "CannotCreateReservation",
            "message": f"Failed to create a reservation for product {uid(50)} (SKU: mug-blue, Supply Channel: None)"
            " with quantity 2.",
            "productId": uid(50),
            "sku": "mug-blue",
            "quantity": 2,
        }
    ]
    assert warned(make(knowing(entries=[entry(BOOKS, "book", 5)]), mugs())) == ["CannotCreateReservation"]
    # It is not stored, and an action that does not touch the line tries nothing again.
    stored = RESOURCE.kept(change.after)
    assert stored.warnings is None
    later = act(stored, knowing(), {"action": "setLocale", "locale": "de"})
    assert (kept(later.after), later.effects, warned(later)) == ([None], (), [])
    assert kept(act(stored, knowing(), amount(3)).after) == [3]


def test_more_and_less_of_a_line() -> None:
    cart = make(knowing(), mugs()).after
    # Of ten there are eight left.
    more = act(cart, knowing(8), amount(10))
    assert (kept(more.after), holding(more)) == ([10], {MUGS: (1, (10,))})
    reservation = first(more.after).reservation
    assert reservation is not None
    assert (reservation.obj.version, reservation.obj.state, reservation.obj.expires_at) == (2, "Updated", TWENTY_PAST)
    assert reservation.id == (first(cart).reservation or reservation).id
    less = act(cart, knowing(-3), amount(1))
    assert (kept(less.after), holding(less), warned(less)) == ([1], {MUGS: (1, (1,))}, [])
    short = act(cart, knowing(8), amount(11))
    assert (kept(short.after), holding(short), warned(short)) == ([2], {}, ["CannotUpdateReservation"])
    (warning,) = body(short.after)["warnings"]
    assert (warning["requestedQuantity"], warning["reservedQuantity"], warning["lineItemId"]) == (11, 2, first(cart).id)


@pytest.mark.parametrize(
    "action",
    [
        amount(0),
        {"action": "removeLineItem", "lineItemKey": "mug"},
        {"action": "setLineItemInventoryMode", "lineItemKey": "mug", "inventoryMode": "TrackOnly"},
    ],
    ids=lambda action: action["action"],
)
def test_what_is_not_reserved_any_more_is_given_back(action: dict[str, Any]) -> None:
    cart = make(knowing(), mugs(), {"sku": "book"}).after
    change = act(cart, knowing(8, 9), action)
    assert holding(change) == {MUGS: (1, ())}
    assert [line.variant.sku for line in change.after.line_items if line.reservation] == ["book"]
    assert [(each.entry, len(each.old), each.pieces) for each in given_back(cart, knowing())] == [(MUGS, 1, ()), (BOOKS, 1, ())]


def test_two_lines_of_one_entry_share_what_there_is() -> None:
    own = {"type": {"key": "extra"}, "fields": {"note": "gift"}}
    cart = make(knowing(5), mugs(3), {"sku": "mug-blue", "quantity": 2, "custom": own, "key": "gift"})
    assert (kept(cart.after), holding(cart)) == ([3, 2], {MUGS: (0, (3, 2))})
    over = make(knowing(4), mugs(3), {"sku": "mug-blue", "quantity": 2, "custom": own})
    assert (kept(over.after), warned(over)) == ([3, None], ["CannotCreateReservation"])
    # The first line goes in the request in which the second one grows: its three pieces are there for it.
    grown = {"action": "changeLineItemQuantity", "lineItemKey": "gift", "quantity": 5}
    fewer = {**grown, "lineItemKey": "mug", "quantity": 1}
    # The second line leaves one of its two to the first; with the last line first it is the same.
    swapped = act(cart.after, knowing(0), amount(4), {**grown, "quantity": 1})
    assert (kept(swapped.after), warned(swapped)) == ([4, 1], [])
    again = act(cart.after, knowing(0), fewer, {**grown, "quantity": 4})
    assert (kept(again.after), warned(again)) == ([1, 4], [])
    moved = act(cart.after, knowing(0), amount(0), grown)
    assert (kept(moved.after), holding(moved), warned(moved)) == ([5], {MUGS: (2, (5,))}, [])


def test_another_entry_is_another_reservation() -> None:
    north = Reference(type_id="channel", id=uid(90))
    there = [entry(MUGS, "mug-blue", 0), entry(BOOKS, "mug-blue", 5, supply_channel=north)]
    known = knowing(first_id=2000)
    known = facts(known.catalogue, found=[(Wanted(ENTRY, "sku", "mug-blue"), tuple(there))], first_id=2000)
    cart = make(knowing(), mugs()).after
    change = replace(cart, line_items=(replace(first(cart), supply_channel=north),))
    moved = settled(cart, Change(change), known)
    assert holding(moved) == {MUGS: (1, ()), BOOKS: (0, (2,))}
    assert (first(moved.after).reservation or first(cart).reservation) != first(cart).reservation


def test_an_order_gives_back_what_it_does_not_take() -> None:
    """The entry has gone to another channel since; another one stands in its place, which the order takes from."""
    cart = make(knowing(), mugs(), {"sku": "book"}).after
    assert left_elsewhere(cart, knowing()) == []
    elsewhere = knowing(entries=[entry(uid(72), "mug-blue", 2), entry(BOOKS, "book", 0)])
    assert [(each.entry, each.held) for each in takes(cart, elsewhere)] == [
        (uid(72), ()),
        (BOOKS, tuple(line.reservation.id for line in cart.line_items[1:] if line.reservation)),
    ]
    assert [(each.entry, each.cart, len(each.old), each.pieces) for each in left_elsewhere(cart, elsewhere)] == [
        (MUGS, cart.id, 1, ())
    ]


def test_time_that_is_over_frees_what_was_kept() -> None:
    cart = make(knowing(), mugs()).after
    assert kept(act(cart, knowing(now=TWENTY_PAST), {"action": "setLocale", "locale": "de"}).after) == [2]
    anew = act(cart, knowing(3, now=TWENTY_PAST, first_id=3000), amount(3))
    assert (kept(anew.after), holding(anew)) == ([3], {MUGS: (1, (3,))})
    assert (first(anew.after).reservation or first(cart).reservation) != first(cart).reservation
    # Its two pieces are somebody else's: there are two again, not four.
    gone = act(cart, knowing(2, now=TWENTY_PAST), amount(3))
    assert (kept(gone.after), holding(gone), warned(gone)) == ([None], {MUGS: (1, ())}, ["CannotCreateReservation"])
    # Where nothing is released by itself, it goes on.
    assert kept(act(cart, knowing(2, now=HALF_PAST, releasing=False), amount(3)).after) == [3]


def test_how_long_it_is_kept_can_be_said_anew() -> None:
    action = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 20}
    cart = make(knowing(), mugs(), {"sku": "book"}).after
    longer = act(cart, knowing(now=TEN_PAST), action)
    until = [line.reservation.obj.expires_at for line in longer.after.line_items if line.reservation]
    assert (until, kept(longer.after), warned(longer)) == ([HALF_PAST, HALF_PAST], [2, 1], [])
    assert holding(longer) == {MUGS: (1, (2,)), BOOKS: (1, (1,))}
    over = act(cart, knowing(now=TWENTY_PAST), action)
    assert (over.effects, warned(over)) == ((), ["CannotChangeReservationExpiry"] * 2)
    assert body(over.after)["warnings"][0]["message"] == (
        f"The reservation expiration for line item {first(cart).id} cannot be changed."
    )
    assert warned(act(cart, knowing(now=TWENTY_PAST), action, action)) == warned(over)
    bare = make(knowing(), mugs(), mode="None").after
    assert (act(bare, knowing(), action).effects, act(bare, knowing(), action).after.warnings) == ((), None)


def test_an_order_takes_what_was_kept_whatever_is_available() -> None:
    cart = make(knowing(), mugs()).after
    (effect,) = takes(cart, knowing(-5))
    reserved = first(cart).reservation
    assert reserved is not None
    assert (effect.pieces, effect.least, effect.held, effect.over) == (2, -FURTHEST, (reserved.id,), (reserved.id,))
    # Over: two must be available as for anybody else.
    with pytest.raises(ApiError) as caught:
        takes(cart, knowing(1, now=TWENTY_PAST))
    assert (caught.value.code, caught.value.fields["skus"]) == ("OutOfStock", ["mug-blue"])
    (effect,) = takes(cart, knowing(2, now=TWENTY_PAST))
    assert (effect.least, effect.held, effect.over) == (0, (), (reserved.id,))
    # Of five asked for two are kept, and three must be there.
    short = act(cart, knowing(0), amount(5)).after
    (effect,) = takes(short, knowing(3))
    assert (effect.pieces, effect.least, effect.held) == (5, 0, (reserved.id,))
    with pytest.raises(ApiError):
        takes(short, knowing(2))


def test_what_was_sold_is_committed_and_what_was_merged_is_not_kept() -> None:
    cart = make(knowing(), mugs()).after
    (line,) = ordered(cart).line_items
    assert line.reservation is not None
    assert line.reservation.obj.state == "Committed"
    assert given_back(ordered(cart), knowing()) == []
    assert kept(merged_away(cart)) == [None]


def test_a_merge_keeps_the_pieces_of_both() -> None:
    """The visitor's four mugs go to the customer, who had two: she has four then, and two pieces are free again."""
    own, visit = make(knowing(), mugs()).after, make(knowing(first_id=4000), mugs(4)).after
    larger = replace(own, line_items=(replace(first(own), quantity=4),))
    merged = Change(larger, changed=[Changed("cart", visit, merged_away(visit))])
    change = settled(own, merged, knowing(0, first_id=5000))
    assert (kept(change.after), holding(change), warned(change)) == ([4], {MUGS: (2, (4,))}, [])


def test_a_copy_reserves_for_itself() -> None:
    cart = make(knowing(), mugs()).after
    known = knowing(8, first_id=6000)
    copy = drained(replicating(cart, ReplicaCartDraft(reference=Reference(type_id="cart", id=cart.id)), known))
    assert kept(copy) == [None]
    change = settled(None, Change(copy), known)
    assert (kept(change.after), holding(change)) == ([2], {MUGS: (0, (2,))})
    draft = ReplicaCartDraft(reference=Reference(type_id="cart", id=cart.id))
    wanted = list(draft.wants_on({Wanted("cart", "id", cart.id): cart}))
    assert Wanted(ENTRY, "sku", "mug-blue") in wanted


@pytest.mark.parametrize(
    ("mode", "action", "reads"),
    [
        ("None", {"action": "setLineItemInventoryMode", "lineItemKey": "mug", "inventoryMode": "ReserveOnCart"}, True),
        ("None", {"action": "setLineItemInventoryMode", "lineItemKey": "mug", "inventoryMode": "TrackOnly"}, False),
        ("ReserveOnCart", {"action": "setLineItemInventoryMode", "lineItemKey": "mug"}, True),
        ("ReserveOnOrder", {"action": "setLineItemInventoryMode", "lineItemKey": "mug"}, False),
    ],
    ids=lambda value: value.get("inventoryMode", "its own") if isinstance(value, dict) else str(value),
)
def test_only_what_may_be_reserved_is_read(mode: str, action: dict[str, Any], reads: bool) -> None:
    cart = make(knowing(), mugs(), mode=mode).after
    decoded = decode_body(RESOURCE.actions.update_type(), encode({"version": 1, "actions": [action]}))
    wanted = {each for each in wanted_on(decoded.actions, cart) if each.type_id == ENTRY}
    assert (Wanted(ENTRY, "sku", "mug-blue") in wanted) is reads
    assert bool(wanted) is reads


def test_a_merge_reads_the_stock_of_what_is_reserved_then() -> None:
    visit = make(knowing(), {"sku": "book"}, mode="None").after
    merge = Merge(source=visit.id, lines=visit.line_items)
    reserving, other = make(knowing(), mugs()).after, make(knowing(), mugs(), mode="ReserveOnOrder").after
    # A line that comes has the mode of the cart that it comes into.
    skus = {each.value for each in merge.wants_on(reserving) if (each.type_id, each.by) == (ENTRY, "sku")}
    assert skus == {"mug-blue", "book"}
    assert [each for each in (*merge.wants(), *merge.wants_on(other)) if each.type_id == ENTRY] == []
