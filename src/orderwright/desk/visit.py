"""One request to the desk: who makes it, in which language, what was sent, and how it is answered."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from orderwright.desk.calling import Calls
from orderwright.desk.session import Session, cookie_of
from orderwright.desk.words import LANGUAGES, Words, locale_of, words_of
from orderwright.errors import invalid_input
from orderwright.http.pages import rendering
from orderwright.http.special.house import House
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.limits import KB, Body

FORM: Final = Body(512 * KB, known=True)
"""The largest form of a page: an order of some hundred lines, each with a number beside it."""
_FIELDS: Final = 5_000
Fields = Mapping[str, tuple[str, ...]]
PLACES: Final[Mapping[str, str]] = {
    "orders": "Orders",
    "board": "Board",
    "carts": "Carts",
    "customers": "Customers",
    "products": "Products",
}
"""The parts of the desk in the order of the menu, and what each is called."""


def words_for(request: Request) -> Words:
    """The language of a visit: by its cookie, else by the browser."""
    chosen = cookie_of(request.headers, "orderwright_language")
    return words_of(locale_of(chosen, request.headers.get("accept-language", "")))


@dataclass(frozen=True)
class Visit:
    """What a page is made with. `form` is what a POST has brought; `headers` go with whatever is answered."""

    request: Request
    session: Session
    calls: Calls
    words: Words
    house: House
    form: Fields
    headers: tuple[tuple[str, str], ...] = ()

    @functools.cached_property
    def asked(self) -> Fields:
        """The query parameters."""
        return gathered(self.request.query)

    @functools.cached_property
    def proof(self) -> str:
        """What each form of this visit's pages carries."""
        return self.session.proof

    @property
    def today(self) -> date:
        """The day that it is, of UTC."""
        return self.house.verbs.clock().instant().date()

    @property
    def place(self) -> str:
        """The part of the desk that this page belongs to."""
        return self.request.segments[2]

    def offers(self, place: str) -> bool:
        """Whether the token opens a part of the desk."""
        return self.calls.allows("orders" if place == "board" else place, "query")

    @property
    def places(self) -> Mapping[str, str]:
        """The parts of the desk that the token opens, and what each is called."""
        return {place: title for place, title in PLACES.items() if self.offers(place)}

    @property
    def kept(self) -> dict[str, str]:
        """What addresses keep of a visit: the store that is looked at, where there are several."""
        store = self.session.store_key
        return {"store": store} if store is not None and len(self.session.stores) > 1 else {}

    @property
    def back(self) -> str:
        """Where the form that was sent leads who only looks; nothing where none was sent, or it has no page."""
        return same_page(self.request) if self.request.method == "POST" and self.place != "leave" else ""

    def parameter(self, name: str) -> str:
        """The one value of a query parameter; an empty text for none."""
        return self.asked.get(name, ("",))[0]

    def field(self, name: str) -> str:
        """The one value of a form's field, without the space around it; an empty text for none."""
        return self.form.get(name, ("",))[0].strip()

    def at(self, *words: str, **asked: str | None) -> str:
        """The address of a page of this project's desk, which keeps what is kept; what is None is left out."""
        return address(self.session.project_key, *words, **self.kept, **asked)

    def path(self, *words: str) -> str:
        """The same without what is kept: for many addresses, behind each of which `within` stands."""
        return address(self.session.project_key, *words)

    def within(self, asked: str = "") -> str:
        """What stands behind a path: query parameters that are written already, and what is kept."""
        both = "&".join(filter(None, (asked, urlencode(self.kept))))
        return f"?{both}" if both else ""

    def page(self, template: str, status: int = 200, **shown: Any) -> Answer:
        """A page of the desk."""
        made = rendering.page(f"desk/{template}", "desk", visit=self, t=self.words, languages=LANGUAGES, **shown)
        return self.answered(made._replace(status=status))

    def see(self, *words: str, **asked: str | None) -> Answer:
        """Have the browser ask for another page: after a write, so that to reload it writes nothing."""
        return self.answered(Answer(303, b"", (("location", self.at(*words, **asked)),)))

    def answered(self, answer: Answer) -> Answer:
        """An answer that nobody keeps, with what this visit has to say to the browser."""
        return answer._replace(headers=(*answer.headers, ("cache-control", "no-store"), *self.headers))


Page = Callable[..., Awaitable[Answer]]


class Row(NamedTuple):
    """What answers one method at one path of a project's desk, told the visit and the words that may be any."""

    at: str
    method: str
    page: Page


def address(project_key: str, *words: str, **asked: str | None) -> str:
    """The address of a page of a project's desk."""
    path = "/".join(quote(word, safe="") for word in ("desk", project_key, *words))
    given = {name: value for name, value in asked.items() if value}
    return f"/{path}?{urlencode(given)}" if given else f"/{path}"


def same_page(request: Request) -> str:
    """The address that was asked for."""
    path = "".join(f"/{quote(word, safe='=')}" for word in request.segments)
    return f"{path}?{urlencode(request.query)}" if request.query else path


async def form_of(request: Request, body: Body = FORM) -> Fields:
    """The fields of a form. Raises 400 for what is no form, or has too many fields."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise invalid_input("The body must be application/x-www-form-urlencoded.")
    sent = (await request.with_body(body)).body
    try:
        return gathered(parse_qsl(sent.decode(), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS))
    except ValueError:
        raise invalid_input("The body is not a well-formed form.") from None


def gathered(pairs: Iterable[tuple[str, str]]) -> Fields:
    """All values of each name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found


ROOM: Final = Path(__file__).parent
rendering.add("desk", ROOM)
