"""Counters, gauges and histograms, and how they are told to Prometheus.

Why it is not `prometheus-client` that does this, docs/decisions/39-metrics-are-counted-in-shared-memory.md tells.
"""

from __future__ import annotations

import weakref
from bisect import bisect_left
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from orderwright.telemetry.cells import Cells, all_of

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[str, ...]


class Family(NamedTuple):
    """What is counted under one name. Of several processes the numbers add up; of a gauge with `most` the largest one counts."""

    name: str
    kind: Kind
    told: str
    labels: Labels
    bounds: tuple[float, ...] = ()
    most: bool = False

    @property
    def size(self) -> int:
        """How many numbers a series has: of a histogram one for each bound, one beyond the last, and the sum."""
        return len(self.bounds) + 2 if self.kind == "histogram" else 1


class Registry:
    """All families of this process, and where their numbers stand."""

    def __init__(self) -> None:
        self.families: dict[str, Family] = {}
        self._directory: Path | None = None
        self._samples: list[weakref.WeakMethod[Callable[[], None]]] = []
        self.cells = Cells.private()

    def share(self, directory: Path) -> None:
        """Count from now on where siblings can read it. Before anything is counted."""
        assert not self.cells.words[0], "something was counted already"
        self.cells.close()
        self._directory = directory
        self.cells = Cells.shared(directory)
        for name, at, size in list(self.cells.known()):
            if self.families[_family_of(name)].kind == "gauge":  # of a process that is no more
                self.cells.words[at : at + size] = memoryview(bytes(8 * size)).cast("d")

    def add(self, family: Family) -> Family:
        """Declare a family. Raises ValueError for a second one of its name."""
        if self.families.setdefault(family.name, family) is not family:
            raise ValueError(f"The metric {family.name} is declared twice.")
        return family

    def at(self, family: Family, values: Labels) -> int:
        """Where the numbers of a series stand."""
        assert len(values) == len(family.labels)
        return self.cells.place(msgspec.json.encode((family.name, *values)).decode(), family.size)

    def sampled(self, sample: Callable[[], None]) -> None:
        """Have gauges set now and then by who knows what they measure, for as long as that is there. `sample` is its method."""
        self._samples = [known for known in self._samples if known() is not None]
        self._samples.append(weakref.WeakMethod(sample))

    def sample(self) -> None:
        """Have all gauges set."""
        for known in self._samples:
            if (sample := known()) is not None:
                sample()

    def told(self) -> bytes:
        """Everything, of all processes, in Prometheus' text format 0.0.4."""
        self.sample()
        sums: dict[str, dict[Labels, list[float]]] = {name: {} for name in self.families}
        for records in all_of(self.cells, self._directory):
            for record in records:
                name, *values = msgspec.json.decode(record.name, type=tuple[str, ...])
                series = sums[name]
                before = series.get(tuple(values))
                join = max if self.families[name].most else float.__add__
                added = record.numbers if before is None else list(map(join, before, record.numbers))
                series[tuple(values)] = added
        return "".join(_lines(self.families[name], series) for name, series in sorted(sums.items())).encode()


def _family_of(name: str) -> str:
    first: str = msgspec.json.decode(name, type=list[str])[0]
    return first


class Counter:
    """What only rises. Values of labels must be of a bounded number: templates, never what a client sent."""

    def __init__(self, registry: Registry, name: str, told: str, *labels: str) -> None:
        self._registry = registry
        self._family = registry.add(Family(name, "counter", told, labels))
        self._at: dict[Labels, int] = {}

    def add(self, *values: str, by: float = 1.0) -> None:
        """Count."""
        at = self._at.get(values)
        if at is None:
            at = self._at[values] = self._registry.at(self._family, values)
        self._registry.cells.words[at] += by


class Gauge:
    """What rises and falls. It is set by a sample of the registry."""

    def __init__(self, registry: Registry, name: str, told: str, *labels: str, most: bool = False) -> None:
        self._registry = registry
        self._family = registry.add(Family(name, "gauge", told, labels, most=most))

    def set(self, number: float, *values: str) -> None:
        """Tell how it stands."""
        self._registry.cells.words[self._registry.at(self._family, values)] = number


class Histogram:
    """How long something took, in seconds."""

    def __init__(self, registry: Registry, name: str, told: str, bounds: tuple[float, ...], *labels: str) -> None:
        self._registry = registry
        self._family = registry.add(Family(name, "histogram", told, labels, bounds))
        self._bounds = bounds
        self._sum = len(bounds) + 1
        self._at: dict[Labels, int] = {}

    def observe(self, seconds: float, *values: str) -> None:
        """Count one that took so long."""
        at = self._at.get(values)
        if at is None:
            at = self._at[values] = self._registry.at(self._family, values)
        words = self._registry.cells.words
        words[at + bisect_left(self._bounds, seconds)] += 1.0
        words[at + self._sum] += seconds


def _lines(family: Family, series: dict[Labels, list[float]]) -> str:
    head = f"# HELP {family.name} {family.told}\n# TYPE {family.name} {family.kind}\n"
    return head + "".join(_series(family, values, numbers) for values, numbers in sorted(series.items()))


def _series(family: Family, values: Labels, numbers: list[float]) -> str:
    labels = [*zip(family.labels, values, strict=True)]
    if family.kind != "histogram":
        return f"{family.name}{_labels(labels)} {_number(numbers[0])}\n"
    lines, count = "", 0.0
    for bound, number in zip((*map(_number, family.bounds), "+Inf"), numbers, strict=False):
        count += number
        lines += f"{family.name}_bucket{_labels([*labels, ('le', bound)])} {_number(count)}\n"
    total = f"{family.name}_sum{_labels(labels)} {_number(numbers[-1])}\n"
    return f"{lines}{total}{family.name}_count{_labels(labels)} {_number(count)}\n"


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    # A label without a value is the same as one that is left out.
    shown = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels if value)
    return f"{{{shown}}}" if shown else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
