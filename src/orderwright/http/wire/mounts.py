"""What stands below the first word of a path: each mount answers there, in a form of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, Self, TypeVar
from urllib.parse import unquote_to_bytes

from orderwright.errors import ApiError, MethodNotAllowedError, resource_not_found
from orderwright.http.wire.cors import USUAL, Sharing
from orderwright.http.wire.exchange import Answer, Handler, Request

ALIVE: Final = ("health", "livez")
READY: Final = ("ready", "readyz")
"""The words at which a server says that it runs, and that it may get requests: our own, and Kubernetes'."""
Key = TypeVar("Key")
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Mount:
    """What is served below some first words of a path.

    `answer` finds what answers a request and lets in who may ask. `refusal` is the form that errors have, also those that are
    found before `answer` is asked. `bodies` are the methods whose bodies are read, with the bounds that hold for all. `urgent`
    is what is answered even where too many requests wait.
    """

    words: tuple[str, ...] = ()
    answer: Handler
    refusal: Callable[[ApiError], Answer]
    bodies: frozenset[str] = frozenset({"POST"})
    sharing: Sharing = USUAL
    urgent: bool = False


class Mounts:
    """All there are. `rest` has the paths whose first word no other one has. Raises ValueError for a word that two have."""

    def __init__(self, rest: Mount, *others: Mount) -> None:
        self._rest = rest
        self._by_word: dict[str, Mount] = {}
        for mount in others:
            for word in mount.words:
                if self._by_word.setdefault(word, mount) is not mount:
                    raise ValueError(f"Two mounts stand below '{word}'.")

    @property
    def words(self) -> frozenset[str]:
        """The first words that are not of `rest`."""
        return frozenset(self._by_word)

    def of(self, path: bytes) -> Mount:
        """The mount of a path as it was sent, be it well-formed or not."""
        word = path.lstrip(b"/").partition(b"/")[0]
        return self.below(unquote_to_bytes(word).decode(errors="replace"))

    def below(self, word: str) -> Mount:
        """The mount of a first word."""
        return self._by_word.get(word, self._rest)


class Place(Generic[Key, Row]):
    """A place in a tree of paths, and the rows that end `here`.

    A step is a fixed word, `name=` for a word that has a value behind this, or `*` for any word that is none of these.
    """

    __slots__ = ("_any", "_named", "_words", "here")

    def __init__(self) -> None:
        self.here: dict[Key, Row] = {}
        self._words: dict[str, Self] = {}
        self._named: dict[str, Self] = {}
        self._any: Self | None = None

    def at(self, steps: Iterable[str]) -> Self:
        """The place at the end of these steps, made where there was none."""
        place = self
        for step in steps:
            if step == "*":
                place._any = place._any or type(self)()
                place = place._any
            else:
                places = place._named if step.endswith("=") else place._words
                place = places.setdefault(step, type(self)())
        return place

    def find(self, words: Sequence[str]) -> tuple[Self | None, tuple[str, ...]]:
        """Where a path leads, and the values in it in their order; None where it leads nowhere. A word that is a step itself is a
        value only where that step leads nowhere."""
        if not words:
            return self, ()
        word, rest = words[0], words[1:]
        fixed = self._words.get(word)
        if fixed is not None:
            place, values = fixed.find(rest)
            if place is not None:
                return place, values
        name, equals, value = word.partition("=")
        way = self._named.get(name + equals)
        if way is None:
            way, value = self._any, word
        place, values = way.find(rest) if way is not None else (None, ())
        return place, (value, *values)


class Served(NamedTuple):
    """What answers one method at one path, told the words that may be any.

    `at` is written as in an OpenAPI document: `oauth/{projectKey}/in-store/key={storeKey}/customers/token`.
    """

    at: str
    method: str
    handler: Callable[[Request, tuple[str, ...]], Awaitable[Answer]]

    @property
    def template(self) -> str:
        """The path as metrics and traces name it."""
        return f"/{self.at}"


class Table:
    """The rows of a mount. HEAD is answered as GET is where it has no row.

    Raises ValueError for two rows of one path and method.
    """

    def __init__(self, rows: Iterable[Served]) -> None:
        self._root: Place[str, Served] = Place()
        for row in rows:
            here = self._root.at(map(_step, row.at.split("/"))).here
            if here.setdefault(row.method, row) is not row:
                raise ValueError(f"{row.method} /{row.at} has two rows.")

    async def answer(self, request: Request) -> Answer:
        """The answer of the row for a request. Raises 404 and 405."""
        place, values = self._root.find(request.segments)
        if place is None or not place.here:
            raise no_such_path(request)
        row = place.here.get(request.method) or (place.here.get("GET") if request.method == "HEAD" else None)
        if row is None:
            allowed = {*place.here, "HEAD"} if "GET" in place.here else place.here
            raise MethodNotAllowedError(request.method, list(allowed))
        request.trail.route = row.template
        return await row.handler(request, values)


def no_such_path(request: Request) -> ApiError:
    """404 for a path that leads nowhere."""
    return resource_not_found(named=f"path '/{'/'.join(request.segments)[:200]}'")


def _step(word: str) -> str:
    return "*" if word.startswith("{") else word.partition("{")[0]
