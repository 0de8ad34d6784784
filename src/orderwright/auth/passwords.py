"""Passwords as they are stored: Argon2id hashes, made and checked in threads of their own.

People choose passwords, so a copy of the table must be slow to try passwords on; that work is done beside the event loop, and
never by more threads than half the processor, so that carts are served while many sign in.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from orderwright.errors import OverCapacityError, invalid_input

MAX_PASSWORD = 1_024
"""Bytes of a password in UTF-8."""
MAX_WAITING = 200
"""Hashes that a process may owe at once; more is refused with 503. At some 30 ms each, the last one waits for seconds."""

# What OWASP's cheat sheet on password storage asks of Argon2id at least: 19 MiB, two passes, one lane.
_MEMORY_KIB, _PASSES, _LANES, _SALT, _HASH = 19_456, 2, 1, 16, 32
_hasher = PasswordHasher(
    time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES, hash_len=_HASH, salt_len=_SALT, type=Type.ID
)
T = TypeVar("T")


def _base64(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")


# The hash of no password. Comparing with it costs what comparing with a real one does.
_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${_base64(_SALT)}${_base64(_HASH)}"


async def hash_password(password: str) -> str:
    """The text to store for a password. Raises InvalidInput for one longer than MAX_PASSWORD."""
    plain = _plain(password)
    if len(plain) > MAX_PASSWORD:
        raise invalid_input(f"A password has at most {MAX_PASSWORD} bytes.")
    return await _beside(lambda: _hasher.hash(plain))


async def verify_password(hash: str | None, password: str) -> bool:
    """Whether a stored text is the hash of this password.

    None or an empty text, where there is no account or no password, matches nothing and takes as long: how long an answer
    takes must not tell whether there is an account.
    """
    plain = _plain(password)
    fits = len(plain) <= MAX_PASSWORD
    return await _beside(lambda: _matches(hash if hash and fits else _NOBODY, plain if fits else b""))


def _plain(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _matches(hash: str, plain: bytes) -> bool:
    try:
        return _hasher.verify(hash, plain)
    except VerifyMismatchError:
        return False


class _Threads:
    """The threads of this process, and what they owe."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 2), thread_name_prefix="passwords")
        self._owed = 0

    async def run(self, work: Callable[[], T]) -> T:
        if self._owed >= MAX_WAITING:
            raise OverCapacityError("Too many passwords are waiting to be checked.", retry_after=5)
        future = self._pool.submit(work)
        self._owed += 1
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._owed -= 1


@functools.lru_cache(maxsize=1)
def _threads_of(_process: int) -> _Threads:
    # A process that was forked has none of its parent's threads, though the pool would believe so.
    return _Threads()


async def _beside(work: Callable[[], T]) -> T:
    return await _threads_of(os.getpid()).run(work)
