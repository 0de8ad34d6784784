"""URLs that this server may be asked to call."""

from __future__ import annotations

import pytest

from orderwright.domain.laws.forms import url


@pytest.mark.parametrize("text", ["https://example.com", "http://example.com:8080/a?b=c", "https://[2606:4700::1]/x"])
def test_absolute_urls_of_http_may_be_called(text: str) -> None:
    assert url(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/x",
        "/x",
        "ftp://example.com/x",
        "file:///etc/passwd",
        "https:///x",
        "https://user:secret@example.com/",
        "https://ex\u00e4mple.com/",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://[::1/",
        "https://example.com/" + "x" * 2048,
    ],
)
def test_others_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        url(text)
