"""Product projections over HTTP: which description is asked for, for whom it is priced and in which languages."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec

from orderwright.auth.refusals import insufficient_scope
from orderwright.auth.scopes import needed
from orderwright.domain.goods.product.projection import VariantAttributes, View, on_products, sorted_on_products
from orderwright.domain.goods.product.projection_resource import RESOURCE, attributes_shown, shown, wanted
from orderwright.engine.access import EVERYTHING, Visible
from orderwright.engine.facts import Facts
from orderwright.engine.languages import canonical_language
from orderwright.engine.scalars import CountryCode, CurrencyCode
from orderwright.http.api import query
from orderwright.http.api.doors import IN_STORE, PROJECT
from orderwright.http.api.endpoints import Endpoints, expansions, named
from orderwright.http.api.parameters import BY_VERB, PROJECTED
from orderwright.http.api.routes import NAMED, Asked, Route
from orderwright.http.api.sizes import within
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer
from orderwright.storage.queries.queries import PageRequest
from orderwright.verbs.slices import each_in_slices
from orderwright.verbs.verbs import not_found

_ATTRIBUTES = "filter[attributes]"
_GROUPS = ("priceCustomerGroup", "priceCustomerGroupAssignments")
_OF_SELECTION = ("priceCountry", *_GROUPS, "priceChannel")
_NOT_SERVED = "It is not served by this version of Orderwright."


def routes(house: House) -> Iterator[Route]:
    """Their paths: by name also in a store, where nothing is queried."""
    made, path = ProductProjections(house.verbs, RESOURCE), RESOURCE.path
    row = functools.partial(Route, family=path)
    of_page = (*BY_VERB["query"], *PROJECTED)
    yield row(at=path, method="GET", verb="query", endpoint=made.query, resource=RESOURCE, queries=of_page)
    asked = ("where", "staged")
    yield row(at=path, method="HEAD", verb="head", endpoint=made.any, resource=RESOURCE, queries=asked)
    for step, column in NAMED:
        at = f"{path}/{step}"
        by_name = functools.partial(row, column=column, doors=(PROJECT, IN_STORE))
        yield by_name(at=at, method="GET", verb="get", endpoint=made.get, resource=RESOURCE, queries=(*PROJECTED, "expand"))
        yield by_name(at=at, method="HEAD", verb="head", endpoint=made.head, resource=RESOURCE, queries=("staged",))
        yield by_name(
            at=f"{at}/variant-attributes",
            method="GET",
            verb="variant_attributes",
            endpoint=made.variant_attributes,
            answers=VariantAttributes,
            queries=(*PROJECTED, "attributes"),
        )


class ProductProjections(Endpoints):
    """Reads products and works out what is shown. Staged descriptions, and unpublished products in them, are for callers who
    may see all products."""

    async def get(self, asked: Asked) -> Answer:
        """GET of one projection. Raises 404 for a product that is not published, unless the staged one is asked for."""
        paths, view = expansions(asked), self._view(asked)
        (body,) = await self._shown([await self._body(asked, view)], view, shown, asked)
        return await self.document(200, body, paths, asked)

    async def head(self, asked: Asked) -> Answer:
        """HEAD of one projection: 200 or 404, as GET would answer."""
        body = await self.verbs.documents.body(asked.access.shard, "product", named(asked), self._visible(_staged(asked)))
        return Answer(404 if body is None else 200)

    async def query(self, asked: Asked) -> Answer:
        """GET of a page. Predicates and order are asked of the products, in the database."""
        page = query.page(asked.request.query, self._queryable)
        paths, view = expansions(asked), self._view(asked)
        page = self._on_products(page, view.staged)

        async def answer(most: int) -> Answer:
            bounded, visible = msgspec.structs.replace(page, most_bytes=most), self._visible(view.staged)
            bodies, total = await self.verbs.documents.page(self._collection, asked.access.shard, bounded, visible)
            return await self.page(bounded, await self._shown(bodies, view, shown, asked), total, paths, asked)

        return await within(answer)

    async def any(self, asked: Asked) -> Answer:
        """HEAD on the collection: 200 if any projection satisfies the predicate, else 404."""
        staged = _staged(asked)
        where = tuple(on_products(term, staged) for term in query.where(asked.request.query, self._queryable))
        found = await self.verbs.documents.exists(self._collection, asked.access.shard, where, self._visible(staged))
        return Answer(200 if found else 404)

    async def variant_attributes(self, asked: Asked) -> Answer:
        """GET of the variants with a few attributes. Raises 400 without the names of these."""
        view = self._view(asked)
        if not view.attributes:
            raise query.malformed(_ATTRIBUTES, "A value is required.")
        if query.values(asked.request.query, "filter[supplyChannels]"):
            raise query.malformed("filter[supplyChannels]", _NOT_SERVED)
        (body,) = await self._shown([await self._body(asked, view)], view, attributes_shown, asked)
        return Answer(200, body)

    def _visible(self, staged: bool) -> Visible:
        """Only a published product has a current projection."""
        return EVERYTHING if staged else self.resource.only

    async def _body(self, asked: Asked, view: View) -> str:
        body = await self.verbs.documents.body(asked.access.shard, "product", named(asked), self._visible(view.staged))
        if body is None:
            raise not_found(named(asked))
        return body

    async def _shown(
        self, bodies: Sequence[str], view: View, form: Callable[[str, View, Facts], bytes], asked: Asked
    ) -> list[bytes]:
        """Stored products as they are answered. Their standalone prices are read in one statement for all of them."""
        beside = await each_in_slices(lambda body: list(wanted(body, view)), bodies)
        facts = await self.verbs.facts(asked.access, list(chain.from_iterable(beside)))
        return await each_in_slices(lambda body: form(body, view, facts), bodies)

    def _view(self, asked: Asked) -> View:
        """What is asked for. Raises 400, and 403 as `_staged`."""
        parameters = asked.request.query
        return View(
            staged=_staged(asked),
            **_selection(parameters),
            locales=frozenset(map(canonical_language, query.values(parameters, "localeProjection"))),
            attributes=frozenset(query.values(parameters, _ATTRIBUTES)),
            store_key=asked.access.store_key or query.single(parameters, "storeProjection"),
        )

    def _on_products(self, page: PageRequest, staged: bool) -> PageRequest:
        where = tuple(on_products(term, staged) for term in page.where)
        sort = tuple(sorted_on_products(key, staged) for key in page.sort)
        return msgspec.structs.replace(page, where=where, sort=sort)


def _staged(asked: Asked) -> bool:
    """Whether the staged description is asked for. Raises 403 for a caller who may see published products only."""
    staged = query.boolean(asked.request.query, "staged", False)
    any_of = needed(asked.request.segments[0], "products", "get", asked.access.store_key)
    if staged and asked.scopes.isdisjoint(any_of):
        raise insufficient_scope(list(any_of))
    return staged


def _selection(parameters: query.Parameters) -> dict[str, Any]:
    """Whom a price is selected for. Raises 400 for a scope without a currency, and for codes that are none."""
    if query.values(parameters, "priceRecurrencePolicy"):
        raise query.malformed("priceRecurrencePolicy", _NOT_SERVED)
    currency = query.single(parameters, "priceCurrency")
    country = query.single(parameters, "priceCountry")
    given = [name for name in _OF_SELECTION if query.values(parameters, name)]
    if currency is None and given:
        raise query.malformed(given[0], "It can only be used together with priceCurrency.")
    for name, code, expected in (("priceCurrency", currency, CurrencyCode), ("priceCountry", country, CountryCode)):
        if code is not None:
            _check(expected, code, name)
    return {
        "currency": currency,
        "country": country,
        "customer_groups": tuple(id for name in _GROUPS for id in query.values(parameters, name)),
        "channel": query.single(parameters, "priceChannel"),
    }


def _check(expected: Any, code: str, name: str) -> None:
    try:
        msgspec.convert(code, expected)
    except msgspec.ValidationError:
        raise query.malformed(name, f"'{code[:40]}' is not a code.") from None
