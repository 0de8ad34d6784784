"""The results: as JSON, and as the generated part of a page of the documentation."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from orderwright.bench import beside
from orderwright.bench.beside import Beside
from orderwright.bench.measuring import Sample, Spread
from orderwright.bench.outside import telling
from orderwright.bench.outside.telling import RATE, Outside
from orderwright.bench.processes import Memory

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_LEAST = 5_000


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One workload. All but `statements` and `count` are spreads over the rounds; CPU is in milliseconds an item."""

    title: str
    count: int
    rate: Spread
    p50_ms: Spread
    p99_ms: Spread
    server_ms: Spread
    database_ms: Spread
    client_ms: Spread
    wal_bytes: Spread
    statements: int


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A number that the design aims at. `limit` is the most, or the least where `at_least`."""

    what: str
    measured: float
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether the measured value is within the limit."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """How many orders the whole way a fresh database makes a second: around the 1,000th, and up to the last of so many."""

    orders: int
    first: float
    last: float

    @classmethod
    def of(cls, rates: Sequence[float], batch: int) -> Growth | None:
        """Of the rates of batches of orders from the first one on; None of fewer than 5,000 orders.

        The median of four batches of 500 is taken, at the beginning after the very first one, in which the server learns much.
        """
        if len(rates) * batch < _LEAST:
            return None
        first, last = (statistics.median(some) for some in (rates[1:5], rates[-4:]))
        return cls(orders=len(rates) * batch, first=first, last=last)

    @property
    def target(self) -> Target:
        """That the last are made as fast as the first."""
        what = f"rate of the {self.orders:,}th order in a fresh database, as a share of the 1,000th's"
        return Target(what=what, measured=self.last / self.first, limit=0.9, at_least=True)


class Results(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything one run found out."""

    taken_at: str
    machine: dict[str, str]
    settings: dict[str, str]
    measured: dict[str, Measured]
    ratio_to_pgbench: Spread
    change_share: float
    outside: Outside
    order_bytes: int
    idle: Memory
    loaded: Memory
    sql: str
    targets: list[Target] = []
    beside: list[Beside] = []
    growth: Growth | None = None


def summed_up(title: str, samples: Sequence[Sample], statements: int) -> Measured:
    """The spreads of a workload's samples."""

    def each(total: str) -> Spread:
        return Spread.of([getattr(sample, total) / sample.count for sample in samples])

    return Measured(
        title=title,
        count=sum(sample.count for sample in samples),
        rate=Spread.of([sample.rate for sample in samples]),
        p50_ms=Spread.of([sample.p50_ms for sample in samples]),
        p99_ms=Spread.of([sample.p99_ms for sample in samples]),
        server_ms=each("server_ms"),
        database_ms=each("database_ms"),
        client_ms=each("client_ms"),
        wal_bytes=each("wal_bytes"),
        statements=statements,
    )


def targets(results: Results) -> list[Target]:
    """What the design aims at, beside what was measured."""
    create, get, way, small, large = (results.measured[name] for name in ("create", "get", "way", "add5", "add200"))
    return [
        Target(what="creating orders over HTTP, as a share of pgbench's rate", measured=results.ratio_to_pgbench.median,
               limit=0.5, at_least=True),
        Target(what="GET: CPU of the server", measured=get.server_ms.median, limit=0.16, unit="ms"),
        *_beside_the_first(results.measured),
        Target(what="the whole way: CPU of server and database", unit="ms",
               measured=way.server_ms.median + way.database_ms.median, limit=8),
        Target(what="the whole way: SQL statements", measured=way.statements, limit=12),
        Target(what="WAL of an order, as a multiple of its body", limit=4,
               measured=create.wal_bytes.median / results.order_bytes),
        Target(what="idle server: resident memory", measured=results.idle.server_mb, limit=120, unit="MB"),
        Target(what="adding a line to a cart of 5 lines: SQL statements", measured=small.statements, limit=2),
        Target(what="adding a line to a cart of 200 lines: CPU of the server", unit="ms", measured=large.server_ms.median,
               limit=15),
        *_growing(small, large),
        *_discounting(results.measured),
        Target(what="the row of a change: CPU of the database, as a share of what it takes to create an order", limit=0.05,
               measured=results.change_share),
        Target(what=f"from the begin of a change to the arrival of its Message, p99, at {results.outside.arrivals.rate:,.0f} of"
               f" {RATE} a second", unit="ms", measured=results.outside.arrivals.p99_ms, limit=250),
        Target(what="what an extension adds that answers at once", unit="ms", limit=2,
               measured=results.outside.extended.added_ms),
        *([results.growth.target] if results.growth else []),
    ]  # fmt: skip


_SECOND = {"emporixGet": "get", "emporixFirst": "get", "emporixPage": "page"}


