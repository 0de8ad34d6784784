"""The laws of an entry's counters, what is told about them, and a variant's availability by its entries."""

from typing import Any

import pytest

from domain.facts import NOW, facts, uid
from orderwright.domain.goods.inventory.model import (
    FURTHEST,
    InventoryEntry,
    InventoryEntryStockLevels,
    availability,
    moved,
    place,
    without_counters,
)
from orderwright.domain.goods.refusals import StockMovedError
from orderwright.engine.actions import Change
from orderwright.engine.json.codec import encode, to_builtins
from orderwright.engine.model import Reference
from orderwright.engine.unit.effects import MoveStock
from orderwright.errors import ApiError

NORTH = Reference(type_id="channel", id=uid(90))
SOUTH = Reference(type_id="channel", id=uid(91))


def entry(on_stock: int, available: int | None = None, number: int = 70, **more: Any) -> InventoryEntry:
    return InventoryEntry(
        **{
            "id": uid(number),
            "version": 3,
            "created_at": NOW,
            "last_modified_at": NOW,
            "sku": "mug",
            "quantity_on_stock": on_stock,
            "available_quantity": on_stock if available is None else available,
            **more,
        }
    )


def change(before: InventoryEntry, by: int) -> Change[InventoryEntry]:
    result = moved(before, by, facts())
    assert isinstance(result, Change)
    return result


@pytest.mark.parametrize(
    ("on_stock", "available", "by", "after"),
    [
        (10, 10, 5, (15, 15)),
        (10, 4, -3, (7, 1)),  # six are reserved, and stay so
        (10, 4, -12, (-2, -8)),
        (-5, -5, 5, (0, 0)),
    ],
)
def test_both_counters_move_alike(on_stock: int, available: int, by: int, after: tuple[int, int]) -> None:
    result = change(entry(on_stock, available), by)
    assert (result.after.on_stock, result.after.available) == after
    (effect,) = result.effects
    assert isinstance(effect, MoveStock)
    assert (effect.entry, effect.by, effect.on_stock, effect.available) == (uid(70), by, on_stock, available)
    assert isinstance(effect.refused, StockMovedError)


def test_a_step_of_nothing_changes_nothing() -> None:
    before = entry(3)
    assert moved(before, 0, facts()) is before


@pytest.mark.parametrize(("on_stock", "by"), [(FURTHEST, 1), (-FURTHEST, -1)])
def test_no_counter_leaves_what_json_can_hold(on_stock: int, by: int) -> None:
    with pytest.raises(ApiError) as caught:
        moved(entry(on_stock), by, facts())
    assert (caught.value.code, caught.value.fields["invalidValue"]) == ("InvalidField", by)


LEVELS = InventoryEntryStockLevels(reorder_point=5, safety_stock=2)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (6, 5, ["ReorderPoint"]),
        (5, 4, []),
        (3, 2, ["SafetyStock"]),
        (6, 2, ["ReorderPoint", "SafetyStock"]),
        (1, 0, ["OutOfStock"]),
        (9, -1, ["OutOfStock", "ReorderPoint", "SafetyStock"]),
        (0, -1, []),
        (-1, 9, []),  # what rises past a level is not told
    ],
)
def test_levels_are_told_when_they_are_fallen_to(before: int, after: int, told: list[str]) -> None:
    messages = change(entry(before, stock_levels=LEVELS), after - before).messages
    assert [type(message).__name__.removeprefix("InventoryEntry") for message in messages] == ["QuantitySet", *told]


def test_without_levels_only_the_end_is_told() -> None:
    messages = change(entry(3, supply_channel=NORTH), -3).messages
    assert [to_builtins(message)["type"] for message in messages] == ["InventoryEntryQuantitySet", "InventoryEntryOutOfStock"]
    assert to_builtins(messages[1]) == {
        "type": "InventoryEntryOutOfStock",
        "sku": "mug",
        "supplyChannel": {"typeId": "channel", "id": uid(90)},
    }


def test_the_counters_are_the_last_members() -> None:
    """Storage writes them behind what it keeps, and the bytes must be those of the whole."""
    whole = entry(4, 3, key="the-key", restockable_in_days=0)
    stored = encode(without_counters(whole))
    assert b"uantity" not in stored
    assert stored[:-1] + b',"quantityOnStock":4,"availableQuantity":3}' == encode(whole)


def test_an_entry_claims_its_sku_at_its_place() -> None:
    assert place(entry(1)) == ("sku", "mug")
    assert place(entry(1, supply_channel=NORTH)) == (f"sku in channel {uid(90)}", "mug")


def test_availability() -> None:
    assert availability([]) is None
    own = entry(9, 4, restockable_in_days=3)
    assert to_builtins(availability([own])) == {
        "isOnStock": True,
        "availableQuantity": 4,
        "restockableInDays": 3,
        "id": uid(70),
        "version": 3,
    }
    north, south = entry(2, 0, 71, supply_channel=NORTH), entry(5, number=72, supply_channel=SOUTH)
    seen = to_builtins(availability([north, own, south]))
    assert seen["channels"] == {
        uid(90): {"isOnStock": False, "availableQuantity": 0, "id": uid(71), "version": 3},
        uid(91): {"isOnStock": True, "availableQuantity": 5, "id": uid(72), "version": 3},
    }
    assert seen["availableQuantity"] == 4
    assert set(to_builtins(availability([south]))) == {"channels"}
    assert to_builtins(availability([entry(0)]))["isOnStock"] is False
