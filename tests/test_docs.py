"""What the documentation says about the code is held against the code."""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domain.changes import changed, made, refused
from orderwright import __api_level__, app
from orderwright.auth.scopes import FAMILIES
from orderwright.cli import COMMANDS
from orderwright.resources import RESOURCES
from orderwright.settings import Settings

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "orderwright"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
DIFFERENCES = (ROOT / "docs" / "differences.md").read_text()
# What any room may import, and what imports no room.
COMMON = {"errors", "settings"}


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def rows(text: str, first: str) -> dict[str, str]:
    """The first two columns of the table whose heading begins with `first`, without back ticks around the first."""
    table = text.partition(f"| {first} |")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]
    return {cell[0].strip("| `"): cell[1] for cell in cells}


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def code(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_readme_names_every_setting_and_its_default() -> None:
    documented = rows(README, "variable")
    assert set(documented) == {f"ORDERWRIGHT_{field.upper()}" for field in Settings.__struct_fields__}
    defaults = Settings.from_environment({})
    numbers = {name: cell.strip("`") for name, cell in documented.items() if cell.strip("`").isdigit()}
    assert len(numbers) == 12
    for name, shown in numbers.items():
        assert int(shown) == getattr(defaults, name.removeprefix("ORDERWRIGHT_").lower())
    assert documented["ORDERWRIGHT_LOG_LEVEL"] == f"`{defaults.log_level}`"


def test_the_readme_names_every_command_and_its_options() -> None:
    documented = rows(README, "command")
    commands = {f"orderwright {command.words}": command for command in COMMANDS}
    assert set(documented) == set(commands)
    for words, command in commands.items():
        named = set(re.findall(r"--[a-z-]+", documented[words]))
        assert named == {name for name, _ in command.options if name.startswith("--")}, words


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    text = page.read_text()
    words = {command.words for command in COMMANDS}
    shown = re.findall(r"(?:\.venv/bin/|`)orderwright ([a-z]+(?: create| order-numbers)?)", text)
    assert [found for found in shown if found not in words] == []
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made_with = re.findall(r"^make ([a-z]+)", "\n".join(code(text, "sh")), re.MULTILINE) + re.findall(r"`make ([a-z]+)", text)
    assert [found for found in made_with if found not in targets] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.is_relative_to(ROOT) or not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


# What CONTRIBUTING shows how to make.
EXAMPLE = "domain/goods/attribute_group.py"


def test_files_that_pages_and_docstrings_name_are_there() -> None:
    """A name may leave out the folders in front, as `domain/goods/price.py` does."""
    folders = [ROOT / folder for folder in ("src", "tests", "tools")]
    there = [path.as_posix() for folder in folders for ending in ("py", "sql") for path in folder.rglob(f"*.{ending}")]
    named = {
        (name_of(page), name)
        for page in (*PAGES, *SOURCE.rglob("*.py"))
        for name in re.findall(r"`([\w.-]+/[\w/.-]+\.(?:py|sql))`", page.read_text())
    }
    assert {
        (page, name) for page, name in named if name != EXAMPLE and not any(path.endswith(f"/{name}") for path in there)
    } == set()


def test_every_decision_is_listed_by_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", (folder / "README.md").read_text(), re.MULTILINE)
    pages = [page for page in sorted(folder.glob("*.md")) if page.name != "README.md"]
    assert listed == [(page.read_text().partition("\n")[0].removeprefix("# "), page.name) for page in pages]


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).with_suffix("").parts[0]


