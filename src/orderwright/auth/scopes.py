"""Scopes: which exist, which one grants what, and what an operation needs. All of it is tables and pure functions."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable

import msgspec

from orderwright.auth.refusals import invalid_scope

MAX_SCOPE_LENGTH = 10_000
"""Characters of a scope parameter: more than every scope there is, with room for several hundred stores."""

READ_VERBS = frozenset({"get", "query", "head", "search", "matching", "matching_in_store", "variant_attributes", "associate"})
"""The verbs that only read. Any other one needs the right to manage, so that a verb forgotten here is refused, not open."""

_MANAGE_PROJECT = "manage_project"
# The one right that the right to everything leaves out: with it a client could make itself others with more rights.
_BEYOND_MANAGE_PROJECT = frozenset({"manage_api_clients"})


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What exists as `view_X` and `manage_X`, and with a project's key only.
_VIEWED_AND_MANAGED = _words("""
    api_clients approval_flows approval_rules associate_roles attribute_groups channels customer_groups
    key_value_documents mcp_servers order_edits payment_methods payments product_discounts product_selections product_types
    project_settings recurrence_policies recurring_orders shipping_methods standalone_prices states stores tax_categories
    types zones
""")
# The same, and also with the key of a store.
_ALSO_IN_STORES = _words("""
    business_units cart_discounts categories customers discount_codes orders products quote_requests quotes shopping_lists
    staged_quotes
""")
_PROJECT_ONLY = _words("""
    create_anonymous_token introspect_oauth_tokens manage_extensions manage_locked_carts manage_my_business_units
    manage_my_payments manage_my_quote_requests manage_my_quotes manage_project manage_subscriptions view_audit_log
    view_messages view_published_products
""")
_OWNED_ALSO_IN_STORES = _words("manage_my_orders manage_my_profile manage_my_shopping_lists")


def _both(subjects: Collection[str]) -> frozenset[str]:
    return frozenset(f"{right}_{subject}" for right in ("view", "manage") for subject in subjects)


STORE_SCOPES = _both(_ALSO_IN_STORES) | frozenset(_OWNED_ALSO_IN_STORES)
"""The names that may be confined to one store."""
SCOPES = _both(_VIEWED_AND_MANAGED) | frozenset(_PROJECT_ONLY) | STORE_SCOPES
"""The names that may be given to an API client. The owner scopes (`customer_id:ID` ...) are added by flows, never given."""

_UNBOUND = _words("""
    history_view order_create order_delete order_manage_by_vendor order_post order_read order_read_by_vendor order_read_le
    order_readascustomer order_update order_update_completed order_updateascustomer
