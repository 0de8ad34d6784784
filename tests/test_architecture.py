"""The house rules that a machine can hold. The limits move only down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "orderwright"
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
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


def in_room(room: str) -> list[Path]:
    return [path for path in FILES if name_of(path).startswith(f"{room}/")]


@pytest.mark.parametrize("path", in_room("domain"), ids=name_of)
def test_the_domain_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text())
    used = set(imports(tree))
    assert not {name for name in used if name.split(".")[0] in IMPURE}
    assert not {name for name in used if re.match(r"orderwright\.(storage|http|auth|resources|app|cli)\b", name)}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    clocks = {"now", "utcnow", "today", "uuid1", "uuid4"}
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert not called & (clocks - {"now"})
    assert "datetime.now(" not in path.read_text()


@pytest.mark.parametrize("path", in_room("engine"), ids=name_of)
def test_the_engine_knows_no_resource(path: Path) -> None:
    used = set(imports(ast.parse(path.read_text())))
    assert not {name for name in used if re.match(r"orderwright\.(domain|resources|http|auth|app|cli)\b", name)}


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
