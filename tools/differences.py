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
REFUSED = "### Members of drafts and actions that are refused"
METHODS = ("get", "head", "post", "delete")
DOORS = ("in-store", "as-associate", "in-business-unit", "me")
WIDTH = 116
NOT_SERVED = "Not served by this version."
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
            actions.setdefault(resource, set()).update(name for name, _ in updates(media.get("schema", {}), document))
    return {name: Served(frozenset(found), frozenset(actions.get(name, ()))) for name, found in operations.items()}


def updates(body: Document, document: Document) -> Iterator[tuple[str, Document]]:
    """The actions that the schema of an update's body lists, each with a reference to its schema; none for another body."""
    for schema in inherited(body, document):
        update = schema.get("properties", {}).get("actions", {})
        for items in inherited(update.get("items", {}), document):
            for name, target in items.get("discriminator", {}).get("mapping", {}).items():
                yield name, {"$ref": target}


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
        twin = name.rpartition("/")[2]
        alike = twin != name and lacks(twin, ours, published) == lacks(name, ours, published)
        lines += lacking(name, ours[name], published[name], twin if alike else None)
    lines += ["### Resources and doors not served at all", "", "In brackets the number of operations and of actions.", ""]
    absent = {name: served for name, served in published.items() if name not in ours}
    lines += wrapped(f"`{name}` ({len(want.operations)}, {len(want.actions)})" for name, want in sorted(absent.items()))
    more = sorted(set().union(*(found.operations - published.get(name, nothing).operations for name, found in ours.items())))
    if more:
        lines += ["", "### Served beyond the published document", ""]
        lines += wrapped(f"`{method.upper()} {path}`" for method, path in more)
    return "\n".join(lines)


def members(document: Document) -> str:
    """Which members of which drafts and actions are refused, from the description that the server gives of itself."""
    lines = ["| draft or action | members |", "|---|---|"]
    found: dict[str, list[str]] = {}
    for name, schema in document["components"]["schemas"].items():
        choices = {member: kind.get("anyOf", ()) for member, kind in schema.get("properties", {}).items()}
        refused = [member for member, kinds in choices.items() if any(kind.get("description") == NOT_SERVED for kind in kinds)]
        if refused:
            found[name.rpartition(".")[2]] = [f"`{member}`" for member in refused]
    return "\n".join([*lines, *(f"| {name} | {', '.join(refused)} |" for name, refused in sorted(found.items()))])


def ignored(ours: Document, published: Document) -> list[str]:
    """Members that the published drafts and actions have and ours neither serve nor refuse."""
    theirs = sent(published)
    found = {name: theirs[name] - known for name, known in sent(ours).items() if name in theirs}
    return [f"{name}.{member}" for name, lost in sorted(found.items()) for member in sorted(lost)]


def sent(document: Document) -> dict[str, set[str]]:
    """The members of every draft, by the name of its schema, and of every action, by resource and name."""
    schemas = document["components"]["schemas"]
    found = {name: properties(schema, document) for name, schema in schemas.items() if name.endswith("Draft")}
    for path, item in document["paths"].items():
        for media in item.get("post", {}).get("requestBody", {}).get("content", {}).values():
            for name, schema in updates(media.get("schema", {}), document):
                found[f"{resource_of(path)}.{name}"] = properties(schema, document)
    return found


def properties(schema: Document, document: Document) -> set[str]:
    """The members of a schema, with those that it inherits."""
    return {name for part in inherited(schema, document) for name in part.get("properties", {})}


def share(have: frozenset[Any], want: frozenset[Any]) -> str:
    """How many of the published ones there are."""
    return f"{len(have & want)} of {len(want)}" if want else "-"


def lacks(name: str, ours: Mapping[str, Served], published: Mapping[str, Served]) -> frozenset[str] | None:
    """The actions that a resource lacks; None for a resource that is not there."""
    return published[name].actions - ours[name].actions if name in ours and name in published else None


def lacking(name: str, have: Served, want: Served, twin: str | None) -> list[str]:
    """A resource's paragraph; none where nothing lacks. `twin` lacks the same actions and has listed them."""
    operations = sorted(want.operations - have.operations, key=lambda operation: (operation[1], operation[0]))
    actions = sorted(want.actions - have.actions)
    if not operations and not actions:
        return []
    lines = [f"**{name}**", ""]
    if operations:
        lines += [*wrapped(f"`{method.upper()} {path}`" for method, path in operations), ""]
    if actions:
        lines += [f"The same actions as {twin}.", ""] if twin else [*wrapped(f"`{action}`" for action in actions), ""]
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
    ours = openapi()
    generated = f"{report(declared(ours), declared(published))}\n\n{REFUSED}\n\n{members(ours)}"
    if lost := ignored(ours, published):
        generated += "\n\n### Members that are ignored\n\n" + "\n".join(wrapped(f"`{name}`" for name in lost))
    PAGE.write_text(f"{before}{BEGIN}\n{generated}\n{END}{after}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
