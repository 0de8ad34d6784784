"""A predicate or a sort path against a type: what is refused, and what a literal becomes."""

from enum import Enum
from typing import Any, Literal

import pytest

from orderwright.engine.model import Value
from orderwright.engine.scalars import DateTime, LocalizedString
from orderwright.predicates import Predicate, PredicateError, Sort, check, parse, parse_sort
from orderwright.predicates.tree import And, Compare, ContainsAll, In, Nested, Or


class Colour(Enum):
    RED = "Red"


class Tag(str):
    __slots__ = ()


class Fixed(Value, tag_field="type", tag="fixed"):
    amount: int


class Relative(Value, tag_field="type", tag="relative"):
    permyriad: int


class Variant(Value):
    sku: str | None = None
    attributes: dict[str, Any] | None = None


class Line(Value):
    quantity: int
    variant: Variant
    children: "tuple[Line, ...]" = ()


class Document(Value):
    id: str
    created_at: DateTime
    version: int
    published: bool = False
    colour: Colour = Colour.RED
    mode: Literal["A", "B"] = "A"
    name: LocalizedString | None = None
    tags: tuple[str, ...] = ()
    line_items: tuple[Line, ...] = ()
    discounts: list[Fixed | Relative] | None = None
    either: Fixed | Relative | None = None
    fields: Any = None
    pair: tuple[int, str] | None = None
    locale: Tag | None = None
    number: Literal[1, 2] = 1


def checked(text: str, model: Any = Document, **variables: list[str]) -> Predicate:
    return check(parse(text, variables), model)


@pytest.mark.parametrize(
    "text",
    [
        'id = "x" and version > 1 and published = true and colour = "Red" and mode != "A"',
        'name(en = "x" and `de-AT` = "y")',
        'tags contains any ("x") and tags = "y" and tags is empty',
        'lineItems(quantity > 1 and variant(sku = "x"))',
        "lineItems(children(children(quantity = 1.5)))",
        'lineItems(variant(attributes(anything(below = 1 or below = "x"))))',
        'discounts(amount = 1 or permyriad = 2 or type = "fixed")',
        "either(amount = 1) and either is not defined",
        'fields(x = 1 and y(z = "2" or z is empty))',
        'pair = 1 and pair = "x" and locale = "de" and number = 2',
    ],
)
def test_accepts_what_the_type_has(text: str) -> None:
    assert checked(text) == parse(text, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('nope = "x"', "The field 'nope' does not exist."),
        ("created_at is defined", "The field 'created_at' does not exist."),
        ("not (version = 1 or lineItems(variant(skus is empty)))", "The field 'skus' does not exist."),
        ("either(percent = 1)", "The field 'percent' does not exist."),
        ("version(x = 1)", "The field 'version' has no fields of its own."),
        ('version = "1"', "The field 'version' expects a number, not a string."),
        ("version in (1, true)", "The field 'version' expects a number, not a boolean."),
        ("id = 5", "The field 'id' expects a string, not a number."),
        ('published = "true"', "The field 'published' expects a boolean, not a string."),
        ("tags contains all (1)", "The field 'tags' expects a string, not a number."),
        ("locale = 5", "The field 'locale' expects a string, not a number."),
        ('number = "1"', "The field 'number' expects a number, not a string."),
        ("name(en = 5)", "The field 'en' expects a string, not a number."),
        ('lineItems = "x"', "The field 'lineItems' is an object: its fields are compared as 'lineItems(...)'."),
        ("createdAt > 5", "The field 'createdAt' expects a date-time, not a number."),
        ('createdAt > "soon"', "The field 'createdAt' expects a date and time, such as \"2017-01-04T19:54:49.797Z\"."),
        (
            'createdAt > "0001-01-01T00:00:00+14:00"',
            "The field 'createdAt' expects a date and time, such as \"2017-01-04T19:54:49.797Z\".",
        ),
    ],
)
def test_refuses_what_the_type_has_not(text: str, reason: str) -> None:
    with pytest.raises(PredicateError) as caught:
        checked(text)
    assert caught.value.message == f"Malformed parameter: where: {reason}"


