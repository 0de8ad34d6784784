"""The tables of scopes, by hand, for a project `k` and a store `s`."""

import pytest

from orderwright.auth.principal import Principal
from orderwright.auth.scopes import (
    SCOPES,
    STORE_SCOPES,
    Scope,
    granted,
    left_of,
    needed,
    of_customers,
    of_owner,
    parse,
    restrictions_of,
    speaks_second,
    unbound,
    wider,
)
from orderwright.errors import AuthError

VIEW_ORDERS = ("view_orders:k", "manage_orders:k", "manage_project:k")
MANAGE_ORDERS = ("manage_orders:k", "manage_project:k")
NEEDED = [
    # family, verb, store, own, the scopes of which one is enough
    ("orders", "get", None, False, {*VIEW_ORDERS}),
    ("orders", "query", None, False, {*VIEW_ORDERS}),
    ("orders", "head", None, False, {*VIEW_ORDERS}),
    ("orders", "search", None, False, {*VIEW_ORDERS}),
    ("orders", "create", None, False, {*MANAGE_ORDERS}),
    ("orders", "update", None, False, {*MANAGE_ORDERS}),
    ("orders", "delete", None, False, {*MANAGE_ORDERS}),
    ("orders", "get", "s", False, {*VIEW_ORDERS, "view_orders:k:s", "manage_orders:k:s"}),
    ("orders", "update", "s", False, {*MANAGE_ORDERS, "manage_orders:k:s"}),
    ("orders", "get", None, True, {"manage_my_orders:k", "manage_project:k"}),
    ("orders", "create", None, True, {"manage_my_orders:k", "manage_project:k"}),
    ("orders", "create", "s", True, {"manage_my_orders:k", "manage_my_orders:k:s", "manage_project:k"}),
    ("carts", "query", None, False, {*VIEW_ORDERS}),
    ("carts", "replicate", "s", False, {*MANAGE_ORDERS, "manage_orders:k:s"}),
    ("carts", "delete", None, True, {"manage_my_orders:k", "manage_project:k"}),
    ("project", "get", None, False, {"view_project_settings:k", "manage_project_settings:k", "manage_project:k"}),
    ("project", "update", None, False, {"manage_project_settings:k", "manage_project:k"}),
    ("products", "get", None, False, {"view_products:k", "manage_products:k", "manage_project:k"}),
    ("products", "query", None, False, {"view_products:k", "manage_products:k", "view_published_products:k", "manage_project:k"}),
    ("products", "head", None, False, {"view_products:k", "manage_products:k", "manage_project:k"}),
    ("products", "update", None, False, {"manage_products:k", "manage_project:k"}),
    (
        "product-types", "get", None, False,
        {"view_product_types:k", "manage_product_types:k", "view_products:k", "manage_products:k", "manage_project:k"},
    ),
    ("product-types", "create", None, False, {"manage_product_types:k", "manage_products:k", "manage_project:k"}),
    (
        "tax-categories", "query", None, False,
        {"view_tax_categories:k", "manage_tax_categories:k", "view_products:k", "manage_products:k", "manage_project:k"},
    ),
    ("tax-categories", "delete", None, False, {"manage_tax_categories:k", "manage_products:k", "manage_project:k"}),
    ("zones", "get", None, False, {"view_zones:k", "manage_zones:k", *VIEW_ORDERS}),
    ("zones", "update", None, False, {"manage_zones:k", *MANAGE_ORDERS}),
    (
        "shipping-methods", "get", None, False,
        {"view_shipping_methods:k", "manage_shipping_methods:k", "manage_my_orders:k", *VIEW_ORDERS},
    ),
    (
        "shipping-methods", "matching", "s", False,
        {
            "view_shipping_methods:k", "manage_shipping_methods:k", *VIEW_ORDERS, "view_orders:k:s", "manage_orders:k:s",
            "manage_my_orders:k", "manage_my_orders:k:s",
        },
    ),
    (
        "shipping-methods", "matching_in_store", "s", False,
        {
            "view_shipping_methods:k", "manage_shipping_methods:k", *VIEW_ORDERS, "view_orders:k:s", "manage_orders:k:s",
            "manage_my_orders:k", "manage_my_orders:k:s", "manage_customers:k", "manage_customers:k:s",
        },
    ),
    ("shipping-methods", "search", None, False, {"view_shipping_methods:k", "manage_shipping_methods:k", *VIEW_ORDERS}),
    ("shipping-methods", "update", None, False, {"manage_shipping_methods:k", *MANAGE_ORDERS}),
    ("stores", "get", None, False, {"view_stores:k", "manage_stores:k", "manage_project:k"}),
    ("stores", "delete", None, False, {"manage_stores:k", "manage_project:k"}),
    ("messages", "query", None, False, {"view_messages:k", "manage_project:k"}),
    ("messages", "delete", None, False, {"manage_project:k"}),
    ("customers", "search", None, False, {"view_customers:k", "manage_customers:k", "manage_project:k"}),
    ("customers", "create", "s", False, {"manage_customers:k", "manage_customers:k:s", "manage_project:k"}),
    ("login", "login", "s", False, {"manage_customers:k", "manage_customers:k:s", "manage_project:k"}),
    ("login", "login", "s", True, {"manage_my_profile:k", "manage_my_profile:k:s", "manage_project:k"}),
    ("me", "get", None, True, {"manage_my_profile:k", "manage_project:k"}),
    ("active-cart", "get", "s", True, {"manage_my_orders:k", "manage_my_orders:k:s", "manage_project:k"}),
    ("payments", "get", None, False, {"view_payments:k", "manage_payments:k", "manage_project:k"}),
    ("payments", "create", None, True, {"manage_my_payments:k", "manage_project:k"}),
    ("orders/quotes", "create", "s", False, {"manage_quotes:k", "manage_quotes:k:s", "manage_project:k"}),
    ("orders/quotes", "create", None, True, {"manage_quotes:k", "manage_project:k"}),
    (
        "quotes", "get", "s", False,
        {"view_quotes:k", "view_quotes:k:s", "manage_quotes:k", "manage_quotes:k:s", "manage_project:k"},
    ),
    ("quotes", "update", None, True, {"manage_my_quotes:k", "manage_project:k"}),
    ("quote-requests", "create", None, True, {"manage_my_quote_requests:k", "manage_project:k"}),
    ("staged-quotes", "create", None, False, {"manage_staged_quotes:k", "manage_project:k"}),
    ("states", "update", None, False, {"manage_states:k", "manage_project:k"}),
    ("inventory", "get", None, False, {"view_products:k", "manage_products:k", "manage_project:k"}),
    ("inventory", "update", None, False, {"manage_products:k", "manage_project:k"}),
    (
        "customer-groups", "get", None, False,
        {"view_customers:k", "manage_customers:k", "view_customer_groups:k", "manage_customer_groups:k", "manage_project:k"},
    ),
    (
        "business-units", "get", "s", False,
        {
            "view_business_units:k:s", "view_business_units:k", "manage_business_units:k:s", "manage_business_units:k",
            "manage_project:k",
        },
    ),
    ("business-units", "update", None, False, {"manage_business_units:k", "manage_project:k"}),
    ("business-units", "create", None, True, {"manage_my_business_units:k", "manage_project:k"}),
    # A store's scopes do not open what an associate may.
    (
        "business-units", "associate", "s", False,
        {"view_business_units:k", "manage_business_units:k", "manage_project:k"},
    ),
    ("associate-roles", "delete", None, False, {"manage_associate_roles:k", "manage_project:k"}),
    ("channels", "create", None, False, {"manage_channels:k", "manage_products:k", "manage_project:k"}),
    ("categories", "delete", None, False, {"manage_categories:k", "manage_products:k", "manage_project:k"}),
    ("standalone-prices", "head", None, False, {"view_standalone_prices:k", "manage_standalone_prices:k", "manage_project:k"}),
    # A store's scopes open the lightweight form of a projection alone.
    (
        "product-projections", "get", "s", False,
        {"view_products:k", "manage_products:k", "view_published_products:k", "manage_project:k"},
    ),
    (
        "product-projections", "variant_attributes", "s", False,
        {
            "view_products:k:s", "view_products:k", "manage_products:k:s", "manage_products:k", "view_published_products:k",
            "manage_project:k",
        },
    ),
    (
        "product-projections", "search", None, False,
        {"view_products:k", "manage_products:k", "view_published_products:k", "manage_project:k"},
    ),
    (
        "custom-objects", "create", None, False,
        {"manage_products:k", "manage_orders:k", "manage_customers:k", "manage_key_value_documents:k", "manage_project:k"},
    ),
    ("api-clients", "create", None, False, {"manage_api_clients:k"}),
    ("api-clients", "delete", None, False, {"manage_api_clients:k"}),
    ("api-clients", "get", None, False, {"view_api_clients:k", "manage_api_clients:k", "manage_project:k"}),
]  # fmt: skip


