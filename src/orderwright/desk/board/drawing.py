"""Where the bars of a picture stand, in the picture's own units, which the page stretches to the room there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

HEIGHT: Final = 100
"""How high the highest column is, and how long the longest bar."""
STEP: Final = 10
_GAP: Final = 1.5
_LEAST: Final = 1.0


class Bar(NamedTuple):
    """What one bar is about: its name, how much it is and how that is said, and the list behind it, if there is one."""

    name: str
    amount: int
    said: str
    href: str | None


class Drawn(NamedTuple):
    """A bar with its place. Amounts below nothing are drawn as nothing."""

    bar: Bar
    x: float
    y: float
    width: float
    height: float


class Picture(NamedTuple):
    """Bars with their places, the room that they take, and the bar that is the highest; None where nothing is drawn."""

    bars: tuple[Drawn, ...]
    width: float
    height: float
    highest: Bar | None


def columns(bars: Sequence[Bar]) -> Picture:
    """Bars that stand beside each other."""
    top = _top(bars)
    drawn = []
    for place, bar in enumerate(bars):
        height = _length(bar.amount, top)
        drawn.append(Drawn(bar, place * STEP + _GAP / 2, round(HEIGHT - height, 2), STEP - _GAP, height))
    return Picture(tuple(drawn), len(bars) * STEP, HEIGHT, _highest(bars))


def rows(bars: Sequence[Bar]) -> Picture:
    """Bars that lie below each other, each in a picture of its own."""
    top = _top(bars)
    return Picture(tuple(Drawn(bar, 0, 0, _length(bar.amount, top), STEP) for bar in bars), HEIGHT, STEP, _highest(bars))


def _top(bars: Iterable[Bar]) -> int:
    return max((bar.amount for bar in bars), default=0)


def _length(amount: int, top: int) -> float:
    """Whatever is more than nothing can be seen."""
    return max(_LEAST, round(HEIGHT * amount / top, 2)) if amount > 0 else 0.0


def _highest(bars: Sequence[Bar]) -> Bar | None:
    found = max(bars, key=lambda bar: bar.amount, default=None)
    return found if found is not None and found.amount > 0 else None
