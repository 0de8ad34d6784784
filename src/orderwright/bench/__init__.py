"""`orderwright bench`: what this machine does with orders, measured beside pgbench on an embedded database of its own."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from msgspec.structs import replace

from orderwright.bench import client, large, processes, report, shop
from orderwright.bench.beside import Beside, compared
from orderwright.bench.client import Client, LoadError
from orderwright.bench.measuring import Sample, Window
from orderwright.bench.outside.receiver import Receiver, listening
from orderwright.bench.outside.telling import Outside, arriving, extending
from orderwright.bench.pgbench import Pgbench, PgbenchError, Recording, record
from orderwright.bench.plan import BESIDE_SIGN_INS, FULL, PGBENCH, QUICK, WITHOUT_CHANGE, Plan, Rounds
from orderwright.bench.recording import Recorder
from orderwright.bench.report import Results
from orderwright.bench.shop import Server, Shop, ShopError
from orderwright.bench.workloads import BATCH, Workloads
from orderwright.storage.server import embedded, postmaster
from orderwright.storage.server.embedded import EmbeddedPostgres

Report = Callable[[int, int], None]
_SHOWN = ("server_version", "synchronous_commit", "fsync", "full_page_writes", "wal_compression", "shared_buffers")


class BenchError(Exception):
    """The measurement could not be made; the text is one sentence."""


def run(output: Path | None, page: Path | None, quick: bool, progress: Callable[[str], Report]) -> str:
    """Measure, write the results where they are wanted, and return them as text. Under five minutes, `quick` under one.

    `progress` makes a bar for a named piece of work. Main thread only. Raises BenchError.
    """
    _check_system()
    plan = QUICK if quick else FULL
    try:
        with (
            shop.directory() as directory,
            shop.serving(directory, plan.clients) as server,
            embedded.start(directory) as postgres,
            client.started(server.host, server.port, plan.clients) as load,
            client.started(server.host, server.port, plan.clients) as others,
            client.started(server.host, server.port, 1) as alone,
            listening() as receiver,
        ):
            results = asyncio.run(_measure(plan, server, postgres, (load, others, alone), receiver, progress))
            found = shop.command(directory, plan.clients, "check")
    except (ShopError, LoadError, PgbenchError) as error:
        raise BenchError(str(error)) from error
    if output is not None:
        report.write_json(results, output)
    if page is not None:
        report.write_page(report.table(results), page)
    return f"{report.table(results)}\n\nAfter it all, `orderwright check` says: {found.strip()}"


def run_large(
    orders: int, output: Path | None, page: Path | None, progress: Callable[[str], Report], usual: Path | None = None
) -> str:
    """Measure queries of a project with so many orders; as `run`, but for its own part of the page. Some ten minutes for 100,000.

    Main thread only. Raises BenchError.
    """
    _check_system()
    try:
        return large.run(orders, output, page, progress, _machine(), usual)
    except (ShopError, LoadError) as error:
        raise BenchError(str(error)) from error


def _check_system() -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        raise BenchError("The benchmark reads what processes cost from /proc, which this system does not have; run it on Linux.")


async def _measure(
    plan: Plan,
    server: Server,
    postgres: EmbeddedPostgres,
    clients: tuple[Client, Client, Client],
    receiver: Receiver,
    progress: Callable[[str], Report],
) -> Results:
    load, others, alone = clients
    postmaster_id = postmaster.recorded_pid(server.data_dir / "postgres" / "postmaster.pid")
    if postmaster_id is None:
        raise BenchError("The embedded PostgreSQL is not running.")
    started = time.monotonic()
    made = Shop(server, plan.clients)
    await asyncio.sleep(1)
    idle = processes.memory(server.pid, postmaster_id)
    made.stock()
    connection = await asyncpg.connect(postgres.dsn)
    try:
        workloads = Workloads(made, load)
        rates = workloads.load(plan.orders, progress("loading orders"))
        recording, counted = await _recorded(postgres.dsn, made, workloads)
        pgbench = Pgbench(postgres.binaries / "pgbench", postgres.dsn, recording, plan.clients, server.data_dir)
        rounds = Rounds(plan, load, Window(connection, server.pid, postmaster_id), workloads, started)
        rounds.add_pgbench(pgbench, recording, lambda count: pgbench.prepare(connection, count))
        rounds.add_sign_ins(others)
        samples = await rounds.measure(progress("measuring"))
        outside = _outside(plan, made, workloads, (load, alone), receiver)
        settings = await _settings(connection)
    finally:
        await connection.close()
    _verify(made, pgbench)
    results = Results(
        taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=_machine(),
        settings={
            **settings,
            "connections": str(plan.clients),
            "orders loaded": f"{plan.orders:,}",
            "rounds": str(len(samples["create"])),
        },
        measured={name: report.summed_up(title, samples[name], counted[name]) for name, title in _titles(workloads).items()},
        beside=[_beside(plan, workloads, samples, rounds)],
        ratio_to_pgbench=report.ratio(samples["create"], samples[PGBENCH]),
        change_share=report.change_share(samples["create"], samples[PGBENCH], samples[WITHOUT_CHANGE]),
        outside=outside,
        order_bytes=recording.order_bytes,
        growth=report.Growth.of(rates, BATCH),
        idle=idle,
        loaded=processes.memory(server.pid, postmaster_id),
        sql=recording.sql,
    )
    return replace(results, targets=report.targets(results))


def _beside(plan: Plan, workloads: Workloads, samples: dict[str, list[Sample]], rounds: Rounds) -> Beside:
    who = f"{plan.clients} connections that sign in"
    return compared(_titles(workloads)["get"], who, samples["get"], samples[BESIDE_SIGN_INS], rounds.others)


async def _settings(connection: asyncpg.Connection[asyncpg.Record]) -> dict[str, str]:
    return {name: str(await connection.fetchval("SELECT current_setting($1)", name)) for name in _SHOWN}


def _titles(workloads: Workloads) -> dict[str, str]:
    """What the lines of the table are called, in their order."""
    create, *others = ((workload.name, workload.title) for workload in workloads.all)
    beside = {PGBENCH: "the same SQL by pgbench", WITHOUT_CHANGE: "the same without the row of the change"}
    return {**dict([create]), **beside, **dict(others)}


def _outside(plan: Plan, made: Shop, workloads: Workloads, clients: tuple[Client, Client], receiver: Receiver) -> Outside:
    """What has to do with servers outside, when all else was measured: then nobody is subscribed to anything."""
    load, alone = clients
    extended = extending(made, alone, workloads, receiver, plan.rounds, plan.window_s / 2)
    return Outside(extended=extended, arrivals=arriving(made, load, workloads, receiver, plan.told_s))


async def _recorded(dsn: str, made: Shop, workloads: Workloads) -> tuple[Recording, dict[str, int]]:
    """What pgbench is to run, and how many statements an item of each workload costs once token and catalogue are known."""
    async with Recorder(dsn) as recorder:
        await recorder.answer(made.cart(0))
        recording = await record(recorder, made)
        counted = {PGBENCH: len(recording.order), WITHOUT_CHANGE: len(recording.order)}
        for workload in workloads.all:
            counted[workload.name] = 0
            before = b""
            for request in workload.items(1)[0]:
                before, statements = await recorder.answer(request.replace(client.ID_BEFORE, client.id_in(before)))
                counted[workload.name] += len(statements)
    return recording, counted


def _verify(made: Shop, pgbench: Pgbench) -> None:
    """The server has to see what pgbench wrote, or the two did not do the same work. Raises ShopError."""
    numbers = pgbench.made
    page = made.get(shop.page_path([numbers[0], numbers[len(numbers) // 2], numbers[-1]]))
    if page["count"] != 3:
        raise ShopError(f"pgbench's orders are not there: {page['count']} of 3 were found.")


def _machine() -> dict[str, str]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {
        "processor": model,
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": platform.release(),
        "Python": platform.python_version(),
    }
