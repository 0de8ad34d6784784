"""Processes of `orderwright`, forked from one that has imported it: that takes most of a second, and a run starts a hundred.

They are processes like any other, which may be shot. What an interpreter of its own makes of the command line, tests/test_cli.py
asks.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

LENGTH = struct.Struct("!i")


class Process:
    """As much of `subprocess.Popen` as tests ask of a server."""

    def __init__(self, pid: int, stdout: IO[str], told: int) -> None:
        self.pid, self.stdout = pid, stdout
        self.returncode: int | None = None
        # Where its parent writes the exit status.
        self._told = told

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        return self._within(0)

    def wait(self, timeout: float | None = None) -> int:
        """The exit status. Raises `subprocess.TimeoutExpired` after so many seconds."""
        status = self._within(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("orderwright", timeout or 0)
        return status

    def _within(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], seconds)[0]:
            self.returncode = int(os.read(self._told, 16))
            os.close(self._told)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Shoot it."""
        self.send_signal(signal.SIGKILL)


class Parent:
    """The process that the others are forked from. It is begun with the first of them, and ends with this one."""

    def __init__(self) -> None:
        self._channel: socket.socket | None = None
        self._turn = threading.Lock()

    def start(self, words: Sequence[str], environment: Mapping[str, str], errors: IO[Any] | None = None) -> Process:
        """Run a subcommand. What it says on standard error goes where ours does, or into a file."""
        (read, write), (told, telling) = os.pipe(), os.pipe()
        job = json.dumps([list(words), dict(environment), str(Path.cwd())]).encode()
        with self._turn:
            channel = self._channel = self._channel or _begun()
            socket.send_fds(channel, [LENGTH.pack(len(job))], [write, errors.fileno() if errors else 2, telling])
            channel.sendall(job)
            (pid,) = LENGTH.unpack(_exactly(channel, LENGTH.size))
        os.close(write)
        os.close(telling)
        return Process(pid, os.fdopen(read, encoding="utf-8"), told)

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a subcommand to its end."""
        with tempfile.TemporaryFile("w+") as errors:
            process = self.start(words, environment, errors)
            with process.stdout:
                said = process.stdout.read()
            status = process.wait()
            errors.seek(0)
            return subprocess.CompletedProcess(list(words), status, said, errors.read())


def _begun() -> socket.socket:
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, __file__, str(theirs.fileno())]
        subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL).returncode = 0  # it is not waited for
    return ours


def _exactly(channel: socket.socket, size: int) -> bytes:
    """So many bytes. Raises EOFError where the other side is gone."""
    got = b""
    while len(got) < size:
        part = channel.recv(size - len(got))
        if not part:
            raise EOFError
        got += part
    return got


class Forking:
    """The parent's side: it forks when it is told to, and tells of those that have ended."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._telling: dict[int, int] = {}
        self._awake, wake = os.pipe()
        self._own = [self._awake, wake]
        os.set_blocking(wake, False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> list[str]:
        """In each of the processes that are forked, the words of its subcommand. The parent itself goes on until the other side
        is gone; those that still run then are asked to end. Raises EOFError."""
        while True:
            watched: list[Any] = [self._channel, self._awake]
            ready, _, _ = select.select(watched, [], [])
            if self._awake in ready:
                os.read(self._awake, 512)
                self._tell()
            if self._channel in ready:
                try:
                    words = self._forked()
                except EOFError:
                    for pid in self._telling:
                        os.kill(pid, signal.SIGTERM)
                    raise
                if words is not None:
                    return words

    def _tell(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                telling = self._telling.pop(ended[0])
                with contextlib.suppress(BrokenPipeError):
                    os.write(telling, str(os.waitstatus_to_exitcode(ended[1])).encode())
                os.close(telling)

    def _forked(self) -> list[str] | None:
        first, streams, _, _ = socket.recv_fds(self._channel, LENGTH.size, 3)
        if not first:
            raise EOFError
        (length,) = LENGTH.unpack(first + _exactly(self._channel, LENGTH.size - len(first)))
        words, environment, directory = json.loads(_exactly(self._channel, length))
        pid = os.fork()
        if pid == 0:
            self._leave(streams)
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(directory)
            return list(words)
        for stream in streams[:2]:
            os.close(stream)
        self._telling[pid] = streams[2]
        self._channel.sendall(LENGTH.pack(pid))
        return None

    def _leave(self, streams: list[int]) -> None:
        """Be a process of its own, with nothing of the parent's open."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, stream in enumerate(streams[:2], 1):
            os.dup2(stream, number)
        for held in (*streams, *self._own, *self._telling.values()):
            os.close(held)
        self._channel.close()


def _import_everything() -> None:
    import orderwright

    for module in pkgutil.walk_packages(orderwright.__path__, "orderwright."):
        importlib.import_module(module.name)


PARENT = Parent()

if __name__ == "__main__":
    _import_everything()
    gc.freeze()  # so that those who are forked share what is there
    try:
        subcommand = Forking(socket.socket(fileno=int(sys.argv[1]))).serve()
    except EOFError:
        sys.exit()
    from orderwright import cli

    sys.argv = ["orderwright", *subcommand]
    sys.exit(cli.main(subcommand))
