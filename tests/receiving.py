"""A server of a project's own, in a thread of the test: what it was asked, and what it answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Question(NamedTuple):
    """One request as it came."""

    headers: Mapping[str, str]
    body: Any


Answering = Callable[[Any], tuple[int, Any]]
"""Status and body for a question's body; a body in bytes is sent as it is."""


class Receiver:
    """Answers by `answering`, after `delay_s` seconds. `url` is one that the tests' server may call; `forbidden` leads to the
    same place by an address that it may not."""

    def __init__(self, answering: Answering, delay_s: float = 0) -> None:
        self.answering = answering
        self.delay_s = delay_s
        self.asked: list[Question] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.asked.append(Question(dict(self.headers), body))
                time.sleep(receiver.delay_s)
                status, answer = receiver.answering(body)
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"/elsewhere?{len(receiver.asked)}")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                """A caller that has hung up is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        port = self._server.server_address[1]
        self.url, self.forbidden = f"http://localhost:{port}/", f"http://127.0.0.1:{port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def receiving(*answers: tuple[int, Any] | Answering, delay_s: float = 0) -> Iterator[Receiver]:
    """A receiver that answers one thing after the other, and the last one from then on."""
    left = list(answers)

    def answer(body: Any) -> tuple[int, Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return found(body) if callable(found) else found

    receiver = Receiver(answer, delay_s)
    try:
        yield receiver
    finally:
        receiver.close()
