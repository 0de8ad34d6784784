"""All paths that are more than a verb: a file that is not listed here serves nothing."""

from collections.abc import Iterator

from orderwright.http.api.routes import Route
from orderwright.http.live import messages
from orderwright.http.special import (
    api_clients,
    carts,
    custom_objects,
    customers,
    product_projections,
    products,
    profile,
    search,
    shipping_methods,
    sign_in,
    subscriptions,
)
from orderwright.http.special.house import House
from orderwright.http.special.order import edits, explaining, importing, quotes

FILES = (
    api_clients,
    carts,
    custom_objects,
    customers,
    edits,
    explaining,
    importing,
    product_projections,
    products,
    profile,
    quotes,
    search,
    shipping_methods,
    sign_in,
    subscriptions,
)


def routes(house: House) -> Iterator[Route]:
    """The rows of all of them, in any order."""
    for file in (*FILES, messages):
        yield from file.routes(house)
