"""How much is measured, and the rounds: every workload once a round, in turn, so that what drifts hits all of them alike."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import msgspec

from orderwright.bench.client import Client, Result
from orderwright.bench.measuring import Sample, Window
from orderwright.bench.pgbench import Pgbench, Recording
from orderwright.bench.script import Script
from orderwright.bench.shop import CUSTOMERS
from orderwright.bench.workloads import Workload, Workloads

PGBENCH = "pgbench"
WITHOUT_CHANGE = "pgbenchWithoutChange"
BESIDE_SIGN_INS = "getBesideSignIns"
Run = Callable[[int], Awaitable[Sample]]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`orders` are loaded first, and each window is meant to last `window_s`, or `slow_s` for what takes long.

    Messages are told for `told_s`. After the first round none begins later than `latest_s` after the start of the whole run, so
    that a slow machine ends in time.
    """

    orders: int
    rounds: int
    window_s: float
    slow_s: float
    warm_up: int
    clients: int = 8
    latest_s: float = 200.0
    told_s: float = 10.0


FULL = Plan(orders=20_000, rounds=5, window_s=2.5, slow_s=1.0, warm_up=400)
QUICK = Plan(orders=500, rounds=2, window_s=0.7, slow_s=0.4, warm_up=80, latest_s=40.0, told_s=2.0)


class Rounds:
    """Runs the workloads and pgbench."""

    def __init__(self, plan: Plan, client: Client, window: Window, workloads: Workloads, started: float) -> None:
        self._plan = plan
        self._started = started
        self._client = client
        self._window = window
        self._workloads = workloads
        self.runs: dict[str, Run] = {workload.name: self._over_http(workload) for workload in workloads.all}
        self._slow = {workload.name: workload.slow for workload in workloads.all}
        self.others: list[Result] = []

    def add_pgbench(self, pgbench: Pgbench, recording: Recording, prepare: Callable[[int], Awaitable[None]]) -> None:
        """Put pgbench right behind the creation of orders over HTTP, with which it is compared, with and without the row of the
        change."""

        def running(written: Script) -> Run:
            async def run(count: int) -> Sample:
                await prepare(count)
                return await pgbench.run(self._window, count, written)

            return run

        whole, without = running(recording.script), running(recording.without_change)
        create, *others = self.runs.items()
        self.runs = dict([create, (PGBENCH, whole), (WITHOUT_CHANGE, without), *others])

    def add_sign_ins(self, others: Client) -> None:
        """Read orders while other clients sign in, right behind reading them alone."""

        async def run(count: int) -> Sample:
            with others.sending(self._workloads.sign_in(CUSTOMERS)) as sent:
                sample = await self.runs["get"](count)
            self.others += sent
            return sample

        runs = {}
        for name, alone in self.runs.items():
            runs[name] = alone
            if name == "get":
                runs[BESIDE_SIGN_INS] = run
        self.runs = runs

    async def measure(self, report: Callable[[int, int], None]) -> dict[str, list[Sample]]:
        """The samples of every round, after a warm-up that also tells how many items fill a window."""
        counts: dict[str, int] = {}
        for name, run in self.runs.items():
            slow = self._slow.get(name, 1)
            least = max(1, self._plan.warm_up // slow)
            warm = await run(least)
            counts[name] = max(least, int(warm.rate * (self._plan.window_s if slow == 1 else self._plan.slow_s)))
        self.others.clear()
        samples: dict[str, list[Sample]] = {name: [] for name in self.runs}
        for number in range(self._plan.rounds):
            if number and time.monotonic() - self._started > self._plan.latest_s:
                break
            for name, run in self.runs.items():
                samples[name].append(await run(counts[name]))
            report(number + 1, self._plan.rounds)
        return samples

    def _over_http(self, workload: Workload) -> Run:
        async def run(count: int) -> Sample:
            items = workload.items(count)
            await self._window.open()
            result = self._client.send(items, self._window.begin)
            return await self._window.close(result.elapsed_s, result.items_s, result.cpu_s * 1000)

        return run