@pytest.mark.parametrize(
    ("literal", "stored"),
    [
        ("2017-01-04T19:54:49.797Z", "2017-01-04T19:54:49.797Z"),
        ("2017-01-04T19:54:49Z", "2017-01-04T19:54:49.000Z"),
        ("2017-01-04", "2017-01-04T00:00:00.000Z"),
        ("2017-01-04T19:54:49.7+02:00", "2017-01-04T17:54:49.700Z"),
    ],
)
def test_date_times_take_the_stored_form(literal: str, stored: str) -> None:
    assert checked(f'createdAt >= "{literal}"') == Compare("createdAt", ">=", stored)
    assert checked(f'createdAt in ("{literal}")') == In("createdAt", (stored,))
    assert checked("createdAt < :x", x=[literal]) == Compare("createdAt", "<", stored)


def test_a_bare_variable_takes_the_fields_type() -> None:
    assert checked("id = :x", x=["12"]) == Compare("id", "=", "12")
    assert checked("version = :x", x=["12"]) == Compare("version", "=", 12)
    assert checked("published = :x", x=["true"]) == Compare("published", "=", True)
    assert checked("tags contains all :x", x=["1", "true"]) == ContainsAll("tags", ("1", "true"))
    with pytest.raises(PredicateError, match="The field 'version' expects a number, not a string"):
        checked("version = :x", x=["twelve"])


def test_a_bare_variable_at_an_open_field_means_each_thing_it_spells() -> None:
    assert checked("fields(x = :v)", v=["12"]) == Nested("fields", In("x", ("12", 12)))
    assert checked("fields(x != :v)", v=["true"]) == Nested("fields", In("x", ("true", True), negated=True))
    assert checked("fields(x > :v)", v=["12"]) == Nested("fields", Or((Compare("x", ">", "12"), Compare("x", ">", 12))))
    assert checked("fields(x in :v)", v=["a", "1"]) == Nested("fields", In("x", ("a", "1", 1)))
    assert checked("fields(x contains all :v)", v=["a", "1"]) == Nested("fields", And((In("x", ("a",)), In("x", ("1", 1)))))
    assert checked("fields(x = :v)", v=["plain"]) == Nested("fields", Compare("x", "=", "plain"))
    assert checked("fields(x = :v)", v=['"12"']) == Nested("fields", Compare("x", "=", "12"))


def test_a_union_is_a_type_too() -> None:
    assert checked('amount = 1 or permyriad = 2 or type = "x"', Fixed | Relative) is not None
    with pytest.raises(PredicateError, match="'quantity' does not exist"):
        checked("quantity = 1", Fixed | Relative)


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("createdAt", Sort(("createdAt",))),
        ("createdAt asc", Sort(("createdAt",))),
        (" createdAt  DESC ", Sort(("createdAt",), descending=True)),
        ("name.en-US desc", Sort(("name", "en-US"), descending=True)),
        ("name.`en-US`", Sort(("name", "en-US"))),
        ("either.amount", Sort(("either", "amount"))),
        ("fields.x.y", Sort(("fields", "x", "y"))),
    ],
)
def test_sort_paths(text: str, sort: Sort) -> None:
    assert parse_sort(text, Document) == sort


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expected a field path, optionally followed by 'asc' or 'desc'."),
        ("id up", "Expected a field path, optionally followed by 'asc' or 'desc'."),
        ("id asc desc", "Expected a field path, optionally followed by 'asc' or 'desc'."),
        ("fields." + "x" * 1000, "Expected a field path, optionally followed by 'asc' or 'desc'."),
        ("name..en", "Expected a path of up to 20 field names."),
        ("fields.\x00", "Expected a path of up to 20 field names."),
        ("fields" + ".x" * 20, "Expected a path of up to 20 field names."),
        ("either.percent", "Invalid query field 'percent' in sort path. Sortable fields are: `amount`, `permyriad`, `type`."),
        ("id.x", "Invalid query field 'x' in sort path."),
        ("lineItems.quantity", "The field 'lineItems' is an array, which cannot be sorted by."),
    ],
)
def test_sort_refusals(text: str, reason: str) -> None:
    with pytest.raises(PredicateError) as caught:
        parse_sort(text, Document)
    assert caught.value.message == f"Malformed parameter: sort: {reason}"
