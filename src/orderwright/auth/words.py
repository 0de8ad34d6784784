"""Words that nobody can guess: ids and secrets of API clients, tokens of all kinds."""

from __future__ import annotations

import secrets


def random_word(size: int) -> str:
    """`size` bytes of chance in the alphabet of base64url. It never begins with `-`, which a command line takes for an option."""
    word = secrets.token_urlsafe(size)
    # One word in 64 is thrown away, and nothing of what is left is easier to guess.
    while word.startswith("-"):
        word = secrets.token_urlsafe(size)
    return word
