"""The command line. Each subcommand is a row of COMMANDS and imports what it needs when it runs."""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from orderwright.settings import Settings, SettingsError

if TYPE_CHECKING:
    from orderwright.auth.clients import ClientCredentials
    from orderwright.storage.database import Database
    from orderwright.storage.server.embedded import EmbeddedPostgres

HOST, PORT = "127.0.0.1", 8080
T = TypeVar("T")


class Command(msgspec.Struct, frozen=True):
    """A subcommand: its words (`client create` has two), its help, its options, and the function that returns an exit status."""

    words: str
    summary: str
    run: Callable[[argparse.Namespace, Settings], int]
    options: tuple[tuple[str, dict[str, Any]], ...] = ()


@contextmanager
def postgres(settings: Settings, bound: socket.socket | None = None) -> Iterator[tuple[str, "EmbeddedPostgres | None"]]:
    """The database's URL, and the embedded server where one answers there. A server of our own is stopped at the end.

    While it recovers, `/health` is answered at `bound`.
    """
    if settings.database_url is not None:
        yield settings.database_url, None
        return
    from orderwright.commands.waiting_room import waited_at
    from orderwright.storage.server import embedded
    from orderwright.storage.server.steps import waited

    drive = waited if bound is None else waited_at(bound)
    with embedded.start(settings.data_dir, drive) as server:
        yield server.dsn, server


async def prepared(dsn: str, settings: Settings, workers: int = 1) -> None:
    """Refuse a database that cannot be used with one sentence, then bring its schema up to date."""
    from orderwright.storage import migrations, state

    found = await state.inspect(dsn)
    if (wanted := workers * (settings.pool_size + settings.query_pool_size)) > found.connections:
        raise SettingsError(
            f"The pools could open {wanted} connections and the database takes {found.connections}; lower ORDERWRIGHT_POOL_SIZE, "
            "ORDERWRIGHT_QUERY_POOL_SIZE or --workers."
        )
    await migrations.migrate(dsn)


async def using(dsn: str, settings: Settings, work: "Callable[[Database], Awaitable[T]]") -> T:
    """Do one piece of work on an open database."""
    from orderwright.storage.database import Database

    database = await Database.connect(dsn, settings)
    try:
        return await work(database)
    finally:
        await database.close()


def with_database(settings: Settings, work: "Callable[[Database], Awaitable[T]]") -> T:
    """As `using`, for a command that opens the database itself: it attaches to the one of a running server, or starts one while
    it works."""

    async def migrated(dsn: str) -> T:
        await prepared(dsn, settings)
        return await using(dsn, settings, work)

    with postgres(settings) as (dsn, _):
        return asyncio.run(migrated(dsn))


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright import demo
    from orderwright.auth.clients import create_client
    from orderwright.auth.tokens import link_for
    from orderwright.commands import first_steps, serving

    async def ready(dsn: str) -> None:
        await prepared(dsn, settings)
        await using(dsn, settings, lambda database: demo.seed(database, progress_bar("demo project")))

    with serving.claim(arguments.host, arguments.port) as bound, postgres(settings, bound) as (dsn, server):
        asyncio.run(ready(dsn))

        def new_client() -> "ClientCredentials":
            project, scope = first_steps.PROJECT, first_steps.SCOPE
            return asyncio.run(using(dsn, settings, lambda database: create_client(database, project, scope, "first steps")))

        def new_link(client_id: str) -> str:
            return asyncio.run(using(dsn, settings, lambda database: link_for(database, client_id, first_steps.LINK_S)))

        def announce() -> None:
            try:
                print(first_steps.text(serving.url_of(bound), settings.data_dir, new_client, new_link), flush=True)
            except OSError as error:  # the file for the client cannot be written, or the server went away meanwhile
                print(f"orderwright: The first steps cannot be shown: {error}.", file=sys.stderr)

        return serving.serve(settings, dsn, bound, workers=1, announce=announce, tend=server.tend if server else _nothing)


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.commands import serving

    with serving.claim(arguments.host, arguments.port) as bound, postgres(settings, bound) as (dsn, server):
        asyncio.run(prepared(dsn, settings, arguments.workers))

        def announce() -> None:
            print(f"Orderwright listens at {serving.url_of(bound)}", flush=True)

        tend = server.tend if server else _nothing
        return serving.serve(settings, dsn, bound, workers=arguments.workers, announce=announce, tend=tend)


def _nothing() -> bool:
    """A database of the operator's own needs no tending."""
    return False


