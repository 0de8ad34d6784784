"""Where the second dialect stands: the first words of its paths."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from orderwright.http.emporix import accounts, orders
from orderwright.http.emporix.refusal import refusal
from orderwright.http.mounts.dialect import origins_by
from orderwright.http.special.house import House
from orderwright.http.wire.cors import Sharing
from orderwright.http.wire.mounts import Mount, Served, Table

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_EXPOSED = ("X-Correlation-ID", "X-Total-Count")
_BODIES = frozenset({"POST", "PUT", "PATCH"})


def mounts(house: House) -> Iterator[Mount]:
    """Its services, each below a word of its own."""
    of_project = origins_by(house.tokens)

    async def origins(headers: Mapping[str, str], path: tuple[str, ...]) -> Collection[str]:
        # Behind the word of the service stands the tenant, which is the project.
        return await of_project(headers, path[1:2] or ("",))

    sharing = Sharing(_METHODS, _EXPOSED, origins)
    yield Mount(words=("order-v2",), answer=Table(orders.served(house)).answer, refusal=refusal, bodies=_BODIES, sharing=sharing)
    around = Table(accounts.served(house)).answer
    yield Mount(words=accounts.WORDS, answer=around, refusal=accounts.refusal, bodies=_BODIES, sharing=sharing)


def served(house: House) -> Iterator[Served]:
    """All rows, as its document tells them."""
    yield from orders.served(house)
    yield from accounts.served(house)
