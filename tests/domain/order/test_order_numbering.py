"""Templates of order numbers: what they make, what they refuse, and whose of them counts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.facts import PROJECT, facts
from domain.order.orders import cart_of, create, knowing
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.domain.order.numbering import OrderNumberTemplate, check_template, filled, numbering, period_of
from orderwright.engine.facts import Catalogue
from orderwright.engine.model import KeyReference
from orderwright.engine.references import ResourceIdentifier
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError

MOMENT = DateTime("2025-03-09T23:59:59.999Z")


def text(template: str, number: int = 7, store: str | None = None) -> str:
    check_template(template)
    return filled(OrderNumberTemplate(id="", template=template), store, MOMENT).text(number)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{seq}", "7"),
        ("{seq:06}", "000007"),
        ("{year}-{seq:06}", "2025-000007"),
        ("{year}{month}{day}/{seq:03}", "20250309/007"),
        ("W{seq:02}-{store}", "W07-berlin"),
        ("#{seq}.{year}", "#7.2025"),
    ],
)
def test_a_template_is_filled(template: str, expected: str) -> None:
    assert text(template, store="berlin") == expected


def test_a_width_is_the_least_and_no_store_is_nothing() -> None:
    assert text("{seq:03}", 12_345) == "12345"
    assert text("{store}-{seq}") == "-7"


@pytest.mark.parametrize(
    "template",
    [
        "", "A", "{year}", "{seq}{seq}", "{seq:6}", "{seq:00}", "{seq:019}", "{year:04}{seq}", "{seq}{", "}{seq}",
        "{minute}{seq}", "{month}-{seq}", "{year}-{day}-{seq}", "a b{seq}", "\u00e4{seq}", "x" * 125 + "{seq}",
    ],
)  # fmt: skip
def test_a_template_that_makes_no_number_is_refused(template: str) -> None:
    with pytest.raises(ApiError, match="An order number template holds") as refused:
        check_template(template)
    assert refused.value.code == "InvalidInput"


def test_counting_begins_anew_with_what_a_template_has_of_the_date() -> None:
    made = [
        period_of(template, MOMENT) for template in ("{seq}", "{year}-{seq}", "{seq}{month}{year}", "{day}{month}{year}{seq}")
    ]
    assert made == ["", "2025", "2025-03", "2025-03-09"]


def test_a_store_comes_before_the_project_and_a_given_number_before_both() -> None:
    cart = cart_of()
    plain = knowing(cart)
    made = create(OrderFromCartDraft(cart=ResourceIdentifier(id=cart.id), version=cart.version), plain)
    order: Order = made if isinstance(made, Order) else made.after
    assert numbering(order, plain) is None
    project = OrderNumberTemplate(id="", template="P{seq}")
    berlin = OrderNumberTemplate(id="store:berlin", template="B{seq}", gap_free=True)
    rules = Catalogue(1, [("project", PROJECT), ("order-number-template", project), ("order-number-template", berlin)])
    known = facts(rules)
    of_project = numbering(order, known)
    in_berlin = numbering(replace(order, store=KeyReference(type_id="store", key="berlin")), known)
    in_paris = numbering(replace(order, store=KeyReference(type_id="store", key="paris")), known)
    assert of_project is not None and in_berlin is not None and in_paris is not None
    assert (of_project.text(1), of_project.scope, of_project.gap_free) == ("P1", "", False)
    assert (in_berlin.text(1), in_berlin.scope, in_berlin.gap_free) == ("B1", "store:berlin", True)
    assert in_paris == of_project
    assert numbering(replace(order, order_number="mine"), known) is None


def test_a_number_never_grows_too_long() -> None:
    with pytest.raises(ApiError, match="longer than 256 characters"):
        text("{store}{store}{seq}", store="k" * 128)
    assert len(text("{store}{seq}", store="k" * 200)) == 201