@functools.cache
def imported() -> dict[str, frozenset[str]]:
    """Which rooms each room imports, at the top or inside a function."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        found.setdefault(room_of(path), set()).update(rooms_in(ast.parse(path.read_text())))
    return {room: frozenset(others - {room}) for room, others in found.items()}


def rooms_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "orderwright":
            yield from (alias.name for alias in node.names if not alias.name.startswith("__"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("orderwright."):
            yield str(node.module).split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("orderwright."))


def test_the_picture_shows_the_imports() -> None:
    (picture,) = code(ARCHITECTURE, "mermaid")
    drawn = re.findall(r"^\s+(\w+) --> (\w+)$", picture, re.MULTILINE)
    assert len(drawn) == len(picture.splitlines()) - 1, "a line of the picture is no arrow"
    shown = {room for arrow in drawn for room in arrow}
    assert {"app", "http", "engine", "domain", "storage"} <= shown
    real = {(room, other) for room in shown for other in imported()[room] - COMMON}
    assert sorted(drawn) == sorted(real)
    for room in COMMON:
        assert imported()[room] == frozenset()


def test_the_table_of_rooms_is_complete() -> None:
    table = ARCHITECTURE.partition("| room |")[2].partition("\n\n")[0]
    first = " ".join(row.split(" | ")[0] for row in table.splitlines()[2:])
    named = {name.removesuffix(".py").rstrip("/") for name in re.findall(r"`([\w./]+)`", first)}
    assert named == set(imported()) - {"__init__"}


# Files that carry rules of money, prices, taxes, stock, states, numbers and shipping. Each says where the API tells them.
RULES = (
    "domain/amounts/currencies.py",
    "domain/amounts/money.py",
    "domain/amounts/price_function.py",
    "domain/amounts/tax.py",
    "domain/amounts/totals.py",
    "domain/goods/inventory/model.py",
    "domain/goods/price.py",
    "domain/goods/product_discount/best.py",
    "domain/goods/standalone_price/model.py",
    "domain/order/actions/details.py",
    "domain/order/actions/states.py",
    "domain/order/from_cart.py",
    "domain/order/item_states.py",
    "domain/order/numbering.py",
    "domain/order/returns.py",
    "domain/sale/lines/pricing.py",
    "domain/sale/lines/shares.py",
    "domain/sale/recalculate.py",
    "domain/sale/shipping/rates.py",
    "domain/sale/shipping/several.py",
    "domain/sale/shipping/zones.py",
    "domain/sale/stock.py",
    "domain/sale/taxes/external.py",
    "domain/sale/taxes/rates.py",
    "domain/shop/state/workflow.py",
)
# The pages of docs.commercetools.com that are named.
PAGES_OF_THE_API = {
    "API Extensions",
    "Subscriptions",
    "Cart Discounts",
    "Carts",
    "Common API data types",
    "Discount Codes",
    "Discount Groups",
    "Discount Predicate Field Identifiers",
    "Inventory",
    "Order Edits",
    "Orders",
    "Pricing and discounts overview",
    "Product Discounts",
    "Products",
    "Project",
    "Quote Requests",
    "Quotes",
    "Shipping Methods",
    "Shopping Lists",
    "Staged Quotes",
    "Standalone Prices",
    "States",
    "Tax Categories",
    "Zones",
}


def sources(path: Path) -> list[tuple[str, str]]:
    """Page and section of every source that a public docstring of the file names."""
    tree = ast.parse(path.read_text())
    told = [
        ast.get_docstring(node) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and not getattr(node, "name", "").startswith("_")
    ]
    lines = [line for text in told for line in text.splitlines() if line.startswith("commercetools: ")]
    parts = [part for line in lines for part in line.removeprefix("commercetools: ").removesuffix(".").split("; ")]
    return [(page, section) for page, _, section in (part.partition(", ") for part in parts)]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_names_its_section_of_the_specification(name: str) -> None:
    assert sources(SOURCE / name)


def test_the_sections_stand_on_pages_that_there_are() -> None:
    named = [source for path in SOURCE.rglob("*.py") for source in sources(path)]
    assert [(page, section) for page, section in named if page not in PAGES_OF_THE_API or not section] == []
    assert {page for page, _ in named} == PAGES_OF_THE_API


def test_the_api_level_is_a_day_that_the_page_tells() -> None:
    assert date.fromisoformat(__api_level__).isoformat() == __api_level__
    assert DIFFERENCES.count("The API level is **") == 1
    assert f"The API level is **{__api_level__}**" in DIFFERENCES


@functools.cache
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("differences", ROOT / "tools" / "differences.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_that_is_served_is_listed_as_not_served() -> None:
    """A failure here means that `make differences SPEC=...` has to be run, or the line to be removed by hand."""
    ours = tool().declared(app.openapi())
    counted = rows(DIFFERENCES, "resource")
    generated = DIFFERENCES.partition(tool().BEGIN)[2].partition(tool().END)[0]
    # What the published document does not have at all is listed with each of its operations.
    beyond = set(re.findall(r"`([A-Z]+ [^`]+)`", generated.partition("### Served beyond")[2].partition("\n###")[0]))
    newer = {name for name, found in ours.items() if {f"{method.upper()} {path}" for method, path in found.operations} <= beyond}
    assert set(counted) | newer == set(ours)
    assert not set(counted) & newer
    lacking = generated.partition("### Of these, not served")[2].partition("### Resources and doors")[0]
    for name, paragraph in re.findall(r"^\*\*([\w/-]+)\*\*\n(.*?)(?=^\*\*|\Z)", lacking, re.MULTILINE | re.DOTALL):
        words = re.findall(r"`([^`]+)`", paragraph)
        operations = {tuple(word.lower().split(" ", 1)) for word in words if " " in word}
        assert not operations & {(method, path.lower()) for method, path in ours[name].operations}
        assert not {word for word in words if " " not in word} & ours[name].actions
        have, want = map(int, counted[name].split(" of "))
        assert have + len(operations) == want
    assert tool().members(app.openapi()) in generated
    absent = re.findall(r"`([\w/-]+)` \(", generated.partition("### Resources and doors")[2].partition("\n###")[0])
    # All that the published document has: what is served moves from the one list to the other.
    assert len(absent) + len(counted) == 89 and not set(absent) & set(ours)


def published(actions: dict[str, str], *paths: str) -> dict[str, Any]:
    """A description whose carts accept `actions`, in the way of one that inherits the body from another schema."""
    items = {"$ref": "#/components/schemas/Action"}
    schemas = {
        "Update": {"properties": {"actions": {"type": "array", "items": items}}},
        "CartUpdate": {"allOf": [{"$ref": "#/components/schemas/Update"}]},
        "Action": {"discriminator": {"propertyName": "action", "mapping": actions}},
        **{target.rpartition("/")[2]: {} for target in actions.values()},
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/CartUpdate"}}}}
    operations = {path: {"get": {}, "post": {"requestBody": body}} for path in paths}
    return {"paths": {**operations, "/oauth/token": {"post": {}}}, "components": {"schemas": schemas}}


def test_differences_are_found() -> None:
    find = tool()
    ours = find.declared(published({"setKey": "a"}, "/{projectKey}/carts/{id}"))
    theirs = find.declared(
        published({"setKey": "a", "freezeCart": "b"}, "/{projectKey}/carts/{ID}", "/{projectKey}/me/carts/{id}")
    )
    assert list(theirs) == ["carts", "me/carts"]
    report = find.report(ours, theirs)
    assert "| carts | 2 of 2 | 1 of 2 |" in report
    assert "**carts**\n\n`freezeCart`.\n" in report
    assert "`me/carts` (2, 2)." in report
    assert "beyond" not in report
    assert "`GET /{}/carts/{}`, `POST /{}/carts/{}`." in find.report(ours, {"me/carts": theirs["me/carts"]})


def test_refused_members_are_found() -> None:
    refused_member = {"anyOf": [{"type": "array", "description": tool().NOT_SERVED}, {"type": "null"}]}
    schemas = {"CartDraft": {"properties": {"custom": refused_member, "key": {"type": "string"}}}, "Cart": {"properties": {}}}
    table = tool().members({"components": {"schemas": {"module.Cart.SetKey": {"properties": {"a": refused_member}}, **schemas}}})
    assert table.splitlines()[2:] == ["| CartDraft | `custom` |", "| SetKey | `a` |"]


def test_members_that_would_be_dropped_are_found() -> None:
    theirs = published({"setKey": "#/components/schemas/SetKey"}, "/{projectKey}/carts/{id}")
    ours = published({"setKey": "#/components/schemas/SetKey"}, "/{projectKey}/carts/{id}")
    theirs["components"]["schemas"]["SetKey"] = {"properties": {"action": {}, "key": {}, "force": {}}}
    ours["components"]["schemas"]["SetKey"] = {"properties": {"action": {}, "key": {}}}
    assert tool().ignored(ours, theirs) == ["carts.setKey.force"]
    assert tool().ignored(theirs, ours) == []


def test_differences_are_written_between_the_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, source = tmp_path / "page.md", tmp_path / "openapi.json"
    page.write_text(f"by hand\n{tool().BEGIN}\nold\n{tool().END}\nalso by hand\n")
    source.write_text(json.dumps(published({"setKey": "a"}, "/{projectKey}/carts")))
    monkeypatch.setattr(tool(), "PAGE", page)
    assert tool().main([str(source)]) == 0
    text = page.read_text()
    assert text.startswith(f"by hand\n{tool().BEGIN}\n| resource |") and text.endswith(f"\n{tool().END}\nalso by hand\n")
    assert "old" not in text and "| carts | 2 of 2 | 1 of 1 |" in text
    page.write_text("no markers")
    assert (tool().main([str(source)]), tool().main([])) == (1, 2)
    assert page.read_text() == "no markers"


def test_the_example_of_a_resource_works(monkeypatch: pytest.MonkeyPatch) -> None:
    resource, action = code((ROOT / "CONTRIBUTING.md").read_text(), "python")
    more = "from msgspec.structs import replace\nfrom orderwright.engine.model import Action\n"
    more += "from orderwright.errors import invalid_operation\n"
    module = ModuleType("attribute_group_example")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    # Compiled as two modules would be, each with its own annotations that are read later.
    for source in (resource, "from __future__ import annotations\n" + more + action):
        exec(compile(source, module.__name__, "exec"), module.__dict__)  # noqa: S102 - our own page
    example = module.RESOURCE
    group = made(example, {"name": "Care", "key": "care"})
    after = changed(example, group, {"action": "changeName", "name": "Wash"}, {"action": "addSuffix", "suffix": "+"})
    assert (after.name, after.key) == ("Wash+", "care")
    refused("InvalidOperation", example, after, {"action": "addSuffix", "suffix": "+"})
    assert example.all_claims(after) == {("key", "care"), ("name", "Wash+")}
    known = {resource.path for resource in RESOURCES} | set(FAMILIES)
    assert example.path not in known, "the example has become real: choose another"
