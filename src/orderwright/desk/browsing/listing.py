"""The pages of the lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from orderwright.desk.browsing import asking, listed
from orderwright.desk.browsing.asking import CARTS, CUSTOMERS, PRODUCTS, Kind
from orderwright.desk.paging import BY_TIME
from orderwright.desk.visit import Visit
from orderwright.desk.words import LANGUAGES
from orderwright.http.wire.exchange import Answer

PAGE: Final = 25
"""Rows on a page."""


async def carts(visit: Visit) -> Answer:
    """The carts that are found."""
    return await _page(visit, CARTS, states=asking.CART_STATES)


async def customers(visit: Visit) -> Answer:
    """The customers that are found."""
    return await _page(visit, CUSTOMERS)


async def products(visit: Visit) -> Answer:
    """The products that are found."""
    return await _page(visit, PRODUCTS, await _languages(visit) if visit.parameter("q").strip() else ())


async def _page(visit: Visit, kind: Kind, languages: Sequence[str] = (), **shown: Any) -> Answer:
    asked = asking.read(kind, visit.asked, languages)
    found = await listed.of(visit, kind.place, asked.asked(PAGE + 1))
    rows, more = found[:PAGE], found[PAGE:]
    further = f"{asked.address}&{urlencode({'after': asked.after(rows[-1].sorted_by)})}" if more else None
    return visit.page(f"{kind.place}.html", asked=asked, rows=rows, further=further, sortings=BY_TIME, **shown)


async def _languages(visit: Visit) -> tuple[str, ...]:
    """The project's languages, which names may be in; where the token does not open the project, those of the desk."""
    project = await visit.calls.found()
    if project is not None and project["languages"]:
        return tuple(project["languages"])
    return tuple(dict.fromkeys((visit.words.locale.replace("_", "-"), *LANGUAGES)))
