"""`orderwright bench --orders 100000`: what queries cost in a project of so many orders, and what they cost everybody else."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec

from orderwright.bench import beside, bulk, client, processes, report, shop
from orderwright.bench.beside import Beside, compared
from orderwright.bench.client import Client, Result
from orderwright.bench.measuring import Sample, Window, percentiles
from orderwright.bench.questions import CLERKS, NOWHERE, PAGE_MS, QUESTIONS, Question, opened_by_clerks
from orderwright.bench.recording import Recorder
from orderwright.bench.script import Statement
from orderwright.bench.shop import PROJECT, Server, Shop
from orderwright.bench.workloads import Workload, Workloads
from orderwright.domain.order.model import Order
from orderwright.engine.access import shard_of
from orderwright.engine.json.codec import decoder, encode
from orderwright.settings import Settings
from orderwright.storage.database import Database
from orderwright.storage.queries import explaining
from orderwright.storage.server import embedded, postmaster
from orderwright.storage.server.embedded import EmbeddedPostgres

Report = Callable[[int, int], None]
BEGIN, END = "<!-- measured, large: begin -->", "<!-- measured, large: end -->"
ASKED, WARM = 100, 10
ROUNDS = 5
SLOW = 12  # what reads much is asked less often
LIMIT_S = 300.0
CREATED = 400  # orders of a window, at least
SCANNING = 2
BESIDE_LIMIT = 2.0
BESIDE_CLERKS_LIMIT = 1.5
USUAL = 100_000
TIMES = 2.0
"""What an index answers may take so many times as long, at the median, in a project ten times as large."""


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A question's answers. `refused` of them were 503. `plans` are the statements with what PostgreSQL tells of each.

    The rest is an average: what server and database computed, in milliseconds of CPU, and how many KB it did not have in its own
    buffers, of which the system had to fetch `disk_kb` from the disk.
    """

    title: str
    with_total: bool
    count: int
    p50_ms: float
    p99_ms: float
    server_ms: float
    database_ms: float
    read_kb: float
    disk_kb: float
    limit_ms: float | None
    cpu_limit_ms: float | None
    refused: int
    plans: list[str]


class Others(msgspec.Struct, frozen=True):
    """Who asks meanwhile: these pages in turn, without pause or so many a second. `limit` is the most that the 99th percentile of
    what is beside them may be, as a multiple of what it is alone."""

    title: str
    client: Client
    pages: Sequence[bytes]
    limit: float
    rate: float | None = None


