"""What a cart's lines may hold and what its order takes off the stock, on entries written in the test."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.cart.buying import create
from domain.facts import BOOK, MUG, NOW, facts, uid
from orderwright.domain.cart.mine import MyCartDraft, from_my_draft
from orderwright.domain.goods.inventory.model import ENTRY, FURTHEST, InventoryEntry, InventoryEntryStockLevels
from orderwright.domain.sale.lines.items import LineItemDraft
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.stock import entry_of, takes, wanted_to_order
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted, wanted_by
from orderwright.errors import ApiError

NORTH = Reference(type_id="channel", id=uid(90))


def entry(number: int, sku: str, available: int, **more: Any) -> InventoryEntry:
    born: dict[str, Any] = {"id": uid(number), "version": 1, "created_at": NOW, "last_modified_at": NOW}
    return InventoryEntry(**born, sku=sku, quantity_on_stock=available, available_quantity=available, **more)


def knowing(*entries: InventoryEntry) -> Facts:
    by_sku: dict[str, tuple[InventoryEntry, ...]] = {}
    for each in entries:
        by_sku[each.sku] = (*by_sku.get(each.sku, ()), each)
    return facts(found=[(Wanted(ENTRY, "sku", sku), found) for sku, found in by_sku.items()])


def cart(*lines: tuple[str, int], mode: str = "ReserveOnOrder", **more: Any) -> Cart:
    return create(inventoryMode=mode, lineItems=[{"sku": sku, "quantity": count} for sku, count in lines], **more)


def effects(made: Cart, *entries: InventoryEntry) -> list[tuple[str, int, int]]:
    """Entry, pieces, and the least that must be left, of each effect."""
    return [(effect.entry, effect.pieces, effect.least) for effect in takes(made, knowing(*entries))]


def short(made: Cart, *entries: InventoryEntry) -> tuple[list[str], list[str]]:
    """The ids of lines and the SKUs that the refusal names."""
    with pytest.raises(ApiError) as caught:
        takes(made, knowing(*entries))
    assert caught.value.code == "OutOfStock"
    return caught.value.fields["lineItems"], caught.value.fields["skus"]


def test_an_untracked_cart_takes_and_wants_nothing() -> None:
    made = cart(("mug-blue", 3), mode="None")
    assert effects(made, entry(70, "mug-blue", 1)) == []
    assert list(wanted_to_order(made)) == []


@pytest.mark.parametrize(
    ("mode", "days", "least"),
    [
        ("ReserveOnOrder", None, 0),
        ("ReserveOnOrder", 0, -FURTHEST),
        ("ReserveOnOrder", 9, -FURTHEST),
        ("TrackOnly", None, -FURTHEST),
    ],
)
def test_how_much_must_be_left(mode: str, days: int | None, least: int) -> None:
    made = cart(("mug-blue", 3), ("book", 2), mode=mode)
    mugs, books = entry(70, "mug-blue", 3, restockable_in_days=days), entry(71, "book", 2, restockable_in_days=days)
    assert effects(made, mugs, books) == [(uid(70), 3, least), (uid(71), 2, least)]
    assert list(wanted_to_order(made)) == [Wanted(ENTRY, "sku", "mug-blue"), Wanted(ENTRY, "sku", "book")]


def test_what_is_known_to_be_missing_is_refused_at_once_and_whole() -> None:
    made = cart(("mug-blue", 3), ("book", 2), ("pencil", 1))
    mug, book, pencil = (line.id for line in made.line_items)
    # No entry for the pencil, too few mugs; one more book than there are.
    assert short(made, entry(70, "mug-blue", 2), entry(71, "book", 2)) == ([pencil, mug], ["pencil", "mug-blue"])
    assert short(made, entry(70, "mug-blue", 3), entry(71, "book", 1), entry(72, "pencil", 1)) == ([book], ["book"])


def test_the_refusal_of_an_effect_names_its_own_lines() -> None:
    made = cart(("mug-blue", 3), ("book", 2))
    refused = [effect.refused for effect in takes(made, knowing(entry(70, "mug-blue", 3), entry(71, "book", 2)))]
    assert [error and error.fields for error in refused] == [
        {"lineItems": [made.line_items[0].id], "skus": ["mug-blue"]},
        {"lineItems": [made.line_items[1].id], "skus": ["book"]},
    ]


def test_a_mode_of_the_line_goes_before_the_carts() -> None:
    lines = [{"sku": "mug-blue", "inventoryMode": "None"}, {"sku": "book", "inventoryMode": "TrackOnly"}, {"sku": "pencil"}]
    made = create(inventoryMode="ReserveOnOrder", lineItems=lines)
    stock = (entry(70, "mug-blue", 0), entry(71, "book", 0), entry(72, "pencil", 1))
    assert effects(made, *stock) == [(uid(72), 1, 0), (uid(71), 1, -FURTHEST)]


@pytest.mark.parametrize("modes", [("TrackOnly", "ReserveOnOrder"), ("ReserveOnOrder", "TrackOnly")])
def test_the_order_of_the_lines_decides_nothing(modes: tuple[str, str]) -> None:
    """Four that must be there are taken of five before the three that need not be, which leaves two less than none."""
    pieces = {"TrackOnly": 3, "ReserveOnOrder": 4}
    made = cart(("mug-blue", 1), mode="None")
    (line,) = made.line_items
    lines = tuple(replace(line, quantity=pieces[mode], inventory_mode=mode) for mode in modes)
    made = replace(made, line_items=lines)
    assert effects(made, entry(70, "mug-blue", 5)) == [(uid(70), 4, 0), (uid(70), 3, -FURTHEST)]
    assert short(made, entry(70, "mug-blue", 3))[1] == ["mug-blue"]


def test_what_comes_back_is_never_short() -> None:
    """An import may say that goods were returned: with five sold that were not there, two come back."""
    made = cart(("mug-blue", 1))
    back = replace(made, line_items=tuple(replace(line, quantity=-2) for line in made.line_items))
    assert effects(back, entry(70, "mug-blue", -5)) == [(uid(70), -2, -FURTHEST)]
    (effect,) = takes(back, knowing(entry(70, "mug-blue", FURTHEST - 2)))
    assert effect.refused is not None and effect.refused.code == "InvalidField"
    with pytest.raises(ApiError, match="The value -2 is not valid for field quantity"):
        takes(back, knowing(entry(70, "mug-blue", FURTHEST - 1)))


@pytest.mark.parametrize(
    ("taken", "left", "told"),
    [
        (2, 3, ["InventoryEntryReorderPoint"]),
        (2, 4, []),
        (2, 1, ["InventoryEntrySafetyStock"]),
        (5, 0, ["InventoryEntryOutOfStock", "InventoryEntryReorderPoint", "InventoryEntrySafetyStock"]),
        (1, -1, []),
        (-2, 3, []),
    ],
)
def test_levels_are_told_when_they_are_reached_from_above(taken: int, left: int, told: list[str]) -> None:
    """What is left is what the database says, not what was read."""
    levels = InventoryEntryStockLevels(reorder_point=3, safety_stock=1)
    made = cart(("mug-blue", 1), mode="TrackOnly")
    made = replace(made, line_items=tuple(replace(line, quantity=taken) for line in made.line_items))
    (effect,) = takes(made, knowing(entry(70, "mug-blue", 100, stock_levels=levels)))
    assert effect.telling is not None and effect.telling.document.id == uid(70)
    assert [type(message).__name__ for message in effect.telling.told(left)] == told


def test_an_owner_says_how_her_cart_is_tracked_but_not_a_line_of_it() -> None:
    line = LineItemDraft(sku="book", inventory_mode="None")
    made = from_my_draft(MyCartDraft(currency="EUR", inventory_mode="TrackOnly", line_items=(line,)), facts())
    assert (made.inventory_mode, made.line_items[0].inventory_mode) == ("TrackOnly", None)


def test_entries_are_matched_by_sku_and_channel() -> None:
    made = cart(("mug-blue", 1))
    line = made.line_items[0]
    free, north, other = entry(70, "mug-blue", 1), entry(71, "mug-blue", 1, supply_channel=NORTH), entry(72, "book", 1)
    assert entry_of(line, knowing(north, free, other)) == free
    assert entry_of(line, knowing(north, other)) is None
    # A line that was added by product had its product's entries read, of which some are of other variants.
    by_product = facts(found=[(Wanted(ENTRY, "product", MUG.product_id), (other, free))])
    assert entry_of(line, by_product) == free


def test_adding_a_line_reads_its_entries_beside_the_variant() -> None:
    assert Wanted(ENTRY, "sku", "book") in set(wanted_by(LineItemDraft(sku="book")))
    assert Wanted(ENTRY, "product", BOOK.product_id) in set(wanted_by(LineItemDraft(product_id=BOOK.product_id)))
