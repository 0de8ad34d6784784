"""Where a category stands, and what moves with it."""

import pytest

from domain.facts import NOW, facts, uid
from orderwright.domain.goods.category.model import MOST_BELOW, Category, below, descendants_of, moved
from orderwright.engine.facts import Facts
from orderwright.engine.model import ClientLogging, Reference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.engine.unit.effects import CategoryStays, CategorySubtree
from orderwright.errors import ApiError


def node(number: int, *ancestors: int) -> Category:
    """A category of a number, whose ancestors are those of these numbers, the root first."""
    way = tuple(Reference(type_id="category", id=uid(each)) for each in ancestors)
    return Category(
        id=uid(number),
        version=3,
        created_at=NOW,
        last_modified_at=NOW,
        name={"en": "x"},
        slug={"en": f"slug-{number}"},
        ancestors=way,
        parent=way[-1] if way else None,
        order_hint="0.5",
        assets=(),
        stores=(),
    )


def read(category: Category, descendants: tuple[Category, ...], *others: Category) -> Facts:
    known = {Wanted("category", "id", each.id): each for each in (category, *descendants, *others)}
    return Facts(
        now=NOW,
        new_id=lambda: uid(999),
        who=ClientLogging(),
        catalogue=facts().catalogue,
        found={**known, below(category): descendants},
    )


def ids(category: Category) -> list[str]:
    return [each.id for each in category.ancestors]


def test_what_is_below_keeps_its_way_up_to_the_category() -> None:
    tea, deep = node(3, 1), (node(4, 1, 3), node(5, 1, 3, 4))
    change = moved(tea, ResourceIdentifier(id=uid(8)), read(tea, deep, node(8, 7)))
    assert (ids(change.after), change.after.parent) == ([uid(7), uid(8)], Reference(type_id="category", id=uid(8)))
    assert [(each.before, ids(each.after)) for each in change.changed] == [
        (deep[0], [uid(7), uid(8), uid(3)]),
        (deep[1], [uid(7), uid(8), uid(3), uid(4)]),
    ]
    assert [each.after.parent for each in change.changed] == [each.parent for each in deep]
    way = f'[{{"typeId":"category","id":"{uid(7)}"}}]'
    assert change.effects == (
        CategoryStays(id=uid(8), ancestors=way, stores="[]"),
        CategorySubtree(below=f'{{"ancestors":[{{"id":"{uid(3)}"}}]}}', size=2),
    )


@pytest.mark.parametrize("place", [3, 4, 5])
def test_no_place_is_below_itself(place: int) -> None:
    tea, deep = node(3, 1), (node(4, 1, 3), node(5, 1, 3, 4))
    with pytest.raises(ApiError) as caught:
        moved(tea, ResourceIdentifier(id=uid(place)), read(tea, deep))
    assert caught.value.code == "InvalidOperation"


def test_only_so_many_go_along() -> None:
    tea = node(3)
    crowd = tuple(node(number, 3) for number in range(10_000, 10_000 + MOST_BELOW + 1))
    assert len(descendants_of(tea, read(tea, crowd[:-1]))) == MOST_BELOW
    with pytest.raises(ApiError) as caught:
        descendants_of(tea, read(tea, crowd))
    assert caught.value.code == "InvalidOperation"
