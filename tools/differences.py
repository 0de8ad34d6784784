"""Write into docs/differences.md what a published OpenAPI document of the API has and this version does not serve.

    python tools/differences.py PATH_TO_PUBLISHED_OPENAPI

The document is read as JSON. Only the part of the page between the two markers is replaced. Operations are compared by method
and by path, whatever the parameters in it are called; actions by name, per resource and door, since an update by id, by key and
by number accepts the same ones.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from orderwright.app import openapi

PAGE = Path(__file__).resolve().parent.parent / "docs" / "differences.md"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
METHODS = ("get", "head", "post", "delete")
DOORS = ("in-store", "as-associate", "in-business-unit", "me")
WIDTH = 116
Document = Mapping[str, Any]


class Served(NamedTuple):
    """What a document declares for one resource at one door."""

    operations: frozenset[tuple[str, str]]
    actions: frozenset[str]


def resource_of(path: str) -> str:
    """Door and resource: `/{projectKey}/in-store/key={storeKey}/carts/{id}` is `in-store/carts`."""
    words = [word for word in path.split("/")[2:] if "{" not in word]
    doors = [word for word in words if word in DOORS and word != "in-business-unit"]
    rest = [word for word in words if word not in DOORS]
    nested = rest[:2] if rest[:1] == ["orders"] and rest[1:2] in (["edits"], ["quotes"]) else rest[:1]
    return "/".join(doors + nested) or "project"


def plain(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def declared(document: Document) -> dict[str, Served]:
    """Operations and actions of every resource below a project."""
    operations: dict[str, set[tuple[str, str]]] = {}
    actions: dict[str, set[str]] = {}
    for path, item in document["paths"].items():
        if not path.startswith("/{projectKey}"):
            continue
        resource = resource_of(path)
        operations.setdefault(resource, set()).update((method, plain(path)) for method in METHODS if method in item)
        for media in item.get("post", {}).get("requestBody", {}).get("content", {}).values():
            actions.setdefault(resource, set()).update(action_names(media.get("schema", {}), document))
    return {name: Served(frozenset(found), frozenset(actions.get(name, ()))) for name, found in operations.items()}


def action_names(body: Document, document: Document) -> Iterator[str]:
    """The actions that the schema of an update's body lists; none for another body."""
    for schema in inherited(body, document):
        update = schema.get("properties", {}).get("actions", {})
        for items in inherited(update.get("items", {}), document):
            yield from items.get("discriminator", {}).get("mapping", {})


def inherited(schema: Document, document: Document) -> Iterator[Document]:
    """A schema and what it is made of, references followed."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    yield schema
    for part in schema.get("allOf", ()):
        yield from inherited(part, document)


def report(ours: Mapping[str, Served], published: Mapping[str, Served]) -> str:
    """The generated part of the page."""
    nothing = Served(frozenset(), frozenset())
    partly = sorted(name for name in published if name in ours)
    lines = ["| resource | operations | actions |", "|---|---|---|"]
    for name in partly:
        have, want = ours[name], published[name]
        lines.append(f"| {name} | {share(have.operations, want.operations)} | {share(have.actions, want.actions)} |")
    lines += ["", "### Of these, not served", ""]
    for name in partly:
        lines += lacking(name, ours[name], published[name])
    lines += ["### Resources and doors not served at all", "", "In brackets the number of operations and of actions.", ""]
    absent = {name: served for name, served in published.items() if name not in ours}
    lines += wrapped(f"`{name}` ({len(want.operations)}, {len(want.actions)})" for name, want in sorted(absent.items()))
    more = sorted(set().union(*(found.operations - published.get(name, nothing).operations for name, found in ours.items())))
    if more:
        lines += ["", "### Served beyond the published document", ""]
        lines += wrapped(f"`{method.upper()} {path}`" for method, path in more)
    return "\n".join(lines)


def share(have: frozenset[Any], want: frozenset[Any]) -> str:
    """How many of the published ones there are."""
    return f"{len(have & want)} of {len(want)}" if want else "-"


def lacking(name: str, have: Served, want: Served) -> list[str]:
    """A resource's paragraph; none where nothing lacks."""
    operations = sorted(want.operations - have.operations, key=lambda operation: (operation[1], operation[0]))
    actions = sorted(want.actions - have.actions)
    if not operations and not actions:
        return []
    lines = [f"**{name}**", ""]
    if operations:
        lines += [*wrapped(f"`{method.upper()} {path}`" for method, path in operations), ""]
    if actions:
        lines += [*wrapped(f"`{action}`" for action in actions), ""]
    return lines


def wrapped(words: Iterable[str]) -> list[str]:
    """The words with commas between them, in lines of a bearable length."""
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += f"{word}, "
    return [line.rstrip() for line in lines[:-1]] + [lines[-1].rstrip(", ") + "."]


def main(arguments: list[str]) -> int:
    """Rewrite the page. Exit status 2 without exactly one argument."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    published: Document = json.loads(Path(arguments[0]).read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.stderr.write(f"{PAGE} lacks the markers {BEGIN} and {END}.\n")
        return 1
    PAGE.write_text(f"{before}{BEGIN}\n{report(declared(openapi()), declared(published))}\n{END}{after}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