""")
_CONFIGURATION = _words("configuration.configuration_manage configuration.configuration_view")
UNBOUND_SCOPES = frozenset((*(f"order.{name}" for name in _UNBOUND), *_CONFIGURATION))
"""The names of the second dialect. No project stands in them: it is that of the API client. With a suffix (`--DE`) such a scope
opens only what has this restriction."""
OF_CUSTOMERS = "order.history_view order.order_readascustomer order.order_updateascustomer"
"""What the customers have by themselves who sign in through the second dialect."""
RESTRICTED = "--"
"""What stands between a scope of the second dialect and the restriction that it is confined to."""
_HELD_BY_CUSTOMERS = frozenset((*OF_CUSTOMERS.split(), "order.order_read_le"))
"""Those of the second dialect that a customer's token may have; the others are the tenant's."""

_UNBOUND_FORM = re.compile(r"([a-z]+\.[a-z_]+)(?:--([A-Za-z0-9_-]{1,256}))?")
_FORM = re.compile(r"([a-z_]+):([A-Za-z0-9_-]{1,256})(?::([A-Za-z0-9_-]{1,256}))?")


class Scope(msgspec.Struct, frozen=True):
    """One scope, taken apart."""

    name: str
    project_key: str
    store_key: str | None = None

    def __str__(self) -> str:
        return f"{self.name}:{self.project_key}" + (f":{self.store_key}" if self.store_key else "")


class Family(msgspec.Struct, frozen=True):
    """The scope names that open a path's resources.

    `view` and `manage` are alternatives each; a name in `view` is granted by its `manage_` twin too. `own` opens the same
    resources at /me, for their owner. `extra` holds what one verb alone accepts besides. `lesser` are those of these scopes that
    show only a part of a resource. `shut` are verbs that need a scope of the whole project, although the family has scopes of
    stores.
    """

    view: tuple[str, ...]
    manage: tuple[str, ...] = ()
    own: str | None = None
    extra: dict[str, tuple[str, ...]] = {}
    lesser: tuple[str, ...] = ()
    shut: frozenset[str] = frozenset()

    def names(self, verb: str, own: bool) -> tuple[str, ...]:
        """The alternatives for a verb. Raises LookupError for a family that has no face at /me."""
        if own:
            if self.own is None:
                raise LookupError("the family is not served at /me")
            return (self.own,)
        return (*(self.view if verb in READ_VERBS else self.manage), *self.extra.get(verb, ()))


def _family(*subjects: str, own: str | None = None, lesser: tuple[str, ...] = (), **extra: tuple[str, ...]) -> Family:
    view, manage = (tuple(f"{right}_{subject}" for subject in subjects) for right in ("view", "manage"))
    return Family(view, manage, own, extra, lesser)


_OWN_ORDERS, _OWN_PROFILE = "manage_my_orders", "manage_my_profile"
_PUBLISHED = ("view_published_products",)
# Carts have no scopes of their own. Whoever may fill a cart of hers may also read the shipping methods to choose from.
FAMILIES = {
    "active-cart": _family("orders", own=_OWN_ORDERS),
    "api-clients": _family("api_clients"),
    "associate-roles": _family("associate_roles"),
    "business-units": Family(
        ("view_business_units",), ("manage_business_units",), "manage_my_business_units", shut=frozenset({"associate"})
    ),
    "cart-discounts": _family("orders", "cart_discounts"),
    "carts": _family("orders", own=_OWN_ORDERS),
    "categories": _family("products", "categories"),
    "channels": _family("channels", "products"),
    "custom-objects": _family("products", "orders", "customers", "key_value_documents"),
    "customer-groups": _family("customers", "customer_groups"),
    "customers": _family("customers", own=_OWN_PROFILE),
    "discount-codes": _family("discount_codes"),
    "discount-groups": _family("cart_discounts"),
    "email": _family("customers", own=_OWN_PROFILE),
    "extensions": Family(("manage_extensions",), ("manage_extensions",)),
    "inventory": _family("products"),
    "login": _family("customers", own=_OWN_PROFILE),
    "me": _family("customers", own=_OWN_PROFILE),
    "messages": Family(("view_messages",)),
    "orders": _family("orders", own=_OWN_ORDERS),
    "orders/edits": _family("order_edits"),
    "orders/quotes": Family((), ("manage_quotes",), "manage_quotes"),
    "password": _family("customers", own=_OWN_PROFILE),
    "payments": _family("payments", own="manage_my_payments"),
    "product-discounts": _family("product_discounts", "products"),
    "product-projections": Family(("view_products", *_PUBLISHED), shut=frozenset({"get", "head"})),
    "product-selections": _family("product_selections"),
    "product-types": _family("product_types", "products"),
    "products": _family("products", query=_PUBLISHED, search=_PUBLISHED, lesser=_PUBLISHED),
    "project": _family("project_settings"),
    "quote-requests": _family("quote_requests", own="manage_my_quote_requests"),
    "quotes": _family("quotes", own="manage_my_quotes"),
    "shipping-methods": _family(
        "orders",
        "shipping_methods",
        get=(_OWN_ORDERS,),
        query=(_OWN_ORDERS,),
        head=(_OWN_ORDERS,),
        matching=(_OWN_ORDERS,),
        matching_in_store=(_OWN_ORDERS, "manage_customers"),
    ),
    "shopping-lists": _family("shopping_lists", own="manage_my_shopping_lists"),
    "signup": _family("customers", own=_OWN_PROFILE),
    "staged-quotes": _family("staged_quotes"),
    "standalone-prices": _family("standalone_prices"),
    "states": _family("states"),
    "stores": _family("stores"),
    "subscriptions": Family(("manage_subscriptions",), ("manage_subscriptions",)),
    "tax-categories": _family("products", "tax_categories"),
    "types": _family("types"),
    "zones": _family("zones", "orders"),
}
"""By the resource's path, `project` being the project itself."""


def wider(scope: Scope) -> tuple[str, ...]:
    """Every scope that grants what this one does, itself first: manage grants view, the project grants its stores."""
    twin = "manage_" + scope.name.removeprefix("view_")
    names = (scope.name, twin) if scope.name.startswith("view_") and twin in SCOPES else (scope.name,)
    places = (scope.store_key, None) if scope.store_key else (None,)
    granting = [str(Scope(name, scope.project_key, place)) for place in places for name in names]
    if scope.name not in _BEYOND_MANAGE_PROJECT:
        granting.append(f"{_MANAGE_PROJECT}:{scope.project_key}")
    return tuple(dict.fromkeys(granting))


@functools.lru_cache(maxsize=4096)
def needed(project_key: str, family: str, verb: str, store_key: str | None = None, own: bool = False) -> tuple[str, ...]:
    """The scopes of which a caller must have one, at a door (project, store, owner, or store and owner).

    Raises LookupError for a family that is not in the table, or that has no face at /me.
    """
    whole_project = f"{_MANAGE_PROJECT}:{project_key}"
    found: list[str] = []
    opening = FAMILIES[family]
    for name in opening.names(verb, own):
        of_store = name in STORE_SCOPES and verb not in opening.shut
        found += wider(Scope(name, project_key, store_key if of_store else None))
    # What no scope of its own covers is still open to who may manage the whole project.
    last = [whole_project] if whole_project in found or not found else []
    return (*dict.fromkeys(scope for scope in found if scope != whole_project), *last)


