"""Random words: what begins with a dash would be an option of whatever command it is given to."""

import re
import secrets
from pathlib import Path

import pytest

import orderwright
from orderwright.auth.words import random_word


@pytest.mark.parametrize(("size", "length"), [(18, 24), (30, 40), (32, 43)])
def test_a_random_word_is_base64url_and_never_begins_with_a_dash(size: int, length: int) -> None:
    # Of as many words that may begin with anything, some 47 would.
    words = {random_word(size) for _ in range(3_000)}
    assert len(words) == 3_000
    assert [word for word in words if re.fullmatch(rf"[A-Za-z0-9_][A-Za-z0-9_-]{{{length - 1}}}", word) is None] == []
    assert any("-" in word for word in words)


def test_a_word_that_begins_with_a_dash_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(("-a", "--", "a-b"))
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: next(drawn))
    assert random_word(18) == "a-b"


def test_random_words_are_made_in_one_place() -> None:
    root = Path(orderwright.__file__).parent
    assert [path.name for path in root.rglob("*.py") if "token_urlsafe" in path.read_text()] == ["words.py"]
