"""What a board shows, as it is drawn: the numbers of the database with their names, and the list behind each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from msgspec.structs import replace

from orderwright.desk.board.asking import Asked
from orderwright.desk.board.drawing import Bar, Picture, columns, rows
from orderwright.desk.orders import filters
from orderwright.desk.visit import Visit
from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.storage.desk.board import Group, Sales

MOST_STORES: Final = 12
"""Stores that are drawn; the others are one bar."""
_STATES: Final = {choice.name: choice for choice in filters.CHOICES if choice.name in ("order", "shipment", "payment")}


class Line(NamedTuple):
    """A group of documents, in words: its name, the list behind it, how many there are, their total, and the amounts of both."""

    name: str
    href: str | None
    number: int
    total: str
    cents: int


class Figure(NamedTuple):
    """A picture of some lines: `bars` are by the number of documents, `sums` by their totals."""

    name: str
    title: str
    lines: tuple[Line, ...]
    bars: Picture
    sums: Picture


class Shown(NamedTuple):
    """All figures about what a filter finds, in one currency. `others` are those that
    may be chosen, with their boards."""

    currency: str | None
    others: tuple[Line, ...]
    number: int
    total: str
    figures: Mapping[str, Figure]


class Drawing:
    """Puts the numbers of one visit into words."""

    def __init__(self, visit: Visit, asked: Asked, currency: str | None) -> None:
        self._visit = visit
        self._asked = asked
        self._currency = currency

    def orders(self, found: Sales) -> Shown:
        """The figures of the orders."""
        figures = {"day": self._by_day(found.figures["day"], self._asked.days, self._orders_of)}
        for name, choice in _STATES.items():
            groups = found.figures[name]
            lines = [
                self._line(self._visit.words(state), groups[state], self._list(states={name: (state,)}))
                for state in choice.states
                if state in groups
            ]
            figures[name] = self._figure(name, choice.title, [*lines, *self._without(groups, "None")])
        figures["store"] = self._figure("store", "Store", self._stores(found.figures["store"]))
        return self._shown(found, figures)

    def carts(self, found: Sales) -> Shown:
        """The figures of the carts that were left."""
        return self._shown(found, {"day": self._by_day(found.figures["day"], self._asked.left_days, self._carts_of)})

    def _shown(self, found: Sales, figures: Mapping[str, Figure]) -> Shown:
        whole = found.whole
        others = tuple(
            self._line(currency, group, self.board(currency), currency) for currency, group in found.currencies.items()
        )
        return Shown(found.currency, others, whole.count, self.money(whole.cents), figures)

    def board(self, currency: str) -> str:
        """The address of the same board in a currency."""
        below = urlencode({"below": self._asked.below})
        return f"{self._at('board', replace(self._asked.filter, currency=currency))}&{below}"

    def money(self, cents: int, currency: str | None = None) -> str:
        """An amount in words; nothing where no currency was found."""
        code = currency or self._currency
        if code is None:
            return ""
        amount = {"centAmount": cents, "currencyCode": code, "fractionDigits": FRACTION_DIGITS.get(code, 2)}
        return self._visit.words.money(amount)

    def _by_day(self, groups: Mapping[str | None, Group], days: Iterable[date], behind: Any) -> Figure:
        nothing = Group(0, 0)
        lines = []
        for day in days:
            group = groups.get(str(day), nothing)
            lines.append(self._line(self._visit.words.day(day), group, behind(day) if group.count else None))
        return self._figure("day", "Day", lines)

    def _stores(self, groups: Mapping[str | None, Group]) -> list[Line]:
        named = [(key, group) for key, group in groups.items() if key is not None]
        first, rest = named[:MOST_STORES], [group for _, group in named[MOST_STORES:]]
        lines = [self._line(key, group, self._list(store=key)) for key, group in first]
        if rest:
            together = Group(sum(group.count for group in rest), sum(group.cents for group in rest))
            lines.append(self._line(self._visit.words("Other stores"), together, None))
        return [*lines, *self._without(groups, "No store")]

    def _without(self, groups: Mapping[str | None, Group], name: str) -> list[Line]:
        return [self._line(self._visit.words(name), groups[None], None)] if None in groups else []

    def _line(self, name: str, group: Group, href: str | None, currency: str | None = None) -> Line:
        return Line(name, href, group.count, self.money(group.cents, currency), group.cents)

    def _figure(self, name: str, title: str, lines: Sequence[Line]) -> Figure:
        number = self._visit.words.number
        drawn = rows if name != "day" else columns
        bars = drawn([Bar(line.name, line.number, number(line.number), line.href) for line in lines])
        sums = drawn([Bar(line.name, line.cents, line.total, line.href) for line in lines])
        return Figure(name, title, tuple(lines), bars, sums)

    def _orders_of(self, day: date) -> str:
        return self._list(since=day, until=day)

    def _carts_of(self, day: date) -> str:
        asked = {"left": "1", "since": str(day), "until": str(day), "in": self._asked.filter.store, "currency": self._currency}
        return self._visit.at("carts", **asked, **self._visit.kept)

    def _list(self, states: Mapping[str, tuple[str, ...]] | None = None, **changed: Any) -> str:
        asked = self._asked.filter
        narrowed = replace(asked, states={**asked.states, **(states or {})}, currency=self._currency or "", **changed)
        return self._at("orders", narrowed)

    def _at(self, place: str, asked: filters.Filter) -> str:
        kept = urlencode({name: value for name, value in self._visit.kept.items() if value})
        return f"{self._visit.at(place)}?{'&'.join(filter(None, (asked.address, kept)))}"
