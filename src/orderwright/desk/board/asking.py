"""What a board is asked for: the filter of the list of orders, over days that are all drawn, and when stock is low."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from orderwright.desk.browsing import left
from orderwright.desk.orders import filters
from orderwright.desk.paging import of_store
from orderwright.desk.visit import Visit
from orderwright.engine.clock import now
from orderwright.errors import invalid_input

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366
"""Days that are drawn: where the filter names none, and at most."""
BELOW: Final = 5
MOST_BELOW: Final = 1_000_000
"""Stock is low below so many pieces: where the address names no number, and at most."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`filter` has the first of the `days` as its `since`. `moment` is now."""

    filter: filters.Filter
    days: tuple[date, ...]
    below: int
    moment: datetime

    @property
    def terms(self) -> Iterator[str]:
        """The predicates of the filter. By its currency alone nothing is filtered, since of all that occur one is drawn."""
        asked = self.filter
        alone = asked.least is None and asked.most is None
        return (msgspec.structs.replace(asked, currency="") if alone else asked).terms

    @property
    def left(self) -> Iterator[str]:
        """The predicates of the carts that were left on the days of the filter, and in its store."""
        yield from left.terms(self.moment, self.days[0], self.days[-1])
        yield from of_store(self.filter.store, self.filter.storeless)

    @property
    def left_days(self) -> tuple[date, ...]:
        """The days of the filter on which carts may have been left."""
        first, last = left.between(self.moment)
        return tuple(day for day in self.days if first.date() <= day <= last.date())


def read(visit: Visit) -> Asked:
    """What the address asks for. Raises InvalidInput for what no board shows."""
    asked, moment = filters.read(visit.asked, visit.today), now().instant()
    last = asked.until or max(moment.date(), asked.since or moment.date())
    first = asked.since or date.fromordinal(max(1, last.toordinal() - USUAL_DAYS + 1))
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise invalid_input(visit.words("A board is of 1 to {most} days.", most=MOST_DAYS))
    days = tuple(first + timedelta(days=place) for place in range(count))
    return Asked(filter=msgspec.structs.replace(asked, since=first), days=days, below=_below(visit), moment=moment)


def _below(visit: Visit) -> int:
    text = visit.parameter("below").strip()
    if not text:
        return BELOW
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= MOST_BELOW):
        raise invalid_input(visit.words("Stock is low below a whole number of pieces, at most {most}.", most=MOST_BELOW))
    return int(text)
