"""Plain JSON of some members of a document only, for what asks much of many documents and little of each."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import NoneType
from typing import Any, TypeAlias

import msgspec

from orderwright.engine.json.codec import to_builtins

Tree: TypeAlias = "dict[str, Tree | None]"
"""The members that are wanted, each with those of its own; None where all of it is."""
_AS_IT_IS = frozenset((str, int, bool, NoneType))


def tree_of(paths: Iterable[tuple[str, ...]]) -> Tree:
    """The members that dotted paths, in their steps, lead to."""
    root: Tree = {}
    for path in sorted(paths, key=len):  # what is wanted as a whole comes before its parts
        at: Tree | None = root
        for step in path[:-1]:
            at = at.setdefault(step, {}) if at is not None else None
        if at is not None and path:
            at[path[-1]] = None
    return root


def pruned(value: Any, tree: Tree | None) -> Any:
    """What `to_builtins` makes of a value, of structs only the members of the tree. A struct without any of them is an empty
    object."""
    if type(value) in _AS_IT_IS:
        return value
    if tree is None:
        return to_builtins(value)
    if isinstance(value, tuple | list):
        return [pruned(each, tree) for each in value]
    if not isinstance(value, msgspec.Struct):
        return to_builtins(value)
    found = {}
    for name, below in tree.items():
        attribute, default = _members(type(value)).get(name, (None, None))
        if attribute is not None:
            member = getattr(value, attribute)
            if member is not default:  # as the encoder leaves it out
                found[name] = pruned(member, below)
        elif name == value.__struct_config__.tag_field:
            found[name] = value.__struct_config__.tag
    return found


@functools.cache
def _members(struct: type[msgspec.Struct]) -> dict[str, tuple[str, Any]]:
    """By their names in JSON the names of the fields, and the default that is not written."""
    omits = struct.__struct_config__.omit_defaults
    fields = msgspec.structs.fields(struct)
    return {field.encode_name: (field.name, field.default if omits else msgspec.NODEFAULT) for field in fields}