@pytest.mark.parametrize(("family", "verb", "store", "own", "expected"), NEEDED)
def test_what_an_operation_needs(family: str, verb: str, store: str | None, own: bool, expected: set[str]) -> None:
    found = needed("k", family, verb, store, own)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_the_narrowest_scope_is_named_first_and_the_widest_last() -> None:
    assert needed("k", "orders", "get") == ("view_orders:k", "manage_orders:k", "manage_project:k")
    assert needed("k", "zones", "get")[-1] == "manage_project:k"


def test_an_unknown_verb_needs_the_right_to_manage() -> None:
    assert set(needed("k", "orders", "import")) == set(MANAGE_ORDERS)


@pytest.mark.parametrize(("family", "own"), [("wishes", False), ("zones", True), ("messages", True)])
def test_a_family_or_face_that_does_not_exist_is_an_error_and_opens_nothing(family: str, own: bool) -> None:
    with pytest.raises(LookupError):
        needed("k", family, "get", None, own)


def test_manage_project_grants_everything_but_the_managing_of_api_clients() -> None:
    without = {name for name in SCOPES if "manage_project:k" not in wider(Scope(name, "k"))}
    assert without == {"manage_api_clients"}


def test_the_vocabulary_has_the_documented_names() -> None:
    assert len(SCOPES) == 88
    assert {"manage_my_orders", "view_published_products", "create_anonymous_token", "manage_key_value_documents"} <= SCOPES
    assert not {"manage_messages", "view_my_orders", "customer_id", "anonymous_id", "manage_extension"} & SCOPES
    assert len(STORE_SCOPES) == 25
    assert STORE_SCOPES < SCOPES


