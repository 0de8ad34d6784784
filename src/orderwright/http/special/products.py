"""What products have beside the five verbs: images that are uploaded and served, and the selections they are in."""

from __future__ import annotations

import re
from typing import Any, Final

from orderwright.auth.scopes import needed
from orderwright.engine.access import shard_of
from orderwright.engine.resource import ResourceType
from orderwright.errors import ApiError, invalid_input
from orderwright.http.api import query
from orderwright.http.api.endpoints import Endpoints, expansions, named
from orderwright.http.api.parameters import BY_VERB
from orderwright.http.api.routes import Asked, Endpoint, Route, Routes
from orderwright.http.wire.exchange import Answer, Request, json_answer
from orderwright.http.wire.limits import IMAGE
from orderwright.storage.tables.images import image_of
from orderwright.verbs.verbs import Verbs, not_found

# Whoever uploads says no version, so that an upload that meets another change begins anew; so often at most.
_ATTEMPTS: Final = 8
_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TYPES: Final = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif"}
_UPLOADED: Final = ("filename", "variant", "sku", "stagedImage", "expand")
# An image never changes: another one has another id.
_KEPT: Final = ("cache-control", "public, max-age=31536000, immutable")


class Uploading:
    """What the domain says of uploads: the word that images are served under, the action that adds one to its product, and
    what reads the kind and size of a picture off its bytes."""

    def __init__(self, word: str, action: Any, picture_of: Any) -> None:
        self.word, self.action, self.picture_of = word, action, picture_of


def serve_products(
    routes: Routes,
    verbs: Verbs,
    products: ResourceType,
    published: ResourceType,
    uploads: ResourceType,
    uploading: Uploading,
    selected: Any,
) -> None:
    """Put the paths of their own into the table. `published` is what everybody may see of products, `uploads` are products with
    the one action that adds an image."""
    query = _as_far_as_seen(Endpoints(verbs, products).query, Endpoints(verbs, published).query, products.path)
    routes.add(products.path, "", "GET", Route("query", query, products.path, products))
    images = Images(verbs, uploads, uploading)
    told: dict[str, Any] = {"media": tuple(_TYPES), "queries": _UPLOADED, "refuses": (409,), "takes": IMAGE}
    upload = Route("update", images.upload, products.path, answers=products.model, **told)
    routes.add(products.path, "id/images", "POST", upload)
    selections = Selections(verbs, products, selected)
    for form, column in (("id/product-selections", None), ("key=/product-selections", "key")):
        route = Route("query", selections.query, "product-selections", answers=selected, queries=BY_VERB["query"])
        routes.add(products.path, form, "GET", route, column=column)


def _as_far_as_seen(whole: Endpoint, published: Endpoint, family: str) -> Endpoint:
    """The endpoint for those who may see all products, or that for those who may see published ones."""

    async def chosen(asked: Asked) -> Answer:
        any_of = needed(asked.request.segments[0], family, "get")
        return await (published if asked.scopes.isdisjoint(any_of) else whole)(asked)

    return chosen


class Images(Endpoints):
    """Uploads, and the images at their public URLs."""

    def __init__(self, verbs: Verbs, uploads: ResourceType, uploading: Uploading) -> None:
        super().__init__(verbs, uploads)
        self._uploading = uploading

    async def upload(self, asked: Asked) -> Answer:
        """POST of the bytes: 200 with the product. Raises 400 for bytes that are no such image."""
        paths = expansions(asked)
        lookup, action = named(asked), self._action(asked)
        for left in reversed(range(_ATTEMPTS)):
            loaded = await self.verbs.documents.load(asked.access.shard, self.resource.type_id, lookup, ())
            if loaded is None:
                raise not_found(lookup)
            try:
                body = await self.verbs.update(self.resource, lookup, loaded.version, [action], asked.access)
                return await self.document(200, body, paths, asked)
            except ApiError as error:
                if error.status != 409 or not left:
                    raise
        raise AssertionError("the last attempt answers or raises")

    def _action(self, asked: Asked) -> Any:
        request = asked.request
        declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if declared not in _TYPES:
            raise invalid_input(f"The Content-Type of an image must be one of {', '.join(_TYPES)}.")
        try:
            kind, dimensions = self._uploading.picture_of(request.body)
        except ValueError:
            raise invalid_input("The body is not a JPEG, PNG or GIF image.") from None
        return self._uploading.action(
            base=f"{_origin(request)}/{self._uploading.word}/{request.segments[0]}",
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

    def __init__(self, verbs: Verbs, products: ResourceType, selected: Any) -> None:
        super().__init__(verbs, products)
        self._selected = selected

    async def query(self, asked: Asked) -> Answer:
        """GET of a page. Raises 404 for an unknown product."""
        page = query.page(asked.request.query, self._selected)
        expansions(asked)
        await self.verbs.get(self.resource, named(asked), asked.access)
        total = {"total": 0} if page.with_total else {}
        return json_answer(200, {"limit": page.limit, "offset": page.offset, "count": 0, **total, "results": []})


async def show_image(verbs: Verbs, request: Request) -> Answer:
    """GET of an uploaded image, which needs no token. The last word of the path is for people and may be any."""
    project, id = (*request.segments[1:3], "", "")[:2]
    found = None
    if request.method in ("GET", "HEAD") and len(request.segments) == 4 and _ID.fullmatch(id):
        found = await image_of(verbs.documents.database, shard_of(project), id)
    if found is None:
        return Answer(404)
    kind, content = found
    headers = (("content-type", kind), ("x-content-type-options", "nosniff"), _KEPT)
    return Answer(200, content if request.method == "GET" else b"", headers)


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