def _beside_the_first(measured: Mapping[str, Measured]) -> Iterator[Target]:
    """What the second dialect costs, as a multiple of what the first one does."""
    for name, first in _SECOND.items():
        least = measured[first].server_ms.median if name in measured else 0.0
        if least:  # CPU is counted in hundredths of a second: a tiny run has none
            times = measured[name].server_ms.median / least
            yield Target(
                what=f"{measured[name].title}: CPU of the server, as a multiple of the first's", measured=times, limit=1.5
            )


def _growing(small: Measured, large: Measured) -> Iterator[Target]:
    """That 40 times as many lines cost at most 40 times as much."""
    if small.server_ms.median:
        times = large.server_ms.median / small.server_ms.median
        yield Target(what="the same, as a multiple of that for 5 lines", measured=times, limit=40)


def _discounting(measured: Mapping[str, Measured]) -> Iterator[Target]:
    """What discounts add to a large cart's calculation: 20 ms for 50, and twice that for 100."""
    without = measured["recalculate0"].server_ms.median
    for count, limit in ((50, 20.0), (100, 40.0)):
        what = f"{count} discounts in a cart of 200 lines: CPU of the server, beside the same cart without any"
        yield Target(what=what, unit="ms", measured=measured[f"recalculate{count}"].server_ms.median - without, limit=limit)


def table(results: Results) -> str:
    """The generated part of the page, in Markdown."""
    lines = [
        f"Measured on {results.taken_at[:10]}: {'; '.join(f'{name} {value}' for name, value in results.machine.items())}.",
        f"Settings: {'; '.join(f'{name} {value}' for name, value in results.settings.items())}.",
        "",
        "| what | a second | p50 ms | p99 ms | server CPU ms | database CPU ms | SQL statements | WAL bytes |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in results.measured.values():
        cells = [_spread(one.rate, 0), _spread(one.p50_ms, 2), _spread(one.p99_ms, 2), _spread(one.server_ms, 3)]
        cells += [_spread(one.database_ms, 3), str(one.statements), f"{one.wal_bytes.median:,.0f}"]
        lines.append(f"| {one.title} | {' | '.join(cells)} |")
    share = results.ratio_to_pgbench
    lines += [
        "",
        f"An order's body has {results.order_bytes:,} bytes. Over HTTP orders are created at {share.median:.2f} "
        f"({share.least:.2f} to {share.most:.2f} in the rounds) of pgbench's rate. "
        f"The idle server takes {results.idle.server_mb:.0f} MB, with its database {results.idle.together_mb:.0f} MB; "
        f"at the end of the run {results.loaded.server_mb:.0f} MB and {results.loaded.together_mb:.0f} MB.",
        *_growth(results.growth),
        *telling.lines(results.outside),
        "",
        *beside.table(results.beside),
        "",
        "| design target | limit | measured | |",
        "|---|--:|--:|---|",
    ]
    for target in results.targets:
        limit = f"{'at least' if target.at_least else 'at most'} {target.limit:g} {target.unit}".strip()
        verdict = "reached" if target.reached else "**not reached**"
        lines.append(f"| {target.what} | {limit} | {f'{target.measured:.3g} {target.unit}'.strip()} | {verdict} |")
    lines += ["", "What creating an order sends to the database, recorded from the server; pgbench ran the same:", ""]
    lines += ["```sql", results.sql, "```"]
    return "\n".join(lines)


def _growth(growth: Growth | None) -> list[str]:
    if growth is None:
        return []
    told = f"the whole way was gone {growth.first:,.0f} times a second around the 1,000th order, and {growth.last:,.0f} times"
    return ["", f"While the orders were loaded into a fresh database, {told} around the {growth.orders:,}th."]


def write_json(results: msgspec.Struct, path: Path) -> None:
    """Write the results for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def write_page(text: str, path: Path, begins: str = BEGIN, ends: str = END, title: str = "Performance") -> None:
    """Put a text between two marks of a page; what people wrote around them stays. Raises ValueError without marks."""
    page = path.read_text() if path.exists() else f"# {title}\n\n{begins}\n{ends}\n"
    head, begin, rest = page.partition(begins)
    _, end, tail = rest.partition(ends)
    if not begin or not end:
        raise ValueError(f"{path} has no place for the table: it needs the lines {begins} and {ends}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{head}{begin}\n{text}\n{end}{tail}")


def _spread(spread: Spread, digits: int) -> str:
    return f"{spread.median:,.{digits}f} ({spread.least:,.{digits}f} to {spread.most:,.{digits}f})"


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample]) -> Spread:
    """Our rate as a share of theirs, round by round: what drifts between rounds cancels out."""
    return Spread.of([one.rate / other.rate for one, other in zip(ours, theirs, strict=True)])


def change_share(orders: Sequence[Sample], whole: Sequence[Sample], without: Sequence[Sample]) -> float:
    """What the row of a change takes of the database's CPU, as a share of the server's and the database's for an order. It is so
    little that of each the round that took least counts: what others do on the machine only adds."""
    together = min((sample.server_ms + sample.database_ms) / sample.count for sample in orders)
    least, left = (min(sample.database_ms / sample.count for sample in samples) for samples in (whole, without))
    return (least - left) / together if together else 0.0
