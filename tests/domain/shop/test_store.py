"""Stores: languages of the project, countries each once, and what their changes tell."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown, told, with_documents
from domain.facts import BERLIN
from orderwright.domain.shop.channel import resource as channels
from orderwright.domain.shop.store.channels import StoreDistributionChannelsChanged, StoreSupplyChannelsChanged
from orderwright.domain.shop.store.model import Store
from orderwright.domain.shop.store.resource import (
    RESOURCE,
    StoreCountriesChanged,
    StoreCreated,
    StoreDeleted,
    StoreLanguagesChanged,
    StoreNameSet,
)
from orderwright.domain.shop.store.selections import StoreProductSelectionsChanged
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference

DRAFT: dict[str, Any] = {"key": "rome", "name": {"en": "Rome"}, "languages": ["en"], "countries": [{"code": "IT"}] * 2}


def test_a_draft_makes_a_store_and_tells_it() -> None:
    store = made(RESOURCE, DRAFT)
    assert [country.code for country in store.countries] == ["IT"]
    holds_to_specification("Store", store)
    assert RESOURCE.created is not None and RESOURCE.deleted is not None
    message = RESOURCE.created(store)
    assert isinstance(message, StoreCreated)
    assert shown(message)["countries"] == [{"code": "IT"}]
    assert isinstance(RESOURCE.deleted(store), StoreDeleted)


def test_the_name_is_set_with_a_text_a_language() -> None:
    after, messages = told(RESOURCE, BERLIN, {"action": "setName", "name": {"de": "Laden", "en": "Shop"}})
    assert after.name == {"de": "Laden", "en": "Shop"}
    assert messages == [StoreNameSet(name={"de": "Laden", "en": "Shop"}, name_all_locales=({"de": "Laden"}, {"en": "Shop"}))]


def test_languages_tell_what_came_and_went() -> None:
    after, messages = told(RESOURCE, BERLIN, {"action": "setLanguages", "languages": ["fr", "de"]})
    assert after.languages == ("fr", "de")
    assert messages == [StoreLanguagesChanged(added_languages=("fr",), removed_languages=("en",))]


def test_the_same_languages_tell_nothing() -> None:
    assert told(RESOURCE, BERLIN, {"action": "setLanguages", "languages": ["de", "en", "de"]}) == (BERLIN, [])


def test_countries_tell_what_came_and_went() -> None:
    after, messages = told(
        RESOURCE,
        BERLIN,
        {"action": "addCountry", "country": {"code": "AT"}},
        {"action": "addCountry", "country": {"code": "AT"}},
        {"action": "removeCountry", "country": {"code": "DE"}},
        {"action": "removeCountry", "country": {"code": "CH"}},
    )
    assert [country.code for country in after.countries] == ["AT"]
    assert [type(message) for message in messages] == [StoreCountriesChanged] * 2
    assert changed(RESOURCE, after, {"action": "setCountries"}).countries == ()


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("ProjectNotConfiguredForLanguages", {"action": "setLanguages", "languages": ["it"]}),
        ("InvalidJsonInput", {"action": "addCountry", "country": {"code": "Italy"}}),
        ("InvalidJsonInput", {"action": "setKey", "key": "other"}),
    ],
)
def test_what_is_refused(code: str, action: dict[str, Any]) -> None:
    refused(code, RESOURCE, BERLIN, action)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("ProjectNotConfiguredForLanguages", {"languages": ["it"]}),
        ("ReferencedResourceNotFound", {"supplyChannels": [{"typeId": "channel", "key": "absent"}]}),
        ("ReferencedResourceNotFound", {"productSelections": [{"productSelection": {"key": "absent"}}]}),
        ("InvalidField", {"storefront": {"faqUrl": "http://example.com"}}),
        ("InvalidJsonInput", {"key": "r"}),
    ],
)
def test_drafts_that_are_refused(code: str, changes: dict[str, Any]) -> None:
    not_made(code, RESOURCE, {**DRAFT, **changes})


def test_members_may_be_empty() -> None:
    store = made(RESOURCE, {**DRAFT, "supplyChannels": [], "custom": None, "storefront": {"faqUrl": ""}})
    assert (store.supply_channels, store.storefront) == ((), None)


WAREHOUSE = made(channels.RESOURCE, {"key": "warehouse"})
KIOSK = replace(
    made(channels.RESOURCE, {"key": "kiosk", "roles": ["ProductDistribution", "InventorySupply"]}),
    id="00000000-0000-4000-8000-000000000998",
)


def with_channels() -> Facts:
    return with_documents(("channel", WAREHOUSE), ("channel", KIOSK))


def to(channel: Any) -> Reference:
    return Reference(type_id="channel", id=channel.id)


def test_channels_are_held_to_their_roles() -> None:
    lists = {"distributionChannels": [{"key": "kiosk"}], "supplyChannels": [{"key": "warehouse"}, {"id": KIOSK.id}]}
    store = made(RESOURCE, {**DRAFT, **lists}, with_channels())
    assert (store.distribution_channels, store.supply_channels) == ((to(KIOSK),), (to(WAREHOUSE), to(KIOSK)))
    wrong = {"distributionChannels": [{"key": "warehouse"}]}
    error = not_made("MissingRoleOnChannel", RESOURCE, {**DRAFT, **wrong}, with_channels())
    assert error.fields["missingRole"] == "ProductDistribution"
    assert error.fields["channel"] == {"typeId": "channel", "key": "warehouse"}


@pytest.mark.parametrize(
    ("kind", "field", "message"),
    [
        ("Distribution", "distribution_channels", StoreDistributionChannelsChanged),
        ("Supply", "supply_channels", StoreSupplyChannelsChanged),
    ],
)
def test_channels_tell_what_came_and_went(kind: str, field: str, message: Any) -> None:
    one = {f"{kind.lower()}Channel": {"key": "kiosk"}}
    after, messages = told(
        RESOURCE,
        BERLIN,
        {"action": f"add{kind}Channel", **one},
        {"action": f"add{kind}Channel", **one},
        {"action": f"set{kind}Channels"},
        {"action": f"set{kind}Channels", f"{kind.lower()}Channels": [{"key": "kiosk"}, {"key": "kiosk"}]},
        {"action": f"remove{kind}Channel", f"{kind.lower()}Channel": {"key": "warehouse"}},
        {"action": f"remove{kind}Channel", **one},
        facts=with_channels(),
    )
    assert getattr(after, field) == ()
    came, went = message(**{f"added_{field}": (to(KIOSK),)}), message(**{f"removed_{field}": (to(KIOSK),)})
    assert messages == [came, went, came, went]


def test_a_store_has_at_most_a_hundred_channels() -> None:
    many = [replace(KIOSK, id=f"00000000-0000-4000-8000-{number:012d}", key=f"k{number}") for number in range(101)]
    facts = with_documents(*(("channel", channel) for channel in many))
    full = replace(BERLIN, supply_channels=tuple(to(channel) for channel in many[:100]))
    refused("InvalidOperation", RESOURCE, full, {"action": "addSupplyChannel", "supplyChannel": {"key": "k100"}}, facts=facts)


def with_selections() -> Facts:
    """Facts that hold product selections, of which this version has none: any document will do."""
    return with_documents(("product-selection", WAREHOUSE), ("product-selection", KIOSK))


def test_product_selections_are_switched_and_told() -> None:
    warehouse, kiosk = {"key": "warehouse"}, {"key": "kiosk"}
    after, messages = told(
        RESOURCE,
        BERLIN,
        {"action": "addProductSelection", "productSelection": warehouse, "active": True},
        {"action": "addProductSelection", "productSelection": warehouse, "active": True},
        {"action": "changeProductSelectionActive", "productSelection": warehouse},
        {"action": "setProductSelections", "productSelections": [{"productSelection": kiosk}]},
        {"action": "removeProductSelection", "productSelection": kiosk},
        {"action": "removeProductSelection", "productSelection": kiosk},
        facts=with_selections(),
    )
    assert after == BERLIN
    assert [type(message) for message in messages] == [StoreProductSelectionsChanged] * 4
    on, off = (
        {"productSelection": {"typeId": "product-selection", "id": WAREHOUSE.id}, "active": each} for each in (True, False)
    )
    new = {"productSelection": {"typeId": "product-selection", "id": KIOSK.id}, "active": False}
    none: dict[str, list[Any]] = {"addedProductSelections": [], "removedProductSelections": [], "updatedProductSelections": []}
    assert [{**none, **shown(message)} for message in messages] == [
        {**none, "type": "StoreProductSelectionsChanged", "addedProductSelections": [on]},
        {**none, "type": "StoreProductSelectionsChanged", "updatedProductSelections": [off]},
        {**none, "type": "StoreProductSelectionsChanged", "addedProductSelections": [new], "removedProductSelections": [off]},
        {**none, "type": "StoreProductSelectionsChanged", "removedProductSelections": [new]},
    ]
    strange = {"action": "changeProductSelectionActive", "productSelection": kiosk}
    refused("InvalidOperation", RESOURCE, BERLIN, strange, facts=with_selections())
    refused("ReferencedResourceNotFound", RESOURCE, BERLIN, strange)


GOOD = {
    "checkoutUrlTemplate": "https://example.com/checkout/{checkoutId}",
    "orderUrlTemplate": "https://example.com/orders{?orderId,lang*}",
    **{name: f"https://example.com/{name}?a=b#c" for name in ("termsOfServiceUrl", "privacyPolicyUrl", "refundPolicyUrl")},
    **{name: f"https://example.com:8443/{name}" for name in ("shippingPolicyUrl", "cookiePolicyUrl", "imprintUrl")},
    **dict.fromkeys(("faqUrl", "contactUrl"), "https://example.com"),
}


def test_each_address_of_the_storefront_has_its_action_and_message() -> None:
    store: Store = BERLIN
    for name, url in GOOD.items():
        capital = name[0].upper() + name[1:]
        store, messages = told(RESOURCE, store, {"action": f"set{capital}", name: url}, {"action": f"set{capital}", name: url})
        assert [shown(message) for message in messages] == [{"type": f"Store{capital}Set", name: url}]
    assert shown(store)["storefront"] == GOOD
    holds_to_specification("Store", store)
    assert made(RESOURCE, {**DRAFT, "storefront": GOOD}).storefront == store.storefront
    for name in GOOD:
        capital = name[0].upper() + name[1:]
        store, messages = told(RESOURCE, store, {"action": f"set{capital}", **({name: ""} if name == "faqUrl" else {})})
        assert [shown(message) for message in messages] == [{"type": f"Store{capital}Set"}]
    assert store == BERLIN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("faqUrl", "http://example.com"),
        ("faqUrl", "//example.com/faq"),
        ("faqUrl", "https://"),
        ("faqUrl", "https://example.com/a b"),
        ("faqUrl", "https://example.com:port/"),
        ("faqUrl", "https://[::1/"),
        ("imprintUrl", "https://example.com/" + "a" * 2048),
        ("checkoutUrlTemplate", "https://example.com/checkout"),
        ("checkoutUrlTemplate", "https://example.com/{orderId}"),
        ("checkoutUrlTemplate", "https://example.com/{checkoutId"),
        ("checkoutUrlTemplate", "https://example.com/{checkoutId}/{}"),
        ("orderUrlTemplate", "https://example.com/{order-Id}/{orderId}"),
    ],
)
def test_what_is_no_address(name: str, value: str) -> None:
    action = {"action": f"set{name[0].upper()}{name[1:]}", name: value}
    error = refused("InvalidField", RESOURCE, BERLIN, action)
    assert (error.fields["field"], error.fields["invalidValue"]) == (name, value)
