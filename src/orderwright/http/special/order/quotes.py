"""Orders that are made of quotes: by a merchant, in a store, and by the customer whom the quote was made for."""

from __future__ import annotations

from collections.abc import Iterator

from orderwright.domain.quote.offer.ordering import FROM_QUOTE, MINE_FROM_QUOTE
from orderwright.http.api.doors import IN_STORE, ME, PROJECT
from orderwright.http.api.endpoints import Endpoints
from orderwright.http.api.routes import Route
from orderwright.http.special.house import House


def routes(house: House) -> Iterator[Route]:
    """One row a face."""
    for resource, doors in ((FROM_QUOTE, (PROJECT, IN_STORE)), (MINE_FROM_QUOTE, (ME,))):
        yield Route(
            at=f"{resource.path}/quotes",
            method="POST",
            verb="create",
            endpoint=Endpoints(house.verbs, resource).create,
            family="orders/quotes",
            resource=resource,
            doors=doors,
            caller="customer",
        )
