"""A reader of the stream of Messages, beside the test."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from live import Client


class Listening:
    """The events of a stream so far: their ids, and the Messages in them. `port` is this end of its connection."""

    def __init__(self) -> None:
        self.marks: list[str] = []
        self.messages: list[dict[str, Any]] = []
        self.status = self.port = 0
        self.ended = False

    @property
    def ids(self) -> list[str]:
        return [message["id"] for message in self.messages]

    def until(self, count: int, patience_s: float = 45) -> None:
        """Wait for so many different Messages."""
        deadline = time.monotonic() + patience_s
        while len(set(self.ids)) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(set(self.ids)) == count

    def read(self, answer: httpx.Response) -> None:
        try:
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    self.marks.append(line[4:])
                if line.startswith("data: "):
                    self.messages.append(json.loads(line[6:]))
        except httpx.HTTPError:
            pass
        self.ended = True


@contextmanager
def listening(shop: Client, after: str | None = None) -> Iterator[Listening]:
    """A stream that is read beside the test."""
    headers = {"Authorization": f"Bearer {shop.token}", **({"Last-Event-ID": after} if after else {})}
    made = Listening()
    url = f"{shop.url}/{shop.project}/messages/stream"
    with httpx.stream("GET", url, headers=headers, timeout=httpx.Timeout(5, read=30)) as answer:
        made.status = answer.status_code
        made.port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
        assert answer.headers["content-type"] == "text/event-stream"
        reader = threading.Thread(target=made.read, args=(answer,), daemon=True)
        reader.start()
        yield made


def stored(shop: Client) -> list[str]:
    """The ids of all Messages of a project, in their order."""
    found: list[str] = []
    while len(found) % 500 == 0:
        page = shop.get("messages", params={"limit": 500, "offset": len(found), "sort": "createdAt asc"})
        if not page["results"]:
            break
        found += [message["id"] for message in page["results"]]
    return found
