"""Cart discounts, their groups and codes: what drafts and actions make of them, and what is refused."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, made, not_made, refused, told
from domain.facts import BERLIN, EXTRA, NOW, PARIS, uid
from domain.facts import facts as read
from orderwright.domain.sale.discounts.model import CartDiscount
from orderwright.domain.sale.discounts.resources import cart_discount, discount_code, discount_group
from orderwright.domain.sale.discounts.resources.renewal import RenewCode, RenewDiscount
from orderwright.engine.actions import Change
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.model import KeyReference
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import CatalogueStays, QueueRenewals
from orderwright.errors import ApiError, CountersMovedError

DISCOUNTS, CODES, GROUPS = cart_discount.RESOURCE, discount_code.RESOURCE, discount_group.RESOURCE
LINES = {"type": "lineItems", "predicate": "true"}
TENTH = {"type": "relative", "permyriad": 1000}
DRAFT = {"name": {"en": "Sale"}, "value": TENTH, "cartPredicate": "true", "target": LINES, "sortOrder": "0.5"}
GROUP = {"key": "deals", "sortOrder": "0.75"}
IN_BERLIN, IN_PARIS = KeyReference(type_id="store", key="berlin"), KeyReference(type_id="store", key="paris")
CUSTOM_TYPE = replace(EXTRA, resource_type_ids=("cart-discount", "discount-code"))


def with_rules(*documents: tuple[str, Any], **more: Any) -> Facts:
    """The small shop, with the Type for discounts, and more documents in its catalogue."""
    base = read().catalogue
    shop = [("project", base.project), ("store", BERLIN), ("store", PARIS), ("type", CUSTOM_TYPE)]
    return read(Catalogue(7, [*shop, *documents]), **more)


def numbered(document: Any, number: int, **members: Any) -> Any:
    return replace(document, id=uid(number), **members)


SALE: CartDiscount = made(DISCOUNTS, DRAFT)
DEALS = numbered(made(GROUPS, GROUP), 81)


def test_a_draft_makes_a_discount() -> None:
    assert SALE.is_active
    assert not SALE.requires_discount_code
    assert (SALE.stacking_mode, SALE.recurring_order_scope.type) == ("Stacking", "NonRecurringOrdersOnly")
    assert (SALE.stores, SALE.references) == ((), ())
    assert list(DISCOUNTS.holds(SALE)) == [("sort-order", "0.5")]
    holds_to_specification("CartDiscount", SALE)


def test_every_action_of_a_discount() -> None:
    facts = with_rules(("discount-group", DEALS))
    after, messages = told(
        DISCOUNTS,
        SALE,
        {"action": "changeName", "name": {"en": "Autumn"}},
        {"action": "setDescription", "description": {"en": "A tenth"}},
        {"action": "setKey", "key": "autumn"},
        {"action": "changeIsActive", "isActive": False},
        {"action": "changeRequiresDiscountCode", "requiresDiscountCode": True},
        {"action": "changeStackingMode", "stackingMode": "StopAfterThisDiscount"},
        {"action": "changeCartPredicate", "cartPredicate": f'customer.id = "{uid(9)}"'},
        {"action": "changeTarget", "target": {"type": "lineItems", "predicate": f'product.id = "{uid(8)}"'}},
        {"action": "changeValue", "value": {"type": "relative", "permyriad": 1500}},
        {"action": "changeSortOrder", "sortOrder": "0.25"},
        {"action": "setValidFrom", "validFrom": "2024-05-01T00:00:00.000Z"},
        {"action": "setValidUntil", "validUntil": "2024-06-01T00:00:00.000Z"},
        {"action": "setValidFromAndUntil", "validFrom": "2024-07-01T00:00:00Z", "validUntil": "2024-08-01T00:00:00Z"},
        {"action": "setStores", "stores": [{"typeId": "store", "key": "berlin"}]},
        {"action": "addStore", "store": {"typeId": "store", "id": PARIS.id}},
        {"action": "removeStore", "store": {"typeId": "store", "key": "berlin"}},
        {"action": "setRecurringOrderScope", "recurringOrderScope": {"type": "AnyOrder"}},
        {"action": "setDiscountGroup", "discountGroup": {"typeId": "discount-group", "id": DEALS.id}},
        {"action": "setCustomType", "type": {"typeId": "type", "key": "extra"}, "fields": {"note": "a"}},
        {"action": "setCustomField", "name": "count", "value": 2},
        facts=facts,
    )
    assert (after.name, after.description, after.key) == ({"en": "Autumn"}, {"en": "A tenth"}, "autumn")
    assert (after.is_active, after.requires_discount_code, after.stacking_mode) == (False, True, "StopAfterThisDiscount")
    assert [(each.type_id, each.id) for each in after.references] == [("customer", uid(9)), ("product", uid(8))]
    assert after.value.permyriad == 1500
    assert (after.valid_from, after.valid_until) == ("2024-07-01T00:00:00.000Z", "2024-08-01T00:00:00.000Z")
    assert after.stores == (IN_PARIS,)
    assert after.recurring_order_scope.type == "AnyOrder"
    # In the group it stands where the group stands, and holds no place of its own.
    assert (after.discount_group.id, after.sort_order, list(DISCOUNTS.holds(after))) == (DEALS.id, "0.75", [])
    assert after.custom.fields == {"note": "a", "count": 2}
    assert [type(message).__name__ for message in messages] == [
        "CartDiscountStoresSet",
        "CartDiscountStoreAdded",
        "CartDiscountStoreRemoved",
    ]
    holds_to_specification("CartDiscount", after)


def test_it_leaves_its_group_for_a_place_of_its_own() -> None:
    facts = with_rules(("discount-group", DEALS))
    joined = {"typeId": "discount-group", "key": "deals"}
    inside = made(DISCOUNTS, {**DRAFT, "sortOrder": "0.5", "discountGroup": joined}, facts)
    assert inside.sort_order == "0.75"
    assert made(DISCOUNTS, {**{k: v for k, v in DRAFT.items() if k != "sortOrder"}, "discountGroup": joined}, facts) is not None
    refused("InvalidOperation", DISCOUNTS, inside, {"action": "changeSortOrder", "sortOrder": "0.1"})
    refused("RequiredField", DISCOUNTS, inside, {"action": "setDiscountGroup"})
    outside = changed(DISCOUNTS, inside, {"action": "setDiscountGroup", "sortOrder": "0.125"})
    assert (outside.discount_group, outside.sort_order) == (None, "0.125")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"sortOrder": None}, "RequiredField"),
        ({"sortOrder": "0"}, "InvalidJsonInput"),
        ({"sortOrder": "1"}, "InvalidJsonInput"),
        ({"sortOrder": "0.0"}, "InvalidJsonInput"),
        ({"sortOrder": "0.10"}, "InvalidJsonInput"),
        ({"sortOrder": "-0.5"}, "InvalidJsonInput"),
        ({"sortOrder": "5e-1"}, "InvalidJsonInput"),
        ({"sortOrder": "0." + "1" * 255}, "InvalidJsonInput"),
        ({"cartPredicate": "country = "}, "SyntaxError"),
        ({"cartPredicate": "country = 1"}, "SemanticError"),
        ({"target": {"type": "lineItems", "predicate": "nothing = 1"}}, "SemanticError"),
        ({"target": None}, "RequiredField"),
        ({"validFrom": "2024-05-01T00:00:00Z", "validUntil": "2024-05-01T00:00:00Z"}, "InvalidField"),
        ({"stores": [{"typeId": "store", "key": "rome"}]}, "ReferencedResourceNotFound"),
        ({"discountGroup": {"typeId": "discount-group", "key": "none"}}, "ReferencedResourceNotFound"),
        ({"discountGroup": {"typeId": "discount-group", "key": "deals"}, "target": {"type": "shipping"}}, "InvalidInput"),
        ({"discountGroup": {"typeId": "discount-group", "key": "deals"}, "target": {"type": "totalPrice"}}, "InvalidInput"),
        ({"recurringOrderScope": {"type": "ApplicableRecurrencePolicies"}}, "InvalidInput"),
        ({"recurringOrderScope": {"type": "AnyOrder", "recurrencePolicies": [{"id": uid(1)}]}}, "InvalidJsonInput"),
        ({"custom": {"type": {"typeId": "type", "key": "none"}}}, "ReferencedResourceNotFound"),
        ({"key": "x"}, "InvalidJsonInput"),
    ],
)
def test_drafts_that_make_no_discount(wrong: dict[str, Any], code: str) -> None:
    not_made(code, DISCOUNTS, {**DRAFT, **wrong}, with_rules(("discount-group", DEALS)))


def test_the_longest_sort_order_there_is() -> None:
    # 256 characters: as many as a key may have.
    assert made(DISCOUNTS, {**DRAFT, "sortOrder": "0." + "1" * 254}).sort_order.endswith("111")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"action": "changeValue", "value": {"type": "giftLineItem", "product": {"id": uid(1)}, "variantId": 1}}, "InvalidInput"),
        ({"action": "changeValue", "value": {**TENTH, "applicationMode": "EvenDistribution"}}, "InvalidOperation"),
        ({"action": "changeTarget", "target": {"type": "lineItems", "predicate": ")"}}, "SyntaxError"),
        ({"action": "changeCartPredicate", "cartPredicate": 'colour = "red"'}, "SemanticError"),
        (
            {"action": "setValidFromAndUntil", "validFrom": "2025-01-02T00:00:00Z", "validUntil": "2025-01-01T00:00:00Z"},
            "InvalidField",
        ),
        ({"action": "setRecurringOrderScope", "recurringOrderScope": {"type": "ApplicableRecurrencePolicies"}}, "InvalidInput"),
        ({"action": "addStore", "store": {"typeId": "store", "key": "rome"}}, "ReferencedResourceNotFound"),
    ],
)
def test_actions_that_are_refused(action: dict[str, Any], code: str) -> None:
    refused(code, DISCOUNTS, SALE, action)


def settled(before: Any, after: Any, facts: Facts, resource: Any = DISCOUNTS) -> Change[Any]:
    assert resource.settles is not None
    return resource.settles(before, Change(after), facts)  # type: ignore[no-any-return]  # it settles as it was declared


def many(count: int, **members: Any) -> list[tuple[str, Any]]:
    return [("cart-discount", numbered(SALE, 2000 + number, **members)) for number in range(count)]


def not_settled(code: str, before: Any, after: Any, facts: Facts, resource: Any = DISCOUNTS) -> ApiError:
    with pytest.raises(ApiError) as caught:
        settled(before, after, facts, resource)
    assert caught.value.code == code
    return caught.value


def test_a_hundred_discounts_may_be_active_without_a_code() -> None:
    (counted,) = settled(None, SALE, with_rules(*many(99))).effects
    # What was counted must still be so when it is written, else it is counted anew.
    assert isinstance(counted, CatalogueStays)
    assert (counted.version, isinstance(counted.refused, CountersMovedError)) == (7, True)
    not_settled("MaxCartDiscountsReached", None, SALE, with_rules(*many(100)))
    # What needs a code, is not active or is already there takes no place.
    assert settled(None, replace(SALE, requires_discount_code=True), with_rules(*many(100))).effects == ()
    assert settled(None, replace(SALE, is_active=False), with_rules(*many(100))).effects == ()
    assert settled(SALE, replace(SALE, key="other"), with_rules(*many(100))).effects == ()
    for before in (replace(SALE, requires_discount_code=True), replace(SALE, is_active=False)):
        not_settled("MaxCartDiscountsReached", before, SALE, with_rules(*many(100)))


def test_and_a_hundred_more_in_each_store() -> None:
    here, both = replace(SALE, stores=(IN_BERLIN,)), replace(SALE, stores=(IN_BERLIN, IN_PARIS))
    full = with_rules(*many(100, stores=(IN_BERLIN,)))
    settled(None, SALE, full)
    error = not_settled("StoreCartDiscountsLimitReached", None, both, full)
    assert error.fields == {"stores": [{"typeId": "store", "key": "berlin"}]}
    not_settled("StoreCartDiscountsLimitReached", replace(SALE, stores=(IN_PARIS,)), both, full)
    not_settled("MaxCartDiscountsReached", replace(here, is_active=False), here, full)
    settled(both, here, full)
    not_settled("MaxCartDiscountsReached", here, SALE, with_rules(*many(100)))


def test_a_hundred_groups_may_be_active() -> None:
    others = [("discount-group", numbered(DEALS, 3000 + number)) for number in range(100)]
    settled(None, DEALS, with_rules(*others[:99]), GROUPS)
    not_settled("MaxDiscountGroupsReached", None, DEALS, with_rules(*others), GROUPS)
    not_settled("MaxDiscountGroupsReached", replace(DEALS, is_active=False), DEALS, with_rules(*others), GROUPS)
    settled(DEALS, replace(DEALS, key="other"), with_rules(*others), GROUPS)


def test_more_than_500_stores_are_refused() -> None:
    stores = [("store", replace(BERLIN, id=uid(5000 + number), key=f"store-{number}")) for number in range(501)]
    keys = [{"typeId": "store", "key": f"store-{number}"} for number in range(501)]
    facts = with_rules(*stores)
    assert len(made(DISCOUNTS, {**DRAFT, "stores": keys[:500]}, facts).stores) == 500
    not_made("MaxStoreReferencesReached", DISCOUNTS, {**DRAFT, "stores": keys}, facts)
    refused("MaxStoreReferencesReached", DISCOUNTS, SALE, {"action": "setStores", "stores": keys}, facts=facts)
    full = changed(DISCOUNTS, SALE, {"action": "setStores", "stores": keys[:500]}, facts=facts)
    refused("MaxStoreReferencesReached", DISCOUNTS, full, {"action": "addStore", "store": keys[500]}, facts=facts)


def at_the_door(*managed: str) -> Facts:
    """Facts of a request at the door of the store berlin, whose caller manages some stores."""
    facts = with_rules(store_key="berlin")
    facts._manages = lambda key: key in managed
    return facts


def test_at_the_door_of_a_store() -> None:
    also = {"stores": [{"typeId": "store", "key": "paris"}]}
    assert made(DISCOUNTS, DRAFT, at_the_door("berlin")).stores == (IN_BERLIN,)
    assert made(DISCOUNTS, {**DRAFT, **also}, at_the_door("berlin", "paris")).stores == (IN_BERLIN, IN_PARIS)
    error = not_made("Unauthorized", DISCOUNTS, {**DRAFT, **also}, at_the_door("berlin"))
    assert (error.status, error.fields) == (403, {"storesWithoutPermission": ["paris"]})
    both = replace(SALE, stores=(IN_BERLIN, IN_PARIS))
    naming = {"action": "changeName", "name": {"en": "x"}}
    removing = {"action": "removeStore", "store": {"typeId": "store", "key": "berlin"}}
    refused("Unauthorized", DISCOUNTS, both, naming, facts=at_the_door("berlin"))
    assert changed(DISCOUNTS, both, removing, facts=at_the_door("berlin")).stores == (IN_PARIS,)
    here = replace(SALE, stores=(IN_BERLIN,))
    assert changed(DISCOUNTS, here, naming, facts=at_the_door("berlin")).name == {"en": "x"}
    refused("InvalidOperation", DISCOUNTS, here, removing, facts=at_the_door("berlin"))
    refused("InvalidOperation", DISCOUNTS, here, {"action": "setStores", "stores": []}, facts=at_the_door("berlin"))
    adding = {"action": "addStore", "store": {"typeId": "store", "key": "paris"}}
    refused("Unauthorized", DISCOUNTS, here, adding, facts=at_the_door("berlin"))
    assert DISCOUNTS.deleting is not None
    with pytest.raises(ApiError) as caught:
        DISCOUNTS.deleting(both, at_the_door("berlin"))
    assert caught.value.code == "Unauthorized"
    assert DISCOUNTS.deleting(both, at_the_door("berlin", "paris")).after == both


CODE = {"code": "WINTER", "cartDiscounts": [{"typeId": "cart-discount", "key": "one"}]}
ONE = numbered(SALE, 91, key="one", stores=(IN_BERLIN,))
TWO = numbered(SALE, 92, key="two", stores=(IN_PARIS, IN_BERLIN), requires_discount_code=True)
KNOWN: list[tuple[Wanted, Any]] = [(Wanted("cart-discount", "id", each.id), each) for each in (ONE, TWO)]
KNOWN += [(Wanted("cart-discount", "key", each.key or ""), each) for each in (ONE, TWO)]


def with_discounts() -> Facts:
    return with_rules(found=KNOWN)


def test_every_action_of_a_code() -> None:
    facts = with_discounts()
    code = made(CODES, {**CODE, "groups": ["a", "b", "a"]}, facts)
    assert CODES.all_claims(code) == {("code", "WINTER")}
    assert (code.is_active, code.groups, code.stores) == (True, ("a", "b"), (IN_BERLIN,))
    after, messages = told(
        CODES,
        code,
        {"action": "setKey", "key": "winter"},
        {"action": "setName", "name": {"en": "Winter"}},
        {"action": "setDescription", "description": {"en": "Cold"}},
        {"action": "changeIsActive", "isActive": False},
        {"action": "setMaxApplications", "maxApplications": 2**62},
        {"action": "setMaxApplicationsPerCustomer", "maxApplicationsPerCustomer": 1},
        {"action": "changeGroups", "groups": ["c"]},
        {"action": "setCartPredicate", "cartPredicate": f'customer.customerGroup.id = "{uid(5)}"'},
        {"action": "changeCartDiscounts", "cartDiscounts": [{"id": TWO.id}, {"key": "one"}, {"key": "two"}]},
        {"action": "setValidFrom", "validFrom": "2024-05-01T00:00:00Z"},
        {"action": "setValidUntil", "validUntil": "2024-06-01T00:00:00Z"},
        {"action": "setValidFromAndUntil", "validUntil": "2024-07-01T00:00:00Z"},
        {"action": "setCustomType", "type": {"typeId": "type", "key": "extra"}},
        {"action": "setCustomField", "name": "note", "value": "b"},
        facts=facts,
    )
    assert (after.key, after.name, after.description) == ("winter", {"en": "Winter"}, {"en": "Cold"})
    assert (after.is_active, after.max_applications, after.max_applications_per_customer) == (False, 2**62, 1)
    assert (after.groups, [each.id for each in after.references]) == (("c",), [uid(5)])
    assert [each.id for each in after.cart_discounts] == [TWO.id, ONE.id]
    assert after.stores == (IN_PARIS, IN_BERLIN)
    assert (after.valid_from, after.valid_until) == (None, "2024-07-01T00:00:00.000Z")
    assert [type(message).__name__ for message in messages] == ["DiscountCodeKeySet"]
    holds_to_specification("DiscountCode", after)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": ""}, "InvalidJsonInput"),
        ({"code": "x" * 65}, "InvalidJsonInput"),
        ({"cartDiscounts": []}, "InvalidJsonInput"),
        ({"cartDiscounts": [{"key": "one"}] * 11}, "InvalidJsonInput"),
        ({"cartDiscounts": [{"key": "none"}]}, "ReferencedResourceNotFound"),
        ({"cartPredicate": "("}, "SyntaxError"),
        ({"cartPredicate": "currency > 5"}, "SemanticError"),
        ({"maxApplications": -1}, "InvalidJsonInput"),
        ({"maxApplications": 1.5}, "InvalidJsonInput"),
        ({"validFrom": "2024-05-02T00:00:00Z", "validUntil": "2024-05-01T00:00:00Z"}, "InvalidField"),
    ],
)
def test_drafts_that_make_no_code(wrong: dict[str, Any], code: str) -> None:
    not_made(code, CODES, {**CODE, **wrong}, with_discounts())


def test_every_action_of_a_group() -> None:
    after, messages = told(
        GROUPS,
        DEALS,
        {"action": "setName", "name": {"en": "Deals"}},
        {"action": "setDescription", "description": {"en": "The best one"}},
        {"action": "setKey", "key": "best"},
        {"action": "setSortOrder", "sortOrder": "0.8"},
        {"action": "setIsActive", "isActive": False},
        {"action": "setIsActive", "isActive": False},
    )
    assert (after.name, after.description, after.key) == ({"en": "Deals"}, {"en": "The best one"}, "best")
    assert (after.sort_order, after.is_active) == ("0.8", False)
    assert list(GROUPS.holds(after)) == [("sort-order", "0.8")]
    assert [type(message).__name__ for message in messages] == [
        "DiscountGroupKeySet",
        "DiscountGroupSortOrderSet",
        "DiscountGroupIsActiveSet",
    ]
    holds_to_specification("DiscountGroup", after)


def test_what_shows_a_copy_follows() -> None:
    facts = with_rules(("discount-group", replace(DEALS, sort_order="0.9")), found=KNOWN)
    since = int(NOW.instant().timestamp() * 1000)
    moved = settled(ONE, replace(ONE, stores=()), with_rules())
    assert moved.effects[-1] == QueueRenewals(kind="cart-discount", values=(ONE.id,), since_ms=since)
    grouped = settled(DEALS, replace(DEALS, sort_order="0.9"), with_rules(), GROUPS)
    assert grouped.effects == (QueueRenewals(kind="discount-group", values=(DEALS.id,), since_ms=since),)
    inside = made(DISCOUNTS, {**DRAFT, "discountGroup": {"key": "deals"}}, with_rules(("discount-group", DEALS)))
    renewed = cart_discount.RENEWAL.actions.apply(inside, [RenewDiscount()], facts).after
    assert renewed.sort_order == "0.9"
    assert cart_discount.RENEWAL.actions.apply(SALE, [RenewDiscount()], facts).after == SALE
    code = replace(made(CODES, CODE, with_discounts()), stores=())
    assert discount_code.RENEWAL.actions.apply(code, [RenewCode()], facts).after.stores == (IN_BERLIN,)