@pytest.mark.parametrize(
    ("held", "asked", "token"),
    [
        ("manage_project:k", None, "manage_project:k"),
        ("manage_project:k", "", "manage_project:k"),
        ("manage_project:k", "   ", "manage_project:k"),
        ("manage_project:k", "view_orders:k manage_my_orders:k", "view_orders:k manage_my_orders:k"),
        ("manage_project:k", "manage_orders:k:s", "manage_orders:k:s"),
        ("manage_orders:k", "view_orders:k", "view_orders:k"),
        ("manage_orders:k", "view_orders:k:s", "view_orders:k:s"),
        ("manage_orders:k:s", "view_orders:k:s  view_orders:k:s", "view_orders:k:s"),
        ("view_zones:k view_orders:k", "view_orders:k", "view_orders:k"),
        ("manage_api_clients:k", "view_api_clients:k", "view_api_clients:k"),
    ],
)
def test_a_token_gets_what_was_asked_for_within_what_the_client_has(held: str, asked: str | None, token: str) -> None:
    assert granted(asked, held) == token


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ("view_orders:k", "manage_orders:k"),
        ("manage_orders:k:s", "manage_orders:k"),
        ("manage_orders:k:s", "manage_orders:k:t"),
        ("manage_orders:k:s", "view_orders:k"),
        ("manage_orders:k", "manage_project:k"),
        ("manage_project:k", "manage_api_clients:k"),
        ("manage_project:k", "manage_project:other"),
        ("manage_project:k", "view_orders:k manage_orders:other"),
        ("manage_my_orders:k", "view_orders:k"),
        ("manage_project:k", "ManageProject"),
        ("manage_project:k", "manage_project"),
        ("manage_project:k", "manage_project:"),
        ("manage_project:k", "manage_project:k:s"),
        ("manage_project:k", "view_zones:k:s"),
        ("manage_project:k", "view_orders:k:s:t"),
        ("manage_project:k", "view_wishes:k"),
        ("manage_project:k", "view_orders:k\0"),
        ("manage_project:k", "view_orders:ké"),
        ("manage_project:k", "customer_id:k"),
        ("manage_project:k", "view_orders:k " * 1000),
    ],
)
def test_a_scope_beyond_the_clients_or_malformed_is_refused(held: str, asked: str) -> None:
    with pytest.raises(AuthError) as refused:
        granted(asked, held)
    assert (refused.value.status, refused.value.error) == (400, "invalid_scope")


def test_a_scope_is_taken_apart() -> None:
    assert parse("view_orders:my-shop:berlin_1 view_zones:my-shop") == (
        Scope("view_orders", "my-shop", "berlin_1"),
        Scope("view_zones", "my-shop", None),
    )


