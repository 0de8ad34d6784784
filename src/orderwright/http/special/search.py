"""The searches over HTTP. They read the rows that every other request writes: what is stored is found at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from orderwright.domain.business_unit.resource import RESOURCE as BUSINESS_UNIT
from orderwright.domain.customer.resource import RESOURCE as CUSTOMER
from orderwright.domain.order.resource import RESOURCE as ORDER
from orderwright.domain.order.searches import BUSINESS_UNITS, CUSTOMERS, ORDERS
from orderwright.domain.shop.project.model import SearchIndexingConfigurationValues
from orderwright.engine.json.codec import decode_body
from orderwright.engine.model import Value, always
from orderwright.engine.resource import ResourceType
from orderwright.engine.scalars import DateTime
from orderwright.errors import ApiError, invalid_input, resource_not_found
from orderwright.http.api.endpoints import collection_of
from orderwright.http.api.query import MAX_OFFSET
from orderwright.http.api.routes import Asked, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, json_answer
from orderwright.predicates.search.fields import Searchable
from orderwright.predicates.search.grammar import parse_query, parse_sort
from orderwright.storage.queries.search import Hit as Found
from orderwright.storage.queries.search import SearchRequest, found
from orderwright.verbs.verbs import Verbs

MAX_LIMIT = 100
MAX_BODY = 256 * 1024
"""Bytes of a search. It has at most 50 expressions, but an expression may list many values."""
# What is asked where a search leaves its query out.
_EVERY = {"exists": {"field": "id"}}


class SearchSorting(Value):
    """One key of the order. `field` may be `score`, the relevance."""

    field: str
    language: str | None = None
    order: Literal["asc", "desc"] | None = None
    mode: Literal["min", "max", "avg", "sum"] | None = None
    field_type: str | None = None
    filter: dict[str, Any] | None = None


class OrderSearchSorting(SearchSorting):
    """As `SearchSorting`, with the older name of a field's type."""

    custom_type: str | None = None


class Sent(Value):
    """A search as it is sent. Without a query it finds everything."""

    query: dict[str, Any] | None = None
    sort: tuple[SearchSorting, ...] = ()
    limit: int = 20
    offset: int = 0


class OrderSearchRequest(Sent):
    """A search for orders."""

    query: dict[str, Any]
    sort: tuple[OrderSearchSorting, ...] = ()
    limit: int = 10


class CustomerSearchRequest(Sent):
    """A search for customers."""


class Hit(Value):
    """An order that was found, and how well it fits."""

    id: str
    version: int
    relevance: Annotated[float, Meta(ge=0, le=1)]


class OrderPagedSearchResponse(Value):
    """A page of hits. Counting stops at 10,000."""

    total: int
    offset: int = always(0)
    limit: int = always(10)
    hits: tuple[Hit, ...] = always(())


class BusinessUnitSearchRequest(Sent):
    """A search for business units."""


class CustomerSearchResult(Value):
    """A customer who was found, and how well she fits."""

    id: str
    relevance: float


class BusinessUnitSearchResult(Value):
    """A business unit that was found, and how well it fits."""

    id: str
    relevance: float


class CustomerPagedSearchResponse(Value):
    """A page of customers. Counting stops at 10,000."""

    total: int
    limit: int
    offset: int
    results: tuple[CustomerSearchResult, ...]


class BusinessUnitPagedSearchResponse(Value):
    """A page of business units. Counting stops at 10,000."""

    total: int
    limit: int
    offset: int
    results: tuple[BusinessUnitSearchResult, ...]


class CustomerSearchIndexingStatusResponse(Value):
    """How far a search is. It is ready as soon as it is switched on, since there is nothing to build."""

    status: Literal["Ready"]
    started_at: DateTime | None = None
    last_modified_at: DateTime | None = None


class BusinessUnitSearchIndexingStatusResponse(CustomerSearchIndexingStatusResponse):
    """How far the search for business units is."""


class Form(Struct, frozen=True):
    """One search: what is searched and by what, request and answer structs, limits, and the error when it is switched off.

    `setting` is the part of the project's `searchIndexing` that switches it. `missing` is the refusal where it is switched off,
    `missing_head` the status of HEAD then. `status` is what its `indexing-status` answers, where that can be asked for.
    """

    resource: ResourceType
    searchable: Searchable
    setting: Literal["orders", "customers", "business_units"]
    request: type[Sent]
    answers: type[Value]
    page: Callable[[Sent, int, Sequence[Found]], Value]
    least_limit: int
    max_offset: int
    missing: Callable[[], ApiError]
    missing_head: int
    status: type[CustomerSearchIndexingStatusResponse] | None = None


def _order_page(sent: Sent, total: int, hits: Sequence[Found]) -> Value:
    shown = tuple(Hit(id=hit.id, version=hit.version, relevance=hit.relevance) for hit in hits)
    return OrderPagedSearchResponse(total=total, offset=sent.offset, limit=sent.limit, hits=shown)


def _customer_page(sent: Sent, total: int, hits: Sequence[Found]) -> Value:
    shown = tuple(CustomerSearchResult(id=hit.id, relevance=hit.relevance) for hit in hits)
    return CustomerPagedSearchResponse(total=total, offset=sent.offset, limit=sent.limit, results=shown)


