"""Tax categories: rates by place, each place and key once."""

from decimal import Decimal
from typing import Any

import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown
from domain.facts import REDUCED, STANDARD, uid
from orderwright.domain.shop.tax_category import RESOURCE

DE = {"name": "VAT", "amount": 0.19, "includedInPrice": True, "country": "DE", "key": "de"}
NY = {"name": "NY", "includedInPrice": False, "country": "US", "state": "NY", "subRates": [{"name": "a", "amount": 0.04}]}


def test_a_draft_makes_a_category_whose_rates_have_ids() -> None:
    category = made(RESOURCE, {"name": "Books", "key": "books", "rates": [DE, NY]})
    assert [(rate.country, rate.state, rate.amount) for rate in category.rates] == [
        ("DE", None, Decimal("0.19")),
        ("US", "NY", Decimal("0.04")),
    ]
    assert len({rate.id for rate in category.rates}) == 2
    # As the seeds show it: a client may iterate over the sub rates of every rate.
    assert [rate["subRates"] for rate in shown(category)["rates"]] == [[], [{"name": "a", "amount": 0.04}]]
    holds_to_specification("TaxCategory", category)


def test_fields_are_set_and_cleared() -> None:
    after = changed(
        RESOURCE,
        STANDARD,
        {"action": "changeName", "name": "Normal"},
        {"action": "setKey", "key": "normal"},
        {"action": "setDescription", "description": "All goods"},
    )
    assert (after.name, after.key, after.description) == ("Normal", "normal", "All goods")
    assert changed(RESOURCE, after, {"action": "setKey"}).key is None


def test_a_name_is_used_once_but_may_stay() -> None:
    not_made("InvalidOperation", RESOURCE, {"name": REDUCED.name})
    refused("InvalidOperation", RESOURCE, STANDARD, {"action": "changeName", "name": REDUCED.name})
    assert changed(RESOURCE, STANDARD, {"action": "changeName", "name": STANDARD.name}) == STANDARD


def test_a_replaced_rate_stands_in_the_old_place_with_a_new_id() -> None:
    action = {"action": "replaceTaxRate", "taxRateId": uid(202), "taxRate": {**DE, "country": "AT", "amount": 0.2}}
    after = changed(RESOURCE, STANDARD, action)
    assert [rate.country for rate in after.rates] == ["DE", "AT", "US"]
    assert after.rates[1].id != uid(202)


def test_a_rate_is_removed_by_id_or_key() -> None:
    category = changed(RESOURCE, STANDARD, {"action": "addTaxRate", "taxRate": {**DE, "country": "AT", "key": "at"}})
    assert len(category.rates) == 4
    category = changed(RESOURCE, category, {"action": "removeTaxRate", "taxRateKey": "at"})
    category = changed(RESOURCE, category, {"action": "removeTaxRate", "taxRateId": uid(201)})
    assert [rate.country for rate in category.rates] == ["FR", "US"]


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("DuplicateField", {"action": "addTaxRate", "taxRate": DE}),
        ("DuplicateField", {"action": "addTaxRate", "taxRate": {**DE, "state": ""}}),
        ("InvalidField", {"action": "addTaxRate", "taxRate": {**DE, "country": "AT", "amount": 1.1}}),
        ("RequiredField", {"action": "addTaxRate", "taxRate": {"name": "x", "includedInPrice": True, "country": "AT"}}),
        ("InvalidOperation", {"action": "addTaxRate", "taxRate": {**NY, "state": "CA", "amount": 0.05}}),
        ("InvalidOperation", {"action": "removeTaxRate", "taxRateId": uid(999)}),
        ("InvalidOperation", {"action": "replaceTaxRate", "taxRateKey": "none", "taxRate": DE}),
        ("RequiredField", {"action": "removeTaxRate"}),
        ("InvalidJsonInput", {"action": "changeName"}),
        ("InvalidJsonInput", {"action": "setKey", "key": "no spaces"}),
        ("InvalidJsonInput", {"action": "noSuchAction"}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, STANDARD, action)


def test_a_key_is_one_rates_only() -> None:
    not_made("DuplicateField", RESOURCE, {"name": "x", "rates": [DE, {**DE, "country": "AT"}]})


def test_the_refusal_echoes_the_action() -> None:
    error = refused("DuplicateField", RESOURCE, STANDARD, {"action": "addTaxRate", "taxRate": DE})
    assert shown(error.fields["action"])["action"] == "addTaxRate"
    assert (error.fields["field"], error.fields["duplicateValue"]) == ("rates.state", "DE")
