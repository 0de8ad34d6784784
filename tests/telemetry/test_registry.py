"""Metrics as Prometheus reads them, held against the parser of its own client."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from orderwright.telemetry.registry import Counter, Gauge, Histogram, Registry


def samples(registry: Registry) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels, as the client of Prometheus reads them."""
    families = text_string_to_metric_families(registry.told().decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_a_histogram_counts_what_is_at_most_a_bound() -> None:
    registry = Registry()
    took = Histogram(registry, "took_seconds", "How long.", (0.1, 1.0), "route")
    for seconds in (0.05, 0.1, 0.5, 2.0):
        took.observe(seconds, "/a")
    assert samples(registry) == {
        ("took_seconds_bucket", "/a", "0.1"): 2,
        ("took_seconds_bucket", "/a", "1"): 3,
        ("took_seconds_bucket", "/a", "+Inf"): 4,
        ("took_seconds_count", "/a"): 4,
        ("took_seconds_sum", "/a"): pytest.approx(2.65),
    }


def test_labels_are_escaped_and_those_without_a_value_left_out() -> None:
    registry = Registry()
    seen = Counter(registry, "seen_total", "What.", "first", "second")
    seen.add('a"b\\c\nd', "x")
    seen.add("", "x", by=2)
    assert samples(registry) == {("seen_total", 'a"b\\c\nd', "x"): 1, ("seen_total", "x"): 2}


def process(directory: Path) -> tuple[Registry, Counter, Gauge, Gauge]:
    registry = Registry()
    counted = Counter(registry, "n_total", "N.")
    opened, lag = Gauge(registry, "open", "Open."), Gauge(registry, "lag", "Lag.", most=True)
    registry.share(directory)
    return registry, counted, opened, lag


def test_numbers_of_processes_add_up_and_outlive_them(tmp_path: Path) -> None:
    one, counted, opened, lag = process(tmp_path)
    other, counted_there, opened_there, lag_there = process(tmp_path)
    counted.add(by=2)
    opened.set(3)
    lag.set(9)
    counted_there.add()
    opened_there.set(4)
    lag_there.set(5)
    assert samples(one) == samples(other) == {("n_total",): 3, ("open",): 7, ("lag",): 9}
    one.cells.close()
    process(tmp_path)  # takes the place of the one that ended: what was open there is not any more, what was counted is
    assert samples(other) == {("n_total",): 3, ("open",): 4, ("lag",): 5}


def test_a_name_is_declared_once() -> None:
    registry = Registry()
    Counter(registry, "n_total", "N.")
    with pytest.raises(ValueError, match="n_total"):
        Counter(registry, "n_total", "Again.")
