"""What one kind of work does to another: the same requests alone, and while other clients keep the server busy, in turn."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orderwright.bench.client import Result
from orderwright.bench.measuring import Sample, Spread


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """`title` beside `other`. The ratios are taken round by round. `limit` is the most that `p99_ratio` may be, if there is one;
    `other_rate` is how many of the others were answered a second, and `refused` how many of them by 503."""

    title: str
    other: str
    alone_p50_ms: Spread
    alone_p99_ms: Spread
    p50_ms: Spread
    p99_ms: Spread
    p50_ratio: Spread
    p99_ratio: Spread
    other_rate: Spread
    refused: int
    limit: float | None = None


def compared(
    title: str,
    other: str,
    alone: Sequence[Sample],
    together: Sequence[Sample],
    others: Sequence[Result],
    limit: float | None = None,
) -> Beside:
    """Compare as many rounds of one as of the other."""
    pairs = list(zip(alone, together, strict=True))
    return Beside(
        title=title,
        other=other,
        alone_p50_ms=Spread.of([sample.p50_ms for sample in alone]),
        alone_p99_ms=Spread.of([sample.p99_ms for sample in alone]),
        p50_ms=Spread.of([sample.p50_ms for sample in together]),
        p99_ms=Spread.of([sample.p99_ms for sample in together]),
        p50_ratio=Spread.of([beside.p50_ms / before.p50_ms for before, beside in pairs]),
        p99_ratio=Spread.of([beside.p99_ms / before.p99_ms for before, beside in pairs]),
        other_rate=Spread.of([len(result.items_s) / result.elapsed_s for result in others]),
        refused=sum(result.statuses.count(503) for result in others),
        limit=limit,
    )


def table(found: Sequence[Beside]) -> list[str]:
    """The comparisons as lines of Markdown."""
    lines = ["| what | beside | p50 ms alone | beside | p99 ms alone | beside | p99 ratio | of the others a second |"]
    lines.append("|---|---|--:|--:|--:|--:|--:|--:|")
    for one in found:
        cells = [one.title, one.other]
        cells += [f"{spread.median:.2f}" for spread in (one.alone_p50_ms, one.p50_ms, one.alone_p99_ms, one.p99_ms)]
        ratio = f"{one.p99_ratio.median:.2f} ({one.p99_ratio.least:.2f} to {one.p99_ratio.most:.2f})"
        if one.limit is not None:
            ratio += f", at most {one.limit:g}: {'reached' if one.p99_ratio.median <= one.limit else '**not reached**'}"
        refused = f", {one.refused} refused" if one.refused else ""
        lines.append(f"| {' | '.join(cells)} | {ratio} | {one.other_rate.median:.1f}{refused} |")
    return lines