def needed_for_less(project_key: str, family: str) -> tuple[str, ...]:
    """The scopes that show the public part of a family's resources; one of them is enough."""
    return tuple(str(Scope(name, project_key)) for name in FAMILIES[family].lesser)


def as_owner(held: frozenset[str], any_of: Iterable[str]) -> bool:
    """Whether owner scopes are all that the caller has of the scopes that open something, so that she sees only her own."""
    return all(scope.startswith("manage_my_") for scope in held.intersection(any_of))


def parse(text: str) -> tuple[Scope, ...]:
    """Take a space-separated scope parameter apart, each scope once. Raises `invalid_scope` for one that cannot exist."""
    if len(text) > MAX_SCOPE_LENGTH:
        raise invalid_scope("Malformed parameter: scope: It is too long.")
    return tuple(_one(word) for word in dict.fromkeys(text.split()))


def _one(word: str) -> Scope:
    match = _FORM.fullmatch(word)
    if match is None or match[1] not in (STORE_SCOPES if match[3] else SCOPES):
        raise invalid_scope("Malformed parameter: scope: Invalid scope.")
    return Scope(match[1], match[2], match[3])


def granted(requested: str | None, client_scope: str) -> str:
    """The scope of a token: what was asked for if the client's own scopes grant all of it; all of the client's if nothing.

    Raises `invalid_scope` for a malformed scope, one of another project, and one that goes beyond the client's.
    """
    scopes = parse(requested or "")
    if not scopes:
        return client_scope
    held = frozenset(client_scope.split())
    for scope in scopes:
        if held.isdisjoint(wider(scope)):
            raise invalid_scope(f"The scope {scope} goes beyond the scopes of the API client.")
    return " ".join(map(str, scopes))


def unbound(word: str) -> bool:
    """Whether a word is a scope of the second dialect."""
    match = _UNBOUND_FORM.fullmatch(word)
    return match is not None and match[1] in UNBOUND_SCOPES


def speaks_second(client_scope: str) -> bool:
    """Whether an API client is one of the second dialect: by its own scopes, not by those it asks for."""
    return any(map(unbound, client_scope.split()))


def restrictions_of(held: Collection[str], any_of: Collection[str]) -> tuple[str, ...] | None:
    """What the scopes of these names are restricted to; nothing, where one of them is not restricted. None where none is held."""
    opening = [restriction for name, _, restriction in (word.partition(RESTRICTED) for word in sorted(held)) if name in any_of]
    if not opening:
        return None
    return () if "" in opening else tuple(dict.fromkeys(opening))


def of_customers(client_scope: str) -> str:
    """The scope of a customer who signs in by a client of the second dialect. What the client itself has with restrictions only,
    so has she."""
    held = client_scope.split()
    found: list[str] = []
    for name in OF_CUSTOMERS.split():
        restrictions = restrictions_of(held, (name,)) or ("",)
        found += (f"{name}{RESTRICTED}{restriction}" if restriction else name for restriction in restrictions)
    return " ".join(found)


def of_owner(scope: str, *, customer: bool) -> str:
    """What the token of a customer or of a visitor has of the scope that its flow gives. The tenant's scopes of the second
    dialect are no owner's, and a visitor has none of that dialect."""
    kept = _HELD_BY_CUSTOMERS if customer else frozenset[str]()
    return " ".join(word for word in scope.split() if not unbound(word) or word.partition(RESTRICTED)[0] in kept)


def left_of(requested: str | None, client_scope: str) -> str:
    """The scope of a token of the second dialect, which may be empty: what was asked for and the client has, the rest is dropped;
    all of the client's if nothing is asked for. `tenant=T` asks for nothing: the project is the client's. In the published
    tutorial the parameter's own name stands before the first word once more (`scope=order.order_read`).

    Where the client's own scope is restricted, so is what is given. Raises `invalid_scope` for one that is too long.
    """
    if len(requested or "") > MAX_SCOPE_LENGTH:
        raise invalid_scope("Malformed parameter: scope: It is too long.")
    asked = dict.fromkeys(word.removeprefix("scope=") for word in (requested or "").split())
    words = [word for word in asked if word and not word.startswith("tenant=")]
    if not words:
        return client_scope
    held = client_scope.split()
    restricted: dict[str, list[str]] = {}
    for word in held:
        name, suffix, _ = word.partition(RESTRICTED)
        if suffix:
            restricted.setdefault(name, []).append(word)
    everything = frozenset(held)
    given = (scope for word in words for scope in (_given(word, everything) or restricted.get(word, ())))
    return " ".join(dict.fromkeys(given))


def _given(word: str, held: frozenset[str]) -> tuple[str, ...]:
    if unbound(word):
        return (word,) if word in held or word.partition(RESTRICTED)[0] in held else ()
    match = _FORM.fullmatch(word)
    scope = Scope(match[1], match[2], match[3]) if match else None
    return (word,) if scope is not None and not held.isdisjoint(wider(scope)) else ()
