"""What is handed down from a unit to all below it, and where a unit can stand."""

from __future__ import annotations

from typing import Any

import pytest

from domain.business_unit.units import ADA, BOB, EVE, associate, below_after, by_key, chain, company, division, done, inherited
from orderwright.domain.business_unit import hierarchy
from orderwright.domain.business_unit.hierarchy import above
from orderwright.engine.json.codec import to_builtins
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import StaysAt, TellOf, UnitsBelow
from orderwright.errors import ApiError

BERLIN, PARIS = by_key("store", "berlin"), by_key("store", "paris")


def refusal(call: Any, *arguments: Any, **named: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    assert (caught.value.status, caught.value.code) == (400, "InvalidOperation"), caught.value.message
    return caught.value


def parent(key: str) -> dict[str, Any]:
    return {"action": "changeParentUnit", "parentUnit": by_key("business-unit", key)}


def test_associates_are_inherited_where_their_roles_are() -> None:
    acme = company(associates=[associate(ADA, "buyer", "admin", inherited=True), associate(BOB, "buyer")])
    own = [associate(EVE, "buyer", inherited=True)]
    north = division("north", [acme], associateMode="Explicit", storeMode="Explicit", associates=own)
    lake = division("lake", [acme, north], 3000)
    assert inherited(north) is None
    assert inherited(lake) == [(EVE.id, [("buyer", "north")])]
    assert lake.inherited_stores == ()


def test_a_change_is_carried_on_to_all_below() -> None:
    units = chain("acme", "north", "lake")
    change = done(units[0], {"action": "addAssociate", "associate": associate(ADA, "buyer", inherited=True)}, units=units)
    after = below_after(change)
    assert {key: inherited(unit) for key, unit in after.items()} == {
        "north": [(ADA.id, [("buyer", "acme")])],
        "lake": [(ADA.id, [("buyer", "acme")])],
    }
    # Nothing may have come to stand below any of the three meanwhile.
    assert change.effects == (UnitsBelow(parents=("acme", "north", "lake"), size=2),)
    assert done(units[0], {"action": "addAssociate", "associate": associate(ADA, "buyer")}, units=units).changed == ()


def test_several_actions_are_carried_on_once() -> None:
    units = chain("acme", "north")
    berlin, paris = ({"action": "addStore", "store": each} for each in (BERLIN, PARIS))
    sent = [berlin, paris, {"action": "removeStore", "store": BERLIN}]
    change = done(units[0], *sent, units=units)
    assert [(each.before, to_builtins(each.after)["inheritedStores"]) for each in change.changed] == [(units[1], [PARIS])]
    assert len(change.effects) == 1
    assert done(units[0], berlin, sent[2], units=units).changed == ()


def test_associates_that_were_inherited_become_explicit() -> None:
    acme = company(associates=[associate(ADA, "buyer", "admin", inherited=True), associate(BOB, "buyer", inherited=True)])
    north = division("north", [acme], associates=[associate(ADA, "buyer")])
    lake = division("lake", [acme, north], 3000)
    units = [acme, north, lake]
    sent = {"action": "changeAssociateMode", "associateMode": "Explicit"}
    assert inherited(below_after(done(north, sent, units=units))["lake"]) == []
    change = done(north, {**sent, "makeInheritedAssociatesExplicit": True}, units=units)
    roles = {
        each.customer.id: [(one.associate_role.key, one.inheritance) for one in each.associate_role_assignments]
        for each in change.after.associates
    }
    # Ada keeps the role that she had here, as she had it.
    assert roles == {ADA.id: [("buyer", "Disabled"), ("admin", "Enabled")], BOB.id: [("buyer", "Enabled")]}
    assert inherited(change.after) is None
    assert inherited(below_after(change)["lake"]) == [(ADA.id, [("admin", "north")]), (BOB.id, [("buyer", "north")])]
    assert [to_builtins(each) for each in change.messages] == [
        {"type": "BusinessUnitAssociateModeChanged", "associateMode": "Explicit", "oldAssociateMode": "ExplicitAndFromParent"}
    ]
    back = done(change.after, {"action": "changeAssociateMode", "associateMode": "ExplicitAndFromParent"}, units=units)
    assert inherited(back.after) == [(ADA.id, [("buyer", "acme"), ("admin", "acme")]), (BOB.id, [("buyer", "acme")])]
    # What it inherits again is that of the parent as it was read.
    assert StaysAt(id=acme.id, version=1) in back.effects
    refusal(done, acme, {"action": "changeAssociateMode", "associateMode": "ExplicitAndFromParent"}, units=units)
    wrong = {"action": "changeAssociateMode", "associateMode": "ExplicitAndFromParent", "makeInheritedAssociatesExplicit": True}
    refusal(done, north, wrong, units=units)


def test_a_division_moves_with_all_below_it() -> None:
    acme = chain("acme", "north", "lake")
    units = [*acme, *chain("other", "south", first=11, associates=[associate(EVE, "buyer", inherited=True)])]
    change = done(acme[1], parent("south"), units=units)
    moved = change.after
    assert moved.parent_unit is not None
    assert (moved.parent_unit.key, moved.top_level_unit.key) == ("south", "other")
    assert inherited(moved) == [(EVE.id, [("buyer", "other")])]
    (lake,) = change.changed
    assert (lake.after.top_level_unit.key, inherited(lake.after)) == ("other", [(EVE.id, [("buyer", "other")])])
    assert [to_builtins(each) for each in change.messages] == [
        {
            "type": "BusinessUnitTopLevelUnitSet",
            "topLevelUnit": by_key("business-unit", "other"),
            "oldTopLevelUnit": by_key("business-unit", "acme"),
        },
        {
            "type": "BusinessUnitParentChanged",
            "oldParentUnit": by_key("business-unit", "acme"),
            "newParentUnit": by_key("business-unit", "south"),
        },
    ]
    stays = {each.id for each in change.effects if isinstance(each, StaysAt)}
    assert stays == {unit.id for unit in units if unit.key in ("other", "south")}
    # The one below is told of, too.
    (told,) = [each for each in change.effects if isinstance(each, TellOf)]
    assert (told.id, [type(each).__name__ for each in told.telling.told(1)]) == (acme[2].id, ["BusinessUnitTopLevelUnitSet"])
    assert done(acme[1], parent("acme"), units=units).is_bare


def test_a_unit_cannot_stand_below_itself() -> None:
    units = chain("acme", "north", "lake")
    for key in ("north", "lake"):
        assert "below itself" in refusal(done, units[1], parent(key), units=units).message
    refusal(done, units[0], parent("lake"), units=units)
    below = {"action": "setUnitType", "unitType": "Division", "parentUnit": by_key("business-unit", "lake")}
    assert "below itself" in refusal(done, units[0], below, units=units).message


def test_a_unit_does_not_move_too_deep() -> None:
    acme, other = chain("l1", "l2", "l3"), chain("m1", "m2", "m3", first=11)
    # l2 and l3 below m3 are levels 4 and 5; below another level they would be 5 and 6.
    assert done(acme[1], parent("m3"), units=[*acme, *other]).after.top_level_unit.key == "m1"
    deeper = chain("m1", "m2", "m3", "m4", first=11)
    assert "5 levels" in refusal(done, acme[1], parent("m4"), units=[*acme, *deeper]).message


def test_a_parent_in_other_stores() -> None:
    acme = company(stores=[BERLIN, PARIS])
    north = division("north", [acme])
    same = division("same", [acme], 3000, storeMode="Explicit", stores=[PARIS, BERLIN])
    other = division("other", [acme], 4000, storeMode="Explicit", stores=[PARIS])
    units = [acme, north, same, other]
    assert "same stores" in refusal(done, north, parent("other"), units=units).message
    assert to_builtins(done(north, parent("same"), units=units).after)["inheritedStores"] == [PARIS, BERLIN]


def test_a_division_becomes_a_company_and_a_division_again() -> None:
    units = chain("acme", "north", "lake")
    alone = {"action": "setUnitType", "unitType": "Company"}
    refusal(done, units[1], alone, units=units)  # it inherits
    free = [
        {"action": "setStoreMode", "storeMode": "Explicit"},
        {"action": "changeAssociateMode", "associateMode": "Explicit"},
        {"action": "changeApprovalRuleMode", "approvalRuleMode": "Explicit"},
    ]
    change = done(units[1], *free, alone, units=units)
    after = change.after
    assert (after.unit_type, after.parent_unit, after.top_level_unit.key) == ("Company", None, "north")
    assert below_after(change)["lake"].top_level_unit.key == "north"
    assert [type(each).__name__ for each in change.messages][-2:] == ["BusinessUnitTopLevelUnitSet", "BusinessUnitTypeSet"]
    assert to_builtins(change.messages[-1]) == {
        "type": "BusinessUnitTypeSet",
        "oldParentUnit": by_key("business-unit", "acme"),
        "unitType": "Company",
        "oldUnitType": "Division",
    }
    again = {"action": "setUnitType", "unitType": "Division", "parentUnit": by_key("business-unit", "acme")}
    units = [units[0], after]
    back = done(after, again, units=units).after
    assert (back.unit_type, back.top_level_unit.key, back.store_mode) == ("Division", "acme", "Explicit")
    refusal(done, after, {**again, "unitType": "Company"}, units=units)
    with pytest.raises(ApiError) as caught:
        done(after, {"action": "setUnitType", "unitType": "Division"}, units=units)
    assert (caught.value.code, caught.value.fields["field"]) == ("RequiredField", "parentUnit")
    assert done(after, alone, units=units).is_bare


def test_the_way_up_is_read_step_by_step() -> None:
    units = chain("l1", "l2", "l3", "l4")
    named = Wanted("business-unit", "id", units[3].id)
    assert list(above({})) == []
    assert [wanted.value for wanted in above({named: units[3]})] == ["l4", "l3", "l1"]
    assert [wanted.value for wanted in above({Wanted("business-unit", "key", "l3"): units[2]})] == ["l2", "l1"]
    assert list(above({Wanted("business-unit", "key", "l1"): units[0]})) == []


def test_what_one_change_takes_along_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    units = chain("acme", "north", "lake")
    sent = {"action": "addAssociate", "associate": associate(ADA, "buyer", inherited=True)}
    monkeypatch.setattr(hierarchy, "MOST_HANDED_DOWN", 1)
    assert "associates would be inherited" in refusal(done, units[0], sent, units=units).message
    monkeypatch.setattr(hierarchy, "MOST_BELOW", 1)
    assert "More than 1 business units" in refusal(done, units[0], sent, units=units).message
    assert done(units[1], sent, units=units).changed  # one is below it, and one associate inherited there
