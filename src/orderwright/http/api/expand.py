"""Reference expansion: `obj` is put beside the references that the given paths lead to; what is gone is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orderwright.engine.access import Access
from orderwright.engine.codec import plain, to_builtins
from orderwright.engine.resource import ResourceType
from orderwright.errors import invalid_input
from orderwright.storage.documents.documents import Documents
from orderwright.verbs.prefetch import confined

MAX_PATHS = 50
MAX_STEPS = 10
_STEP = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,255})(\[\*\]|\[\d{1,4}\])?")


def paths_of(texts: list[str]) -> list[tuple[str, ...]]:
    """Read paths such as `lineItems[*].state[*].state`. Raises 400 for one that is no path."""
    if len(texts) > MAX_PATHS:
        raise invalid_input(f"Malformed parameter: expand: At most {MAX_PATHS} paths are expanded.")
    found = []
    for text in texts:
        steps = tuple(text.split("."))
        if len(steps) > MAX_STEPS or not all(_STEP.fullmatch(step) for step in steps):
            raise invalid_input(f"Malformed parameter: expand: '{text[:200]}' is not a valid path.")
        found.append(steps)
    return found


async def expand(
    documents: list[Any], paths: list[tuple[str, ...]], access: Access, store: Documents, types: Mapping[str, ResourceType]
) -> None:
    """Put `obj` into the references of plain JSON documents. Each round follows one reference deeper, reading all at once.

    Resources that belong to a store or an owner are expanded only if the door shows them.
    """
    known: dict[str, tuple[str, Any] | None] = {}
    for _ in range(MAX_STEPS):
        references = [found for path in paths for document in documents for found in _reached(document, path)]
        missing = {found["id"] for found in references if found["id"] not in known and found.get("typeId") in types}
        if not missing:
            return
        bodies = await store.visible_bodies(access.shard, missing, confined(types.values(), access))
        for id in missing:
            known[id] = _embedded(types, *bodies[id]) if id in bodies else None
        for found in references:
            type_id, obj = known.get(found["id"]) or ("", None)
            if obj is not None and found.get("typeId") == type_id and "obj" not in found:
                # A copy each: a resource may be expanded at several places and to different depths.
                found["obj"] = to_builtins(obj)


def _embedded(types: Mapping[str, ResourceType], type_id: str, body: str) -> tuple[str, Any]:
    """A document as it is shown inside others; some of it may be masked there."""
    return type_id, plain(types[type_id].embedded(body.encode()))


def _reached(value: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The unexpanded references at the end of a path, or where the path passes through one that is not yet expanded."""
    if isinstance(value, dict) and isinstance(value.get("id"), str) and "typeId" in value:
        if "obj" in value:
            yield from _reached(value["obj"], path[1:] if path and path[0] == "obj" else path)
        else:
            yield value
        return
    if not path:
        return
    match = _STEP.fullmatch(path[0])
    if match is None or not isinstance(value, dict) or match[1] not in value:
        return
    inner = value[match[1]]
    if isinstance(inner, list):
        chosen = inner if match[2] in (None, "[*]") else inner[int(match[2][1:-1]) :][:1]
        for item in chosen:
            yield from _reached(item, path[1:])
    else:
        yield from _reached(inner, path[1:])