class Large(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything this run found out. `load_s` is how long the orders took to store."""

    taken_at: str
    machine: dict[str, str]
    orders: int
    load_s: float
    answered: list[Answered]
    beside: list[Beside]


def run(
    orders: int,
    output: Path | None,
    page: Path | None,
    progress: Callable[[str], Report],
    machine: dict[str, str],
    usual: Path | None = None,
) -> str:
    """Fill a project, measure, and return the results as text, beside those that a run of the `usual` size has written.

    Raises ShopError, LoadError. Main thread only.
    """
    with ExitStack() as stack:
        directory = stack.enter_context(shop.directory())
        server = stack.enter_context(shop.serving(directory, 8))
        postgres = stack.enter_context(embedded.start(directory))
        clients = [stack.enter_context(client.started(server.host, server.port, many)) for many in (8, 1, SCANNING, CLERKS)]
        large = asyncio.run(_measure(orders, server, postgres, clients, progress, machine))
        found = shop.command(directory, 8, "check")
    before = _of_usual(usual)
    if output is not None:
        report.write_json(large, output)
    if page is not None:
        title = f"Queries in a project of {orders:,} orders"
        report.write_page(text(large, before), page, BEGIN, END, title)
    return f"{text(large, before)}\n\nAfter it all, `orderwright check` says: {found.strip()}"


def placed(path: Path, orders: int) -> Path:
    """Where the results of a run go: those of the usual size to the path itself, others to a file beside it."""
    return path if orders == USUAL else path.with_stem(f"{path.stem}-{orders}")


def _of_usual(usual: Path | None) -> Large | None:
    """What a run of the usual size has written before, if it was of this form."""
    try:
        return msgspec.json.decode(usual.read_bytes(), type=Large) if usual else None
    except (FileNotFoundError, msgspec.ValidationError):
        return None


async def _measure(
    orders: int,
    server: Server,
    postgres: EmbeddedPostgres,
    clients: Sequence[Client],
    progress: Callable[[str], Report],
    machine: dict[str, str],
) -> Large:
    load, one, two, ten = clients
    made = Shop(server, 8)
    made.stock()
    template = decoder(Order).decode(encode(made.order_to_vary()))
    database = await Database.connect(postgres.dsn, Settings.from_environment({"ORDERWRIGHT_DATABASE_URL": postgres.dsn}))
    begun = time.perf_counter()
    try:
        await bulk.fill(database, shard_of(PROJECT), template, orders, progress("loading orders"))
    finally:
        await database.close()
    load_s = time.perf_counter() - begun
    postmaster_id = postmaster.recorded_pid(server.data_dir / "postgres" / "postmaster.pid") or 0
    answered = await _answered(postgres.dsn, postmaster_id, made, one, progress("asking"))
    connection = await asyncpg.connect(postgres.dsn)
    try:
        window = Window(connection, server.pid, postmaster_id)
        workloads = {workload.name: workload for workload in Workloads(made, load).all}
        scan = Question(title="", asks=lambda _: NOWHERE).request(made, random.Random(0))  # noqa: S311 - nothing is drawn
        scans = Others(f"{SCANNING} clients whose query reads everything", two, [scan], BESIDE_LIMIT)
        pages = opened_by_clerks(made, random.Random("clerks"))  # noqa: S311 - the same pages in each run
        clerks = Others(f"{CLERKS} clerks, each opens a page a second", ten, pages, BESIDE_CLERKS_LIMIT, CLERKS)
        measured = [
            await _beside(workloads["create"], load, scans, window, progress("creating beside scans")),
            await _beside(workloads["way"], load, clerks, window, progress("checking out beside clerks")),
        ]
    finally:
        await connection.close()
    taken_at = datetime.now(UTC).isoformat(timespec="seconds")
    return Large(taken_at=taken_at, machine=machine, orders=orders, load_s=load_s, answered=answered, beside=measured)


async def _answered(dsn: str, postmaster_id: int, made: Shop, one: Client, report: Report) -> list[Answered]:
    found: list[Answered] = []
    async with Recorder(dsn) as recorder:
        for number, question in enumerate(QUESTIONS):
            for with_total in (True,) if question.search or question.emporix or question.desk else (True, False):
                answered = await _asked(question, with_total, dsn, postmaster_id, made, one, recorder)
                found.append(answered)
            report(number + 1, len(QUESTIONS))
    return found


async def _asked(
    question: Question, with_total: bool, dsn: str, postmaster_id: int, made: Shop, one: Client, recorder: Recorder
) -> Answered:
    chance = random.Random(question.title)  # noqa: S311 - the same questions in each run
    warm, asked = (WARM, ASKED) if question.limit_ms == PAGE_MS or question.desk else (SLOW // 2, SLOW)
    requests = [(question.request(made, chance, with_total),) for _ in range(warm + asked)]
    one.send(requests[:warm], _at_once, (200, 503), LIMIT_S)
    before, cpu_ms = processes.family_read(postmaster_id), processes.family_cpu_ms(postmaster_id)
    server_ms = processes.cpu_ms(made.pid)
    result = one.send(requests[warm:], _at_once, (200, 503), LIMIT_S)
    server_ms = processes.cpu_ms(made.pid) - server_ms
    read, cpu_ms = processes.family_read(postmaster_id), processes.family_cpu_ms(postmaster_id) - cpu_ms
    p50, p99 = percentiles(result.items_s)
    refused = result.statuses.count(503)
    statements: list[Statement] = []
    if not refused:
        await recorder.answer(requests[-1][0])
        statements = (await recorder.answer(requests[-1][0]))[1]
    plans = [
        plan for statement in statements for plan in [await explaining.plan(dsn, statement.text, statement.arguments)] if plan
    ]
    return Answered(
        title=question.title, with_total=with_total, count=len(result.items_s), p50_ms=p50, p99_ms=p99,
        server_ms=server_ms / asked, cpu_limit_ms=question.cpu_ms, database_ms=cpu_ms / asked,
        read_kb=(read.asked - before.asked) / 1000 / asked,
        disk_kb=(read.fetched - before.fetched) / 1000 / asked, limit_ms=question.limit_ms, refused=refused, plans=plans,
    )  # fmt: skip


async def _beside(workload: Workload, load: Client, others: Others, window: Window, report: Report) -> Beside:
    """A workload alone, and while others ask."""
    warm = await _window(workload, load, window, CREATED // 2)
    count = max(CREATED, int(warm.rate * 2.5))
    alone: list[Sample] = []
    together: list[Sample] = []
    theirs: list[Result] = []
    for number in range(ROUNDS):
        alone.append(await _window(workload, load, window, count))
        items = workload.items(count)
        with others.client.sending([(page,) for page in others.pages], (200, 503), others.rate) as sent:
            together.append(await _sent(items, load, window))
        theirs += sent
        report(number + 1, ROUNDS)
    return compared(workload.title, others.title, alone, together, theirs, others.limit)


async def _window(workload: Workload, load: Client, window: Window, count: int) -> Sample:
    return await _sent(workload.items(count), load, window)


async def _sent(items: Sequence[Sequence[bytes]], load: Client, window: Window) -> Sample:
    await window.open()
    result = load.send(items, window.begin)
    return await window.close(result.elapsed_s, result.items_s, result.cpu_s * 1000)


def _at_once() -> None:
    """No window is opened around single questions."""


def text(large: Large, usual: Large | None = None) -> str:
    """The generated part of the page, in Markdown; beside the numbers of a project of the usual size if they are given."""
    lines = [
        f"Measured on {large.taken_at[:10]}: {'; '.join(f'{name} {value}' for name, value in large.machine.items())}.",
        f"{large.orders:,} orders of one project, stored in {large.load_s:.0f} s. One client asks, one question after the other.",
        "",
    ]
    heads = [
        "question",
        "total",
        "p50 ms",
        "p99 ms",
        "at most",
        "",
        "server CPU ms",
        "database CPU ms",
        "KB read",
        "of them from disk",
    ]
    if usual is not None:
        heads += [f"p50 ms at {usual.orders:,}", "times"]
    lines += [f"| {' | '.join(heads)} |", f"|---|---|{'--:|' * 3}---|{'--:|' * (len(heads) - 6)}"]
    before = {(one.title, one.with_total): one for one in usual.answered} if usual is not None else {}
    for one in large.answered:
        limit, verdict = ("", f"{one.refused} of {one.count} refused") if one.limit_ms is None else _verdict(one, one.limit_ms)
        cells = [one.title, "yes" if one.with_total else "no", f"{one.p50_ms:.1f}", f"{one.p99_ms:.1f}", limit, verdict]
        cells += [_computed(one), f"{one.database_ms:.1f}", f"{one.read_kb:,.0f}", f"{one.disk_kb:,.0f}"]
        if usual is not None:
            cells += _compared(one, before.get((one.title, one.with_total)))
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *beside.table(large.beside), ""]
    for one in large.answered:
        if one.with_total and one.plans:
            lines += [f"<details><summary>{one.title}</summary>", "", "```text", *one.plans, "```", "", "</details>"]
    return "\n".join(lines)


def _compared(one: Answered, before: Answered | None) -> list[str]:
    """The median in the smaller project, and how many times that it is."""
    if before is None:
        return ["", ""]
    times = one.p50_ms / before.p50_ms
    verdict = f"{times:.1f}"
    if one.limit_ms is not None:
        verdict += f", at most {TIMES:g}: {'reached' if times <= TIMES else '**not reached**'}"
    return [f"{before.p50_ms:.1f}", verdict]


def _computed(one: Answered) -> str:
    """What the server computed, and whether it may."""
    if one.cpu_limit_ms is None:
        return f"{one.server_ms:.1f}"
    verdict = "reached" if one.server_ms <= one.cpu_limit_ms else "**not reached**"
    return f"{one.server_ms:.1f}, at most {one.cpu_limit_ms:g}: {verdict}"


def _verdict(one: Answered, limit_ms: float) -> tuple[str, str]:
    refused = f", {one.refused} of {one.count} refused" if one.refused else ""
    return f"{limit_ms:g}", f"{'reached' if one.p99_ms <= limit_ms else '**not reached**'}{refused}"
