"""The table as functions that are written: what is shared by orders stays as it is, and sees no difference that makes one."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

from emporix.orders import order
from orderwright.domain.order.kept import KeptOrder, bound
from orderwright.emporix.render import Beside, in_force_json, rendered_json
from orderwright.emporix.table import sums
from orderwright.emporix.table.code import Code
from orderwright.emporix.table.places import Computed, Figure, First, Kept, Plain, StandIn
from orderwright.engine.json.codec import decoder, encode, plain


def function(place: Any, kept: bool = True) -> Any:
    code = Code(kept)
    return code.function(place.code(code))


def test_a_part_that_is_kept_is_not_looked_for_elsewhere() -> None:
    place = First((Kept("customer.name", "customer"), Plain("name"), StandIn("nobody")))
    cases = (
        ({"emporix": {"customer": {"name": "Ada"}}, "name": "Bea"}, "Ada"),
        ({"emporix": {"customer": {}}, "name": "Bea"}, None),
        ({"emporix": {}, "name": "Bea"}, "Bea"),
        ({"emporix": None}, "nobody"),
        ({"emporix": {"customer": "Ada"}, "name": "Bea"}, None),
    )
    assert [function(place)(at) for at, _ in cases] == [expected for _, expected in cases]
    # Of orders that keep nothing it is not asked.
    assert function(place, kept=False)({"emporix": {"customer": {"name": "Ada"}}, "name": "Bea"}) == "Bea"


def test_figures_that_are_made_together_are_made_once_and_only_if_they_are_needed() -> None:
    asked: list[Any] = []

    def made(at: Any) -> dict[str, int]:
        asked.append(at)
        return {"one": 1, "two": 2}

    code = Code(kept=True)
    place = First((Plain("own"), Figure(made, "one")))
    found = code.function(f"[{place.code(code)}, {Figure(made, 'two').code(code)}, {Computed(len).code(code)}]")
    assert (found({"own": 7}), len(asked)) == ([7, 2, 1], 1)
    only = function(place)
    assert (only({"own": 7}), len(asked)) == (7, 1)
    assert (only({}), len(asked)) == (1, 2)


def test_names_are_no_source() -> None:
    name = "it's\\\" + x"
    assert function(Plain(f"a.{name}"))({"a": {name: 1}}) == 1


def test_orders_that_cost_the_same_share_figures_and_leave_them_as_they_are() -> None:
    stored = encode(order())
    made = [rendered_json(in_force_json(stored), Beside(tenant="acme")) for _ in range(2)]
    assert made[0] == made[1]
    item = plain(stored)["lineItems"][0]
    figures = sums.of_item(item)
    before = copy.deepcopy(figures)
    rendered_json(in_force_json(stored), Beside(tenant="acme"))
    assert sums.of_item(plain(stored)["lineItems"][0]) is figures
    assert figures == before


def test_any_member_that_figures_are_made_of_makes_a_difference() -> None:
    item = plain(encode(order()))["lineItems"][0]
    # 10.00 gross are 8.40 net, and a unit 5.00 gross or 5 / 1.19 = 4.202 net.
    assert sums.of_item(item)["calculatedUnitPrice"]["netValue"] == Decimal("4.202")
    twice = item | {"quantity": 4, "totalPrice": item["totalPrice"] | {"centAmount": 2000}}
    assert sums.of_item(twice)["totalPrice"] == 20
    # 5 / 1.07 = 4.673
    reduced = item | {"taxRate": item["taxRate"] | {"amount": 0.07, "name": "REDUCED"}}
    assert sums.of_item(reduced)["calculatedUnitPrice"]["netValue"] == Decimal("4.673")
    assert sums.of_item(reduced)["tax.lines"][0]["name"] == "REDUCED"


def test_lines_that_say_the_same_make_one_entry_with_ids_of_their_own() -> None:
    stored = plain(encode(order()))
    line = stored["lineItems"][0]
    # The second says the same, the third is of another quantity; what no entry shows makes no difference.
    more = [line | {"id": "b", "addedAt": "2026-01-01T00:00:00.000Z"}, line | {"id": "c", "quantity": 3}]
    stored["lineItems"] = [line, *more]
    entries = plain(encode(rendered_json(in_force_json(encode(stored)), Beside(tenant="acme"))["entries"]))
    assert [entry["id"] for entry in entries[:3]] == [line["id"], "b", "c"]
    assert [entry["amount"] for entry in entries[:3]] == [2, 2, 3]
    assert entries[1] == entries[0] | {"id": "b"}


def test_an_entry_is_made_for_a_tenant_and_in_a_language() -> None:
    stored = plain(encode(order()))

    def product(tenant: str, locale: str | None) -> tuple[str, str]:
        at = in_force_json(encode(stored | ({"locale": locale} if locale else {})))
        entry = plain(encode(rendered_json(at, Beside(tenant=tenant))["entries"]))[0]
        return entry["product"]["name"], entry["itemYrn"].partition("product:product:")[2].partition(";")[0]

    told = [product("acme", None), product("acme", "de"), product("acme", "en"), product("other", "de")]
    assert told == [("Mug", "acme"), ("Becher", "acme"), ("Mug", "acme"), ("Becher", "other")]


def test_entries_that_are_kept_are_shown_as_they_came_and_can_be_looked_into() -> None:
    stored = plain(encode(order())) | {"emporix": {"entries": [{"id": "e-1", "odd": Decimal("1.250")}, {"id": "e-2"}], "more": 1}}
    # The figures of the order are those that the entries were made with.
    stored["emporix"] |= {"@made": plain(encode(bound(decoder(KeptOrder).decode(encode(stored)), {})))["emporix"]["@made"]}
    at = in_force_json(encode(stored))
    whole = encode(rendered_json(at, Beside(tenant="acme")))
    assert plain(whole)["entries"] == [{"id": "e-1", "odd": 1.25}, {"id": "e-2"}]
    assert (b'"odd":1.250' in whole, plain(whole)["more"]) == (True, 1)
    assert rendered_json(at, Beside(tenant="acme"), ("entries.id",)) == {"entries": [{"id": "e-1"}, {"id": "e-2"}]}
    # Another amount makes them untrue: they are made of the order then.
    stored["lineItems"][0]["quantity"] += 1
    since = plain(encode(rendered_json(in_force_json(encode(stored)), Beside(tenant="acme"))))
    assert [entry["id"] for entry in since["entries"]] == [stored[name][0]["id"] for name in ("lineItems", "customLineItems")]
    assert since["more"] == 1
