"""The operations of the second dialect as its document tells them: what each is for, what it is sent, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from orderwright.emporix.asking import MAX_FIELDS, MAX_PAGE_SIZE, MAX_SORTINGS, PAGE_SIZE
from orderwright.emporix.changing.merging import Update
from orderwright.emporix.changing.recalculating import Delivery, Wishes
from orderwright.emporix.changing.splitting import SplitBy
from orderwright.emporix.history import Passed
from orderwright.emporix.model import SalesOrderCreation
from orderwright.emporix.shown import OrderShown, SalesOrderShown
from orderwright.emporix.statuses import Transition
from orderwright.http.api.schemas import Schema
from orderwright.http.emporix.accounts.anonymous import CHOSEN
from orderwright.http.emporix.accounts.configuration import Configuration
from orderwright.http.emporix.accounts.me import Change
from orderwright.http.emporix.accounts.sign_in import Login, SignUp
from orderwright.http.emporix.entities import SCOPE as OF_ENTITIES
from orderwright.http.emporix.guard import OPERATIONS
from orderwright.http.emporix.orders import Search

_TEXT: Final = {"type": "string"}
_WHOLE: Final = {"type": "integer"}
Bodies = Mapping[str, Any]


class Told(NamedTuple):
    """What is told of one operation. `body` and `answer` are structs, or the schema of what no struct is; what is `listed` is an
    array of it. Of the `scopes` one is enough; where there are none, `who` says who may ask.
    The body's `example` is made of its type where none is given."""

    summary: str
    description: str = ""
    body: Any = None
    answer: Any = None
    status: int = 200
    listed: bool = False
    queries: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    example: Any = None
    who: str = "Any token of a client of this dialect opens it."


def _object(**members: Schema) -> Schema:
    return {"type": "object", "properties": members}


def _of(operation: str) -> tuple[str, ...]:
    own, others = OPERATIONS[operation]
    return (*own, *(f"{name}:{{tenant}}" for name in others))


ID: Final = _object(id=_TEXT)
_METADATA: Final = _object(version=_WHOLE, createdAt=_TEXT, modifiedAt=_TEXT)
_HISTORY: Final = {"transitions": Passed, "metadata": _METADATA}
_SPLIT: Final = _object(
    masterOrder=_TEXT, splitBy=_TEXT, subOrders={"type": "array", "items": _object(id=_TEXT, uniqueValue=_TEXT)}
)
_TOKENS: Final = {
    "access_token": _TEXT,
    "token_type": _TEXT,
    "expires_in": _WHOLE,
    "refresh_token": _TEXT,
    "refresh_token_expires_in": _WHOLE,
}
_VISITOR: Final = _object(**_TOKENS, sessionId=_TEXT, scope=_TEXT)
_SIGNED_IN: Final = _object(**_TOKENS, saas_token=_TEXT, session_id=_TEXT, initialPassword={"type": "boolean"})
_REFRESHED: Final = _object(**_TOKENS, session_id=_TEXT)
_VALID: Final = _object(token_type=_TEXT, expires_in=_WHOLE, scope=_TEXT, sessionId=_TEXT, email=_TEXT, legalEntityId=_TEXT)
_ENTITY: Final = _object(id=_TEXT, name=_TEXT, type={"enum": ["COMPANY", "SUBSIDIARY"]}, parentId=_TEXT, metadata=_METADATA)
_ME: Final = _object(
    id=_TEXT,
    customerNumber=_TEXT,
    contactEmail=_TEXT,
    title=_TEXT,
    firstName=_TEXT,
    middleName=_TEXT,
    lastName=_TEXT,
    company=_TEXT,
    preferredLanguage=_TEXT,
    metadata=_METADATA,
)
_CONTEXT: Final = _object(
    sessionId=_TEXT, customerId=_TEXT, siteCode=_TEXT, currency=_TEXT, language=_TEXT, targetLocation=_TEXT, metadata=_METADATA
)
_SITE: Final = _object(
    code=_TEXT,
    name=_TEXT,
    active={"type": "boolean"},
    default={"type": "boolean"},
    currency=_TEXT,
    availableCurrencies={"type": "array", "items": _TEXT},
    languages={"type": "array", "items": _TEXT},
    defaultLanguage=_TEXT,
    homeBase=_object(address=_object(country=_TEXT)),
    shipToCountries={"type": "array", "items": _TEXT},
)
_SETTING: Final = _object(key=_TEXT, secured={"type": "boolean"}, value={}, version=_WHOLE)

