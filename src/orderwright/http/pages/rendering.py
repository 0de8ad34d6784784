"""Pages for people: templates that escape whatever is put into them, and the files that they ask for, all served from here."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

from orderwright import __api_level__, __version__
from orderwright.http.wire.exchange import Answer
from orderwright.verbs.slices import SLICE_S

ROOM: Final = Path(__file__).parent
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
_NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
POLICIES: Final = {
    "desk": (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
        " style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:"
    ),
    "plain": f"{_NOTHING}; style-src 'self'; img-src data:",
    "scripted": f"{_NOTHING}; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:",
}
"""What a browser may load for a page: files of this server, and of a page without scripts only how it looks."""
_rooms: dict[str, Path] = {}
_GUARDED: Final = (("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"))


def add(name: str, room: Path) -> None:
    """Have another room's `templates` found as `name/...`, and its `assets`."""
    _rooms[name] = room


@functools.cache
def _environment(lenient: bool) -> Any:
    import jinja2  # not when the server starts: who never looks at a page pays nothing for it

    rooms = {name: jinja2.FileSystemLoader(room / "templates") for name, room in _rooms.items()}
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(ROOM / "templates"), jinja2.PrefixLoader(rooms)]),
        autoescape=True,
        undefined=jinja2.ChainableUndefined if lenient else jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(template: str, policy: str = "plain", **shown: Any) -> Answer:
    """A page of a template of this room, or of one that was added, under a policy of POLICIES.

    In the rooms that were added documents of the API are shown, which may lack any member; here all is given. A page that takes
    longer than a slice to make, as that of an order of 500 lines, is a stream, between whose parts others have the loop.
    """
    made = _environment("/" in template).get_template(template).generate(version=__version__, api_level=__api_level__, **shown)
    first, whole = _part(made)
    told = (("content-type", "text/html; charset=utf-8"), ("content-security-policy", POLICIES[policy]), *_GUARDED)
    return Answer(200, first if whole else _parts(first, made), told)


def _part(made: Iterator[str]) -> tuple[bytes, bool]:
    """As much of a page as a slice has time for, and whether that is all there is left."""
    until, part = time.perf_counter() + SLICE_S, []
    for piece in made:
        part.append(piece)
        if time.perf_counter() >= until:
            return "".join(part).encode(), False
    return "".join(part).encode(), True


async def _parts(part: bytes, made: Iterator[str]) -> AsyncIterator[bytes]:
    whole = False
    while part or not whole:
        yield part
        if whole:
            return
        await asyncio.sleep(0)
        part, whole = _part(made)


async def kept(made: Answer) -> Answer:
    """A page that is answered more than once, so that it can be no stream."""
    if isinstance(made.body, bytes):
        return made
    return made._replace(body=b"".join([part async for part in made.body]))


@functools.cache
def assets(room: str = "") -> dict[str, Answer]:
    """The files that pages ask for, by their names. Of the license texts each says whose file it is for."""
    kept = (("cache-control", "public, max-age=3600"), *_GUARDED)
    return {
        path.name: Answer(200, path.read_bytes(), (("content-type", TYPES[path.suffix]), *kept))
        for path in sorted((_rooms.get(room, ROOM) / "assets").iterdir())
        if path.suffix in TYPES
    }
