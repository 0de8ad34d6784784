"""pgbench beside the server: the very SQL of creating an order, without the server."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from orderwright.bench.measuring import Sample, Window
from orderwright.bench.recording import Recorder
from orderwright.bench.script import DIGITS, Script, Statement, numbered, renamed, script, varying_ids, without
from orderwright.bench.shop import Shop
from orderwright.storage.database import MAIN_SESSION

FIRST = 10 ** (DIGITS - 1)
# The first pair only warms up: asyncpg looks up types that are new to a connection.
_NUMBERS = ("recorded-000000000000", "recorded-000000000001", "recorded-000000000002")
_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


class PgbenchError(Exception):
    """pgbench did not run what it was given; the text is what it said."""


class Recording(msgspec.Struct, frozen=True):
    """One cart and its order as the server made them: the write of the cart, every statement of the order, what varies in
    them, and how many bytes the order's body has."""

    cart: Statement
    order: list[Statement]
    fronts: dict[str, str]
    order_bytes: int

    @property
    def sql(self) -> str:
        """The statements of an order as the server sends them, in lines that fit on a page."""
        return "\n\n".join(textwrap.fill(f"{statement.text.rstrip(';')};", 120) for statement in self.order)

    @property
    def script(self) -> Script:
        """What pgbench runs."""
        return script(self.order, self.fronts)

    @property
    def without_change(self) -> Script:
        """The same but for the row of the change. Raises ValueError where no statement writes one."""
        return script([*self.order[:-1], without(self.order[-1], "change")], self.fronts)


async def record(recorder: Recorder, shop: Shop) -> Recording:
    """Have the application make two orders from equal carts, so that what differs between them is what has to vary."""

    async def made(order_number: str) -> tuple[list[Statement], list[Statement], int]:
        cart, for_cart = await recorder.answer(shop.cart(0))
        order, for_order = await recorder.answer(shop.order(msgspec.json.decode(cart)["id"], order_number))
        return for_cart, for_order, len(order)

    _, (cart, order, size), (other_cart, other_order, _) = [await made(order_number) for order_number in _NUMBERS]
    varying = varying_ids([*cart, *order], [*other_cart, *other_order])
    return Recording(cart[-1], order, numbered(varying | {_NUMBERS[1]}), size)


class Pgbench:
    """Runs the recorded statements, each run with the next numbers and with carts made for them before."""

    def __init__(self, program: Path, dsn: str, recording: Recording, clients: int, directory: Path) -> None:
        self._program = program
        self._dsn = dsn
        self._recording = recording
        self._clients = clients
        self._directory = directory
        self._next = FIRST

    @property
    def made(self) -> list[str]:
        """The order numbers that the runs so far have used."""
        return [renamed(_NUMBERS[1], self._recording.fronts, number) for number in range(FIRST, self._next)]

    async def prepare(self, connection: asyncpg.Connection[asyncpg.Record], count: int) -> None:
        """Store the carts for a run of `count`, by the statement with which the server stores a cart."""
        statement, fronts = self._recording.cart, self._recording.fronts
        rows = [_renamed(statement.arguments, fronts, number) for number in range(self._next, self._next + self.whole(count))]
        await connection.executemany(statement.text, rows)

    def whole(self, count: int) -> int:
        """The next count that all clients share evenly."""
        return -(-count // self._clients) * self._clients

    async def run(self, window: Window, count: int, written: Script) -> Sample:
        """Run `count` transactions of a script of the recording. Raises PgbenchError."""
        file, log = self._directory / "order.sql", self._directory / "pgbench"
        file.write_text(written.text)
        each = self.whole(count) // self._clients
        variables = {**written.variables, "base": str(self._next), "clients": str(self._clients), "k": "-1"}
        command = [
            str(self._program), "--no-vacuum", "--protocol=prepared", f"--client={self._clients}", "--jobs=1",
            f"--transactions={each}", f"--file={file}", "--log", f"--log-prefix={log}",
            *(f"--define={name}={value}" for name, value in variables.items()), self._dsn,
        ]  # fmt: skip
        await window.open()
        used = _children_ms()
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False, timeout=120)  # noqa: S603, ASYNC221 - the wheel's program; nothing else runs meanwhile
        used = _children_ms() - used
        told = _TPS.search(done.stdout)
        if done.returncode != 0 or told is None:
            raise PgbenchError(f"pgbench failed: {done.stderr[-800:] or done.stdout[-800:]}")
        self._next += each * self._clients
        items_s = [seconds for path in self._directory.glob("pgbench.*") for seconds in _latencies(path)]
        return await window.close(len(items_s) / float(told[1]), items_s, used)


def _environment() -> dict[str, str]:
    """Without what libpq would read from it, so that nothing but the address decides how pgbench connects; its sessions have
    the settings of the server's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in MAIN_SESSION.items())}


def _latencies(path: Path) -> list[float]:
    """Seconds of each transaction in one of pgbench's logs, which is removed: the third word of a line, in microseconds."""
    found = [int(line.split()[2]) / 1e6 for line in path.read_text().splitlines()]
    path.unlink()
    return found


def _renamed(arguments: Sequence[Any], fronts: dict[str, str], number: int) -> list[Any]:
    def one(value: Any) -> Any:
        if isinstance(value, str):
            return renamed(value, fronts, number)
        return [one(each) for each in value] if isinstance(value, list) else value

    return [one(argument) for argument in arguments]


def _children_ms() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000
