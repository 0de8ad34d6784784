"""The parameters of a list: pages, sorting, filters, fields."""

from __future__ import annotations

import pytest

from orderwright.emporix.asking import Asked, asked
from orderwright.errors import ApiError
from orderwright.predicates.sort import Sort
from orderwright.predicates.tree import And, Compare, Nested, Not


def parameters(**given: str) -> Asked:
    return asked(tuple(given.items()))


def test_a_page_has_sixteen_and_counts_from_one() -> None:
    assert parameters() == Asked()
    assert (parameters().limit, parameters().offset) == (16, 0)
    third = parameters(pageNumber="3", pageSize="50")
    assert (third.limit, third.offset) == (50, 100)
    # 10,000 orders are twenty pages of 500 before it, or 625 of 16.
    assert parameters(pageNumber="626").offset == 10_000
    assert parameters(pageNumber="21", pageSize="500").offset == 10_000


@pytest.mark.parametrize(
    ("name", "value"),
    [("pageNumber", value) for value in ("0", "-1", "x", "1.5", "627", "9" * 500, "²")]
    + [("pageSize", value) for value in ("0", "501", "+1", " 1")],
)
def test_a_page_that_there_is_not(name: str, value: str) -> None:
    with pytest.raises(ApiError, match=f"Malformed parameter: {name}: ") as caught:
        parameters(**{name: value})
    assert (caught.value.status, caught.value.code, caught.value.fields["field"]) == (400, "InvalidInput", name)


def test_sorting() -> None:
    assert parameters(sort="created:DESC").sort == (Sort(("createdAt",), descending=True),)
    assert parameters(sort="created:desc, shippingAddress.city").sort == (
        Sort(("createdAt",), descending=True),
        Sort(("shippingAddress", "city")),
    )
    assert parameters(sort="mixins.a.title.en:asc").sort == (Sort(("emporix", "mixins", "a", "title", "en")),)
    assert parameters(sort="totalPrice").sort == (Sort(("totalPrice", "centAmount")),)
    assert parameters(sort="id:desc").sort == (Sort(("orderNumber",), descending=True, otherwise=(("id",),)),)
    (by_status,) = parameters(sort="status:desc").sort
    assert (by_status.descending, len(by_status.cases)) == (True, 6)
    assert by_status.cases[0] == Compare("orderState", "=", "Complete")  # of the six COMPLETED is the first word
    assert parameters(sort="siteCode").sort == (Sort(("store", "key"), otherwise=(("emporix", "siteCode"),)),)


# What is not there, a list, what is computed, what is made of several values; and two that are not in the form.
UNSORTED = "nothing entries.id payments subTotalPrice calculatedPrice checkout customer.name created:up :asc"


@pytest.mark.parametrize("sort", UNSORTED.split())
def test_what_cannot_be_sorted_by(sort: str) -> None:
    with pytest.raises(ApiError, match="Malformed parameter: sort"):
        parameters(sort=sort)


def test_the_filters_are_terms_whose_value_is_taken_as_it_stands() -> None:
    open_ = Compare("orderState", "=", "Open")
    created = And((open_, Not(Compare("paymentState", "=", "Pending"))))
    found = parameters(status="CREATED", siteCode="null", legalEntityId="le-1", q="currency:EUR").where
    assert found[0] == created
    assert "null" in repr(found[1]) and "le-1" in repr(found[2])
    # What is no id can only be a number, which has a column.
    assert parameters(q="id:EON1007").where == (Compare("orderNumber", "=", "EON1007"),)
    assert found[3] == Nested("totalPrice", Compare("currencyCode", "=", "EUR"))
    with pytest.raises(ApiError, match="expected one of IN_CHECKOUT"):
        parameters(status="OPEN")
    with pytest.raises(ApiError, match="Expected a text"):
        parameters(siteCode="x" * 1001)


def test_fields() -> None:
    assert parameters(fields="id, status,,id,shippingAddress.country").fields == ("id", "status", "shippingAddress.country")
    with pytest.raises(ApiError, match="at most 100 field names"):
        parameters(fields=",".join(f"a{number}" for number in range(101)))