def migrate(_arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.storage import state

    async def work(dsn: str) -> int | None:
        await prepared(dsn, settings)
        return (await state.inspect(dsn)).schema

    with postgres(settings) as (dsn, _):
        print(f"The schema is at version {asyncio.run(work(dsn))}.")
    return 0


def project_create(arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.commands.projects import create_project

    key, currencies, countries, languages = arguments.key, arguments.currency, arguments.country, arguments.language
    with_database(settings, lambda database: create_project(database, key, currencies, countries, languages))
    print(f"Project {key} exists now.")
    return 0


def project_order_numbers(arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.commands.projects import number_orders
    from orderwright.engine.access import shard_of
    from orderwright.storage.documents.documents import Documents
    from orderwright.storage.tables.order_numbers import templates

    key, template, store = arguments.key, arguments.template, arguments.store
    gap_free, first = arguments.gap_free, arguments.first
    if template is not None and arguments.off:
        raise SettingsError("Either --template says how orders are numbered, or --off that they are not.")
    if template is None and (gap_free or first is not None or (store is not None and not arguments.off)):
        raise SettingsError("--first, --gap-free and --store say something about a --template; without one nothing was changed.")

    async def work(database: "Database") -> list[tuple[str, str, bool]]:
        if template is not None or arguments.off:
            await number_orders(database, key, template, store=store, gap_free=gap_free, first=first or 1)
        elif await Documents(database).catalogue_version(shard_of(key)) is None:
            raise SettingsError(f"There is no project {key!r}.")
        return await templates(database, shard_of(key))

    for scope, text, without_gaps in with_database(settings, work):
        print(f"{scope or 'project'}: {text}{' (gap-free)' if without_gaps else ''}")
    return 0


def client_create(arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.auth.clients import create_client
    from orderwright.commands import first_steps

    project, scope, name, origins = arguments.project, arguments.scope, arguments.name, arguments.origin
    made = with_database(settings, lambda database: create_client(database, project, scope, name, origins))
    shown = first_steps.shown(made)
    if arguments.json:
        print(json.dumps(shown))
    else:
        print("\n".join(f"{name}: {value}" for name, value in shown.items()))
        print("The secret is stored hashed and cannot be shown again.")
    return 0


def seed(_arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright import demo

    with_database(settings, lambda database: demo.seed(database, progress_bar("demo project")))
    print("The demo project is loaded.")
    return 0


def check(_arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.resources import RESOURCES
    from orderwright.storage.documents.check import check as examine

    types = {resource.type_id: resource for resource in RESOURCES}
    found = with_database(settings, lambda database: examine(database, types))
    print("\n".join(found) or "Every row agrees with its document.")
    return 1 if found else 0


def deliveries(arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.commands.deliveries import deliveries as asked

    print("\n".join(with_database(settings, lambda database: asked(database, arguments))))
    return 0


def openapi(_arguments: argparse.Namespace, _settings: Settings) -> int:
    from orderwright.app import openapi as document

    print(json.dumps(document(), indent=2))
    return 0


def doctor(_arguments: argparse.Namespace, settings: Settings) -> int:
    from orderwright.commands.doctor import examine

    status = 0
    for finding in examine(settings):
        print(finding, flush=True)
        status = status if finding.good else 1
    return status


def bench(arguments: argparse.Namespace, _settings: Settings) -> int:
    from orderwright import bench as benchmark
    from orderwright.bench import large

    try:
        if arguments.orders:
            usual = arguments.output and arguments.output.with_name("queries.json")
            output, page = (path and large.placed(path, arguments.orders) for path in (usual, arguments.page))
            beside = None if output == usual else usual
            print(benchmark.run_large(arguments.orders, output, page, progress_bar, beside))
        else:
            print(benchmark.run(arguments.output, arguments.page, arguments.quick, progress_bar))
    except benchmark.BenchError as error:
        print(f"orderwright: {error}", file=sys.stderr)
        return 1
    return 0


def progress_bar(name: str) -> Callable[[int, int], None]:
    """A bar on standard error for a named piece of work that reports (done, total); silent where that is no terminal."""
    from tqdm import tqdm

    bar = tqdm(desc=name, disable=None, leave=False)

    def report(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return report


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}")
        return int(text)

    return number


_HOST = ("--host", {"default": HOST, "help": f"the address to listen on (default {HOST})"})
_PORT = ("--port", {"type": _number(0, 65_535), "default": PORT, "help": f"the port, 0 for a free one (default {PORT})"})


def _repeated(option: str, example: str) -> tuple[str, dict[str, Any]]:
    return option, {"action": "append", "required": True, "metavar": example, "help": "may be repeated"}


_WORKERS = ("--workers", {"type": _number(1, 64), "default": 1, "help": "processes (default 1)"})
_PROJECT = (
    ("key", {"metavar": "KEY"}),
    _repeated("--currency", "EUR"),
    _repeated("--country", "DE"),
    _repeated("--language", "en"),
)
_ORDER_NUMBERS = (
    ("key", {"metavar": "KEY"}),
    ("--template", {"metavar": '"{year}-{seq:06}"', "help": "for orders that come without a number; default show what is set"}),
    ("--off", {"action": "store_true", "help": "give no more numbers"}),
    ("--store", {"metavar": "KEY", "help": "only for the orders of this store"}),
    ("--first", {"type": _number(1, 10**15), "help": "go on from here, if not further already"}),
    ("--gap-free", {"action": "store_true", "help": "leave no gaps: orders are then stored one after another"}),
)
_CLIENT = (
    ("--project", {"required": True, "metavar": "KEY"}),
    ("--scope", {"required": True, "metavar": '"manage_project:KEY"', "help": "scopes, separated by spaces"}),
    ("--name", {"default": "command line", "help": "what the client is for"}),
    (
        "--origin",
        {
            "action": "append",
            "default": [],
            "metavar": "https://shop.example",
            "help": "from where browsers may send; default any",
        },
    ),
    ("--json", {"action": "store_true", "help": "print one line of JSON"}),
)
_DELIVERIES = (
    ("key", {"metavar": "KEY"}),
    ("--subscription", {"metavar": "ID", "help": "the id or the key of one subscription; default all"}),
    ("--state", {"choices": ("waiting", "sent", "dead"), "help": "show only these"}),
    ("--limit", {"type": _number(0, 500), "default": 20, "help": "show so many (default 20)"}),
    ("--gaps", {"action": "store_true", "help": "show what should have been sent and was not"}),
    ("--since", {"metavar": "TIME", "help": "with --gaps: from when on; alone: send again what happened since"}),
    ("--until", {"metavar": "TIME", "help": "until when"}),
    ("--replay", {"action": "append", "default": [], "metavar": "MESSAGE", "help": "send a Message again; may be repeated"}),
    ("--replay-dead", {"action": "store_true", "help": "send the dead letters again"}),
)
_BENCH = (
    ("--output", {"type": Path, "metavar": "FILE", "help": "write the results as JSON"}),
    ("--page", {"type": Path, "metavar": "FILE", "help": "write the results as a page of the documentation"}),
    ("--quick", {"action": "store_true", "help": "under a minute, with less certain numbers"}),
    ("--orders", {"type": _number(1_000, 10_000_000), "help": "measure queries in a project of so many orders instead"}),
)

COMMANDS = (
    Command("run", "load the demo project once and serve it", run, (_HOST, _PORT)),
    Command("serve", "serve the API", serve, (_HOST, _PORT, _WORKERS)),
    Command("migrate", "bring the database's schema up to date", migrate),
    Command("project create", "create a project", project_create, _PROJECT),
    Command("project order-numbers", "say how orders are numbered", project_order_numbers, _ORDER_NUMBERS),
    Command("client create", "create an API client", client_create, _CLIENT),
    Command("seed", "load the demo project", seed),
    Command("check", "compare every row with the document it stands for", check),
    Command("deliveries", "show what subscriptions are sent, and send it again", deliveries, _DELIVERIES),
    Command("openapi", "print the API's description; needs no database", openapi),
    Command("doctor", "tell the state of things", doctor),
    Command("bench", "measure this machine", bench, _BENCH),
)


def parser() -> argparse.ArgumentParser:
    """The parser for COMMANDS. A first word of several commands gets a level of its own."""
    top = argparse.ArgumentParser(
        prog="orderwright", description="An order server over the API that commercetools clients speak."
    )
    levels = {"": top.add_subparsers(required=True, metavar="COMMAND")}
    for command in COMMANDS:
        group, _, word = command.words.rpartition(" ")
        if group not in levels:
            levels[group] = levels[""].add_parser(group, help=f"{group}s").add_subparsers(required=True, metavar="COMMAND")
        sub = levels[group].add_parser(word, help=command.summary, description=command.summary)
        for name, option in command.options:
            sub.add_argument(name, **option)
        sub.set_defaults(command=command)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand. What the operator can mend is one sentence on standard error and exit status 1."""
    arguments = parser().parse_args(argv)
    from orderwright.commands import serving
    from orderwright.errors import ApiError
    from orderwright.storage.server.binaries import EmbeddedError
    from orderwright.storage.state import DatabaseStateError

    serving.end_on_signals()
    try:
        status: int = arguments.command.run(arguments, Settings.from_environment(os.environ))
        sys.stdout.flush()
    except (SettingsError, EmbeddedError, DatabaseStateError, serving.PortError, ApiError) as error:
        print(f"orderwright: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `orderwright openapi | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
