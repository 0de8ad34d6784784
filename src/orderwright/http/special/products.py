"""What products have beside the five verbs: images that are uploaded, the selections they are in, and which discount a price of
theirs would have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orderwright.auth.scopes import needed
from orderwright.domain.goods.product.images import IMAGES, picture_of
from orderwright.domain.goods.product.resource import PUBLISHED, RESOURCE, UPLOAD
from orderwright.domain.goods.product.uploads import UploadImage
from orderwright.domain.goods.product_discount.matching import ProductDiscountMatchQuery, matching
from orderwright.domain.goods.product_discount.resource import RESOURCE as DISCOUNTS
from orderwright.domain.goods.product_selection import AssignedProductSelection
from orderwright.engine.json.codec import decode_body, encode
from orderwright.engine.references import Wanted, wanted_by
from orderwright.errors import invalid_input
from orderwright.http.api import query
from orderwright.http.api.endpoints import Endpoints, expansions, named, paged
from orderwright.http.api.parameters import BY_VERB
from orderwright.http.api.routes import NAMED, Asked, Endpoint, Route
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.limits import IMAGE
from orderwright.verbs.again import again, conflicts
from orderwright.verbs.verbs import not_found

# Whoever uploads says no version, so that an upload that meets another change begins anew; so often at most.
_ATTEMPTS: Final = 8
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
_TYPES: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif"}
_UPLOADED: Final = ("filename", "variant", "sku", "stagedImage", "expand")


def routes(house: House) -> Iterator[Route]:
    """Their paths. Whoever may see published products only queries these."""
    path = RESOURCE.path
    whole, published = Endpoints(house.verbs, RESOURCE).query, Endpoints(house.verbs, PUBLISHED).query
    page = _as_far_as_seen(whole, published, path)
    yield Route(at=path, method="GET", verb="query", endpoint=page, family=path, resource=RESOURCE, instead=True)
    yield Route(
        at=f"{path}/id/images",
        method="POST",
        verb="update",
        endpoint=Images(house.verbs, UPLOAD).upload,
        family=path,
        answers=RESOURCE.model,
        media=tuple(_TYPES),
        queries=_UPLOADED,
        refuses=(409,),
        takes=IMAGE,
    )
    selections = Selections(house.verbs, RESOURCE).query
    for step, column in NAMED:
        yield Route(
            at=f"{path}/{step}/product-selections",
            method="GET",
            verb="query",
            endpoint=selections,
            family="product-selections",
            column=column,
            answers=AssignedProductSelection,
            queries=BY_VERB["query"],
        )

    yield Route(
        at=f"{DISCOUNTS.path}/matching",
        method="POST",
        verb="matching",
        endpoint=Discounts(house.verbs, DISCOUNTS).matching,
        family=DISCOUNTS.path,
        body=ProductDiscountMatchQuery,
        answers=DISCOUNTS.model,
    )


def _as_far_as_seen(whole: Endpoint, published: Endpoint, family: str) -> Endpoint:
    """The endpoint for those who may see all products, or that for those who may see published ones."""

    async def chosen(asked: Asked) -> Answer:
        any_of = needed(asked.request.segments[0], family, "get")
        return await (published if asked.scopes.isdisjoint(any_of) else whole)(asked)

    return chosen


class Images(Endpoints):
    """Uploads."""

    async def upload(self, asked: Asked) -> Answer:
        """POST of the bytes: 200 with the product. Raises 400 for bytes that are no such image."""
        paths = expansions(asked)
        lookup, action = named(asked), self._action(asked)

        async def once() -> bytes:
            loaded = await self.verbs.documents.load(asked.access.shard, self.resource.type_id, lookup, ())
            if loaded is None:
                raise not_found(lookup)
            return await self.verbs.update(self.resource, lookup, loaded.version, [action], asked.access)

        return await self.document(200, await again(once, conflicts, _ATTEMPTS), paths, asked)

    def _action(self, asked: Asked) -> UploadImage:
        request = asked.request
        declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if declared not in _TYPES:
            raise invalid_input(f"The Content-Type of an image must be one of {', '.join(_TYPES)}.")
        try:
            kind, dimensions = picture_of(request.body)
        except ValueError:
            raise invalid_input("The body is not a JPEG, PNG or GIF image.") from None
        return UploadImage(
            base=f"{_origin(request)}/{IMAGES}/{request.segments[0]}",
            filename=_filename(query.single(request.query, "filename"), _TYPES[kind]),
            content_type=kind,
            content=request.body,
            dimensions=dimensions,
            variant_id=_number(query.single(request.query, "variant")),
            sku=query.single(request.query, "sku"),
            staged=query.boolean(request.query, "staged", True),
        )


class Selections(Endpoints):
    """The product selections of a product: none, for one that is there."""

    async def query(self, asked: Asked) -> Answer:
        """GET of a page. Raises 404 for an unknown product."""
        page = query.page(asked.request.query, AssignedProductSelection)
        expansions(asked)
        await self.verbs.get(self.resource, named(asked), asked.access)
        return paged([], page.limit, page.offset, 0 if page.with_total else None)


class Discounts(Endpoints):
    """The discount of a price."""

    async def matching(self, asked: Asked) -> Answer:
        """POST of a variant and a price: 200 with the discount. Raises `NoMatchingProductDiscountFound`."""
        sent = decode_body(ProductDiscountMatchQuery, asked.request.body)
        wanted: list[Wanted] = []
        new = list(wanted_by(sent))
        while True:  # the product, its categories, those above
            wanted += new
            facts = await self.verbs.facts(asked.access, wanted)
            new = [each for each in sent.wanted(facts) if each not in wanted]
            if not new:
                return Answer(200, encode(matching(sent, facts)))


def _origin(request: Request) -> str:
    """The server's address as the client reached it. Raises `InvalidInput` for a Host that is none."""
    host = request.headers.get("host", "")
    if _HOST.fullmatch(host) is None:
        raise invalid_input("The Host header does not name the server, so that the image would have no URL.")
    # A proxy that ends TLS says so; nothing but this URL depends on it.
    scheme = "https" if request.headers.get("x-forwarded-proto", "").lower() == "https" else "http"
    return f"{scheme}://{host}"


def _filename(given: str | None, extension: str) -> str:
    """A name that can stand in a URL, with the extension of its kind."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", given or "").strip(".-")[:100] or "image"
    stem = re.sub(r"\.(jpe?g|png|gif)$", "", name, flags=re.IGNORECASE) or "image"
    return stem + extension


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}(\.0+)?", text, re.ASCII):
        raise invalid_input("Malformed parameter: variant: It must be a number.")
    return int(text.partition(".")[0])
