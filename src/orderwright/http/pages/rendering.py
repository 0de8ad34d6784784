"""Pages for people: templates that escape whatever is put into them, and the files that they ask for, all served from here."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Final

from orderwright import __api_level__, __version__
from orderwright.http.wire.exchange import Answer

ROOM: Final = Path(__file__).parent
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
_NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
POLICIES: Final = {
    "plain": f"{_NOTHING}; style-src 'self'; img-src data:",
    "scripted": f"{_NOTHING}; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:",
}
"""What a browser may load for a page: files of this server, and of a page without scripts only how it looks."""
_GUARDED: Final = (("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"))


@functools.cache
def _environment() -> Any:
    import jinja2  # not when the server starts: who never looks at a page pays nothing for it

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )


def page(template: str, policy: str = "plain", **shown: Any) -> Answer:
    """A page of a template of this room, under a policy of POLICIES."""
    text = _environment().get_template(template).render(version=__version__, api_level=__api_level__, **shown)
    told = (("content-type", "text/html; charset=utf-8"), ("content-security-policy", POLICIES[policy]), *_GUARDED)
    return Answer(200, text.encode(), told)


@functools.cache
def assets() -> dict[str, Answer]:
    """The files that pages ask for, by their names. Of the license texts each says whose file it is for."""
    kept = (("cache-control", "public, max-age=3600"), *_GUARDED)
    return {
        path.name: Answer(200, path.read_bytes(), (("content-type", TYPES[path.suffix]), *kept))
        for path in sorted((ROOM / "assets").iterdir())
        if path.suffix in TYPES
    }
