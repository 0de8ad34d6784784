"""What a board shows, as it is drawn: the numbers of the database with their names, and the list behind each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from markupsafe import escape
from msgspec.structs import replace

from orderwright.desk.board.asking import Asked
from orderwright.desk.board.drawing import Bar, Standing, lying, standing
from orderwright.desk.orders import filters
from orderwright.desk.visit import Visit
from orderwright.domain.amounts.currencies import FRACTION_DIGITS
from orderwright.storage.desk.board import Group, Sales

MOST_STORES: Final = 12
"""Stores that are drawn; the others are one bar."""
_STATES: Final = {choice.name: choice for choice in filters.CHOICES if choice.name in ("order", "shipment", "payment")}


class Line(NamedTuple):
    """A group of documents: its name, the list behind it, how many there are and their total, as numbers and in words."""

    name: str
    href: str | None
    number: int
    cents: int
    said: str
    total: str


class Figure(NamedTuple):
    """Groups by one thing, and how long the bar of each is."""

    title: str
    lines: tuple[Line, ...]
    lengths: tuple[float, ...]


class Days(NamedTuple):
    """Groups by days, and their pictures: by the number of documents, and by their totals."""

    title: str
    lines: tuple[Line, ...]
    numbers: Standing
    totals: Standing


class Shown(NamedTuple):
    """All figures about what a filter finds, in one currency. `others` are those that
    may be chosen, with their boards."""

    currency: str | None
    others: tuple[Line, ...]
    number: int
    total: str
    days: Days
    figures: Mapping[str, Figure]


class Drawing:
    """Puts the numbers of one visit into words."""

    def __init__(self, visit: Visit, asked: Asked, currency: str | None) -> None:
        self._visit = visit
        self._asked = asked
        self._currency = currency

    def orders(self, found: Sales) -> Shown:
        """The figures of the orders."""
        figures = {}
        for name, choice in _STATES.items():
            groups, behind = found.figures[name], self._list(states={name: ()})
            lines = [
                self._line(self._visit.words(state), groups[state], _and(behind, f"{name}={state}"))
                for state in choice.states
                if state in groups
            ]
            without = self._without(groups, "None", _and(behind, f"{name}={filters.NONE}"))
            figures[name] = self._figure(choice.title, [*lines, *without])
        figures["store"] = self._figure("Store", self._stores(found.figures["store"]))
        days = self._days(found.figures["day"], self._asked.days, self._list(since=None, until=None))
        return self._shown(found, days, figures)

    def carts(self, found: Sales) -> Shown:
        """The figures of the carts that were left."""
        asked = {"left": "1", "in": self._asked.filter.store, "currency": self._currency}
        asked |= {"storeless": "1" if self._asked.filter.storeless else ""}
        return self._shown(found, self._days(found.figures["day"], self._asked.left_days, self._visit.at("carts", **asked)), {})

    def _shown(self, found: Sales, days: Days, figures: Mapping[str, Figure]) -> Shown:
        whole = found.whole
        others = tuple(
            self._line(currency, group, self.board(currency), currency) for currency, group in found.currencies.items()
        )
        return Shown(found.currency, others, whole.count, self.money(whole.cents), days, figures)

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

    def _days(self, groups: Mapping[str | None, Group], days: Iterable[date], behind: str) -> Days:
        """`behind` is the address of the list of all days."""
        nothing = Group(0, 0)
        lines = []
        for day in days:
            group = groups.get(str(day), nothing)
            href = _and(behind, f"since={day}&until={day}") if group.count else None
            lines.append(self._line(self._visit.words.day(day), group, href))
        numbers = standing([Bar(line.name, line.number, line.said, line.href) for line in lines])
        totals = standing([Bar(line.name, line.cents, line.total, line.href) for line in lines])
        return Days("Day", tuple(lines), numbers, totals)

    def _stores(self, groups: Mapping[str | None, Group]) -> list[Line]:
        named = [(key, group) for key, group in groups.items() if key is not None]
        first, rest = named[:MOST_STORES], [group for _, group in named[MOST_STORES:]]
        lines = [self._line(key, group, self._list(store=key)) for key, group in first]
        if rest:
            together = Group(sum(group.count for group in rest), sum(group.cents for group in rest))
            lines.append(self._line(self._visit.words("Other stores"), together, None))
        # At the door of a store nothing is without one.
        return [*lines, *self._without(groups, "No store", self._list(storeless=True))]

    def _without(self, groups: Mapping[str | None, Group], name: str, behind: str) -> list[Line]:
        return [self._line(self._visit.words(name), groups[None], behind)] if None in groups else []

    def _line(self, name: str, group: Group, href: str | None, currency: str | None = None) -> Line:
        total = self.money(group.cents, currency)
        # An address stands several times on the page: it is escaped once.
        return Line(name, href and escape(href), group.count, group.cents, self._visit.words.number(group.count), total)

    def _figure(self, title: str, lines: Sequence[Line]) -> Figure:
        return Figure(title, tuple(lines), lying([Bar(line.name, line.number, line.said, line.href) for line in lines]))

    def _list(self, states: Mapping[str, tuple[str, ...]] | None = None, **changed: Any) -> str:
        asked = self._asked.filter
        narrowed = replace(asked, states={**asked.states, **(states or {})}, currency=self._currency or "", **changed)
        return self._at("orders", narrowed)

    def _at(self, place: str, asked: filters.Filter) -> str:
        return f"{self._visit.path(place)}{self._visit.within(asked.address)}"


def _and(address: str, asked: str) -> str:
    """An address that asks for something more."""
    return f"{address}{'&' if '?' in address else '?'}{asked}"