def test_a_principal_must_have_one_of_the_scopes() -> None:
    principal = Principal.of("c", "k", "view_orders:k view_zones:k")
    principal.require("manage_project:k", "view_orders:k")
    for missing in (("manage_orders:k", "manage_project:k"), ()):
        with pytest.raises(AuthError) as refused:
            principal.require(*missing)
        assert (refused.value.status, refused.value.error) == (403, "insufficient_scope")
    with pytest.raises(AuthError, match=r"^Insufficient scope. One of the following scopes is missing: a:k, b:k.$"):
        principal.require("a:k", "b:k")


def test_the_owner_of_a_token_stands_in_its_scope() -> None:
    of_customer = Principal.of("c", "k", "manage_my_orders:k customer_id:4c1b")
    assert (of_customer.customer_id, of_customer.anonymous_id) == ("4c1b", None)
    of_session = Principal.of("c", "k", "anonymous_id:a:b manage_my_orders:k")
    assert (of_session.customer_id, of_session.anonymous_id) == (None, "a:b")
    assert Principal.of("c", "k", "manage_project:k").customer_id is None


HELD = "order.order_read--DE order.order_read--FR order.order_create view_orders:k"
LEFT = [
    # asked, left of it
    (None, HELD),
    ("", HELD),
    ("tenant=k", HELD),
    ("order.order_create", "order.order_create"),
    ("order.order_create tenant=x order.order_create", "order.order_create"),
    ("order.order_create--AT", "order.order_create--AT"),  # less than all
    ("order.order_read", "order.order_read--DE order.order_read--FR"),  # never more than was given
    ("order.order_read--FR order.order_read", "order.order_read--FR order.order_read--DE"),
    ("order.order_read--AT", ""),
    ("order.order_delete catalog.read", ""),
    ("view_orders:k:s manage_orders:k view_orders:x", "view_orders:k:s"),
]


@pytest.mark.parametrize(("asked", "left"), LEFT)
def test_what_a_client_of_the_second_dialect_lacks_is_dropped(asked: str | None, left: str) -> None:
    assert left_of(asked, HELD) == left


def test_a_scope_of_the_second_dialect_may_be_too_long_to_be_read() -> None:
    with pytest.raises(AuthError):
        left_of("a " * 5_001, HELD)  # 10,002 characters


@pytest.mark.parametrize(
    "word", ["order.order_manage", "order.order_read--", "order.order_read--a.b", "view_orders:k", "order.order_read:k", "order."]
)
def test_other_words_are_no_scopes_of_the_second_dialect(word: str) -> None:
    assert not unbound(word) and not speaks_second(word)


@pytest.mark.parametrize(
    ("held", "any_of", "restrictions"),
    [
        ("a--DE a--FR b", ("a",), ("DE", "FR")),
        ("a--DE a", ("a",), ()),  # what is not restricted opens all
        ("a--DE b", ("a", "b"), ()),
        ("a--DE b--DE", ("a", "b"), ("DE",)),
        ("a--DE", ("b",), None),
        ("", ("a",), None),
        ("ab--DE", ("a",), None),
    ],
)
def test_restrictions_are_those_of_all_scopes_that_open(
    held: str, any_of: tuple[str, ...], restrictions: tuple[str, ...] | None
) -> None:
    assert restrictions_of(held.split(), any_of) == restrictions


@pytest.mark.parametrize(
    ("client", "customer"),
    [
        ("order.order_read", "order.history_view order.order_readascustomer order.order_updateascustomer"),
        (
            "order.history_view--FR order.history_view--DE order.order_updateascustomer order.order_updateascustomer--DE",
            "order.history_view--DE order.history_view--FR order.order_readascustomer order.order_updateascustomer",
        ),
    ],
)
def test_a_customer_is_as_restricted_as_the_client(client: str, customer: str) -> None:
    assert of_customers(client) == customer


def test_owners_have_nothing_of_the_tenants() -> None:
    scope = (
        "manage_my_orders:k order.order_read order.order_read--DE order.order_read_le--DE order.history_view order.order_post"
        " order.order_create order.order_manage_by_vendor view_orders:k:s"
    )
    assert of_owner(scope, customer=True) == "manage_my_orders:k order.order_read_le--DE order.history_view view_orders:k:s"
    assert of_owner(scope, customer=False) == "manage_my_orders:k view_orders:k:s"
    assert of_owner("order.order_read", customer=True) == ""


def test_one_scope_makes_a_client_one_of_the_second_dialect() -> None:
    assert speaks_second("view_orders:k order.order_read--DE") and not speaks_second("")
