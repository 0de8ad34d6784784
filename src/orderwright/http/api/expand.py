"""Reference expansion: `obj` is put beside the references that the given paths lead to; what is gone is left out.

A document is opened only along the paths, and what is not on one stays the bytes it was. All paths are walked together, so that a
reference is visited once however many lead through it. What is embedded at many places is made once for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from orderwright.engine.access import Access
from orderwright.engine.json.paths import MAX_STEPS, Path
from orderwright.engine.resource import ResourceType
from orderwright.http.api.expand_paths import Paths, paths_of
from orderwright.http.api.faces import filters
from orderwright.storage.documents.documents import Documents
from orderwright.storage.refusals import AnswerTooLargeError
from orderwright.verbs.slices import in_slices

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_object = msgspec.json.Decoder(dict[str, Raw])
_READ = {ord("{"): _object.decode, ord("["): msgspec.json.Decoder(list[Raw]).decode}
MOST_BESIDE = 4 * 1024 * 1024
"""Bytes of a document with what is embedded in it, where it is sent to an extension."""
Embedded = tuple[str, bytes]
"""The type of a document, and its bytes as they are shown inside others."""


async def expand(
    documents: list[bytes],
    paths: Sequence[Path],
    access: Access,
    store: Documents,
    types: Mapping[str, ResourceType],
    most: int,
) -> list[bytes]:
    """Put `obj` into the references of the documents. Each round follows one reference deeper, reading all at once.

    `types` are those that the caller may see; of what belongs to a store or an owner, and of what is for some alone, only that is
    expanded which she may see of it. Raises AnswerTooLargeError where all
    documents together would then hold more than `most` bytes.
    """
    room = most - sum(map(len, documents))
    expansion = _Expansion(room)
    opened = await in_slices(expansion.open_all(documents, Paths(paths)))
    for _ in range(MAX_STEPS):
        missing = expansion.missing(types)
        if missing:
            try:
                bodies = await store.visible_bodies(access.shard, missing, filters(types.values(), access), room)
            except AnswerTooLargeError:
                raise AnswerTooLargeError(most) from None
            # A reference may say another type than that of what it names.
            shown = {id: _embedded(types, *found) for id, found in bodies.items() if found[0] in types}
            expansion.take(missing, shown)
        if not await in_slices(expansion.embed()):
            break
    if expansion.size() > room:
        raise AnswerTooLargeError(most)
    return await in_slices(_written(documents, opened))


def expander(store: Documents, types: Mapping[str, ResourceType]) -> Callable[[bytes, Sequence[str], Access], Awaitable[bytes]]:
    """What embeds in one document all that paths lead to. Where that is too much, the document stays as it is."""

    async def expanded(document: bytes, texts: Sequence[str], access: Access) -> bytes:
        paths = paths_of(list(texts))
        try:
            return (await expand([document], paths, access, store, types, MOST_BESIDE))[0]
        except AnswerTooLargeError:
            return document

    return expanded


def _embedded(types: Mapping[str, ResourceType], type_id: str, body: str) -> Embedded:
    """A document as it is shown inside others; some of it may be masked there."""
    return type_id, types[type_id].embedded(body.encode())


class _Opened:
    """A document that is read along the paths: its `members`, its own `size` in bytes, and what is embedded in it."""

    __slots__ = ("embeds", "members", "size")

    def __init__(self, members: Any, size: int) -> None:
        self.members = members
        self.size = size
        self.embeds: list[_Opened] = []


_NOTHING = _Opened({}, 0)


class _Reference:
    """A reference that stands `within` a document, and what is left of the paths behind it."""

    __slots__ = ("beyond", "id", "members", "type_id", "within")

    def __init__(self, members: dict[str, Any], named: tuple[str, str], beyond: Paths, within: _Opened) -> None:
        self.members = members
        self.type_id, self.id = named
        self.beyond = beyond
        self.within = within


class _Expansion:
    """One expansion: the references that were met, what was read for them, and what was made of that."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._met: list[_Reference] = []
        self._known: dict[str, Embedded | None] = {}
        self._made: dict[tuple[str, frozenset[Path]], _Opened] = {}
        self._roots: list[_Opened] = []

    def open_all(self, documents: Iterable[bytes], paths: Paths) -> Generator[None, None, list[_Opened]]:
        """The documents, read along the paths up to the first references."""
        for body in documents:
            self._roots.append((yield from self._opened(body, paths)))
        return self._roots

    def missing(self, types: Mapping[str, ResourceType]) -> set[str]:
        """The ids that were met and are not known yet."""
        return {each.id for each in self._met if each.id not in self._known and each.type_id in types}

    def take(self, ids: Iterable[str], found: Mapping[str, Embedded]) -> None:
        """Note what was read for some ids. What is not found is gone, or not shown here."""
        self._known.update({id: found.get(id) for id in ids})

    def embed(self) -> Generator[None, None, bool]:
        """Embed what is known, and read on in it. False where this has met no more references, or there is no more room."""
        met, self._met = self._met, []
        for each in met:
            known = self._known.get(each.id)
            if known is not None and known[0] == each.type_id:
                made = self._made.get((each.id, each.beyond.left))
                if made is None:
                    made = self._made[each.id, each.beyond.left] = yield from self._opened(known[1], each.beyond)
                    self._room -= made.size
                each.members["obj"] = made.members
                each.within.embeds.append(made)
                yield
        return bool(self._met) and self._room >= 0

    def size(self) -> int:
        """The bytes of all that is embedded, as often as it is."""
        sizes: dict[int, int] = {}

        def inside(opened: _Opened) -> int:
            if id(opened) not in sizes:
                sizes[id(opened)] = sum(each.size + inside(each) for each in opened.embeds)
            return sizes[id(opened)]

        return sum(map(inside, self._roots))

    def _opened(self, body: bytes, paths: Paths) -> Generator[None, None, _Opened]:
        if not paths.members:
            return _Opened(Raw(body), len(body))
        opened = _Opened(_object.decode(body), len(body))
        objects: list[tuple[dict[str, Any], Paths]] = [(opened.members, paths)]
        while objects:
            value, left = objects.pop()
            for name, member in left.members.items():
                inner = _read(value, name)
                if isinstance(inner, dict):
                    objects += self._met_or_left(inner, member.whole, opened)
                elif isinstance(inner, list):
                    for place, at in member.places(len(inner)):
                        item = _read(inner, place)
                        if isinstance(item, dict):
                            objects += self._met_or_left(item, at, opened)
                        yield
            yield
        return opened

    def _met_or_left(self, value: dict[str, Any], paths: Paths, within: _Opened) -> list[tuple[dict[str, Any], Paths]]:
        """What is still to be read of an object that paths lead to. A reference is noted, and read when it is known."""
        named = _referred_to(value)
        if named is None:
            return [(value, paths)]
        if "obj" not in value:
            self._met.append(_Reference(value, named, paths.beyond, within))
            return []
        inner = _read(value, "obj")
        return [(inner, paths.beyond)] if isinstance(inner, dict) else []


def _referred_to(value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Type and id of what an object refers to; None for one that is no reference."""
    if "typeId" not in value or "id" not in value:
        return None
    type_id, id = _text(value["typeId"]), _text(value["id"]).lower()
    return (type_id, id) if _UUID.fullmatch(id) else None


def _text(value: Any) -> str:
    """A text; an empty one for anything else, which may be a number that nothing here could read."""
    text: str = msgspec.json.decode(value) if isinstance(value, Raw) and memoryview(value)[0] == ord('"') else ""
    return text


def _read(container: Any, place: Any) -> Any:
    """The object or list at a place, which from now on stands there with its members; or what else stands there."""
    value = container.get(place) if type(container) is dict else container[place]
    if type(value) is Raw:
        read: Any = _READ.get(memoryview(value)[0])
        value = container[place] = value if read is None else read(value)
    return value


def _written(documents: list[bytes], opened: list[_Opened]) -> Generator[None, None, list[bytes]]:
    for place, each in enumerate(opened):
        if each.embeds:
            documents[place] = msgspec.json.encode(each.members)
        opened[place] = _NOTHING  # with it goes what it was read from
        yield
    return documents
