"""The error for an answer of more bytes than a process gives at once."""

from __future__ import annotations

from orderwright.errors import ApiError


class AnswerTooLargeError(ApiError):
    """400 for an answer of more than `most` bytes, found out before it was made."""

    def __init__(self, most: int) -> None:
        advice = "ask for fewer results (limit) or expand less (expand)"
        super().__init__(400, "InvalidInput", f"The answer would be larger than {most // (1024 * 1024)} MB: {advice}.")