def _business_unit_page(sent: Sent, total: int, hits: Sequence[Found]) -> Value:
    shown = tuple(BusinessUnitSearchResult(id=hit.id, relevance=hit.relevance) for hit in hits)
    return BusinessUnitPagedSearchResponse(total=total, offset=sent.offset, limit=sent.limit, results=shown)


def _no_orders() -> ApiError:
    return resource_not_found(named="search index for orders")


def _not_ready(name: str) -> Callable[[], ApiError]:
    advice = "Check the indexing-status endpoint and that the feature has been activated in the project settings."
    return lambda: ApiError(400, "SearchNotReady", f"{name} Search is not ready. {advice}")


ORDER_SEARCH = Form(
    resource=ORDER,
    searchable=ORDERS,
    setting="orders",
    request=OrderSearchRequest,
    answers=OrderPagedSearchResponse,
    page=_order_page,
    least_limit=0,
    max_offset=MAX_OFFSET,
    missing=_no_orders,
    missing_head=404,
)
CUSTOMER_SEARCH = Form(
    resource=CUSTOMER,
    searchable=CUSTOMERS,
    setting="customers",
    request=CustomerSearchRequest,
    answers=CustomerPagedSearchResponse,
    page=_customer_page,
    least_limit=1,
    max_offset=9_900,
    missing=_not_ready("Customer"),
    missing_head=409,
    status=CustomerSearchIndexingStatusResponse,
)
BUSINESS_UNIT_SEARCH = Form(
    resource=BUSINESS_UNIT,
    searchable=BUSINESS_UNITS,
    setting="business_units",
    request=BusinessUnitSearchRequest,
    answers=BusinessUnitPagedSearchResponse,
    page=_business_unit_page,
    least_limit=1,
    max_offset=9_900,
    missing=_not_ready("Business Unit"),
    missing_head=409,
    status=BusinessUnitSearchIndexingStatusResponse,
)


def routes(house: House) -> Iterator[Route]:
    """The searches, at the project's door only."""
    for form in (ORDER_SEARCH, CUSTOMER_SEARCH, BUSINESS_UNIT_SEARCH):
        made, family = Search(house.verbs, form), form.resource.path
        at = f"{family}/search"
        yield Route(
            at=at, method="POST", verb="search", endpoint=made.search, family=family, body=form.request, answers=form.answers
        )
        yield Route(at=at, method="HEAD", verb="search", endpoint=made.active, family=family, refuses=(form.missing_head,))
        if form.status is not None:
            # It tells of the project's settings, not of what is searched: their scope opens it.
            yield Route(
                at=f"{at}/indexing-status",
                method="GET",
                verb="get",
                endpoint=made.status,
                family="project",
                answers=form.status,
            )


class Search:
    """The operations of one search. A project has it unless it has switched it off."""

    def __init__(self, verbs: Verbs, form: Form) -> None:
        self._verbs = verbs
        self._form = form
        self._collection = collection_of(form.resource)

    async def search(self, asked: Asked) -> Answer:
        """POST of a search. Raises 400 for what cannot be asked, the form's refusal where it is off, `QueryTimedOut`."""
        form = self._form
        if len(asked.request.body) > MAX_BODY:
            raise invalid_input(f"A search of more than {MAX_BODY // 1024} KB is not read.")
        sent: Sent = decode_body(form.request, asked.request.body)
        _check("limit", sent.limit, form.least_limit, MAX_LIMIT)
        _check("offset", sent.offset, 0, form.max_offset)
        if _is_off(await self._setting(asked)):
            raise form.missing()
        request = SearchRequest(
            query=parse_query(_EVERY if sent.query is None else sent.query, form.searchable),
            sort=parse_sort(msgspec.to_builtins(sent.sort), form.searchable),
            limit=sent.limit,
            offset=sent.offset,
        )
        hits, total = await found(self._verbs.documents.database, self._collection, asked.access.shard, request)
        return json_answer(200, form.page(sent, total, hits))

    async def active(self, asked: Asked) -> Answer:
        """HEAD: 200, or the form's status where the search is switched off."""
        return Answer(self._form.missing_head if _is_off(await self._setting(asked)) else 200)

    async def status(self, asked: Asked) -> Answer:
        """GET of how far the search is. Raises 404 where it is switched off."""
        setting = await self._setting(asked)
        if _is_off(setting):
            raise resource_not_found(named=f"search index for {self._form.setting.replace('_', ' ')}")
        since = setting.last_modified_at if setting else None
        answers = self._form.status or CustomerSearchIndexingStatusResponse
        return json_answer(200, answers(status="Ready", started_at=since, last_modified_at=since))

    async def _setting(self, asked: Asked) -> SearchIndexingConfigurationValues | None:
        configuration = (await self._verbs.facts(asked.access, [])).project.search_indexing
        setting: SearchIndexingConfigurationValues | None = getattr(configuration, self._form.setting, None)
        return setting


def _is_off(setting: SearchIndexingConfigurationValues | None) -> bool:
    return setting is not None and setting.status == "Deactivated"


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise invalid_input(f"Malformed parameter: {name}: The value {value} is not in the range [{least}..{most}].")