QUERY: Final[Mapping[str, tuple[Schema, str]]] = {
    "q": (_TEXT, "What is looked for, as `status:CREATED customer.email:~example.com`."),
    "pageNumber": ({**_WHOLE, "minimum": 1, "default": 1}, "Which page."),
    "pageSize": ({**_WHOLE, "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}, "Orders in a page."),
    "sort": (_TEXT, f"Up to {MAX_SORTINGS} fields, each with `:asc` or `:desc`, with commas in between."),
    "fields": (_TEXT, f"Up to {MAX_FIELDS} fields that are shown, with commas in between."),
    "status": (_TEXT, "The status that orders have."),
    "siteCode": (_TEXT, "The site that orders are of, or that is chosen for a session."),
    "legalEntityId": (_TEXT, "The legal entity that orders are of, or that the customer acts for from now on."),
    "recalculate": ({"type": "boolean", "default": False}, "Whether figures follow from the entries that are sent."),
    "store": ({"type": "boolean", "default": False}, "Whether the order is changed, not only shown as it would be."),
    "tenant": (_TEXT, "The tenant, which is the key of the project."),
    "client_id": (_TEXT, "The id of an API client, which is no secret."),
    "currency": (_TEXT, "The currency that is chosen for a session."),
    "language": (_TEXT, "The language that is chosen for a session."),
    "targetLocation": (_TEXT, "The country that is chosen for a session."),
    "refresh_token": (_TEXT, "The refresh token of the session."),
    "refreshToken": (_TEXT, "The refresh token of the session."),
    "accessToken": (_TEXT, "The token that ends; without it the one in the header."),
    "name": (_TEXT, "The name that legal entities have."),
    "type": ({"enum": ["COMPANY", "SUBSIDIARY"]}, "The type that legal entities have."),
}
NEEDED: Final = frozenset(("tenant", "client_id", "refresh_token", "refreshToken"))
"""The query parameters that must be there where they are told."""
_LIST: Final = ("q", "pageNumber", "pageSize", "sort", "fields", "status", "siteCode", "legalEntityId")
_OWN: Final = "The token is the customer's, or a service's with the header `saas-token` and the scope"
_SALES, _ORDERS, _ENTITIES = (f"order-v2/{{tenant}}/{word}" for word in ("salesorders", "orders", "legal-entity-orders"))
_ONE: Final = f"{_SALES}/{{orderId}}"
_CUSTOMER, _CONFIGURED = "customer/{tenant}", "configuration/{tenant}/configurations"
_MANAGED: Final = "customer-management/{tenant}/legal-entities"
_VIEWS, _UPDATES = f"{_OWN} `order.history_view`.", f"{_OWN} `order.order_updateascustomer`."
_SHE: Final = "The token is a customer's."
_AMOUNTS: Final = "Orders that were made in this dialect are calculated anew, in proportion to their own figures."
_TOTAL: Final = "The header X-Total-Count has the number of all that match."

OPERATIONS_TOLD: Final[Mapping[tuple[str, str], Told]] = {
    ("GET", _SALES): Told("List orders", _TOTAL, None, SalesOrderShown, 200, True, _LIST, _of("read")),
    ("HEAD", _SALES): Told("Count orders", _TOTAL, queries=_LIST, scopes=_of("read")),
    ("POST", _SALES): Told(
        "Create an order",
        "One order a cart that is checked out. Figures are kept as they are sent.",
        SalesOrderCreation,
        ID,
        201,
        scopes=_of("create"),
    ),
    ("POST", f"{_SALES}/search"): Told(
        "Search orders",
        f"As the list, with a `q` that may be longer. {_TOTAL}",
        Search,
        SalesOrderShown,
        200,
        True,
        _LIST[1:],
        _of("read"),
    ),
    ("GET", _ONE): Told(
        "Read an order", "By its number or, where it has none, its id.", answer=SalesOrderShown, scopes=_of("read")
    ),
    ("PATCH", _ONE): Told(
        "Change an order",
        "What is sent is merged with it (RFC 7396). With `metadata.version`, that must be its version.",
        Update,
        None,
        204,
        False,
        ("recalculate",),
        _of("update"),
    ),
    ("PUT", _ONE): Told(
        "Put an order in place of another",
        "What is not sent and may be left out is taken away.",
        Update,
        None,
        204,
        False,
        ("recalculate",),
        _of("update"),
    ),
    ("DELETE", _ONE): Told("Delete an order", "Whichever version it has.", status=204, scopes=_of("delete")),
    ("GET", f"{_ONE}/transitions"): Told(
        "List the moves of an order", "Those that are open now.", None, Transition, 200, True, (), _of("read_transitions")
    ),
    ("POST", f"{_ONE}/transitions"): Told("Move an order to a status", "", Transition, None, 204, scopes=_of("update")),
    ("GET", f"{_ONE}/historical-transitions"): Told(
        "List the statuses that an order came to", "The first one first.", answer=_HISTORY, scopes=_of("read_history")
    ),
    ("POST", f"{_ONE}/split"): Told(
        "Split an order by vendors", "The order becomes the master of its parts.", SplitBy, _SPLIT, scopes=_of("split")
    ),
    ("POST", f"{_ONE}/calculations"): Told(
        "Tell the amounts that were delivered", _AMOUNTS, Delivery, SalesOrderShown, scopes=_of("update")
    ),
    ("POST", f"{_ONE}/entries"): Told(
        "Change the amounts of entries", _AMOUNTS, Wishes, SalesOrderShown, queries=("store",), scopes=_of("split")
    ),
    ("GET", _ORDERS): Told("List a customer's own orders", _TOTAL, None, OrderShown, 200, True, _LIST, who=_VIEWS),
    ("GET", f"{_ORDERS}/{{orderId}}"): Told("Read one of a customer's own orders", "", None, OrderShown, who=_VIEWS),
    ("GET", f"{_ORDERS}/{{orderId}}/transitions"): Told(
        "List the moves that are open to a customer", "", None, Transition, 200, True, who=_UPDATES
    ),
    ("POST", f"{_ORDERS}/{{orderId}}/transitions"): Told(
        "Decline one's own order",
        "No other move is a customer's.",
        Transition,
        None,
        204,
        example={"status": "DECLINED"},
        who=_UPDATES,
    ),
    ("GET", f"{_ENTITIES}/{{legalEntityId}}"): Told(
        "List the orders of a legal entity", _TOTAL, None, OrderShown, 200, True, _LIST, who=f"{_OWN} `{OF_ENTITIES}`."
    ),
    ("GET", f"{_ENTITIES}/{{legalEntityId}}/{{orderId}}"): Told(
        "Read an order of a legal entity", "", None, OrderShown, who=f"{_OWN} `{OF_ENTITIES}`."
    ),
    ("GET", "customerlogin/auth/anonymous/login"): Told(
        "Open a visitor's session",
        "",
        None,
        _VISITOR,
        queries=("tenant", "client_id", *CHOSEN),
        who="Anybody may ask.",
    ),
    ("GET", "customerlogin/auth/anonymous/refresh"): Told(
        "Refresh a visitor's session",
        "",
        None,
        _VISITOR,
        queries=("tenant", "client_id", "refresh_token"),
        who="Anybody may ask.",
    ),
    ("POST", f"{_CUSTOMER}/signup"): Told("Sign a customer up", "", SignUp, ID, 201),
    ("POST", f"{_CUSTOMER}/login"): Told("Sign a customer in", "She gets what the visitor's session leaves.", Login, _SIGNED_IN),
    ("GET", f"{_CUSTOMER}/refreshauthtoken"): Told(
        "Refresh a customer's session",
        "With `legalEntityId` she acts for that entity from now on, without it for none.",
        None,
        _REFRESHED,
        queries=("refreshToken", "legalEntityId"),
    ),
    ("GET", f"{_CUSTOMER}/logout"): Told("Sign out", "", status=204, queries=("accessToken",)),
    ("GET", f"{_CUSTOMER}/validateauthtoken"): Told("Ask what a customer's token is worth", "", None, _VALID, who=_SHE),
    ("GET", "iam/{tenant}/users/me/scopes"): Told("Ask what a token opens", "", None, _object(userId=_TEXT, scopes=_TEXT)),
    ("GET", f"{_CUSTOMER}/me"): Told("Read one's own account", "", None, _ME, who=_SHE),
    ("PUT", f"{_CUSTOMER}/me"): Told("Put one's own account", "What is not sent is taken away.", Change, None, 204, who=_SHE),
    ("PATCH", f"{_CUSTOMER}/me"): Told(
        "Change one's own account", "Only what is sent; null takes it away.", Change, None, 204, who=_SHE
    ),
    ("GET", _MANAGED): Told(
        "List the legal entities that one acts for",
        _TOTAL,
        None,
        _ENTITY,
        200,
        True,
        ("name", "type", "sort", "pageNumber", "pageSize"),
        who=_SHE,
    ),
    ("GET", f"{_MANAGED}/{{legalEntityId}}"): Told("Read a legal entity that one acts for", "", None, _ENTITY, who=_SHE),
    ("GET", "currency/{tenant}/currencies"): Told("List currencies", "", None, _object(code=_TEXT, name=_TEXT), 200, True),
    ("GET", "session-context/{tenant}/me/context"): Told("Read the context of a session", "", None, _CONTEXT),
    ("GET", "site/{tenant}/sites"): Told("List sites", "A site for each store.", None, _SITE, 200, True),
    ("GET", "site/{tenant}/sites/{siteCode}"): Told("Read a site", "", None, _SITE),
    ("GET", _CONFIGURED): Told("List settings", "", None, _SETTING, 200, True, (), _of("view_configuration")),
    ("POST", _CONFIGURED): Told(
        "Create settings", "All or none.", list[Configuration], _SETTING, 201, True, (), _of("manage_configuration")
    ),
    ("GET", f"{_CONFIGURED}/{{propertyKey}}"): Told("Read a setting", "", None, _SETTING, scopes=_of("view_configuration")),
    ("PUT", f"{_CONFIGURED}/{{propertyKey}}"): Told(
        "Change a setting", "", Configuration, _SETTING, scopes=_of("manage_configuration")
    ),
    ("DELETE", f"{_CONFIGURED}/{{propertyKey}}"): Told("Delete a setting", "", status=204, scopes=_of("manage_configuration")),
}
"""By method and path."""
