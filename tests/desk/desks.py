"""Somebody at the desk: signs in, asks for pages and sends their forms, as a browser does."""

from __future__ import annotations

import html.parser
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from live import Client, Server


class Page(html.parser.HTMLParser):
    """What stands on a page: its text, its links, and the fields of its forms with their values."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.source = answer.text
        self.links: dict[str, str] = {}
        self.fields: list[tuple[str, str]] = []
        self.alerts = ""
        self.words: list[str] = []
        self._alerting = False
        self._link: str | None = None
        self._scripts = 0
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what it is."""
        told = dict(attrs)
        if told.get("role") == "alert":
            self._alerting = True
        if tag == "a":
            self._link = told.get("href")
        if tag == "input" and told.get("name"):
            self.fields.append((str(told["name"]), told.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        """Nothing runs over the end of a paragraph or a link."""
        if tag == "a":
            self._link = None
        if tag in ("p", "div"):
            self._alerting = False

    def handle_data(self, data: str) -> None:
        """Note the text."""
        if self._alerting:
            self.alerts += data
        if self._link is not None and data.strip():
            self.links[data.strip()] = self._link
        if data.strip():
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        """All text, a line a piece."""
        return "\n".join(self.words)

    def values(self, name: str) -> list[str]:
        """The values of all fields of a name."""
        return [value for field, value in self.fields if field == name]


class Desk:
    """A browser without scripts. `language` is what it accepts."""

    def __init__(self, server: Server, project: str, language: str = "en-GB,en;q=0.9") -> None:
        self.server = server
        self.project = project
        transport = server.client(project)._connections
        headers = {"Accept-Language": language}
        self.http = httpx.Client(base_url=server.url, headers=headers, transport=transport, trust_env=False)

    def sign_in(self, scope: str) -> Desk:
        """Come in with a new API client of these scopes."""
        client = self.server.client(self.project, scope)
        answer = self.http.post("/desk", data={"client_id": client.client_id, "client_secret": client.client_secret, "page": ""})
        assert answer.status_code == 303, answer.text
        return self

    def get(self, *words: str, asked: Any = None) -> Page:
        """A page that is looked at."""
        return Page(self.http.get(self.at(*words), params=asked))

    def send(self, *words: str, fields: Mapping[str, str | Sequence[str]], proof: str | None = None, asked: Any = None) -> Page:
        """A form, with the proof of a page of this session unless another is given; the browser goes on to where it is sent."""
        if proof is None:
            proof = self.get("orders").values("proof")[0]
        answer = self.http.post(self.at(*words), data={"proof": proof, **fields}, params=asked)
        if answer.status_code == 303:
            answer = self.http.get(answer.headers["location"])
        return Page(answer)

    def at(self, *words: str) -> str:
        """The address of a page."""
        return "/".join(("/desk", self.project, *words))


def desk_of(server: Server, shop: Client, scope: str | None = None, language: str = "en-GB") -> Desk:
    """A desk at a shop, with the right to everything unless it says otherwise."""
    return Desk(server, shop.project, language).sign_in(scope or f"manage_project:{shop.project}")
