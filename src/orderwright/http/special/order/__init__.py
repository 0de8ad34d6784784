"""What orders have beside the five verbs."""

from collections.abc import Iterator

from orderwright.http.api.routes import Route
from orderwright.http.special.house import House
from orderwright.http.special.order import edits, importing, quotes

FILES = (edits, importing, quotes)


def routes(house: House) -> Iterator[Route]:
    """The rows of all of them."""
    for file in FILES:
        yield from file.routes(house)
