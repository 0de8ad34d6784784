"""Pictures of bars, in units of their own, which the page stretches to the room that there is."""

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

    @property
    def told(self) -> str:
        """Both, for who points at it."""
        return f"{self.name}: {self.said}"


class Standing(NamedTuple):
    """Bars that stand beside each other, each in as much room as the next. `path` draws them, as SVG has it, in a picture so many
    units wide; `highest` is None where nothing is drawn."""

    bars: tuple[Bar, ...]
    path: str
    width: int
    highest: Bar | None


def standing(bars: Sequence[Bar]) -> Standing:
    """A picture of bars beside each other."""
    top = _top(bars)
    drawn = [(place * STEP + _GAP / 2, _length(bar.amount, top)) for place, bar in enumerate(bars)]
    across = STEP - _GAP
    path = "".join(f"M{left:g} {round(HEIGHT - high, 2):g}h{across:g}v{high:g}h-{across:g}z" for left, high in drawn if high)
    highest = max(bars, key=lambda bar: bar.amount, default=None) if top > 0 else None
    return Standing(tuple(bars), path, len(bars) * STEP, highest)


def lying(bars: Sequence[Bar]) -> tuple[float, ...]:
    """How long bars are that lie below each other."""
    top = _top(bars)
    return tuple(_length(bar.amount, top) for bar in bars)


def _top(bars: Iterable[Bar]) -> int:
    return max((bar.amount for bar in bars), default=0)


def _length(amount: int, top: int) -> float:
    """Whatever is more than nothing can be seen; less than nothing is drawn as nothing."""
    return max(_LEAST, round(HEIGHT * amount / top, 2)) if amount > 0 else 0.0
