"""The house rules that a machine can hold. The limits move only down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "orderwright"
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
FULLEST_FOLDER = 14
# From the ground up: a room imports only what stands below its own floor. What is not named here looks in from outside.
FLOORS = (
    ("errors", "settings", "telemetry"),
    ("outside",),
    ("engine",),
    ("predicates",),
    ("domain", "storage"),
    ("verbs",),
    ("delivery",),
    ("auth",),
    ("emporix",),
    ("http",),
    ("desk",),
    ("resources",),
    ("app",),
)
# The rooms of the domain in the same way, each on a floor of its own.
ROOMS = (
    "amounts",
    "laws",
    "custom",
    "shop",
    "customer",
    "business_unit",
    "goods",
    "payment",
    "shopping_list",
    "sale",
    "order",
    "order_edit",
    "cart",
    "quote",
    "signing",
    "extension",
    "subscription",
)
FILES = sorted(SOURCE.rglob("*.py"))
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b", re.DOTALL)
# What a pure function may not reach: clocks, chance, the system, other processes.
IMPURE = {"asyncio", "time", "random", "secrets", "os", "socket", "subprocess", "threading", "asyncpg", "logging", "pathlib"}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if not alias.name.startswith("__"))


def in_room(room: str) -> list[Path]:
    return [path for path in FILES if name_of(path).startswith(f"{room}/")]


# Where identifiers and the time come from, for everything that is pure.
SOURCES = {"engine/ids.py", "engine/clock.py"}
PURE = [path for path in (*in_room("domain"), *in_room("engine"), *in_room("emporix")) if name_of(path) not in SOURCES]


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_the_domain_the_engine_and_the_second_dialect_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    used = set(imports(tree))
    assert not {name for name in used if name.split(".")[0] in IMPURE}
    assert not {name for name in used if name in {"orderwright.engine.ids", "orderwright.engine.clock"}}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    clocks = {"now", "utcnow", "today", "uuid1", "uuid4"}
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert not called & (clocks - {"now"})
    assert "datetime.now(" not in path.read_text()


def floors(order: Sequence[str | Sequence[str]]) -> dict[str, int]:
    """The floor of each room."""
    return {room: floor for floor, rooms in enumerate(order) for room in ([rooms] if isinstance(rooms, str) else rooms)}


def upward(path: Path, above: str, floor: Mapping[str, int]) -> list[str]:
    """What a file imports of the rooms below `above` that does not stand lower than the room of the file itself."""
    own = name_of(path).removeprefix(above).split("/")[0].removesuffix(".py")
    prefix = f"orderwright.{above.replace('/', '.')}"
    words = [
        (name, name.removeprefix(prefix).split(".")[0])
        for name in imports(ast.parse(path.read_text()))
        if name.startswith(prefix)
    ]
    return [name for name, room in words if room != own and floor[own] <= floor.get(room, len(floor))]


@pytest.mark.parametrize(
    "path", [path for path in FILES if name_of(path).split("/")[0].removesuffix(".py") in floors(FLOORS)], ids=name_of
)
def test_an_import_only_goes_down(path: Path) -> None:
    assert upward(path, "", floors(FLOORS)) == []


@pytest.mark.parametrize("path", [path for path in in_room("domain") if name_of(path) != "domain/__init__.py"], ids=name_of)
def test_an_import_between_the_rooms_of_the_domain_only_goes_down(path: Path) -> None:
    assert name_of(path).split("/")[1] in ROOMS
    assert upward(path, "domain/", floors(ROOMS)) == []


def test_the_tests_of_the_domain_stand_in_its_rooms() -> None:
    beside = Path(__file__).parent / "domain"
    tests = [path.relative_to(beside) for path in beside.rglob("test_*.py")]
    assert [str(path) for path in tests if path.parent.name not in ROOMS and not (SOURCE / "domain" / path.parent).is_dir()] == []


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in FILES}), ids=lambda folder: folder.relative_to(SOURCE).as_posix()
)
def test_a_folder_is_seen_at_a_glance(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= FULLEST_FOLDER


@pytest.mark.parametrize("path", in_room("engine"), ids=name_of)
def test_the_engine_knows_no_resource(path: Path) -> None:
    used = set(imports(ast.parse(path.read_text())))
    assert not {name for name in used if re.match(r"orderwright\.(?!engine\b|errors\b)", name)}


@pytest.mark.parametrize("path", [path for path in FILES if not name_of(path).startswith("storage/")], ids=name_of)
def test_sql_stands_only_in_storage(path: Path) -> None:
    texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
    assert not [text for text in texts if isinstance(text, str) and SQL.search(text)]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= LONGEST_FILE
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]


def test_every_ignore_says_why() -> None:
    """A `noqa` or `type: ignore` names its rule and is followed by a reason."""
    bare = [
        f"{name_of(path)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"#\s*(noqa|type:\s*ignore)", line)
        and not re.search(r"#\s*(noqa: [A-Z0-9, ]+|type:\s*ignore\[[\w, -]+\])\s*(#|-).{8,}", line)
    ]
    assert bare == []
